// Some sections of an assessment asked for alone: what they are put into, and what the whole is then.
import type { Read } from '../kernel/query.ts';
import { ASSESSMENT_MAX_WORDS, type AssessmentAnswer } from './assessment-answer.ts';
import { cutToLength, wordsOf } from './assessment-limits.ts';
import { SECTIONS, type AssessmentBody, type Section, type Verification } from './assessment-shape.ts';
import { standing, versionsOf, withSections, type Version } from './standing-assessment.ts';
import { countTraces, traceAnswer, type LookUp } from './trace-assessment.ts';

/** What is asked for by itself is worth so many words at least, however long the rest came out. */
const OWN_ROOM_WORDS = 60;

/** The version of a model that is read, or lies under what a person wrote, in this episode; null where there is none. */
export const assessmentUnder = (
	read: Read,
	{ handoffId, episode }: { readonly handoffId: string; readonly episode: number }
): Version | null => {
	const versions = versionsOf(read, handoffId);
	const basis = standing(versions, null)?.basis;
	const under = versions.find(({ number }) => number === basis);
	return under?.by === 'ai' && under.episode === episode ? under : null;
};

/**
 * A version with the sections that came in place of its own. How much was read, and what the chat was then, stay those of the
 * version: most of its words are of that time.
 */
export const withNewSections = (
	under: Version,
	said: AssessmentAnswer,
	look: LookUp
): {
	readonly body: AssessmentBody;
	readonly verification: Verification;
	readonly coverage: Version['coverage'];
	readonly head: Version['head'];
} => {
	const asked = SECTIONS.filter((section) => said[section] !== undefined);
	const others = wordsOf(
		Object.fromEntries(
			Object.entries(under.body).filter(([name]) => !asked.some((section) => section === name))
		)
	);
	const short = cutToLength(said, Math.max(OWN_ROOM_WORDS, ASSESSMENT_MAX_WORDS - others));
	const traced = traceAnswer(short.said, look);
	const came = SECTIONS.filter((section) => short.said[section] !== undefined);
	const isNew = (section: Section): boolean => came.includes(section);
	const body = withSections(under.body, traced.body, came);
	const before = under.verification;
	return {
		body,
		verification: {
			...countTraces(body),
			refsDropped: before.refsDropped + traced.verification.refsDropped,
			moved: body.suggested.length,
			lowered: isNew('assessment') ? traced.verification.lowered : before.lowered,
			cut: [...before.cut.filter(({ section }) => !isNew(section)), ...short.cut],
			missing: before.missing.filter((section) => !isNew(section))
		},
		coverage: under.coverage,
		head: under.head
	};
};
