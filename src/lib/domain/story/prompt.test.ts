// What a model is asked: the cast first and unchanging, then the history, trimmed in blocks, then how things stand.
import { describe, expect, test } from 'vitest';
import { estimateMessage } from './tokens.ts';
import { aChat, anExchange, given, said, type Given, wordsAsked } from '#tests/support/given.ts';

type Room = { readonly tokens: number; readonly ratio: number };

const take = (at: Given, chatId: string, text: string, room: Room | null = null) => {
	const { jobId, turnId } = at.done('take_turn', { chatId, text, connectionId: 'demo' });
	const asked = wordsAsked(at, { jobId, room });
	if (asked === null) throw new Error('the job has ended');
	return { jobId, turnId, ...asked };
};

describe('instructions', () => {
	test('name the cast in the order rules, bot, player, beginning, voice', async () => {
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
		expect(headings).toEqual(['## Who Mara is', '## Who Tilde is', '## How it begins', '## How Mara talks']);
		expect(request.instructions).toMatch(/^You are Mara, .* together with Tilde\./);
		for (const words of ['Keeper of the light.', 'A sailor.', 'A storm comes.', '"Hm."'])
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
				{
					role: 'user',
					text: '[Now, told by nobody:\nPlace: The harbour\nTime: Day 1, 09:00\nHere: Mara, Tilde]\n\nWho are you?'
				}
			],
			steady: { messages: 4, chars: 0 },
			story: { bot: 'Mara', you: 'Tilde', place: 'The harbour', turn: 2, words: 'Who are you?' }
		});
	});

	test('begins with the player’s side, as chat templates insist, and keeps doing so word for word', async () => {
		const at = await given();
		const { chatId } = aChat(at, { greeting: 'Welcome.' });
		const first = take(at, chatId, 'Hello');
		const beginning = [
			{ role: 'user', text: '(The story begins.)' },
			{ role: 'assistant', text: 'Welcome.' }
		];
		expect(first.request.messages.slice(0, 2)).toEqual(beginning);
		said(at, first.jobId, 'Hi');
		expect(take(at, chatId, 'So?').request.messages.slice(0, 2)).toEqual(beginning);
	});

	test('joins turns of one side, and still gives the last words alone', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		at.done('drop_reply', { jobId: take(at, chatId, 'Hello?').jobId });
		const { request } = take(at, chatId, 'Anybody?');
		expect(request.messages).toHaveLength(1);
		const [{ text, joints } = { text: '', joints: [] }] = request.messages;
		expect(text).toMatch(/^Hello\?\n\n\[Now[^\]]*\]\n\nAnybody\?$/u);
		expect(joints?.map((from) => text.slice(from, from + 4))).toEqual(['[Now', 'Anyb']);
		expect(request.steady).toEqual({ messages: 0, chars: 'Hello?\n\n'.length });
		expect(request.story).toMatchObject({ turn: 2, words: 'Anybody?' });
	});

	test('uses edited words', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { turnId } = anExchange(at, chatId, 'Helo', 'Hi');
		at.done('edit_turn', { chatId, turnId, text: 'Hello' });
		expect(take(at, chatId, 'So?').request.messages[0]).toEqual({ role: 'user', text: 'Hello' });
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
			expect(request.messages.length).toBeGreaterThan(Math.min(2 * n, 30));
			expect(request.messages.at(-1)?.text.endsWith(say(2 * n))).toBe(true);
			expect(request.story.turn).toBe(n + 1);
			beginnings.push(/(?:^|\]\n\n)(\d+) x/u.exec(request.messages[0]?.text ?? '')?.[1] ?? '');
			said(at, jobId, say(2 * n + 1));
		}
		expect([...new Set(beginnings)]).toEqual(['0', '16', '32', '48', '64', '80', '96', '112', '128']);
		expect(beginnings.lastIndexOf('16') - beginnings.indexOf('16')).toBe(7);
	});

	test('begins with the player’s side where the cut falls before a reply', async () => {
		const at = await given();
		const { chatId } = aChat(at, { greeting: 'Welcome.' });
		for (let n = 0; n < 40; n++) said(at, take(at, chatId, say(n)).jobId, say(n));
		const { messages } = take(at, chatId, 'So?', ofTurns(60)).request;
		expect(messages[0]).toEqual({ role: 'user', text: '(The story goes on.)' });
		expect(messages.map(({ role }) => role)).toEqual(
			messages.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant'))
		);
	});

	test('is as long as sixteen thousand tokens where nobody says how much fits', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		for (let n = 0; n < 80; n++) said(at, take(at, chatId, say(n)).jobId, say(n));
		const { estimate } = take(at, chatId, 'So?');
		expect(estimate).toBeLessThanOrEqual(17_000);
		expect(estimate).toBeGreaterThan(13_000);
	});

	test('keeps some of what was said last, however little room there is', async () => {
		const at = await given();
		const { chatId } = aChat(at, { description: 'Tall. '.repeat(2000) });
		anExchange(at, chatId, 'before', 'reply');
		const { messages } = take(at, chatId, 'So?', { tokens: 100, ratio: 1 }).request;
		expect(messages.map(({ text }) => text.split('\n').at(-1))).toEqual(['before', 'reply', 'So?']);
	});

	test('gives rules, how things stand and the last six turns their room, whatever else there is', async () => {
		const at = await given();
		const { chatId, botId } = aChat(at, {
			description: 'Tall. '.repeat(4000),
			scenario: 'A storm comes. '.repeat(1200),
			examples: '"Hm." '.repeat(4000)
		});
		const long = (what: string) => `${what} about the lamp. `.repeat(10).trim();
		for (let n = 0; n < 20; n++) {
			at.done('write_memory', {
				chatId,
				owner: botId,
				text: `${String(n)} ${long('A memory')}`,
				witness: { you: true, host: true, guest: false }
			});
			at.done('open_thread', { chatId, text: `${String(n)} ${long('A thread')}` });
		}
		at.done('set_author_note', { chatId, text: 'Mind the lamp.' });
		for (let n = 0; n < 20; n++) anExchange(at, chatId, `words ${String(n)}`, `reply ${String(n)}`);
		const room = { tokens: 2000, ratio: 1 };
		const { request, estimate, parts } = take(at, chatId, 'The lamp?', room);
		expect(estimate).toBeLessThanOrEqual(room.tokens);
		expect(request.instructions).toMatch(/^You are Mara/u);
		expect(request.instructions).toContain('## Who Mara is\nTall. ');
		const told = JSON.stringify(request.messages);
		for (const words of [
			'words 18',
			'reply 18',
			'words 19',
			'reply 19',
			'The lamp?',
			'Mind the lamp.',
			'Day 1'
		])
			expect(told).toContain(words);
		const of = (part: string) => parts.find((each) => each.part === part);
		const dropped = (part: string) => (of(part)?.dropped ?? []).map(({ what, why }) => `${what.kind} ${why}`);
		expect(dropped('cast')).toEqual(['description shortened', 'beginning shortened', 'voice shortened']);
		expect(dropped('memories')).toContain('memory no_room');
		expect(dropped('plans')).toContain('thread no_room');
		expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 2);
		const all = parts.reduce((sum, { tokens }) => sum + tokens, 0);
		expect(Math.abs(all - estimate) / estimate).toBeLessThan(0.15);
	});

	test('says how many turns were left out', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		for (let n = 0; n < 40; n++) said(at, take(at, chatId, say(n)).jobId, say(n));
		const { parts } = take(at, chatId, 'So?', ofTurns(40));
		const [left] = parts.find(({ part }) => part === 'history')?.dropped ?? [];
		expect(left).toMatchObject({ what: { kind: 'turns' }, why: 'no_room' });
		expect((left?.what.count ?? 0) % 16).toBe(0);
	});

	test.each([2000, 1_000_000])('leaves nothing out that fits, and is sane with %i tokens', async (tokens) => {
		const at = await given();
		const { chatId } = aChat(at, { description: 'Tall.' });
		for (let n = 0; n < 6; n++) anExchange(at, chatId, `words ${String(n)}`, `reply ${String(n)}`);
		const { request, parts } = take(at, chatId, 'So?', { tokens, ratio: 1 });
		expect(request.messages).toHaveLength(13);
		expect(parts.flatMap(({ dropped }) => dropped)).toEqual([]);
	});

	test('always holds the words that are answered, however long', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		anExchange(at, chatId, 'before', 'reply');
		const long = 'y'.repeat(200_000);
		expect(
			take(at, chatId, long, { tokens: 2000, ratio: 1 }).request.messages.at(-1)?.text.endsWith(long)
		).toBe(true);
	});
});
