// Keeps an assessment short: what is too much is cut by code, the least needed first, and it is said what was.
import {
	ASSESSMENT_MAX_WORDS,
	HYPOTHESES_MAX,
	PROBLEM_MAX_WORDS,
	TRIED_MAX,
	type AssessmentAnswer
} from './assessment-answer.ts';
import { SECTIONS, type Section, type Verification } from './assessment-shape.ts';

/** Words of one sentence in a section, so that no one of them takes the room of all. */
const SENTENCE_MAX_WORDS = 30;
const IMPACT_MAX_WORDS = 20;
const START_MAX_WORDS = 25;
const LISTED_MAX = 8;
/** No word is longer: some scripts write without spaces. */
const CHARS_PER_WORD = 8;
/** As many as of an answer can be looked up; more are no evidence but noise. */
const REFS_MAX = 6;

/** From what goes first to what goes last. */
const GOES_FIRST = [
	'open_questions',
	'do_not_repeat',
	'assessment',
	'tried'
] as const satisfies readonly Section[];

/** Characters count where words have no spaces between them. */
const countWords = (text: string): number =>
	text
		.split(/\s+/u)
		.filter((word) => word !== '')
		.reduce((sum, word) => sum + Math.ceil(word.length / (CHARS_PER_WORD * 3)), 0);

const shorten = (text: string, most: number): string => {
	const said = text.trim();
	if (countWords(said) <= most) return said;
	let kept = '';
	for (const word of said.match(/\S+\s*/gu) ?? []) {
		if (countWords(kept + word) > most) break;
		kept += word;
	}
	const cut = kept === '' ? said.slice(0, most * CHARS_PER_WORD) : kept;
	return `${cut.replace(/[\uD800-\uDBFF]$/u, '').trim()}…`;
};

/** As much of an assessment as words are counted in: of an answer, or of what was made of one. */
interface Worded {
	readonly problem?:
		{ readonly text: string; readonly impact?: string | null | undefined } | null | undefined;
	readonly tried?: readonly { readonly action: string }[] | undefined;
	readonly assessment?: readonly { readonly hypothesis: string }[] | undefined;
	readonly do_not_repeat?: readonly string[] | undefined;
	readonly open_questions?: readonly string[] | undefined;
	readonly start_here?:
		| { readonly step: string; readonly why: string; readonly expect: string; readonly if_not: string }
		| null
		| undefined;
}

/** All words of it, quotes apart: those are the transcript's. */
export const wordsOf = (said: Worded): number => {
	const texts = [
		said.problem?.text,
		said.problem?.impact,
		...(said.tried ?? []).map(({ action }) => action),
		...(said.assessment ?? []).map(({ hypothesis }) => hypothesis),
		...(said.do_not_repeat ?? []),
		...(said.open_questions ?? []),
		said.start_here?.step,
		said.start_here?.why,
		said.start_here?.expect,
		said.start_here?.if_not
	];
	return texts.reduce((sum, text) => sum + countWords(text ?? ''), 0);
};

const fewer = <T extends { readonly refs: readonly unknown[] }>(item: T): T => ({
	...item,
	refs: item.refs.slice(0, REFS_MAX)
});

/** Each sentence within its own limit, each list within its own, and what is empty gone. */
const trimmed = (said: AssessmentAnswer): AssessmentAnswer => {
	const lines = (list: readonly string[] | undefined): string[] | undefined =>
		list
			?.map((line) => shorten(line, SENTENCE_MAX_WORDS))
			.filter((line) => line !== '')
			.slice(0, LISTED_MAX);
	const { problem, tried, assessment, start_here: start } = said;
	const [repeated, questions] = [lines(said.do_not_repeat), lines(said.open_questions)];
	return {
		...(problem === undefined
			? {}
			: {
					problem: fewer({
						...problem,
						text: shorten(problem.text, PROBLEM_MAX_WORDS),
						impact: problem.impact === null ? null : shorten(problem.impact, IMPACT_MAX_WORDS)
					})
				}),
		...(tried === undefined
			? {}
			: {
					tried: tried
						.map((item) => fewer({ ...item, action: shorten(item.action, SENTENCE_MAX_WORDS) }))
						.filter(({ action }) => action !== '')
						.slice(0, TRIED_MAX)
				}),
		...(assessment === undefined
			? {}
			: {
					assessment: assessment
						.map((item) => ({
							...item,
							hypothesis: shorten(item.hypothesis, SENTENCE_MAX_WORDS),
							for: item.for.slice(0, REFS_MAX),
							against: item.against.slice(0, REFS_MAX)
						}))
						.filter(({ hypothesis }) => hypothesis !== '')
						.slice(0, HYPOTHESES_MAX)
				}),
		...(repeated === undefined ? {} : { do_not_repeat: repeated }),
		...(questions === undefined ? {} : { open_questions: questions }),
		...(start === undefined
			? {}
			: {
					start_here: fewer({
						...start,
						step: shorten(start.step, START_MAX_WORDS),
						why: shorten(start.why, START_MAX_WORDS),
						expect: shorten(start.expect, START_MAX_WORDS),
						if_not: shorten(start.if_not, START_MAX_WORDS)
					})
				})
	};
};

const sizeOf = (said: AssessmentAnswer, section: Section): number => {
	const part = said[section];
	return Array.isArray(part) ? part.length : 0;
};

const textsOf = (said: AssessmentAnswer, section: Section): number => wordsOf({ [section]: said[section] });

/** A section that says nothing did not come. */
const isBlank = (said: AssessmentAnswer, section: Section): boolean =>
	(section === 'problem' && said.problem?.text.trim() === '') ||
	(section === 'start_here' && said.start_here?.step.trim() === '');

/** The answer within its limits and `most` words, and which sections had too much. */
export const cutToLength = (
	said: AssessmentAnswer,
	most: number = ASSESSMENT_MAX_WORDS
): { readonly said: AssessmentAnswer; readonly cut: Verification['cut'] } => {
	const full: AssessmentAnswer = Object.fromEntries(
		Object.entries(said).filter(
			([name]) => !SECTIONS.some((section) => section === name && isBlank(said, section))
		)
	);
	let short = trimmed(full);
	while (wordsOf(short) > most) {
		const section = GOES_FIRST.find((name) => sizeOf(short, name) > 0);
		if (section === undefined) break;
		short = { ...short, [section]: short[section]?.slice(0, -1) };
	}
	return {
		said: short,
		cut: SECTIONS.flatMap((section) => {
			const entries = sizeOf(full, section) - sizeOf(short, section);
			return entries > 0 || textsOf(short, section) < textsOf(full, section) ? [{ section, entries }] : [];
		})
	};
};
