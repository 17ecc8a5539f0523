// A short walk of the crash sweep; `npm run test:faults` walks all of it.
import { expect, test } from 'vitest';
import { sweep, type Sweep } from '../faults/sweep.ts';

const aTurn: Sweep = { transaction: 'a turn', journal: 'wal', faults: [], stride: 1, afterwards: ['power'] };

test('a turn that is cut off anywhere has happened or has not, and is kept once it was answered', async () => {
	const swept = await sweep({ ...aTurn, faults: ['throw once', 'part on', 'torn:50', 'power'] });
	expect(swept.bad).toEqual([]);
	expect(swept.before).toBeGreaterThan(0);
	expect(swept.after).toBeGreaterThan(0);
	// combined: a commit of many pages is one write
	expect(swept.calls).toEqual({ writes: 1, flushes: 1, truncations: 0 });
}, 120_000);

test('the sweep finds the lost answer when commits are not flushed', async () => {
	const { bad } = await sweep({ ...aTurn, pragmas: 'pragma synchronous = off' });
	expect(bad).toEqual(['power after the answer, acknowledged: the answer is lost']);
}, 120_000);

test.each([
	['a file brought in', 1, ['throw on', 'torn:50', 'power']],
	// its files are closed on the way, which a power cut is not tried with
	['a library replaced', 7, ['throw on', 'torn:50']]
] as const)(
	'%s that is cut off anywhere has happened or has not',
	async (transaction, stride, faults) => {
		const swept = await sweep({ transaction, journal: 'wal', faults, stride });
		expect(swept.bad).toEqual([]);
		expect(swept.before).toBeGreaterThan(0);
	},
	180_000
);
