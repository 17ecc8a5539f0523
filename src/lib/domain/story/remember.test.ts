// What memories promise: they are written by hand like by notice, only witnesses may own them, and all can be taken back.
import { describe, expect, test } from 'vitest';
import { aChat, anExchange, given, NOBODY } from '#tests/support/given.ts';
import { chatStream } from '../streams.ts';

const all = { you: true, host: true, guest: false };

const told = async () => {
	const at = await given();
	const { chatId, botId } = aChat(at);
	const { replyId } = anExchange(at, chatId, 'Hello', 'Good evening.');
	const write = (text: string, more: object = {}) =>
		at.done('write_memory', { chatId, owner: botId, text, witness: all, ...more }).memoryId;
	const texts = (more: object = {}) =>
		at.ask('memories', { chatId, ...more }).memories.map(({ text }) => text);
	return { at, chatId, botId, replyId, write, texts };
};

describe('a memory', () => {
	test('written by hand belongs to the newest turn, and is told with all of it', async () => {
		const { at, chatId, botId, replyId, write } = await told();
		at.done('open_scene', { chatId, placeName: 'The quay' });
		const sceneId = at.ask('now', { chatId })?.scene?.sceneId;
		at.done('advance_time', { chatId, minutes: 30 });
		const memoryId = write('It rained.', { significance: 3 });
		expect(at.ask('memories', { chatId })).toMatchObject({
			more: false,
			counts: { all: 1, pinned: 0, forgotten: 0 },
			memories: [
				{
					memoryId,
					owner: botId,
					text: 'It rained.',
					significance: 3,
					witness: all,
					guestId: null,
					sceneId,
					minutes: 570,
					source: null,
					turnId: null,
					pinned: false,
					edits: 0
				}
			]
		});
		expect(
			at.sql.all({ text: "select anchor, cause from event_log where kind = 'memory_written'", values: [] })
		).toEqual([{ anchor: replyId, cause: null }]);
	});

	test('that is forgotten is listed apart, and remembered again', async () => {
		const { at, chatId, write, texts } = await told();
		const memoryId = write('It rained.');
		write('It snowed.');
		at.done('forget_memory', { chatId, memoryId });
		expect([texts(), texts({ forgotten: true })]).toEqual([['It snowed.'], ['It rained.']]);
		at.done('remember_again', { chatId, memoryId });
		expect([texts(), texts({ forgotten: true })]).toEqual([['It snowed.', 'It rained.'], []]);
		expect(at.refused('remember_again', { chatId, memoryId })).toEqual({
			type: 'memory_unknown',
			chatId,
			memoryId
		});
		at.done('undo_last', { tab: 'tab-1' });
		expect([texts(), texts({ forgotten: true })]).toEqual([['It snowed.'], ['It rained.']]);
	});

	test('of a story event is not remembered again beside another of it', async () => {
		const { at, chatId, texts } = await told();
		const { eventId } = at.done('plan_event', { chatId, title: 'The feast' });
		at.done('move_event', { chatId, eventId, to: 'completed' });
		at.done('revert_event', { chatId, eventId });
		at.done('move_event', { chatId, eventId, to: 'completed' });
		const forgotten = at.ask('memories', { chatId, forgotten: true }).memories;
		expect(forgotten).toHaveLength(2);
		for (const { memoryId } of forgotten)
			expect(at.refused('remember_again', { chatId, memoryId })).toMatchObject({ type: 'memory_unknown' });
		expect(texts()).toHaveLength(2);
	});

	test('is refused to strangers, to who was not there, and without words', async () => {
		const { at, chatId, botId, write } = await told();
		const why = (input: object) =>
			at.refused('write_memory', { chatId, owner: 'you', text: 'x', witness: all, ...input });
		expect(why({ chatId: NOBODY })).toEqual({ type: 'chat_unknown', chatId: NOBODY });
		expect(why({ owner: NOBODY })).toEqual({ type: 'owner_unknown', chatId, owner: NOBODY });
		expect(why({ witness: { ...all, you: false } })).toEqual({ type: 'not_a_witness', chatId, owner: 'you' });
		expect(why({ owner: botId, witness: { ...all, host: false } })).toEqual({
			type: 'not_a_witness',
			chatId,
			owner: botId
		});
		expect(why({ text: ' ' })).toMatchObject({ field: 'text', problem: 'required' });
		expect(why({ text: 'x'.repeat(2001) })).toMatchObject({ field: 'text', problem: 'too_big' });
		const memoryId = write('x');
		const edit = { chatId, memoryId, text: 'y', significance: 1, witness: all };
		expect(at.refused('edit_memory', { ...edit, witness: { ...all, host: false } })).toEqual({
			type: 'not_a_witness',
			chatId,
			owner: botId
		});
		for (const name of ['edit_memory', 'forget_memory', 'pin_memory'] as const)
			expect(at.refused(name, { ...edit, memoryId: NOBODY })).toEqual({
				type: 'memory_unknown',
				chatId,
				memoryId: NOBODY
			});
	});

	test('of a guest says who the guest was, and is changed after they left', async () => {
		const { at, chatId } = await told();
		const { botId: guestId } = at.done('author_bot', { name: 'Edda' });
		const was = { ...all, guest: true };
		// nobody is the guest yet
		at.done('write_memory', { chatId, owner: 'you', text: 'before', witness: was });
		at.done('invite_guest', { chatId, botId: guestId });
		const { memoryId } = at.done('write_memory', { chatId, owner: guestId, text: 'after', witness: was });
		at.done('dismiss_guest', { chatId });
		at.done('edit_memory', { chatId, memoryId, text: 'later', significance: 2, witness: was });
		expect(at.ask('memories', { chatId }).memories).toMatchObject([
			{ text: 'later', owner: guestId, witness: was, guestId, edits: 1 },
			{ text: 'before', witness: all, guestId: null }
		]);
	});

	test('is changed, pinned and forgotten, each once, and each can be taken back', async () => {
		const { at, chatId, write, texts } = await told();
		const memoryId = write('rain');
		const edit = { chatId, memoryId, text: 'hail', significance: 2, witness: all };
		at.done('edit_memory', edit);
		at.done('pin_memory', { chatId, memoryId });
		const events = at.events();
		at.done('edit_memory', edit);
		at.done('pin_memory', { chatId, memoryId });
		expect(at.events()).toBe(events);
		at.done('forget_memory', { chatId, memoryId });
		expect(at.ask('memories', { chatId })).toEqual({
			more: false,
			counts: { all: 0, pinned: 0, forgotten: 1 },
			memories: []
		});
		expect(at.refused('pin_memory', { chatId, memoryId })).toMatchObject({ type: 'memory_unknown' });
		at.done('undo_last', { tab: 'tab-1' });
		expect(at.ask('memories', { chatId }).memories).toMatchObject([{ text: 'hail', pinned: true, edits: 1 }]);
		at.done('undo_last', { tab: 'tab-1' });
		at.done('undo_last', { tab: 'tab-1' });
		expect(at.ask('memories', { chatId }).memories).toMatchObject([
			{ text: 'rain', pinned: false, edits: 0 }
		]);
		at.done('undo_last', { tab: 'tab-1' });
		expect(texts()).toEqual([]);
	});
});

describe('memories', () => {
	test('come newest first, a page at a time', async () => {
		const { at, chatId, write, texts } = await told();
		for (const text of ['a', 'b', 'c']) write(text);
		const first = at.ask('memories', { chatId, limit: 2 });
		expect(first.more).toBe(true);
		expect(first.memories.map(({ text }) => text)).toEqual(['c', 'b']);
		expect(texts({ before: first.memories.at(-1)?.position })).toEqual(['a']);
		expect(texts({ chatId: NOBODY })).toEqual([]);
	});

	test('are told of one who may recall them: the owner, and who was there', async () => {
		const { at, chatId, botId, texts } = await told();
		const { botId: guestId } = at.done('author_bot', { name: 'Edda' });
		at.done('invite_guest', { chatId, botId: guestId });
		const write = (owner: string, you: boolean, host: boolean, guest: boolean) =>
			at.done('write_memory', {
				chatId,
				owner,
				text: `${owner === 'you' ? 'y' : owner === botId ? 'h' : 'g'}: ${[you, host, guest].map(Number).join('')}`,
				witness: { you, host, guest }
			});
		write('you', true, false, false);
		write('you', true, true, false);
		write(botId, false, true, true);
		write(guestId, false, false, true);
		expect(texts({ of: 'you' })).toEqual(['y: 110', 'y: 100']);
		expect(texts({ of: botId })).toEqual(['h: 011', 'y: 110']);
		expect(texts({ of: guestId })).toEqual(['g: 001', 'h: 011']);
		at.done('dismiss_guest', { chatId });
		const { botId: other } = at.done('author_bot', { name: 'Odo' });
		at.done('invite_guest', { chatId, botId: other });
		expect(texts({ of: other })).toEqual([]);
		expect(texts({ of: guestId })).toEqual(['g: 001', 'h: 011']);
	});

	test('are found by their words in any script, the last of them half typed', async () => {
		const { write, texts } = await told();
		write('Rain on the quay.');
		write('昨日は雨が降った。');
		write('iPhoneを買った');
		write('비가 항구에 내렸다');
		write('Über den Fluß');
		expect(texts({ search: 'quay rai' })).toEqual(['Rain on the quay.']);
		expect(texts({ search: 'quay snow' })).toEqual([]);
		expect(texts({ search: '雨' })).toEqual(['昨日は雨が降った。']);
		expect(texts({ search: '雨が降' })).toEqual(['昨日は雨が降った。']);
		expect(texts({ search: '雨に降' })).toEqual([]);
		expect(texts({ search: 'iphone' })).toEqual(['iPhoneを買った']);
		expect(texts({ search: '항구' })).toEqual(['비가 항구에 내렸다']);
		expect(texts({ search: 'uber' })).toEqual(['Über den Fluß']);
		// signs of the search's own language are words or nothing
		for (const search of ['"', 'OR', 'NEAR(rain', '*', '-quay AND (', 'text:rain', '^', "';--", '\0'])
			expect(() => texts({ search })).not.toThrow();
		expect(texts({ search: '"' })).toHaveLength(5);
	});

	test('of one chat are never those of another', async () => {
		const { at, chatId, botId, write, texts } = await told();
		const { chatId: other } = at.done('create_chat', { botId });
		at.done('write_memory', { chatId: other, owner: 'you', text: 'rain', witness: all });
		write('rain too');
		expect(texts({ search: 'rain' })).toEqual(['rain too']);
		expect(texts({ chatId: other, search: 'rain' })).toEqual(['rain']);
		// nor are they found by what a chat is called
		expect(texts({ search: chatStream(chatId) })).toEqual([]);
	});
});
