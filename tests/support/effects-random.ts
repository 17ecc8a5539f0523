// Random effects for property tests, and their player: numbers become ids of what exists when a step is played.
import * as fc from 'fast-check';
import type { Result } from '#lib/domain/kernel/result.ts';
import type { Effect, WorldState } from './effects.ts';
import { NOBODY, type Given } from './given.ts';

const WHAT = {
	memory: 4,
	edge: 5,
	activity: 4,
	plan: 3,
	start: 3,
	complete: 3,
	cancel: 2,
	expire: 2
} as const satisfies Record<Effect['effect'], number>;

/** One effect, its id still a number. */
export interface EffectSeed {
	readonly effect: Effect['effect'];
	/** Picks who, or which story event: the newest are picked most. */
	readonly one: number;
	readonly small: number;
	readonly text: string;
}

/** What a person changes by hand; `one` picks the memory or story event. */
export interface HandSeed {
	readonly hand: 'pin' | 'unpin' | 'forget' | 'revert';
	readonly one: number;
}

const weighted = <T extends string>(weights: Readonly<Record<T, number>>): T[] =>
	(Object.keys(weights) as T[]).flatMap((name) => Array<T>(weights[name]).fill(name));

/** What a classifier might say about one turn. */
export const effects: fc.Arbitrary<readonly EffectSeed[]> = fc.array(
	fc.record({
		effect: fc.constantFrom(...weighted(WHAT)),
		one: fc.nat(1000),
		small: fc.integer({ min: -10, max: 10 }),
		text: fc.string({ unit: 'binary', maxLength: 10 })
	}),
	{ minLength: 1, maxLength: 8 }
);

/** One change by hand. */
export const hands: fc.Arbitrary<HandSeed> = fc.record({
	hand: fc.constantFrom(...weighted({ pin: 3, unpin: 1, forget: 2, revert: 3 })),
	one: fc.nat(1000)
});

/** What random effects made, by chat: ids of things that may be gone again. */
interface Made {
	readonly memories: string[];
	readonly events: string[];
}

const PEOPLE = ['you', 'host', 'guest'] as const;
const who = (n: number): string => PEOPLE[Math.abs(n) % PEOPLE.length] ?? 'you';

/** One of the newest five most of the time, any now and then, rarely one that never was. */
const pick = (from: readonly string[], n: number): string => {
	if (n % 29 === 0) return NOBODY;
	const among = n % 5 === 0 ? from : from.slice(-5);
	return among[n % Math.max(1, among.length)] ?? NOBODY;
};

const toEffect = ({ effect, one, small, text }: EffectSeed, made: Made): Effect => {
	switch (effect) {
		case 'memory':
			return {
				effect,
				owner: who(one),
				text,
				significance: one % 4,
				witness: { you: one % 2 === 0, host: small > 0 }
			};
		case 'edge':
			return {
				effect,
				source: who(one),
				target: who(one + 1),
				affinity: small,
				trust: (one % 21) - 10,
				reason: text
			};
		case 'activity':
			return {
				effect,
				entity: who(one),
				place: text,
				posture: '',
				action: one % 4 === 0 ? '' : text,
				attention: who(small),
				mood: ''
			};
		case 'plan':
			return { effect, name: text, plannedFor: small < 0 ? null : one };
		default:
			return { effect, eventId: pick(made.events, one) };
	}
};

/** Plays seeds on an app whose vocabulary is `effectsVocabulary`. A refusal is fine, a throw is not. */
export const effectsOn = (at: Given) => {
	const made = new Map<string, Made>();
	let commands = 0;
	const madeIn = (chatId: string): Made => {
		const known = made.get(chatId) ?? { memories: [], events: [] };
		made.set(chatId, known);
		return known;
	};
	const dispatch = (name: string, input: unknown): Result<unknown> =>
		at.app.dispatch({ id: `effects-${String(++commands)}`, name, input });

	/** What a classifier says of the turn, ids and all. */
	const say = (
		chatId: string,
		turnId: string,
		said: readonly Effect[]
	): Result<{ memoryIds: string[]; eventIds: string[]; events: number }> => {
		const result = dispatch('apply_effects', { chatId, turnId, effects: said }) as ReturnType<typeof say>;
		if (result.ok) {
			madeIn(chatId).memories.push(...result.value.memoryIds);
			madeIn(chatId).events.push(...result.value.eventIds);
		}
		return result;
	};

	return {
		dispatch,
		say,
		/** What a classifier says of the turn, at random. */
		apply: (chatId: string, turnId: string, seeds: readonly EffectSeed[]) =>
			say(
				chatId,
				turnId,
				seeds.map((seed) => toEffect(seed, madeIn(chatId)))
			),
		byHand: (chatId: string, { hand, one }: HandSeed): Result<unknown> => {
			const { memories, events } = madeIn(chatId);
			if (hand === 'revert') return dispatch('revert_event', { chatId, eventId: pick(events, one) });
			const memoryId = pick(memories, one);
			return hand === 'forget'
				? dispatch('forget_memory', { chatId, memoryId })
				: dispatch('pin_memory', { chatId, memoryId, pinned: hand === 'pin' });
		},
		state: (chatId: string) => at.app.ask('world_state', { chatId }) as WorldState
	};
};
