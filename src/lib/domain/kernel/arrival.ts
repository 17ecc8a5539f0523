// What has arrived: a database attached beside the library's, made of a file that was read, checked and folded elsewhere.
import { assets, eventLog, kernelMeta, recoveryCopy, recoveryEvent, streamHead, undoLog } from './log.ts';
import type { Read } from './query.ts';
import { z } from './schema.ts';
import { sql, type Sql, type Table } from './sql.ts';

/** The name it is attached under. Its tables are those of the library. */
export const ARRIVED = 'arrived';

const there = (table: Table): Table => ({ ...table, name: `${ARRIVED}.${table.name}` });

/** The log, and the recovery copies, of what has arrived. */
export const arrivedLog = there(eventLog);
const arrivedCopies = there(recoveryCopy);

export interface Arrived {
	/** The library its numbers were reserved in. */
	readonly library: string;
	readonly streams: readonly string[];
	/** Ids of recovery copies. */
	readonly copies: readonly string[];
}

const nameRow = z.object({ name: z.string() });

/** What has arrived and waits; null when nothing has. */
export const findArrived = (read: Read): Arrived | null => {
	if (read.one(nameRow, sql`select name from pragma_database_list where name = ${ARRIVED}`) === null)
		return null;
	return {
		library:
			read.one(z.object({ v: z.string() }), sql`select v from ${there(kernelMeta)} where k = 'for_library'`)
				?.v ?? '',
		streams: read
			.all(nameRow, sql`select distinct stream as name from ${arrivedLog} order by name`)
			.map(({ name }) => name),
		copies: read
			.all(nameRow, sql`select copy_id as name from ${arrivedCopies} order by name`)
			.map(({ name }) => name)
	};
};

/**
 * Copies the streams with all that was folded from them, and the recovery copies, into the library, inside the caller's
 * transaction; `batch`: what they are written as. False when what was folded has another shape than the tables here: then
 * only the log was copied, and has to be folded.
 */
export const adoptArrived = (
	db: Sql,
	{ streams, copies }: Pick<Arrived, 'streams' | 'copies'>,
	tables: readonly Table[],
	batch: number
): boolean => {
	const only = JSON.stringify(streams);
	const columnsOf = (table: Table): string[] =>
		db.all(sql`select name from pragma_table_info(${table.name})`).map((row) => String(row['name']));
	const take = (table: Table, where: string, values: readonly string[], batched = false): void => {
		const columns = columnsOf(table);
		db.run({
			text: `insert into main.${table.name} (${columns.join(', ')})
				select ${columns.map((name) => (batched && name === 'batch' ? String(batch) : name)).join(', ')}
				from ${ARRIVED}.${table.name} where ${where}`,
			values
		});
	};
	const ofStreams = 'stream in (select value from json_each(?))';
	const ofCopies = 'copy_id in (select value from json_each(?))';
	const beyond = db.all({
		text: `select 1 from ${ARRIVED}.event_log
			where seq >= (select v from main.kernel_meta where k = 'next_seq') limit 1`,
		values: []
	});
	if (beyond.length > 0) throw new Error('what arrived has numbers that were not reserved here');
	take(eventLog, ofStreams, [only], true);
	take(recoveryCopy, ofCopies, [JSON.stringify(copies)]);
	take(recoveryEvent, ofCopies, [JSON.stringify(copies)]);
	db.run(
		sql`insert into ${assets} (hash, media_type, bytes)
			select hash, media_type, bytes from ${there(assets)} where true on conflict (hash) do nothing`
	);
	const shapes = db.all({
		text: `select v from main.kernel_meta where k = 'projection_shape'
			union select v from ${ARRIVED}.kernel_meta where k = 'projection_shape'`,
		values: []
	});
	if (shapes.length !== 1) return false;
	for (const table of [...tables, streamHead, undoLog]) take(table, ofStreams, [only]);
	return true;
};
