// What folding changed, kept for the newest runs of each stream, so that taking them back costs what they cost.
import { crc32 } from './checksum.ts';
import { undoLog } from './log.ts';
import { z } from './schema.ts';
import { ChangesRefused, sql, type Sql, type Table } from './sql.ts';

/** At least the groups of a chat's last 200 turns can be taken back by their changesets; further back it is replayed. */
export const UNDO_HORIZON_RUNS = 200;
/** The group that is still open is merged when it has as many runs: many small changes must not push older groups out. */
const OPEN_GROUP_RUNS = 32;

/** A run: events of one stream that were folded one after the other. */
export interface Run {
	readonly stream: string;
	readonly firstSeq: number;
	readonly firstStreamSeq: number;
	readonly lastSeq: number;
	/** The stream's last seq before the run, 0 for its first. */
	readonly prevSeq: number;
	/** It begins with a turn nobody's turn caused, and so a new group. */
	readonly opensGroup: boolean;
}

export interface UndoLog {
	/** Folds a run by calling `fold`, inside the caller's transaction, and keeps what that changed. Null: nothing to fold. */
	keep(run: Run, fold: (() => void) | null): void;
	/**
	 * Takes back the runs of a stream from the one with `fromSeq` on, the newest being the one that ends with `headSeq`.
	 * Answers the position in the stream where they began; null, with nothing changed, when they are not all there and
	 * whole, or do not fit what the tables hold.
	 */
	takeBack(stream: string, fromSeq: number, headSeq: number): number | null;
	/** Forgets the runs of a stream from `fromSeq` on. */
	forget(stream: string, fromSeq: number): void;
	/** Forgets all runs of all streams. */
	forgetAll(): void;
}

const runRow = z.object({
	firstSeq: z.number(),
	firstStreamSeq: z.number(),
	lastSeq: z.number(),
	prevSeq: z.number(),
	openedBy: z.number(),
	schema: z.string(),
	crc: z.number(),
	changeset: z.custom<Uint8Array | null>((bytes) => bytes === null || bytes instanceof Uint8Array)
});
type RunRow = z.output<typeof runRow>;

const NOTHING = new Uint8Array();

/** Notices damage in any column of a run: one that is wrong would lead to a wrong state, not to a conflict. */
const crcOf = (run: Omit<RunRow, 'schema' | 'crc'>): number => {
	const numbers = [run.firstSeq, run.firstStreamSeq, run.lastSeq, run.prevSeq, run.openedBy].join(' ');
	const digits = Uint8Array.from(numbers, (digit) => digit.charCodeAt(0));
	return (crc32(run.changeset ?? NOTHING) ^ crc32(digits)) >>> 0;
};

/** `schema`: the fingerprint of the tables; runs made under another one are never applied. */
export const createUndoLog = (db: Sql, tables: readonly Table[], schema: string): UndoLog => {
	const rows = (stream: string, fromSeq: number): RunRow[] =>
		db
			.all(
				sql`select first_seq as firstSeq, first_stream_seq as firstStreamSeq, last_seq as lastSeq, prev_seq as prevSeq,
						opened_by as openedBy, schema, crc, changeset
					from ${undoLog} where stream = ${stream} and first_seq >= ${fromSeq} order by first_seq`
			)
			.map((row) => runRow.parse(row));

	/** The first seq of the run that holds `seq`, or of the first one after it. */
	const runOf = (stream: string, seq: number): number => {
		const [row] = db.all(
			sql`select first_seq as n from ${undoLog} where stream = ${stream} and first_seq <= ${seq}
				order by first_seq desc limit 1`
		);
		return row === undefined ? seq : numberRow.parse(row).n;
	};

	const runsFrom = (stream: string, firstSeq: number): number =>
		numberRow.parse(
			db.all(
				sql`select count(*) as n from ${undoLog} where stream = ${stream} and first_seq >= ${firstSeq}`
			)[0]
		).n;

	const insert = (stream: string, run: Omit<RunRow, 'schema' | 'crc'>) =>
		db.run(
			sql`insert into ${undoLog} (first_seq, stream, first_stream_seq, last_seq, prev_seq, opened_by, schema, crc, changeset)
				values (${run.firstSeq}, ${stream}, ${run.firstStreamSeq}, ${run.lastSeq}, ${run.prevSeq}, ${run.openedBy},
					${schema}, ${crcOf(run)}, ${run.changeset})`
		);

	const forget = (stream: string, fromSeq: number) => {
		db.run(sql`delete from ${undoLog} where stream = ${stream} and first_seq >= ${fromSeq}`);
	};

	/** Makes one run of a group that is over. Runs that cannot be merged are forgotten: a replay takes their place. */
	const close = (stream: string, openedBy: number) => {
		const group = rows(stream, openedBy);
		const [first] = group;
		const last = group.at(-1);
		if (group.length < 2 || first === undefined || last === undefined) return;
		const merged = whole(group) ? merge(group) : undefined;
		forget(stream, openedBy);
		if (merged === undefined) return;
		insert(stream, { ...first, lastSeq: last.lastSeq, changeset: merged });
	};

	const merge = (group: readonly RunRow[]): Uint8Array | null | undefined => {
		try {
			return db.merge(changesets(group));
		} catch (error) {
			if (error instanceof ChangesRefused) return undefined;
			throw error;
		}
	};

	const whole = (group: readonly RunRow[]): boolean =>
		group.every(
			(run, i) =>
				run.schema === schema && run.crc === crcOf(run) && (i === 0 || run.prevSeq === group[i - 1]?.lastSeq)
		);

	return {
		keep: ({ stream, opensGroup, ...run }, fold) => {
			const changeset = fold === null ? null : db.record(tables, fold);
			const [before] = db.all(
				sql`select opened_by as n from ${undoLog} where stream = ${stream} order by first_seq desc limit 1`
			);
			const groupBefore = before === undefined ? 0 : numberRow.parse(before).n;
			if (groupBefore !== 0 && (opensGroup || runsFrom(stream, groupBefore) >= OPEN_GROUP_RUNS))
				close(stream, groupBefore);
			insert(stream, { ...run, openedBy: opensGroup ? run.firstSeq : groupBefore, changeset });
			db.run(
				sql`delete from ${undoLog} where stream = ${stream} and first_seq <
					(select first_seq from ${undoLog} where stream = ${stream} order by first_seq desc
						limit 1 offset ${UNDO_HORIZON_RUNS})`
			);
		},
		takeBack: (stream, fromSeq, headSeq) => {
			const runs = rows(stream, runOf(stream, fromSeq));
			const [first] = runs;
			if (first === undefined || first.prevSeq >= fromSeq || runs.at(-1)?.lastSeq !== headSeq || !whole(runs))
				return null;
			try {
				db.takeBack(changesets(runs));
			} catch (error) {
				if (error instanceof ChangesRefused) return null;
				throw error;
			}
			forget(stream, first.firstSeq);
			return first.firstStreamSeq;
		},
		forget,
		forgetAll: () => {
			db.run(sql`delete from ${undoLog}`);
		}
	};
};

const numberRow = z.object({ n: z.number() });

const changesets = (runs: readonly RunRow[]): Uint8Array[] =>
	runs.map((run) => run.changeset).filter((changeset) => changeset !== null);
