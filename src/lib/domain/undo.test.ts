// Whatever is taken back, by whichever rung: the state is that of the events that remain, and nothing else has moved.
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSqlite } from '#lib/worker/storage/engine.ts';
import { connect } from '#lib/worker/storage/sqlite.ts';
import { effectsVocabulary } from '#tests/support/effects.ts';
import { effects, effectsOn, type EffectSeed } from '#tests/support/effects-random.ts';
import { play, type Given } from '#tests/support/given.ts';
import { playHistory, playStep, step, type Step } from '#tests/support/histories.ts';
import { brokenIndexes, dump, foldedTables, replayed } from '#tests/support/state.ts';
import { commandLog, eventLog, recoveryCopy, recoveryEvent, streamHead, undoLog } from './kernel/log.ts';
import type { Rung } from './kernel/log-change.ts';
import { sql, type Sql } from './kernel/sql.ts';
import { chatStream } from './streams.ts';

// a twentieth of the histories of history.test.ts: each is played twice and taken apart at its end
const HISTORIES = Math.ceil(Number(process.env['STET_HISTORIES'] ?? 2000) / 20);

let sqlite: Awaited<ReturnType<typeof loadSqlite>>;
beforeAll(async () => {
	sqlite = await loadSqlite();
});

const FOLDED = [...foldedTables(effectsVocabulary).map(({ name }) => name), streamHead.name];
const STORY = [eventLog.name, ...FOLDED];

/** A step of the product, or what is noticed in some turn, however late. */
type Any =
	| { readonly is: 'step'; readonly step: Step }
	| {
			readonly is: 'effects';
			readonly one: number;
			readonly other: number;
			readonly seeds: readonly EffectSeed[];
	  };

const QUIET = {
	author_bot: 1,
	retire_bot: 0,
	author_you: 0,
	retire_you: 0,
	create_chat: 1,
	save_composer: 0
};

const anyStep: fc.Arbitrary<Any> = fc.oneof(
	{
		weight: 6,
		arbitrary: step({
			...QUIET,
			rewind: 6,
			restore_copy: 8,
			undo_last: 8,
			delete_turn: 5,
			take_turn: 14
		}).map((one) => ({ is: 'step' as const, step: one }))
	},
	{
		weight: 3,
		arbitrary: fc.record({
			is: fc.constant('effects' as const),
			one: fc.nat(1000),
			other: fc.nat(1000),
			seeds: effects
		})
	}
);

const anyHistory = fc.array(anyStep, { minLength: 8, maxLength: 28, size: 'max' });

/** What makes runs unfit: one is gone, torn, spoilt, or of other tables. */
const DAMAGES = ['lost', 'cut short', 'a bit flipped', 'stale'] as const;
type Damage = (typeof DAMAGES)[number];

const damage = (db: Sql, how: Damage, n: number): void => {
	const runs = db.all(sql`select first_seq as seq, changeset from ${undoLog} order by first_seq`);
	const run = runs[n % Math.max(1, runs.length)];
	if (run === undefined) return;
	const seq = Number(run['seq']);
	const bytes = run['changeset'];
	if (how === 'lost') db.run(sql`delete from ${undoLog} where first_seq = ${seq}`);
	else if (how === 'stale') db.run(sql`update ${undoLog} set schema = 'another' where first_seq = ${seq}`);
	else if (bytes instanceof Uint8Array) {
		const spoilt = how === 'cut short' ? bytes.slice(0, bytes.length >> 1) : Uint8Array.from(bytes);
		if (how === 'a bit flipped')
			spoilt[n % spoilt.length] = (spoilt[n % spoilt.length] ?? 0) ^ (1 << (n % 8));
		db.run(sql`update ${undoLog} set changeset = ${spoilt} where first_seq = ${seq}`);
	}
};

interface Way {
	readonly ladder: readonly Rung[];
	readonly damages: boolean;
}
const WHOLE: Way = { ladder: ['undo', 'replay_stream', 'replay_all'], damages: false };
const OTHER_WAYS: readonly Way[] = [
	{ ladder: ['undo', 'replay_stream', 'replay_all'], damages: true },
	{ ladder: ['replay_stream', 'replay_all'], damages: false },
	{ ladder: ['replay_all'], damages: false }
];

/** Which rungs were used, over all histories. */
type Rungs = Record<Rung, number>;

/** A row of the log, by column. */
type Row = Readonly<Record<string, unknown>>;

const logOf = (db: Sql, stream: string): Row[] =>
	db.all(sql`select * from ${eventLog} where stream = ${stream} order by seq`);

const OWN_TO_CHAT = ['chat_renamed', 'chat_archived'];

/** The log of a chat as a branch repeats it: places are counted anew, and of what begins it only the kind is the same. */
const likeABranch = (all: readonly Row[]): unknown[] => {
	// a branch has its own title, and is put away by itself
	const rows = all.filter((row) => !OWN_TO_CHAT.includes(String(row['kind'])));
	const place = new Map(rows.map((row, i) => [row['seq'], i]));
	return rows.map((row, i) => [
		row['kind'],
		row['anchor'],
		row['cause'],
		row['opens_turn'],
		i === 0 ? null : row['payload'],
		i === 0 ? null : row['at'],
		row['superseded_by'] === null ? null : (place.get(row['superseded_by']) ?? 0)
	]);
};

/** Plays a history and checks what must hold after every step. `before` holds the logs copies were cut from. */
const playAny = (db: Sql, way: Way, steps: readonly Any[], rungs: Rungs) => {
	const before = new Map<string, Row[]>();
	const world = play(db, { vocabulary: effectsVocabulary, ladder: way.ladder });
	const at: Given = {
		...world,
		dispatch: (name, input, tab) => {
			const cuts = name === 'rewind' || name === 'delete_chat' ? String((input as Row)['chatId']) : null;
			const log = cuts === null ? [] : logOf(db, chatStream(cuts));
			const result = world.dispatch(name, input, tab);
			const value = (result.ok ? result.value : {}) as Row;
			if (cuts !== null && typeof value['copyId'] === 'string') before.set(value['copyId'], log);
			const rung = value['rung'];
			if (typeof rung === 'string') rungs[rung as Rung] += 1;
			return result;
		}
	};
	const made = playHistory(at, []);
	const on = effectsOn(at);
	for (const any of steps) {
		const n = any.is === 'step' ? any.step.other : any.one;
		if (way.damages && n % 3 === 0) damage(db, DAMAGES[n % DAMAGES.length] ?? 'lost', n);
		const streams = () => new Set(at.changes.flatMap((change) => change.streams));
		const looked = n % 5 === 0;
		const others = looked ? dump(db, [...STORY, undoLog.name]) : {};
		at.changes.length = 0;
		if (any.is === 'step') playStep(at, made, any.step);
		else {
			const chatId = made.chats[any.one % made.chats.length] ?? '';
			sayOfSomeTurn(at, on, chatId, any);
		}
		expect(strayEffects(db), 'effects that count, of turns that do not').toEqual([]);
		if (!looked) continue;
		same(dump(db, FOLDED), replayed(db, effectsVocabulary), 'a replay differs');
		same(brokenIndexes(db, effectsVocabulary), [], 'an index does not hold the words of its rows');
		const moved = streams();
		const apart = (tables: Record<string, string[]>) =>
			Object.entries(tables).map(([name, rows]) => [
				name,
				// the last rung forgets all runs
				name === undoLog.name && way.ladder.length === 1
					? []
					: rows.filter((row) => !moved.has(String((JSON.parse(row) as Row)['stream'])))
			]);
		same(apart(dump(db, [...STORY, undoLog.name])), apart(others), 'another stream has changed');
	}
	return { at, made, before };
};

/** What a classifier says of a turn of the chat, live or set aside or cut out: of those it is refused, and not a row is written. */
const sayOfSomeTurn = (
	at: Given,
	on: ReturnType<typeof effectsOn>,
	chatId: string,
	{ other, seeds }: Extract<Any, { is: 'effects' }>
): void => {
	const db = at.sql;
	const stream = chatStream(chatId);
	const turns = db.all(
		sql`select anchor as id, superseded_by is null as live from ${eventLog} where stream = ${stream} and opens_turn = 1
			union all select anchor as id, 0 as live from ${recoveryEvent} where stream = ${stream} and opens_turn = 1`
	);
	const turn = turns[other % Math.max(1, turns.length)];
	if (turn === undefined) return;
	const state = () => dump(db, [...STORY, commandLog.name]);
	const before = turn['live'] === 1 ? null : state();
	const result = on.apply(chatId, String(turn['id']), seeds);
	if (before === null || (result.ok && result.value.events === 0)) return;
	// of a chat that was deleted not even who is in it is known
	const isHere = at.ask('chat', { chatId }) !== null;
	expect(result).toMatchObject({ ok: false, error: { type: isHere ? 'turn_gone' : 'chat_unknown' } });
	expect(state(), 'an effect of a turn that is gone').toEqual(before);
};

/** Equality as `toEqual` has it, but quick where nothing differs, as nearly always. */
const same = (now: unknown, then: unknown, what: string): void => {
	if (JSON.stringify(now) !== JSON.stringify(then)) expect(now, what).toStrictEqual(then);
};

const strayEffects = (db: Sql): unknown[] =>
	db.all(
		sql`select e.kind, e.anchor from ${eventLog} e where e.superseded_by is null and e.opens_turn = 0 and e.cause = e.anchor
			and not exists (select 1 from ${eventLog} t where t.stream = e.stream and t.anchor = e.anchor
				and t.opens_turn = 1 and t.superseded_by is null)`
	);

/** What a rewind has to leave, found by reading all of the story in its order and not as the engine does. */
const staysAt = (rows: readonly Row[], turnId: string): Row[] => {
	const turns = rows.filter((row) => row['opens_turn'] === 1);
	const of = (id: unknown) => turns.find((row) => row['anchor'] === id);
	const groupOf = (turn: Row): unknown => turn['cause'] ?? turn['anchor'];
	const beganAt = (turn: Row): number => Number(of(groupOf(turn))?.['seq']);
	const to = of(turnId);
	if (to === undefined) throw new Error('the turn is not in the log');
	const stays = (turn: Row): boolean => {
		if (beganAt(turn) !== beganAt(to)) return beganAt(turn) < beganAt(to);
		if (turn === to || turn === of(groupOf(to))) return true;
		// of what answers the same: the other replies stay with the one that took their place
		return (
			to['cause'] !== null && (turn['superseded_by'] !== null || Number(turn['seq']) < Number(to['seq']))
		);
	};
	return rows.filter((row) => {
		const turn = row['anchor'] === null ? undefined : of(row['anchor']);
		return turn === undefined || stays(turn);
	});
};

/** Takes a played history apart: what is rewound, deleted, branched or restored must come out exactly. */
const takeApart = (db: Sql, { at, made, before }: ReturnType<typeof playAny>, n: number): void => {
	const alive = (chatId: string) => at.ask('chat', { chatId });
	for (const chatId of made.chats.filter(alive).slice(-3)) {
		const stream = chatStream(chatId);
		const job = alive(chatId)?.reply?.jobId;
		if (job !== undefined) at.done('drop_reply', { jobId: job });
		const turns = db.all(sql`select turn_id as id from turns where stream = ${stream} order by position`);
		if (turns.length === 0) continue;
		const turnId = String(turns[n % turns.length]?.['id']);

		const tried = dump(db, STORY);
		const again = at.dispatch('regenerate', { chatId, turnId, connectionId: 'demo' });
		if (again.ok) {
			const { jobId } = again.value;
			at.done('save_draft', { jobId, text: 'Half' });
			if (n % 2 === 0) at.done('fail_reply', { jobId, text: 'Half', failure: { type: 'offline' } });
			at.done('drop_reply', { jobId });
			same(dump(db, STORY), tried, 'a reply that never was changed something');
		}

		rewound(db, at, chatId, turnId, n);

		const whole = dump(db, STORY);
		const { copyId } = at.done('delete_chat', { chatId });
		expect(dump(db, STORY, stream)).toEqual(Object.fromEntries(STORY.map((name) => [name, []])));
		if (n % 2 === 0) at.done('restore_copy', { copyId });
		else at.done('undo_last', { tab: 'tab-1' });
		same(dump(db, STORY), whole, 'a chat deleted and brought back differs');
	}
	for (const [copyId, log] of before) comesBack(db, at, copyId, log);
	same(dump(db, FOLDED), replayed(db, effectsVocabulary), 'a replay differs');
};

const rewound = (db: Sql, at: Given, chatId: string, turnId: string, n: number): void => {
	const stream = chatStream(chatId);
	const log = logOf(db, stream);
	const stay = staysAt(log, turnId);
	const all = dump(db, STORY);
	const plan = at.ask('plan', { chatId, turnId, what: 'rewind' });
	same(dump(db, STORY), all, 'a plan changed something');

	const { chatId: branchId } = at.done('branch', { chatId, turnId });
	expect(likeABranch(logOf(db, chatStream(branchId)))).toEqual(likeABranch(stay));
	const branched = normal(dump(db, FOLDED, chatStream(branchId)), logOf(db, chatStream(branchId)));
	at.done('undo_last', { tab: 'tab-1' });
	same(dump(db, STORY), all, 'a branch undone left something');

	const result = at.dispatch('rewind', { chatId, turnId, basedOn: plan?.basedOn ?? null });
	if (!result.ok) {
		expect([result.error.type, stay.length]).toEqual(['nothing_to_rewind', log.length]);
		expect(plan?.gone).toEqual([]);
		return;
	}
	expect(logOf(db, stream), 'a rewind left other events than it should').toEqual(stay);
	const counted = (plan?.gone ?? []).map((kind) => kind.live + kind.superseded + kind.orphaned);
	expect(counted.reduce((sum, count) => sum + count, 0)).toBe(log.length - stay.length);
	expect(result.value.events).toBe(log.length - stay.length);
	same(dump(db, FOLDED), replayed(db, effectsVocabulary), 'a replay differs after a rewind');
	expect(normal(dump(db, FOLDED, stream), stay)).toEqual(branched);
	if (n % 2 === 0) at.done('restore_copy', { copyId: result.value.copyId, as: 'restore' });
	else at.done('undo_last', { tab: 'tab-1' });
	same(dump(db, STORY), all, 'a rewind undone differs');
};

/** Rows of one stream as they would be in any other: positions counted anew, names of the chat left out. */
const normal = (tables: Record<string, string[]>, log: readonly Row[]): unknown => {
	const told = log.filter((row) => !OWN_TO_CHAT.includes(String(row['kind'])));
	const place = new Map(told.map((row, i) => [row['stream_seq'], i]));
	return Object.entries(tables).map(([name, rows]) => [
		name,
		name === streamHead.name
			? rows.length
			: rows.map((json) => {
					const {
						stream: _,
						chat_id: __,
						title: ___,
						created_at: ____,
						archived: _____,
						memory_seq: ______,
						...row
					} = JSON.parse(json) as Row;
					for (const key of ['position', 'since', 'text_at', 'raw_at', 'reverted_at', 'guest_since'])
						if (key in row) Object.assign(row, { [key]: place.get(row[key]) });
					return row;
				})
	]);
};

/** What was cut is the story again as it was, unless a part of that was deleted for good. */
const comesBack = (db: Sql, at: Given, copyId: string, log: readonly Row[]): void => {
	const listed = at.ask('recovery', {}).find((copy) => copy.copyId === copyId);
	if (listed === undefined) return;
	const isThere = ({ event_id: id }: Row) =>
		db.all(
			sql`select 1 from ${eventLog} where event_id = ${String(id)} union all
				select 1 from ${recoveryEvent} where event_id = ${String(id)}`
		).length > 0;
	expect(listed.restore !== 'none', 'a copy can be used when all it needs is there').toBe(log.every(isThere));
	if (listed.restore === 'none') {
		expect(at.refused('restore_copy', { copyId })).toEqual({ type: 'copy_incomplete', copyId });
		return;
	}
	const { chatId } = at.done('restore_copy', { copyId, as: 'branch' });
	expect(likeABranch(logOf(db, chatStream(chatId))), 'a branch from a copy differs').toEqual(
		likeABranch(log)
	);
	if (listed.restore !== 'restore') return;
	const stream = chatStream(listed.chatId);
	const job = at.ask('chat', { chatId: listed.chatId })?.reply?.jobId;
	if (job !== undefined) at.done('drop_reply', { jobId: job });
	at.done('restore_copy', { copyId, as: 'restore' });
	const now = new Map(logOf(db, stream).map((row) => [row['seq'], row]));
	expect(
		log.map((row) => now.get(row['seq'])),
		'what a copy was cut from is not as it was'
	).toEqual(log);
};

const withDatabase = <T>(work: (db: Sql) => T): T => {
	const db = connect(sqlite, ':memory:', '');
	try {
		return work(db);
	} finally {
		db.close();
	}
};

describe('[I1] [I8] [I9] taking back', () => {
	test(
		`after ${String(HISTORIES)} random histories is exact, whatever the rung, and moves nothing else`,
		() => {
			const rungs: Rungs = { undo: 0, replay_stream: 0, replay_all: 0 };
			const none: Rungs = { undo: 0, replay_stream: 0, replay_all: 0 };
			fc.assert(
				fc.property(anyHistory, fc.nat(1000), (steps, n) => {
					const compared = [eventLog, recoveryCopy, recoveryEvent].map(({ name }) => name);
					const way = OTHER_WAYS[n % OTHER_WAYS.length] ?? WHOLE;
					const first = withDatabase((db) => {
						const played = playAny(db, WHOLE, steps, rungs);
						const state = dump(db, [...compared, ...FOLDED]);
						takeApart(db, played, n);
						return state;
					});
					const second = withDatabase((db) => {
						const played = playAny(db, way, steps, none);
						const state = dump(db, [...compared, ...FOLDED]);
						if (n % 4 === 0) takeApart(db, played, n);
						return state;
					});
					expect(second, `the rungs ${way.ladder.join(', ')} give another state`).toEqual(first);
				}),
				{ numRuns: HISTORIES }
			);
			// of what is at most a few hundred events old, nearly all is taken back by its changesets
			expect(rungs.undo).toBeGreaterThanOrEqual(9 * (rungs.replay_stream + rungs.replay_all));
			expect(none.replay_stream * none.replay_all).toBeGreaterThan(0);
		},
		20 * 60_000
	);
});
