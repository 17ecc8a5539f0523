// A model whose answers are drawn: whole, cut, silent, hostile, or none at all. Tame, it answers as a good one would.
import { NO_ANSWER, type ClassifierName } from '#lib/domain/story/classifiers.ts';
import type { DecideRequest, Decision, ProsePart, TurnPort } from '#lib/worker/model/port.ts';
import type { Draw, Weather } from './interleaved.ts';
import { anObservation, aWord, someTransitions, type Seed } from './stages-random.ts';
import { tellCounted } from './tally.ts';

const WORDS = ['whole', 'whole', 'whole', 'whole', 'silent', 'busy', 'cut', 'short', 'blank'] as const;
const ANSWERS = ['proper', 'proper', 'proper', 'odd', 'odd', 'garbage', 'never', 'throws', 'nobody'] as const;

const from = <T>(list: readonly [T, ...T[]], draw: Draw): T => list[draw(list.length)] ?? list[0];

const nothing = new Promise<never>(() => undefined);

/**
 * What a good model would say; the host's trust in you grows by the same with every reply, and the host remembers the words
 * of the reply.
 */
const proper = (name: ClassifierName, known: readonly string[], reply: string, n: number): unknown => {
	const seen = {
		...NO_ANSWER.observer,
		memories: [
			{ owner: 'host', text: `Seen: ${reply}`, significance: 1, you: true, host: true, guest: true }
		],
		edges: [
			{ from: 'host', to: 'you', affinity: 1, trust: 2, reason: `It was kind ${String(n)}.`, fact: null }
		]
	};
	const moved = {
		...NO_ANSWER.transitions,
		planned: n % 3 === 0 ? [{ title: `The feast ${String(n)}`, kind: '', in_minutes: null }] : [],
		completed: known.filter((handle) => handle.startsWith('e')).slice(0, 1)
	};
	const word = { speaks: true, why: '' };
	switch (name) {
		case 'observer':
			return seen;
		case 'transitions':
			return moved;
		case 'interjection':
			return word;
		case 'digest':
			return {
				text: `It came to this ${String(n)}.`,
				memories: [{ owner: 'host', text: 'So.', significance: 1 }]
			};
		case 'steps':
			return { steps: [{ text: `Tried ${String(n)}`, outcome: 'no_effect' }] };
		case 'merged':
			return { ...seen, ...moved, ...word };
	}
};

const odd = (name: ClassifierName, known: readonly string[], seed: Seed): unknown => {
	const { text, one } = seed;
	const seen = anObservation(seed, known);
	const moved = someTransitions(seed, known);
	switch (name) {
		case 'observer':
			return seen;
		case 'transitions':
			return moved;
		case 'interjection':
			return aWord(seed);
		case 'digest':
			return { text, memories: [{ owner: 'guest', text, significance: one }] };
		case 'steps':
			return { steps: [{ text, outcome: text }] };
		case 'merged':
			return { ...seen, ...moved, ...aWord(seed) };
	}
};

const isClassifier = (name: string): name is ClassifierName => Object.hasOwn(NO_ANSWER, name);

/** Makes the model of one tab; `hold` waits for each next piece of an answer. `small`: everything is asked in one. */
export const drawnModel =
	({ draw, weather, small }: { readonly draw: Draw; readonly weather: Weather; readonly small: boolean }) =>
	(hold: () => Promise<void>): TurnPort => ({
		capabilities: { model: 'drawn', contextTokens: small ? 4096 : null, maxOutputTokens: 400 },
		async *streamProse({ story }, signal): AsyncGenerator<ProsePart> {
			await hold();
			const how = weather.tame ? 'whole' : from(WORDS, draw);
			if (how === 'busy')
				yield { kind: 'end', reason: 'failed', failure: { type: 'overloaded' }, again: true };
			if (how === 'busy') return;
			if (how === 'blank') yield { kind: 'end', reason: 'done' };
			if (how === 'blank') return;
			if (how === 'silent' && draw(2) === 0) await nothing;
			for (const words of [`${story.bot} speaks`, ` of ${String(draw(1000))}`, '.']) {
				yield { kind: 'text', text: words };
				await hold();
				if (signal.aborted) yield { kind: 'end', reason: 'stopped' };
				if (signal.aborted) return;
				if (how === 'silent') await nothing;
			}
			if (how === 'cut')
				yield { kind: 'end', reason: 'failed', failure: { type: 'interrupted' }, again: false };
			else yield { kind: 'end', reason: how === 'short' ? 'length' : 'done' };
		},
		decide: async <T>({ name, schema, fallback, story, tally }: DecideRequest<T>): Promise<Decision<T>> => {
			await hold();
			const how = weather.tame ? 'proper' : from(ANSWERS, draw);
			if (how === 'never') await nothing;
			if (how === 'throws') throw new Error('a port that breaks its word');
			const known = [...(story?.memories ?? []), ...(story?.threads ?? []), ...(story?.openEvents ?? [])].map(
				({ handle }) => handle
			);
			const seed = {
				one: draw(1000),
				other: draw(1000),
				text: `Something ${String(draw(50))}.`,
				yes: draw(2) === 0
			};
			const said = !isClassifier(name)
				? null
				: how === 'proper'
					? proper(name, known, story?.reply ?? '', draw(1000))
					: how === 'odd'
						? odd(name, known, seed)
						: 'A poem.';
			if (how !== 'nobody') tellCounted(tally);
			const read = schema.safeParse(said);
			if (read.success && how !== 'nobody') return { value: read.data, via: 'schema', failure: null };
			return {
				value: fallback,
				via: 'fallback',
				failure: { type: how === 'nobody' ? 'overloaded' : 'invalid-output' },
				raw: String(said)
			};
		}
	});
