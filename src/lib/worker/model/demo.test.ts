// The demo storyteller: never the same sentence twice in a chat, the same words for the same seed, sound for any input.
import { proseStory } from '#tests/support/prose-story.ts';
import { uncounted } from '#tests/support/tally.ts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type { Clock } from './clock.ts';
import { createDemo, demoReply } from './demo.ts';
import { hearWords, placePhrase } from './demo-echo.ts';
import * as lines from './demo-lines.ts';
import type { DecideRequest, ProsePart } from './port.ts';

const request = (
	changes: Partial<ProseRequest['story']> = {},
	more: Partial<ProseRequest> = {}
): ProseRequest => ({
	jobId: 'job',
	chatId: 'chat-a',
	turnId: 'turn-7',
	alternative: 0,
	instructions: '',
	messages: [],
	...more,
	steady: { messages: 0, chars: 0 },
	story: proseStory({
		bot: 'Mara',
		you: 'Ada',
		place: 'the harbour',
		turn: 7,
		words: 'I brought the letter.',
		...changes
	})
});

/** Sentences without markup, as a reader would notice them. */
const sentences = (reply: string): readonly string[] =>
	reply
		.replace(/\(\([^]*?\)\)/gu, '')
		.split(/(?<=[.?!]["*]*)\s+/u)
		.map((sentence) => sentence.replace(/[*"]/gu, '').trim())
		.filter((sentence) => sentence !== '');

const WORDS = [
	'I brought the letter.',
	'Where is the ferry?',
	'*walks to the window*',
	'',
	'Open the door!',
	'I brought the letter.'
];

describe('the demo storyteller', () => {
	it.each(['chat-a', 'chat-b', '3f9c', 'd0d0-11', 'another chat'])(
		'repeats no sentence in 120 turns of %s',
		(chatId) => {
			const seen = new Map<string, number>();
			for (let turn = 1; turn <= 120; turn += 1) {
				const words = WORDS[turn % WORDS.length] ?? '';
				const reply = demoReply(request({ turn, words }, { chatId, turnId: `${chatId}-turn-${turn}` }));
				const found = sentences(reply);
				expect(found.length).toBeGreaterThanOrEqual(3);
				for (const sentence of found) {
					expect(seen.get(sentence), `${sentence} (turns ${seen.get(sentence)} and ${turn})`).toBeUndefined();
					seen.set(sentence, turn);
				}
			}
			expect(seen.size).toBeGreaterThan(400);
		}
	);

	it('repeats no sentence even when the player only ever says one thing', () => {
		for (const words of WORDS) {
			const all: string[] = [];
			for (let turn = 1; turn <= 60; turn += 1)
				all.push(...sentences(demoReply(request({ turn, words }, { turnId: `t${turn}` }))));
			expect(new Set(all).size).toBe(all.length);
		}
	});

	it('shares no sentence between the alternatives of a turn, nor with the turns around it', () => {
		const all: string[] = [];
		for (let turn = 20; turn <= 26; turn += 1) {
			const alternatives = turn === 23 ? [0, 1, 2, 3, 4, 5, 6, 7] : [0];
			for (const alternative of alternatives) {
				all.push(...sentences(demoReply(request({ turn }, { turnId: `t${turn}`, alternative }))));
			}
		}
		expect(new Set(all).size).toBe(all.length);
	});

	it('says the same for the same turn and alternative, and something else for another turn id', () => {
		expect(demoReply(request())).toBe(demoReply(request()));
		const others = new Set(
			Array.from({ length: 12 }, (_, index) => demoReply(request({}, { turnId: `turn-${index}` })))
		);
		expect(others.size).toBeGreaterThan(6);
	});

	it('uses the names, the place and the player’s own words', () => {
		const replies = Array.from({ length: 12 }, (_, index) =>
			demoReply(request({ turn: index + 2 }, { turnId: `t${index}` }))
		);
		for (const reply of replies) {
			expect(reply).toContain('‘I brought the letter’');
			expect(reply).toContain('Mara');
		}
		expect(replies.join('\n')).toContain('Ada');
		expect(replies.join('\n')).toContain('the harbour');
	});

	it('says once, in the first reply of a story, that it is no AI', () => {
		expect(demoReply(request({ turn: 1 }))).toMatch(/^\(\(.*not an AI.*\)\)\n\n/su);
		expect(demoReply(request({ turn: 2 }))).not.toContain('not an AI');
	});

	it('says so in whatever it is first asked for, and in every alternative of that', () => {
		const apart = { meanwhile: true, guest: 'Tobias', first: true };
		expect(demoReply(request(apart, { alternative: 2 }))).toMatch(/^\(\(.*not an AI.*\)\)\n\n/su);
		expect(demoReply(request({ turn: 1, first: false }))).not.toContain('not an AI');
	});

	it('puts in a short word after another’s reply', () => {
		const aside = {
			interjection: true,
			bot: 'Tobias',
			speaker: 'guest',
			guest: 'Tobias',
			host: 'Mara'
		} as const;
		const texts = Array.from({ length: 60 }, (_, i) => demoReply(request({ ...aside, turn: i + 2 })));
		expect(new Set(texts).size).toBe(60);
		for (const text of texts) {
			expect(text).not.toContain('\n');
			expect(text.length).toBeLessThan(320);
		}
		expect(texts.join('\n')).toContain('Mara');
		expect(demoReply(request(aside, { alternative: 1 }))).not.toBe(demoReply(request(aside)));
	});

	it('speaks in turn where the player is not, and tells what happens', () => {
		const apart = { meanwhile: true, guest: 'Tobias', host: 'Mara', place: 'the quay', turn: 2 } as const;
		const texts = Array.from({ length: 40 }, (_, i) =>
			demoReply(
				request({
					...apart,
					...(i % 2 === 0 ? { bot: 'Mara' } : { bot: 'Tobias', speaker: 'guest' }),
					said: i + 3
				})
			)
		);
		expect(new Set(texts).size).toBe(40);
		for (const text of texts) expect(text).toMatch(/^(?=.*\*(?:Mara|Tobias) )(?=.*"[^"]+").*$/u);
		const told = demoReply(request({ ...apart, bot: 'the narrator' }));
		expect(told).not.toMatch(/["*]|narrator/u);
	});

	it.each([
		['no words', ''],
		['dots', '...'],
		['spaces', ' \n\t '],
		['one letter', 'k'],
		['emoji', '🌧️👨‍👩‍👧‍👦'],
		['a flag', '🇺🇦'],
		['right to left', 'שלום, איפה הספר?'],
		['Arabic', 'أين المفتاح؟'],
		['Japanese', '灯台はどこですか？'],
		['markup', '**bold** _and_ `code` "quoted" {bot} <script>alert(1)</script> ![x](https://evil.example)'],
		['an aside', '((brb)) *nods*'],
		['an open aside', '((brb'],
		['ten thousand letters', 'a'.repeat(10_000)],
		['ten thousand emoji', '👩🏾‍🚀'.repeat(1_500)],
		['many sentences', 'One. Two! Three? Four… '.repeat(400)],
		['a lone surrogate', 'hi \ud83d there'],
		['formatting characters', 'a\u202Eb\u2066c\u200Bd'],
		['shouting', 'RUN!!!!!']
	])('keeps its shape for %s', (_name, words) => {
		for (let turn = 2; turn <= 30; turn += 1) {
			const reply = demoReply(request({ words, turn }, { turnId: `t${turn}` }));
			const paragraphs = reply.split('\n\n');
			expect(paragraphs.length).toBeGreaterThanOrEqual(2);
			expect(paragraphs.length).toBeLessThanOrEqual(4);
			expect(reply.length).toBeLessThan(1500);
			expect(reply).not.toMatch(/\p{Surrogate}|[\u202a-\u202e\u2066-\u2069\u200b]|\{\w+\}| {2}|<|!\[/u);
			expect((reply.match(/"/gu) ?? []).length % 2).toBe(0);
			expect((reply.match(/\*/gu) ?? []).length % 2).toBe(0);
			expect((reply.match(/‘/gu) ?? []).length).toBeLessThanOrEqual(1);
			expect(reply).not.toMatch(/‘\s|\s’|‘’/u);
			expect(reply).toMatch(/\?"$/u);
		}
	});

	it.each([
		'Iris',
		'J*hn "Red" O’Neill',
		'艾莉',
		'שרה',
		'🦊',
		'',
		'   ',
		'{you}',
		'x'.repeat(500),
		'two\nlines'
	])('keeps its shape for the name %j', (name) => {
		for (let turn = 1; turn <= 20; turn += 1) {
			const reply = demoReply(request({ bot: name, you: name, place: name, turn }, { turnId: `t${turn}` }));
			expect((reply.match(/"/gu) ?? []).length % 2).toBe(0);
			expect((reply.match(/\*/gu) ?? []).length % 2).toBe(0);
			expect(reply).not.toMatch(/\{\w+\}| {2}|\bundefined\b|, :|[^\n]\n[^\n]/u);
		}
	});

	it('has only phrases with known placeholders, none twice', () => {
		const stock = Object.values(lines).flatMap((entry) =>
			'firsts' in entry ? [entry.firsts, entry.seconds] : [entry]
		);
		for (const list of stock) {
			expect(new Set(list).size).toBe(list.length);
			for (const line of list) {
				expect(line.replace(/\{(?:bot|you|place|Place|thing|Thing|echo)\}/gu, 'X')).not.toMatch(
					/[{}"*.?!]|\s$|^\s/u
				);
			}
		}
	});

	it.each([
		[null, 'this place'],
		['harbour', 'the harbour'],
		['The Salt Market', 'the Salt Market'],
		['on the roof', 'the roof'],
		['a small boat', 'the small boat'],
		['Lisbon', 'Lisbon'],
		['my kitchen', 'my kitchen'],
		['東京', '東京'],
		['***', 'this place']
	])('speaks of %j as %j', (place, phrase) => {
		expect(placePhrase(place)).toBe(phrase);
	});

	it.each([
		['Hello. I brought the key you wanted.', { kind: 'said', echo: 'I brought the key you wanted' }],
		['Fine. But where is she? I wonder.', { kind: 'asked', echo: 'But where is she?' }],
		['أين المفتاح؟', { kind: 'asked', echo: 'أين المفتاح؟' }],
		['*walks to the window*', { kind: 'done', echo: 'walks to the window' }],
		['*smiles* Good.', { kind: 'said', echo: 'Good' }],
		['((wait)) ...', { kind: 'silent' }],
		['- - - - - - - - - - well', { kind: 'silent' }],
		[
			'one two three four five six seven eight nine ten',
			{ kind: 'said', echo: 'one two three four five six seven eight nine…' }
		]
	])('hears %j', (words, heard) => {
		expect(hearWords(words)).toEqual(heard);
	});
});

describe('the demo’s port', () => {
	/** A clock whose waits are recorded and over at once. */
	const instantClock = (waits: number[]): Clock => ({
		now: () => 0,
		later: (ms, run) => {
			waits.push(ms);
			let off = false;
			queueMicrotask(() => {
				if (!off) run();
			});
			return () => {
				off = true;
			};
		}
	});

	it('speaks word by word at a reading pace', async () => {
		const waits: number[] = [];
		const parts: ProsePart[] = [];
		for await (const part of createDemo(instantClock(waits)).streamProse(
			request(),
			new AbortController().signal
		))
			parts.push(part);
		const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
		expect(texts.join('')).toBe(demoReply(request()));
		expect(texts.every((text) => /^\s*\S+$/u.test(text))).toBe(true);
		expect(waits[0]).toBe(350);
		for (const wait of waits.slice(1)) {
			expect(wait).toBeGreaterThanOrEqual(25);
			expect(wait).toBeLessThan(45);
		}
		expect(parts.at(-1)).toEqual({ kind: 'end', reason: 'done' });
	});

	const decision = (changes: Partial<DecideRequest<unknown>> = {}): DecideRequest<unknown> => ({
		name: 'title',
		instructions: '',
		data: 'Place: the harbour\n\nPlayer: Hello\n\nMara: Sit.',
		schema: z.object({ title: z.string() }),
		fallback: null,
		maxOutputTokens: 100,
		story: null,
		tally: uncounted,
		...changes
	});

	it('takes a moment for a decision', async () => {
		const waits: number[] = [];
		const demo = createDemo(instantClock(waits));
		expect(await demo.decide(decision(), new AbortController().signal)).toEqual({
			value: { title: 'Mara, the harbour' },
			via: 'schema',
			failure: null
		});
		expect(waits).toHaveLength(1);
		expect(waits[0]).toBeGreaterThanOrEqual(120);
		expect(waits[0]).toBeLessThan(250);
	});

	it('says of a decision it knows nothing of that it has no answer', async () => {
		const asked = decision({ name: 'observer', fallback: 'none' });
		expect(await createDemo(instantClock([])).decide(asked, new AbortController().signal)).toMatchObject({
			value: 'none',
			via: 'fallback',
			failure: { type: 'invalid-output' }
		});
	});

	it('stops deciding at once', async () => {
		const stop = new AbortController();
		const never: Clock = { now: () => 0, later: () => () => undefined };
		queueMicrotask(() => stop.abort());
		expect(await createDemo(never).decide(decision(), stop.signal)).toMatchObject({
			via: 'fallback',
			failure: { type: 'interrupted' }
		});
	});

	it('stops at once, in the middle of a wait', async () => {
		const stop = new AbortController();
		const never: Clock = { now: () => 0, later: () => () => undefined };
		const parts: ProsePart[] = [];
		queueMicrotask(() => stop.abort());
		for await (const part of createDemo(never).streamProse(request(), stop.signal)) parts.push(part);
		expect(parts).toEqual([{ kind: 'end', reason: 'stopped' }]);
	});
});
