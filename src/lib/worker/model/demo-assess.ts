// The demo as an assessor of cases: takes its sentences from the transcript word by word, cites the turns they stand in, and thinks nothing.
import { PROBLEM_MAX_WORDS, type AssessmentAnswer } from '../../domain/desk/assessment-answer.ts';
import { stepOutcome, type StepOutcome } from '../../domain/desk/facts-shape.ts';
import { demoSteps } from './demo-copilot.ts';
import { assessedStory } from './demo-assess-story.ts';
import { cutToQuote, factsIn, quoting, turnsIn, type ToldTurn } from './demo-material.ts';
import { playbookFor, sentencesIn, type Playbook } from './demo-playbooks.ts';

type Refs = NonNullable<AssessmentAnswer['problem']>['refs'];

/** The first sentence of a person that says such a thing, in each turn that has one. */
const evidence = (people: readonly ToldTurn[], said: RegExp): Refs =>
	people.flatMap((turn) => {
		const found = sentencesIn(turn.text).find((sentence) => said.test(sentence));
		return found === undefined ? [] : [quoting(turn, found)];
	});

/** One for each thing that is looked for, each turn once. */
const resting = (people: readonly ToldTurn[], on: readonly RegExp[]): Refs => {
	const refs: Refs = [];
	for (const said of on) {
		const [ref] = evidence(people, said).filter(({ turn }) => refs.every((each) => each.turn !== turn));
		if (ref !== undefined) refs.push(ref);
	}
	return refs;
};

interface Tried {
	readonly action: string;
	readonly outcome: StepOutcome;
	readonly refs: Refs;
}

const RECORDED = /^- (.+): (worked|partly|no_effect|made_worse|unknown) \((T\d+)\)$/u;

/** Steps that were confirmed, by the words of the turn that tells of them; and what else the person says was done. */
const triedIn = (data: string, people: readonly ToldTurn[]): readonly Tried[] => {
	const recorded = factsIn(data).flatMap((line): readonly Tried[] => {
		const [, action = '', outcome, alias] = RECORDED.exec(line) ?? [];
		const turn = people.find((each) => each.alias === alias);
		if (turn === undefined) return [];
		const said = demoSteps({ words: turn.text }).steps[0]?.text;
		return [{ action, outcome: stepOutcome.parse(outcome), refs: [quoting(turn, said)] }];
	});
	const known = new Set(recorded.flatMap(({ action, refs }) => [action, ...refs.map(({ quote }) => quote)]));
	const said = people.flatMap((turn) =>
		demoSteps({ words: turn.text }).steps.map(({ text, outcome }) => ({
			action: text,
			outcome: stepOutcome.parse(outcome),
			refs: [quoting(turn, text)]
		}))
	);
	return [
		...recorded,
		...said.filter(({ action, refs }) => !known.has(action) && refs.every(({ quote }) => !known.has(quote)))
	];
};

/** What is said first, as far as it is short, and what it keeps somebody from. */
const problemOf = (data: string, people: readonly ToldTurn[]): Required<AssessmentAnswer>['problem'] => {
	const [first, last] = [people[0], people.at(-1)];
	const title = /^title: (.+)$/mu.exec(data)?.[1] ?? '';
	if (first === undefined) return { text: title, impact: null, refs: [] };
	let words = title.split(' ').length;
	const begun = sentencesIn(first.text).filter((sentence) => {
		words += sentence.split(' ').length;
		return words <= PROBLEM_MAX_WORDS;
	});
	const [impact] = evidence(people, HINDERS);
	const told = begun.filter((sentence) => cutToQuote(sentence) !== impact?.quote);
	return {
		// a title that is said again in the first words is not said twice
		text: (isIn(title, told[0] ?? '') ? told : [`${title}.`, ...told]).join(' '),
		impact: impact?.quote ?? null,
		refs: [quoting(first), ...(last === undefined || last === first ? [] : [quoting(last)])]
	};
};

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Whether most words of a title stand in a sentence. */
const isIn = (title: string, said: string): boolean => {
	const there = new Set(wordsOf(said));
	const of = wordsOf(title);
	return of.filter((word) => there.has(word)).length > of.length / 2;
};

const HINDERS = /\bkeeps? (?:her|him|them|me|us) from\b|\bcan(?:not|['’]t) work\b|\bnobody can\b/iu;

/** High when two turns speak for it and nothing against, a guess when nothing does. */
const confidenceOf = (speaksFor: Refs, against: Refs) =>
	against.length > speaksFor.length || speaksFor.length === 0
		? ('low' as const)
		: speaksFor.length > 1 && against.length === 0
			? ('high' as const)
			: ('medium' as const);

const RANK = { high: 0, medium: 1, low: 2 } as const;

const fromPlaybook = (playbook: Playbook, people: readonly ToldTurn[]) => {
	const said = people.map(({ text }) => text).join('\n');
	const causes = playbook.causes
		.map(({ hypothesis, ...told }) => {
			const [speaksFor, against] = [resting(people, told.for), resting(people, told.against)];
			return { hypothesis, confidence: confidenceOf(speaksFor, against), for: speaksFor, against };
		})
		// what nothing speaks of is no explanation of this
		.filter((cause) => cause.for.length + cause.against.length > 0)
		.toSorted((a, b) => RANK[a.confidence] - RANK[b.confidence]);
	const start = playbook.starts.find(({ done }) => !done.test(said));
	const rests = resting(people, start?.rests ?? []);
	const last = people.at(-1);
	return {
		assessment: causes,
		open_questions: playbook.questions
			.filter(({ answered }) => !answered.test(said))
			.map(({ question }) => question),
		start:
			start === undefined
				? null
				: {
						step: `${start.step}.`,
						why: start.why,
						expect: start.expect,
						if_not: start.ifNot,
						refs: rests.length > 0 || last === undefined ? rests : [quoting(last)]
					}
	};
};

const MARKED = /\*\*([^*\n]+)\*\*/u;

/** Of trouble the demo knows nothing of: the last words, and the step that was proposed last. */
const fromLastWords = (turns: readonly ToldTurn[], people: readonly ToldTurn[]) => {
	const last = people.at(-1);
	const proposal = turns.findLast(({ person }) => !person);
	const step = MARKED.exec(proposal?.text ?? '')?.[1]?.replace(/\.$/u, '') ?? '';
	return {
		assessment:
			last === undefined
				? []
				: [
						{
							hypothesis:
								'The demo that comes with Stet is no AI and cannot say what the cause is. The last words of the person are the place to look.',
							confidence: 'low' as const,
							for: [quoting(last)],
							against: []
						}
					],
		start: {
			step:
				step === '' ? 'Read the last words of the person, and ask what happened just before.' : `${step}.`,
			why:
				step === ''
					? 'Nothing was proposed yet.'
					: 'It was proposed last, and nobody has said that it was done.',
			expect: 'One thing more that is known.',
			if_not: 'Ask for the exact words of the error.',
			refs:
				proposal !== undefined && step !== ''
					? [quoting(proposal, step)]
					: last === undefined
						? []
						: [quoting(last)]
		}
	};
};

/** Everything the demo can say of a transcript, in the order it is shown; the same one gives the same words. */
export const demoAssessment = (data: string): Required<AssessmentAnswer> => {
	const turns = turnsIn(data);
	if (/^handed over: pass,/mu.test(data)) return assessedStory(data, turns);
	const people = turns.filter(({ person }) => person);
	const playbook = playbookFor([...factsIn(data), ...people.map(({ text }) => text)].join('\n'));
	const known = playbook === null ? null : fromPlaybook(playbook, people);
	const else_ = fromLastWords(turns, people);
	const tried = triedIn(data, people);
	const failed = tried.filter(({ outcome }) => outcome === 'no_effect' || outcome === 'made_worse');
	return {
		problem: problemOf(data, people),
		tried: [...tried],
		assessment: known === null || known.assessment.length === 0 ? else_.assessment : known.assessment,
		do_not_repeat: failed.map(({ action }) => action),
		open_questions: known?.open_questions ?? [],
		start_here: known?.start ?? else_.start
	};
};
