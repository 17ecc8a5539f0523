// The definitions of the desk's numbers, a table for each, on histories written by hand.
import { describe, expect, test } from 'vitest';
import { happened, history, type Said } from '#tests/support/happened.ts';
import {
	conflictRate,
	episodesOf,
	quantiles,
	shareKnown,
	shareOf,
	verifiedRate,
	type Episode,
	type History
} from './metrics.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

const only = (of: History, now = 1000): Episode => {
	const [episode] = episodesOf(of, now);
	if (episode === undefined) throw new Error('there is no episode');
	return episode;
};

test('nothing is measured until both of its ends exist', () => {
	expect(only(history('10 raised'))).toMatchObject({
		pickUpMs: null,
		firstActionMs: null,
		resolveMs: null,
		assessedMs: null,
		heldMs: 0,
		reopened: null,
		readyAtPickUp: null,
		edited: null,
		startedHere: null
	});
});

describe('time to pick up', () => {
	test.each<readonly [string, string, number | null]>([
		['is to the first claim', '10 raised, 70 claimed, 80 returned reason=no_time, 200 claimed bo', 60],
		['counts time it slept', '10 raised, 20 snoozed until=60, 90 claimed', 80],
		['ends when it is given to somebody', '10 raised, 30 reassigned cleo toId=bo', 20],
		['does not end by a slip', '0 raised, 10 claimed, 12 returned reason=undo, 90 claimed bo', 90],
		['does not end by a claim that is void', '0 raised, 10 claimed bo void', null],
		['may be no time at all', '10 raised, 10 claimed, 10 resolved', 0]
	])('%s', (_, lines, ms) => {
		expect(only(history(lines)).pickUpMs).toBe(ms);
	});
});

describe('time asleep', () => {
	test.each<readonly [string, string, number]>([
		['ends by itself', '0 raised, 20 snoozed until=50, 400 claimed', 30],
		['ends by itself though nothing comes after', '0 raised, 20 snoozed until=50', 30],
		['lasts until now while it sleeps', '0 raised, 20 snoozed until=5000', 980],
		['ends when somebody wakes it', '0 raised, 20 snoozed until=500, 60 returned bo reason=woken', 40],
		['ends by a note', '0 raised, 20 snoozed until=500, 50 noted mem', 30],
		['ends by another priority', '0 raised, 20 snoozed until=500, 50 priority_changed priority=1', 30],
		['ends by a claim', '0 raised, 20 snoozed until=500, 70 claimed', 50],
		['is as long as it was put off last', '0 raised, 20 snoozed until=500, 60 snoozed until=100', 80],
		['goes on when a copy is sent', '0 raised, 20 snoozed until=100, 50 sent', 80],
		['goes on when it is assessed', '0 raised, 20 snoozed until=100, 50 assessed, 60 assessment_failed', 80]
	])('%s', (_, lines, ms) => {
		expect(only(history(lines)).sleptMs).toBe(ms);
	});
});

describe('time to first action', () => {
	const picked = '10 raised, 30 claimed';
	test.each<readonly [string, string, readonly Said[], number | null]>([
		['is to the first note of its owner', '10 raised, 30 claimed, 90 noted', [], 60],
		['is to their first word in the chat', '10 raised, 30 claimed, 90 noted', [[70, 'ada']], 40],
		['is not to a note of somebody else', '10 raised, 30 claimed, 40 noted bo', [], null],
		['is not to a word of somebody else', picked, [[70, 'mem']], null],
		['is not to what was said before', '10 raised, 20 noted, 30 claimed', [[15, 'ada']], null],
		[
			'is not to what they said when they had it no more',
			'10 raised, 30 claimed, 40 returned reason=no_time, 50 noted',
			[[60, 'ada']],
			null
		],
		[
			'is not to what the next owner did before they had it',
			'10 raised, 30 claimed, 35 noted bo, 40 reassigned toId=bo',
			[],
			null
		],
		['begins when they were given it', '10 raised, 30 reassigned cleo toId=bo', [[40, 'bo']], 10],
		[
			'begins when somebody had it first',
			'10 raised, 30 claimed, 50 reassigned toId=bo, 60 noted bo',
			[],
			30
		],
		[
			'begins anew where nobody had it between',
			'10 raised, 30 claimed, 40 returned reason=no_time, 100 claimed bo, 110 noted bo',
			[],
			10
		]
	])('%s', (_, lines, said, ms) => {
		expect(only(history(lines, said)).firstActionMs).toBe(ms);
	});
});

describe('time to resolve, and in somebody’s hands', () => {
	test.each<readonly [string, string, number | null, number]>([
		[
			'is to the last resolution; what nobody had is not held',
			'0 raised, 100 claimed, 150 returned reason=no_time, 300 claimed bo, 350 taken_over, 500 resolved',
			500,
			250
		],
		['lasts until now while somebody has it', '0 raised, 100 claimed', null, 900],
		['ends when the AI has it again', '0 raised, 100 claimed, 150 handed_back', null, 50],
		['ends when nobody needs it', '0 raised, 100 claimed, 150 withdrawn mem', null, 50],
		['is not of a resolution that is void', '0 raised, 100 claimed, 150 resolved bo void', null, 900],
		['is nobody’s time of a slip', '0 raised, 10 claimed, 40 returned reason=undo', null, 0]
	])('%s', (_, lines, resolveMs, heldMs) => {
		expect(only(history(lines))).toMatchObject({ resolveMs, heldMs });
	});
});

describe('returns and owners', () => {
	test.each<readonly [string, string, boolean, number]>([
		['one that was returned', '0 raised, 10 claimed, 20 returned reason=no_time', true, 1],
		['a slip is no return', '0 raised, 10 claimed, 12 returned reason=undo', false, 0],
		['waking is no return', '0 raised, 20 snoozed until=500, 40 returned reason=woken', false, 0],
		[
			'each who had it counts once',
			'0 raised, 10 claimed, 20 reassigned toId=bo, 30 taken_over, 40 reassigned toId=cleo',
			false,
			3
		],
		['whoever has what was picked up twice', '0 raised, 10 claimed, 20 pick_up_settled bo hasId=bo', false, 2]
	])('%s', (_, lines, returned, owners) => {
		expect(only(history(lines))).toMatchObject({ returned, owners });
	});
});

describe('reopened', () => {
	test.each([
		['within seven days', 7 * DAY, true],
		['later than that', 8 * DAY, false]
	])('%s', (_, later, reopened) => {
		const [before, after] = episodesOf(
			history(
				`0 raised, 10 claimed, 20 resolved, ${String(20 + later)} reopened bo episode=2, ${String(30 + later)} claimed bo episode=2`
			),
			100 * DAY
		);
		expect(before).toMatchObject({ pickUpMs: 10, resolveMs: 20, reopened, reopening: false });
		expect(after).toMatchObject({ pickUpMs: 10, resolveMs: null, reopened: null, reopening: true });
	});
});

describe('overdue', () => {
	test.each<readonly [string, string, number, boolean]>([
		['when nobody picked it up in time', '0 raised mem priority=1', 16, true],
		['when somebody did, too late', '0 raised mem priority=1, 16 claimed', 60, true],
		['not when it was in time', '0 raised mem priority=1, 15 claimed', 60, false],
		['not while it may still wait', '0 raised mem priority=4', 60, false],
		['not for the time it slept', '0 raised mem priority=1, 1 snoozed until=50, 60 claimed', 60, false],
		['when it woke and waited on', '0 raised mem priority=1, 1 snoozed until=20', 40, true],
		[
			'anew since it was returned',
			'0 raised mem priority=1, 10 claimed, 50 returned reason=no_time, 60 claimed bo',
			90,
			false
		],
		[
			'in spite of a slip',
			'0 raised mem priority=1, 10 claimed, 11 returned reason=undo, 20 claimed',
			90,
			true
		],
		['by the priority it has then', '0 raised mem priority=4, 30 priority_changed priority=1', 31, true],
		['not by one it had no more', '0 raised mem priority=1, 10 priority_changed priority=4', 90, false]
	])('%s', (_, lines, now, overdue) => {
		expect(only(history(lines, [], MINUTE), now * MINUTE).overdue).toBe(overdue);
	});
});

describe('an assessment', () => {
	test.each<readonly [string, string, Partial<Episode>]>([
		[
			'was ready that came before the pick-up',
			'0 raised, 5 assessed mem by=ai, 10 claimed',
			{ readyAtPickUp: true, assessedMs: 5 }
		],
		[
			'was not that came after',
			'0 raised, 10 claimed, 15 assessed mem by=ai',
			{ readyAtPickUp: false, assessedMs: 15 }
		],
		[
			'was edited by its owner',
			'0 raised, 5 assessed mem by=ai, 10 claimed, 20 assessed by=person',
			{ edited: true, assessedMs: 5 }
		],
		[
			'was not by somebody else',
			'0 raised, 5 assessed mem by=ai, 10 claimed, 20 assessed bo by=person',
			{ edited: false }
		],
		[
			'was not before they had it',
			'0 raised, 5 assessed mem by=ai, 8 assessed by=person, 10 claimed',
			{ edited: false }
		],
		['that nobody held is not known to be', '0 raised, 5 assessed mem by=ai', { edited: null }],
		['that none was is not known to be', '0 raised, 10 claimed', { edited: null }]
	])('%s', (_, lines, told) => {
		expect(only(history(lines))).toMatchObject(told);
	});
});

describe('Start here was used', () => {
	const proposed = '0 raised, 5 assessed mem by=ai startHere=Lower_MTU, 10 claimed';
	test.each<readonly [string, string, readonly Said[], boolean | null]>([
		['when its owner said it', proposed, [[20, 'ada', 'Sam, please:\n\nLower_MTU']], true],
		['not when they said something else', proposed, [[20, 'ada', 'Which MTU is it?']], false],
		['not when they said nothing', proposed, [], false],
		['not when somebody else did', proposed, [[20, 'bo', 'Lower_MTU']], false],
		[
			'not when it was proposed only then',
			'0 raised, 10 claimed, 30 assessed mem by=ai startHere=Lower_MTU',
			[[20, 'ada', 'Lower_MTU']],
			false
		],
		[
			'is not known where nothing was proposed',
			'0 raised, 5 assessed mem by=ai startHere=, 10 claimed',
			[[20, 'ada']],
			null
		],
		[
			'is not known where nobody had it',
			'0 raised, 5 assessed mem by=ai startHere=Lower_MTU',
			[[20, 'ada', 'Lower_MTU']],
			null
		]
	])('%s', (_, lines, said, used) => {
		expect(only(history(lines, said)).startedHere).toBe(used);
	});
});

test('quotes that were found are of those a model gave, and not counted again when a person edits', () => {
	const events = [
		{ ...happened('5 assessed mem by=ai'), quotes: { all: 4, found: 3 } },
		{ ...happened('9 assessed ada by=person'), quotes: { all: 4, found: 4 } }
	];
	expect(verifiedRate(events)).toBe(3 / 4);
	expect(verifiedRate([])).toBeNull();
});

test('claims that came too late are a share of all claims', () => {
	const { events } = history('10 claimed, 5 claimed bo void, 11 resolved bo void');
	expect(conflictRate(events)).toBe(1 / 2);
	expect(conflictRate([])).toBeNull();
});

test('the middle and the ninetieth are by nearest rank, of what was measured', () => {
	expect(quantiles([])).toEqual({ n: 0, p50: null, p90: null });
	expect(quantiles([null, 7])).toEqual({ n: 1, p50: 7, p90: 7 });
	expect(quantiles([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).toEqual({ n: 10, p50: 5, p90: 9 });
});

test('a share is of those of whom it is known, and of nobody there is none', () => {
	expect([shareOf([], () => true), shareKnown([null]), shareKnown([true, null, false])]).toEqual([
		null,
		null,
		1 / 2
	]);
});
