// Histories of hand-offs in one line each, for tests of what they are measured by: `0 raised mem priority=1, 10 claimed`.
import type { History } from '#lib/domain/desk/metrics.ts';
import type { Happened } from '#lib/domain/desk/stretches.ts';

/** When, who, and what. */
export type Said = readonly [at: number, byId: string, text?: string];

const NUMBERS = new Set(['priority', 'until', 'episode']);

/** One event of a line: when, what, by whom (Ada, unless it says otherwise), whether it is void, and what it says besides. */
export const happened = (line: string): Happened => {
	const [at = '', kind = '', ...rest] = line.split(' ');
	const more = rest.filter((word) => word.includes('=')).map((word) => word.split('='));
	const [actorId = 'ada'] = rest.filter((word) => !word.includes('=') && word !== 'void');
	return {
		kind: `handoff_${kind}`,
		episode: 1,
		actorId,
		role: 'engineer',
		at: Number(at),
		void: rest.includes('void'),
		...Object.fromEntries(
			more.map(([key = '', value = '']) => [key, NUMBERS.has(key) ? Number(value) : value])
		)
	};
};

/** A history in one line; `unit`: how long one of its times is. */
export const history = (lines: string, said: readonly Said[] = [], unit = 1): History => ({
	handoffId: 'h',
	said: said.map(([at, byId, text = 'words']) => ({ at, byId, text })),
	events: lines
		.split(', ')
		.map(happened)
		.map(({ at, until, ...event }) => ({
			...event,
			at: at * unit,
			...(until === undefined ? {} : { until: until * unit })
		}))
});
