// How model servers of tests know a classifier's request, and what they answer it: nothing changed.
import { instructionsFor } from '../../src/lib/domain/story/classifier-prompts.ts';
import { NO_ANSWER } from '../../src/lib/domain/story/classifiers.ts';

/** What every classifier of a story is told first, and that of a case, and nobody else. */
const FIRST = (['observer', 'steps'] as const).map((name) => instructionsFor(name).split('\n')[0] ?? '');

/** A classifier asks in this body of a request: their first sentences have nothing that JSON writes otherwise. */
export const classifies = (body: string): boolean => FIRST.some((first) => body.includes(first));

/** Fits the shape of each classifier, whose keys differ where their meanings do. */
export const NOTHING_CHANGED = JSON.stringify({
	...NO_ANSWER.merged,
	...NO_ANSWER.steps,
	text: 'Nothing came of it.'
});
