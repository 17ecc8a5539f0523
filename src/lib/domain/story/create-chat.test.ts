// What the beginning of a chat promises: its cast copied, its place and time said, and the first word to the bot.
import { describe, expect, test } from 'vitest';
import { aChat, given, NOBODY } from '#tests/support/given.ts';
import { sql } from '../kernel/sql.ts';

describe('creating a chat', () => {
	test('copies the cast and says where it begins', async () => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: 'Mara' });
		const { youId } = at.done('author_you', { name: 'Tilde' });
		const { chatId } = at.done('create_chat', { botId, youId, title: ' The light ', place: ' the harbour ' });
		expect(at.ask('chat', { chatId })).toMatchObject({
			chatId,
			kind: 'story',
			title: 'The light',
			place: 'the harbour',
			host: { botId, name: 'Mara', avatar: null },
			you: { youId, name: 'Tilde', avatar: null },
			archived: false,
			reply: null,
			composer: ''
		});
	});

	test('takes the bot’s name for a title, nobody for the player and nowhere for the place', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		expect(at.ask('chat', { chatId })).toMatchObject({ title: 'Mara', you: null, place: null });
		expect(at.ask('transcript', { chatId })).toMatchObject({ turns: [], total: 0 });
	});

	test('lets a bot with a greeting have the first word', async () => {
		const at = await given();
		const { botId, chatId } = aChat(at, { greeting: '"Come in."' });
		expect(at.ask('transcript', { chatId }).turns).toEqual([
			expect.objectContaining({ role: 'assistant', speakerId: botId, replyTo: null, text: '"Come in."' })
		]);
	});

	test('with a greeting of blanks begins empty', async () => {
		const at = await given();
		const { chatId } = aChat(at, { greeting: ' \n ' });
		expect(at.ask('transcript', { chatId }).turns).toEqual([]);
	});

	test('with a bot or persona that is unknown or retired is refused', async () => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: 'Mara' });
		expect(at.refused('create_chat', { botId: NOBODY })).toEqual({ type: 'bot_unknown', botId: NOBODY });
		expect(at.refused('create_chat', { botId, youId: NOBODY })).toEqual({
			type: 'you_unknown',
			youId: NOBODY
		});
		at.done('retire_bot', { botId });
		expect(at.refused('create_chat', { botId })).toEqual({ type: 'bot_unknown', botId });
		expect(at.ask('home', {})).toEqual([]);
	});

	test.each([
		['an empty title', { title: ' ' }, 'title', 'required'],
		['a title of 201 letters', { title: 'x'.repeat(201) }, 'title', 'too_big'],
		['a place of 501 letters', { place: 'x'.repeat(501) }, 'place', 'too_big'],
		['no bot', { botId: undefined }, 'botId', 'required']
	])('with %s is refused, naming the field', async (_, wrong, field, problem) => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: 'Mara' });
		expect(at.refused('create_chat', { botId, ...wrong })).toMatchObject({
			type: 'invalid_input',
			field,
			problem
		});
	});
});

describe('a chat with a place', () => {
	test('begins with a scene there, for everybody, at the time and in the weather that were said', async () => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: 'Mara', greeting: 'Hi.' });
		const { botId: guestId } = at.done('author_bot', { name: 'Edda' });
		const { chatId } = at.done('create_chat', {
			botId,
			guestId,
			place: 'the harbour',
			minutes: 1200,
			anchor: ' the winter after the war ',
			weather: 'Snow'
		});
		const now = at.ask('now', { chatId });
		const containerId = now?.places[0]?.containerId;
		expect(now).toMatchObject({
			minutes: 1200,
			weather: 'Snow',
			anchor: 'the winter after the war',
			scene: { containerId, place: 'the harbour', since: 1200 },
			people: [
				{ role: 'you', containerId },
				{ entity: botId, role: 'host', containerId },
				{ entity: guestId, role: 'guest', name: 'Edda', containerId }
			],
			places: [{ name: 'the harbour', description: '', parentId: null }],
			threads: [],
			skips: []
		});
		expect(at.sql.all(sql`select participants from scenes`)).toEqual([
			{ participants: JSON.stringify(['you', botId, guestId]) }
		]);
		expect(at.ask('transcript', { chatId }).turns).toMatchObject([{ text: 'Hi.', minutes: 1200 }]);
		expect(at.sql.all(sql`select present from turns`)).toEqual([{ present: 7 }]);
		at.done('undo_last', { tab: 'tab-1' });
		expect(at.ask('now', { chatId })).toBeNull();
	});

	test('told at length has a short name, and is told in full', async () => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: 'Mara' });
		const place = `${'x'.repeat(118)}🌊 and the sea`;
		const { chatId } = at.done('create_chat', { botId, place });
		expect(at.ask('now', { chatId })?.places).toMatchObject([
			{ name: `${'x'.repeat(118)}…`, description: place }
		]);
		expect(at.ask('chat', { chatId })?.place).toBe(place);
	});

	test('and without one, begins nowhere, at nine on the first day', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		expect(at.ask('now', { chatId })).toMatchObject({ minutes: 540, scene: null, places: [] });
	});

	test('takes as a guest who is there to be had, and not the host', async () => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: 'Mara' });
		expect(at.refused('create_chat', { botId, guestId: botId })).toEqual({
			type: 'bot_is_host',
			chatId: null,
			botId
		});
		expect(at.refused('create_chat', { botId, guestId: NOBODY })).toEqual({
			type: 'bot_unknown',
			botId: NOBODY
		});
	});
});
