// Random effects for property tests, and their player: numbers become ids of what exists when a step is played.
import * as fc from 'fast-check';
import type { Result } from '#lib/domain/kernel/result.ts';
import { sql, type Sql, type SqlRow } from '#lib/domain/kernel/sql.ts';
import { chatStream } from '#lib/domain/streams.ts';
import type { Effect } from './effects.ts';
import { NOBODY, type Given } from './given.ts';

const WHAT = {
	memory: 5,
	revise: 2,
	forget: 1,
	edge: 5,
	activity: 3,
	scene: 1,
	time: 2,
	weather: 1,
	thread: 1,
	plan: 4,
	start: 3,
	complete: 3,
	cancel: 2,
	expire: 2,
	fail: 3,
	retry: 2
} as const satisfies Record<Effect['effect'], number>;

/** One effect, its id still a number. */
export interface EffectSeed {
	readonly effect: Effect['effect'];
	/** Picks who, or which memory or story event: the newest are picked most. */
	readonly one: number;
	readonly small: number;
	readonly text: string;
}

const weighted = <T extends string>(weights: Readonly<Record<T, number>>): T[] =>
	(Object.keys(weights) as T[]).flatMap((name) => Array<T>(weights[name]).fill(name));

/** What might be noticed in one turn. */
export const effects: fc.Arbitrary<readonly EffectSeed[]> = fc.array(
	fc.record({
		effect: fc.constantFrom(...weighted(WHAT)),
		one: fc.nat(1000),
		small: fc.integer({ min: -10, max: 10 }),
		text: fc.oneof(
			fc.string({ unit: 'binary', maxLength: 10 }),
			fc.constantFrom('rain on the quay', '雨が降る harbour', '항구의 비', 'א"ב OR', 'NEAR(')
		)
	}),
	{ minLength: 1, maxLength: 6 }
);

const PEOPLE = ['you', 'host', 'guest'] as const;
const who = (n: number) => PEOPLE[Math.abs(n) % PEOPLE.length] ?? 'you';

/** One of the newest five most of the time, any now and then, rarely one that never was. */
const pick = (from: readonly string[], n: number): string => {
	if (n % 29 === 0) return NOBODY;
	const among = n % 5 === 0 ? from : from.slice(-5);
	return among[n % Math.max(1, among.length)] ?? NOBODY;
};

const idsOf = (db: Sql, statement: { readonly text: string; readonly values: readonly string[] }): string[] =>
	db.all(statement).map((row) => String(row['id']));

/** A memory of the chat, forgotten ones too. */
export const someMemory = (db: Sql, stream: string, n: number): string =>
	pick(
		idsOf(db, {
			text: 'select memory_id as id from memories where stream = ? order by position, memory_id',
			values: [stream]
		}),
		n
	);

/** A story event of the chat, whatever its status. */
const someStoryEvent = (db: Sql, stream: string, n: number): string =>
	pick(
		idsOf(db, {
			text: 'select event_id as id from story_events where stream = ? order by position, event_id',
			values: [stream]
		}),
		n
	);

/** Asking again needs a failure, and leaves another: both hardly ever come together by chance. */
const toEffects = (db: Sql, stream: string, seed: EffectSeed): readonly Effect[] => {
	const effect = toEffect(db, stream, seed);
	if (effect.effect !== 'retry') return [effect];
	const failed = ['observer', 'transitions'] as const;
	return [...failed.map((classifier) => ({ effect: 'fail' as const, classifier })), effect];
};

const toEffect = (db: Sql, stream: string, { effect, one, small, text }: EffectSeed): Effect => {
	const said = text.trim() === '' ? 'rain' : text;
	switch (effect) {
		case 'memory':
			return {
				effect,
				owner: who(one),
				text: said,
				significance: one % 4,
				witness: { you: one % 2 === 0, host: small > 0, guest: small < -3 }
			};
		case 'revise':
			return { effect, memoryId: someMemory(db, stream, one), text: said };
		case 'forget':
			return { effect, memoryId: someMemory(db, stream, one) };
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
			return { effect, entity: who(one), action: text, mood: '' };
		case 'scene':
			return { effect, place: said };
		case 'time':
			return { effect, minutes: one + 1 };
		case 'weather':
			return { effect, weather: text };
		case 'thread':
			return { effect, text: said };
		case 'plan':
			return { effect, title: said, plannedFor: small < 0 ? null : one };
		case 'fail':
		case 'retry':
			return { effect, classifier: one % 2 === 0 ? 'observer' : 'transitions' };
		default:
			return { effect, eventId: someStoryEvent(db, stream, one) };
	}
};

/**
 * Plays effects on an app whose vocabulary is `effectsVocabulary`. A refusal is fine, a throw is not. The only place that
 * knows by which command effects come.
 */
export const effectsOn = (at: Given) => {
	let commands = 0;
	const dispatch = (name: string, input: unknown): Result<unknown> =>
		at.app.dispatch({ id: `effects-${String(at.events())}-${String(++commands)}`, name, input });

	/** What is noticed in the turn, ids and all. */
	const say = (
		chatId: string,
		turnId: string,
		said: readonly Effect[]
	): Result<{ memoryIds: string[]; eventIds: string[]; events: number }> =>
		dispatch('apply_effects', { chatId, turnId, effects: said }) as ReturnType<typeof say>;

	return {
		dispatch,
		say,
		/** What is noticed in the turn, at random. */
		apply: (chatId: string, turnId: string, seeds: readonly EffectSeed[]) =>
			say(
				chatId,
				turnId,
				seeds.flatMap((seed) => toEffects(at.sql, chatStream(chatId), seed))
			),
		state: (chatId: string) => stateOf(at.sql, chatStream(chatId))
	};
};

/** What effects have folded for a chat, in the order of the keys. */
const stateOf = (db: Sql, stream: string): Readonly<Record<string, readonly SqlRow[]>> => ({
	memories: db.all(
		sql`select memory_id as memoryId, text, significance, source_id as source, pinned from memories
			where stream = ${stream} and forgotten = 0 order by position`
	),
	edges: db.all(
		sql`select source, target, affinity, trust, updates from edges where stream = ${stream} order by source, target`
	),
	edgeChanges: db.all(
		sql`select affinity, reason from edge_history where stream = ${stream} order by position`
	),
	activities: db.all(sql`select entity, action from activities where stream = ${stream} order by entity`),
	events: db.all(
		sql`select event_id as eventId, status, started_at as startedAt, completed_at as completedAt from story_events
			where stream = ${stream} order by position`
	),
	steps: db.all(
		sql`select event_id as eventId, before, after from story_event_steps where stream = ${stream} order by position`
	)
});
