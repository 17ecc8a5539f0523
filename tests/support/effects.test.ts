// The words of the engine's tests do what they say: their rules are what the engine is tested against.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadSqlite } from '#lib/worker/storage/engine.ts';
import { connect } from '#lib/worker/storage/sqlite.ts';
import { createProjector } from '#lib/domain/kernel/projector.ts';
import { readLog } from '#lib/domain/kernel/log.ts';
import { sql, type Sql } from '#lib/domain/kernel/sql.ts';
import { chatStream } from '#lib/domain/streams.ts';
import { effectEvents, effectsVocabulary, effectTables, turnOf12Events, type Effect } from './effects.ts';
import { effects, effectsOn, hands } from './effects-random.ts';
import { aChat, anExchange, given, idNumber, NOBODY, play, steadyWorld } from './given.ts';

const aTurn = async () => {
	const at = await given({ vocabulary: effectsVocabulary });
	const { chatId, botId } = aChat(at);
	const { replyId } = anExchange(at, chatId, 'Hello', 'Good evening.');
	const on = effectsOn(at);
	const said = (...said: Effect[]) => {
		const result = on.say(chatId, replyId, said);
		if (!result.ok) throw new Error(result.error.type);
		return result.value;
	};
	return { at, chatId, botId, replyId, on, said, state: () => on.state(chatId) };
};

const memory: Effect = {
	effect: 'memory',
	owner: 'host',
	text: 'rain',
	significance: 1,
	witness: { you: true, host: true }
};
const plan: Effect = { effect: 'plan', name: 'the feast', plannedFor: null };

describe('effects', () => {
	test('belong to their turn, and changes by hand to the newest, caused by none', async () => {
		const { at, chatId, replyId, on, said } = await aTurn();
		const { memoryIds } = said(memory);
		const later = anExchange(at, chatId, 'And now?', 'Now it rains.');
		const memoryId = memoryIds[0] ?? NOBODY;
		expect(on.dispatch('pin_memory', { chatId, memoryId })).toMatchObject({ ok: true });
		expect(
			at.sql.all(sql`select kind, anchor, cause from event_log where kind like 'memory%' order by seq`)
		).toEqual([
			{ kind: 'memory_written', anchor: replyId, cause: replyId },
			{ kind: 'memory_pinned', anchor: later.replyId, cause: null }
		]);
	});

	test('of a turn or a memory that is not there are refused', async () => {
		const { chatId, on } = await aTurn();
		expect(on.say(chatId, NOBODY, [memory])).toMatchObject({ ok: false, error: { type: 'turn_gone' } });
		for (const command of ['pin_memory', 'forget_memory'])
			expect(on.dispatch(command, { chatId, memoryId: NOBODY })).toMatchObject({
				error: { type: 'memory_unknown' }
			});
		expect(on.dispatch('revert_event', { chatId, eventId: NOBODY })).toMatchObject({
			error: { type: 'nothing_to_revert' }
		});
	});

	test('of edges add up, in their own direction, and each is kept', async () => {
		const { said, state } = await aTurn();
		const edge = { effect: 'edge', source: 'you', target: 'host', trust: 1 } as const;
		said({ ...edge, affinity: 3, reason: 'a gift' }, { ...edge, affinity: -1, reason: 'a lie' });
		said({ ...edge, source: 'host', target: 'you', affinity: 5, reason: 'a song' });
		expect(state().edges).toEqual([
			{ source: 'host', target: 'you', affinity: 5, trust: 1, updates: 1 },
			{ source: 'you', target: 'host', affinity: 2, trust: 2, updates: 2 }
		]);
		expect(state().edgeChanges).toEqual([
			{ affinity: 3, reason: 'a gift' },
			{ affinity: -1, reason: 'a lie' },
			{ affinity: 5, reason: 'a song' }
		]);
	});

	test('of activities take the place of the one before, and end', async () => {
		const { said, state } = await aTurn();
		const now = {
			effect: 'activity',
			entity: 'host',
			place: '',
			posture: '',
			attention: '',
			mood: ''
		} as const;
		said({ ...now, action: 'waits' }, { ...now, action: 'rows' });
		expect(state().activities).toEqual([{ entity: 'host', action: 'rows' }]);
		said({ ...now, action: '' });
		expect(state().activities).toEqual([]);
	});

	test('complete a story event once: it becomes one memory of significance 2 in the same command', async () => {
		const { said, state } = await aTurn();
		const eventId = said(plan).eventIds[0] ?? NOBODY;
		said({ effect: 'start', eventId });
		expect(said({ effect: 'complete', eventId }, { effect: 'complete', eventId })).toMatchObject({
			events: 3
		});
		const completedAt = state().events[0]?.completedAt;
		said({ effect: 'complete', eventId });
		expect(state().memories).toMatchObject([{ text: 'the feast', significance: 2, source: eventId }]);
		expect(state().events).toMatchObject([{ status: 'completed', completedAt }]);
		expect(state().steps).toEqual([
			{ eventId, before: 'planned', after: 'active' },
			{ eventId, before: 'active', after: 'completed' }
		]);
	});

	test.each(['complete', 'cancel', 'expire'] as const)(
		'after a %s leave the status alone; only a person takes it back',
		async (last) => {
			const { chatId, said, state, on } = await aTurn();
			const eventId = said(plan).eventIds[0] ?? NOBODY;
			said({ effect: last, eventId });
			const after = state();
			for (const effect of ['start', 'complete', 'cancel', 'expire'] as const) said({ effect, eventId });
			expect(state()).toEqual(after);
			expect(on.dispatch('revert_event', { chatId, eventId })).toMatchObject({ ok: true });
			expect(state().events).toMatchObject([{ status: 'planned' }]);
		}
	);

	test('of story events that are not there are dropped', async () => {
		const { said } = await aTurn();
		expect(said({ effect: 'start', eventId: NOBODY })).toMatchObject({ events: 0 });
	});

	test('whose subject is gone fold to nothing, whatever the kind', async () => {
		const { at, chatId, state } = await aTurn();
		const before = state();
		const stream = chatStream(chatId);
		const projector = createProjector(at.sql, effectsVocabulary.events, effectsVocabulary.tables);
		const subjects = {
			memory_pinned: { memoryId: NOBODY, pinned: true },
			memory_forgotten: { memoryId: NOBODY },
			event_started: { eventId: NOBODY },
			event_completed: { eventId: NOBODY },
			event_cancelled: { eventId: NOBODY },
			event_expired: { eventId: NOBODY },
			event_status_reverted: { eventId: NOBODY, priorStatus: 'planned' }
		};
		for (const [i, [name, payload]] of Object.entries(subjects).entries()) {
			const kind = effectEvents.find((one) => one.kind === name);
			if (kind === undefined) throw new Error(name);
			const event = {
				seq: 100 + i,
				stream,
				streamSeq: 100 + i,
				anchor: null,
				cause: null,
				at: 0,
				payload
			};
			projector.fold(kind, event);
			const about = kind.about(event);
			expect(about && at.sql.all(about), name).toEqual([]);
		}
		expect(state()).toEqual(before);
	});
});

describe('the tables', () => {
	test.each(effectTables.map((table) => [table.name] as const))(
		'%s is strict, keyed by its stream first, and unique in nothing else',
		async (name) => {
			const { at } = await aTurn();
			const ask = (text: string) => at.sql.all({ text, values: [name] });
			expect(ask('select strict, wr from pragma_table_list where name = ?')).toEqual([{ strict: 1, wr: 1 }]);
			expect(ask('select name from pragma_table_info(?) where pk = 1')).toEqual([{ name: 'stream' }]);
			expect(ask(`select count(*) as n from pragma_index_list(?) where "unique" and origin <> 'pk'`)).toEqual(
				[{ n: 0 }]
			);
		}
	);
});

describe('a turn of twelve events', () => {
	test('is two turns and ten effects of the reply, in about 3 KB on average', async () => {
		const { at, chatId, botId, on } = await aTurn();
		const before = at.events();
		expect(on.dispatch('play_turns', { chatId, from: 0, count: 2 })).toMatchObject({ ok: true });
		expect(on.dispatch('play_turns', { chatId, from: 2 })).toMatchObject({ ok: true });
		const rows = readLog(at.sql, before, 100);
		expect(rows).toHaveLength(36);
		const { events, replyId, userTurnId } = turnOf12Events(5, {
			chatId,
			hostId: botId,
			openEvent: null,
			newId: steadyWorld().newId
		});
		expect(events.map(({ anchor, cause }) => [anchor, cause])).toEqual([
			[userTurnId, null],
			[replyId, userTurnId],
			...Array<unknown>(10).fill([replyId, replyId])
		]);
		const turn = rows.slice(24);
		const count = (kind: string) => turn.filter((row) => row.kind === kind).length;
		expect(
			['memory_written', 'edge_update', 'doing_changed', 'event_planned', 'event_started'].map(count)
		).toEqual([2, 3, 3, 1, 1]);
		expect(on.state(chatId).events.map(({ status }) => status)).toEqual([
			'active',
			'planned',
			'active',
			'planned'
		]);
		on.dispatch('play_turns', { chatId, from: 3 });
		const bytes = readLog(at.sql, before, 100).reduce((sum, { payload }) => sum + payload.length, 0);
		expect(bytes / 4).toBeGreaterThan(2800);
		expect(bytes / 4).toBeLessThan(3200);
	});
});

/** Every row of every projection. */
const dump = (db: Sql): unknown =>
	effectsVocabulary.tables
		.filter(({ role }) => role === 'projection')
		.map(({ name }) => [
			name,
			db
				.all({ text: `select * from ${name}`, values: [] })
				.map((row) => JSON.stringify(row))
				.sort()
		]);

test(
	'after random effects live equals replay, and every kind occurred',
	async () => {
		const sqlite = await loadSqlite();
		const count = new Map<string, number>(effectEvents.map(({ kind }) => [kind, 0]));
		const step = fc.record({
			chat: fc.nat(1),
			turn: fc.nat(20),
			what: fc.oneof({ weight: 2, arbitrary: effects }, { weight: 1, arbitrary: hands })
		});
		fc.assert(
			fc.property(fc.array(step, { minLength: 10, maxLength: 25, size: 'max' }), (steps) => {
				const db = connect(sqlite, ':memory:', '');
				try {
					const at = play(db, { vocabulary: effectsVocabulary });
					const { botId, chatId } = aChat(at);
					const chats = [chatId, at.done('create_chat', { botId }).chatId];
					const turns = new Map(chats.map((chat) => [chat, [anExchange(at, chat, 'a', 'b').replyId]]));
					const on = effectsOn(at);
					for (const { chat, turn, what } of steps) {
						const into = chats[chat] ?? chatId;
						const there = turns.get(into) ?? [];
						if (turn % 4 === 0) there.push(anExchange(at, into, 'c', 'd').replyId);
						if ('hand' in what) on.byHand(into, what);
						else on.apply(into, there[turn % there.length] ?? idNumber(1), what);
					}
					for (const { kind } of readLog(db, 0, 10_000)) count.set(kind, (count.get(kind) ?? 0) + 1);
					const live = dump(db);
					at.app.rebuild();
					expect(dump(db)).toEqual(live);
				} finally {
					db.close();
				}
			}),
			{ numRuns: 200, seed: 3 }
		);
		expect([...count].filter(([, n]) => n < 100)).toEqual([]);
	},
	5 * 60_000
);
