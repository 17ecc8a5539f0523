// The whole crash sweep over storage: every call of every transaction, every fault, both kinds of journal.
import { describe, expect, test } from 'vitest';
import type { Fault } from './file-faults.ts';
import { sweep, type Sweep } from './sweep.ts';
import { TRANSACTIONS } from './transactions.ts';

const seeds = (count: number): `power:${number}`[] =>
	Array.from({ length: count }, (_, seed) => `power:${seed}` as const);

const FAULTS: readonly Fault[] = [
	'throw once',
	'throw on',
	'full on',
	'part once',
	'part on',
	'nothing on',
	'gone',
	'torn:1',
	'torn:30',
	'torn:70',
	'torn:99',
	'power',
	...seeds(6)
];

describe.each(['wal', 'delete'] as const)('journal %s', (journal) => {
	// only a log of writes has checkpoints
	const here = TRANSACTIONS.filter(({ command }) => command !== null || journal === 'wal');
	const isPower = (fault: string): boolean => fault.startsWith('power');
	test.each(here.map(({ name, command, arrival }) => [name, command, arrival] as const))(
		'%s, cut off anywhere, has happened or has not, and is kept once it was answered',
		async (transaction, command, arrival) => {
			const swept = await sweep({
				transaction,
				journal,
				// the files of a library that is replaced are closed on the way: a power cut could not be undone in them
				faults: arrival === 'replace' ? FAULTS.filter((fault) => !isPower(fault)) : FAULTS,
				stride: journal === 'wal' ? 1 : 3,
				afterwards: arrival === 'replace' ? [] : ['power', ...seeds(6)]
			});
			expect(swept.bad).toEqual([]);
			expect(swept.before).toBeGreaterThan(0);
			if (command !== null) expect(swept.after).toBeGreaterThan(0);
		}
	);
});

test('the store carries a turn over every fault that passes, and does it once', async () => {
	const swept = await sweep({
		transaction: 'a turn',
		journal: 'wal',
		faults: ['throw once', 'part once'],
		stride: 1,
		carried: true
	});
	expect(swept.bad).toEqual([]);
	expect(swept).toMatchObject({ before: 0, after: swept.runs });
});

describe('the sweep itself', () => {
	const control = (changes: Partial<Sweep>): Promise<{ readonly bad: readonly string[] }> =>
		sweep({ transaction: 'a turn', journal: 'wal', faults: [], stride: 1, ...changes });

	test('finds the lost answer when commits are not flushed', async () => {
		const { bad } = await control({ pragmas: 'pragma synchronous = off', afterwards: ['power'] });
		expect(bad).toEqual(['power after the answer, acknowledged: the answer is lost']);
	});

	test('finds the state between when there is no journal to go back by', async () => {
		const { bad } = await control({
			journal: 'delete',
			pragmas: 'pragma journal_mode = memory',
			faults: ['gone', 'torn:30', ...seeds(3)]
		});
		expect(bad.join('\n')).toMatch(/between|integrity_check|opened:/);
	});
});
