// Which cards stand in the queue on the screen: nothing moves under the pointer or the focus of whoever looks at it.
import type { Queries } from '#lib/domain/vocabulary.ts';

export type Card = Queries['queue']['answer']['cards'][number];

export interface Shown {
	readonly card: Card;
	/** It is in this list no more, and stays until nobody is at it. */
	readonly gone: boolean;
	/** It came while somebody watched. */
	readonly fresh: boolean;
}

/**
 * The list as it is shown next. `held`: somebody is at it, so that what is on the page stays where it is and what came waits;
 * only below everything that is shown there is room. `before`: null where nothing was shown yet.
 */
export const arranged = (
	before: readonly Shown[] | null,
	now: readonly Card[],
	held: boolean
): readonly Shown[] => {
	const old = new Map((before ?? []).map((shown) => [shown.card.handoffId, shown]));
	if (!held || before === null || before.length === 0)
		return now.map((card) => {
			const known = old.get(card.handoffId);
			return { card, gone: false, fresh: known === undefined ? before !== null : known.fresh };
		});
	const present = new Map(now.map((card) => [card.handoffId, card]));
	const kept = before.map((shown) => {
		const card = present.get(shown.card.handoffId);
		return card === undefined ? { ...shown, gone: true } : { ...shown, card, gone: false };
	});
	const last = now.findLastIndex(({ handoffId }) => old.has(handoffId));
	const below = last < 0 ? [] : now.slice(last + 1);
	return [...kept, ...below.map((card) => ({ card, gone: false, fresh: false }))];
};

/**
 * What came since the page was seen last. Where there were more than the page had, what follows its last card was there all
 * the time, and moved up because another left. `known`: the ids that were on it.
 */
export const arrived = (known: readonly string[], wasCut: boolean, now: readonly Card[]): readonly Card[] => {
	const before = new Set(known);
	const last = now.findLastIndex(({ handoffId }) => before.has(handoffId));
	const near = wasCut ? now.slice(0, last + 1) : now;
	return near.filter(({ handoffId }) => !before.has(handoffId));
};

/** How many are not on the page yet. */
export const unseen = (shown: readonly Shown[], now: readonly Card[]): number => {
	const ids = new Set(shown.map(({ card }) => card.handoffId));
	return now.filter(({ handoffId }) => !ids.has(handoffId)).length;
};
