// Verification finds every row that is not what the log says, repairs it, and lets commands run in between.
import { describe, expect, onTestFinished, test } from 'vitest';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import { aChat, anExchange, given, play, type Given } from '#tests/support/given.ts';
import { chatStream } from '../streams.ts';
import type { Sql } from './sql.ts';
import type { VerifyProgress, VerifyReport } from './verify.ts';

const TURNS = 300;

const scratch = async (): Promise<Sql> => {
	const db = await openMemory();
	onTestFinished(() => {
		db.close();
	});
	return db;
};

/** Runs a verification to its end; `between` is called after each slice. */
const verified = async (
	at: Given,
	between: (progress: VerifyProgress) => void = () => undefined
): Promise<VerifyReport> => {
	const verification = at.app.verify(await scratch());
	for (;;) {
		const step = verification.next();
		if (step.done === true) return step.value;
		between(step.value);
	}
};

/** Two stories, the first of them longer than one slice. */
const twoStories = async () => {
	const at = await given();
	const { chatId } = aChat(at, { greeting: 'Hi.' });
	const { chatId: other } = aChat(at, { greeting: 'Ho.' });
	for (let n = 0; n < TURNS; n++) anExchange(at, chatId, `words ${String(n)}`, `reply ${String(n)}`);
	anExchange(at, other, 'o', 'p');
	return { at, chatId, other };
};

const rowsOf = (at: Given, table: string): string =>
	JSON.stringify(at.sql.all({ text: `select * from ${table} order by 1, 2`, values: [] }));

describe('verification', () => {
	test('of a sound library finds nothing and changes nothing, in slices with rising progress', async () => {
		const { at } = await twoStories();
		const before = ['turns', 'chats', 'story_now', 'stream_head'].map((table) => rowsOf(at, table));
		const seen: number[] = [];
		const report = await verified(at, ({ done, total }) => {
			expect(total).toBe(at.events());
			seen.push(done);
		});
		expect(report).toEqual({ events: at.events(), streams: 3, differences: [], indexes: [] });
		expect(seen.length).toBeGreaterThan(3);
		expect(seen).toEqual(seen.toSorted((a, b) => a - b));
		expect(['turns', 'chats', 'story_now', 'stream_head'].map((table) => rowsOf(at, table))).toEqual(before);
	});

	test.each([
		['a changed cell', 'update turns set text_at = 2 where number = 5', ['turns'], 1],
		['a missing row', 'delete from turns where number = 7 and round = 3', ['turns'], 1],
		[
			'a row too many',
			'insert into turn_texts select stream, turn_id, 9, 2, 1 from turns where number = 5',
			['turn_texts'],
			1
		],
		[
			'rows in two tables',
			'update turns set edits = 4 where number = 5; update story_now set turns = 1',
			['turns', 'story_now'],
			2
		],
		[
			'what differs far into a story',
			"update turns set speaker_name = 'nobody' where round = 299",
			['turns'],
			2
		],
		[
			'rows that are gone where one piece ends',
			'delete from turns where round between 240 and 259',
			['turns'],
			40
		],
		['a head that moved', 'update stream_head set seq = seq + 1', ['stream_head'], 1]
	])('finds %s, repairs it, and says where', async (_, damage, tables, rows) => {
		const { at, chatId, other } = await twoStories();
		const sound = ['turns', 'turn_texts', 'story_now', 'stream_head'].map((table) => rowsOf(at, table));
		const mine = chatStream(chatId);
		at.sql.exec(`create temp table kept as select * from turns where stream <> '${mine}'`);
		at.sql.exec(
			damage
				.split(';')
				.map((each) =>
					each.includes('where') ? `${each} and stream = '${mine}'` : `${each} where stream = '${mine}'`
				)
				.join(';')
		);
		const report = await verified(at);
		expect(report.differences).toEqual([
			{
				stream: mine,
				tables: expect.arrayContaining(tables) as unknown,
				rows,
				kinds: expect.any(Array) as unknown,
				repaired: true,
				why: ''
			}
		]);
		expect(['turns', 'turn_texts', 'story_now', 'stream_head'].map((table) => rowsOf(at, table))).toEqual(
			sound
		);
		expect((await verified(at)).differences).toEqual([]);
		expect(at.ask('transcript', { chatId: other }).turns).toHaveLength(3);
	});

	test('removes rows of a stream that has no events', async () => {
		const { at } = await twoStories();
		at.sql.exec("insert into story_now values ('chat:nobody', 3, 1, 540, '', '')");
		const { differences } = await verified(at);
		expect(differences.map(({ stream, tables, repaired }) => ({ stream, tables, repaired }))).toEqual([
			{ stream: 'chat:nobody', tables: ['story_now'], repaired: true }
		]);
		expect(rowsOf(at, 'story_now')).not.toContain('nobody');
	});

	test('says which event of a stream cannot be folded, leaves its rows, and goes on with the others', async () => {
		const { at, chatId, other } = await twoStories();
		at.sql.exec('drop trigger event_log_is_append_only');
		at.sql.exec(
			`update event_log set payload = '{}' where stream = '${chatStream(chatId)}' and stream_seq = 4`
		);
		at.sql.exec(`update turns set text_at = 1 where stream = '${chatStream(other)}' and number = 1`);
		const { differences } = await verified(at);
		expect(differences.map(({ stream, repaired }) => ({ stream, repaired }))).toEqual(
			[
				{ stream: chatStream(chatId), repaired: false },
				{ stream: chatStream(other), repaired: true }
			].sort((a, b) => (a.stream < b.stream ? -1 : 1))
		);
		expect(differences.find(({ repaired }) => !repaired)?.why).toMatch(/event \d+ \(assistant_turn of chat:/);
		expect(at.ask('transcript', { chatId }).turns.length).toBeGreaterThan(0);
	});

	test('reads no more at once than a piece of each side, however long the story', async () => {
		const db = await openMemory();
		const before = await given({ sql: db });
		const { chatId } = aChat(before, { greeting: 'Hi.' });
		for (let n = 0; n < 2 * TURNS; n++) anExchange(before, chatId, `words ${String(n)}`, 'reply');
		let read = 0;
		const counting: Sql = {
			...db,
			all: (statement) => {
				const rows = db.all(statement);
				read += rows.length;
				return rows;
			}
		};
		const at = play(counting);
		let most = 0;
		const report = await verified(at, () => {
			most = Math.max(most, read);
			read = 0;
		});
		expect(Math.max(most, read)).toBeLessThan(900);
		expect(report.differences).toEqual([]);
	});

	test('comes to an end though the story goes on at every step of it', async () => {
		const { at, chatId } = await twoStories();
		at.sql.exec("update turns set speaker_name = 'nobody' where round = 299");
		let n = 0;
		const report = await verified(at, () => anExchange(at, chatId, `more ${String(n++)}`, 'and more'));
		expect(report.differences).toMatchObject([{ tables: ['turns'], rows: 2, repaired: true }]);
		expect((await verified(at)).differences).toEqual([]);
	});

	test('takes in what is appended, regenerated, rewound and deleted while it runs', async () => {
		const { at, chatId, other } = await twoStories();
		const newest = () => at.ask('transcript', { chatId }).turns.at(-1)?.turnId ?? '';
		let slice = 0;
		const report = await verified(at, () => {
			slice += 1;
			if (slice === 1) anExchange(at, chatId, 'meanwhile', 'a reply');
			if (slice === 2) {
				const { jobId } = at.done('regenerate', { chatId, turnId: newest(), connectionId: 'demo' });
				at.done('finish_reply', { jobId, text: 'another', ended: 'whole', model: null, usage: null });
			}
			if (slice === 3) {
				const turnId = at.ask('transcript', { chatId, limit: 40 }).turns[0]?.turnId ?? '';
				at.done('rewind', { chatId, turnId });
			}
			if (slice === 4) {
				at.done('delete_chat', { chatId: other });
				aChat(at, { greeting: 'New.' });
			}
		});
		expect(slice).toBeGreaterThan(3);
		expect(report.differences).toEqual([]);
	});
});
