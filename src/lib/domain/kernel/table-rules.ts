// What a table or a handler's statement must not be, because replay or undo would then go wrong without a word.
import { sql, type Sql, type SqlRow, type Table } from './sql.ts';

/** SQL without its comments and with its strings emptied; quoted names lose their quotes. */
const bare = (text: string): string =>
	text.replace(
		/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"((?:[^"]|"")*)"|`([^`]*)`|\[([^\]]*)\]/g,
		(found, double?: string, tick?: string, bracket?: string) =>
			found.startsWith("'") ? "''" : (double ?? tick ?? bracket ?? ' ')
	);

// no longer the same when it is asked again: the moment, chance, and what another statement did just before
const FLEETING: readonly (readonly [RegExp, string])[] = [
	[/\bcurrent_(?:timestamp|time|date)\b/i, 'the clock'],
	[/\b(?:date|time|datetime|julianday|unixepoch|strftime|timediff)\s*\(/i, 'a function of dates'],
	[/\brandom(?:blob)?\s*\(/i, 'chance'],
	[/\b(?:last_insert_rowid|changes|total_changes)\s*\(/i, 'what was written before'],
	[/\bsqlite_(?:version|source_id)\s*\(/i, 'the version of SQLite']
];

const fleeting = (text: string): string[] =>
	FLEETING.filter(([pattern]) => pattern.test(text)).map(([, what]) => what);

const WRITE_TARGETS =
	/\b(?:(?:insert|replace)(?:\s+or\s+\w+)?\s+into|update(?:\s+or\s+\w+)?|delete\s+from)\s+(?:\w+\s*\.\s*)?(\w+)/gi;

interface Trigger {
	readonly on: string;
	readonly event: string;
	/** The tables its body writes. */
	readonly into: readonly string[];
}

const triggersOf = (db: Sql): Trigger[] =>
	db.all(sql`select tbl_name, sql from sqlite_schema where type = 'trigger'`).map((row) => {
		const [head = '', ...body] = bare(String(row['sql'])).split(/\bbegin\b/i);
		return {
			on: String(row['tbl_name']).toLowerCase(),
			event: /\b(insert|update|delete)\b/i.exec(head)?.[1]?.toLowerCase() ?? '',
			into: [...body.join(' ').matchAll(WRITE_TARGETS)]
				.map((match) => match[1]?.toLowerCase() ?? '')
				// the second half of "on conflict … do update set"
				.filter((name) => name !== 'set')
		};
	});

/** The full-text indexes over a table's own rows: their triggers are the only ones whose undo is their own work. */
const indexesOver = (db: Sql, table: string): Set<string> =>
	new Set(
		db
			.all(sql`select name, sql from sqlite_schema where type = 'table' and sql like 'create virtual%'`)
			.filter((row) => {
				const text = String(row['sql']);
				const content = /\bcontent\s*=\s*['"]?(\w+)/i.exec(text)?.[1];
				return /\busing\s+fts5\b/i.test(text) && content?.toLowerCase() === table;
			})
			.map((row) => String(row['name']).toLowerCase())
	);

const triggerRules = (db: Sql, name: string): (readonly [boolean, string])[] => {
	const triggers = triggersOf(db);
	const indexes = indexesOver(db, name);
	const own = triggers.filter((trigger) => trigger.on === name);
	const indexing = own.filter(({ into }) => into.length > 0 && into.every((target) => indexes.has(target)));
	const covered = new Set(indexing.map((trigger) => trigger.event));
	return [
		[own.length === indexing.length, 'has a trigger'],
		[!triggers.some(({ into }) => into.includes(name)), 'is written by a trigger'],
		[
			indexes.size === 0 || ['insert', 'update', 'delete'].every((event) => covered.has(event)),
			'has a full-text index that does not follow every change'
		]
	];
};

/**
 * What is wrong with a declared table, by SQLite's own account of it, one line per broken rule; empty when it is sound.
 * Each rule stands for a way in which SQLite records, compares or takes back wrongly *without an error*, or in which
 * taking back one chat could touch another. Asks main only.
 */
export const brokenRules = (db: Sql, table: Table): string[] => {
	const name = table.name.toLowerCase();
	const ask = (pragma: string, subject: string): SqlRow[] =>
		db.all({ text: `select * from pragma_${pragma}(?, 'main')`, values: [subject] });
	const [listed] = db.all(
		sql`select type, wr, strict from pragma_table_list where schema = 'main' and name = ${table.name}`
	);
	if (listed?.['type'] !== 'table')
		return [`${table.name} ${listed === undefined ? 'is missing' : 'is no ordinary table'}`];
	const [schema] = db.all(sql`select sql from sqlite_schema where type = 'table' and name = ${table.name}`);
	const text = bare(String(schema?.['sql']));
	const columns = ask('table_xinfo', table.name);
	const key = columns
		.filter((column) => Number(column['pk']) > 0)
		.sort((a, b) => Number(a['pk']) - Number(b['pk']));
	const indexes = ask('index_list', table.name);
	const keyIndexes = indexes.filter((index) => index['origin'] === 'pk');
	const collations = keyIndexes
		.flatMap((index) => ask('index_xinfo', String(index['name'])))
		.filter((part) => part['key'] === 1)
		.map((part) => part['coll']);
	const projection = table.role === 'projection';
	// "integer primary key desc" looks like the rowid and is an index beside it
	const rowidKey = listed['wr'] === 0 && key.length === 1 && keyIndexes.length === 0;

	const always: readonly (readonly [boolean, string])[] = [
		[listed['strict'] === 1, 'is not STRICT'],
		[key.length > 0, 'has no primary key'],
		[!/\bautoincrement\b/i.test(text), 'uses AUTOINCREMENT'],
		[columns.every((column) => column['hidden'] === 0), 'has a generated column'],
		[collations.every((collation) => collation === 'BINARY'), 'has a key that does not compare byte by byte'],
		[key.every((column) => rowidKey || column['notnull'] === 1), 'has a key that may be null'],
		[
			ask('foreign_key_list', table.name).every(
				(reference) => reference['on_update'] === 'NO ACTION' && reference['on_delete'] === 'NO ACTION'
			),
			'has a foreign key that acts'
		]
	];
	if (!projection) return failing(table, always);
	return failing(table, [
		...always,
		[key[0]?.['name'] === 'stream', 'has a key that does not begin with stream'],
		[
			// 1 and 1.0 are one key to a table and two to a changeset
			key.every((column) => ['TEXT', 'INTEGER', 'BLOB'].includes(String(column['type']).toUpperCase())),
			'has a key in which different values are equal'
		],
		[listed['wr'] === 1 || rowidKey, 'is keyed beside its rowid'],
		[
			indexes.every((index) => index['unique'] === 0 || index['origin'] === 'pk'),
			'has a unique index besides its key'
		],
		[!/\bon\s+conflict\b/i.test(text), 'settles conflicts by itself'],
		[fleeting(text).length === 0, 'has a default that is not the same in a replay'],
		...triggerRules(db, name)
	]);
};

const failing = (table: Table, rules: readonly (readonly [boolean, string])[]): string[] =>
	rules.filter(([kept]) => !kept).map(([, rule]) => `${table.name} ${rule}`);

const STATEMENT_RULES: readonly (readonly [RegExp, string])[] = [
	// fires no delete trigger, so that a full-text index keeps the row; and hides that an event was folded twice
	[/\bor\s+replace\b|^\s*replace\b|;\s*replace\b/i, 'replaces rows'],
	[/\b(?:insert|update)\s+or\s+(?:ignore|fail|rollback)\b/i, 'ignores what goes wrong'],
	[/\b(?:_rowid_|rowid|oid)\b/i, 'uses a rowid nobody keeps'],
	// a replay folds into temporary tables of the same names
	[/\b(?:main|temp)\s*\.\s*\w/i, 'names a schema'],
	[/^\s*(?!insert\b|update\b|delete\b|with\b)\w+/i, 'is no insert, update or delete'],
	[/;\s*\S/, 'is more than one statement']
];

/**
 * What is wrong with a statement of a handler, one line per broken rule: folding it again, into other tables or on
 * another day, would not write the same rows, or taking it back would not be exact. Judges the text only.
 */
export const brokenStatement = (text: string): string[] => {
	const plain = bare(text);
	return [
		...fleeting(plain).map((what) => `depends on ${what}`),
		...STATEMENT_RULES.filter(([pattern]) => pattern.test(plain)).map(([, rule]) => rule)
	];
};
