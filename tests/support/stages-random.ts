// What classifiers answer in random histories: sane, odd and hostile, all of it drawn from the numbers and words of a step.
import type { Interjection, Observation, Steps, Transitions } from '#lib/domain/story/classifiers.ts';
import { NOBODY, type Given } from './given.ts';

/** What an answer is made of. */
export interface Seed {
	readonly one: number;
	readonly other: number;
	readonly text: string;
	readonly yes: boolean;
}

const WHO = ['you', 'host', 'guest', 'the Host', 'cat'] as const;
const PLACES = [null, 'The harbour', 'the harbour', 'The lighthouse', ' '] as const;
const NUMBERS = [0, 3, -7, 11, 1e9, -1e9, 45, 0.5] as const;

const from = <T>(list: readonly [T, ...T[]], n: number): T => list[n % list.length] ?? list[0];

const handles = (known: readonly string[], n: number): string[] =>
	n % 4 === 0 ? ['m99', NOBODY, '__proto__'] : known.filter((_, i) => (n >> i) % 2 === 1).slice(0, 3);

/** What an observer says. */
export const anObservation = (
	{ one, other, text, yes }: Seed,
	known: readonly string[] = []
): Observation => {
	const words = text.trim() === '' ? `Something ${String(other)}.` : text;
	return {
		memories: Array.from({ length: one % 11 === 0 ? 40 : (one % 4) + 1 }, (_, i) => ({
			owner: from(WHO, other + i),
			text: i % 5 === 4 ? ' ' : `${words} ${String(i)}`,
			significance: from(NUMBERS, other + i),
			you: yes,
			host: i % 2 === 0,
			guest: !yes
		})),
		revise: handles(
			known.filter((handle) => handle.startsWith('m')),
			one + 1
		).map((memory) => ({ memory, text: words })),
		forget: handles(
			known.filter((handle) => handle.startsWith('m')),
			other
		),
		edges: Array.from({ length: (other % 3) + 1 }, (_, i) => ({
			from: from(WHO, one + i),
			to: from(WHO, other + i),
			affinity: from(NUMBERS, one + i),
			trust: from(NUMBERS, other + i),
			reason: words,
			fact: yes ? words : null
		})),
		activities: [
			{
				who: from(WHO, other),
				place: from(PLACES, one),
				posture: words,
				action: words.repeat(60),
				attention: '',
				mood: ''
			}
		],
		place: other % 3 === 0 ? from(PLACES, other) : null,
		weather: yes ? words : null,
		minutes: from(NUMBERS, one),
		skip: other % 4 === 0 ? words : null,
		threads_opened: yes ? [words] : [],
		threads_closed: handles(
			known.filter((handle) => handle.startsWith('t')),
			one
		)
	};
};

/** What is said of story events. */
export const someTransitions = (
	{ one, other, text, yes }: Seed,
	known: readonly string[] = []
): Transitions => {
	const open = known.filter((handle) => handle.startsWith('e'));
	return {
		planned: yes
			? [{ title: text, kind: 'meeting', in_minutes: other % 2 === 0 ? null : from(NUMBERS, one) }]
			: [{ title: `The feast ${String(one % 7)}`, kind: '', in_minutes: from(NUMBERS, other) }],
		started: handles(open, one),
		completed: handles(open, other),
		cancelled: handles(open, one + other + 1)
	};
};

export const aWord = ({ yes, text }: Seed): Interjection => ({ speaks: yes, why: text });

/** What is said to have been tried. */
export const someSteps = ({ one, other, text, yes }: Seed): Steps => ({
	steps: [
		...Array.from({ length: (one % 3) + 1 }, (_, i) => ({
			text: `Restarted it ${String(other % 50)} ${String(i)}`,
			outcome: yes ? 'no effect' : text
		})),
		...(other % 7 === 0
			? Array.from({ length: 40 }, (_, i) => ({ text: `${text}${String(i)}`, outcome: '' }))
			: [])
	]
});

/** The stage of a job, and the handles its classifier is told of; null when it has ended. */
const stageOf = (at: Given, jobId: string) => {
	const asked = at.ask('stage_request', { jobId });
	return asked === null ? null : { stage: asked.stage, known: asked.kind === 'decide' ? asked.known : {} };
};

/** Ends the stage a job is at, whichever it is; false when there is none of a classifier. */
export const endStage = (at: Given, jobId: string, seed: Seed, tab?: string): boolean => {
	const now = stageOf(at, jobId);
	if (now === null) return false;
	const { stage, known } = now;
	const told = Object.keys(known);
	if (seed.one % 9 === 0 && stage !== 'reply' && stage !== 'interject')
		return at.dispatch(
			'fail_stage',
			{ jobId, stage, reason: { type: 'stalled' }, raw: seed.text, rest: seed.yes },
			tab
		).ok;
	switch (stage) {
		case 'reply':
			return false;
		case 'interject': {
			const text = seed.text.trim() === '' ? 'Never.' : seed.text;
			const ended = seed.other % 4 === 0 ? 'stopped' : 'whole';
			return at.dispatch('finish_reply', { jobId, text, ended, model: null, usage: null }, tab).ok;
		}
		case 'observe':
		case 'observe2': {
			const answer = anObservation(seed, told);
			const more = { transitions: someTransitions(seed, told), interjection: aWord(seed) };
			const merged = seed.other % 3 === 0 ? { more } : {};
			return at.dispatch('apply_observation', { jobId, stage, answer, known, ...merged }, tab).ok;
		}
		case 'transitions':
		case 'transitions2':
			return at.dispatch(
				'apply_transitions',
				{ jobId, stage, answer: someTransitions(seed, told), known },
				tab
			).ok;
		case 'ask':
			return at.dispatch('decide_interjection', { jobId, answer: aWord(seed) }, tab).ok;
		case 'detect_steps':
			return at.dispatch('apply_steps', { jobId, answer: someSteps(seed) }, tab).ok;
		case 'digest':
			return at.dispatch(
				'apply_digest',
				{
					jobId,
					answer: {
						text: seed.text,
						memories: WHO.map((owner) => ({ owner, text: seed.text, significance: seed.one }))
					}
				},
				tab
			).ok;
	}
};

/** Plays a job through all that comes after its words. */
export const playOut = (at: Given, jobId: string, seed: Seed, tab?: string): void => {
	for (
		let stages = 0;
		stages < 8 && endStage(at, jobId, { ...seed, one: seed.one + stages }, tab);
		stages += 1
	);
};
