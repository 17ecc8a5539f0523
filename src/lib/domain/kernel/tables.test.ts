// The rules every declared table keeps, so that replay, undo by changesets and taking one chat back stay exact.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import { vocabulary } from '../vocabulary.ts';
import { KERNEL_TABLES } from './log.ts';
import { createTable, defineTable, sql, type Sql, type Table } from './sql.ts';

/** What is wrong with a table, by SQLite's own account of it; one line per broken rule. */
const broken = (db: Sql, table: Table): string[] => {
	const ask = (pragma: string, name: string) =>
		db.all({ text: `select * from pragma_${pragma}(?)`, values: [name] });
	const [listed] = db.all(sql`select wr, strict from pragma_table_list where name = ${table.name}`);
	const [schema] = db.all(sql`select sql from sqlite_schema where type = 'table' and name = ${table.name}`);
	const columns = ask('table_xinfo', table.name);
	const key = columns
		.filter((column) => Number(column['pk']) > 0)
		.sort((a, b) => Number(a['pk']) - Number(b['pk']));
	const indexes = ask('index_list', table.name);
	const collations = indexes
		.filter((index) => index['origin'] === 'pk')
		.flatMap((index) => ask('index_xinfo', String(index['name'])))
		.filter((part) => part['key'] === 1)
		.map((part) => part['coll']);
	const projection = table.role === 'projection';
	const rowidKey = key.length === 1 && key[0]?.['type'] === 'INTEGER';
	const rules: readonly (readonly [boolean, string])[] = [
		[listed?.['strict'] === 1, 'is not STRICT'],
		[key.length > 0, 'has no primary key'],
		[!/autoincrement/i.test(String(schema?.['sql'])), 'uses AUTOINCREMENT'],
		[columns.every((column) => column['hidden'] === 0), 'has a generated column'],
		[collations.every((collation) => collation === 'BINARY'), 'has a key that does not compare byte by byte'],
		[key.every((column) => rowidKey || column['notnull'] === 1), 'has a key that may be null'],
		[
			ask('foreign_key_list', table.name).every(
				(reference) => reference['on_update'] === 'NO ACTION' && reference['on_delete'] === 'NO ACTION'
			),
			'has a foreign key that acts'
		],
		[!projection || key[0]?.['name'] === 'stream', 'has a key that does not begin with stream'],
		[!projection || listed?.['wr'] === 1 || rowidKey, 'is keyed beside its rowid'],
		[
			!projection || indexes.every((index) => index['unique'] === 0 || index['origin'] === 'pk'),
			'has a unique index besides its key'
		],
		[
			!projection ||
				db.all(sql`select 1 from sqlite_schema where type = 'trigger' and tbl_name = ${table.name}`)
					.length === 0,
			'has a trigger'
		]
	];
	return rules.filter(([kept]) => !kept).map(([, rule]) => `${table.name} ${rule}`);
};

describe('a declared table', () => {
	let db: Sql;
	beforeAll(async () => {
		db = await openMemory();
		for (const table of [...vocabulary.tables, ...KERNEL_TABLES]) db.exec(createTable(table));
	});
	afterAll(() => {
		db.close();
	});

	test.each([...vocabulary.tables, ...KERNEL_TABLES].map((table) => [table.name, table] as const))(
		'%s keeps every rule',
		(_, table) => {
			expect(broken(db, table)).toEqual([]);
		}
	);

	test.each([
		['no key', defineTable('a1', 'stream text not null', { withoutRowid: false }), 'has no primary key'],
		[
			'another first column in its key',
			defineTable('a2', 'id text, stream text, primary key (id, stream)'),
			'has a key that does not begin with stream'
		],
		[
			'a key beside the rowid',
			defineTable('a3', 'stream text not null primary key', { withoutRowid: false }),
			'is keyed beside its rowid'
		],
		[
			'AUTOINCREMENT',
			defineTable('a5', 'stream integer primary key autoincrement', { withoutRowid: false }),
			'uses AUTOINCREMENT'
		],
		[
			'a generated column',
			defineTable('a6', 'stream text not null primary key, n integer as (length(stream)) stored'),
			'has a generated column'
		],
		[
			'a virtual column',
			defineTable('a7', 'stream text not null primary key, n integer as (length(stream))'),
			'has a generated column'
		],
		[
			'a unique column',
			defineTable('a8', 'stream text not null primary key, n integer unique'),
			'has a unique index besides its key'
		],
		[
			'a cascade',
			defineTable(
				'a9',
				'stream text not null primary key, n text references bots (stream) on delete cascade'
			),
			'has a foreign key that acts'
		],
		[
			'a key blind to case',
			defineTable('a10', 'stream text not null collate nocase primary key'),
			'has a key that does not compare byte by byte'
		],
		[
			'a workspace table blind to case',
			defineTable('a11', 'id text not null collate nocase primary key', { role: 'workspace' }),
			'has a key that does not compare byte by byte'
		]
	])('with %s is found out', (_, table, rule) => {
		db.exec(createTable(table));
		expect(broken(db, table)).toContain(`${table.name} ${rule}`);
	});

	test('that is not STRICT, has a unique index made later, a trigger, or a key that may be null, is found out', () => {
		const table = defineTable('b1', '');
		db.exec(`create table b1 (stream text not null primary key, n) without rowid;
			create unique index b1_n on b1 (n);
			create table b2 (stream text primary key);
			create trigger b1_t after insert on b1 begin select 1; end;`);
		expect(broken(db, table)).toEqual([
			'b1 is not STRICT',
			'b1 has a unique index besides its key',
			'b1 has a trigger'
		]);
		expect(broken(db, defineTable('b2', ''))).toContain('b2 has a key that may be null');
	});
});
