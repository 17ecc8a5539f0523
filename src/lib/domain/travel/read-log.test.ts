// Reading the log page by page: nothing is left out, and a change of the past meanwhile is noticed.
import { describe, expect, test } from 'vitest';
import { aChat, anExchange, anotherReply, given, NOBODY } from '#tests/support/given.ts';
import { readLog } from '../kernel/log.ts';
import { chatStream } from '../streams.ts';

const played = async () => {
	const at = await given();
	const { chatId, botId } = aChat(at);
	const first = anExchange(at, chatId, 'Hello', 'Good evening.');
	anotherReply(at, chatId, first.turnId, 'Good night.');
	const second = anExchange(at, chatId, 'And?', 'Yes.');
	return { at, chatId, botId, first, second };
};

describe('pages of the log', () => {
	test('hold every event once, in order, however small they are', async () => {
		const { at, chatId } = await played();
		for (const limit of [1, 3, 2000]) {
			const found: number[] = [];
			for (let after = 0; ;) {
				const { rows } = at.ask('log_rows', { after, limit });
				found.push(...rows.map(({ seq }) => seq));
				if (rows.length < limit) break;
				after = rows.at(-1)?.seq ?? after;
			}
			expect(found).toEqual(readLog(at.sql, 0, 1000).map(({ seq }) => seq));
		}
		const stream = chatStream(chatId);
		const { rows } = at.ask('stream_rows', { stream, after: 2, limit: 2 });
		expect(rows.map(({ streamSeq }) => streamSeq)).toEqual([3, 4]);
		expect(at.ask('streams', {})).toEqual([
			{ stream, events: 7, lastStreamSeq: 7 },
			{ stream: 'library', events: 1, lastStreamSeq: 1 }
		]);
	});

	test('tell when the past was changed, and whose; what is only added changes nothing', async () => {
		const { at, chatId, second } = await played();
		const before = at.ask('log_rows', { after: 0, limit: 1 }).retold;
		const other = aChat(at, { name: 'Odo' }).chatId;
		anExchange(at, other, 'Hello', 'Hi.');
		expect(at.ask('retold', { since: before })).toMatchObject({ streams: [], retold: before });
		at.done('edit_turn', { chatId, turnId: second.turnId, text: 'And then?' });
		expect(at.ask('retold', { since: before })).toMatchObject({ streams: [], retold: before });
		anotherReply(at, chatId, second.turnId, 'No.');
		at.done('rewind', { chatId, turnId: second.turnId });
		const after = at.ask('retold', { since: before });
		expect(after).toMatchObject({ streams: [chatStream(chatId)], retold: before + 2 });
		expect(at.ask('retold', { since: after.retold }).streams).toEqual([]);
		at.done('undo_last', { tab: 'tab-1' });
		expect(at.ask('retold', { since: after.retold }).streams).toEqual([chatStream(chatId)]);
	});
});

test('recovery copies are read as they are stored, and whole', async () => {
	const { at, chatId, first } = await played();
	const { copyId } = at.done('rewind', { chatId, turnId: first.turnId });
	expect(at.ask('kept_copies', {}).copies).toMatchObject([
		{ copyId, stream: chatStream(chatId), kind: 'rewind', baseMarks: '[]' }
	]);
	const rows = at.ask('copy_rows', { copyId, after: 0, limit: 2 });
	const more = at.ask('copy_rows', { copyId, after: rows.at(-1)?.seq ?? 0, limit: 100 });
	expect(rows.length + more.length).toBe(5);
	const whole = at.ask('copy_whole', { copyId });
	expect(whole).toMatchObject({ complete: true, stream: chatStream(chatId) });
	expect(whole?.rows.map(({ streamSeq }) => streamSeq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
	expect(at.ask('copy_whole', { copyId: NOBODY })).toBeNull();
});

test('what is held is counted, and items are told apart by what they say', async () => {
	const { at, botId } = await played();
	expect(at.ask('holdings', {})).toMatchObject({
		chats: 1,
		turns: 4,
		events: 8,
		bots: 1,
		yous: 0,
		copies: 0
	});
	const { botId: twin } = at.done('author_bot', { name: 'Mara' });
	at.done('author_you', { name: 'Mara' });
	const items = at.ask('items', {});
	const digest = (id: string) => items.find((item) => item.id === id)?.digest;
	expect(items.map(({ type, name }) => [type, name])).toEqual([
		['bot', 'Mara'],
		['bot', 'Mara'],
		['you', 'Mara']
	]);
	expect(digest(botId)).toBe(digest(twin));
	at.done('author_bot', { botId: twin, name: 'Mara', tagline: 'A smith' });
	expect(at.ask('items', {}).find((item) => item.id === twin)?.digest).not.toBe(digest(botId));
	at.done('retire_bot', { botId });
	expect(at.ask('items', {}).find((item) => item.id === botId)).toMatchObject({ retired: true });
});
