// The numbers of the desk as tables to take away, in seconds and ISO dates: a line for each episode, and one for each moment
// at which the queue was looked at.
import type { Queries } from '#lib/domain/vocabulary.ts';

type Told = Queries['desk_metrics']['answer'];
type Episode = Told['episodes'][number];

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
	'ready',
	'overdue',
	'assessed',
	'edited',
	'startedHere'
] as const;

const seconds = (ms: number | null): string => (ms === null ? '' : String(Math.round(ms / 1000)));
const yes = (value: boolean | null): string => (value === null ? '' : value ? '1' : '0');
/** Quoted where it has to be; what a spreadsheet would calculate is made text. */
const cell = (value: string): string => {
	const safe = /^[=+\-@]/.test(value) ? `'${value}` : value;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const table = (lines: readonly (readonly string[])[]): string =>
	lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('');

/** `headings`: what each column is called. */
export const csvOf = (
	episodes: readonly Episode[],
	headings: Readonly<Record<(typeof COLUMNS)[number], string>>
): string =>
	table([
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
			yes(each.readyAtPickUp),
			yes(each.overdue),
			seconds(each.assessedMs),
			yes(each.edited),
			yes(each.startedHere)
		])
	]);

/** How many waited, and how long the oldest had. */
export const depthCsvOf = (
	depth: Told['depth'],
	headings: { readonly at: string; readonly depth: string; readonly oldest: string }
): string =>
	table([
		[headings.at, headings.depth, headings.oldest],
		...depth.map((each) => [new Date(each.at).toISOString(), String(each.depth), seconds(each.oldestMs)])
	]);
