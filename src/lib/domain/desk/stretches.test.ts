// Where a hand-off was at a moment: what waits, and since when.
import { describe, expect, test } from 'vitest';
import { history } from '#tests/support/happened.ts';
import { depthAt } from './metrics.ts';
import { stretchesOf } from './stretches.ts';

describe('depth, and how long the oldest has waited', () => {
	test.each<
		readonly [string, string, readonly (readonly [moment: number, depth: number, oldestMs: number | null])[]]
	>([
		[
			'since it was raised',
			'0 raised',
			[
				[-1, 0, null],
				[0, 1, 0],
				[30, 1, 30]
			]
		],
		[
			'not while somebody has it, and anew when it comes back',
			'0 raised, 10 claimed, 20 returned reason=no_time',
			[
				[15, 0, null],
				[30, 1, 10]
			]
		],
		['on, in spite of a slip', '0 raised, 10 claimed, 20 returned reason=undo', [[30, 1, 30]]],
		[
			'not while it sleeps, and since it woke',
			'0 raised, 10 snoozed until=50',
			[
				[30, 0, null],
				[70, 1, 20]
			]
		],
		['since somebody woke it', '0 raised, 10 snoozed until=50, 20 returned bo reason=woken', [[30, 1, 10]]],
		['not when it is over', '0 raised, 10 withdrawn mem', [[30, 0, null]]]
	])('%s', (_, lines, told) => {
		const stretches = stretchesOf(history(lines).events, 1000);
		expect(told.map(([moment]) => depthAt(stretches, moment))).toEqual(
			told.map(([at, depth, oldestMs]) => ({ at, depth, oldestMs }))
		);
	});

	test('are of all that wait', () => {
		const stretches = [history('0 raised, 20 claimed'), history('5 raised')].flatMap(({ events }) =>
			stretchesOf(events, 1000)
		);
		expect([10, 30].map((moment) => depthAt(stretches, moment))).toEqual([
			{ at: 10, depth: 2, oldestMs: 10 },
			{ at: 30, depth: 1, oldestMs: 25 }
		]);
	});
});
