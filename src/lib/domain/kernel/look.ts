// What queries can find out besides rows: what an event is called, whether it is orphaned, what a change would do.
import type { Ladder } from './ladder.ts';
import type { LogChange } from './log-change.ts';
import { recordedFrom, type Projector } from './projector.ts';
import type { Look, Read, ToldRow } from './query.ts';
import type { Sql, SqlRow, Table } from './sql.ts';

export const createLook = (db: Sql, read: Read, ladder: Ladder, projector: Projector): Look => {
	const toldTables = projector.tables.flatMap((table) =>
		table.told === null ? [] : [{ table, told: table.told }]
	);

	/** Told rows of the streams, by table and key. */
	const tell = (streams: readonly string[]): Map<string, { table: Table; row: SqlRow }> => {
		const rows = new Map<string, { table: Table; row: SqlRow }>();
		for (const { table, told } of toldTables)
			for (const row of db.all({
				text: `select ${[...told.key, told.name, ...told.values].join(', ')} from ${table.name}
					where stream in (select value from json_each(?))`,
				values: [JSON.stringify(streams)]
			}))
				rows.set(JSON.stringify([table.name, ...told.key.map((column) => String(row[column]))]), {
					table,
					row
				});
		return rows;
	};

	const only = (columns: readonly string[], row: SqlRow): SqlRow =>
		Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));

	return {
		describe: (row) => {
			const kind = projector.kinds.get(row.kind);
			if (kind === undefined) return { name: '', orphaned: false };
			try {
				const event = recordedFrom(kind, row);
				const about = row.supersededBy === null ? kind.about(event) : null;
				return { name: kind.named(event.payload), orphaned: about !== null && db.all(about).length === 0 };
			} catch {
				// a payload of another shape: the log shows it as it is
				return { name: '', orphaned: false };
			}
		},
		payload: (row) => {
			const kind = projector.kinds.get(row.kind);
			try {
				return kind === undefined ? null : recordedFrom(kind, row).payload;
			} catch {
				return null;
			}
		},
		rehearse: (changes) => {
			const streams = streamsOf(changes);
			return db.rehearse(() => {
				const before = tell(streams);
				ladder.rehearse(changes);
				const after = tell(streams);
				return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): ToldRow[] => {
					const then = before.get(key);
					const now = after.get(key);
					const { table } = then ?? now ?? {};
					if (table?.told == null) return [];
					const told = {
						table: table.name,
						key: only(table.told.key, (now ?? then)?.row ?? {}),
						name: String((now ?? then)?.row[table.told.name] ?? ''),
						before: then === undefined ? null : only(table.told.values, then.row),
						after: now === undefined ? null : only(table.told.values, now.row)
					};
					return JSON.stringify(told.before) === JSON.stringify(told.after) ? [] : [told];
				});
			});
		}
	};
};

const streamsOf = (changes: readonly LogChange[]): string[] => [
	...new Set(changes.flatMap((change) => ('stream' in change ? [change.stream] : [])))
];
