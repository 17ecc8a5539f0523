// Chance as the demo storyteller has it: seeded, the same on every machine, and never the same pair of halves twice in a story.
import type { Phrases } from './demo-lines.ts';

/** Second halves a turn may choose among; the rest are kept for other turns. */
const CHOICES = 2;

/** FNV-1a, 32 bit, over UTF-16 units (Fowler, Noll, Vo). */
export const hash = (text: string): number => {
	let value = 0x811c9dc5;
	for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
	return value >>> 0;
};

/** Mulberry32: numbers in [0, 1), the same for the same seed on every machine. */
export const randomFrom = (seed: string): (() => number) => {
	let state = hash(seed);
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
};

export const shuffled = <T>(list: readonly T[], seed: string): readonly T[] => {
	const random = randomFrom(seed);
	return list
		.map((value) => ({ value, rank: random() }))
		.sort((a, b) => a.rank - b.rank)
		.map(({ value }) => value);
};

/**
 * Chooses the two halves of one sentence. First halves come round in an order of the chat's own; each time one comes
 * round again its second half is taken from another group, and the groups are staggered: so no pair returns before
 * firsts × (seconds ÷ CHOICES) steps. Within its group `chance` chooses.
 */
export const halves = (
	phrases: Phrases,
	slot: string,
	step: number,
	chatId: string,
	chance: number
): readonly [string, string] => {
	const firsts = shuffled(phrases.firsts, `${chatId}/${slot}/firsts`);
	const seconds = shuffled(phrases.seconds, `${chatId}/${slot}/seconds`);
	const groups = Math.floor(seconds.length / CHOICES);
	const first = step % firsts.length;
	const round = Math.floor(step / firsts.length);
	const group = (first + round) % groups;
	return [firsts[first] ?? '', seconds[group * CHOICES + Math.floor(chance * CHOICES)] ?? ''];
};

/** One of a list that the chat walks through in an order of its own, two at each step for chance to choose from. */
export const nextOf = <T>(
	list: readonly [T, ...T[]],
	slot: string,
	step: number,
	chatId: string,
	chance: number
): T => {
	const order = shuffled(list, `${chatId}/${slot}`);
	return order[(step * CHOICES + Math.floor(chance * CHOICES)) % order.length] ?? list[0];
};
