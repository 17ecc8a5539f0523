// What chats promise: renamed, put away, and listed on the home screen.
import { describe, expect, test } from 'vitest';
import { aChat, anExchange, CLOCK_STEP_MS, given, NOBODY, WORLD_BEGINS_MS } from '#tests/support/given.ts';

describe('renaming a chat', () => {
	test('changes its title everywhere', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		expect(at.done('rename_chat', { chatId, title: ' 👨‍👩‍👧 نور ' })).toEqual({ chatId });
		expect(at.ask('chat', { chatId })?.title).toBe('👨‍👩‍👧 نور');
		expect(at.ask('home', {})[0]?.title).toBe('👨‍👩‍👧 نور');
	});

	test('of an unknown chat, or to nothing, is refused', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		expect(at.refused('rename_chat', { chatId: NOBODY, title: 'x' })).toEqual({
			type: 'chat_unknown',
			chatId: NOBODY
		});
		expect(at.refused('rename_chat', { chatId, title: '' })).toMatchObject({
			field: 'title',
			problem: 'required'
		});
		expect(at.refused('rename_chat', { chatId, title: 'x'.repeat(1_000_000) })).toMatchObject({
			problem: 'too_big'
		});
	});
});

describe('archiving a chat', () => {
	test('moves it to the archive and back, turns and all', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { chatId: other } = at.done('create_chat', { botId: at.ask('bots', {})[0]?.botId ?? '' });
		anExchange(at, chatId, 'Hello', 'Hi');
		at.done('archive_chat', { chatId, archived: true });
		expect(at.ask('home', {}).map((chat) => chat.chatId)).toEqual([other]);
		expect(at.ask('home', { archived: true }).map((chat) => chat.chatId)).toEqual([chatId]);
		expect(at.ask('chat', { chatId })?.archived).toBe(true);
		at.done('archive_chat', { chatId, archived: false });
		expect(at.ask('home', { archived: true })).toEqual([]);
		expect(at.ask('transcript', { chatId }).turns).toHaveLength(2);
	});

	test('twice writes nothing the second time and tells nobody', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		at.done('archive_chat', { chatId, archived: true });
		const events = at.events();
		const told = at.changes.length;
		at.done('archive_chat', { chatId, archived: true });
		expect(at.events()).toBe(events);
		expect(at.changes).toHaveLength(told);
	});

	test('of an unknown chat is refused', async () => {
		const at = await given();
		expect(at.refused('archive_chat', { chatId: NOBODY, archived: true })).toMatchObject({
			type: 'chat_unknown'
		});
		expect(at.refused('archive_chat', { chatId: NOBODY })).toMatchObject({
			field: 'archived',
			problem: 'required'
		});
	});
});

describe('home', () => {
	test('lists the chat played last first, with its last words and how many turns it has', async () => {
		const at = await given();
		const { chatId: first, botId } = aChat(at, { greeting: 'Welcome.' });
		const { youId } = at.done('author_you', { name: 'Tilde' });
		const { chatId: second } = at.done('create_chat', { botId, youId });
		expect(at.ask('home', {}).map((chat) => chat.chatId)).toEqual([second, first]);
		at.done('take_turn', { chatId: second, text: 'Who lit the lamp?', connectionId: 'demo' });
		anExchange(at, first, 'Hello', `"${'Long. '.repeat(100)}"`);
		expect(at.ask('home', {})).toEqual([
			{
				chatId: first,
				kind: 'story',
				title: 'Mara',
				hostName: 'Mara',
				avatar: null,
				turns: 3,
				lastWords: `${'Long. '.repeat(100)}"`.slice(-240),
				lastSpeaker: 'Mara',
				playedAt: WORLD_BEGINS_MS + 6 * CLOCK_STEP_MS
			},
			{
				chatId: second,
				kind: 'story',
				title: 'Mara',
				hostName: 'Mara',
				avatar: null,
				turns: 2,
				lastWords: 'Who lit the lamp?',
				lastSpeaker: 'Tilde',
				playedAt: WORLD_BEGINS_MS + 4 * CLOCK_STEP_MS
			}
		]);
	});

	test('shows the bot’s present name', async () => {
		const at = await given();
		const { botId, chatId } = aChat(at);
		at.done('author_bot', { botId, name: 'Mara Lind' });
		expect(at.ask('home', {})[0]).toMatchObject({ chatId, hostName: 'Mara Lind', turns: 0, lastWords: null });
		expect(at.ask('chat', { chatId })?.host.name).toBe('Mara Lind');
	});

	test('is empty in a fresh library', async () => {
		const at = await given();
		expect(at.ask('home', {})).toEqual([]);
		expect(at.ask('chat', { chatId: NOBODY })).toBeNull();
	});
});
