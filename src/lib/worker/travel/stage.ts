// Makes the database that is handed over: only what is to come, under names and numbers that are free here, folded.
import {
	insertLogRow,
	kernelMeta,
	readStream,
	recoveryCopy,
	recoveryEvent,
	assets,
	logRow,
	type LogRow
} from '../../domain/kernel/log.ts';
import { digestOfRows } from '../../domain/kernel/recovery.ts';
import { z } from '../../domain/kernel/schema.ts';
import { sql } from '../../domain/kernel/sql.ts';
import { ROW_COLUMNS } from '../../domain/formats/snapshot-file.ts';
import { chatCreated, chatRenamed } from '../../domain/story/chats.ts';
import { idOfStream, LIBRARY, streamWithId } from '../../domain/streams.ts';
import { broughtIn } from '../../domain/travel/bring-in.ts';
import type { Connection } from '../storage/sqlite.ts';
import type { BringIn, TravelPort } from '../travel-protocol.ts';
import type { CheckedCopy } from './checks.ts';
import { FileRefused, type Errand } from './errand.ts';
import { insertCopyEvent, newLibrary, type Looked } from './look-in.ts';
import { standingOf, type Plan, type PlannedItem, type PlannedStream } from './report.ts';
import type { Workshop } from './workshop.ts';

const CHUNK_ROWS = 250;
const TITLE_MAX_CHARS = 200;

/** What is handed over, and what it comes to. */
export interface Staged {
	readonly db: Connection;
	readonly bots: number;
	readonly yous: number;
	/** Ids of the chats that can be seen. */
	readonly chats: readonly string[];
}

const newId = (): string => crypto.randomUUID();

/** Puts new ids in the place of old ones, wherever a string is exactly that. */
const createRenamer = (ids: ReadonlyMap<string, string>) => {
	const renamed = (value: unknown): unknown => {
		if (typeof value === 'string') return ids.get(value) ?? value;
		if (Array.isArray(value)) return value.map(renamed);
		if (typeof value === 'object' && value !== null)
			return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, renamed(inner)]));
		return value;
	};
	return (payload: string): string =>
		ids.size === 0 ? payload : JSON.stringify(renamed(JSON.parse(payload)));
};

/** Gives old numbers new ones in the same order, from a block that starts at `first`. */
const createNumbers = (old: Iterable<number>, first: number) => {
	const sorted = Float64Array.from(new Set(old)).sort();
	return (seq: number): number => {
		let [from, to] = [0, sorted.length];
		while (from < to) {
			const middle = (from + to) >>> 1;
			if ((sorted[middle] ?? 0) < seq) from = middle + 1;
			else to = middle;
		}
		if (sorted[from] !== seq) throw new Error(`event ${String(seq)} was given no number`);
		return first + from;
	};
};

const marksShape = z.array(z.tuple([z.number(), z.number().nullable()]));
const marksOf = ({ baseMarks }: CheckedCopy) => marksShape.parse(JSON.parse(baseMarks));

/** A title nobody has yet. */
const freeTitle = (title: string, taken: ReadonlySet<string>): string => {
	for (let n = 2; ; n++) {
		const ending = ` (${String(n)})`;
		const free = title.slice(0, TITLE_MAX_CHARS - ending.length).trimEnd() + ending;
		if (!taken.has(free)) return free;
	}
};

/** The bots and personas whose events come. */
const comingItems = (plan: Plan, conflicts: BringIn['conflicts']): PlannedItem[] =>
	plan.items.filter(({ fate }) => fate === 'new' || (fate === 'conflict' && conflicts !== 'mine'));

/** Old ids and what they are here: those that are new here keep theirs. */
const newIds = (
	plan: Plan,
	streams: readonly PlannedStream[],
	conflicts: BringIn['conflicts']
): Map<string, string> => {
	const ids = new Map<string, string>();
	for (const { fate, id, hereAs } of plan.items)
		if (fate === 'conflict' && conflicts === 'both') ids.set(id, newId());
		else if (hereAs !== id) ids.set(id, hereAs);
	/** Streams that no id names are what they are everywhere. */
	const keep = (stream: string, here: string | null): void => {
		const of = idOfStream(stream);
		if (of !== null && here !== null) ids.set(of, here);
	};
	for (const { stream, hereAs } of plan.streams) if (hereAs !== stream) keep(stream, idOfStream(hereAs));
	for (const { stream, fate } of streams) if (fate === 'apart') keep(stream, newId());
	const known = new Set(plan.streams.map(({ stream }) => stream));
	// one of which only recovery copies are left
	for (const { stream } of plan.copies)
		if (!known.has(stream) && plan.streamsHere.has(stream))
			keep(stream, ids.get(idOfStream(stream) ?? '') ?? newId());
	return ids;
};

const itemShape = z.object({ botId: z.string().optional(), youId: z.string().optional() }).catch({});

function* rowsOf(db: Connection, stream: string, onlyLive = false): Generator<LogRow[]> {
	for (let after = 0; ;) {
		const rows = readStream(db, stream, after, CHUNK_ROWS, onlyLive);
		const last = rows.at(-1);
		if (last === undefined) return;
		yield rows;
		after = last.streamSeq;
	}
}

function* copyRowsOf(db: Connection, copyId: string): Generator<LogRow[]> {
	for (let after = 0; ;) {
		const rows = db
			.all({
				text: `select ${ROW_COLUMNS} from ${recoveryEvent.name} where copy_id = ? and seq > ? order by seq limit ?`,
				values: [copyId, after, CHUNK_ROWS]
			})
			.map((row) => logRow.parse(row));
		const last = rows.at(-1);
		if (last === undefined) return;
		yield rows;
		after = last.seq;
	}
}

/** The event that says what a chat is called now. */
const namingEvent = (db: Connection, stream: string): number | null => {
	const [row] = db.all(
		sql`select seq from event_log where stream = ${stream} and superseded_by is null
			and kind in (${chatCreated.kind}, ${chatRenamed.kind}) order by stream_seq desc limit 1`
	);
	return row === undefined ? null : Number(row['seq']);
};

/**
 * Puts together what is to come of a file that was looked into: numbers come from a block reserved in the library here.
 * Throws `Stopped`; what was begun goes with the workshop.
 */
export const stageMerge = async (
	looked: Looked,
	plan: Plan,
	conflicts: BringIn['conflicts'],
	workshop: Workshop,
	port: TravelPort,
	errand: Errand
): Promise<Staged> => {
	const { db: from } = looked;
	workshop.discard('merge');
	const streams = plan.streams.filter(({ fate }) => fate !== 'same');
	const items = comingItems(plan, conflicts);
	const itemIds = new Set(items.map(({ id }) => id));
	const ids = newIds(plan, streams, conflicts);
	const rename = createRenamer(ids);
	const streamHere = (stream: string): string => {
		const of = idOfStream(stream);
		return of === null ? stream : streamWithId(stream, ids.get(of) ?? of);
	};

	/** Of stream `library`: all of it where there is none, else what is said of bots and personas that are new. */
	const library = function* (): Generator<LogRow[]> {
		if (!plan.libraryIsHere) {
			yield* rowsOf(from, LIBRARY);
			return;
		}
		for (const rows of rowsOf(from, LIBRARY, true))
			yield rows.filter(({ payload }) => {
				const { botId, youId } = itemShape.parse(JSON.parse(payload));
				return itemIds.has(botId ?? '') || itemIds.has(youId ?? '');
			});
	};

	const numbers = new Set<number>();
	let total = 0;
	const note = (rows: readonly LogRow[]): void => {
		for (const { seq, supersededBy } of rows) {
			numbers.add(seq);
			if (supersededBy !== null) numbers.add(supersededBy);
		}
		total += rows.length;
	};
	const all = function* (): Generator<LogRow[]> {
		for (const { stream } of streams) yield* rowsOf(from, stream);
		yield* library();
		for (const { copyId } of plan.copies) yield* copyRowsOf(from, copyId);
	};
	for (const rows of all()) {
		note(rows);
		await errand.pause();
	}
	for (const copy of plan.copies) {
		numbers.add(copy.cutSeq);
		for (const [seq, by] of marksOf(copy)) {
			numbers.add(seq);
			if (by !== null) numbers.add(by);
		}
	}
	errand.tell('writing', 0, total);
	const first = await port.reserve(Math.max(1, numbers.size));
	if ((await standingOf(port)).library !== plan.library) throw new FileRefused({ type: 'moved_on' });
	const numberOf = createNumbers(numbers, first);
	const moved = (row: LogRow): LogRow => {
		const stream = streamHere(row.stream);
		return {
			...row,
			seq: numberOf(row.seq),
			eventId: stream === row.stream ? row.eventId : newId(),
			stream,
			payload: rename(row.payload),
			supersededBy: row.supersededBy === null ? null : numberOf(row.supersededBy)
		};
	};

	const { db, app } = newLibrary(workshop, 'merge');
	// taken by the library its numbers are of, and by no other
	db.run(sql`insert or replace into ${kernelMeta} (k, v) values ('for_library', ${plan.library})`);
	let written = 0;
	const wrote = async (rows: number): Promise<void> => {
		written += rows;
		errand.tell('writing', written, total);
		await errand.pause();
	};
	const titles = new Set(plan.titlesHere);
	for (const stream of streams) {
		const titleTaken = stream.fate === 'apart' && stream.title !== null && titles.has(stream.title);
		const named = titleTaken ? namingEvent(from, stream.stream) : null;
		const title = titleTaken ? freeTitle(stream.title, titles) : (stream.title ?? '');
		if (stream.fate === 'apart') titles.add(title);
		let changed = stream.fate === 'apart';
		for (const rows of rowsOf(from, stream.stream)) {
			db.transaction(() => {
				for (const row of rows) {
					const here = moved(row);
					changed ||= here.payload !== row.payload;
					insertLogRow(db, row.seq === named ? { ...here, payload: retitled(here.payload, title) } : here);
				}
			});
			await wrote(rows.length);
		}
		// one that came unchanged is known again by what it says
		if (changed)
			db.run(
				sql`insert or replace into ${broughtIn} (digest, stream, at)
					values (${stream.digest}, ${streamHere(stream.stream)}, 0)`
			);
	}
	let position = 0;
	for (const rows of library()) {
		db.transaction(() => {
			for (const row of rows) {
				position += 1;
				insertLogRow(db, plan.libraryIsHere ? { ...moved(row), streamSeq: position } : moved(row));
			}
		});
		await wrote(rows.length);
	}

	const folding = [
		...streams.map(({ stream }) => streamHere(stream)),
		...(plan.libraryIsHere || position === 0 ? [] : [LIBRARY])
	];
	const events = new Map(streams.map((stream) => [streamHere(stream.stream), stream.events]));
	let folded = 0;
	for (const stream of folding) {
		for (const done of app.foldStream(stream)) {
			errand.tell('replaying', folded + done, total);
			await errand.pause();
		}
		folded += events.get(stream) ?? position;
		errand.tell('replaying', folded, total);
		await errand.pause();
	}

	for (const copy of plan.copies) {
		await stageCopy(copy);
		await errand.pause();
	}

	for (const hash of plan.pictures) {
		const [picture] = from.all(sql`select media_type, bytes from ${assets} where hash = ${hash}`);
		if (picture === undefined) throw new Error(`picture ${hash} was read, and is gone`);
		db.run(
			sql`insert into ${assets} (hash, media_type, bytes)
				values (${hash}, ${picture['media_type'] ?? null}, ${picture['bytes'] ?? null})`
		);
		await errand.pause();
	}
	return {
		db,
		bots: items.filter(({ type }) => type === 'bot').length,
		yous: items.filter(({ type }) => type === 'you').length,
		chats: streams
			.filter(({ title }) => title !== null)
			.flatMap(({ stream }) => idOfStream(streamHere(stream)) ?? [])
	};

	async function stageCopy(copy: CheckedCopy): Promise<void> {
		const copyId = plan.copiesHere.has(copy.copyId) ? newId() : copy.copyId;
		const before: LogRow[] = [];
		const after: LogRow[] = [];
		for (const rows of copyRowsOf(from, copy.copyId)) {
			before.push(...rows);
			const here = rows.map(moved);
			after.push(...here);
			db.transaction(() => {
				for (const row of here) insertCopyEvent(db, row, copyId);
			});
			await wrote(rows.length);
		}
		// what was damaged stays so
		const digest = digestOfRows(before) === copy.digest ? digestOfRows(after) : copy.digest;
		const marks = marksOf(copy).map(([seq, by]) => [numberOf(seq), by === null ? null : numberOf(by)]);
		db.run(
			sql`insert into ${recoveryCopy} (copy_id, stream, kind, title, at, turns, events, bytes, digest, cut_seq,
					base_turns, base_marks, strangers)
				values (${copyId}, ${streamHere(copy.stream)}, ${copy.kind}, ${copy.title}, ${copy.at}, ${copy.turns},
					${copy.events}, ${copy.bytes}, ${digest}, ${numberOf(copy.cutSeq)}, ${copy.baseTurns},
					${JSON.stringify(marks)}, ${copy.strangers})`
		);
	}
};

const retitled = (payload: string, title: string): string =>
	JSON.stringify({ ...z.looseObject({ title: z.string() }).parse(JSON.parse(payload)), title });
