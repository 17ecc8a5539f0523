// The assessment of a model as it is kept: within its limits, and with everything it says looked up. Pure.
import { SECTIONS, type AssessmentBody, type Section, type Verification } from './assessment-shape.ts';
import type { AssessmentAnswer } from './assessment-answer.ts';
import { cutToLength } from './assessment-limits.ts';
import { traceAnswer, type LookUp } from './trace-assessment.ts';

/** What becomes of an answer, whole or in part: for the log at the end, and for the screen while it comes. */
export const verify = (
	said: AssessmentAnswer,
	look: LookUp
): { readonly body: AssessmentBody; readonly verification: Verification } => {
	const { said: short, cut } = cutToLength(said);
	const { body, verification } = traceAnswer(short, look);
	return { body, verification: { ...verification, cut } };
};

/** The sections that were asked for, null for all, and did not come yet, in order. */
export const missingSections = (
	said: AssessmentAnswer,
	asked: readonly Section[] | null
): readonly Section[] =>
	SECTIONS.filter((section) => (asked?.includes(section) ?? true) && said[section] === undefined);
