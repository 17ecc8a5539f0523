// The projector: appendAndApply is the only writer of the log; it and rebuild are the only callers of handlers.
import type { EventDraft, EventKind, Recorded } from './event.ts';
import { eventLog, insertLogRow, kernelMeta, readLog, streamHead, type LogRow } from './log.ts';
import { z } from './schema.ts';
import { sql, type Sql, type Table } from './sql.ts';

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
	/** Every table `rebuild` wipes: exactly what the registry declares. */
	readonly tables: readonly Table[];
}

const headRow = z.object({ streamSeq: z.number(), seq: z.number(), partial: z.number() });
const counterRow = z.object({ v: z.number() });

export const createProjector = (
	db: Sql,
	kinds: readonly EventKind[],
	tables: readonly Table[]
): Projector => {
	const kindByName = new Map(kinds.map((kind) => [kind.kind, kind]));

	/** Where the streams of one batch stand: read when first needed, kept in memory, written once at the end. */
	const openHeads = () => {
		const heads = new Map<string, z.output<typeof headRow>>();
		const head = (stream: string) => {
			const known = heads.get(stream);
			if (known !== undefined) return known;
			const [row] = db.all(
				sql`select stream_seq as streamSeq, seq, partial from ${streamHead} where stream = ${stream}`
			);
			return row === undefined ? { streamSeq: 0, seq: 0, partial: 0 } : headRow.parse(row);
		};
		return {
			nextStreamSeq: (stream: string) => head(stream).streamSeq + 1,
			advance: ({ stream, streamSeq, seq }: Pick<LogRow, 'stream' | 'streamSeq' | 'seq'>, known: boolean) => {
				const at = head(stream);
				if (seq <= at.seq)
					throw new Error(`${stream}: event ${String(seq)} is not above the folded head ${String(at.seq)}`);
				heads.set(stream, { streamSeq, seq, partial: known ? at.partial : 1 });
			},
			keep: () => {
				for (const [stream, { streamSeq, seq, partial }] of heads)
					db.run(
						sql`insert into ${streamHead} (stream, stream_seq, seq, partial)
							values (${stream}, ${streamSeq}, ${seq}, ${partial})
							on conflict (stream) do update set stream_seq = excluded.stream_seq, seq = excluded.seq,
								partial = excluded.partial`
					);
			}
		};
	};
	type Heads = ReturnType<typeof openHeads>;

	const counter = (name: string): number => {
		const [row] = db.all(sql`select v from ${kernelMeta} where k = ${name}`);
		return row === undefined ? 1 : counterRow.parse(row).v;
	};

	const keepCounter = (name: string, value: number) =>
		db.run(
			sql`insert into ${kernelMeta} (k, v) values (${name}, ${value}) on conflict (k) do update set v = excluded.v`
		);

	const foldOnto = (heads: Heads, kind: EventKind, event: Recorded<unknown>) => {
		heads.advance(event, true);
		for (const statement of kind.project(event)) db.run(statement);
	};

	const replay = (heads: Heads, row: LogRow): 'folded' | 'skipped' => {
		const kind = kindByName.get(row.kind);
		if (row.supersededBy !== null || kind === undefined) {
			heads.advance(row, kind !== undefined);
			return 'skipped';
		}
		try {
			foldOnto(heads, kind, recordedFrom(kind, row));
		} catch (cause) {
			const why = cause instanceof Error ? cause.message : String(cause);
			throw new Error(`replay stopped at event ${String(row.seq)} (${row.kind} of ${row.stream}): ${why}`, {
				cause
			});
		}
		return 'folded';
	};

	return {
		tables,
		fold: (kind, event) => {
			const heads = openHeads();
			foldOnto(heads, kind, event);
			heads.keep();
		},
		appendAndApply: (drafts, world) => {
			if (drafts.length === 0) return [];
			const firstSeq = counter('next_seq');
			const batch = counter('next_batch');
			const heads = openHeads();
			const recorded = drafts.map((draft, i) => {
				const kind = kindByName.get(draft.kind);
				if (kind === undefined) throw new Error(`event kind ${draft.kind} is not in the vocabulary`);
				const row = {
					seq: firstSeq + i,
					eventId: world.newId(),
					stream: draft.stream,
					streamSeq: heads.nextStreamSeq(draft.stream),
					anchor: draft.anchor,
					batch,
					kind: draft.kind,
					v: kind.version,
					payload: JSON.stringify(kind.parse(draft.payload)),
					at: world.now,
					cause: draft.cause
				};
				insertLogRow(db, row);
				// what is folded is what a replay will read, so that nothing JSON cannot carry makes the two differ (I1)
				const event = recordedFrom(kind, row);
				foldOnto(heads, kind, event);
				return event;
			});
			heads.keep();
			keepCounter('next_seq', firstSeq + drafts.length);
			keepCounter('next_batch', batch + 1);
			return recorded;
		},
		rebuild: (onProgress) => {
			for (const table of [...tables, streamHead]) db.run(sql`delete from ${table}`);
			const heads = openHeads();
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

/** The event of a row, with exactly what a handler may see: live and in a replay alike. */
const recordedFrom = (
	kind: EventKind,
	{ seq, stream, streamSeq, anchor, cause, at, payload, v }: Omit<LogRow, 'supersededBy'>
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
