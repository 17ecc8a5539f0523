// The table to take away: what a spreadsheet reads, and nothing it would run.
import { expect, it } from 'vitest';
import { COLUMNS, csvOf } from './metrics-csv.ts';

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
	ready: 'z'
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
				readyAtPickUp: true
			}
		],
		headings
	);
	const [head = '', line = ''] = text.split('\r\n');
	expect(head.startsWith(`'=cmd,"a ""quoted"", heading",raised`)).toBe(true);
	expect(line).toBe('h1,2,1970-01-01T00:00:00.000Z,61,,,5,0,1,0,,1');
	expect(line.split(',')).toHaveLength(COLUMNS.length);
});
