// What the demo storyteller finds that a reply changed in the world. It goes by plain cues and by chance, and understands nothing.
import type { Observation, StoryFacts, Who } from '../../domain/story/classifiers.ts';
import { castOfFacts } from './demo-cast.ts';
import { halves, hash, nextOf, randomFrom, shuffled } from './demo-chance.ts';
import { cueOf, destinationOf, lineOf, type Cue } from './demo-cues.ts';
import { hearWords } from './demo-echo.ts';
import { beatOf } from './demo-beats.ts';
import {
	ACTIONS,
	ATTENTIONS,
	KEPT_APART,
	KEPT_ASKED,
	KEPT_BROKE_IN,
	KEPT_DONE,
	KEPT_HEARD,
	KEPT_OVERHEARD,
	KEPT_SAID,
	KEPT_SILENT,
	LEARNT,
	MOODS,
	POSTURES,
	REASONS,
	REASONS_APART,
	REASONS_BETWEEN,
	REASONS_LISTENING,
	REASONS_YOURS,
	SEEN_ANEW,
	SKIPS,
	THREADS,
	WEATHERS
} from './demo-world-lines.ts';

type Memory = Observation['memories'][number];
type Edge = Observation['edges'][number];

/** How far a cue moves affinity and trust: from, to. */
const MOVES: Readonly<
	Record<
		keyof typeof REASONS,
		readonly [affinity: readonly [number, number], trust: readonly [number, number]]
	>
> = {
	thanks: [
		[2, 4],
		[1, 2]
	],
	please: [
		[1, 2],
		[0, 1]
	],
	sorry: [
		[1, 2],
		[1, 3]
	],
	insult: [
		[-6, -3],
		[-5, -2]
	],
	question: [
		[0, 2],
		[1, 2]
	],
	prying: [
		[-1, 0],
		[-3, -1]
	],
	warm: [
		[1, 3],
		[0, 2]
	],
	cool: [
		[-2, -1],
		[-2, 0]
	]
};

const KIND_CUES: ReadonlySet<Cue> = new Set(['thanks', 'please', 'sorry']);
const FURTHEST_REVISED = 240;
const WEATHER_EVERY = 6;
const REVISED_EVERY = 8;
/** Enough left unfinished: the oldest is tied up first. */
const MOST_THREADS = 3;

/** Everything a reply changed. Depends on the facts alone; another reply to the same words changes other things. */
export const demoObservation = (facts: StoryFacts): Observation => {
	const random = randomFrom(`${facts.turnId}/observer/${hash(facts.reply.slice(0, 4000))}`);
	const chance = (share: number): boolean => random() < share;
	const between = ([from, to]: readonly [number, number]): number =>
		from + Math.floor(random() * (to - from + 1));
	const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
	const { fill, say } = castOfFacts(facts);
	const { chatId, speaker, present } = facts;
	const { step, cycle, beat } = beatOf(facts);
	const second: Who = speaker === 'host' ? 'guest' : 'host';
	const hasSecond = present[second];
	const quote = lineOf(facts.reply, random());
	const line = quote === null ? null : { line: `‘${quote}’` };

	const memory = (owner: Who, text: string, significance: number): Memory => ({
		owner,
		text,
		significance,
		...present
	});
	const edge = (from: Who, to: Who, moves: (typeof MOVES)['warm'], reason: string): Edge => {
		const [affinity, trust] = [between(moves[0]), between(moves[1])];
		// a change with a reason is a change
		const some = affinity === 0 && trust === 0 ? 1 : affinity;
		return { from, to, affinity: some, trust, reason, fact: null };
	};
	const activity = (who: Who, changed: Partial<Observation['activities'][number]> = {}) => ({
		who,
		place: null,
		posture: fill(pick(POSTURES)),
		action: fill(pick(ACTIONS)),
		attention: fill(pick(ATTENTIONS)),
		mood: pick(MOODS),
		...changed
	});
	const nothing: Observation = {
		memories: [],
		revise: [],
		forget: [],
		edges: [],
		activities: [],
		place: null,
		weather: null,
		minutes: between([1, 4]),
		skip: null,
		threads_opened: [],
		threads_closed: []
	};

	if (!present.you) {
		// a scene of others: its turns are not counted, so what keeps its sentences apart is what was said
		if (!hasSecond || line === null) return nothing;
		return {
			...nothing,
			memories: [memory(second, say(KEPT_APART, 'kept-apart', hash(facts.turnId), random(), line), 1)],
			edges: chance(0.6)
				? [edge(second, speaker, MOVES.warm, say(REASONS_APART, 'apart', hash(facts.turnId), random(), line))]
				: []
		};
	}
	if (facts.interjection) {
		const kept = line !== null && hasSecond && chance(0.6);
		return {
			...nothing,
			memories: kept ? [memory(second, say(KEPT_BROKE_IN, 'kept-broke-in', step, random(), line), 1)] : [],
			edges: hasSecond
				? [edge(second, speaker, MOVES.warm, say(REASONS_BETWEEN, 'between', step, random()))]
				: [],
			activities: chance(0.5) ? [activity(speaker)] : []
		};
	}

	const heard = hearWords(facts.words);
	const echo = { echo: heard.kind === 'silent' ? '' : `‘${heard.echo}’` };
	const cue = cueOf(facts.words);
	const early = step < 2;
	const memories = (): readonly Memory[] => {
		const about = { said: KEPT_SAID, asked: KEPT_ASKED, done: KEPT_DONE, silent: KEPT_SILENT }[heard.kind];
		const weight = cue === 'none' || cue === 'question' ? (heard.kind === 'silent' ? 0 : 1) : between([1, 2]);
		return [
			...(early || chance(0.75)
				? [memory(speaker, say(about, `kept-${heard.kind}`, step, random(), echo), weight)]
				: []),
			...(line !== null && chance(0.35)
				? [memory('you', say(KEPT_HEARD, 'kept-heard', step, random(), line), between([0, 1]))]
				: []),
			...(line !== null && hasSecond && chance(0.3)
				? [memory(second, say(KEPT_OVERHEARD, 'kept-overheard', step, random(), line), between([0, 1]))]
				: [])
		];
	};
	const tone = (): keyof typeof REASONS | null => {
		if (cue === 'question') return chance(0.75) ? 'question' : 'prying';
		if (cue !== 'none') return cue;
		if (!early && chance(0.4)) return null;
		return chance(0.7) ? 'warm' : 'cool';
	};
	const fact = (): string | null => {
		if (heard.kind === 'silent' || step % 3 !== hash(`${chatId}/learnt`) % 3 || chance(0.4)) return null;
		const [first, then] = halves(LEARNT, 'learnt', Math.floor(step / 3), chatId, random());
		return fill(`${first}, and ${then}`, echo);
	};
	const edges = (): readonly Edge[] => {
		const found = tone();
		return [
			...(found === null
				? []
				: [
						{
							...edge(speaker, 'you', MOVES[found], say(REASONS[found], found, step, random())),
							fact: fact()
						}
					]),
			...(KIND_CUES.has(cue) || chance(0.25)
				? [edge('you', speaker, MOVES.warm, say(REASONS_YOURS, 'yours', step, random()))]
				: []),
			...(hasSecond && chance(0.25)
				? [edge(second, 'you', MOVES.please, say(REASONS_LISTENING, 'listening', step, random()))]
				: [])
		];
	};
	const weather = (): string | null => {
		if (step === 0 || step % WEATHER_EVERY !== hash(`${chatId}/weather`) % WEATHER_EVERY) return null;
		const order = shuffled(WEATHERS, `${chatId}/weathers`).filter((each) => each !== facts.weather);
		return order[Math.floor(step / WEATHER_EVERY) % order.length] ?? null;
	};
	const revise = (): Observation['revise'] => {
		// what a story event was promoted to is its title, and stays one
		const own = facts.memories.filter(
			({ owner, text }) => (owner === speaker || owner === facts.bot) && /[.!?…。]$/u.test(text)
		);
		const chosen = own[Math.floor(random() * own.length)];
		if (step % REVISED_EVERY !== REVISED_EVERY - 3 || chosen === undefined) return [];
		const before = chosen.text.slice(0, FURTHEST_REVISED).replace(/[\p{Surrogate}]|[\p{P}\s]+$/gu, '');
		const [first, then] = halves(SEEN_ANEW, 'anew', Math.floor(step / REVISED_EVERY), chatId, random());
		return [{ memory: chosen.handle, text: fill(`{before}; ${first}, ${then}.`, { before }) }];
	};
	const place = destinationOf(facts.words, facts.place);
	const skips = beat === 'skip';
	const [oldest] = facts.threads;
	return {
		...nothing,
		memories: [...memories()],
		revise: [...revise()],
		edges: [...edges()],
		activities: [
			...(chance(0.6) ? [activity(speaker)] : []),
			...(heard.kind === 'done'
				? [activity('you', { posture: '', action: heard.echo, attention: '', mood: '' })]
				: []),
			...(hasSecond && chance(0.25) ? [activity(second)] : [])
		],
		place,
		weather: weather(),
		minutes: skips ? between([9, 40]) * 10 : between(place === null ? [3, 14] : [8, 25]),
		skip: skips ? fill(nextOf(SKIPS, 'skips', cycle, chatId, random())) : null,
		threads_opened: beat === 'thread' ? [fill(nextOf(THREADS, 'threads', cycle, chatId, random()))] : [],
		threads_closed:
			oldest !== undefined && beat === 'tie' && (cycle % 2 === 1 || facts.threads.length >= MOST_THREADS)
				? [oldest.handle]
				: []
	};
};
