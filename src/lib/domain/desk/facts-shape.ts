// The facts of a brief: what code can tell of a chat without asking anybody, in the shape an event keeps it in.
import { z } from '../kernel/schema.ts';
import { id } from '../streams.ts';

/** What a step came to. `unknown`: nobody said. */
export const stepOutcome = z.enum(['worked', 'partly', 'no_effect', 'made_worse', 'unknown']);

export type StepOutcome = z.output<typeof stepOutcome>;

/** Words of a turn as they were; `cut`: not all of them. */
const excerpt = z.object({ turnId: id, text: z.string(), cut: z.boolean() });

/** Something open in a story. `turnId`: the turn it came up in. */
const looseEnd = z.object({
	kind: z.enum(['question', 'active', 'thread', 'planned']),
	text: z.string(),
	turnId: id.nullable()
});

export type LooseEnd = z.output<typeof looseEnd>;

export const facts = z.object({
	title: z.string(),
	/** Empty in a story. */
	requester: z.string(),
	asset: z.string(),
	tags: z.array(z.string()),
	/** When the chat began, in milliseconds since 1970 UTC. */
	since: z.number(),
	turns: z.number().int(),
	/** The models that spoke in it, as they call themselves. */
	models: z.array(z.string()),
	/** What was tried and confirmed by a person, oldest first. */
	steps: z.array(z.object({ text: z.string(), outcome: stepOutcome, turnId: id.nullable() })),
	/** What looks like an error in the words of the person, each once: where it stood first and last, and how often. */
	errors: z.array(z.object({ text: z.string(), first: id, last: id, times: z.number().int() })),
	/** Of a story; none in a case. */
	looseEnds: z.array(looseEnd).default([]),
	lastUserTurn: excerpt.nullable(),
	/** What the AI said last: a proposal, which nobody may have tried. */
	lastProposal: excerpt.extend({ speaker: z.string() }).nullable()
});

export type Facts = z.output<typeof facts>;

/** The transcript something was made of: its newest turn, its number of turns, and a digest that tells whether it is so still. */
export const head = z.object({
	turnId: id.nullable(),
	turns: z.number().int().nonnegative(),
	digest: z.string().max(64)
});

export type Head = z.output<typeof head>;
