// How the row of a turn is drawn: a word put in is smaller, a scene elsewhere lies on its own ground, a skip is a divider.
import type { Turn } from './slice.ts';
import type { Now } from './world.svelte.ts';

export type RowKind = 'interjection' | 'meanwhile' | 'skip' | 'hidden';

/** All that hold. `skips`: as the world tells them; one that a turn of the narrator's brought about is that turn. */
export const rowKinds = (turn: Turn, skips: Now['skips']): readonly RowKind[] => [
	...(turn.interjectionOf === null ? [] : ['interjection' as const]),
	...(turn.meanwhileId === null ? [] : ['meanwhile' as const]),
	...(turn.role === 'narrator' && skips.some(({ turnId }) => turnId === turn.turnId)
		? ['skip' as const]
		: []),
	...(turn.hidden ? ['hidden' as const] : [])
];
