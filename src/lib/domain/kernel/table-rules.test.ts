// The rules every declared table and every handler's statement keeps, and what SQLite silently does where one is broken.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import { vocabulary } from '../vocabulary.ts';
import { KERNEL_TABLES } from './log.ts';
import { createTable, defineTable, sql, type Sql, type Table } from './sql.ts';
import { brokenRules, brokenStatement } from './table-rules.ts';

const declared = [...vocabulary.tables, ...KERNEL_TABLES];

describe('a declared table', () => {
	let db: Sql;
	beforeAll(async () => {
		db = await openMemory();
		for (const table of declared) db.exec(createTable(table));
	});
	afterAll(() => {
		db.close();
	});

	test.each(declared.map((table) => [table.name, table] as const))('%s keeps every rule', (_, table) => {
		expect(brokenRules(db, table)).toEqual([]);
	});

	test('keeps them while a temporary table that breaks them covers it', () => {
		db.exec('create temp table turns (x)');
		expect(declared.filter(({ name }) => name === 'turns').map((table) => brokenRules(db, table))).toEqual([
			[]
		]);
		db.exec('drop table temp.turns');
	});
});

/** Every row of every table with its rowid, SQLite's own counters included, and whether full-text indexes hold. */
const everything = (db: Sql): string => {
	const tables = db.all(
		sql`select name, wr, type from pragma_table_list where schema = 'main' and type in ('table', 'virtual')
			and name not like 'sqlite_schema' order by name`
	);
	return JSON.stringify(
		tables.map(({ name, wr, type }) => {
			if (type === 'virtual') {
				try {
					db.exec(`insert into ${String(name)} (${String(name)}, rank) values ('integrity-check', 1)`);
					return [name, 'follows'];
				} catch {
					return [name, 'does not follow'];
				}
			}
			const rowid = wr === 1 ? '' : 'rowid as "the rowid", ';
			const rows = db.all({ text: `select ${rowid}* from "${String(name)}"`, values: [] });
			return [
				name,
				rows.map((row) => JSON.stringify(Object.values(row).map((value) => [typeof value, value]))).sort()
			];
		})
	);
};

interface Wrong {
	/** What the table is made of, or a whole script when it says `create`. */
	readonly table: string;
	readonly before?: string;
	readonly work: string;
	/** Done between recording and taking back: taking back must then be refused. */
	readonly between?: string;
	readonly rowid?: boolean;
}

type Outcome =
	| 'refused to record'
	| 'recorded nothing'
	| 'refused to take back'
	| 'took back another state'
	| 'overwrote what came between'
	| 'cannot be compared'
	| 'exact';

const opened = async ({ table, rowid }: Wrong): Promise<Sql> => {
	const db = await openMemory();
	db.exec(
		/^create /i.test(table)
			? table
			: `create table t (${table}) strict${rowid === true ? '' : ', without rowid'}`
	);
	return db;
};

const t = defineTable('t', '');

/** What recording and taking back does with a table, in the steps a person would trust. */
const undone = (db: Sql, { table, rowid, before, work, between }: Wrong): Outcome => {
	db.exec(before ?? '');
	const at = everything(db);
	let changeset: Uint8Array | null;
	try {
		changeset = db.transaction(() =>
			db.record([t], () => {
				db.exec(work);
			})
		);
	} catch {
		return 'refused to record';
	}
	if (changeset === null) return everything(db) === at ? 'exact' : 'recorded nothing';
	db.exec(between ?? '');
	const [recorded] = [changeset];
	try {
		db.transaction(() => {
			db.takeBack([recorded]);
		});
	} catch {
		return between === undefined ? 'refused to take back' : 'exact';
	}
	if (between !== undefined) return 'overwrote what came between';
	if (everything(db) !== at) return 'took back another state';
	try {
		if (!/^create /i.test(table)) {
			db.exec(`create temp table t (${table}) strict${rowid === true ? '' : ', without rowid'}`);
			db.transaction(() => db.adoptTemp([t]));
		}
	} catch {
		return 'cannot be compared';
	}
	return 'exact';
};

const key = 'stream text not null primary key';

const FORBIDDEN: readonly (readonly [string, Wrong, string, Outcome])[] = [
	[
		'nothing',
		{ table: `${key}, n integer`, before: "insert into t values ('a', 1)", work: 'update t set n = 2' },
		'',
		'exact'
	],
	[
		'no key',
		{ table: 'stream text not null', rowid: true, work: "insert into t values ('a')" },
		'has no primary key',
		'refused to record'
	],
	[
		'a key that may be null',
		{ table: 'create table t (stream text primary key)', work: 'insert into t values (null)' },
		'has a key that may be null',
		'recorded nothing'
	],
	[
		'AUTOINCREMENT',
		{
			table: 'stream integer primary key autoincrement, n integer',
			rowid: true,
			work: 'insert into t (n) values (1)'
		},
		'uses AUTOINCREMENT',
		'took back another state'
	],
	[
		'a key beside its rowid',
		{
			table: key,
			rowid: true,
			before: "insert into t values ('a'), ('b'), ('c')",
			work: "delete from t where stream = 'b'"
		},
		'is keyed beside its rowid',
		'took back another state'
	],
	[
		'an integer key that is not its rowid',
		{
			table: 'stream integer primary key desc',
			rowid: true,
			before: 'insert into t values (10), (20), (30)',
			work: 'delete from t where stream = 20'
		},
		'is keyed beside its rowid',
		'took back another state'
	],
	[
		'a key blind to case',
		{
			table: 'stream text not null collate nocase primary key',
			before: "insert into t values ('a')",
			work: "update t set stream = 'A'"
		},
		'has a key that does not compare byte by byte',
		'refused to take back'
	],
	[
		'a key of any type',
		{
			table: 'stream text not null, k any not null, primary key (stream, k)',
			before: "insert into t values ('a', 1)",
			work: 'update t set k = 1.0'
		},
		'has a key in which different values are equal',
		'refused to take back'
	],
	[
		'a stored column',
		{ table: `${key}, n integer as (length(stream)) stored`, work: "insert into t values ('a')" },
		'has a generated column',
		'cannot be compared'
	],
	[
		'a virtual column',
		{ table: `${key}, n integer as (length(stream))`, work: "insert into t values ('a')" },
		'has a generated column',
		'cannot be compared'
	],
	[
		'a key that replaces',
		{
			table: 'stream text not null, n integer, primary key (stream) on conflict replace',
			before: "insert into t values ('a', 1)",
			work: 'delete from t',
			between: "insert into t values ('a', 2)"
		},
		'settles conflicts by itself',
		'overwrote what came between'
	],
	[
		'a trigger that writes the table itself',
		{
			table: `create table t (${key}, n integer, changed integer not null default 0) strict, without rowid;
				create trigger tt after update of n on t begin update t set changed = changed + 1 where stream = new.stream; end`,
			before: "insert into t (stream, n) values ('a', 1)",
			work: 'update t set n = 2'
		},
		'is written by a trigger',
		'took back another state'
	],
	[
		'a trigger that writes elsewhere',
		{
			table: `create table t (${key}) strict, without rowid; create table seen (stream text) strict;
				create trigger tt after delete on t begin insert into seen values (old.stream); end`,
			work: "insert into t values ('a')"
		},
		'has a trigger',
		'took back another state'
	],
	[
		'a full-text index that follows no removal',
		{
			table: `create table t (id integer primary key, body text not null) strict;
				create virtual table words using fts5(body, content = 't', content_rowid = 'id');
				create trigger tt after insert on t begin insert into words (rowid, body) values (new.id, new.body); end`,
			work: "insert into t values (1, 'word')"
		},
		'has a full-text index that does not follow every change',
		'took back another state'
	],
	[
		'a full-text index kept by a trigger, over its own copy',
		{
			table: `create table t (id integer primary key, body text not null) strict;
				create virtual table words using fts5(body);
				create trigger tt after insert on t begin insert into words (rowid, body) values (new.id, new.body); end;
				create trigger tu after update on t begin insert into words (rowid, body) values (new.id, new.body); end;
				create trigger td after delete on t begin delete from words where rowid = old.id; end`,
			before: "insert into t values (1, 'word')",
			work: 'delete from t'
		},
		'has a trigger',
		'exact'
	],
	// this engine takes these back rightly: they stay forbidden for what other rows, streams and versions make of them
	[
		'a unique column',
		{
			table: `${key}, n integer unique`,
			before: "insert into t values ('a', 1), ('b', 2)",
			work: "update t set n = -1 where stream = 'a'; update t set n = 1 where stream = 'b'; update t set n = 2 where stream = 'a'"
		},
		'has a unique index besides its key',
		'exact'
	],
	[
		'a unique index made later',
		{
			table: `create table t (${key}, n integer) strict, without rowid; create unique index tn on t (n)`,
			work: "insert into t values ('a', 1)"
		},
		'has a unique index besides its key',
		'exact'
	],
	[
		'a foreign key that deletes',
		{
			table: `create table p (stream text not null primary key) strict, without rowid;
				create table t (${key} references p (stream) on delete cascade) strict, without rowid`,
			work: "insert into t values ('a')"
		},
		'has a foreign key that acts',
		'exact'
	],
	[
		'no strict types',
		{ table: `create table t (${key}, n) without rowid`, work: "insert into t values ('a', 'x')" },
		'is not STRICT',
		'exact'
	],
	[
		'another first column in its key',
		{ table: 'id text, stream text, primary key (id, stream)', work: "insert into t values ('1', 'a')" },
		'has a key that does not begin with stream',
		'exact'
	],
	[
		'a default by the clock',
		{
			table: `${key}, at text not null default current_timestamp`,
			work: "insert into t (stream) values ('a')"
		},
		'has a default that is not the same in a replay',
		'exact'
	],
	[
		'nothing in it',
		{ table: 'create view t as select 1 as stream', work: '' },
		'is no ordinary table',
		'refused to record'
	],
	['no existence', { table: 'create table other (x)', work: '' }, 'is missing', 'refused to record'],
	[
		'an engine of its own',
		{ table: 'create virtual table t using fts5(stream)', work: "insert into t values ('a')" },
		'is no ordinary table',
		'refused to record'
	]
];

describe('a table with', () => {
	test.each(FORBIDDEN)('%s', async (_, wrong, rule, outcome) => {
		const db = await opened(wrong);
		try {
			const found = brokenRules(db, t);
			if (rule === '') expect(found).toEqual([]);
			else expect(found).toContain(`t ${rule}`);
			expect(undone(db, wrong)).toBe(outcome);
		} finally {
			db.close();
		}
	});

	test('a full-text index over its own rows, kept in step by three triggers, breaks none of the triggers’ rules', async () => {
		const db = await openMemory();
		db.exec(`create table t (id integer primary key, body text not null) strict;
			create virtual table words using fts5(body, content='t', content_rowid='id');
			create trigger ti after insert on t begin insert into words (rowid, body) values (new.id, new.body); end;
			create trigger td after delete on t begin insert into words (words, rowid, body) values ('delete', old.id, old.body); end;
			create trigger tu after update of body on t begin
				insert into words (words, rowid, body) values ('delete', old.id, old.body);
				-- insert into t in a comment is no writing
				insert into words (rowid, body) values (new.id, new.body); end;`);
		expect(brokenRules(db, t)).toEqual(['t has a key that does not begin with stream']);
		db.close();
	});

	test('rules for others: logs and jobs may have triggers and any key, but no key blind to case', async () => {
		const db = await openMemory();
		const job: Table = defineTable('t', 'id text not null collate nocase primary key, n integer unique', {
			role: 'workspace'
		});
		db.exec(`${createTable(job)} create trigger tt after insert on t begin select 1; end`);
		expect(brokenRules(db, job)).toEqual(['t has a key that does not compare byte by byte']);
		db.close();
	});
});

describe('a handler’s statement', () => {
	test.each([
		['insert or replace into t values (?)', 'replaces rows'],
		['replace into t values (?)', 'replaces rows'],
		['update or replace t set n = 1', 'replaces rows'],
		['insert or ignore into t values (?)', 'ignores what goes wrong'],
		['update or fail t set n = 1', 'ignores what goes wrong'],
		['insert into t values (last_insert_rowid())', 'depends on what was written before'],
		['insert into t values (changes ())', 'depends on what was written before'],
		['insert into t values (random())', 'depends on chance'],
		['insert into t values (hex(RANDOMBLOB(16)))', 'depends on chance'],
		["insert into t values (datetime('now'))", 'depends on a function of dates'],
		["update t set at = unixepoch('now')", 'depends on a function of dates'],
		['insert into t values (CURRENT_TIMESTAMP)', 'depends on the clock'],
		['insert into t values (sqlite_version())', 'depends on the version of SQLite'],
		['delete from t where rowid = 1', 'uses a rowid nobody keeps'],
		['delete from t where t._rowid_ = 1', 'uses a rowid nobody keeps'],
		['insert into main.t values (?)', 'names a schema'],
		['insert into "main" . "t" values (?)', 'names a schema'],
		['insert into [temp].t values (?)', 'names a schema'],
		['create table t (x)', 'is no insert, update or delete'],
		['alter table t add column x', 'is no insert, update or delete'],
		['drop table t', 'is no insert, update or delete'],
		['/* insert */ pragma user_version = 1', 'is no insert, update or delete'],
		['savepoint s', 'is no insert, update or delete'],
		['delete from t; delete from u', 'is more than one statement']
	])('%s', (text, rule) => {
		expect(brokenStatement(text)).toContain(rule);
	});

	test.each([
		"insert into t (stream, date, time) values (?, ?, ';') on conflict (stream) do update set n = n + 1",
		"update t set text = replace(text, 'or replace', 'random()') where stream = ? -- datetime('now')",
		'with old as (select n from t where stream = ?) insert into u select n from old;',
		'delete from t where stream = ? /* create table */ and "updated" > ?'
	])('may be %s', (text) => {
		expect(brokenStatement(text)).toEqual([]);
	});

	test('that replaces a row leaves its words in a full-text index', async () => {
		const wrong: Wrong = {
			table: `create table t (id integer primary key, body text not null) strict;
				create virtual table words using fts5(body, content='t', content_rowid='id');
				create trigger ti after insert on t begin insert into words (rowid, body) values (new.id, new.body); end;
				create trigger td after delete on t begin insert into words (words, rowid, body) values ('delete', old.id, old.body); end`,
			work: ''
		};
		const db = await opened(wrong);
		db.exec("insert into t values (1, 'old'); delete from t; insert into t values (1, 'new')");
		expect(everything(db)).toContain('["words","follows"]');
		db.exec("insert or replace into t values (1, 'newer')");
		expect(everything(db)).toContain('["words","does not follow"]');
		db.close();
	});

	test('that names a schema writes past the temporary tables a replay folds into', async () => {
		const db = await opened({ table: key, work: '' });
		db.exec(`create temp table t (${key}) strict, without rowid`);
		db.run(sql`insert into ${t} values ('into the twin')`);
		db.run({ text: "insert into main.t values ('past it')", values: [] });
		expect(db.all(sql`select * from main.t`)).toEqual([{ stream: 'past it' }]);
		db.close();
	});
});
