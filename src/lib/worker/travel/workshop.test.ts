// Databases of the travel worker where there are no files: bytes out, bytes in, and what is no database.
import { expect, onTestFinished, test } from 'vitest';
import { sql } from '#lib/domain/kernel/sql.ts';
import { openWorkshop, pages, type Workshop } from './workshop.ts';

const open = async (): Promise<Workshop> => {
	const workshop = await openWorkshop();
	onTestFinished(() => workshop.close());
	return workshop;
};

async function* cutAt(whole: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
	for (let at = 0; at < whole.byteLength; at += size) yield whole.subarray(at, at + size);
}

const bytesOf = async (chunks: Iterable<Uint8Array<ArrayBuffer>>): Promise<Uint8Array> =>
	new Uint8Array(await new Blob([...chunks]).arrayBuffer());

test('a database goes out in pieces of a megabyte and comes back in pieces of any size', async () => {
	const workshop = await open();
	const one = workshop.create('one');
	one.exec('create table t (n integer primary key, words text not null) strict');
	one.transaction(() => {
		for (let n = 1; n <= 3000; n++) one.run(sql`insert into t values (${n}, ${`${String(n)} `.repeat(200)})`);
	});
	const pieces = [...pages(one)];
	expect(pieces.length).toBeGreaterThan(2);
	expect(Math.max(...pieces.map(({ byteLength }) => byteLength))).toBe(1024 * 1024);
	const image = await bytesOf(pieces);
	expect(new TextDecoder().decode(image.subarray(0, 16))).toBe('SQLite format 3\0');
	const other = await workshop.unpackInto('other', cutAt(image, 100_003));
	expect(other.all(sql`select * from t`)).toEqual(one.all(sql`select * from t`));
	expect(other.all({ text: 'pragma integrity_check', values: [] })).toEqual([{ integrity_check: 'ok' }]);
});

test('nothing in a database that was unpacked runs', async () => {
	const workshop = await open();
	const one = workshop.create('one');
	one.exec(`create table t (n integer) strict; create table fired (n integer) strict;
		create trigger sly after insert on t begin insert into fired values (new.n); end;
		create view v as select n from t; insert into t values (1);`);
	const other = await workshop.unpackInto('other', cutAt(await bytesOf(pages(one)), 4096));
	expect(one.all(sql`select n from fired`)).toEqual([{ n: 1 }]);
	other.run(sql`insert into t values (2)`);
	expect(other.all(sql`select n from fired`)).toEqual([{ n: 1 }]);
	expect(() => other.all(sql`select n from v`)).toThrow(/view/);
});

test('what is no database is refused by name, and the name is free again', async () => {
	const workshop = await open();
	const bad = workshop.unpackInto('one', cutAt(new TextEncoder().encode('no database'.repeat(99)), 50));
	await expect(bad).rejects.toMatchObject({ name: 'StorageError', kind: 'corrupt' });
	expect(workshop.create('one').all(sql`select 1 as n`)).toEqual([{ n: 1 }]);
	expect(() => workshop.create('one')).toThrow('already');
});

test('what the pieces threw is thrown on', async () => {
	const workshop = await open();
	const failing = async function* (): AsyncGenerator<Uint8Array> {
		yield new TextEncoder().encode('SQLite format 3\0');
		throw new Error('the stream broke');
	};
	await expect(workshop.unpackInto('one', failing())).rejects.toThrow('the stream broke');
});
