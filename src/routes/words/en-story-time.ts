// Moments and spans of a story's own time in English.
import { plural } from './en-numbers.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

const twoDigits = (n: number): string => String(n).padStart(2, '0');

/** The day a moment is in, from 1. */
export const dayOf = (minutes: number): number => Math.floor(minutes / DAY) + 1;

/** The hour of a moment, as a clock shows it. */
export const hourOf = (minutes: number): string =>
	`${twoDigits(Math.floor((minutes % DAY) / HOUR))}:${twoDigits(minutes % HOUR)}`;

/** A moment, whole: day and hour. */
export const momentOf = (minutes: number): string =>
	`Day ${dayOf(minutes).toLocaleString('en')}, ${hourOf(minutes)}`;

/** From one moment to another; the day is said when it changes. */
export const fromTo = (from: number, to: number): string =>
	dayOf(from) === dayOf(to) ? `${hourOf(from)} → ${hourOf(to)}` : `${momentOf(from)} → ${momentOf(to)}`;

/** A span, in the two largest units it has. */
export const spanOf = (minutes: number): string => {
	const units = [
		[Math.floor(minutes / DAY), 'day', 'days'],
		[Math.floor((minutes % DAY) / HOUR), 'hour', 'hours'],
		[minutes % HOUR, 'minute', 'minutes']
	] as const;
	const said = units.filter(([n]) => n > 0).slice(0, 2);
	return said.length === 0 ? 'no time' : said.map(([n, one, many]) => plural(n, one, many)).join(' ');
};

/** A span on a line of small print. */
export const shortSpanOf = (minutes: number): string => {
	if (minutes < HOUR) return `${String(minutes)} min`;
	if (minutes < DAY) {
		const rest = minutes % HOUR;
		return `${String(Math.floor(minutes / HOUR))} h${rest === 0 ? '' : ` ${String(rest)} min`}`;
	}
	return spanOf(minutes);
};
