// Digests of a log and of what was folded from it, the same wherever they are taken: against damage, not against malice.
import { createBag, digestOfTexts } from './checksum.ts';
import type { LogRow } from './log.ts';
import { sql, type Sql, type SqlRow, type SqlValue, type Table } from './sql.ts';

const CHUNK_ROWS = 500;

/** The digest of one stream's log, fed row by row in the order of the stream. */
export interface LogDigest {
	add(row: LogRow): void;
	/** 16 hex digits. */
	digest(): string;
}

/**
 * What events say, in which order, and which of them took the place of which; but not the numbers and ids that a copy of
 * the log in another library has anew (seq, batch, event id, the name of the stream).
 */
export const createLogDigest = (): LogDigest => {
	const place = new Map<number, number>();
	const marks: (readonly [streamSeq: number, by: number])[] = [];
	let before = '';
	return {
		add: (row) => {
			place.set(row.seq, row.streamSeq);
			if (row.supersededBy !== null) marks.push([row.streamSeq, row.supersededBy]);
			before = digestOfTexts([
				before,
				// in a fixed order, whatever order a row's fields are in
				JSON.stringify([
					row.streamSeq,
					row.anchor,
					row.cause,
					row.opensTurn,
					row.kind,
					row.v,
					row.payload,
					row.at
				])
			]);
		},
		digest: () =>
			digestOfTexts([before, JSON.stringify(marks.map(([of, by]) => [of, place.get(by) ?? null]))])
	};
};

/** One digest of many streams, each with its own. */
export const digestOfStreams = (streams: ReadonlyMap<string, string>): string =>
	digestOfTexts([...streams].sort(([a], [b]) => (a < b ? -1 : 1)).flat());

/**
 * The digest of every row of the tables, 16 hex digits; some rows are read at each `next()`, which gives how many were.
 * Columns named `seq`, or ending in `_seq`, hold numbers that never leave a database, and do not count.
 */
export function* digestOfState(db: Sql, tables: readonly Table[]): Generator<number, string> {
	const digests: string[] = [];
	let read = 0;
	for (const table of [...tables].sort((a, b) => (a.name < b.name ? -1 : 1))) {
		const columns = db
			.all(sql`select name, pk from pragma_table_info(${table.name})`)
			.map((row) => ({ name: String(row['name']), pk: Number(row['pk']) }));
		const key = columns
			.filter(({ pk }) => pk > 0)
			.sort((a, b) => a.pk - b.pk)
			.map(({ name }) => name);
		const counted = columns
			.map(({ name }) => name)
			.filter((name) => name !== 'seq' && !name.endsWith('_seq'))
			.sort();
		const bag = createBag();
		for (let after: readonly SqlValue[] | null = null; ;) {
			const rows: SqlRow[] = db.all({
				text: `select * from ${table.name} ${
					after === null ? '' : `where (${key.join(', ')}) > (${key.map(() => '?').join(', ')})`
				} order by ${key.join(', ')} limit ${String(CHUNK_ROWS)}`,
				values: after ?? []
			});
			for (const row of rows) bag.add(JSON.stringify(counted.map((name) => plain(row[name] ?? null))));
			read += rows.length;
			const last = rows.at(-1);
			if (last === undefined || rows.length < CHUNK_ROWS) break;
			after = key.map((name) => last[name] ?? null);
			yield read;
		}
		digests.push(table.name, bag.digest());
	}
	return digestOfTexts(digests);
}

const plain = (value: SqlValue): unknown =>
	typeof value === 'bigint' ? `${String(value)}n` : value instanceof Uint8Array ? [...value] : value;
