// Full-text indexes over projection tables: SQLite's FTS5 beside the table, which follows every change of its rows.
import type { Sql, Table } from './sql.ts';

/** The name of a table's index. */
export const indexOf = (table: Table): string => `${table.name}_fts`;

const indexed = (tables: readonly Table[]): readonly Table[] =>
	tables.filter(({ fullText }) => fullText !== null);

/**
 * The script that makes a table's full-text index and fills it from the rows that are there; empty when it declares none.
 * The index holds no text of its own. Its triggers are SQLite's own recipe: they write nothing else, so that whatever takes
 * rows back (an inverse, a replay, an adopted difference) takes their words back with them.
 */
export const createFullText = (table: Table): string => {
	if (table.fullText === null) return '';
	const { columns, rowid } = table.fullText;
	const index = indexOf(table);
	const names = columns.join(', ');
	const of = (row: 'old' | 'new') => [rowid, ...columns].map((column) => `${row}.${column}`).join(', ');
	const add = `insert into ${index} (rowid, ${names}) values (${of('new')});`;
	// the words to be removed must be given: the row that held them has changed already
	const remove = `insert into ${index} (${index}, rowid, ${names}) values ('delete', ${of('old')});`;
	return [
		`create virtual table ${index} using fts5 (${names}, content='${table.name}', content_rowid='${rowid}',
			tokenize='unicode61 remove_diacritics 2');`,
		`create trigger ${index}_insert after insert on ${table.name} begin ${add} end;`,
		`create trigger ${index}_delete after delete on ${table.name} begin ${remove} end;`,
		`create trigger ${index}_update after update of ${rowid}, ${names} on ${table.name} begin ${remove} ${add} end;`,
		`insert into ${index} (${index}) values ('rebuild');`
	].join('\n');
};

/** The script that drops it, and leaves the table without triggers. */
const dropFullText = (table: Table): string =>
	[
		...['insert', 'delete', 'update'].map((event) => `drop trigger ${indexOf(table)}_${event};`),
		`drop table ${indexOf(table)};`
	].join('\n');

/** Does work that writes most rows of the tables, inside the caller's transaction, and fills the indexes once after it. */
export const withoutFullText = <T>(db: Sql, tables: readonly Table[], work: () => T): T => {
	for (const table of indexed(tables)) db.exec(dropFullText(table));
	const value = work();
	for (const table of indexed(tables)) db.exec(createFullText(table));
	return value;
};

/**
 * Fills the indexes anew from the rows that are there, inside the caller's transaction. An index that only follows changes
 * keeps words of rows that are gone for a while.
 */
export const refillFullText = (db: Sql, tables: readonly Table[]): void => {
	for (const table of indexed(tables))
		db.run({ text: `insert into ${indexOf(table)} (${indexOf(table)}) values ('rebuild')`, values: [] });
};

/** The tables whose full-text index does not hold exactly the words of their rows. */
export const brokenFullText = (db: Sql, tables: readonly Table[]): readonly Table[] =>
	indexed(tables).filter((table) => {
		try {
			db.rehearse(() =>
				db.run({
					text: `insert into ${indexOf(table)} (${indexOf(table)}, rank) values ('integrity-check', 1)`,
					values: []
				})
			);
			return false;
		} catch {
			// SQLite says no more than that the index is malformed
			return true;
		}
	});
