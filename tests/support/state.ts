// Everything a database holds, to compare: every row of every table, types and all.
import type { Vocabulary } from '#lib/domain/kernel/app.ts';
import { brokenFullText } from '#lib/domain/kernel/full-text.ts';
import { streamHead } from '#lib/domain/kernel/log.ts';
import { createProjector } from '#lib/domain/kernel/projector.ts';
import { sql, type Sql } from '#lib/domain/kernel/sql.ts';

/** Full-text indexes are left out: which segments they are made of is nobody's truth, see {@link brokenIndexes}. */
export const tableNames = (db: Sql): string[] =>
	db
		.all(
			sql`select name from pragma_table_list where schema = 'main' and type = 'table'
				and name not like 'sqlite\\_%' escape '\\' order by name`
		)
		.map((row) => String(row['name']));

/** The rows of the tables, by table; or only those of one stream. */
export const dump = (
	db: Sql,
	tables: readonly string[],
	stream: string | null = null
): Record<string, string[]> =>
	Object.fromEntries(
		tables.map((name) => {
			const infos = db.all({ text: 'select name, type from pragma_table_info(?)', values: [name] });
			const columns = infos.map((row) => String(row['name']));
			// tables are strict: only a column that takes anything can hold the same in two types
			const cells = infos
				.flatMap(({ name: column, type }) =>
					type === 'ANY' ? [String(column), `typeof(${String(column)})`] : [String(column)]
				)
				.join(', ');
			const where = stream === null ? '' : 'where stream = ?';
			const rows = db.all({
				text: `select ${cells} from ${name} ${where} order by ${columns.join(', ')}`,
				values: stream === null ? [] : [stream]
			});
			return [name, rows.map((row) => JSON.stringify(row))];
		})
	);

/** The tables a replay fills. */
export const foldedTables = ({ tables }: Vocabulary) => tables.filter(({ role }) => role === 'projection');

/** What a replay of the log would fill them with; nothing is changed. */
export const replayed = (db: Sql, words: Vocabulary): Record<string, string[]> => {
	const tables = foldedTables(words);
	return db.rehearse(() => {
		createProjector(db, words.events, tables).rebuild();
		return dump(db, [...tables.map(({ name }) => name), streamHead.name]);
	});
};

/** The tables whose full-text index does not hold exactly the words of their rows. */
export const brokenIndexes = (db: Sql, { tables }: Vocabulary): string[] =>
	brokenFullText(db, tables).map(({ name }) => name);
