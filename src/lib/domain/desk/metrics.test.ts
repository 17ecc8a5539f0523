// The definitions of the desk's numbers, one by one, on histories written by hand.
import { describe, expect, test } from 'vitest';
import { aCase, aDesk, aHandoff, LATER } from '#tests/support/desk.ts';
import { anExchange, given } from '#tests/support/given.ts';
import { depthAt, episodesOf, quantiles, shareOf, type Happened, type History } from './metrics.ts';

const DAY = 86_400_000;

/** `at kind actor extra`: one line for each event of a first episode, unless it says otherwise. */
const history = (
	events: readonly (readonly [at: number, kind: string, actor?: string, more?: Partial<Happened>])[],
	turnsAt: readonly number[] = []
): History => ({
	handoffId: 'h',
	turnsAt,
	events: events.map(([at, kind, actorId = 'ada', more = {}]) => ({
		kind: `handoff_${kind}`,
		episode: 1,
		actorId,
		role: 'engineer',
		at,
		void: false,
		...more
	}))
});

const only = (of: History, now = 1000) => {
	const [episode] = episodesOf(of, now);
	if (episode === undefined) throw new Error('there is no episode');
	return episode;
};

test('a duration is null until both of its ends exist', () => {
	expect(only(history([[10, 'raised']]))).toMatchObject({
		pickUpMs: null,
		firstActionMs: null,
		resolveMs: null,
		heldMs: 0,
		reopened: null,
		readyAtPickUp: null
	});
});

test('time to pick up is from the raise to the first claim; time it slept is told beside it, and not taken off', () => {
	const slept = history([
		[10, 'raised'],
		[20, 'snoozed'],
		[50, 'noted', 'mem'],
		[70, 'claimed'],
		[80, 'returned', 'ada', { reason: 'no_time' }],
		[200, 'claimed', 'bo']
	]);
	expect(only(slept)).toMatchObject({ pickUpMs: 60, sleptMs: 30, owners: 2, returned: true });
});

test('being given one is a pick-up by whom it is given to', () => {
	const assigned = history([
		[10, 'raised'],
		[30, 'reassigned', 'cleo', { toId: 'bo' }],
		[40, 'noted', 'bo']
	]);
	expect(only(assigned)).toMatchObject({ pickUpMs: 20, firstActionMs: 10, owners: 1 });
});

describe('time to first action', () => {
	test('is to the first note of an owner after the claim, or word in the chat', () => {
		const worked = (turnsAt: number[]) =>
			only(
				history(
					[
						[10, 'raised'],
						[20, 'noted', 'ada'],
						[30, 'claimed', 'ada'],
						[40, 'noted', 'bo'],
						[90, 'noted', 'ada']
					],
					turnsAt
				)
			).firstActionMs;
		expect(worked([])).toBe(60);
		expect(worked([15, 70])).toBe(40);
	});

	test('is null when it was let go before anything was done', () => {
		const idle = history(
			[
				[10, 'raised'],
				[30, 'claimed'],
				[40, 'returned'],
				[50, 'noted']
			],
			[60]
		);
		expect(only(idle).firstActionMs).toBeNull();
	});
});

test('time to resolve is to the last resolution of the episode; held is what somebody had it', () => {
	const both = history([
		[0, 'raised'],
		[100, 'claimed'],
		[150, 'returned', 'ada', { reason: 'no_time' }],
		[300, 'claimed', 'bo'],
		[350, 'taken_over', 'ada'],
		[500, 'resolved', 'ada']
	]);
	expect(only(both)).toMatchObject({ resolveMs: 500, heldMs: 250, owners: 2 });
});

test('a pick-up that was taken back at once was none, nor is waking a return', () => {
	const slipped = history([
		[0, 'raised'],
		[10, 'claimed'],
		[12, 'returned', 'ada', { reason: 'undo' }],
		[20, 'snoozed'],
		[40, 'returned', 'ada', { reason: 'woken' }],
		[90, 'claimed', 'bo']
	]);
	expect(only(slipped)).toMatchObject({ pickUpMs: 90, returned: false, owners: 1, sleptMs: 20 });
});

test('what was void happened to nobody', () => {
	const raced = history([
		[0, 'raised'],
		[10, 'claimed'],
		[5, 'claimed', 'bo', { void: true }],
		[11, 'resolved', 'bo', { void: true }]
	]);
	expect(only(raced)).toMatchObject({ pickUpMs: 10, owners: 1, resolveMs: null });
});

test('episodes are counted apart, and a reopening within seven days counts against the one before', () => {
	const twice = (later: number) =>
		episodesOf(
			history([
				[0, 'raised'],
				[10, 'claimed'],
				[20, 'resolved'],
				[20 + later, 'reopened', 'bo', { episode: 2 }],
				[30 + later, 'claimed', 'bo', { episode: 2 }]
			]),
			100 * DAY
		).map(({ pickUpMs, resolveMs, reopened }) => [pickUpMs, resolveMs, reopened]);
	expect(twice(DAY)).toEqual([
		[10, 20, true],
		[10, null, null]
	]);
	expect(twice(8 * DAY)[0]).toEqual([10, 20, false]);
});

test('an assessment was ready at pick-up when it came before', () => {
	const before = history([
		[0, 'raised'],
		[5, 'assessed'],
		[10, 'claimed']
	]);
	const after = history([
		[0, 'raised'],
		[10, 'claimed'],
		[15, 'assessed']
	]);
	expect([only(before).readyAtPickUp, only(after).readyAtPickUp]).toEqual([true, false]);
});

test('the middle and the ninetieth are by nearest rank, of what was measured', () => {
	expect(quantiles([])).toEqual({ n: 0, p50: null, p90: null });
	expect(quantiles([null, 7])).toEqual({ n: 1, p50: 7, p90: 7 });
	expect(quantiles([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).toEqual({ n: 10, p50: 5, p90: 9 });
	expect(shareOf([], () => true)).toBeNull();
});

test('depth is who waits at a moment, and the oldest has waited since it came or came back', () => {
	const one = history([
		[0, 'raised'],
		[10, 'claimed'],
		[20, 'returned', 'ada', { reason: 'no_time' }],
		[40, 'claimed']
	]);
	const two = history([[5, 'raised']]);
	const at = (moment: number) => {
		const { depth, oldestMs } = depthAt([one, two], moment);
		return [depth, oldestMs];
	};
	expect([at(-1), at(7), at(15), at(30), at(50)]).toEqual([
		[0, null],
		[2, 7],
		[1, 10],
		[2, 25],
		[1, 45]
	]);
});

test('over a real log: rates of what was raised, returned, reopened, and of cases that were closed', async () => {
	const at = await given();
	const desk = aDesk(at);
	const chats = [1, 2, 3, 4].map(() => aCase(at, desk.mem));
	const [one = '', two = ''] = chats;
	const first = aHandoff(at, desk, one).handoffId;
	const second = aHandoff(at, desk, two).handoffId;
	at.done('claim_handoff', { actor: desk.ada, handoffId: first });
	anExchange(at, one, 'Looking into it.', 'Good.');
	at.done('return_handoff', { actor: desk.ada, handoffId: first, reason: 'not_mine' });
	at.done('claim_handoff', { actor: desk.bo, handoffId: second });
	at.done('resolve_handoff', { actor: desk.bo, handoffId: second });
	at.done('reopen_handoff', { actor: desk.bo, handoffId: second });
	for (const chatId of chats.slice(1)) at.done('resolve_case', { actor: desk.mem, chatId });
	const told = at.ask('desk_metrics', { from: 0, to: LATER });
	expect(told).toMatchObject({
		raised: 3,
		pickUp: { n: 2 },
		firstAction: { n: 1 },
		resolve: { n: 1 },
		returnRate: 1 / 3,
		reopenRate: 1,
		escalationRate: 1 / 3,
		claimConflictRate: 0,
		assessmentReadyRate: 0,
		quotesVerifiedRate: null
	});
	expect(told.depth.at(-1)).toMatchObject({ depth: 2 });
	expect(at.ask('desk_metrics', { from: LATER, to: LATER + DAY })).toMatchObject({
		raised: 0,
		pickUp: { n: 0 }
	});
});
