// What the Copilot is told of a case as it stands: who asks, what was tried, and whether a person has it or gave it back.
import type { Read } from '../kernel/query.ts';
import type { Teller, ToldLine } from '../story/teller.ts';
import { chatStream } from '../streams.ts';
import { cases, findCase, type Case } from './cases.ts';
import type { StepOutcome } from './facts-shape.ts';
import { handoffOfChat, handoffs, type Handoff } from './handoffs.ts';
import { caseSteps, stepsOf } from './steps.ts';

const STEPS_TOLD = 40;

const OUTCOMES: Readonly<Record<StepOutcome, string>> = {
	worked: 'worked',
	partly: 'helped partly',
	no_effect: 'had no effect',
	made_worse: 'made it worse',
	unknown: 'nobody said what came of it'
};

const oneLine = (text: string): string => text.replace(/\s+/gu, ' ').trim();

const about = ({ requester, asset, tags, priority, state, reopened }: Case): readonly ToldLine[] => {
	const told = [
		requester === '' ? '' : `asked by ${oneLine(requester)}`,
		asset === '' ? '' : `about ${oneLine(asset)}`,
		tags.length === 0 ? '' : `tags: ${tags.map(oneLine).join(', ')}`,
		`priority P${String(priority)} of 4`
	].filter((each) => each !== '');
	return [
		{ rank: 0, text: `Case: ${told.join('; ')}` },
		...(state === 'resolved'
			? [{ rank: 0, text: 'It was resolved. Whoever writes now may want something else.' }]
			: reopened > 0
				? [
						{
							rank: 0,
							text: `It was resolved before and reopened (${String(reopened)}×): what ended it then did not last. It is open.`
						}
					]
				: [])
	];
};

const episodeBefore = ({ episode }: Handoff): readonly ToldLine[] =>
	episode === 1
		? []
		: [
				{
					rank: 0,
					text: 'It was handed to a person before. That is over and done: nothing said then about handing it on is still to be done.'
				}
			];

/**
 * Whether a person has the case. Said in so many words, because otherwise a copilot whose history says that a person took over
 * goes on believing it.
 */
const handedOn = (handoff: Handoff | null): readonly ToldLine[] => {
	if (handoff === null) return [];
	const { state, owner, endedNote } = handoff;
	switch (state) {
		case 'open':
		case 'snoozed':
			return [
				...episodeBefore(handoff),
				{ rank: 0, text: 'A colleague was asked to take over and has not yet. Go on helping meanwhile.' }
			];
		case 'claimed':
			return [
				...episodeBefore(handoff),
				{
					rank: 0,
					text: `A colleague, ${oneLine(owner?.name ?? '')}, has taken over and is who writes to you now. Help them.`
				}
			];
		case 'with_ai':
			return [
				{
					rank: 0,
					text: 'A colleague had it and handed it back to you. Nobody else is working on it: you answer now.'
				},
				...(endedNote.trim() === ''
					? []
					: [{ rank: 0, text: `They said with that: "${oneLine(endedNote)}"` }])
			];
		case 'resolved':
			return [
				{
					rank: 0,
					text: `A colleague had it and resolved it${endedNote.trim() === '' ? '' : `: "${oneLine(endedNote)}"`}. That hand-off is over.`
				}
			];
		case 'withdrawn':
			return [];
	}
};

/** Tells of cases, and of nothing else. */
export const caseTeller: Teller = {
	reads: [cases, caseSteps, handoffs],
	tell: (read: Read, chatId) => {
		const found = findCase(read, chatId);
		if (found === null) return [];
		const steps = stepsOf(read, chatStream(chatId), 'tried', STEPS_TOLD);
		return [
			...about(found),
			...handedOn(handoffOfChat(read, chatId)),
			...steps.map(({ text, outcome }, i): ToldLine => ({
				// the newest first, where there is not room for all
				rank: steps.length - i,
				text: `Tried: ${oneLine(text)} (${OUTCOMES[outcome]})`
			}))
		];
	}
};
