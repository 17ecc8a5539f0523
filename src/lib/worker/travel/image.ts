// A file's image in the workshop: filled from the library, replayed, described by its manifest, and given as bytes.
import {
	createImage,
	lineOfManifest,
	lineOfPicture,
	lineOfRow,
	writeManifest,
	writePicture,
	type Manifest
} from '../../domain/formats/snapshot-file.ts';
import { FILE_FORMAT, type Vocabulary } from '../../domain/kernel/app.ts';
import { createLogDigest, digestOfState, digestOfStreams } from '../../domain/kernel/digest.ts';
import { createHeads } from '../../domain/kernel/heads.ts';
import {
	assets,
	eventLog,
	insertLogRow,
	KERNEL_TABLES,
	readLog,
	readStream,
	recoveryCopy,
	recoveryEvent,
	type LogRow
} from '../../domain/kernel/log.ts';
import { createProjector } from '../../domain/kernel/projector.ts';
import { z } from '../../domain/kernel/schema.ts';
import { createTable, isStorageFault, sql } from '../../domain/kernel/sql.ts';
import { bots } from '../../domain/library/bots.ts';
import { yous } from '../../domain/library/personas.ts';
import { chats } from '../../domain/story/chats.ts';
import { storyNow } from '../../domain/story/story-now.ts';
import { chatStream } from '../../domain/streams.ts';
import type { Connection } from '../storage/sqlite.ts';
import type { TravelProgress } from '../travel-protocol.ts';
import type { KeptCopy, Reception } from './read-log.ts';
import type { Workshop } from './workshop.ts';

const CHUNK_ROWS = 1000;
const LINES_BYTES = 512 * 1024;

/** Work that can be followed and stopped. */
export interface Work {
	readonly tell: (progress: TravelProgress) => void;
	readonly signal: AbortSignal;
}

/** How long work goes on before messages are let in: the one that stops it may be among them. */
const SLICE_MS = 25;
let restedAt = 0;

/** To be awaited between small pieces of work: lets messages in now and then. Throws the signal's reason. */
const breathe = async (signal: AbortSignal): Promise<void> => {
	signal.throwIfAborted();
	// one clock for all work there is: it shares one thread
	if (performance.now() - restedAt < SLICE_MS) return;
	await new Promise((resolve) => setTimeout(resolve, 0));
	restedAt = performance.now();
	signal.throwIfAborted();
};

export interface Image {
	readonly db: Connection;
	/** Takes what is read of a library into the image. */
	readonly reception: Reception;
}

/** An empty image in the workshop. What was damaged where it comes from is taken too: what can be read of it is the person's. */
export const openImage = (workshop: Workshop): Image => {
	const db = workshop.create('image');
	createImage(db);
	db.exec('pragma ignore_check_constraints = on');
	return {
		db,
		reception: {
			put: (rows) => {
				db.transaction(() => {
					for (const row of rows) insertLogRow(db, row);
				});
			},
			drop: (stream) => {
				db.run(sql`delete from ${eventLog} where stream = ${stream}`);
			},
			putCopy: (copy, rows) => {
				db.transaction(() => {
					insertCopy(db, copy, rows);
				});
			},
			dropCopies: () => {
				db.run(sql`delete from ${recoveryCopy}`);
				db.run(sql`delete from ${recoveryEvent}`);
			},
			putPicture: (picture) => {
				writePicture(db, picture);
			}
		}
	};
};

const insertCopy = (db: Connection, copy: KeptCopy, rows: readonly LogRow[]): void => {
	db.run(
		sql`insert into ${recoveryCopy} (copy_id, stream, kind, title, at, turns, events, bytes, digest, cut_seq, base_turns,
				base_marks, strangers)
			values (${copy.copyId}, ${copy.stream}, ${copy.kind}, ${copy.title}, ${copy.at}, ${copy.turns}, ${copy.events},
				${copy.bytes}, ${copy.digest}, ${copy.cutSeq}, ${copy.baseTurns}, ${copy.baseMarks}, ${copy.strangers})`
	);
	for (const row of rows)
		db.run(
			sql`insert into ${recoveryEvent} (seq, event_id, stream, stream_seq, anchor, cause, opens_turn, batch, kind, v,
					payload, at, superseded_by, copy_id)
				values (${row.seq}, ${row.eventId}, ${row.stream}, ${row.streamSeq}, ${row.anchor}, ${row.cause},
					${row.opensTurn ? 1 : 0}, ${row.batch}, ${row.kind}, ${row.v}, ${row.payload}, ${row.at},
					${row.supersededBy}, ${copy.copyId})`
		);
};

/** Pages of an image's log, in its order. */
export function* logOf(db: Connection): Generator<readonly LogRow[]> {
	for (let after = 0; ;) {
		const rows = readLog(db, after, CHUNK_ROWS);
		if (rows.length > 0) yield rows;
		const last = rows.at(-1);
		if (last === undefined || rows.length < CHUNK_ROWS) return;
		after = last.seq;
	}
}

const countRow = z.object({ n: z.number() });
const headRow = z.object({ stream: z.string(), last: z.number(), n: z.number() });

const headsOf = (db: Connection): Manifest['heads'] =>
	Object.fromEntries(
		db
			.all(
				sql`select stream, max(stream_seq) as last, count(*) as n from ${eventLog} group by stream order by stream`
			)
			.map((row) => headRow.parse(row))
			.map(({ stream, last, n }) => [stream, [last, n]])
	);

/** The digest of an image's whole log. */
export const digestOfLog = async (db: Connection, { tell, signal }: Work): Promise<string> => {
	const heads = headsOf(db);
	const total = Object.values(heads).reduce((sum, [, events]) => sum + events, 0);
	const digests = new Map<string, string>();
	let done = 0;
	let told = 0;
	for (const stream of Object.keys(heads)) {
		const digest = createLogDigest();
		for (let after = 0; ;) {
			const rows = readStream(db, stream, after, CHUNK_ROWS);
			for (const row of rows) digest.add(row);
			done += rows.length;
			const last = rows.at(-1);
			// many streams are short: not each of them is worth a pause
			if (done - told >= CHUNK_ROWS) {
				tell({ stage: 'checking', done, total });
				await breathe(signal);
				told = done;
			}
			if (last === undefined || rows.length < CHUNK_ROWS) break;
			after = last.streamSeq;
		}
		digests.set(stream, digest.digest());
	}
	tell({ stage: 'checking', done, total });
	await breathe(signal);
	return digestOfStreams(digests);
};

/** What a replay of an image's log makes. */
interface Replayed {
	/** Empty when the log could not be replayed. */
	readonly stateDigest: string;
	readonly title: string;
	readonly counts: Pick<Manifest, 'chats' | 'turns' | 'bots' | 'yous'>;
}

/** Folds the live events of the image with the app's own code, in a database beside it that is gone afterwards. */
const replayed = async (
	workshop: Workshop,
	image: Connection,
	vocabulary: Vocabulary,
	stream: string | null,
	{ tell, signal }: Work
): Promise<Replayed> => {
	const tables = vocabulary.tables.filter(({ role }) => role === 'projection');
	const db = workshop.create('replay');
	try {
		for (const table of [...tables, ...KERNEL_TABLES]) db.exec(createTable(table));
		const projector = createProjector(db, vocabulary.events, tables);
		const count = (statement: ReturnType<typeof sql>): number => countRow.parse(db.all(statement)[0]).n;
		const total = countRow.parse(image.all(sql`select count(*) as n from ${eventLog}`)[0]).n;
		let done = 0;
		let whole = true;
		for (const rows of logOf(image)) {
			const heads = createHeads(db);
			try {
				db.transaction(() => {
					for (const row of rows) projector.replay(heads, row);
					heads.keep();
				});
			} catch (error) {
				// a log that does not replay is given as it is, and its file says that it is not complete
				if (isStorageFault(error)) throw error;
				whole = false;
				break;
			}
			done += rows.length;
			tell({ stage: 'replaying', done, total });
			await breathe(signal);
		}
		const digesting = digestOfState(db, tables);
		let step = digesting.next();
		while (step.done !== true) {
			await breathe(signal);
			step = digesting.next();
		}
		const [chat] = db.all(sql`select title from ${chats} where stream = ${stream ?? ''}`);
		return {
			stateDigest: whole ? step.value : '',
			title: z.string().catch('').parse(chat?.['title']),
			counts: {
				chats: count(sql`select count(*) as n from ${chats}`),
				turns: count(sql`select coalesce(sum(turns), 0) as n from ${storyNow}`),
				bots: count(sql`select count(*) as n from ${bots} where retired = 0`),
				yous: count(sql`select count(*) as n from ${yous} where retired = 0`)
			}
		};
	} finally {
		workshop.discard('replay');
	}
};

/** What is known of a file before it is made. */
export interface Label {
	readonly holds: Manifest['holds'];
	readonly at: number;
	/** The chat's; null for a library. */
	readonly stream: string | null;
	/** Null: the chat's own. */
	readonly title: string | null;
	readonly complete: boolean;
}

/** Replays a filled image and writes its manifest. */
export const seal = async (
	workshop: Workshop,
	{ db }: Image,
	vocabulary: Vocabulary,
	label: Label,
	work: Work
): Promise<Manifest> => {
	const state = await replayed(workshop, db, vocabulary, label.stream, work);
	const heads = headsOf(db);
	const count = (statement: ReturnType<typeof sql>): number => countRow.parse(db.all(statement)[0]).n;
	const manifest: Manifest = {
		holds: label.holds,
		format: FILE_FORMAT,
		projectionVersion: vocabulary.projectionVersion,
		app: 'stet',
		at: label.at,
		title: label.title ?? state.title,
		stream: label.stream,
		complete: label.complete && state.stateDigest !== '',
		...state.counts,
		// a chat whose log could not be replayed is there all the same
		chats: Math.max(
			state.counts.chats,
			state.stateDigest === ''
				? Object.keys(heads).filter((stream) => stream.startsWith(chatStream(''))).length
				: 0
		),
		events: count(sql`select count(*) as n from ${eventLog}`),
		pictures: count(sql`select count(*) as n from ${assets}`),
		copies: count(sql`select count(*) as n from ${recoveryCopy}`),
		heads,
		logDigest: await digestOfLog(db, work),
		stateDigest: state.stateDigest
	};
	db.transaction(() => {
		writeManifest(db, manifest);
	});
	return manifest;
};

const pictureRow = z.object({ hash: z.string(), mediaType: z.string(), bytes: z.instanceof(Uint8Array) });

/** The pictures of an image, one after the other. */
function* picturesOf(db: Connection): Generator<z.output<typeof pictureRow>> {
	for (let after = ''; ;) {
		const [row] = db.all(
			sql`select hash, media_type as mediaType, bytes from ${assets} where hash > ${after} order by hash limit 1`
		);
		if (row === undefined) return;
		const picture = pictureRow.parse(row);
		yield picture;
		after = picture.hash;
	}
}

/** The text form of an image, half a megabyte at a time. Recovery copies are not in it. */
export function* linesOf(db: Connection, manifest: Manifest): Generator<Uint8Array<ArrayBuffer>> {
	const encoder = new TextEncoder();
	let text = `${lineOfManifest({ ...manifest, copies: 0 })}\n`;
	for (const line of bodyLines(db)) {
		text += `${line}\n`;
		if (text.length < LINES_BYTES) continue;
		yield encoder.encode(text);
		text = '';
	}
	yield encoder.encode(text);
}

function* bodyLines(db: Connection): Generator<string> {
	for (const rows of logOf(db)) for (const row of rows) yield lineOfRow(row, positionOfSuperseder(db, row));
	for (const { hash, mediaType, bytes } of picturesOf(db))
		yield lineOfPicture({ hash, mediaType, base64: base64(bytes) });
}

/** Null for a live row. A row whose superseder is gone, in what is left of a damaged copy, names itself and stays set aside. */
const positionOfSuperseder = (db: Connection, { supersededBy, streamSeq }: LogRow): number | null => {
	if (supersededBy === null) return null;
	const [found] = db.all(sql`select stream_seq as n from ${eventLog} where seq = ${supersededBy}`);
	return found === undefined ? streamSeq : countRow.parse(found).n;
};

const base64 = (bytes: Uint8Array): string => {
	let text = '';
	// a call takes only so many arguments
	for (let at = 0; at < bytes.byteLength; at += 8192)
		text += String.fromCharCode(...bytes.subarray(at, at + 8192));
	return btoa(text);
};
