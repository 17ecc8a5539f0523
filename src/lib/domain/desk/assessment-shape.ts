// The assessment of a brief: what a model, or a person after it, makes of the facts, in the shape an event keeps it in.
import { z } from '../kernel/schema.ts';
import { stepOutcome } from './facts-shape.ts';

const words = z.string().max(2000);

/**
 * Where a statement comes from: the id of a turn, its number when that was said, and perhaps its very words. `found`, with a
 * quote: whether those words stand in that turn. What is not found is shown, and shown to be so.
 */
const ref = z.object({
	turn: z.string().max(100),
	number: z.number().int().positive().optional(),
	quote: z.string().max(400).optional(),
	found: z.boolean().optional()
});
const refs = z.array(ref).max(20);

export type Ref = z.output<typeof ref>;

const confidence = z.enum(['low', 'medium', 'high']);

/** Whole sections may be null: a model that broke off, or gave something else, leaves what it did give. */
export const assessmentBody = z.object({
	problem: z.object({ text: words, impact: words.optional(), refs }).nullable(),
	tried: z.array(z.object({ action: words, outcome: stepOutcome, refs })).max(40),
	/** What was called tried and is in no turn of a person: an AI's suggestion is no attempt. */
	suggested: z
		.array(z.object({ action: words, refs }))
		.max(40)
		.default([]),
	assessment: z.array(z.object({ hypothesis: words, confidence, for: refs, against: refs })).max(10),
	do_not_repeat: z.array(words).max(20).optional(),
	open_questions: z.array(words).max(20).optional(),
	start_here: z.object({ step: words, why: words, expect: words, if_not: words, refs }).nullable()
});

export type AssessmentBody = z.output<typeof assessmentBody>;

/** Everything an assessment points to. */
export const refsOf = (body: AssessmentBody): readonly Ref[] => [
	...(body.problem?.refs ?? []),
	...[...body.tried, ...body.suggested].flatMap((item) => item.refs),
	...body.assessment.flatMap((item) => [...item.for, ...item.against]),
	...(body.start_here?.refs ?? [])
];

/** The sections of an assessment, in the order they are shown and asked for. */
export const SECTIONS = [
	'problem',
	'tried',
	'assessment',
	'do_not_repeat',
	'open_questions',
	'start_here'
] as const;
export type Section = (typeof SECTIONS)[number];

const count = z.number().int().nonnegative();

/** What code found when it looked each statement and each quote up, and what it did about it. */
export const verification = z.object({
	/** Things said that should rest on something, and how many rest on a turn that exists with words that are in it. */
	statements: count,
	traced: count,
	quotes: count,
	quotesFound: count,
	/** References to turns that do not exist, or were not shown. */
	refsDropped: count.default(0),
	/** From tried to suggested. */
	moved: count.default(0),
	/** Hypotheses whose confidence rested on too little. */
	lowered: count.default(0),
	/** What was too much, by section: how many entries, or that words, were cut. */
	cut: z
		.array(z.object({ section: z.enum(SECTIONS), entries: count }))
		.max(SECTIONS.length)
		.default([]),
	/** Sections that did not come. */
	missing: z.array(z.enum(SECTIONS)).max(SECTIONS.length).default([])
});

export type Verification = z.output<typeof verification>;

/** How much of the transcript was read. */
export const coverage = z.object({
	/** In whole or by their openings. */
	turnsSeen: count,
	turnsTotal: count,
	/** Turns read by their openings alone, and turns not read, as runs of numbers such as `T4–T9`. */
	openings: z.array(z.string().max(300)).max(400).default([]),
	omitted: z.array(z.string().max(300)).max(400)
});

export type Coverage = z.output<typeof coverage>;
