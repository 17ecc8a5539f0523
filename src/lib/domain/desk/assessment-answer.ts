// What a model is to answer with when it assesses: the shape of each section, flat, with turns called by their aliases.
import { z } from '../kernel/schema.ts';
import { SECTIONS, type Section } from './assessment-shape.ts';
import { stepOutcome } from './facts-shape.ts';

/** Whole and verified, it has no more words than this. */
export const ASSESSMENT_MAX_WORDS = 350;
export const PROBLEM_MAX_WORDS = 60;
export const QUOTE_MAX_CHARS = 160;
export const TRIED_MAX = 12;
export const HYPOTHESES_MAX = 3;

// as with classifiers: lenient inside, so that one odd entry does not cost a section; strict outside
const asText = (value: unknown): unknown =>
	typeof value === 'number' || typeof value === 'boolean' ? String(value) : (value ?? '');
const asList = (value: unknown): unknown => (value === null || value === undefined ? [] : value);

const text = z.preprocess(asText, z.string());
const mayText = z.preprocess((value) => {
	const said = asText(value);
	return said === '' || said === 'null' ? null : said;
}, z.string().nullable());
const oneOf = <const T extends string>(values: readonly T[], otherwise: T) =>
	z.preprocess((value) => {
		const said =
			typeof value === 'string'
				? value
						.trim()
						.toLowerCase()
						.replace(/[\s-]+/gu, '_')
				: '';
		return values.find((each) => each === said) ?? otherwise;
	}, z.enum(values));

/** A turn by its alias, such as `T17`, alone or with words of it. */
const cited = z.preprocess(
	(value) => (typeof value === 'string' || typeof value === 'number' ? { turn: value, quote: null } : value),
	z.object({ turn: text, quote: mayText })
);
const refs = z.preprocess(asList, z.array(cited));
const list = <T extends z.ZodType>(entry: T) => z.array(entry);

/** The shape of each section as it is asked for. */
export const SECTION_SHAPES = {
	problem: z.object({ text: z.string(), impact: mayText, refs }),
	tried: list(z.object({ action: z.string(), outcome: oneOf(stepOutcome.options, 'unknown'), refs })),
	assessment: list(
		z.object({
			hypothesis: z.string(),
			confidence: oneOf(['low', 'medium', 'high'], 'low'),
			for: refs,
			against: refs
		})
	),
	do_not_repeat: list(text),
	open_questions: list(text),
	start_here: z.object({ step: z.string(), why: text, expect: text, if_not: text, refs })
} as const satisfies Readonly<Record<Section, z.ZodType>>;

/** As much of an assessment as there is, as it crosses to the log: a section that is not there did not come. */
export const answer = z.object(SECTION_SHAPES).partial();

export type AssessmentAnswer = z.output<typeof answer>;

/** What is asked of a model: an object of these sections, in order. */
export const answerShape = (sections: readonly Section[]) =>
	z.object(
		Object.fromEntries(
			SECTIONS.filter((section) => sections.includes(section)).map((section) => [
				section,
				SECTION_SHAPES[section]
			])
		)
	);

/** Every section of something that has its shape; what has another one is left out, and does not cost the others. */
export const readSections = (value: unknown): AssessmentAnswer => {
	if (typeof value !== 'object' || value === null) return {};
	const found = value as Readonly<Record<string, unknown>>;
	return answer.parse(
		Object.fromEntries(
			SECTIONS.flatMap((section) => {
				const read = SECTION_SHAPES[section].safeParse(found[section]);
				return read.success ? [[section, found[section]]] : [];
			})
		)
	);
};
