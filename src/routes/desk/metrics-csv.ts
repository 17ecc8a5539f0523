// The numbers of the desk as a table to take away: one line for each episode, in seconds and ISO dates.
import type { Queries } from '#lib/domain/vocabulary.ts';

type Episode = Queries['desk_metrics']['answer']['episodes'][number];

/** In the order of the columns. */
export const COLUMNS = [
	'handoff',
	'episode',
	'raised',
	'pickUp',
	'firstAction',
	'resolve',
	'held',
	'slept',
	'owners',
	'returned',
	'reopened',
	'ready'
] as const;

const seconds = (ms: number | null): string => (ms === null ? '' : String(Math.round(ms / 1000)));
const yes = (value: boolean | null): string => (value === null ? '' : value ? '1' : '0');
/** Quoted where it has to be; what a spreadsheet would calculate is made text. */
const cell = (value: string): string => {
	const safe = /^[=+\-@]/.test(value) ? `'${value}` : value;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** `headings`: what each column is called. */
export const csvOf = (
	episodes: readonly Episode[],
	headings: Readonly<Record<(typeof COLUMNS)[number], string>>
): string =>
	[
		COLUMNS.map((column) => headings[column]),
		...episodes.map((each) => [
			each.handoffId,
			String(each.episode),
			new Date(each.raisedAt).toISOString(),
			seconds(each.pickUpMs),
			seconds(each.firstActionMs),
			seconds(each.resolveMs),
			seconds(each.heldMs),
			seconds(each.sleptMs),
			String(each.owners),
			yes(each.returned),
			yes(each.reopened),
			yes(each.readyAtPickUp)
		])
	]
		.map((line) => `${line.map(cell).join(',')}\r\n`)
		.join('');
