// One assessment while it is written here: what the log wants of it, and what every tab is told of it.
import { z } from 'zod';
import type { AssessmentAnswer } from '../../domain/desk/assessment-answer.ts';
import { coverage, SECTIONS, type Section } from '../../domain/desk/assessment-shape.ts';
import { verify } from '../../domain/desk/assessment.ts';
import { head } from '../../domain/desk/facts-shape.ts';
import { byAlias, type LookUp } from '../../domain/desk/trace-assessment.ts';
import type { AssessmentNews, StreamNews } from '../protocol.ts';
import type { Clock } from './clock.ts';
import { readPart } from './read-assessment.ts';

/** The screen is told no oftener: people read sections, not letters. */
const TELL_EVERY_MS = 120;

/** What the log wants of a model, as query `assessment_request` says it. */
export const assessmentAsked = z
	.object({
		jobId: z.string(),
		handoffId: z.string(),
		chatId: z.string(),
		connectionId: z.string().nullable(),
		choice: z
			.object({
				model: z.string().nullable(),
				temperature: z.number().nullable(),
				topP: z.number().nullable(),
				maxOutputTokens: z.number().nullable()
			})
			.nullable(),
		again: z.boolean(),
		sections: z.array(z.enum(SECTIONS)).nullable(),
		promptVersion: z.string(),
		maxOutputTokens: z.number(),
		instructions: z.string(),
		data: z.string(),
		turns: z.array(
			z.object({
				turnId: z.string(),
				number: z.number(),
				by: z.enum(['person', 'tool', 'ai']),
				text: z.string()
			})
		),
		coverage,
		head,
		made: z.array(z.object({ number: z.number(), key: z.string() }))
	})
	.nullable();
export type AssessmentAsked = NonNullable<z.output<typeof assessmentAsked>>;

/** Tells all tabs how far an assessment came. */
export interface Showing {
	/** What is kept for good: whole sections of what was said before. */
	keep(kept: AssessmentAnswer): void;
	/** What is being said now, all of it so far. */
	hear(text: string): void;
	waiting(ms: number): void;
	/** Says it all again, now. */
	retell(): void;
	/** Nothing more is told. */
	close(): void;
}

export const show = (
	asked: Pick<AssessmentAsked, 'jobId' | 'handoffId' | 'turns'>,
	clock: Clock,
	tell: (news: StreamNews) => void
): Showing => {
	const { jobId, handoffId } = asked;
	const look: LookUp = byAlias(asked.turns);
	let stage: Extract<AssessmentNews, { kind: 'assessing' }>['stage'] = 'asking';
	let until = 0;
	let kept: AssessmentAnswer = {};
	let said = '';
	let shown: {
		readonly all: AssessmentAnswer;
		readonly writing: Section | null;
		readonly closed: AssessmentAnswer;
	} = {
		all: {},
		closed: {},
		writing: null
	};
	let callOff: (() => void) | null = null;
	let over = false;
	const retell = (): void => {
		if (over) return;
		const all = { ...shown.all, ...kept };
		const whole = { ...shown.closed, ...kept };
		const { body, verification } = verify(all, look);
		tell({
			kind: 'assessing',
			jobId,
			handoffId,
			stage,
			seconds: stage === 'waiting' ? Math.max(0, Math.ceil((until - clock.now()) / 1000)) : 0,
			body,
			verification,
			closed: sectionsOf(whole),
			writing: shown.writing
		});
	};
	const read = async (): Promise<void> => {
		const text = said;
		const part = await readPart(text);
		// an answer that began anew meanwhile is told by its own reading
		if (over || text !== said.slice(0, text.length)) return;
		shown = part;
		retell();
	};
	return {
		keep: (now) => {
			kept = now;
			[said, shown] = ['', { all: {}, closed: {}, writing: null }];
			stage = 'asking';
			retell();
		},
		hear: (text) => {
			said = text;
			if (text !== '') stage = 'writing';
			callOff ??= clock.later(TELL_EVERY_MS, () => {
				callOff = null;
				void read();
			});
		},
		waiting: (ms) => {
			stage = 'waiting';
			until = clock.now() + ms;
			retell();
		},
		retell,
		close: () => {
			over = true;
			callOff?.();
		}
	};
};

const sectionsOf = (said: AssessmentAnswer): readonly Section[] =>
	SECTIONS.filter((section) => said[section] !== undefined);
