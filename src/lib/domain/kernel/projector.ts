// The projector: appendAndApply is the only writer of new events; it, rebuild and the ladder are the only callers of handlers.
import type { EventDraft, EventKind, Recorded } from './event.ts';
import { createHeads, type Heads } from './heads.ts';
import { eventLog, insertLogRow, kernelMeta, readLog, streamHead, type LogRow } from './log.ts';
import { z } from './schema.ts';
import { isStorageFault, sql, type Sql, type Table } from './sql.ts';
import type { UndoLog } from './undo-log.ts';

const REPLAY_CHUNK_ROWS = 500;

export interface Projector {
	/** Appends the drafts to the log and folds them, inside the caller's transaction. Returns what was recorded. */
	appendAndApply(
		drafts: readonly EventDraft[],
		world: { now: number; newId(): string }
	): readonly Recorded<unknown>[];
	/** Empties every projection table and folds the whole live log into them, inside the caller's transaction. */
	rebuild(onProgress?: (folded: number) => void): { readonly events: number; readonly skipped: number };
	/** Folds one event. Raises when the stream's head is not below it (I4). Exported for the tests that pin this. */
	fold(kind: EventKind, event: Recorded<unknown>): void;
	/** Moves the heads over a stored row and folds it when it is live and its kind known. */
	replay(heads: Heads, row: LogRow): 'folded' | 'skipped';
	/** The first of `count` (1) numbers nobody had before, from a counter kept in the file. */
	take(counter: Counter, count?: number): number;
	/** The number `take` would give, without taking it. */
	next(counter: Counter): number;
	readonly kinds: ReadonlyMap<string, EventKind>;
	/** Every table `rebuild` wipes: exactly what the registry declares. */
	readonly tables: readonly Table[];
}

export type Counter = 'next_seq' | 'next_batch';

const counterRow = z.object({ v: z.number() });

/** `undo` null: nothing that is folded will ever be taken back, as in a database that is only compared. */
export const createProjector = (
	db: Sql,
	eventKinds: readonly EventKind[],
	tables: readonly Table[],
	undo: UndoLog | null = null
): Projector => {
	const kinds = new Map(eventKinds.map((kind) => [kind.kind, kind]));

	const next = (name: Counter): number => {
		const [row] = db.all(sql`select v from ${kernelMeta} where k = ${name}`);
		return row === undefined ? 1 : counterRow.parse(row).v;
	};

	const keepCounter = (name: Counter, value: number) =>
		db.run(
			sql`insert into ${kernelMeta} (k, v) values (${name}, ${value}) on conflict (k) do update set v = excluded.v`
		);

	const foldOnto = (heads: Heads, kind: EventKind, event: Recorded<unknown>) => {
		heads.advance(event, true);
		for (const statement of kind.project(event)) db.run(statement);
	};

	const replay = (heads: Heads, row: LogRow): 'folded' | 'skipped' => {
		const named = kinds.get(row.kind);
		// a newer version of a kind is as unknown as a newer kind
		const kind = named !== undefined && row.v <= named.version ? named : undefined;
		if (row.supersededBy !== null || kind === undefined) {
			heads.advance(row, kind !== undefined);
			return 'skipped';
		}
		try {
			foldOnto(heads, kind, recordedFrom(kind, row));
		} catch (cause) {
			if (isStorageFault(cause)) throw cause;
			const why = cause instanceof Error ? cause.message : String(cause);
			throw new Error(`replay stopped at event ${String(row.seq)} (${row.kind} of ${row.stream}): ${why}`, {
				cause
			});
		}
		return 'folded';
	};

	/** Folds what one batch wrote of one turn group of a stream, and keeps what that changed. */
	const foldRun = (heads: Heads, rows: readonly LogRow[], events: ReadonlyMap<number, Recorded<unknown>>) => {
		const [first] = rows;
		const last = rows.at(-1);
		if (first === undefined || last === undefined) return;
		const prevSeq = heads.at(first.stream).seq;
		const fold = () => {
			for (const row of rows) {
				const kind = kinds.get(row.kind);
				const event = events.get(row.seq);
				if (kind !== undefined && event !== undefined) foldOnto(heads, kind, event);
			}
		};
		if (undo === null) fold();
		else
			undo.keep(
				{
					stream: first.stream,
					firstSeq: first.seq,
					firstStreamSeq: first.streamSeq,
					lastSeq: last.seq,
					prevSeq,
					opensGroup: rows.some(opensGroup)
				},
				fold
			);
	};

	return {
		tables,
		kinds,
		replay,
		next,
		take: (name, count = 1) => {
			const value = next(name);
			keepCounter(name, value + count);
			return value;
		},
		fold: (kind, event) => {
			const heads = createHeads(db);
			foldOnto(heads, kind, event);
			heads.keep();
		},
		appendAndApply: (drafts, world) => {
			if (drafts.length === 0) return [];
			const firstSeq = next('next_seq');
			const batch = next('next_batch');
			const heads = createHeads(db);
			const places = new Map<string, number>();
			const rows = drafts.map((draft, i): LogRow => {
				const kind = kinds.get(draft.kind);
				if (kind === undefined) throw new Error(`event kind ${draft.kind} is not in the vocabulary`);
				const streamSeq = places.get(draft.stream) ?? heads.nextStreamSeq(draft.stream);
				places.set(draft.stream, streamSeq + 1);
				const row = {
					seq: firstSeq + i,
					eventId: draft.recorded?.eventId ?? world.newId(),
					stream: draft.stream,
					streamSeq,
					anchor: draft.anchor,
					cause: draft.cause,
					opensTurn: kind.opensTurn,
					batch,
					kind: draft.kind,
					v: kind.version,
					payload: JSON.stringify(kind.parse(draft.payload)),
					at: draft.recorded?.at ?? world.now,
					supersededBy: null
				};
				insertLogRow(db, row);
				return row;
			});
			// what is folded is what a replay will read, so that nothing JSON cannot carry makes the two differ (I1)
			const events = new Map(rows.map((row) => [row.seq, revived(kinds, row)]));
			// streams never meet (I3), so each may be folded by itself
			for (const stream of places.keys())
				for (const run of runsOf(rows.filter((row) => row.stream === stream))) foldRun(heads, run, events);
			heads.keep();
			keepCounter('next_seq', firstSeq + drafts.length);
			keepCounter('next_batch', batch + 1);
			return [...events.values()];
		},
		rebuild: (onProgress) => {
			for (const table of [...tables, streamHead]) db.run(sql`delete from ${table}`);
			undo?.forgetAll();
			const heads = createHeads(db);
			let seq = 0;
			let events = 0;
			let skipped = 0;
			for (;;) {
				const rows = readLog(db, seq, REPLAY_CHUNK_ROWS);
				for (const row of rows) {
					if (replay(heads, row) === 'skipped') skipped += 1;
					else events += 1;
					seq = row.seq;
				}
				onProgress?.(events);
				if (rows.length < REPLAY_CHUNK_ROWS) break;
			}
			heads.keep();
			return { events, skipped };
		}
	};
};

/** Rows of one stream, parted where a turn group begins: what is taken back together is kept together. */
const runsOf = (rows: readonly LogRow[]): readonly LogRow[][] => {
	const runs: LogRow[][] = [];
	for (const row of rows) {
		const last = runs.at(-1);
		if (last === undefined || (opensGroup(row) && last.some(opensGroup))) runs.push([row]);
		else last.push(row);
	}
	return runs;
};

/** The row begins a turn that answers no other: a new turn group. */
export const opensGroup = (row: Pick<LogRow, 'opensTurn' | 'cause'>): boolean =>
	row.opensTurn && row.cause === null;

const revived = (kinds: ReadonlyMap<string, EventKind>, row: LogRow): Recorded<unknown> => {
	const kind = kinds.get(row.kind);
	if (kind === undefined) throw new Error(`event kind ${row.kind} is not in the vocabulary`);
	return recordedFrom(kind, row);
};

/** The event of a row, with exactly what a handler may see: live and in a replay alike. Throws on a payload of another shape. */
export const recordedFrom = (
	kind: EventKind,
	{ seq, stream, streamSeq, anchor, cause, at, payload, v }: LogRow
): Recorded<unknown> => ({
	seq,
	stream,
	streamSeq,
	anchor,
	cause,
	at,
	payload: kind.revive(JSON.parse(payload), v)
});

/** Number of rows in the log. */
export const countEvents = (db: Sql): number =>
	z.object({ n: z.number() }).parse(db.all(sql`select count(*) as n from ${eventLog}`)[0]).n;
