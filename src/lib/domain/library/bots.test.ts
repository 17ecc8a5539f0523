// What bots promise: authored, replaced, retired, listed.
import { describe, expect, test } from 'vitest';
import { aChat, given, NOBODY, wordsAsked } from '#tests/support/given.ts';
import { ASSET_MAX_BYTES } from './assets.ts';

const hash = 'a'.repeat(64);

describe('authoring a bot', () => {
	test('keeps every field, and fills what was left out with nothing', async () => {
		const at = await given();
		at.app.putAsset({ hash, mediaType: 'image/webp', bytes: new Uint8Array([1]) });
		const all = {
			name: 'Mara',
			tagline: 'Keeper of the light',
			description: 'Tall. *Quiet.*',
			scenario: 'A lighthouse.',
			greeting: '"Come in."',
			examples: '"Hm."',
			avatar: hash
		};
		const { botId } = at.done('author_bot', all);
		const { botId: bare } = at.done('author_bot', { name: 'Edda' });
		expect(at.ask('bot', { botId })).toMatchObject({ ...all, botId, retired: false });
		expect(at.ask('bot', { botId: bare })).toMatchObject({
			name: 'Edda',
			tagline: '',
			description: '',
			scenario: '',
			greeting: '',
			examples: '',
			avatar: null
		});
	});

	test.each([
		['no name', {}, 'required'],
		['an empty name', { name: '' }, 'required'],
		['a name of blanks', { name: ' \t\n' }, 'required'],
		['a number for a name', { name: 7 }, 'invalid_type'],
		['a name of 121 letters', { name: 'x'.repeat(121) }, 'too_big']
	])('with %s is refused, naming the field', async (_, input, problem) => {
		const at = await given();
		expect(at.refused('author_bot', input)).toMatchObject({ type: 'invalid_input', field: 'name', problem });
		expect(at.ask('bots', {})).toEqual([]);
		expect(at.events()).toBe(0);
	});

	test('trims the name and counts it after trimming', async () => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: `  ${'x'.repeat(120)} ` });
		expect(at.ask('bot', { botId })?.name).toBe('x'.repeat(120));
	});

	test('under a known id replaces the bot whole', async () => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: 'Mara', tagline: 'old', greeting: 'old' });
		at.done('author_bot', { botId, name: 'Mara Lind' });
		expect(at.ask('bot', { botId })).toMatchObject({ name: 'Mara Lind', tagline: '', greeting: '' });
		expect(at.ask('bots', {})).toHaveLength(1);
	});

	test('with a picture nobody kept, or one too large, is refused', async () => {
		const at = await given();
		expect(at.refused('author_bot', { name: 'Mara', avatar: hash })).toEqual({
			type: 'avatar_unknown',
			hash
		});
		at.app.putAsset({ hash, mediaType: 'image/png', bytes: new Uint8Array(ASSET_MAX_BYTES + 1) });
		expect(at.refused('author_bot', { name: 'Mara', avatar: hash })).toEqual({
			type: 'avatar_too_large',
			bytes: ASSET_MAX_BYTES + 1,
			maxBytes: ASSET_MAX_BYTES
		});
		expect(at.events()).toBe(0);
		const largest = 'b'.repeat(64);
		at.app.putAsset({ hash: largest, mediaType: 'image/png', bytes: new Uint8Array(ASSET_MAX_BYTES) });
		const { botId } = at.done('author_bot', { name: 'Mara', avatar: largest });
		expect(at.ask('bot', { botId })?.avatar).toBe(largest);
	});

	test('ignores fields it does not know, __proto__ included', async () => {
		const at = await given();
		const input: unknown = JSON.parse(
			'{"name":"Mara","__proto__":{"retired":true},"constructor":1,"evil":1}'
		);
		const answer = at.app.dispatch({ id: 'x', name: 'author_bot', input });
		expect(answer).toEqual({ ok: true, value: { botId: expect.any(String) as string } });
		expect(Object.keys(at.ask('bots', {})[0] ?? {})).toEqual(['botId', 'name', 'tagline', 'avatar', 'copilot']);
		expect({}).not.toHaveProperty('retired');
	});
});

describe('retiring a bot', () => {
	test('takes it from the list; its chats, their names and faces stay', async () => {
		const at = await given();
		const { botId, chatId } = aChat(at);
		at.done('retire_bot', { botId });
		expect(at.ask('bots', {})).toEqual([]);
		expect(at.ask('bot', { botId })?.retired).toBe(true);
		expect(at.ask('chat', { chatId })?.host).toEqual({ botId, name: 'Mara', avatar: null });
		expect(at.ask('home', {})[0]?.hostName).toBe('Mara');
	});

	test('lets its chats be played on: turn, request and reply', async () => {
		const at = await given();
		const { botId, chatId } = aChat(at);
		at.done('retire_bot', { botId });
		const { jobId } = at.done('take_turn', { chatId, text: 'Still there?', connectionId: 'demo' });
		expect(wordsAsked(at, { jobId })?.request.story.bot).toBe('Mara');
		at.done('finish_reply', { jobId, text: '"Always."', ended: 'whole', model: null, usage: null });
		expect(at.ask('transcript', { chatId }).turns.map((turn) => turn.text)).toEqual([
			'Still there?',
			'"Always."'
		]);
	});

	test('twice, or of nobody, is refused', async () => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: 'Mara' });
		at.done('retire_bot', { botId });
		expect(at.refused('retire_bot', { botId })).toEqual({ type: 'bot_retired', botId });
		expect(at.refused('retire_bot', { botId: NOBODY })).toEqual({ type: 'bot_unknown', botId: NOBODY });
		expect(at.refused('retire_bot', { botId: 'Mara' })).toMatchObject({
			type: 'invalid_input',
			field: 'botId',
			problem: 'invalid_format'
		});
	});

	test('is undone by authoring it again', async () => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: 'Mara' });
		at.done('retire_bot', { botId });
		at.done('author_bot', { botId, name: 'Mara' });
		expect(at.ask('bots', {}).map((bot) => bot.botId)).toEqual([botId]);
	});
});

test('bots are listed by name, small and capital letters alike', async () => {
	const at = await given();
	for (const name of ['edda', 'Mara', 'Anselm', 'mara']) at.done('author_bot', { name });
	expect(at.ask('bots', {}).map((bot) => bot.name)).toEqual(['Anselm', 'edda', 'Mara', 'mara']);
});

test('a bot nobody authored is null', async () => {
	const at = await given();
	expect(at.ask('bot', { botId: NOBODY })).toBeNull();
});
