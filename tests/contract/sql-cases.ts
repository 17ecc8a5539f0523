// What every Sql driver must do, as cases that run beside the database (in a worker too) and answer plain data.
import { createTable, defineTable, sql, type Sql, type SqlValue } from '#lib/domain/kernel/sql.ts';

/** One demand on a driver: run it on an empty database of its own, and it must give `answer`. */
export interface SqlCase {
	readonly name: string;
	readonly run: (db: Sql) => unknown;
	readonly answer: unknown;
}

const things = defineTable(
	'thing',
	'stream text not null, id integer not null, body any, primary key (stream, id)',
	{
		indexes: { thing_body: '(body)' }
	}
);
const other = defineTable('other', 'stream text not null primary key, n integer not null');

const put = (db: Sql, id: number, body: SqlValue): number =>
	db.run(sql`insert into ${things} values ('a', ${id}, ${body})`);
const body = (db: Sql, id: number): unknown =>
	db.all(sql`select body from ${things} where id = ${id}`)[0]?.['body'];
const everything = (db: Sql): unknown => db.all(sql`select id, body from ${things} order by id`);

/** The name of what `work` threw if its message fits, else what happened instead. */
const fails = (work: () => unknown, says: RegExp): string => {
	try {
		work();
	} catch (error) {
		if (!(error instanceof Error)) return 'threw no error';
		return says.test(error.message) ? error.name : error.message;
	}
	return 'threw nothing';
};

const values: readonly (readonly [string, SqlValue])[] = [
	['text', 'grüße 👋🏽'],
	['empty text', ''],
	['text with a zero inside', 'a\u0000b'],
	['text that starts with a byte order mark', '\uFEFFx'],
	['a long text', 'ä€😀'.repeat(40_000)],
	['zero', 0],
	['a negative integer', -7],
	['the largest 32-bit integer', 2 ** 31 - 1],
	['one past it', 2 ** 31],
	['the largest safe integer', Number.MAX_SAFE_INTEGER],
	['the smallest safe integer', Number.MIN_SAFE_INTEGER],
	['a fraction', 0.1],
	['a huge number', 1e300],
	['infinity', Infinity],
	['minus zero', -0],
	['a bigint past 2^53', 2n ** 53n + 1n],
	['the smallest bigint', -(2n ** 63n)],
	['null', null],
	['bytes', new Uint8Array([0, 1, 255])],
	['no bytes', new Uint8Array()]
];

const notValues: readonly (readonly [string, unknown, string])[] = [
	['undefined', undefined, 'TypeError'],
	['a boolean', true, 'TypeError'],
	['NaN', NaN, 'TypeError'],
	['a date', new Date(0), 'TypeError'],
	['an object', {}, 'TypeError'],
	['a bigint past 64 bits', 2n ** 63n, 'RangeError']
];

const observed = (db: Sql, work: () => unknown): { reads: string[]; writes: string[] } => {
	const { reads, writes } = db.observe(work);
	return { reads: [...reads].sort(), writes: [...writes].sort() };
};

const cases: readonly SqlCase[] = [
	...values.map(([name, value]) => ({
		name: `gives back ${name} as it was written`,
		run: (db: Sql) => {
			put(db, 1, value);
			return body(db, 1);
		},
		answer: value
	})),
	...notValues.map(([name, value, error]) => ({
		name: `refuses ${name}, writes nothing, and the statement still works`,
		run: (db: Sql) => [
			fails(
				() => db.run({ text: "insert into thing values ('a', ?, ?)", values: [1, value as SqlValue] }),
				/value 2/
			),
			everything(db),
			put(db, 1, 'x')
		],
		answer: [error, [], 1]
	})),
	{
		name: 'keeps a copy of bytes, not the array it was given',
		run: (db) => {
			const bytes = new Uint8Array([1]);
			put(db, 1, bytes);
			bytes[0] = 9;
			return body(db, 1);
		},
		answer: new Uint8Array([1])
	},
	{
		name: 'gives a bigint within 2^53 back as a number, so that a row looks the same however it was written',
		run: (db) => {
			put(db, 1, 12n);
			return body(db, 1);
		},
		answer: 12
	},
	{
		name: 'refuses too few and too many values',
		run: (db) => [
			fails(() => db.all({ text: 'select ?, ?', values: [1] }), /1 values for 2 places/),
			fails(() => db.all({ text: 'select ?', values: [1, 2] }), /2 values for 1 places/)
		],
		answer: ['SqlError', 'SqlError']
	},
	{
		name: 'refuses two statements in one, and none',
		run: (db) => [
			fails(() => db.run({ text: 'delete from other; delete from thing', values: [] }), /more than one/),
			fails(() => db.run({ text: '  ', values: [] }), /no statement/)
		],
		answer: ['SqlError', 'SqlError']
	},
	{
		name: 'keeps no value of one call for the next',
		run: (db) => {
			put(db, 1, 'first');
			put(db, 2, null);
			return body(db, 2);
		},
		answer: null
	},
	{
		name: 'answers the number of changed rows, and 0 for what changes none',
		run: (db) => [
			put(db, 1, 'x'),
			put(db, 2, 'x'),
			db.run(sql`update ${things} set body = 'y'`),
			db.run(sql`update ${things} set body = 'y' where id = 9`),
			db.run(sql`select 1`),
			db.run({ text: 'create table made (x any) strict', values: [] })
		],
		answer: [1, 1, 2, 0, 0, 0]
	},
	{
		name: 'gives rows as plain objects, in order, and sees columns renamed and added since',
		run: (db) => {
			put(db, 2, 'b');
			put(db, 1, 'a');
			const query = sql`select * from ${things} order by id`;
			const before = db.all(query);
			db.run({ text: 'alter table thing rename column body to said', values: [] });
			const renamed = db.all(query)[0];
			db.exec('alter table thing add column more text');
			return [before, renamed, db.all(query)[0]];
		},
		answer: [
			[
				{ stream: 'a', id: 1, body: 'a' },
				{ stream: 'a', id: 2, body: 'b' }
			],
			{ stream: 'a', id: 1, said: 'a' },
			{ stream: 'a', id: 1, said: 'a', more: null }
		]
	},
	{
		name: 'commits what a transaction did and gives its value',
		run: (db) => [db.transaction(() => put(db, 1, 'x') + 41), body(db, 1)],
		answer: [42, 'x']
	},
	{
		name: 'takes everything back when the work throws, throws that very error, and can go on',
		run: (db) => {
			put(db, 1, 'before');
			const boom = new RangeError('boom');
			const failure = fails(
				() =>
					db.transaction(() => {
						put(db, 2, 'x');
						db.run(sql`update ${things} set body = 'changed'`);
						throw boom;
					}),
				/^boom$/
			);
			return [failure, everything(db), db.transaction(() => put(db, 2, 'x'))];
		},
		answer: ['RangeError', [{ id: 1, body: 'before' }], 1]
	},
	{
		name: 'refuses a transaction inside a transaction and takes the outer one back',
		run: (db) => {
			const nested = (): void => {
				db.transaction(() => {
					put(db, 1, 'x');
					db.transaction(() => put(db, 2, 'y'));
				});
			};
			return [fails(nested, /do not nest/), everything(db)];
		},
		answer: ['SqlError', []]
	},
	{
		name: 'names the key a second row broke, and a table that is not there: neither is a fault of storage',
		run: (db) => {
			put(db, 1, 'x');
			return [
				fails(() => put(db, 1, 'y'), /thing\.stream, thing\.id/),
				fails(() => db.all({ text: 'select * from nowhere', values: [] }), /no such table: nowhere/)
			];
		},
		answer: ['SqlError', 'SqlError']
	},
	{
		name: 'keeps the types of strict tables',
		run: (db) => fails(() => db.run(sql`insert into ${other} values ('a', 'text')`), /INTEGER/),
		answer: 'SqlError'
	},
	{
		name: 'stays right when more statements are used than it keeps',
		run: (db) => {
			let wrong = 0;
			for (let n = 0; n < 900; n++) {
				db.run({ text: `insert into thing values ('a', ?, ${String(n)})`, values: [n] });
				if (body(db, n) !== n) wrong++;
			}
			return [wrong, db.all(sql`select count(*) as n, sum(body) as s from ${things}`)];
		},
		answer: [0, [{ n: 900, s: (899 * 900) / 2 }]]
	},
	{
		name: 'observes what was read and written, also by statements prepared before',
		run: (db) => {
			put(db, 1, 'x');
			body(db, 1);
			return [
				observed(db, () => body(db, 1)),
				observed(db, () => put(db, 2, 'x')),
				observed(db, () => db.all(sql`select count(*) from ${other}`)),
				observed(db, () => db.run(sql`delete from ${other}`)).writes
			];
		},
		answer: [
			{ reads: ['thing'], writes: [] },
			{ reads: [], writes: ['thing'] },
			{ reads: ['other'], writes: [] },
			['other']
		]
	},
	{
		name: 'observes through views, triggers, subqueries and common table expressions',
		run: (db) => {
			db.exec(`create view seen as select n from other;
				create trigger t after insert on thing begin update other set n = n + 1; end;`);
			const text = 'with c as (select stream from other) select (select count(*) from c), body from thing';
			return [
				observed(db, () => db.all({ text: 'select * from seen', values: [] })).reads,
				observed(db, () => put(db, 3, 'x')).writes,
				observed(db, () => db.all({ text, values: [] })).reads
			];
		},
		answer: [['other'], ['other', 'thing'], ['other', 'thing']]
	},
	{
		name: 'observes a full-text table, not its inner tables',
		run: (db) => {
			db.exec("create virtual table words using fts5(said, content='')");
			const insert = { text: "insert into words(rowid, said) values (1, 'hi')", values: [] };
			const find = { text: "select rowid from words where words match 'hi'", values: [] };
			return [observed(db, () => db.run(insert)).writes, observed(db, () => db.all(find)).reads];
		},
		answer: [['words'], ['words']]
	},
	{
		name: 'ends observing after a throw, and gives the value',
		run: (db) => [
			fails(
				() =>
					db.observe(() => {
						throw new RangeError('inside');
					}),
				/inside/
			),
			db.observe(() => 'value').value,
			observed(db, () => body(db, 1))
		],
		answer: ['RangeError', 'value', { reads: ['thing'], writes: [] }]
	},
	{
		name: 'says so when it is used after closing, and closing twice is allowed',
		run: (db) => {
			db.close();
			db.close();
			return fails(() => db.all(sql`select 1`), /closed/);
		},
		answer: 'SqlError'
	}
];

/** All demands, each with its own name. */
export const sqlCases: readonly SqlCase[] = cases;

/** Runs one case on a database that `open` gives empty, and closes it. */
export const runSqlCase = async (name: string, open: () => Promise<Sql>): Promise<unknown> => {
	const found = cases.find((one) => one.name === name);
	if (found === undefined) throw new Error(`no case "${name}"`);
	const db = await open();
	try {
		db.exec(createTable(things) + createTable(other));
		return found.run(db);
	} finally {
		db.close();
	}
};
