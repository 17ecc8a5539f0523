// The assessment of a brief: what a model, or a person after it, makes of the facts, in the shape an event keeps it in.
import { z } from '../kernel/schema.ts';
import { stepOutcome } from './facts-shape.ts';

const words = z.string().max(2000);

/** Where a statement comes from: the id of a turn, and perhaps its very words. */
const ref = z.object({ turn: z.string().max(100), quote: z.string().max(400).optional() });
const refs = z.array(ref).max(20);

export const assessmentBody = z.object({
	problem: z.object({ text: words, impact: words.optional(), refs }),
	tried: z.array(z.object({ action: words, outcome: stepOutcome, refs })).max(40),
	assessment: z
		.array(
			z.object({ hypothesis: words, confidence: z.enum(['low', 'medium', 'high']), for: refs, against: refs })
		)
		.max(10),
	do_not_repeat: z.array(words).max(20).optional(),
	open_questions: z.array(words).max(20).optional(),
	start_here: z.object({ step: words, why: words, expect: words, if_not: words, refs })
});

/** What code found when it looked each statement and each quote up. More may be said of each; these are counted. */
export const verification = z.looseObject({
	statements: z.number().int().nonnegative(),
	traced: z.number().int().nonnegative(),
	quotes: z.number().int().nonnegative(),
	quotesFound: z.number().int().nonnegative()
});

/** How much of the transcript was read. */
export const coverage = z.object({
	turnsSeen: z.number().int().nonnegative(),
	turnsTotal: z.number().int().nonnegative(),
	omitted: z.array(z.string().max(300)).max(40)
});
