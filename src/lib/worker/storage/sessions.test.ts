// Sessions give back all memory they take, whatever goes wrong: one that lives on slows down every later write.
import { expect, test } from 'vitest';
import { defineTable, sql } from '#lib/domain/kernel/sql.ts';
import { openMemory } from './sqlite.ts';

const things = defineTable('thing', '');

test('recording, taking back and comparing leave nothing behind, also when they fail', async () => {
	const db = await openMemory();
	const { capi, wasm } = db.sqlite3;
	const used = (): number => {
		const out = wasm.alloc(16);
		capi.sqlite3_status(capi.SQLITE_STATUS_MEMORY_USED, out, out + 8, 0);
		const bytes = wasm.peek32(out);
		wasm.dealloc(out);
		return bytes;
	};
	db.exec(`create table thing (stream text not null primary key, body any) strict, without rowid;
		create temp table thing (stream text not null primary key, body any) strict, without rowid`);
	const write = (body: string) =>
		db.run({ text: 'insert into main.thing values (?, ?)', values: ['a', body] });
	let failed = 0;
	const fails = (work: () => unknown): void => {
		try {
			db.transaction(work);
		} catch {
			failed++;
		}
	};
	const round = (): void => {
		const changeset = db.transaction(() => db.record([things], () => write('x'.repeat(3000))));
		if (changeset === null) throw new Error('nothing was recorded');
		fails(() =>
			db.record([things], () => {
				db.run(sql`delete from main.thing`);
				throw new Error('planned');
			})
		);
		fails(() => db.record([things, defineTable('nowhere', '')], () => undefined));
		fails(() => db.merge([changeset, changeset.slice(0, 50)]));
		fails(() => {
			db.takeBack([changeset.slice(0, 50)]);
		});
		db.transaction(() => {
			db.takeBack([changeset]);
		});
		fails(() => {
			db.takeBack([changeset]);
		});
		fails(() => db.adoptTemp([defineTable('nowhere', '')]));
		db.transaction(() => db.adoptTemp([things]));
	};
	for (let n = 0; n < 10; n++) round();
	const before = used();
	for (let n = 0; n < 30; n++) round();
	expect(failed).toBe(40 * 6);
	expect(before).toBeGreaterThan(10_000);
	expect(used()).toBe(before);
	db.close();
});
