// What the demo decides beside the prose: always of the asked shape, always the same for the same facts, never twice the same sentence.
import { proseStory } from '#tests/support/prose-story.ts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
	CLASSIFIERS,
	digest,
	interjection,
	merged,
	NO_ANSWER,
	observation,
	transitions,
	type Observation,
	type StoryFacts
} from '../../domain/story/classifiers.ts';
import * as besideLines from './demo-beside-lines.ts';
import { thingOf } from './demo-cast.ts';
import { demoDecision } from './demo-decide.ts';
import { demoApartText, demoInterjectionText } from './demo-beside.ts';
import { demoReply } from './demo.ts';
import * as worldLines from './demo-world-lines.ts';

const FACTS: StoryFacts = {
	chatId: 'chat-a',
	turnId: 'reply-7',
	turn: 7,
	bot: 'Mara',
	speaker: 'host',
	host: 'Mara',
	you: 'Ada',
	guest: 'Tobias Reed',
	present: { you: true, host: true, guest: true },
	witness: { role: 'guest', name: 'Tobias Reed' },
	place: 'the harbour',
	minutes: 900,
	weather: 'fog',
	words: 'I brought the letter.',
	reply: '"I lie about my birthday, and I have kept the receipt. What happens now?"',
	interjection: false,
	openEvents: [],
	memories: [],
	threads: [],
	scene: []
};
const facts = (changes: Partial<StoryFacts> = {}): StoryFacts => ({ ...FACTS, ...changes });

const observe = (story: StoryFacts) => observation.parse(demoDecision('observer', '', story));
const move = (story: StoryFacts) => transitions.parse(demoDecision('transitions', '', story));
const ask = (story: StoryFacts) => interjection.parse(demoDecision('interjection', '', story));
const digestOf = (story: StoryFacts) => digest.parse(demoDecision('digest', '', story));

const WORDS = [
	'I brought the letter.',
	'Where is the ferry?',
	'*walks to the window*',
	'',
	'Thank you, that is kind.',
	'You are a liar!',
	'Sorry. Please go on.',
	'I brought the letter.'
];

const replyTo = (chatId: string, turn: number, words: string, alternative = 0): string =>
	demoReply({
		jobId: 'job',
		chatId,
		turnId: `${chatId}/turn-${turn}`,
		alternative,
		instructions: '',
		messages: [],
		steady: { messages: 0, chars: 0 },
		story: proseStory({ place: 'the harbour', turn, words })
	});

interface Played {
	readonly turn: number;
	readonly seen: Observation;
	readonly moved: ReturnType<typeof move>;
	readonly asked: ReturnType<typeof ask>;
	/** What the interjection changed, when there was one. */
	readonly after: Observation | null;
}

/** Plays a story the way the pipeline does, and keeps what it would: open story events, threads, memories. */
const play = (chatId: string, turns: number, wordsAt: (turn: number) => string): readonly Played[] => {
	const events = new Map<string, { title: string; status: 'planned' | 'active' }>();
	const threads = new Map<string, string>();
	const memories: { handle: string; owner: string; text: string }[] = [];
	const played: Played[] = [];
	for (let turn = 1; turn <= turns; turn += 1) {
		const words = wordsAt(turn);
		const story = facts({
			chatId,
			turn,
			turnId: `${chatId}/reply-${turn}`,
			words,
			reply: replyTo(chatId, turn, words),
			openEvents: [...events].map(([handle, event]) => ({ handle, ...event })),
			threads: [...threads].map(([handle, text]) => ({ handle, text })),
			memories: memories.slice(-20)
		});
		const seen = observe(story);
		const moved = move(story);
		for (const [i, { title }] of moved.planned.entries())
			events.set(`e${turn}-${i}`, { title, status: 'planned' });
		for (const handle of moved.started) {
			expect(events.get(handle)?.status).toBe('planned');
			events.set(handle, { title: events.get(handle)?.title ?? '', status: 'active' });
		}
		for (const handle of moved.completed) expect(events.get(handle)?.status).toBe('active');
		for (const handle of [...moved.completed, ...moved.cancelled]) expect(events.delete(handle)).toBe(true);
		for (const handle of seen.threads_closed) expect(threads.delete(handle)).toBe(true);
		for (const text of seen.threads_opened) threads.set(`t${turn}`, text);
		for (const [i, { owner, text }] of seen.memories.entries())
			memories.push({ handle: `m${turn}-${i}`, owner, text });
		for (const { memory, text } of seen.revise) {
			const known = memories.find(({ handle }) => handle === memory);
			expect(known).toBeDefined();
			if (known !== undefined) known.text = text;
		}
		const asked = ask(story);
		const aside = {
			chatId,
			turnId: story.turnId,
			alternative: 0,
			step: turn - 1,
			bot: 'Tobias Reed',
			other: 'Mara',
			you: 'Ada',
			place: 'the harbour'
		};
		const after = asked.speaks
			? observe({
					...story,
					turnId: `${story.turnId}/aside`,
					bot: 'Tobias Reed',
					speaker: 'guest',
					interjection: true,
					reply: demoInterjectionText(aside)
				})
			: null;
		played.push({ turn, seen, moved, asked, after });
	}
	return played;
};

const CHATS = ['chat-a', 'chat-b', '3f9c', 'd0d0-11', 'another chat'];

describe('sixty turns', () => {
	const stories = [
		...CHATS.map((chatId): [string, readonly Played[]] => [
			chatId,
			play(chatId, 60, (turn) => WORDS[turn % WORDS.length] ?? '')
		]),
		...WORDS.slice(0, 7).map((words): [string, readonly Played[]] => [
			`saying only “${words}”`,
			play('one thing', 60, () => words)
		])
	];

	it.each(stories)('repeat no sentence of memories, reasons, plans and threads: %s', (_name, played) => {
		const seen = new Map<string, number>();
		const once = (turn: number, sentence: string): void => {
			expect(seen.get(sentence), `${sentence} (turns ${seen.get(sentence)} and ${turn})`).toBeUndefined();
			seen.set(sentence, turn);
		};
		for (const { turn, seen: observed, moved, asked, after } of played) {
			for (const each of [observed, ...(after === null ? [] : [after])]) {
				for (const { text } of each.memories) once(turn, text);
				for (const { reason, fact } of each.edges) {
					once(turn, reason);
					if (fact !== null) once(turn, fact);
				}
			}
			for (const { text } of observed.revise) once(turn, text);
			for (const text of [...observed.threads_opened, ...moved.planned.map(({ title }) => title)])
				once(turn, text);
			if (observed.skip !== null) once(turn, observed.skip);
			once(turn, asked.why);
		}
		expect(seen.size).toBeGreaterThan(200);
	});

	it.each(stories)('need no clamp, and are about those who are there: %s', (_name, played) => {
		for (const { seen, moved, after } of played) {
			for (const each of [seen, ...(after === null ? [] : [after])]) {
				expect(each.memories.length).toBeLessThanOrEqual(3);
				for (const memory of each.memories) {
					expect(['you', 'host', 'guest']).toContain(memory.owner);
					expect(memory.text.length).toBeLessThan(400);
					expect([0, 1, 2]).toContain(memory.significance);
					expect(memory).toMatchObject(FACTS.present);
				}
				for (const { from, to, affinity, trust, reason, fact } of each.edges) {
					expect(from).not.toBe(to);
					expect(Math.max(Math.abs(affinity), Math.abs(trust))).toBeLessThanOrEqual(6);
					expect(Math.abs(affinity) + Math.abs(trust)).toBeGreaterThan(0);
					expect(reason.length).toBeLessThan(300);
					expect((fact ?? '').length).toBeLessThan(200);
				}
				for (const { posture, action, attention, mood } of each.activities) {
					expect(Math.max(posture.length, mood.length)).toBeLessThanOrEqual(120);
					expect(Math.max(action.length, attention.length)).toBeLessThanOrEqual(200);
				}
				expect(each.minutes).toBeGreaterThan(0);
				expect(each.minutes).toBeLessThanOrEqual(400);
			}
			for (const { title, in_minutes: ahead } of moved.planned) {
				expect(title.length).toBeLessThan(200);
				expect(ahead).toBeGreaterThan(0);
			}
		}
	});

	it.each(stories)('have everything a world has: %s', (_name, played) => {
		const count = (of: (one: Played) => number): number => played.reduce((sum, one) => sum + of(one), 0);
		expect(count(({ seen }) => seen.memories.length)).toBeGreaterThan(40);
		expect(count(({ seen }) => seen.edges.length)).toBeGreaterThan(30);
		expect(count(({ seen }) => seen.revise.length)).toBeGreaterThan(3);
		expect(count(({ seen }) => seen.threads_opened.length)).toBeGreaterThan(5);
		expect(count(({ seen }) => seen.threads_closed.length)).toBeGreaterThan(2);
		expect(count(({ seen }) => (seen.weather === null ? 0 : 1))).toBeGreaterThan(6);
		expect(count(({ moved }) => moved.completed.length)).toBeGreaterThan(4);
		expect(count(({ moved }) => moved.cancelled.length)).toBeGreaterThan(0);
		const spoken = count(({ asked }) => (asked.speaks ? 1 : 0));
		expect(spoken).toBeGreaterThanOrEqual(12);
		expect(spoken).toBeLessThanOrEqual(32);
	});

	it('show an interjection, a completed story event and a time skip in any ten of them', () => {
		for (const [name, played] of stories)
			for (let from = 0; from + 10 <= 21; from += 1) {
				const ten = played.slice(from, from + 10);
				expect(
					ten.some(({ asked }) => asked.speaks),
					`${name}, from ${from + 1}`
				).toBe(true);
				expect(
					ten.some(({ moved }) => moved.completed.length > 0),
					`${name}, from ${from + 1}`
				).toBe(true);
				expect(
					ten.some(({ seen }) => seen.skip !== null && seen.minutes >= 90),
					`${name}, from ${from + 1}`
				).toBe(true);
			}
	});
});

describe('the same and other', () => {
	it.each(Object.keys(CLASSIFIERS))('%s says the same for the same facts', (name) => {
		for (let turn = 1; turn <= 20; turn += 1) {
			const story = facts({ turn, turnId: `r${turn}` });
			expect(demoDecision(name, '', story)).toEqual(demoDecision(name, '', story));
		}
	});

	it('another reply to the same words changes other things, at every turn', () => {
		for (const chatId of CHATS)
			for (let turn = 1; turn <= 30; turn += 1) {
				const words = WORDS[turn % WORDS.length] ?? '';
				const of = (alternative: number) =>
					observe(
						facts({
							chatId,
							turn,
							turnId: `${chatId}/reply-${turn}/${alternative}`,
							words,
							reply: replyTo(chatId, turn, words, alternative)
						})
					);
				expect(of(1)).not.toEqual(of(0));
			}
	});

	it('the merged answer is the three together', () => {
		const story = facts({ turn: 1 });
		expect(merged.parse(demoDecision('merged', '', story))).toEqual({
			...observe(story),
			...move(story),
			...ask(story)
		});
	});

	it('knows no other decision, and none about nothing', () => {
		expect(demoDecision('toString', '', FACTS)).toBeUndefined();
		expect(demoDecision('observer', '', null)).toBeUndefined();
	});
});

describe('the observer', () => {
	const feeling = (words: string, turn = 1) =>
		observe(facts({ words, turn })).edges.find(({ from, to }) => from === 'host' && to === 'you');

	it.each([
		['Thank you so much!', 1],
		['I am sorry about the boat.', 1],
		['Could you please wait?', 1],
		['You are a fool.', -1],
		['Shut up, you liar. Please.', -1]
	])('goes by plain cues: %s', (words, sign) => {
		for (let turn = 1; turn <= 12; turn += 1) {
			const edge = feeling(words, turn);
			expect(Math.sign(edge?.affinity ?? 0)).toBe(sign);
			expect(edge?.reason).toContain('Ada');
		}
	});

	it('remembers what was said in the words that were said, from the owner’s side', () => {
		const { memories } = observe(facts({ turn: 1 }));
		expect(memories[0]).toMatchObject({ owner: 'host', you: true, host: true, guest: true });
		expect(memories[0]?.text).toContain('‘I brought the letter’');
		expect(memories[0]?.text).toContain('Ada');
	});

	it('lets nobody remember who was not there', () => {
		for (let turn = 1; turn <= 30; turn += 1) {
			const { memories, edges, activities } = observe(
				facts({ turn, turnId: `r${turn}`, guest: null, present: { you: true, host: true, guest: false } })
			);
			expect([
				...memories.map(({ owner }) => owner),
				...edges.flatMap(({ from, to }) => [from, to])
			]).not.toContain('guest');
			expect(activities.map(({ who }) => who)).not.toContain('guest');
			expect(memories.every(({ guest }) => !guest)).toBe(true);
		}
	});

	it('sees what you do, and where you go', () => {
		const seen = observe(facts({ words: '*walks to the window*' }));
		expect(seen.activities).toContainEqual(
			expect.objectContaining({ who: 'you', action: 'walks to the window' })
		);
		expect(seen.place).toBeNull();
		expect(observe(facts({ words: 'Let’s go to the old pier, Mara.' })).place).toBe('the old pier');
	});

	it('keeps a scene without you from you', () => {
		const apart = facts({
			present: { you: false, host: true, guest: true },
			reply: '"We cannot keep Ada in the dark for ever."'
		});
		const { memories, edges, activities, place, skip } = observe(apart);
		expect(memories).toEqual([
			expect.objectContaining({ owner: 'guest', you: false, host: true, guest: true })
		]);
		expect(memories[0]?.text).toContain('‘We cannot keep Ada in the dark for ever’');
		expect(edges.every(({ from, to }) => from !== 'you' && to !== 'you')).toBe(true);
		expect({ activities, place, skip }).toEqual({ activities: [], place: null, skip: null });
		expect(move(apart)).toEqual(NO_ANSWER.transitions);
	});
});

describe('story events', () => {
	const planned = {
		handle: 'e1',
		title: `Find out what ${thingOf('chat-a')} is for`,
		status: 'planned' as const
	};

	it('are planned when nothing is open, and only then', () => {
		expect(move(facts({ turn: 1 })).planned).toHaveLength(1);
		expect(move(facts({ turn: 1, openEvents: [planned] })).planned).toEqual([]);
	});

	it('begin when their time has come, or when you speak of them', () => {
		expect(move(facts({ turn: 2, openEvents: [planned] })).started).toEqual([]);
		expect(move(facts({ turn: 3, openEvents: [planned] })).started).toEqual(['e1']);
		expect(
			move(facts({ turn: 2, openEvents: [planned], words: `About ${thingOf('chat-a')} …` })).started
		).toEqual(['e1']);
	});

	it('are completed after that', () => {
		expect(move(facts({ turn: 5, openEvents: [{ ...planned, status: 'active' }] })).completed).toEqual([
			'e1'
		]);
	});

	it('come to nothing now and then', () => {
		expect(move(facts({ turn: 24, openEvents: [planned] }))).toMatchObject({
			started: [],
			cancelled: ['e1']
		});
	});

	it('are left alone by an interjection', () => {
		expect(move(facts({ turn: 1, interjection: true }))).toEqual(NO_ANSWER.transitions);
	});
});

describe('the witness', () => {
	it.each(['Tobias, is that so?', 'What does Tobias Reed say?', 'TOBIAS!'])(
		'speaks when named: %s',
		(words) => {
			for (let turn = 1; turn <= 12; turn += 1) {
				const { speaks, why } = ask(facts({ words, turn }));
				expect(speaks).toBe(true);
				expect(why).toContain('Tobias');
			}
		}
	);

	it('is silent where there is none, and says why it is silent elsewhere', () => {
		expect(ask(facts({ witness: null, words: 'Tobias?' }))).toEqual({ speaks: false, why: '' });
		const silent = Array.from({ length: 12 }, (_, i) => ask(facts({ turn: i + 1 }))).filter(
			({ speaks }) => !speaks
		);
		expect(silent.length).toBeGreaterThan(0);
		expect(silent.every(({ why }) => why.length > 10)).toBe(true);
	});
});

describe('a scene elsewhere', () => {
	const line = (speaker: string, bot: string | null, step: number) => ({
		speaker,
		text: demoApartText({
			chatId: 'chat-a',
			turnId: `m${step}`,
			alternative: 0,
			step,
			bot,
			other: bot === 'Mara' ? 'Tobias Reed' : 'Mara',
			you: 'Ada',
			place: 'the quay'
		})
	});

	it('is told in sentences whose halves fit', () => {
		const told = Array.from({ length: 300 }, (_, step) => line('Mara', 'Mara', step).text);
		const joints = told.flatMap(
			(text) => text.match(/, (?:and )?(?:and|as|with|before|like|while)\b/gu) ?? []
		);
		expect(joints.length).toBeGreaterThan(50);
		expect(joints.filter((joint) => joint.startsWith(', and '))).toEqual([]);
	});

	it('is retold by what was said in it, and remembered by those who were there', () => {
		const scene = [
			{ speaker: 'narrator', text: 'Out on the quay.' },
			line('Mara', 'Mara', 0),
			line('Tobias Reed', 'Tobias Reed', 1)
		];
		const told = digestOf(
			facts({ place: 'the quay', present: { you: false, host: true, guest: true }, scene })
		);
		expect(told.text).toMatch(/Mara said ‘.+’\. In the end Tobias Reed said ‘.+’\./u);
		expect(told.text).toContain('the quay');
		expect(told.memories.map(({ owner }) => owner)).toEqual(['host', 'guest']);
		expect(told.memories[0]?.text).toContain('Tobias Reed');
		expect(told.memories[1]?.text).toContain('Mara');
	});

	it('has words even when nobody said any', () => {
		expect(digestOf(facts({ guest: null })).text.length).toBeGreaterThan(20);
	});

	it('repeats no turn', () => {
		for (const bot of ['Mara', null]) {
			const texts = Array.from({ length: 60 }, (_, step) => line('x', bot, step).text);
			expect(new Set(texts.flatMap((text) => text.split(/(?<=["*])\s+(?=["*])/u))).size).toBe(
				bot === null ? 60 : 120
			);
		}
	});

	it('and a word put in is short', () => {
		for (let step = 0; step < 60; step += 1) {
			const text = demoInterjectionText({
				chatId: 'chat-a',
				turnId: `t${step}`,
				alternative: step % 3,
				step,
				bot: 'Tobias Reed',
				other: 'Mara',
				you: 'Ada',
				place: null
			});
			expect(text.length).toBeLessThan(320);
			expect(text).toContain('"');
		}
	});
});

const HOSTILE = [
	'',
	'   ',
	'...',
	'🌧️👨‍👩‍👧‍👦',
	'שלום, איפה הספר?',
	'灯台はどこですか？',
	'**bold** "quoted" {bot} {line} <script>alert(1)</script> ![x](https://evil.example)',
	'((brb',
	'let’s go to',
	'let’s go to the {place} "of*" ((x)) 🦊 and back',
	'"'.repeat(5000),
	'*'.repeat(5000),
	'(('.repeat(5000),
	'a'.repeat(60_000),
	'👩🏾‍🚀'.repeat(8_000),
	'One. Two! "Three"? Four… '.repeat(2_500),
	'i '.repeat(30_000),
	'let us go back over '.repeat(3_000),
	'hi \ud83d there "\ude00 x"',
	'a\u202Eb\u2066c\u200Bd',
	'$& $1 \\u0000 \u0000 __proto__ constructor'
];

describe('whatever the words and names are', () => {
	it.each(HOSTILE)('every classifier answers in its shape: %j', (text) => {
		for (const turn of [1, 2, 3, 5, 6, 7, 24, NaN, -3, 1e9])
			for (const openEvents of [[], [{ handle: text, title: text, status: 'planned' as const }]]) {
				const story = facts({
					turn,
					words: text,
					reply: text,
					bot: text,
					host: text,
					you: text,
					guest: text,
					place: text,
					weather: text,
					witness: { role: 'guest', name: text },
					memories: [{ handle: 'm1', owner: 'host', text }],
					threads: [{ handle: 't1', text }],
					scene: [{ speaker: text, text }],
					openEvents
				});
				for (const [name, schema] of Object.entries(CLASSIFIERS)) {
					const answer = demoDecision(name, text, story);
					expect(schema.safeParse(answer).success, name).toBe(true);
					const said = JSON.stringify({
						...z.looseObject({}).parse(answer),
						started: [],
						completed: [],
						cancelled: []
					});
					expect(said.length).toBeLessThan(6000);
					expect(said).not.toMatch(
						/undefined|\{(?:bot|Bot|you|You|other|Other|thing|Thing|line|echo)\}(?!.*evil)/u
					);
				}
			}
	});
});

/** What lists of lines there are in a stock, each with its name. */
const lines = z.array(z.union([z.string(), z.tuple([z.string(), z.string()]).transform(([, line]) => line)]));
const listsIn = (name: string, stock: unknown): [string, string[]][] => {
	const list = lines.safeParse(stock);
	return list.success
		? [[name, list.data]]
		: Object.entries(z.looseObject({}).parse(stock)).flatMap(([key, part]) =>
				key === 'joined' ? [] : listsIn(`${name} ${key}`, part)
			);
};

it('has only lines with known placeholders, none twice', () => {
	const lists = [...listsIn('world', { ...worldLines }), ...listsIn('beside', { ...besideLines })];
	expect(lists.length).toBeGreaterThan(60);
	for (const [name, list] of lists) {
		expect(new Set(list).size, name).toBe(list.length);
		for (const line of list)
			expect(
				line.replace(/\{(?:bot|you|other|Bot|You|Other|place|Place|thing|Thing|echo|line)\}/gu, 'X'),
				name
			).not.toMatch(/[{}"*.?!‘]|\s$|^\s/u);
	}
});
