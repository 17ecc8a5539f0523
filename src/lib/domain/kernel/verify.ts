// Verify: folds each stream again beside the tables, compares every row, and repairs what differs.
import type { EventKind } from './event.ts';
import { createHeads } from './heads.ts';
import { KERNEL_TABLES, eventLog, readStream, streamHead } from './log.ts';
import { createProjector } from './projector.ts';
import { z } from './schema.ts';
import { createTable, isStorageFault, sql, type Sql, type SqlRow, type SqlValue, type Table } from './sql.ts';

/** How far a verification is, in events. */
export interface VerifyProgress {
	readonly done: number;
	readonly total: number;
}

/** A stream whose rows were not what its events say. `kinds`: the kinds of event that write the tables concerned. */
export interface Repair {
	readonly stream: string;
	readonly tables: readonly string[];
	/** Rows that were missing, too many, or different. */
	readonly rows: number;
	readonly kinds: readonly string[];
	/** False when the stream's own events cannot be folded: `why` says which. Its rows are left as they were. */
	readonly repaired: boolean;
	readonly why: string;
}

export interface VerifyReport {
	readonly events: number;
	readonly streams: number;
	/** Empty: every row is exactly what the log says. */
	readonly differences: readonly Repair[];
	/** The tables whose full-text index did not hold the words of their rows, and was filled anew. */
	readonly indexes: readonly string[];
}

const CHUNK_ROWS = 500;
// how often the comparison of a stream that moved meanwhile is begun again in pieces
const BEGUN_AGAIN = 3;

/** What verification needs of the app it verifies. */
export interface Verifiable {
	readonly db: Sql;
	readonly kinds: readonly EventKind[];
	readonly tables: readonly Table[];
	/** Folds a stream's rows again, in a transaction of its own. */
	repair(stream: string): void;
	/** How often events of the stream were set aside, brought back or cut since the app was opened. */
	retold(stream: string): number;
	/** Fills every full-text index anew that does not hold the words of its table's rows; the names of the tables. */
	mendIndexes(): readonly string[];
}

/**
 * Verifies stream by stream, a chunk at each `next()`, so that commands may run in between: what they append is folded
 * too, and a stream whose past changes meanwhile is begun again. `scratch`: an empty database, closed by the caller.
 */
export function* verifying(
	{ db, kinds, tables, repair, retold, mendIndexes }: Verifiable,
	scratch: Sql
): Generator<VerifyProgress, VerifyReport> {
	const compared = [...tables, streamHead];
	for (const table of [...tables, ...KERNEL_TABLES]) scratch.exec(createTable(table));
	const shapes = compared.map((table) => shapeOf(scratch, table));
	const projector = createProjector(scratch, kinds, tables);
	const total = countRow.parse(db.all(sql`select count(*) as n from ${eventLog}`)[0]).n;
	const streams = streamsIn(db, compared);
	const differences: Repair[] = [];
	let events = 0;

	for (const stream of streams) {
		let done = 0;
		let after = 0;
		let told = retold(stream);
		const heads = createHeads(scratch);
		const forget = (): void => {
			for (const table of compared) scratch.run(sql`delete from ${table} where stream = ${stream}`);
			heads.set(stream, { streamSeq: 0, seq: 0, partial: 0 });
			done = 0;
			after = 0;
			told = retold(stream);
		};
		let why = '';
		let differing: readonly Differing[] = [];
		for (let begun = 0; ; begun++) {
			const comparison = comparing(db, scratch, shapes, stream);
			// what was said before is not known any more once commands may have run
			let head: number | null = null;
			const moved = (): boolean => told !== retold(stream) || head !== lastOf(db, stream);
			for (;;) {
				if (told !== retold(stream)) forget();
				const rows = readStream(db, stream, after, CHUNK_ROWS);
				try {
					scratch.transaction(() => {
						for (const row of rows) projector.replay(heads, row);
						heads.keep();
					});
				} catch (error) {
					if (isStorageFault(error)) throw error;
					why = error instanceof Error ? error.message : String(error);
					break;
				}
				done += rows.length;
				after = rows.at(-1)?.streamSeq ?? after;
				if (rows.length < CHUNK_ROWS) break;
				yield { done: events + done, total: Math.max(total, events + done) };
			}
			if (why !== '') break;
			head = lastOf(db, stream);
			let step = comparison.next();
			while (step.done !== true) {
				// a stream that never rests is at last compared in one piece
				if (begun < BEGUN_AGAIN) yield { done: events + done, total: Math.max(total, events + done) };
				if (moved()) break;
				step = comparison.next();
			}
			if (step.done !== true) continue;
			differing = step.value;
			break;
		}
		// from the last look at the stream to the end of its repair nothing else runs
		if (why !== '') differences.push({ stream, tables: [], rows: 0, kinds: [], repaired: false, why });
		else if (differing.length > 0) {
			repair(stream);
			const names = differing.map(({ table }) => table.name);
			const left = atOnce(comparing(db, scratch, shapes, stream));
			differences.push({
				stream,
				tables: names,
				rows: differing.reduce((sum, { rows }) => sum + rows, 0),
				kinds: kinds
					.filter((kind) => kind.writes.some(({ name }) => names.includes(name)))
					.map(({ kind }) => kind),
				repaired: left.length === 0,
				why: left.length === 0 ? '' : 'it differs again after it was folded again'
			});
		}
		events += done;
		forget();
		yield { done: events, total: Math.max(total, events) };
	}
	return { events, streams: streams.length, differences, indexes: mendIndexes() };
}

/** Every stream the log or any of the tables knows: rows without events are wrong too. */
const streamsIn = (db: Sql, tables: readonly Table[]): readonly string[] => {
	const found = new Set<string>();
	for (const table of [eventLog, ...tables])
		for (let last = ''; ;) {
			// one step of an index for each stream, however many rows it has
			const [row] = db.all(sql`select min(stream) as stream from ${table} where stream > ${last}`);
			const stream = row?.['stream'];
			if (typeof stream !== 'string') break;
			found.add(stream);
			last = stream;
		}
	return [...found].sort();
};

/** A table, and the columns of its key after the stream. */
interface Shape {
	readonly table: Table;
	readonly key: readonly string[];
}

interface Differing {
	readonly table: Table;
	/** Rows that only one side has, or has otherwise. */
	readonly rows: number;
}

const shapeOf = (db: Sql, table: Table): Shape => ({
	table,
	key: db
		.all(sql`select name from pragma_table_info(${table.name}) where pk > 0 and name <> 'stream' order by pk`)
		.map((row) => String(row['name']))
});

/** The position of a stream's newest event, 0 when it has none. */
const lastOf = (db: Sql, stream: string): number =>
	countRow.parse(
		db.all(sql`select coalesce(max(stream_seq), 0) as n from ${eventLog} where stream = ${stream}`)[0]
	).n;

/** Compares a stream's rows in all tables, some rows of one table up to each `next()`. */
function* comparing(
	db: Sql,
	scratch: Sql,
	shapes: readonly Shape[],
	stream: string
): Generator<void, readonly Differing[]> {
	const differing: Differing[] = [];
	let seen = 0;
	for (const shape of shapes) {
		let missing = 0;
		let extra = 0;
		for (let after: readonly SqlValue[] | null = null; ;) {
			const rows = rowsOf(db, shape, stream, after, null);
			const last: SqlRow | undefined = rows.length < CHUNK_ROWS ? undefined : rows.at(-1);
			const to: readonly SqlValue[] | null =
				last === undefined ? null : shape.key.map((column) => last[column] ?? null);
			const others = rowsOf(scratch, shape, stream, after, to ?? 'end');
			const counted = differingRows(rows, others);
			missing += counted.missing;
			extra += counted.extra;
			seen += rows.length;
			if (to === null) break;
			after = to;
			yield;
		}
		if (missing + extra > 0) differing.push({ table: shape.table, rows: Math.max(missing, extra) });
		// most streams are short: all their tables are compared at once
		if (seen >= CHUNK_ROWS) {
			seen = 0;
			yield;
		}
	}
	return differing;
}

const atOnce = (comparison: Generator<void, readonly Differing[]>): readonly Differing[] => {
	for (;;) {
		const step = comparison.next();
		if (step.done === true) return step.value;
	}
};

/** Rows of a stream in the order of their keys, those after `after`: up to `to`, to the end, or (null) as many as are read at once. */
const rowsOf = (
	db: Sql,
	{ table, key }: Shape,
	stream: string,
	after: readonly SqlValue[] | null,
	to: readonly SqlValue[] | 'end' | null
): SqlRow[] => {
	const columns = `(${key.join(', ')})`;
	const places = `(${key.map(() => '?').join(', ')})`;
	const limit = to === null ? ' limit ?' : '';
	return db.all({
		text: `select * from ${table.name} where stream = ?${after === null ? '' : ` and ${columns} > ${places}`}${
			to === null || to === 'end' ? '' : ` and ${columns} <= ${places}`
		}${key.length === 0 ? '' : ` order by ${key.join(', ')}`}${limit}`,
		values: [
			stream,
			...(after ?? []),
			...(to === null || to === 'end' ? [] : to),
			...(to === null ? [CHUNK_ROWS] : [])
		]
	});
};

/** How many rows only the other side has (`missing`), and how many only this one. A row that is otherwise counts as both. */
const differingRows = (
	one: readonly SqlRow[],
	other: readonly SqlRow[]
): { readonly missing: number; readonly extra: number } => {
	if (one.length === other.length && one.every((row, i) => isSame(row, other[i] ?? {})))
		return { missing: 0, extra: 0 };
	const left = new Map<string, number>();
	for (const row of one) left.set(textOf(row), (left.get(textOf(row)) ?? 0) + 1);
	let missing = 0;
	for (const row of other) {
		const n = left.get(textOf(row)) ?? 0;
		if (n === 0) missing += 1;
		else left.set(textOf(row), n - 1);
	}
	return { missing, extra: [...left.values()].reduce((sum, n) => sum + n, 0) };
};

/** Whether two rows of one table hold the same, so that most rows need not be made text. */
const isSame = (one: SqlRow, other: SqlRow): boolean => {
	for (const column in one) {
		const a = one[column];
		const b = other[column];
		if (a === b) continue;
		// blobs are compared by what is in them
		return a instanceof Uint8Array && b instanceof Uint8Array && textOf(one) === textOf(other);
	}
	return true;
};

const textOf = (row: SqlRow): string =>
	JSON.stringify(row, (_, value: unknown) =>
		typeof value === 'bigint' ? `${String(value)}n` : value instanceof Uint8Array ? [...value] : value
	);

const countRow = z.object({ n: z.number() });
