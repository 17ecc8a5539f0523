// A word for tests only: events of hand-offs as another device or a file would bring them, whether they are legal here or not.
import type { AssessmentBody } from '#lib/domain/desk/assessment-shape.ts';
import { decided, defineCommand } from '#lib/domain/kernel/command.ts';
import type { EventDraft } from '#lib/domain/kernel/event.ts';
import { z } from '#lib/domain/kernel/schema.ts';
import { handoffStream, id } from '#lib/domain/streams.ts';

/** Writes events into the stream of a hand-off without asking its life cycle. */
export const comeFromElsewhere = defineCommand({
	name: 'come_from_elsewhere',
	input: z.object({
		handoffId: id,
		events: z.array(z.object({ kind: z.string(), payload: z.unknown() })).max(40)
	}),
	decide: ({ handoffId, events }) =>
		decided({
			background: true,
			events: events.map(({ kind, payload }): EventDraft => ({
				kind,
				stream: handoffStream(handoffId),
				anchor: null,
				cause: null,
				payload
			})),
			value: { events: events.length }
		})
});

const NO_WORDS = { text: 'x', refs: [] };

const SAID_LITTLE: AssessmentBody = {
	problem: NO_WORDS,
	tried: [{ action: 'Restarted', outcome: 'no_effect', refs: [{ turn: 'T1', quote: 'x' }] }],
	suggested: [],
	assessment: [{ hypothesis: 'The router', confidence: 'low', for: [], against: [] }],
	start_here: { step: 's', why: 'w', expect: 'e', if_not: 'i', refs: [] }
};

/** An assessment that says little. */
export const anAssessment = (by: 'ai' | 'person' = 'ai', quotes = 2) => ({
	by,
	model: by === 'ai' ? 'm' : null,
	key: 'k',
	basis: by === 'ai' ? null : 1,
	body: SAID_LITTLE,
	verification: { statements: 3, traced: 2, quotes, quotesFound: 1 },
	coverage: { turnsSeen: 3, turnsTotal: 3, omitted: [] },
	costUsd: 0.01,
	head: { turnId: null, turns: 0, digest: 'd' }
});
