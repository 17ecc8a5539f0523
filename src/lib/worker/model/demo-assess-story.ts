// The demo as it briefs whoever takes over a story: how it began and stands, what is loose, what was tried, what to say next.
import type { AssessmentAnswer } from '../../domain/desk/assessment-answer.ts';
import { cleanName } from './demo-echo.ts';
import { factsIn, quoting, sentence, type ToldTurn } from './demo-material.ts';
import { sentencesIn } from './demo-playbooks.ts';

const TRIED_TOLD = 4;
const QUESTIONS_TOLD = 2;
/** How far back a question is looked for that was passed over. */
const TURNS_BACK = 6;

/** Without the marks of speech and action, which mean nothing outside of a turn. */
const plain = (text: string): string => text.replace(/[*_“”"]/gu, '').trim();

/** The first sentence of a turn, as it is told; one that was cut says so. */
const firstWords = (text: string): string => {
	const words = plain(sentence(text));
	return /[.!?…’')]$/u.test(words) ? words : `${words} …`;
};

const LOOSE = /^- (?:thread|active|planned|question): (.+?)(?: \((T\d+)\))?$/u;

const questionsIn = ({ text }: ToldTurn): readonly string[] =>
	sentencesIn(plain(text)).filter((each) => each.endsWith('?'));

/** The same transcript gives the same words. */
export const assessedStory = (data: string, told: readonly ToldTurn[]): Required<AssessmentAnswer> => {
	// what is said beside the story is no part of it
	const turns = told.map((turn) => ({ ...turn, text: turn.text.replace(/\(\([^]*?\)\)\s*/gu, '') }));
	const title = /^title: (.+)$/mu.exec(data)?.[1] ?? '';
	const people = turns.filter(({ person }) => person);
	const [first, last] = [turns[0], turns.at(-1)];
	const ends = [first, ...(last === first ? [] : [last])].flatMap((turn) =>
		turn === undefined ? [] : [quoting(turn)]
	);
	const loose = factsIn(data).flatMap((line) => {
		const [, text, alias] = LOOSE.exec(line) ?? [];
		const turn = turns.find((each) => each.alias === alias) ?? last;
		return text === undefined || turn === undefined ? [] : [{ text, turn: turn.alias }];
	});
	const replies = turns.filter(({ person }) => !person);
	const answered = replies.at(-1);
	const asked = answered === undefined ? undefined : questionsIn(answered).at(-1);
	const speaker = cleanName(answered?.speaker ?? '', 'the other');
	return {
		problem: {
			text: [
				`“${title}”`,
				...(first === undefined ? [] : [`begins: ${firstWords(first.text)}`]),
				...(last === undefined || last === first ? [] : [`It stands at: ${firstWords(last.text)}`])
			].join(' '),
			impact: null,
			refs: ends
		},
		tried: people
			.filter(({ text }) => /\p{L}/u.test(text))
			.slice(-TRIED_TOLD)
			.map((turn) => ({
				action: firstWords(turn.text),
				outcome: 'unknown' as const,
				refs: [quoting(turn)]
			})),
		assessment: loose.slice(0, 1).map(({ text, turn }) => ({
			hypothesis: `The demo that comes with Stet is no AI and cannot say where this leads. What came up last waits first: ${text}`,
			confidence: 'low' as const,
			for: [{ turn, quote: null }],
			against: []
		})),
		do_not_repeat: [],
		open_questions: replies.slice(-TURNS_BACK, -1).flatMap(questionsIn).slice(-QUESTIONS_TOLD),
		start_here: {
			step:
				asked === undefined
					? `*I turn to ${speaker}.* “Go on.”`
					: `“You asked me: ${asked} Let me answer that.”`,
			why:
				asked === undefined ? `${speaker} spoke last.` : `${speaker} asked it last, and has no answer yet.`,
			expect: 'A reply that goes on from there.',
			if_not: 'Go back to what is loose, and take up the oldest of it.',
			refs: answered === undefined ? ends.slice(0, 1) : [quoting(answered)]
		}
	};
};
