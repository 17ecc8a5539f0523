// Looks up what an assessment says it rests on: does the turn exist, did a person say it, are the quoted words in it. Pure.
import { QUOTE_MAX_CHARS, type AssessmentAnswer } from './assessment-answer.ts';
import { SECTIONS, type AssessmentBody, type Ref, type Verification } from './assessment-shape.ts';

/** A turn as it can be cited. `by`: a person, a tool that was run, or an AI, whose suggestion is no attempt. */
export interface Cited {
	readonly turnId: string;
	readonly number: number;
	readonly by: 'person' | 'tool' | 'ai';
	readonly text: string;
}

/** The turn that is called so; null where there is none, or it was not shown. */
export type LookUp = (turn: string) => Cited | null;

/** Hypotheses of high confidence rest on at least so many turns. */
const HIGH_RESTS_ON = 2;
const REFS_MAX = 20;

/** The number of an alias, however it is written: `T17`, `t17`, `[T17]`, `turn 17`. */
export const numberOf = (alias: string): number | null => {
	const digits = /^[^\p{L}\p{N}]*(?:turn\s*)?t?\s*(\d{1,9})[^\p{L}\p{N}]*$/iu.exec(alias)?.[1];
	return digits === undefined ? null : Number(digits);
};

/** Looks turns up by their aliases. */
export const byAlias = (turns: readonly Cited[]): LookUp => {
	const numbered = new Map(turns.map((turn) => [turn.number, turn]));
	return (alias) => {
		const number = numberOf(alias);
		return number === null ? null : (numbered.get(number) ?? null);
	};
};

/** Text as it is compared: compatible forms, every white space and every kind of quotation mark are the same. */
const comparable = (text: string): string =>
	text
		.normalize('NFKC')
		.replace(/[“”„‟«»″〝〞]/gu, '"')
		.replace(/[‘’‚‛‹›′`´]/gu, "'")
		.replace(/\s+/gu, ' ')
		.trim();

/** A quote without the marks it was put in, no longer than quotes are; null for none. */
const bare = (quote: string | null | undefined): string | null => {
	const inner = (quote ?? '').trim().replace(/^(["'“”„«‘‚])([^]*)["'“”«»’‘]$/u, '$2');
	const cut = inner
		.slice(0, QUOTE_MAX_CHARS)
		.replace(/[\uD800-\uDBFF]$/u, '')
		.trim();
	return comparable(cut) === '' ? null : cut;
};

/** Whether these very words stand in the text. */
export const stands = (quote: string, text: string): boolean => comparable(text).includes(comparable(quote));

/** A reference holds when its turn exists and, where it quotes, the words are there. */
const holds = ({ found }: Ref): boolean => found !== false;

interface Tally {
	readonly refs: (
		said: readonly { readonly turn: string; readonly quote?: string | null | undefined }[]
	) => Ref[];
	readonly state: (...refs: readonly Ref[]) => void;
	readonly counted: () => Pick<
		Verification,
		'statements' | 'traced' | 'quotes' | 'quotesFound' | 'refsDropped'
	>;
}

/** `before`: references that were made when their turns were there; of those that are gone, they are kept as they were. */
const tally = (look: LookUp, before: readonly Ref[] = []): Tally => {
	let [statements, traced, quotes, quotesFound, refsDropped] = [0, 0, 0, 0, 0];
	return {
		refs: (said) => {
			const kept: Ref[] = [];
			for (const { turn, quote } of said) {
				const cited = look(turn);
				const words = bare(quote);
				const gone =
					cited === null
						? before.find((ref) => ref.turn === turn && (ref.quote ?? null) === words)
						: undefined;
				if (kept.length === REFS_MAX || (cited === null && gone === undefined)) {
					refsDropped += 1;
					continue;
				}
				if (cited === null) {
					if (gone !== undefined) {
						if (gone.quote !== undefined) quotes += 1;
						if (gone.found === true) quotesFound += 1;
						kept.push(gone);
					}
					continue;
				}
				const at = { turn: cited.turnId, number: cited.number };
				if (words === null) {
					kept.push(at);
					continue;
				}
				const found = stands(words, cited.text);
				quotes += 1;
				if (found) quotesFound += 1;
				kept.push({ ...at, quote: words, found });
			}
			return kept;
		},
		state: (...refs) => {
			statements += 1;
			if (refs.some(holds)) traced += 1;
		},
		counted: () => ({ statements, traced, quotes, quotesFound, refsDropped })
	};
};

/** How much of an assessment is traced, by what was found when its references were looked up. */
export const countTraces = (
	body: AssessmentBody
): Pick<Verification, 'statements' | 'traced' | 'quotes' | 'quotesFound'> => {
	const statements: readonly (readonly Ref[])[] = [
		...(body.problem === null ? [] : [body.problem.refs]),
		...[...body.tried, ...body.suggested].map((item) => item.refs),
		...body.assessment.map((item) => [...item.for, ...item.against]),
		...(body.start_here === null ? [] : [body.start_here.refs])
	];
	const quoted = statements.flat().filter(({ quote }) => quote !== undefined);
	return {
		statements: statements.length,
		traced: statements.filter((refs) => refs.some(holds)).length,
		quotes: quoted.length,
		quotesFound: quoted.filter(({ found }) => found === true).length
	};
};

const missingFrom = (said: AssessmentAnswer): Verification['missing'] =>
	SECTIONS.filter((section) => said[section] === undefined);

/**
 * What a model said, with each reference looked up. One to a turn that does not exist is dropped; a quote that is not in its
 * turn is kept and flagged; what was tried by nobody becomes a suggestion; high confidence rests on two turns or is not high.
 */
export const traceAnswer = (
	said: AssessmentAnswer,
	look: LookUp
): { readonly body: AssessmentBody; readonly verification: Verification } => {
	const sums = tally(look);
	let lowered = 0;
	const problem =
		said.problem === undefined
			? null
			: {
					text: said.problem.text,
					...(said.problem.impact === null ? {} : { impact: said.problem.impact }),
					refs: sums.refs(said.problem.refs)
				};
	if (problem !== null) sums.state(...problem.refs);
	const tried: AssessmentBody['tried'] = [];
	const suggested: AssessmentBody['suggested'] = [];
	for (const { action, outcome, refs } of said.tried ?? []) {
		const kept = sums.refs(refs);
		sums.state(...kept);
		// a quote that is made up is no witness
		const done = kept.some((ref) => holds(ref) && look(`T${String(ref.number)}`)?.by !== 'ai');
		if (done) tried.push({ action, outcome, refs: kept });
		else suggested.push({ action, refs: kept });
	}
	const assessment = (said.assessment ?? []).map(({ hypothesis, confidence, ...refs }) => {
		const [speaksFor, against] = [sums.refs(refs.for), sums.refs(refs.against)];
		sums.state(...speaksFor, ...against);
		const rests = new Set(speaksFor.filter(holds).map(({ turn }) => turn)).size;
		const low = confidence === 'high' && rests < HIGH_RESTS_ON;
		if (low) lowered += 1;
		return {
			hypothesis,
			confidence: low ? ('medium' as const) : confidence,
			for: speaksFor,
			against
		};
	});
	const start =
		said.start_here === undefined ? null : { ...said.start_here, refs: sums.refs(said.start_here.refs) };
	if (start !== null) sums.state(...start.refs);
	return {
		body: {
			problem,
			tried,
			suggested,
			assessment,
			...(said.do_not_repeat === undefined ? {} : { do_not_repeat: said.do_not_repeat }),
			...(said.open_questions === undefined ? {} : { open_questions: said.open_questions }),
			start_here: start
		},
		verification: {
			...sums.counted(),
			moved: suggested.length,
			lowered,
			cut: [],
			missing: missingFrom(said)
		}
	};
};

/**
 * What a person wrote, with each reference looked up anew; turns are called by their ids. Nothing is moved, lowered or cut:
 * who was there says what was tried. `before`: what the assessment that was edited rested on.
 */
export const traceEdit = (
	written: AssessmentBody,
	look: LookUp,
	before: readonly Ref[]
): { readonly body: AssessmentBody; readonly verification: Verification } => {
	const sums = tally(look, before);
	const { refs, state } = sums;
	const body: AssessmentBody = {
		...written,
		problem: written.problem === null ? null : { ...written.problem, refs: refs(written.problem.refs) },
		tried: written.tried.map((item) => ({ ...item, refs: refs(item.refs) })),
		suggested: written.suggested.map((item) => ({ ...item, refs: refs(item.refs) })),
		assessment: written.assessment.map((item) => ({
			...item,
			for: refs(item.for),
			against: refs(item.against)
		})),
		start_here:
			written.start_here === null ? null : { ...written.start_here, refs: refs(written.start_here.refs) }
	};
	if (body.problem !== null) state(...body.problem.refs);
	for (const { refs: own } of [...body.tried, ...body.suggested]) state(...own);
	for (const { for: speaksFor, against } of body.assessment) state(...speaksFor, ...against);
	if (body.start_here !== null) state(...body.start_here.refs);
	return {
		body,
		verification: { ...sums.counted(), moved: 0, lowered: 0, cut: [], missing: [] }
	};
};
