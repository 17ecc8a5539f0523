// How the row of a turn is drawn: a word put in is smaller, a scene elsewhere lies on its own ground, a skip is a divider.
import type { Turn } from './slice.ts';

export type RowKind = 'interjection' | 'meanwhile' | 'skip' | 'hidden';

/** All that hold. A skip that a turn of the narrator's brought about is that turn. */
export const rowKinds = (turn: Turn): readonly RowKind[] => [
	...(turn.interjectionOf === null ? [] : ['interjection' as const]),
	...(turn.meanwhileId === null ? [] : ['meanwhile' as const]),
	...(turn.role === 'narrator' && turn.skips.length > 0 ? ['skip' as const] : []),
	...(turn.hidden ? ['hidden' as const] : [])
];
