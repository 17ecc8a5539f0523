// What every Sql driver must do. Run against memory in Node and against OPFS in a browser.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTable, defineTable, sql, type Sql } from '#lib/domain/kernel/sql.ts';
import { SqlError, StorageError } from '#lib/worker/storage/storage-error.ts';

const things = defineTable(
	'thing',
	'stream text not null, id integer not null, body any, primary key (stream, id)',
	{
		indexes: { thing_body: '(body)' }
	}
);
const other = defineTable('other', 'stream text not null primary key, n integer not null');

/** Declares the tests. `open` gives an empty database each time. */
export const sqlContract = (driver: string, open: () => Promise<Sql>): void => {
	describe(`the Sql port over ${driver}`, () => {
		let db: Sql;
		beforeEach(async () => {
			db = await open();
			db.exec(createTable(things) + createTable(other));
		});
		afterEach(() => {
			db.close();
		});

		const put = (id: number, body: string | number | bigint | Uint8Array | null): number =>
			db.run(sql`insert into ${things} values ('a', ${id}, ${body})`);
		const body = (id: number): unknown =>
			db.all(sql`select body from ${things} where id = ${id}`)[0]?.['body'];

		it.each([
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
			['null', null]
		])('gives back %s as it was written', (_, value) => {
			put(1, value);
			expect(body(1)).toBe(value);
		});

		it('gives back bytes, also none, as a copy', () => {
			const bytes = new Uint8Array([0, 1, 255]);
			put(1, bytes);
			put(2, new Uint8Array());
			bytes[0] = 9;
			expect(body(1)).toEqual(new Uint8Array([0, 1, 255]));
			expect(body(2)).toEqual(new Uint8Array());
		});

		it('gives a bigint within 2^53 back as a number, so that a row looks the same however it was written', () => {
			put(1, 12n);
			expect(body(1)).toBe(12);
		});

		it.each([
			['undefined', undefined],
			['a boolean', true],
			['NaN', NaN],
			['a date', new Date(0)],
			['an object', {}],
			['a bigint past 64 bits', 2n ** 63n]
		])('refuses %s and writes nothing', (_, value) => {
			expect(() =>
				db.run({ text: "insert into thing values ('a', 1, ?)", values: [value as string] })
			).toThrow();
			expect(db.all(sql`select * from ${things}`)).toEqual([]);
			put(1, 'the statement still works');
		});

		it('refuses too few and too many values', () => {
			expect(() => db.all({ text: 'select ?, ?', values: [1] })).toThrow(/1 values for 2 places/);
			expect(() => db.all({ text: 'select ?', values: [1, 2] })).toThrow(/2 values for 1 places/);
		});

		it('refuses two statements in one, and none', () => {
			expect(() => db.run({ text: 'delete from other; delete from thing', values: [] })).toThrow(
				/more than one/
			);
			expect(() => db.run({ text: '  ', values: [] })).toThrow(/no statement/);
		});

		it('keeps no value of one call for the next', () => {
			put(1, 'first');
			put(2, null);
			expect(body(2)).toBeNull();
		});

		it('answers the number of changed rows, and 0 for what changes none', () => {
			expect(put(1, 'x')).toBe(1);
			put(2, 'x');
			expect(db.run(sql`update ${things} set body = 'y'`)).toBe(2);
			expect(db.run(sql`update ${things} set body = 'y' where id = 9`)).toBe(0);
			expect(db.run(sql`select 1`)).toBe(0);
			expect(db.run({ text: 'create table made (x) strict'.replace('(x)', '(x any)'), values: [] })).toBe(0);
		});

		it('gives rows as plain objects, in order, and sees columns added since', () => {
			put(2, 'b');
			put(1, 'a');
			const query = sql`select * from ${things} order by id`;
			expect(db.all(query)).toEqual([
				{ stream: 'a', id: 1, body: 'a' },
				{ stream: 'a', id: 2, body: 'b' }
			]);
			db.run({ text: 'alter table thing rename column body to said', values: [] });
			expect(db.all(query)[0]).toEqual({ stream: 'a', id: 1, said: 'a' });
			db.exec('alter table thing add column more text');
			expect(db.all(query)[0]).toEqual({ stream: 'a', id: 1, said: 'a', more: null });
		});

		it('commits what a transaction did and gives its value', () => {
			expect(db.transaction(() => put(1, 'x') + 41)).toBe(42);
			expect(body(1)).toBe('x');
		});

		it('takes everything back when the work throws, throws that very error, and can go on', () => {
			const boom = new Error('boom');
			put(1, 'before');
			const attempt = (): void => {
				db.transaction(() => {
					put(2, 'x');
					db.run(sql`update ${things} set body = 'changed'`);
					throw boom;
				});
			};
			expect(attempt).toThrow(boom);
			expect(db.all(sql`select id, body from ${things}`)).toEqual([{ id: 1, body: 'before' }]);
			db.transaction(() => put(2, 'x'));
		});

		it('refuses a transaction inside a transaction and takes the outer one back', () => {
			expect(() => {
				db.transaction(() => {
					put(1, 'x');
					db.transaction(() => put(2, 'y'));
				});
			}).toThrow(/do not nest/);
			expect(db.all(sql`select * from ${things}`)).toEqual([]);
		});

		it('names the key a second row broke, and that is no fault of storage', () => {
			put(1, 'x');
			const again = (): void => {
				put(1, 'y');
			};
			expect(again).toThrow(/thing\.stream, thing\.id/);
			expect(again).toThrow(SqlError);
			expect(again).not.toThrow(StorageError);
			expect(() => db.all({ text: 'select * from nowhere', values: [] })).toThrow(/no such table: nowhere/);
		});

		it('keeps the types of strict tables', () => {
			expect(() => db.run(sql`insert into ${other} values ('a', 'text')`)).toThrow(/INTEGER/);
		});

		it('stays right when more statements are used than it keeps', () => {
			for (let n = 0; n < 900; n++) {
				db.run({ text: `insert into thing values ('a', ?, ${String(n)})`, values: [n] });
				if (n % 3 === 0) expect(body(n)).toBe(n);
			}
			expect(db.all(sql`select count(*) as n, sum(body) as s from ${things}`)).toEqual([
				{ n: 900, s: (899 * 900) / 2 }
			]);
		});

		describe('observe', () => {
			const seen = (work: () => unknown): { reads: string[]; writes: string[] } => {
				const { reads, writes } = db.observe(work);
				return { reads: [...reads].sort(), writes: [...writes].sort() };
			};

			it('tells what was read and written, also by statements prepared before', () => {
				put(1, 'x');
				body(1);
				expect(seen(() => body(1))).toEqual({ reads: ['thing'], writes: [] });
				expect(seen(() => put(2, 'x'))).toEqual({ reads: [], writes: ['thing'] });
				expect(seen(() => db.all(sql`select count(*) from ${other}`))).toEqual({
					reads: ['other'],
					writes: []
				});
				expect(seen(() => db.run(sql`delete from ${other}`)).writes).toEqual(['other']);
			});

			it('sees through views, triggers, subqueries and common table expressions', () => {
				db.exec(`create view seen as select n from other;
					create trigger t after insert on thing begin update other set n = n + 1; end;`);
				expect(seen(() => db.all({ text: 'select * from seen', values: [] })).reads).toEqual(['other']);
				expect(seen(() => put(3, 'x')).writes).toEqual(['other', 'thing']);
				const text = 'with c as (select stream from other) select (select count(*) from c), body from thing';
				expect(seen(() => db.all({ text, values: [] })).reads).toEqual(['other', 'thing']);
			});

			it('names a full-text table, not its inner tables', () => {
				db.exec("create virtual table words using fts5(said, content='')");
				expect(
					seen(() => db.run({ text: "insert into words(rowid, said) values (1, 'hi')", values: [] })).writes
				).toEqual(['words']);
				expect(
					seen(() => db.all({ text: "select rowid from words where words match 'hi'", values: [] })).reads
				).toEqual(['words']);
			});

			it('gives the value, ends after a throw, and costs nothing afterwards', () => {
				expect(db.observe(() => 'value').value).toBe('value');
				expect(() =>
					db.observe(() => {
						throw new Error('inside');
					})
				).toThrow('inside');
				expect(seen(() => body(1))).toEqual({ reads: ['thing'], writes: [] });
			});
		});

		it('says so when it is used after closing, and closing twice is allowed', () => {
			db.close();
			db.close();
			expect(() => db.all(sql`select 1`)).toThrow(/closed/);
		});
	});
};
