// A part of a story by number, and what becomes of it when turns come, go or are swapped for others.
import type { Queries } from '#lib/domain/vocabulary.ts';

export type Turn = Queries['transcript']['answer']['turns'][number];

/** Numbers of turns, both included; nothing when `last` is before `first`. */
export interface Slice {
	readonly first: number;
	readonly last: number;
}

const same = (a: Turn, b: Turn): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The new turns, the unchanged ones as the objects they were: a screen then draws only what differs. */
export const kept = (before: readonly Turn[], now: readonly Turn[]): readonly Turn[] => {
	const known = new Map(before.map((turn) => [turn.turnId, turn]));
	return now.map((turn) => {
		const old = known.get(turn.turnId);
		return old !== undefined && same(old, turn) ? old : turn;
	});
};

/** The turns of a slice; until the answer about it is here, those that stand on the page stay. */
export const shown = (
	{ first, last }: Slice,
	loaded: readonly Turn[],
	before: readonly { readonly turn: Turn }[]
): Turn[] => {
	const known = new Set(loaded.map(({ turnId }) => turnId));
	// what was renumbered must not stand here twice
	const stale = before.flatMap(({ turn }) => (known.has(turn.turnId) ? [] : turn));
	const byNumber = new Map([...stale, ...loaded].map((turn) => [turn.number, turn]));
	const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);
	return numbers.flatMap((number) => byNumber.get(number) ?? []);
};

/** Turns that come at once while a story is played. */
export const LAST_EXCHANGE_TURNS = 2;

/**
 * The slice after a change of the story: it goes with the turns it showed, which may be numbered anew, and with the end
 * when it reached the end. `order`: ids of shown turns, the one the reader reads first.
 */
export const moved = (
	slice: Slice,
	before: { readonly shown: readonly { readonly turn: Turn }[]; readonly total: number },
	now: { readonly turns: readonly Turn[]; readonly total: number },
	order: readonly string[]
): Slice => {
	const numbers = new Map(now.turns.map(({ turnId, number }) => [turnId, number]));
	const guide = order.find((turnId) => numbers.has(turnId));
	const old = before.shown.find(({ turn }) => turn.turnId === guide)?.turn.number;
	const by = guide === undefined || old === undefined ? 0 : (numbers.get(guide) ?? old) - old;
	// more than one exchange at once is no story that goes on, but one that came back: the reader stays where they are
	const toEnd = slice.last >= before.total && now.total - before.total <= LAST_EXCHANGE_TURNS;
	const last = toEnd ? now.total : Math.min(now.total, slice.last + by);
	const length = slice.last - slice.first;
	// what was read is gone altogether: the same number of turns before the new end
	const first = slice.first + by > now.total ? now.total - length : slice.first + by;
	return { first: Math.max(1, first), last };
};
