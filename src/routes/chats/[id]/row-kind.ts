// How the row of a turn is drawn: a word put in is smaller, a scene elsewhere lies on its own ground, a skip is a divider.
import type { Queries } from '#lib/domain/vocabulary.ts';
import type { Turn } from './slice.ts';

type Job = NonNullable<NonNullable<Queries['chat']['answer']>['reply']>;

export type RowKind = 'interjection' | 'meanwhile' | 'skip' | 'hidden';

/** All that hold. A skip that a turn of the narrator's brought about is that turn. */
export const rowKinds = (turn: Turn): readonly RowKind[] => [
	...(turn.interjectionOf === null ? [] : ['interjection' as const]),
	...(turn.meanwhileId === null ? [] : ['meanwhile' as const]),
	...(turn.role === 'narrator' && turn.skips.length > 0 ? ['skip' as const] : []),
	...(turn.hidden ? ['hidden' as const] : [])
];

/** Words put in after a reply are written in the first of these, and stand on the page until they are a turn. */
const PUT_IN: readonly Job['stage'][] = ['interject', 'observe2', 'transitions2'];

/** How words that are being written are drawn: as the turn they become. */
export const writingKinds = (job: Pick<Job, 'stage' | 'meanwhileId'> | null): readonly RowKind[] =>
	job === null
		? []
		: [
				...(PUT_IN.includes(job.stage) ? ['interjection' as const] : []),
				...(job.meanwhileId === null ? [] : ['meanwhile' as const])
			];
