// What was left out of a classifier's answer, or made smaller, as it is told under the turn: what, why, and how often.
import { defineEvent, type EventDraft } from '../kernel/event.ts';
import { z } from '../kernel/schema.ts';
import { DROPPED_MAX, type Around, type Dropped } from './around.ts';
import { classifier, type Classifier } from './classifier-failures.ts';

const dropped = z.object({
	what: z.enum(['memory', 'edge', 'activity', 'place', 'time', 'thread', 'event']),
	why: z.enum([
		'unknown',
		'not-there',
		'empty',
		'too-many',
		'too-much',
		'no-change',
		'past',
		'pinned',
		'over'
	]),
	said: z.string().max(80),
	// logs of before say each once
	times: z.number().int().min(2).exactOptional()
}) satisfies z.ZodType<Dropped>;

/** Part of an answer was left out, or made smaller. It says so in the log, for a person to see, and changes nothing. */
export const classifierClamped = defineEvent({
	kind: 'classifier_clamped',
	payload: z.object({ classifier, dropped: z.array(dropped).min(1).max(DROPPED_MAX) }),
	upcasts: [],
	writes: [],
	named: ({ dropped: list }) => list.find(({ said }) => said !== '')?.said ?? '',
	project: () => []
});

/** The note under a turn of what was dropped; none where nothing was. */
export const clampedNote = (
	{ stream, turnId }: Pick<Around, 'stream' | 'turnId'>,
	name: Classifier,
	list: readonly Dropped[]
): readonly EventDraft[] =>
	list.length === 0
		? []
		: [
				classifierClamped({
					stream,
					anchor: turnId,
					cause: turnId,
					payload: { classifier: name, dropped: [...list] }
				})
			];
