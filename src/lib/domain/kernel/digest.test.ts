// Digests: the same for the same log and state wherever they are, another for anything that was said otherwise.
import { describe, expect, onTestFinished, test } from 'vitest';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import { aChat, anExchange, anotherReply, given, type Given } from '#tests/support/given.ts';
import { foldedTables } from '#tests/support/state.ts';
import { chatStream } from '../streams.ts';
import { vocabulary } from '../vocabulary.ts';
import { createLogDigest, digestOfState, digestOfStreams } from './digest.ts';
import { readStream, type LogRow } from './log.ts';
import { defineTable, sql, createTable } from './sql.ts';

const played = async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const { turnId } = anExchange(at, chatId, 'Hello', 'Good evening.');
	anotherReply(at, chatId, turnId, 'Good night.');
	return { at, stream: chatStream(chatId) };
};

const digestOf = (rows: readonly LogRow[]): string => {
	const digest = createLogDigest();
	for (const row of rows) digest.add(row);
	return digest.digest();
};

const rowsOf = (at: Given, stream: string) => readStream(at.sql, stream, 0, 1000);

describe('the digest of a log', () => {
	test('does not depend on what another library numbers anew', async () => {
		const { at, stream } = await played();
		const rows = rowsOf(at, stream);
		const elsewhere = rows.map((row) => ({
			...row,
			seq: row.seq * 3 + 1000,
			eventId: `other-${row.eventId}`,
			stream: 'chat:other',
			batch: 7,
			supersededBy: row.supersededBy === null ? null : row.supersededBy * 3 + 1000
		}));
		expect(digestOf(elsewhere)).toBe(digestOf(rows));
	});

	test.each<[string, (row: LogRow, at: number) => LogRow]>([
		['a word', (row) => ({ ...row, payload: row.payload.replace('Good', 'Bad') })],
		['a time', (row, at) => (at === 1 ? { ...row, at: row.at + 1 } : row)],
		['a kind', (row, at) => (at === 1 ? { ...row, kind: 'other' } : row)],
		['a cause', (row) => ({ ...row, cause: null })],
		['a version', (row, at) => (at === 0 ? { ...row, v: 9 } : row)],
		['what is live', (row) => ({ ...row, supersededBy: null })],
		['what took the place', (row) => ({ ...row, supersededBy: row.supersededBy === null ? null : 1 })]
	])('notices %s', async (_, change) => {
		const { at, stream } = await played();
		const rows = rowsOf(at, stream);
		expect(rows.some((row) => row.supersededBy !== null)).toBe(true);
		expect(digestOf(rows.map(change))).not.toBe(digestOf(rows));
	});

	test('notices order and loss', async () => {
		const { at, stream } = await played();
		const rows = rowsOf(at, stream);
		expect(digestOf(rows.slice(0, -1))).not.toBe(digestOf(rows));
		expect(digestOf([...rows].reverse())).not.toBe(digestOf(rows));
	});

	test('of many streams knows which is which', () => {
		const one = new Map([
			['a', 'x'],
			['b', 'y']
		]);
		const turned = new Map([
			['b', 'y'],
			['a', 'x']
		]);
		const swapped = new Map([
			['a', 'y'],
			['b', 'x']
		]);
		expect(digestOfStreams(turned)).toBe(digestOfStreams(one));
		expect(digestOfStreams(swapped)).not.toBe(digestOfStreams(one));
	});
});

const through = <T>(work: Generator<number, T>): T => {
	for (;;) {
		const step = work.next();
		if (step.done === true) return step.value;
	}
};

describe('the digest of a state', () => {
	const things = defineTable(
		'things',
		'	stream text not null,\n	thing_id text not null,\n	said_seq integer,\n	of any,\n	primary key (stream, thing_id)'
	);
	const filled = async (
		rows: readonly (readonly [string, string, number, string | number | Uint8Array])[]
	) => {
		const db = await openMemory();
		onTestFinished(() => {
			db.close();
		});
		db.exec(createTable(things));
		for (const [stream, id, seq, value] of rows)
			db.run(
				sql`insert into ${things} (stream, thing_id, said_seq, of) values (${stream}, ${id}, ${seq}, ${value})`
			);
		return through(digestOfState(db, [things]));
	};

	test('does not depend on the order of rows, nor on numbers that never leave a database', async () => {
		const one = await filled([
			['a', '1', 1, 'x'],
			['a', '2', 2, new Uint8Array([1, 2])]
		]);
		const other = await filled([
			['a', '2', 20, new Uint8Array([1, 2])],
			['a', '1', 10, 'x']
		]);
		expect(other).toBe(one);
	});

	test('notices a value, a type, a row more and one less', async () => {
		const all = await Promise.all([
			filled([['a', '1', 1, 'x']]),
			filled([['a', '1', 1, 'y']]),
			filled([['a', '1', 1, '1']]),
			filled([['a', '1', 1, 1]]),
			filled([['b', '1', 1, 'x']]),
			filled([]),
			filled([
				['a', '1', 1, 'x'],
				['a', '2', 1, 'x']
			])
		]);
		expect(new Set(all).size).toBe(all.length);
	});

	test('is read in pieces, over more rows than one piece', async () => {
		const { at } = await played();
		const tables = foldedTables(vocabulary);
		for (let bot = 0; bot < 1100; bot++) at.done('author_bot', { name: `Bot ${String(bot)}` });
		const work = digestOfState(at.sql, tables);
		const pieces: number[] = [];
		let digest = '';
		for (;;) {
			const step = work.next();
			if (step.done === true) {
				digest = step.value;
				break;
			}
			pieces.push(step.value);
		}
		expect(pieces.length).toBeGreaterThan(1);
		expect(digest).toBe(through(digestOfState(at.sql, tables)));
		at.done('author_bot', { name: 'One more' });
		expect(through(digestOfState(at.sql, tables))).not.toBe(digest);
	});
});
