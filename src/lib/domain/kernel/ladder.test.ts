// The ladder under faults: after a change that fails, all is as it was before or as it should be after, never between.
import { describe, expect, test } from 'vitest';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import { effectsVocabulary } from '#tests/support/effects.ts';
import { effectsOn } from '#tests/support/effects-random.ts';
import { anExchange, aChat, anotherReply, NOBODY, play, type Given } from '#tests/support/given.ts';
import { dump, replayed, tableNames } from '#tests/support/state.ts';
import { undoLog } from './log.ts';
import type { Rung } from './log-change.ts';
import type { Sql } from './sql.ts';

const edge = (affinity: number) =>
	({ effect: 'edge', source: 'you', target: 'host', affinity, trust: 1, reason: 'x' }) as const;
const memory = {
	effect: 'memory',
	owner: 'host',
	text: 'rain',
	significance: 1,
	witness: { you: true, host: true, guest: false }
} as const;

/** A fault for the n-th statement from now on; `failAt` 0 = none. `count` counts those that were run since. */
const faulty = (raw: Sql) => {
	const state = { failAt: 0, count: 0, name: 'StorageError' };
	const next = () => {
		state.count += 1;
		if (state.count !== state.failAt) return;
		const error = new Error('planted');
		error.name = state.name;
		throw error;
	};
	const sql: Sql = {
		...raw,
		run: (statement) => {
			next();
			return raw.run(statement);
		},
		exec: (script) => {
			next();
			raw.exec(script);
		},
		takeBack: (changesets) => {
			next();
			raw.takeBack(changesets);
		},
		adoptTemp: (tables) => {
			next();
			return raw.adoptTemp(tables);
		}
	};
	return { sql, state };
};

/** A chat of three exchanges with effects, the last of them regenerated, and a reply on its way to it. */
const story = (at: Given) => {
	const { chatId } = aChat(at);
	const on = effectsOn(at);
	const first = anExchange(at, chatId, 'a', 'b');
	on.say(chatId, first.replyId, [memory, edge(2), { effect: 'plan', title: 'feast', plannedFor: null }]);
	const second = anExchange(at, chatId, 'c', 'd');
	on.say(chatId, second.replyId, [memory, edge(3)]);
	const { turnId } = anotherReply(at, chatId, second.turnId, 'e');
	on.say(chatId, turnId, [memory, edge(-1)]);
	on.say(chatId, first.replyId, [edge(1)]);
	return { chatId, first, second, on };
};

type Told = ReturnType<typeof story>;

/** What is prepared before the fault, and the command it strikes. */
const CHANGES: Readonly<Record<string, (at: Given, told: Told) => () => unknown>> = {
	'a regenerate': (at, { chatId, second }) => {
		const { jobId } = at.done('regenerate', {
			chatId,
			turnId: second.turnId,
			connectionId: 'demo',
			text: 'c!'
		});
		return () => at.dispatch('finish_reply', { jobId, text: 'f', ended: 'whole', model: null, usage: null });
	},
	'a choice':
		(at, { chatId, second }) =>
		() =>
			at.dispatch('choose_alternative', { chatId, turnId: second.replyId }),
	'a deletion':
		(at, { chatId, first }) =>
		() =>
			at.dispatch('delete_turn', { chatId, turnId: first.replyId }),
	'a rewind':
		(at, { chatId, first }) =>
		() =>
			at.dispatch('rewind', { chatId, turnId: first.replyId }),
	'an undo': (at, { chatId, first }) => {
		at.done('rewind', { chatId, turnId: first.turnId });
		return () => at.dispatch('undo_last', { tab: 'tab-1' });
	},
	'a deleted chat':
		(at, { chatId }) =>
		() =>
			at.dispatch('delete_chat', { chatId }),
	'a branch':
		(at, { chatId, second }) =>
		() =>
			at.dispatch('branch', { chatId, turnId: second.turnId })
};

const LADDERS: Readonly<Record<string, readonly Rung[]>> = {
	'all rungs': ['undo', 'replay_stream', 'replay_all'],
	'the last rung': ['replay_all']
};

describe.each(Object.keys(LADDERS))('with %s,', (which) => {
	const ladder = LADDERS[which] ?? [];

	const prepare = async (change: string) => {
		const raw = await openMemory();
		const { sql, state } = faulty(raw);
		const at = play(sql, { vocabulary: effectsVocabulary, ladder });
		const act = CHANGES[change]?.(at, story(at));
		if (act === undefined) throw new Error(change);
		// which statements are cached in undo_log is nobody's truth: the tables are
		const everything = () =>
			dump(
				raw,
				tableNames(raw).filter((name) => name !== undoLog.name)
			);
		return { raw, at, state, act, everything };
	};

	/** How many statements a change is made of when nothing fails. */
	const statementsOf = async (change: string): Promise<number> => {
		const { raw, state, act } = await prepare(change);
		state.count = 0;
		expect(act()).toMatchObject({ ok: true });
		raw.close();
		return state.count;
	};

	test.each(Object.keys(CHANGES))(
		'%s whose disk fails at any statement leaves everything as it was, and says so',
		async (change) => {
			const statements = await statementsOf(change);
			expect(statements).toBeGreaterThan(4);

			const { raw, state, act, everything } = await prepare(change);
			const before = everything();
			const runs = () => dump(raw, [undoLog.name]);
			const runsBefore = runs();
			for (let k = 1; k <= statements; k++) {
				Object.assign(state, { count: 0, failAt: k });
				expect(act, `statement ${String(k)}`).toThrow('planted');
				state.failAt = 0;
				expect(everything(), `statement ${String(k)}`).toEqual(before);
				expect(runs(), `statement ${String(k)}`).toEqual(runsBefore);
			}
			expect(act()).toMatchObject({ ok: true });
			expect(dump(raw, Object.keys(replayed(raw, effectsVocabulary)))).toEqual(
				replayed(raw, effectsVocabulary)
			);
			raw.close();
		},
		60_000
	);

	test.each(Object.keys(CHANGES))(
		'%s whose statement breaks a rule at any place is undone, or found again by a lower rung',
		async (change) => {
			const statements = await statementsOf(change);
			const outcomes = { asBefore: 0, done: 0 };
			let { raw, state, act, everything } = await prepare(change);
			for (let k = 1; k <= statements; k++) {
				const before = everything();
				Object.assign(state, { count: 0, failAt: k, name: 'SqlError' });
				let result: unknown = null;
				try {
					result = act();
				} catch (error) {
					expect(String(error)).toContain('planted');
				}
				state.failAt = 0;
				expect(dump(raw, Object.keys(replayed(raw, effectsVocabulary)))).toEqual(
					replayed(raw, effectsVocabulary)
				);
				outcomes[result === null ? 'asBefore' : 'done'] += 1;
				if (result === null) {
					expect(everything(), `statement ${String(k)}`).toEqual(before);
					continue;
				}
				expect(result).toMatchObject({ ok: true });
				raw.close();
				({ raw, state, act, everything } = await prepare(change));
			}
			raw.close();
			expect(outcomes.asBefore).toBeGreaterThan(0);
		},
		60_000
	);
});

test('a handler that throws while survivors are folded again is climbed down from, or all is as it was', async () => {
	for (let k = 1; k <= 30; k++) {
		const raw = await openMemory();
		let left = 0;
		const throwing = {
			...effectsVocabulary,
			events: effectsVocabulary.events.map((kind) => ({
				...kind,
				project: (event: Parameters<typeof kind.project>[0]) => {
					left -= 1;
					if (left === 0) throw new Error('the handler broke');
					return kind.project(event);
				}
			}))
		};
		const at = play(raw, { vocabulary: throwing });
		const { chatId, first } = story(at);
		const everything = () =>
			dump(
				raw,
				tableNames(raw).filter((name) => name !== undoLog.name)
			);
		const before = everything();
		left = k;
		let result: unknown = null;
		try {
			result = at.dispatch('delete_turn', { chatId, turnId: first.replyId });
		} catch (error) {
			expect(String(error)).toContain('the handler broke');
		}
		const broke = left <= 0;
		left = 0;
		if (result === null) expect(everything()).toEqual(before);
		else {
			expect(result).toMatchObject({ ok: true });
			if (broke) expect(result).not.toMatchObject({ value: { rung: 'undo' } });
		}
		expect(dump(raw, Object.keys(replayed(raw, effectsVocabulary)))).toEqual(
			replayed(raw, effectsVocabulary)
		);
		expect(at.ask('chat', { chatId: NOBODY })).toBeNull();
		raw.close();
	}
}, 60_000);
