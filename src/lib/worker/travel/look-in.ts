// Looks into a file: all of it is read, checked and folded in a database of its own, and compared with what the file claims.
import type { Manifest } from '../../domain/formats/snapshot-file.ts';
import { createApp, type App } from '../../domain/kernel/app.ts';
import { createLogDigest, digestOfState, digestOfStreams } from '../../domain/kernel/digest.ts';
import { createHeads } from '../../domain/kernel/heads.ts';
import {
	assets,
	eventLog,
	insertLogRow,
	kernelMeta,
	readStream,
	recoveryCopy,
	recoveryEvent,
	streamHead,
	type LogRow
} from '../../domain/kernel/log.ts';
import { createProjector } from '../../domain/kernel/projector.ts';
import { z } from '../../domain/kernel/schema.ts';
import { isStorageFault, sql } from '../../domain/kernel/sql.ts';
import { chats } from '../../domain/story/chats.ts';
import { storyNow } from '../../domain/story/story-now.ts';
import { vocabulary, type Queries } from '../../domain/vocabulary.ts';
import type { Connection } from '../storage/sqlite.ts';
import type { FileRefusal, LookIn } from '../travel-protocol.ts';
import { checkCopy, checkPicture, createRowChecks, type CheckedCopy, type RowChecks } from './checks.ts';
import { damaged, FileRefused, placeAt, type Errand } from './errand.ts';
import { asDamage, readImage } from './read-image.ts';
import { readLines } from './read-lines.ts';
import type { FoundRow, Source } from './source.ts';
import { unpack, type Unpacked } from './unpack.ts';
import type { Workshop } from './workshop.ts';

const CHUNK_ROWS = 500;
/** They are held in memory, with what each knows of its chat. */
const MAX_COPIES = 10_000;
const projections = vocabulary.tables.filter((table) => table.role === 'projection');

/** A stream of the file. */
export interface FileStream {
	readonly stream: string;
	readonly events: number;
	/** Of its log, as {@link createLogDigest} gives it. */
	readonly digest: string;
	/** Of the chat; null where there is none to be seen, as after its creation was undone. */
	readonly title: string | null;
	readonly turns: number;
	/** Kinds of event, not set aside, that this version does not know. */
	readonly unknownKinds: readonly string[];
}

/** All that was in a file, checked: the log and what was folded from it, as a library of its own. */
export interface Looked {
	readonly format: Unpacked['format'];
	readonly encrypted: boolean;
	readonly manifest: Manifest;
	/** The library it makes. Nobody else uses it. */
	readonly db: Connection;
	readonly app: App;
	readonly streams: readonly FileStream[];
	readonly copies: readonly CheckedCopy[];
	/** Hashes of its pictures. */
	readonly pictures: readonly string[];
	/** The first number of an event that is above all in it. */
	readonly nextSeq: number;
}

/** A new library in a database of the workshop, with words of this version. */
export const newLibrary = (
	workshop: Workshop,
	name: string
): { readonly db: Connection; readonly app: App } => {
	const db = workshop.create(name);
	const app = createApp({
		sql: db,
		vocabulary,
		world: { now: () => Date.now(), newId: () => crypto.randomUUID() }
	});
	return { db, app };
};

/** What a query of our own library answers. */
export const asked = <N extends keyof Queries>(app: App, name: N, input: Queries[N]['input']) =>
	app.ask(name, input) as Queries[N]['answer'];

/** Pieces of a database as they come, and whether all came that its header speaks of (https://sqlite.org/fileformat.html). */
const counting = (pieces: AsyncIterable<Uint8Array>) => {
	const header = new Uint8Array(100);
	let bytes = 0;
	return {
		bytes: () => bytes,
		isCut: (): boolean => {
			const view = new DataView(header.buffer);
			const size = view.getUint16(16);
			return bytes < (size === 1 ? 65_536 : size) * view.getUint32(28);
		},
		pieces: (async function* () {
			for await (const piece of pieces) {
				if (bytes < header.byteLength) header.set(piece.subarray(0, header.byteLength - bytes), bytes);
				bytes += piece.byteLength;
				yield piece;
			}
		})()
	};
};

const open = async (unpacked: Unpacked, workshop: Workshop, errand: Errand): Promise<Source> => {
	if (unpacked.format === 'jsonl') return readLines(unpacked.bytes, errand);
	const { bytes, isCut, pieces } = counting(unpacked.bytes);
	const cut = (): FileRefused => new FileRefused({ type: 'file_cut', place: placeAt({ byte: bytes() }) });
	let image: Connection;
	try {
		image = await workshop.unpackInto('image', pieces);
	} catch (error) {
		// what was wrong in packing says so itself, with its place in the file
		if (error instanceof FileRefused) throw error;
		const why = asDamage(error);
		throw why instanceof FileRefused && why.refusal.type === 'file_damaged' && isCut() ? cut() : why;
	}
	if (isCut()) throw cut();
	const blank = workshop.create('blank');
	const source = await readImage(image, blank, errand);
	workshop.discard('blank');
	return source;
};

/** Puts every event into the log of an empty library, each as it stands in the file. */
const takeEvents = async (
	db: Connection,
	source: Source,
	checks: RowChecks,
	errand: Errand
): Promise<{ readonly last: number; readonly unknown: ReadonlyMap<string, ReadonlySet<string>> }> => {
	const { manifest } = source;
	const unknown = new Map<string, Set<string>>();
	const marks: { readonly seq: number; readonly stream: string; readonly at: number }[] = [];
	let last = 0;
	let done = 0;
	const keep = (page: readonly FoundRow[]): void => {
		for (const found of page) {
			const { row, known } = checks.event(found);
			insertLogRow(db, row);
			if (found.supersededAt !== null)
				marks.push({ seq: row.seq, stream: row.stream, at: found.supersededAt });
			if (!known && row.supersededBy === null && found.supersededAt === null)
				unknown.set(row.stream, (unknown.get(row.stream) ?? new Set()).add(row.kind));
			last = Math.max(last, row.seq, row.supersededBy ?? 0);
			done += 1;
		}
	};
	for await (const page of source.events()) {
		for (let from = 0; from < page.length; from += 100) {
			db.transaction(() => keep(page.slice(from, from + 100)));
			await errand.pause();
		}
		errand.tell('checking', done, Math.max(done, manifest.events));
	}
	// what took a place and is not in the file has a number that nobody else gets
	if (marks.length > 0) last += 1;
	// one that names itself had its place taken by what is gone
	const gone = last;
	for (let from = 0; from < marks.length; from += CHUNK_ROWS) {
		db.transaction(() => {
			for (const { seq, stream, at } of marks.slice(from, from + CHUNK_ROWS))
				db.run(
					sql`update ${eventLog} set superseded_by = coalesce(
						(select seq from ${eventLog} where stream = ${stream} and stream_seq = ${at} and seq <> ${seq}), ${gone})
						where seq = ${seq}`
				);
		});
		await errand.pause();
	}
	const [across] = db.all(
		sql`select e.stream, e.stream_seq as streamSeq, e.kind from ${eventLog} e join ${eventLog} s on s.seq = e.superseded_by
			where e.superseded_by is not null and s.stream <> e.stream limit 1`
	);
	if (across !== undefined)
		throw new FileRefused({
			type: 'event_invalid',
			place: placeAt({
				title: checks.titleOf(String(across['stream'])),
				event: Number(across['streamSeq']),
				kind: String(across['kind'])
			}),
			field: 'supersededBy',
			detail: 'names an event of another stream'
		});
	return { last, unknown };
};

/** Puts the recovery copies into a library whose log was taken. Answers them, and the highest number in them. */
const takeCopies = async (
	db: Connection,
	source: Source,
	checks: RowChecks,
	errand: Errand
): Promise<{ readonly copies: readonly CheckedCopy[]; readonly last: number }> => {
	const copies = new Map<string, CheckedCopy>();
	let last = 0;
	for await (const page of source.copies())
		db.transaction(() => {
			for (const found of page) {
				const copy = checkCopy(found);
				copies.set(copy.copyId, copy);
				if (copies.size > MAX_COPIES)
					throw damaged({}, `it has more than ${String(MAX_COPIES)} recovery copies`);
				last = Math.max(last, copy.cutSeq);
				db.run(
					sql`insert into ${recoveryCopy} (copy_id, stream, kind, title, at, turns, events, bytes, digest, cut_seq,
							base_turns, base_marks, strangers)
						values (${copy.copyId}, ${copy.stream}, ${copy.kind}, ${copy.title}, ${copy.at}, ${copy.turns}, ${copy.events},
							${copy.bytes}, ${copy.digest}, ${copy.cutSeq}, ${copy.baseTurns}, ${copy.baseMarks}, ${copy.strangers})`
				);
			}
		});
	for await (const page of source.copyEvents()) {
		db.transaction(() => {
			for (const found of page) {
				const { row, copyId } = checks.copyEvent(found);
				if (copies.get(copyId)?.stream !== row.stream)
					throw damaged(
						{ title: checks.titleOf(row.stream), event: row.streamSeq, kind: row.kind },
						'recovery copy: an event of no copy'
					);
				last = Math.max(last, row.seq, row.supersededBy ?? 0);
				insertCopyEvent(db, row, copyId);
			}
		});
		await errand.pause();
	}
	const [twice] = db.all(
		sql`select r.stream, r.stream_seq as streamSeq, r.kind from ${recoveryEvent} r
			where exists (select 1 from ${eventLog} e where e.seq = r.seq) limit 1`
	);
	if (twice !== undefined)
		throw damaged(
			{
				title: checks.titleOf(String(twice['stream'])),
				event: Number(twice['streamSeq']),
				kind: String(twice['kind'])
			},
			'recovery copy: an event that is in the log too'
		);
	return { copies: [...copies.values()], last };
};

/** Puts an event into a recovery copy. */
export const insertCopyEvent = (db: Connection, row: LogRow, copyId: string): void => {
	db.run(
		sql`insert into ${recoveryEvent} (seq, event_id, stream, stream_seq, anchor, cause, opens_turn, batch, kind, v, payload,
				at, superseded_by, copy_id)
			values (${row.seq}, ${row.eventId}, ${row.stream}, ${row.streamSeq}, ${row.anchor}, ${row.cause},
				${row.opensTurn ? 1 : 0}, ${row.batch}, ${row.kind}, ${row.v}, ${row.payload}, ${row.at},
				${row.supersededBy}, ${copyId})`
	);
};

const takePictures = async (db: Connection, source: Source, errand: Errand): Promise<string[]> => {
	const hashes = new Set<string>();
	for await (const found of source.pictures()) {
		const picture = await checkPicture(found);
		errand.check();
		hashes.add(picture.hash);
		db.run(
			sql`insert into ${assets} (hash, media_type, bytes) values (${picture.hash}, ${picture.mediaType}, ${picture.bytes})
				on conflict (hash) do nothing`
		);
	}
	return [...hashes];
};

/** Finds the event that a stream cannot be folded over, and says so. */
const refuseUnfoldable = (db: Connection, stream: string, title: string | null, cause: unknown): never => {
	if (isStorageFault(cause)) throw cause;
	db.rehearse(() => {
		for (const table of [...projections, streamHead])
			db.run(sql`delete from ${table} where stream = ${stream}`);
		const projector = createProjector(db, vocabulary.events, projections);
		const heads = createHeads(db);
		for (let after = 0; ;) {
			const rows = readStream(db, stream, after, CHUNK_ROWS);
			for (const row of rows)
				try {
					projector.replay(heads, row);
				} catch (error) {
					if (isStorageFault(error)) throw error;
					throw new FileRefused({
						type: 'event_invalid',
						place: placeAt({ title, event: row.streamSeq, kind: row.kind }),
						field: 'payload',
						detail: (error instanceof Error ? error.message : String(error)).slice(0, 300)
					});
				}
			const last = rows.at(-1);
			if (last === undefined) return;
			after = last.streamSeq;
		}
	});
	throw cause;
};

const chatRow = z.object({ title: z.string(), turns: z.number() });

/** Folds every stream and says what came of it. */
const foldAll = async (
	db: Connection,
	app: App,
	unknown: ReadonlyMap<string, ReadonlySet<string>>,
	checks: RowChecks,
	errand: Errand
): Promise<FileStream[]> => {
	const found = asked(app, 'streams', {});
	const total = found.reduce((sum, { events }) => sum + events, 0);
	const streams: FileStream[] = [];
	let done = 0;
	for (const { stream, events } of found) {
		try {
			for (const folded of app.foldStream(stream)) {
				errand.tell('replaying', done + folded, total);
				await errand.pause();
			}
		} catch (error) {
			if (error instanceof Error && error.name === 'Stopped') throw error;
			refuseUnfoldable(db, stream, checks.titleOf(stream), error);
		}
		done += events;
		errand.tell('replaying', done, total);
		const digest = createLogDigest();
		for (let after = 0; ;) {
			const rows = readStream(db, stream, after, CHUNK_ROWS);
			for (const row of rows) digest.add(row);
			await errand.pause();
			const last = rows.at(-1);
			if (last === undefined) break;
			after = last.streamSeq;
		}
		const [chat] = db.all(
			sql`select c.title, coalesce(n.turns, 0) as turns from ${chats} c left join ${storyNow} n on n.stream = c.stream
				where c.stream = ${stream}`
		);
		const seen = chat === undefined ? null : chatRow.parse(chat);
		streams.push({
			stream,
			events,
			digest: digest.digest(),
			title: seen?.title ?? null,
			turns: seen?.turns ?? 0,
			unknownKinds: [...(unknown.get(stream) ?? [])].sort()
		});
	}
	return streams;
};

const doesNotAddUp = (what: Extract<FileRefusal, { type: 'file_does_not_add_up' }>['what']): FileRefused =>
	new FileRefused({ type: 'file_does_not_add_up', what });

/** Compares what was read with what the file says of itself. */
const compare = async (
	db: Connection,
	manifest: Manifest,
	streams: readonly FileStream[],
	pictures: readonly string[],
	errand: Errand
): Promise<void> => {
	const heads = new Map(
		db
			.all(sql`select stream, max(stream_seq) as n from ${eventLog} group by stream`)
			.map((row) => [String(row['stream']), Number(row['n'])])
	);
	const claimed = Object.entries(manifest.heads);
	const addsUp =
		manifest.events === streams.reduce((sum, { events }) => sum + events, 0) &&
		claimed.length === streams.length &&
		streams.every(({ stream, events }) => {
			// a stream may be called what every object has
			const [streamSeq, count] =
				(Object.hasOwn(manifest.heads, stream) ? manifest.heads[stream] : null) ?? [];
			return streamSeq === heads.get(stream) && count === events;
		}) &&
		manifest.logDigest === digestOfStreams(new Map(streams.map(({ stream, digest }) => [stream, digest])));
	if (!addsUp) throw doesNotAddUp('events');

	if (manifest.pictures !== pictures.length) throw doesNotAddUp('pictures');

	const partial = streams.some(({ unknownKinds }) => unknownKinds.length > 0);
	// empty where it was made: its log could not be folded, and was all the same
	if (manifest.projectionVersion !== vocabulary.projectionVersion || partial || manifest.stateDigest === '')
		return;
	const digesting = digestOfState(db, projections);
	for (;;) {
		const step = digesting.next();
		if (step.done === true) {
			if (step.value !== manifest.stateDigest) throw doesNotAddUp('state');
			return;
		}
		errand.tell('verifying', step.value, Math.max(step.value, manifest.events));
		await errand.pause();
	}
};

/**
 * Reads all of a file into a library of its own, in the workshop. Throws `FileRefused` and `Stopped`; what was begun goes
 * with the workshop.
 */
export const lookInto = async (request: LookIn, workshop: Workshop, errand: Errand): Promise<Looked> => {
	const unpacked = await unpack(request.file, request, errand);
	return checkSource(await open(unpacked, workshop, errand), unpacked, workshop, errand);
};

/** Takes all of an opened file into a library of its own, checks and folds it. Throws `FileRefused` and `Stopped`. */
export const checkSource = async (
	source: Source,
	{ format, encrypted }: Pick<Unpacked, 'format' | 'encrypted'>,
	workshop: Workshop,
	errand: Errand
): Promise<Looked> => {
	const { manifest } = source;
	const { db, app } = newLibrary(workshop, 'library');
	const checks = createRowChecks(vocabulary.events);
	const { last, unknown } = await takeEvents(db, source, checks, errand);
	const { copies, last: lastInCopies } = await takeCopies(db, source, checks, errand);
	const pictures = await takePictures(db, source, errand);
	if (format === 'stet') workshop.discard('image');
	const streams = await foldAll(db, app, unknown, checks, errand);
	await compare(db, manifest, streams, pictures, errand);
	// a library that takes the place of another goes on counting where it was
	const nextSeq = Math.max(last, lastInCopies) + 1;
	db.transaction(() => {
		db.run(sql`insert or replace into ${kernelMeta} (k, v) values ('next_seq', ${nextSeq})`);
		db.run(
			sql`insert or replace into ${kernelMeta} (k, v) values ('next_batch', (select 1 + max(b) from (
				select coalesce(max(batch), 0) as b from ${eventLog} union all select coalesce(max(batch), 0) from ${recoveryEvent})))`
		);
	});
	return {
		format,
		encrypted,
		manifest,
		db,
		app,
		streams,
		copies,
		pictures,
		nextSeq
	};
};
