// Files to bring in, good and bad: made from a library in memory, tampered with on the way, or nothing of ours at all.
import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import {
	createImage,
	lineOfManifest,
	lineOfPicture,
	lineOfRow,
	writeManifest,
	type Manifest
} from '#lib/domain/formats/snapshot-file.ts';
import { FILE_FORMAT, type Vocabulary } from '#lib/domain/kernel/app.ts';
import { createLogDigest, digestOfState, digestOfStreams } from '#lib/domain/kernel/digest.ts';
import { createHeads } from '#lib/domain/kernel/heads.ts';
import { KERNEL_TABLES, readLog, readStream } from '#lib/domain/kernel/log.ts';
import { createProjector } from '#lib/domain/kernel/projector.ts';
import { createTable, sql, type Sql } from '#lib/domain/kernel/sql.ts';
import { vocabulary } from '#lib/domain/vocabulary.ts';
import { openMemory, type Connection } from '#lib/worker/storage/sqlite.ts';
import { noisePng } from './noise-png.ts';

/** How a file is made other than it should be. */
export interface Tampering {
	/** Done to the image before it is described: the manifest is true of what comes of it. */
	readonly before?: (image: Connection) => void;
	/** Done to the image at last: the manifest knows nothing of it. */
	readonly after?: (image: Connection) => void;
	/** What the manifest says instead. */
	readonly manifest?: Partial<Manifest>;
	/** Whose words the log is folded with. */
	readonly words?: Vocabulary;
	/** Only these streams, and nothing but their events. */
	readonly only?: readonly string[];
}

/** A digest of every stream of a log, and one of all of them. */
export const logDigestsOf = (db: Sql): { readonly all: string; readonly streams: Map<string, string> } => {
	const streams = new Map<string, string>();
	for (const row of db.all(sql`select distinct stream from event_log`)) {
		const stream = String(row['stream']);
		const digest = createLogDigest();
		for (const one of readStream(db, stream, 0, 100_000)) digest.add(one);
		streams.set(stream, digest.digest());
	}
	return { all: digestOfStreams(streams), streams };
};

/** The digest of all rows folded from a log, as the tables hold them. */
export const stateDigestOf = (db: Sql, words: Vocabulary = vocabulary): string => {
	const digesting = digestOfState(
		db,
		words.tables.filter(({ role }) => role === 'projection')
	);
	for (;;) {
		const step = digesting.next();
		if (step.done === true) return step.value;
	}
};

/** What a replay of a log makes of it: empty when it cannot be replayed. */
const replayedDigest = async (log: Sql, words: Vocabulary): Promise<string> => {
	const db = await openMemory();
	try {
		const tables = words.tables.filter(({ role }) => role === 'projection');
		for (const table of [...tables, ...KERNEL_TABLES]) db.exec(createTable(table));
		const projector = createProjector(db, words.events, tables);
		const heads = createHeads(db);
		for (const row of readLog(log, 0, 100_000)) projector.replay(heads, row);
		return stateDigestOf(db, words);
	} catch {
		return '';
	} finally {
		db.close();
	}
};

const manifestOf = async (image: Sql, words: Vocabulary): Promise<Manifest> => {
	const count = (table: string): number =>
		Number(image.all({ text: `select count(*) as n from ${table}`, values: [] })[0]?.['n']);
	const chats = image.all(sql`select distinct stream from event_log where stream like 'chat:%'`);
	return {
		holds: 'library',
		format: FILE_FORMAT,
		projectionVersion: words.projectionVersion,
		app: 'stet',
		at: 1_767_225_600_000,
		title: '',
		stream: null,
		complete: true,
		chats: chats.length,
		turns: 0,
		events: count('event_log'),
		bots: 0,
		yous: 0,
		pictures: count('asset'),
		copies: count('recovery_copy'),
		heads: Object.fromEntries(
			image
				.all(sql`select stream, max(stream_seq) as last, count(*) as n from event_log group by stream`)
				.map((row) => [String(row['stream']), [Number(row['last']), Number(row['n'])] as [number, number]])
		),
		logDigest: logDigestsOf(image).all,
		stateDigest: await replayedDigest(image, words)
	};
};

/** An image of a library with its manifest; to be closed. */
const imageOf = async (
	library: Sql,
	{ before, after, manifest, words = vocabulary, only }: Tampering
): Promise<{ readonly image: Connection; readonly told: Manifest }> => {
	const image = await openMemory();
	createImage(image);
	const copyTable = (table: string, where = ''): void => {
		for (const row of library.all({ text: `select * from ${table} ${where}`, values: [] }))
			image.run({
				text: `insert into ${table} (${Object.keys(row).join(', ')}) values (${Object.keys(row)
					.map(() => '?')
					.join(', ')})`,
				values: Object.values(row)
			});
	};
	if (only === undefined)
		for (const table of ['event_log', 'asset', 'recovery_copy', 'recovery_event']) copyTable(table);
	else
		copyTable(
			'event_log',
			`where stream in (${only.map((stream) => `'${stream}'`).join(', ')}) order by seq`
		);
	before?.(image);
	const told = { ...(await manifestOf(image, words)), ...manifest };
	writeManifest(image, told);
	after?.(image);
	return { image, told };
};

/** The bytes of a database. */
export const bytesOf = (db: Connection): Uint8Array<ArrayBuffer> =>
	new Uint8Array(db.sqlite3.capi.sqlite3_js_db_export(db.pointer));

/** A library as the bytes of a SQLite image, not packed. */
export const imageFile = async (
	library: Sql,
	tampering: Tampering = {}
): Promise<Uint8Array<ArrayBuffer>> => {
	const { image } = await imageOf(library, tampering);
	const bytes = bytesOf(image);
	image.close();
	return bytes;
};

/** A library as the bytes of a `.stet` file. */
export const stetFile = async (library: Sql, tampering: Tampering = {}): Promise<Uint8Array<ArrayBuffer>> =>
	new Uint8Array(gzipSync(await imageFile(library, tampering)));

/** A library as the lines of a `.jsonl` file, without line breaks. */
export const lineFile = async (library: Sql, tampering: Tampering = {}): Promise<string[]> => {
	const { image, told } = await imageOf(library, tampering);
	const rows = readLog(image, 0, 100_000);
	const places = new Map(rows.map(({ seq, streamSeq }) => [seq, streamSeq]));
	const lines = [
		lineOfManifest({ ...told, copies: 0 }),
		...rows.map((row) =>
			lineOfRow(row, row.supersededBy === null ? null : (places.get(row.supersededBy) ?? row.streamSeq))
		),
		...image.all(sql`select hash, media_type as mediaType, bytes from asset order by hash`).map((row) =>
			lineOfPicture({
				hash: String(row['hash']),
				mediaType: String(row['mediaType']),
				base64: Buffer.from(row['bytes'] as Uint8Array).toString('base64')
			})
		)
	];
	image.close();
	return lines;
};

/** One of the pieces a file is cut into when it is cut at `n` of 64 places. */
export const cutAt = (file: Uint8Array<ArrayBuffer>, n: number): Uint8Array<ArrayBuffer> =>
	file.slice(0, Math.floor((file.byteLength * n) / 64));

/** The file with every bit of one byte turned over. */
export const flippedAt = (file: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> => {
	const other = file.slice();
	other[at] = (other[at] ?? 0) ^ 0xff;
	return other;
};

const MIB = 1024 * 1024;

/**
 * A gzip file that unpacks to `mebibytes` of zeros behind the beginning of one of our images: about a thousandth of that
 * long. Its blocks stand by themselves, so one is made and repeated; whoever got to its end would find its checksum wrong.
 */
export const gzipBomb = (mebibytes: number, image: Uint8Array): Uint8Array<ArrayBuffer> => {
	const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
	const block = (bytes: Uint8Array): Buffer =>
		deflateRawSync(bytes, { level: 9, finishFlush: constants.Z_FULL_FLUSH });
	const zeros = block(new Uint8Array(16 * MIB));
	return new Uint8Array(
		Buffer.concat([
			header,
			block(image.subarray(0, 4096)),
			...Array.from({ length: Math.ceil(mebibytes / 16) }, () => zeros),
			Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0, 0)
		])
	);
};

/** Stands for a file of `bytes` bytes, none of which may be read. */
export const unreadable = (bytes: number): Blob => {
	const no = (): never => {
		throw new Error('a file that is too large was read');
	};
	const said = { size: bytes, slice: no, stream: no, arrayBuffer: no, text: no, bytes: no };
	return Object.defineProperties(
		new Blob([]),
		Object.fromEntries(Object.entries(said).map(([name, value]) => [name, { value }]))
	);
};

const database = async (script: string): Promise<Uint8Array<ArrayBuffer>> => {
	const db = await openMemory();
	db.exec(script);
	const bytes = bytesOf(db);
	db.close();
	return bytes;
};

/** Files that are none of ours, and what each looks like. */
export const foreignFiles = async () => {
	const foreign = await database('create table t (a); insert into t values (1);');
	const text = (words: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(words);
	return {
		'a picture named .stet': { bytes: new Uint8Array(noisePng(32)), looksLike: 'picture' },
		'a zip': { bytes: Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0, 1, 2, 3), looksLike: 'zip' },
		'the database of another program': { bytes: foreign, looksLike: 'sqlite' },
		'the database of another program, packed': {
			bytes: new Uint8Array(gzipSync(foreign)),
			looksLike: 'sqlite'
		},
		'JSON of another program': { bytes: text('{"messages": []}'), looksLike: 'json' },
		'a text': { bytes: text('Once upon a time.\n'), looksLike: 'text' },
		'a packed text': { bytes: new Uint8Array(gzipSync('Once upon a time.')), looksLike: 'gzip' },
		noise: { bytes: new Uint8Array([0, 1, 2, 3, ...randomBytes(200)]), looksLike: 'other' }
	} as const;
};
