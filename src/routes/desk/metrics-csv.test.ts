// The table to take away: what a spreadsheet reads, and nothing it would run.
import { expect, it } from 'vitest';
import { COLUMNS, csvOf, depthCsvOf } from './metrics-csv.ts';

const headings = {
	handoff: '=cmd',
	episode: 'a "quoted", heading',
	raised: 'raised',
	pickUp: 'p',
	firstAction: 'f',
	resolve: 'r',
	held: 'h',
	slept: 's',
	owners: 'o',
	returned: 'x',
	reopened: 'y',
	ready: 'z',
	overdue: 'd',
	assessed: 'a',
	edited: 'e',
	startedHere: 't'
};

it('has a line for each episode, empty where nothing was measured', () => {
	const text = csvOf(
		[
			{
				handoffId: 'h1',
				episode: 2,
				raisedAt: 0,
				pickUpMs: 61_400,
				sleptMs: 0,
				firstActionMs: null,
				resolveMs: null,
				heldMs: 5000,
				returned: false,
				owners: 1,
				resolvedAt: null,
				reopened: null,
				readyAtPickUp: true,
				reopening: true,
				overdue: true,
				assessedMs: 9000,
				edited: false,
				startedHere: null
			}
		],
		headings
	);
	const [head = '', line = ''] = text.split('\r\n');
	expect(head.startsWith(`'=cmd,"a ""quoted"", heading",raised`)).toBe(true);
	expect(line).toBe('h1,2,1970-01-01T00:00:00.000Z,61,,,5,0,1,0,,1,1,9,0,');
	expect(line.split(',')).toHaveLength(COLUMNS.length);
});

it('has a line for each moment at which the queue was looked at', () => {
	const depth = [
		{ at: 0, depth: 0, oldestMs: null },
		{ at: 1000, depth: 2, oldestMs: 61_400 }
	];
	expect(depthCsvOf(depth, { at: 'at', depth: 'n', oldest: 'o' })).toBe(
		'at,n,o\r\n1970-01-01T00:00:00.000Z,0,\r\n1970-01-01T00:00:01.000Z,2,61\r\n'
	);
});
