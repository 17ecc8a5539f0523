// What every Sql driver must do, as cases that run beside the database (in a worker too) and answer plain data.
import {
	createTable,
	defineTable,
	sql,
	type Sql,
	type SqlValue,
	type Table
} from '#lib/domain/kernel/sql.ts';

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

/** Records `work` in a transaction of its own. */
const recorded = (db: Sql, work: () => void, tables: readonly Table[] = [things, other]): Uint8Array | null =>
	db.transaction(() => db.record(tables, work));

/** The same, for work that is known to change something. */
const changes = (db: Sql, work: () => void, tables: readonly Table[] = [things, other]): Uint8Array => {
	const changeset = recorded(db, work, tables);
	if (changeset === null) throw new Error('nothing was recorded');
	return changeset;
};

const takenBack = (db: Sql, changesets: readonly Uint8Array[]): void => {
	db.transaction(() => {
		db.takeBack(changesets);
	});
};

const change = (db: Sql, id: number, to: SqlValue): number =>
	db.run(sql`update ${things} set body = ${to} where id = ${id}`);
const remove = (db: Sql, id: number): number => db.run(sql`delete from ${things} where id = ${id}`);

/** Makes empty TEMP twins of both tables, so that statements without a schema mean them. */
const twins = (db: Sql): void => {
	for (const table of [things, other])
		db.exec(`create temp table ${table.name} (${table.columns}) strict, without rowid`);
};
const main = (db: Sql, table: 'thing' | 'other'): unknown =>
	db.all({ text: `select * from main.${table} order by 1, 2`, values: [] });

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

const sessionCases: readonly SqlCase[] = [
	{
		name: 'records rows added, changed and removed, and takes them back exactly',
		run: (db) => {
			put(db, 1, 'one');
			put(db, 2, 0.1);
			put(db, 3, null);
			const before = everything(db);
			const changeset = changes(db, () => {
				put(db, 4, new Uint8Array([0, 255]));
				change(db, 2, -0);
				remove(db, 3);
				db.run(sql`update ${things} set id = 9 where id = 1`);
				db.run(sql`insert into ${other} values ('a', ${2n ** 60n})`);
			});
			const after = everything(db);
			takenBack(db, [changeset]);
			return [
				JSON.stringify(before) === JSON.stringify(everything(db)),
				after,
				everything(db),
				main(db, 'other')
			];
		},
		answer: [
			true,
			[
				{ id: 2, body: -0 },
				{ id: 4, body: new Uint8Array([0, 255]) },
				{ id: 9, body: 'one' }
			],
			[
				{ id: 1, body: 'one' },
				{ id: 2, body: 0.1 },
				{ id: 3, body: null }
			],
			[]
		]
	},
	{
		name: 'records nothing where nothing changed, or was changed back, or in tables not named',
		run: (db) => {
			put(db, 1, 'x');
			return [
				recorded(db, () => undefined),
				recorded(db, () => db.run(sql`update ${things} set body = 'x'`)),
				recorded(db, () => {
					put(db, 2, 'y');
					remove(db, 2);
				}),
				recorded(db, () => put(db, 3, 'z'), [other]),
				db.transaction(() => db.merge([])),
				fails(() => {
					takenBack(db, []);
				}, /./)
			];
		},
		answer: [null, null, null, null, null, 'threw nothing']
	},
	{
		name: 'merges changesets and takes them back at once, oldest first given',
		run: (db) => {
			put(db, 1, 'start');
			const list = [
				changes(db, () => change(db, 1, 'a')),
				changes(db, () => put(db, 2, 'new')),
				changes(db, () => change(db, 1, 'b')),
				changes(db, () => change(db, 2, 'newer')),
				changes(db, () => db.run(sql`insert into ${other} values ('s', 5)`))
			];
			const merged = db.merge(list.slice(1, 4));
			if (merged === null) return 'merged to nothing';
			takenBack(db, [list[0] as Uint8Array, merged, list[4] as Uint8Array]);
			return [everything(db), main(db, 'other')];
		},
		answer: [[{ id: 1, body: 'start' }], []]
	},
	{
		name: 'merges to nothing what cancels out',
		run: (db) => db.merge([changes(db, () => put(db, 1, 'x')), changes(db, () => remove(db, 1))]),
		answer: null
	},
	{
		name: 'takes changes back while rows of others moved on',
		run: (db) => {
			put(db, 1, 'mine');
			put(db, 2, 'theirs');
			const mine = changes(db, () => change(db, 1, 'mine, changed'));
			change(db, 2, 'theirs, changed');
			put(db, 3, 'theirs, new');
			takenBack(db, [mine]);
			return everything(db);
		},
		answer: [
			{ id: 1, body: 'mine' },
			{ id: 2, body: 'theirs, changed' },
			{ id: 3, body: 'theirs, new' }
		]
	},
	...(
		[
			['changed since', (db: Sql) => change(db, 2, 'other')],
			['removed since', (db: Sql) => remove(db, 2)],
			[
				'that came back since',
				(db: Sql) => {
					db.run(sql`insert into ${things} values ('a', 3, 'again')`);
				}
			]
		] as const
	).map(([what, meddle]) => ({
		name: `refuses to take back a row ${what}, changes nothing, and the transaction goes on`,
		run: (db: Sql) => {
			put(db, 1, 'one');
			put(db, 2, 'two');
			put(db, 3, 'three');
			const changeset = changes(db, () => {
				change(db, 1, 'ONE');
				change(db, 2, 'TWO');
				remove(db, 3);
				put(db, 5, 'five');
			});
			meddle(db);
			const before = JSON.stringify(everything(db));
			return db.transaction(() => {
				put(db, 8, 'in the same transaction');
				remove(db, 8);
				const refused = fails(() => {
					db.takeBack([changeset]);
				}, /./);
				const same = JSON.stringify(everything(db)) === before;
				put(db, 9, 'goes on');
				return [refused, same, body(db, 9)];
			});
		},
		answer: ['ChangesRefused', true, 'goes on']
	})),
	{
		name: 'refuses bytes that are no changeset, or none, wherever they are given',
		run: (db) => {
			const good = changes(db, () => put(db, 1, 'x'));
			const bad = [new Uint8Array(), new Uint8Array([1, 2, 3]), new TextEncoder().encode('T is for table')];
			return [
				...bad.map((bytes) => fails(() => db.merge([good, bytes]), /./)),
				...bad.map((bytes) =>
					fails(() => {
						takenBack(db, [bytes]);
					}, /./)
				),
				everything(db)
			];
		},
		answer: [...Array.from({ length: 6 }, () => 'ChangesRefused'), [{ id: 1, body: 'x' }]]
	},
	{
		name: 'refuses a changeset cut off anywhere within a row, and changes nothing',
		run: (db) => {
			const changeset = changes(db, () => put(db, 1, 'some text'));
			const outcomes = new Set<string>();
			for (let length = 1; length < changeset.byteLength; length++)
				outcomes.add(
					fails(() => {
						takenBack(db, [changeset.slice(0, length)]);
					}, /./)
				);
			return [[...outcomes], everything(db)];
		},
		// cut off right behind the table's name it holds no row at all: there a checksum has to tell
		answer: [['ChangesRefused', 'threw nothing'], [{ id: 1, body: 'some text' }]]
	},
	{
		name: 'refuses flipped bits or takes them for a changeset, and never throws anything else',
		run: (db) => {
			put(db, 1, 'before');
			const changeset = changes(db, () => {
				change(db, 1, 'after');
				put(db, 2, 7);
			});
			const outcomes = new Set<string>();
			for (let at = 0; at < changeset.byteLength * 8; at++) {
				const bytes = changeset.slice();
				bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
				outcomes.add(
					fails(() => {
						db.rehearse(() => {
							db.takeBack([bytes]);
						});
					}, /./)
				);
				outcomes.add(
					fails(() => {
						db.merge([changeset, bytes]);
					}, /./)
				);
			}
			return [[...outcomes].sort(), everything(db)];
		},
		answer: [
			['ChangesRefused', 'threw nothing'],
			[
				{ id: 1, body: 'after' },
				{ id: 2, body: 7 }
			]
		]
	},
	...(
		[
			['got a column', 'alter table other add column more any'],
			['lost a column', 'alter table other drop column m'],
			[
				'got another key',
				'drop table other; create table other (stream text not null, n integer not null, m any, primary key (stream, n)) strict'
			],
			['is called otherwise', 'alter table other rename to another'],
			['is gone', 'drop table other']
		] as const
	).map(([what, script]) => ({
		name: `refuses a changeset of a table that ${what} since, and changes nothing`,
		run: (db: Sql) => {
			db.exec('alter table other add column m any');
			const changeset = changes(db, () => {
				put(db, 1, 'x');
				db.run(sql`insert into ${other} values ('s', 1, null)`);
			});
			db.exec(script);
			return [
				fails(() => {
					takenBack(db, [changeset]);
				}, /other has another shape/),
				everything(db)
			];
		},
		answer: ['ChangesRefused', [{ id: 1, body: 'x' }]]
	})),
	{
		name: 'refuses to merge changesets of one table in two shapes',
		run: (db) => {
			const first = changes(db, () => db.run(sql`insert into ${other} values ('s', 1)`));
			db.exec(
				'alter table other add column more any; alter table other add column most any; alter table other drop column n'
			);
			const second = changes(db, () => db.run(sql`insert into ${other} values ('t', 1, 2)`));
			return fails(() => db.merge([first, second]), /./);
		},
		answer: 'ChangesRefused'
	},
	{
		name: 'refuses to record a table that is not there or has no key, where nothing would be recorded',
		run: (db) => {
			db.exec('create table keyless (x any) strict');
			return [
				fails(
					() => recorded(db, () => undefined, [things, defineTable('nowhere', '')]),
					/nowhere is missing/
				),
				fails(() => recorded(db, () => undefined, [defineTable('keyless', '')]), /keyless/),
				fails(() => {
					recorded(db, () => undefined);
					db.exec('drop table other');
					recorded(db, () => undefined);
				}, /other is missing/)
			];
		},
		answer: ['SqlError', 'SqlError', 'SqlError']
	},
	{
		name: 'throws what the recorded work throws, takes everything back, and records again',
		run: (db) => {
			const failure = fails(
				() =>
					recorded(db, () => {
						put(db, 1, 'x');
						throw new RangeError('boom');
					}),
				/^boom$/
			);
			const nothing = everything(db);
			const again = changes(db, () => put(db, 2, 'y'));
			takenBack(db, [again]);
			return [failure, nothing, everything(db)];
		},
		answer: ['RangeError', [], []]
	},
	{
		name: 'records within what is recorded',
		run: (db) => {
			const within: (Uint8Array | null)[] = [];
			const outer = changes(db, () => {
				put(db, 1, 'x');
				within.push(db.record([things], () => put(db, 2, 'y')));
				put(db, 3, 'z');
			});
			takenBack(
				db,
				within.filter((inner) => inner !== null)
			);
			const after = everything(db);
			put(db, 2, 'y');
			takenBack(db, [outer]);
			return [after, everything(db)];
		},
		answer: [
			[
				{ id: 1, body: 'x' },
				{ id: 3, body: 'z' }
			],
			[]
		]
	},
	{
		name: 'records, takes back and compares only inside a transaction',
		run: (db) => [
			fails(() => db.record([things], () => put(db, 1, 'x')), /needs an open transaction/),
			fails(() => {
				db.takeBack([]);
			}, /needs an open transaction/),
			fails(() => db.adoptTemp([things]), /needs an open transaction/),
			everything(db)
		],
		answer: ['SqlError', 'SqlError', 'SqlError', []]
	},
	{
		name: 'lets no foreign key delete rows of its own while it takes back',
		run: (db) => {
			db.exec(`pragma foreign_keys = on;
				create table parent (stream text not null primary key) strict, without rowid;
				create table child (stream text not null primary key references parent (stream) on delete cascade) strict, without rowid`);
			const both = [defineTable('parent', ''), defineTable('child', '')];
			const changeset = changes(
				db,
				() => db.run({ text: "insert into parent values ('p')", values: [] }),
				both
			);
			db.exec("insert into child values ('p')");
			const refused = fails(() => {
				takenBack(db, [changeset]);
			}, /./);
			const kept = db.all({ text: 'select * from child', values: [] });
			db.exec("delete from parent where stream = 'p'");
			return [refused, kept, db.all({ text: 'select * from child', values: [] })];
		},
		// the last line: the keys act as ever afterwards
		answer: ['ChangesRefused', [{ stream: 'p' }], []]
	},
	{
		name: 'keeps a full-text index over outside content in step with what is taken back',
		run: (db) => {
			db.exec(`create table said (id integer primary key, body text not null) strict;
				create virtual table words using fts5(body, content='said', content_rowid='id');
				create trigger said_in after insert on said begin insert into words (rowid, body) values (new.id, new.body); end;
				create trigger said_out after delete on said begin insert into words (words, rowid, body) values ('delete', old.id, old.body); end;
				create trigger said_over after update on said begin
					insert into words (words, rowid, body) values ('delete', old.id, old.body);
					insert into words (rowid, body) values (new.id, new.body); end;
				insert into said values (1, 'first light')`);
			const find = (word: string): unknown =>
				db.all({ text: 'select rowid from words where words match ?', values: [word] });
			const changeset = changes(db, () => {
				db.run({ text: "update said set body = 'second light'", values: [] });
				db.run({ text: "insert into said values (2, 'third')", values: [] });
			}, [defineTable('said', '')]);
			takenBack(db, [changeset]);
			db.exec("insert into words (words, rank) values ('integrity-check', 1)");
			return [find('first'), find('second'), find('third')];
		},
		answer: [[{ rowid: 1 }], [], []]
	},
	{
		name: 'uses statements prepared before as ever after taking back and adopting',
		run: (db) => {
			put(db, 1, 'x');
			body(db, 1);
			for (let n = 0; n < 50; n++) {
				const changeset = changes(db, () => {
					change(db, 1, n);
					put(db, 2, n);
				});
				if (body(db, 1) !== n) return `${String(n)} was not written`;
				takenBack(db, [changeset]);
				if (body(db, 1) !== 'x' || body(db, 2) !== undefined) return `${String(n)} was not taken back`;
			}
			return [everything(db), put(db, 2, 'still'), remove(db, 2)];
		},
		answer: [[{ id: 1, body: 'x' }], 1, 1]
	},
	{
		name: 'rehearses: gives the value and leaves nothing, tables and columns included',
		run: (db) => {
			put(db, 1, 'x');
			const before = db.all({ text: 'select * from thing', values: [] });
			const value = db.rehearse(() => {
				put(db, 2, 'y');
				change(db, 1, 'changed');
				db.run({ text: 'alter table thing add column more any', values: [] });
				db.exec('create table made (x any) strict; create temp table made_too (x any) strict');
				return [
					db.all({ text: 'select * from thing where id = 2', values: [] }),
					db.record([other], () => undefined)
				];
			});
			return [
				value,
				before,
				db.all({ text: 'select * from thing', values: [] }),
				db.all({ text: 'select * from thing where id = 1', values: [] }),
				db.all({
					text: "select name from sqlite_schema where name like 'made%' union all select name from sqlite_temp_schema",
					values: []
				}),
				db.transaction(() => put(db, 3, 'z'))
			];
		},
		answer: [
			[[{ stream: 'a', id: 2, body: 'y', more: null }], null],
			[{ stream: 'a', id: 1, body: 'x' }],
			[{ stream: 'a', id: 1, body: 'x' }],
			[{ stream: 'a', id: 1, body: 'x' }],
			[],
			1
		]
	},
	{
		name: 'rehearses what throws: leaves nothing, throws that very error, and does not nest',
		run: (db) => [
			fails(
				() =>
					db.rehearse(() => {
						put(db, 1, 'x');
						throw new RangeError('boom');
					}),
				/^boom$/
			),
			fails(() => db.transaction(() => db.rehearse(() => 1)), /do not nest/),
			fails(() => db.rehearse(() => db.transaction(() => 1)), /do not nest/),
			everything(db),
			db.transaction(() => put(db, 1, 'y'))
		],
		answer: ['RangeError', 'SqlError', 'SqlError', [], 1]
	},
	{
		name: 'makes tables equal to their temporary twins, counts the rows, and finds nothing the second time',
		run: (db) => {
			put(db, 1, 'same');
			put(db, 2, 'wrong');
			put(db, 3, 'too many');
			db.run(sql`insert into ${other} values ('s', 1)`);
			twins(db);
			put(db, 1, 'same');
			put(db, 2, 'right');
			put(db, 4, -0);
			put(db, 5, new Uint8Array([1]));
			const twin = everything(db);
			const [first, second] = db.transaction(() => [
				db.adoptTemp([things, other]),
				db.adoptTemp([things, other])
			]);
			db.exec('drop table temp.thing; drop table temp.other');
			return [
				first,
				second,
				JSON.stringify(twin) === JSON.stringify(everything(db)),
				everything(db),
				main(db, 'other')
			];
		},
		answer: [
			5,
			0,
			true,
			[
				{ id: 1, body: 'same' },
				{ id: 2, body: 'right' },
				{ id: 4, body: -0 },
				{ id: 5, body: new Uint8Array([1]) }
			],
			[]
		]
	},
	{
		name: 'touches no table that it was not told to make equal, and says in a rehearsal what would change',
		run: (db) => {
			put(db, 1, 'x');
			db.run(sql`insert into ${other} values ('s', 1)`);
			const rows = db.rehearse(() => {
				twins(db);
				return db.adoptTemp([other]);
			});
			return [rows, everything(db), main(db, 'other')];
		},
		answer: [1, [{ id: 1, body: 'x' }], [{ stream: 's', n: 1 }]]
	},
	{
		name: 'records and takes back rows of the real tables while twins cover them',
		run: (db) => {
			put(db, 1, 'real');
			const changeset = changes(db, () => change(db, 1, 'changed'));
			twins(db);
			const covered = recorded(db, () => put(db, 7, 'twin'));
			takenBack(db, [changeset]);
			return [covered, main(db, 'thing'), everything(db)];
		},
		answer: [null, [{ stream: 'a', id: 1, body: 'real' }], [{ id: 7, body: 'twin' }]]
	},
	...(
		[
			['there is no twin', ''],
			['the twin has no key', 'create temp table other (stream text not null, n integer not null) strict'],
			[
				'the twin has other columns',
				'create temp table other (stream text not null primary key, m integer not null, k any) strict, without rowid'
			],
			[
				'there are generated columns',
				`drop table other; create table other (stream text not null primary key, n integer as (1)) strict;
				create temp table other (stream text not null primary key, n integer as (1)) strict`
			],
			[
				'it is missing itself',
				'drop table other; create temp table other (stream text not null primary key) strict'
			]
		] as const
	).map(([what, script]) => ({
		name: `refuses to make a table equal when ${what}`,
		run: (db: Sql) => {
			if (script !== '') db.exec(script);
			return [
				fails(() => db.transaction(() => db.adoptTemp([other])), /other/),
				db.transaction(() => put(db, 1, 'x'))
			];
		},
		answer: ['SqlError', 1]
	})),
	{
		name: 'closes while something is recorded, without a crash and without an answer',
		run: (db) =>
			fails(
				() =>
					recorded(db, () => {
						db.close();
					}),
				/closed/
			),
		answer: 'SqlError'
	}
];

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
	...sessionCases,
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
