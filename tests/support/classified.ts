// How model servers of tests know a classifier's request, and what they answer it: nothing changed.
import { instructionsFor } from '../../src/lib/domain/story/classifier-prompts.ts';
import { NO_ANSWER } from '../../src/lib/domain/story/classifiers.ts';

/** What every classifier is told first, and nobody else. */
const FIRST = instructionsFor('observer').split('\n')[0] ?? '';

/** A classifier asks in this body of a request: its first sentence has nothing that JSON writes otherwise. */
export const classifies = (body: string): boolean => body.includes(FIRST);

/** Fits the shape of each classifier, whose keys differ where their meanings do. */
export const NOTHING_CHANGED = JSON.stringify({ ...NO_ANSWER.merged, text: 'Nothing came of it.' });
