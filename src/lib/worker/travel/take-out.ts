// Taking out: a library, a chat, a recovery copy or a kept library as one file, replayed before it is given.
import {
	APPLICATION_ID,
	IMAGE_TABLES,
	readManifest,
	type Manifest
} from '../../domain/formats/snapshot-file.ts';
import { createApp, FILE_FORMAT, NewerFile, type Vocabulary } from '../../domain/kernel/app.ts';
import type { LogRow } from '../../domain/kernel/log.ts';
import { ok, refuse, type Result } from '../../domain/kernel/result.ts';
import { z } from '../../domain/kernel/schema.ts';
import { sql } from '../../domain/kernel/sql.ts';
import { chatStream, LIBRARY } from '../../domain/streams.ts';
import type { Connection } from '../storage/sqlite.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { Holds, KeptFile, TakenOut, TakeOut, TakeOutRefusal, TravelPort } from '../travel-protocol.ts';
import { digestOfLog, linesOf, logOf, openImage, seal, type Image, type Label, type Work } from './image.ts';
import { collected, encrypted, gzipped, streamOf, TYPES, unzippedPieces } from './packing.ts';
import {
	AnotherLibrary,
	askingOne,
	countOfEvents,
	readCopyWhole,
	readLibrary,
	readPictures,
	readStreamOf,
	type Asking,
	type Reading
} from './read-log.ts';
import { pages, type Workshop } from './workshop.ts';

/** Where a library is taken out of, and what it takes to do that. */
export interface TakeOutDeps {
	readonly port: Asking & Pick<TravelPort, 'readKept' | 'keptFiles'>;
	readonly vocabulary: Vocabulary;
	readonly now: () => number;
	readonly newId: () => string;
	readonly openWorkshop: () => Promise<Workshop>;
	/** The file of a backup; null when there is none of that name. */
	readonly storedBackup: (
		name: string
	) => Promise<{ readonly file: Blob; readonly at: number; readonly holds: Holds } | null>;
	/** Rows of the log asked for at once; as many as are given, when left out. */
	readonly pageRows?: number;
}

type Source = Pick<TakeOutDeps, 'port' | 'now' | 'pageRows'>;

/** A library that is replaced again and again while it is read. */
const BEGUN_AGAIN = 5;
const NOTADB = 26;
const CORRUPT = 11;

/** Makes the file that is asked for. Throws the signal's reason when it is stopped. */
export const takeOut = async (
	deps: TakeOutDeps,
	request: TakeOut,
	work: Work
): Promise<Result<TakenOut, TakeOutRefusal>> => {
	const { what } = request;
	if (what.kind === 'backup') return storedFile(deps, what.name, request, work);
	const workshop = await deps.openWorkshop();
	try {
		let source: Source = deps;
		if (what.kind === 'kept') {
			const kept = (await deps.port.keptFiles()).find(({ name }) => name === what.name);
			if (kept === undefined) return refuse({ type: 'file_unknown_here' });
			const opened = await openKept(deps, workshop, kept, work);
			if (opened === null) return ok(await keptAsItIs(deps, kept, request, work));
			source = opened;
		}
		const filled = await fillWhole(workshop, source, what, work);
		if (!filled.ok) return filled;
		const { image, label } = filled.value;
		const manifest = await seal(workshop, image, deps.vocabulary, label, work);
		const file = await packed(image, manifest, request, work);
		return ok({
			file,
			title: manifest.title,
			at: manifest.at,
			ending: endingOf(request.as, request.passphrase),
			holds: holdsOf(manifest, request.as),
			complete: manifest.complete
		});
	} finally {
		await workshop.close();
	}
};

const endingOf = (as: TakeOut['as'], passphrase: string): string =>
	`.${as}${passphrase === '' ? '' : '.age'}`;

/** The counts of a manifest, as far as they are in the file. */
const holdsOf = (
	{ chats, turns, events, bots, yous, pictures, copies }: Manifest,
	as: TakeOut['as']
): Holds => ({
	chats,
	turns,
	events,
	bots,
	yous,
	pictures,
	copies: as === 'stet' ? copies : 0
});

/** Reads what the file is of into an image, from the beginning when another library took the place of what was read. */
const fillWhole = async (
	workshop: Workshop,
	source: Source,
	what: TakeOut['what'],
	work: Work
): Promise<Result<{ readonly image: Image; readonly label: Label }, TakeOutRefusal>> => {
	for (let begun = 1; ; begun++) {
		const image = openImage(workshop);
		try {
			const port = { ...source.port, ...askingOne(source.port) };
			const label = await fill(image, { ...source, port }, what, work);
			return label.ok ? ok({ image, label: label.value }) : label;
		} catch (error) {
			if (!(error instanceof AnotherLibrary) || begun === BEGUN_AGAIN) throw error;
			workshop.discard('image');
		}
	}
};

/** Reads what the file is of into the image. Throws {@link AnotherLibrary}. */
const fill = async (
	{ db, reception }: Image,
	{ port, now, pageRows }: Source,
	what: TakeOut['what'],
	{ tell, signal }: Work
): Promise<Result<Label, TakeOutRefusal>> => {
	let total = 0;
	const reading: Reading = {
		asking: port,
		signal,
		...(pageRows === undefined ? {} : { pageRows }),
		tell: (events) => tell({ stage: 'reading', done: events, total: Math.max(total, events) })
	};
	// which library it is; asked again at the end, because pictures and copies do not say
	const events = await countOfEvents(reading);
	const stillThere = (): Promise<unknown> => countOfEvents(reading);
	if (what.kind === 'library' || what.kind === 'kept') {
		total = events;
		await readLibrary(reading, reception);
		await stillThere();
		return ok({ holds: 'library', at: now(), stream: null, title: null, complete: true });
	}
	let label: Label;
	if (what.kind === 'copy') {
		const copy = await readCopyWhole(reading, what.copyId);
		if (copy === null) return refuse({ type: 'copy_unknown' });
		if (copy.rows.length === 0) return refuse({ type: 'copy_incomplete' });
		reception.put(copy.rows);
		label = { holds: 'chat', at: copy.at, stream: copy.stream, title: copy.title, complete: copy.complete };
	} else {
		if (what.kind !== 'chat') return refuse({ type: 'file_unknown_here' });
		const stream = chatStream(what.chatId);
		if (!(await readStreamOf(reading, stream, reception))) return refuse({ type: 'chat_unknown' });
		label = { holds: 'chat', at: now(), stream, title: null, complete: true };
	}
	const mentioned = mentionsOf(db);
	const ofItsOwn = (row: LogRow): boolean =>
		row.supersededBy === null && itemOf(row).some((id) => mentioned.has(id));
	await readStreamOf(reading, LIBRARY, reception, ofItsOwn);
	await readPictures(
		reading,
		[...mentionsOf(db)].filter((text) => HASH.test(text)),
		reception
	);
	await stillThere();
	return ok(label);
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const HASH = /^[0-9a-f]{64}$/;

/** Every id and every picture's hash that the events of an image name anywhere. */
const mentionsOf = (db: Connection): ReadonlySet<string> => {
	const found = new Set<string>();
	const look = (value: unknown): void => {
		if (typeof value === 'string') {
			if (UUID.test(value) || HASH.test(value)) found.add(value);
		} else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
	};
	for (const rows of logOf(db)) for (const { payload } of rows) look(readable(payload));
	return found;
};

const readable = (payload: string): unknown => {
	try {
		return JSON.parse(payload) as unknown;
	} catch {
		return null;
	}
};

const itemShape = z.object({ botId: z.string().optional(), youId: z.string().optional() }).catch({});

/** The bot or persona an event of the library is about. */
const itemOf = ({ payload }: LogRow): readonly string[] => {
	const { botId, youId } = itemShape.parse(readable(payload));
	return [botId, youId].filter((id) => id !== undefined);
};

const packed = async (
	{ db }: Image,
	manifest: Manifest,
	{ as, passphrase }: Pick<TakeOut, 'as' | 'passphrase'>,
	{ tell, signal }: Work
): Promise<Blob> => {
	const total = Number(
		db.all(sql`select page_count * page_size as n from pragma_page_count, pragma_page_size`)[0]?.['n'] ?? 0
	);
	let done = 0;
	const plain = streamOf(as === 'stet' ? pages(db) : linesOf(db, manifest), signal, (bytes) => {
		done += bytes;
		tell({ stage: 'writing', done, total: Math.max(total, done) });
	});
	return wrapped(as === 'stet' ? gzipped(plain) : plain, as, passphrase, signal);
};

/** A stream as the file that is given: encrypted when there is a passphrase. */
const wrapped = async (
	stream: ReadableStream<Uint8Array<ArrayBuffer>>,
	as: TakeOut['as'],
	passphrase: string,
	signal: AbortSignal
): Promise<Blob> =>
	passphrase === ''
		? collected(stream, TYPES[as], signal)
		: collected(await encrypted(stream, passphrase), TYPES.age, signal);

const storedFile = async (
	{ storedBackup }: TakeOutDeps,
	name: string,
	{ passphrase }: TakeOut,
	{ signal }: Work
): Promise<Result<TakenOut, TakeOutRefusal>> => {
	const stored = await storedBackup(name);
	if (stored === null) return refuse({ type: 'file_unknown_here' });
	const { at, holds } = stored;
	const file = await wrapped(stored.file.stream(), 'stet', passphrase, signal);
	return ok({ file, title: '', at, ending: endingOf('stet', passphrase), holds, complete: true });
};

/** The bytes of a kept library, a megabyte at a time. */
async function* keptPieces(port: TakeOutDeps['port'], name: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
	for (let offset = 0; ;) {
		const piece = await port.readKept(name, offset);
		if (piece === null || piece.byteLength === 0) return;
		yield piece;
		offset += piece.byteLength;
	}
}

/**
 * A copy of a kept library, open in the workshop and asked like the one in use: its file becomes one like any other, and
 * what is not for a file (drafts, inverses, results of commands) stays behind. A copy of an older format is brought up to
 * date. Null when this version cannot read it.
 */
const openKept = async (
	{ port, vocabulary, now, newId }: TakeOutDeps,
	workshop: Workshop,
	kept: KeptFile,
	{ tell, signal }: Work
): Promise<Source | null> => {
	let done = 0;
	const counted = async function* (): AsyncGenerator<Uint8Array> {
		for await (const piece of keptPieces(port, kept.name)) {
			signal.throwIfAborted();
			done += piece.byteLength;
			tell({ stage: 'reading', done, total: kept.bytes });
			yield piece;
		}
	};
	try {
		const db = await workshop.unpackInto('kept', counted());
		const app = createApp({ sql: db, vocabulary, world: { now, newId } });
		return {
			now: () => kept.at,
			port: { ...port, ask: async (query, input) => app.ask(query, input) }
		};
	} catch (error) {
		if (error instanceof NewerFile || (error instanceof StorageError && error.kind === 'corrupt'))
			return null;
		throw error;
	}
};

/** A kept library this version cannot read: its own bytes, gzipped. */
const keptAsItIs = async (
	{ port }: TakeOutDeps,
	kept: KeptFile,
	{ passphrase }: TakeOut,
	{ signal, tell }: Work
): Promise<TakenOut> => {
	let done = 0;
	const plain = streamOf(keptPieces(port, kept.name), signal, (bytes) => {
		done += bytes;
		tell({ stage: 'writing', done, total: Math.max(kept.bytes, done) });
	});
	return {
		file: await wrapped(gzipped(plain), 'stet', passphrase, signal),
		title: '',
		at: kept.at,
		ending: endingOf('stet', passphrase),
		holds: { chats: 0, turns: 0, events: 0, bots: 0, yous: 0, pictures: 0, copies: 0 },
		complete: false
	};
};

/**
 * Reads a library file back: unpacks it, lets SQLite check it, and compares its log with what its manifest says. Gives the
 * manifest. Throws `StorageError` (`corrupt`) naming what is wrong, or the signal's reason.
 */
export const readBack = async (file: Blob, workshop: Workshop, { tell, signal }: Work): Promise<Manifest> => {
	const wrong = (what: string): StorageError =>
		new StorageError(CORRUPT, 'corrupt', `read back, the file was not what was written: ${what}`);
	const unpacking = async function* (): AsyncGenerator<Uint8Array> {
		try {
			for await (const piece of unzippedPieces(file)) {
				signal.throwIfAborted();
				yield piece;
			}
		} catch (error) {
			signal.throwIfAborted();
			throw new StorageError(NOTADB, 'corrupt', wrong(String(error)).message);
		}
	};
	const db = await workshop.unpackInto('read-back', unpacking());
	const [check] = db.all({ text: 'pragma quick_check(1)', values: [] });
	if (check?.['quick_check'] !== 'ok') throw wrong(String(check?.['quick_check']));
	if (db.all({ text: 'pragma application_id', values: [] })[0]?.['application_id'] !== APPLICATION_ID)
		throw wrong('it is not a file of Stet');
	const manifest = readManifest(db.all(sql`select k, v from manifest`));
	if (!manifest.success) throw wrong(manifest.error.message);
	const { data } = manifest;
	if (data.format !== FILE_FORMAT) throw wrong('its format');
	const count = (table: (typeof IMAGE_TABLES)[number]): unknown =>
		db.all(sql`select count(*) as n from ${table}`)[0]?.['n'];
	const [events, pictures, copies] = IMAGE_TABLES.map(count);
	if (events !== data.events || pictures !== data.pictures || copies !== data.copies)
		throw wrong('its counts');
	const checking: Work = {
		signal,
		tell: ({ done, total }) => tell({ stage: 'verifying', done, total })
	};
	if ((await digestOfLog(db, checking)) !== data.logDigest) throw wrong('its log');
	workshop.discard('read-back');
	return data;
};
