// What a model is asked: the cast first and unchanging, then the history, trimmed in blocks.
import { describe, expect, test } from 'vitest';
import { estimateMessage } from './tokens.ts';
import { aChat, anExchange, given, type Given, wordsAsked } from '#tests/support/given.ts';

type Room = { readonly tokens: number; readonly ratio: number };

const take = (at: Given, chatId: string, text: string, room: Room | null = null) => {
	const { jobId, turnId } = at.done('take_turn', { chatId, text, connectionId: 'demo' });
	const asked = wordsAsked(at, { jobId, room });
	if (asked === null) throw new Error('the job has ended');
	return { jobId, turnId, ...asked };
};
const answer = (at: Given, jobId: string, text: string) =>
	at.done('finish_reply', { jobId, text, ended: 'whole', model: null, usage: null });

describe('instructions', () => {
	test('name the cast in the order rules, bot, player, beginning, place, voice', async () => {
		const at = await given();
		const { botId } = at.done('author_bot', {
			name: 'Mara',
			description: 'Keeper of the light.',
			scenario: 'A storm comes.',
			examples: '"Hm."'
		});
		const { youId } = at.done('author_you', { name: 'Tilde', description: 'A sailor.' });
		const { chatId } = at.done('create_chat', { botId, youId, place: 'The harbour' });
		const { request } = take(at, chatId, 'Hello');
		const headings = request.instructions.split('\n').filter((line) => line.startsWith('## '));
		expect(headings).toEqual([
			'## Who Mara is',
			'## Who Tilde is',
			'## How it begins',
			'## Where',
			'## How Mara talks'
		]);
		expect(request.instructions).toMatch(/^You are Mara, .* together with Tilde\./);
		for (const words of ['Keeper of the light.', 'A sailor.', 'A storm comes.', 'The harbour', '"Hm."'])
			expect(request.instructions).toContain(words);
	});

	test('leave out what nobody wrote, and call a nameless player the player', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { request } = take(at, chatId, 'Hello');
		expect(request.instructions).not.toContain('##');
		expect(request.instructions).toContain('together with the player.');
	});
});

describe('the request', () => {
	test('says what is answered, in the clear', async () => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: 'Mara', greeting: 'Welcome.' });
		const { youId } = at.done('author_you', { name: 'Tilde' });
		const { chatId } = at.done('create_chat', { botId, youId, place: 'The harbour' });
		anExchange(at, chatId, 'Hello', 'Hi');
		const { request, jobId, turnId, connectionId, draft } = take(at, chatId, 'Who are you?');
		expect({ connectionId, draft }).toEqual({ connectionId: 'demo', draft: '' });
		expect(request).toMatchObject({
			jobId,
			chatId,
			turnId,
			alternative: 0,
			messages: [
				{ role: 'user', text: '(The story begins.)' },
				{ role: 'assistant', text: 'Welcome.' },
				{ role: 'user', text: 'Hello' },
				{ role: 'assistant', text: 'Hi' },
				{ role: 'user', text: 'Who are you?' }
			],
			story: { bot: 'Mara', you: 'Tilde', place: 'The harbour', turn: 2, words: 'Who are you?' }
		});
	});

	test('begins with the player’s side, as chat templates insist, and keeps doing so word for word', async () => {
		const at = await given();
		const { chatId } = aChat(at, { greeting: 'Welcome.' });
		const first = take(at, chatId, 'Hello');
		expect(first.request.messages).toEqual([
			{ role: 'user', text: '(The story begins.)' },
			{ role: 'assistant', text: 'Welcome.' },
			{ role: 'user', text: 'Hello' }
		]);
		answer(at, first.jobId, 'Hi');
		expect(take(at, chatId, 'So?').request.messages.slice(0, 3)).toEqual(first.request.messages);
	});

	test('joins turns of one side, and still gives the last words alone', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		at.done('drop_reply', { jobId: take(at, chatId, 'Hello?').jobId });
		const { request } = take(at, chatId, 'Anybody?');
		expect(request.messages).toEqual([{ role: 'user', text: 'Hello?\n\nAnybody?' }]);
		expect(request.story).toMatchObject({ turn: 2, words: 'Anybody?' });
	});

	test('uses edited words', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { turnId } = anExchange(at, chatId, 'Helo', 'Hi');
		at.done('edit_turn', { chatId, turnId, text: 'Hello' });
		expect(take(at, chatId, 'So?').request.messages[0]).toEqual({ role: 'user', text: 'Hello' });
	});

	test('keeps its beginning from turn to turn, whatever the title or the hour', async () => {
		const at = await given();
		const { chatId } = aChat(at, { description: 'Tall.' });
		const first = take(at, chatId, 'one');
		answer(at, first.jobId, 'reply');
		at.done('rename_chat', { chatId, title: 'Another title' });
		const second = take(at, chatId, 'two');
		expect(second.request.instructions).toBe(first.request.instructions);
		expect(second.request.messages.slice(0, first.request.messages.length)).toEqual(first.request.messages);
	});
});

describe('a history too long to send', () => {
	const TURN_CHARS = 1000;
	const say = (n: number) => `${String(n)} `.padEnd(TURN_CHARS, 'x');
	const ofTurns = (count: number, ratio = 1): Room => ({
		tokens: Math.ceil((200 + count * estimateMessage({ text: say(1) })) * ratio),
		ratio
	});

	test('is cut from its beginning, in blocks, so that the prefix stays for several turns', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const beginnings: string[] = [];
		for (let n = 0; n < 80; n++) {
			const room = ofTurns(60, 1 + (n % 3) / 10);
			const { jobId, request, estimate } = take(at, chatId, say(2 * n), room);
			expect(estimate * room.ratio).toBeLessThanOrEqual(room.tokens);
			expect(request.messages.length).toBeGreaterThan(Math.min(2 * n, 40));
			expect(request.messages.at(-1)?.text).toBe(say(2 * n));
			expect(request.story.turn).toBe(n + 1);
			beginnings.push(request.messages[0]?.text.split(' ')[0] ?? '');
			answer(at, jobId, say(2 * n + 1));
		}
		expect([...new Set(beginnings)]).toEqual(['0', '16', '32', '48', '64', '80', '96', '112']);
		expect(beginnings.lastIndexOf('16') - beginnings.indexOf('16')).toBe(7);
	});

	test('begins with the player’s side where the cut falls before a reply', async () => {
		const at = await given();
		const { chatId } = aChat(at, { greeting: 'Welcome.' });
		for (let n = 0; n < 40; n++) answer(at, take(at, chatId, say(n)).jobId, say(n));
		const { messages } = take(at, chatId, 'So?', ofTurns(60)).request;
		expect(messages[0]).toEqual({ role: 'user', text: '(The story goes on.)' });
		expect(messages.map(({ role }) => role)).toEqual(
			messages.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant'))
		);
	});

	test('is as long as sixteen thousand tokens where nobody says how much fits', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		for (let n = 0; n < 80; n++) answer(at, take(at, chatId, say(n)).jobId, say(n));
		const { estimate } = take(at, chatId, 'So?');
		expect(estimate).toBeLessThanOrEqual(16_500);
		expect(estimate).toBeGreaterThan(13_000);
	});

	test('keeps some of what was said last, however little room there is', async () => {
		const at = await given();
		const { chatId } = aChat(at, { description: 'Tall. '.repeat(2000) });
		anExchange(at, chatId, 'before', 'reply');
		const { messages } = take(at, chatId, 'So?', { tokens: 100, ratio: 1 }).request;
		expect(messages.map(({ text }) => text)).toEqual(['before', 'reply', 'So?']);
	});

	test('always holds the words that are answered, however long', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		anExchange(at, chatId, 'before', 'reply');
		const long = 'y'.repeat(200_000);
		expect(take(at, chatId, long).request.messages).toEqual([{ role: 'user', text: long }]);
	});
});
