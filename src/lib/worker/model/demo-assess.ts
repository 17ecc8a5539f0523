// The demo as an assessor: takes its sentences from the transcript word by word, cites the turns they stand in, and thinks nothing.
import { QUOTE_MAX_CHARS, type AssessmentAnswer } from '../../domain/desk/assessment-answer.ts';
import { stepOutcome } from '../../domain/desk/facts-shape.ts';
import { demoSteps } from './demo-copilot.ts';

interface ToldTurn {
	readonly alias: string;
	readonly person: boolean;
	readonly text: string;
}

/** The turns of a prompt, found by its marks. */
const turnsIn = (data: string): readonly ToldTurn[] => {
	const code = /^=== (\S+) facts$/mu.exec(data)?.[1];
	if (code === undefined) return [];
	return data.split(new RegExp(`^=== ${code} `, 'mu')).flatMap((part) => {
		const end = part.indexOf('\n');
		const head = /^(T\d+) · (\S+) ·/u.exec(part);
		const [, alias, by] = head ?? [];
		if (alias === undefined || end === -1) return [];
		return [{ alias, person: by === 'person', text: part.slice(end + 1).trimEnd() }];
	});
};

const titleIn = (data: string): string => /^title: (.+)$/mu.exec(data)?.[1] ?? '';

/** The first sentence of a text, as it stands there. */
const sentence = (text: string): string => {
	const line = text.split('\n').find((each) => /\p{L}/u.test(each)) ?? '';
	const first = /^.*?[.!?](?=\s|$)/u.exec(line.trim())?.[0] ?? line.trim();
	return first
		.slice(0, QUOTE_MAX_CHARS)
		.replace(/[\uD800-\uDBFF]$/u, '')
		.trim();
};

const quoting = ({ alias, text }: ToldTurn, words = sentence(text)) => ({
	turn: alias,
	quote: words === '' ? null : words
});

/** What a turn of a person says was done; quoted no longer than it may be. */
const doneIn = (turn: ToldTurn) =>
	demoSteps({ words: turn.text }).steps.map(({ text, outcome }) => ({
		action: text,
		outcome: stepOutcome.parse(outcome),
		refs: [quoting(turn, text.slice(0, QUOTE_MAX_CHARS).trim())]
	}));

const MARKED = /\*\*([^*\n]+)\*\*/u;

/** Everything the demo can say of a transcript, in the order it is shown; the same one gives the same words. */
export const demoAssessment = (data: string): Required<AssessmentAnswer> => {
	const turns = turnsIn(data);
	const people = turns.filter(({ person }) => person);
	const [first, last] = [people[0], people.at(-1)];
	const answers = turns.filter(({ person }) => !person);
	const proposal = answers.at(-1);
	const step = MARKED.exec(proposal?.text ?? '')?.[1]?.replace(/\.$/u, '') ?? '';
	const tried = people.flatMap(doneIn);
	const failed = tried.filter(({ outcome }) => outcome === 'no_effect' || outcome === 'made_worse');
	return {
		problem: {
			text: first === undefined ? titleIn(data) : `${titleIn(data)}: ${sentence(first.text)}`,
			impact: null,
			refs: [first, last === first ? undefined : last].flatMap((turn) =>
				turn === undefined ? [] : [quoting(turn)]
			)
		},
		tried,
		assessment:
			last === undefined
				? []
				: [
						{
							hypothesis:
								'The demo that comes with Stet is no AI and cannot say what the cause is. The last words of the person are the place to look.',
							confidence: 'low',
							for: [quoting(last)],
							against: []
						}
					],
		do_not_repeat: failed.map(({ action }) => action),
		open_questions: [],
		start_here: {
			step:
				step === '' ? 'Read the last words of the person, and ask what happened just before.' : `${step}.`,
			why:
				step === ''
					? 'Nothing was proposed yet.'
					: 'It was proposed last, and nobody has said that it was done.',
			expect: 'One thing more that is known.',
			if_not: 'Ask for the exact words of the error.',
			refs: proposal === undefined || step === '' ? [] : [quoting(proposal, step)]
		}
	};
};
