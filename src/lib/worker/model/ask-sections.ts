// Asks a model for the sections of an assessment, within its time: again when that may help, once more for what did not come.
import { readSections, type AssessmentAnswer } from '../../domain/desk/assessment-answer.ts';
import type { Section } from '../../domain/desk/assessment-shape.ts';
import { missingSections } from '../../domain/desk/assessment.ts';
import type { ModelFailure } from '../protocol.ts';
import type { AssessmentAsked, Showing } from './assessment-run.ts';
import { isPassing } from './assessment-failure.ts';
import { pause, untilAborted, type Clock } from './clock.ts';
import type { Tally, TurnPort } from './port.ts';
import { readPart, sectionsShape } from './read-assessment.ts';

/** Nobody waits longer for a first word, nor for all of them: the facts are there without. */
const FIRST_WORD_MS = 10_000;
export const ASSESS_LIMIT_MS = 45_000;
/** Waits before it is asked again, and by what share they differ by chance. */
const WAITS_MS = [1000, 4000];
const JITTER = 0.5;

/** What came of it. `failure`: why some sections, or all, did not come. */
export interface Sections {
	readonly said: AssessmentAnswer;
	readonly failure: ModelFailure | null;
}

interface AskWorld {
	readonly port: TurnPort;
	readonly clock: Clock;
	readonly random: () => number;
	readonly showing: Showing;
	/** What the requests took is put down here. */
	readonly tally: Tally;
}

interface Once {
	readonly closed: AssessmentAnswer;
	readonly failure: ModelFailure | null;
}

/** Asks once. Whatever came whole is kept, however it ended. */
const askOnce = async (
	{ port, clock, showing, tally }: AskWorld,
	asked: AssessmentAsked,
	sections: readonly Section[],
	signal: AbortSignal
): Promise<Once> => {
	const silent = new AbortController();
	const callOff = clock.later(FIRST_WORD_MS, () => silent.abort());
	const either = AbortSignal.any([signal, silent.signal]);
	const fallback: Record<string, never> = {};
	let heard = '';
	const end = async (failure: ModelFailure): Promise<Once> => ({
		closed: (await readPart(heard)).closed,
		failure
	});
	try {
		const decision = await untilAborted(
			port.decide<AssessmentAnswer | Record<string, unknown>>(
				{
					name: 'assessment',
					instructions: asked.instructions,
					data: asked.data,
					schema: sectionsShape(sections),
					fallback,
					maxOutputTokens: asked.maxOutputTokens,
					story: null,
					tally,
					hear: (text) => {
						callOff();
						if (either.aborted) return;
						heard = text;
						showing.hear(text);
					}
				},
				either
			),
			either
		);
		if (decision === 'aborted' || either.aborted) return await end({ type: 'stalled' });
		const { value } = decision;
		return value === fallback
			? await end(decision.failure ?? { type: 'invalid-output' })
			: { closed: givenIn(value, sections), failure: null };
	} catch {
		// a port that breaks its word
		return await end({ type: 'interrupted' });
	} finally {
		callOff();
	}
};

/** The sections that were asked for and came. */
const givenIn = (value: object, sections: readonly Section[]): AssessmentAnswer => {
	const given = readSections(value);
	return Object.fromEntries(
		sections.flatMap((section) => (given[section] === undefined ? [] : [[section, given[section]]]))
	);
};

/** Looked at anew each time: it changes while something is waited for. */
const isOver = (signal: AbortSignal): boolean => signal.aborted;

/** Asks until every section that is wanted is there, it is no use, or time is up. `signal`: time is up, or nobody wants it any more. */
export const askSections = async (
	world: AskWorld,
	asked: AssessmentAsked,
	signal: AbortSignal
): Promise<Sections> => {
	const { clock, random, showing } = world;
	let said: AssessmentAnswer = {};
	let once = false;
	let tries = 0;
	for (;;) {
		const { closed, failure } = await askOnce(world, asked, missingSections(said, asked.sections), signal);
		// what came first stays: it may have been read
		said = { ...closed, ...said };
		showing.keep(said);
		if (missingSections(said, asked.sections).length === 0) return { said, failure: null };
		if (isOver(signal)) return { said, failure: failure ?? { type: 'stalled' } };
		const mended = failure === null || failure.type === 'invalid-output' || failure.type === 'empty';
		if (mended) {
			if (once || Object.keys(said).length === 0)
				return { said, failure: failure ?? { type: 'invalid-output' } };
			once = true;
			continue;
		}
		const wait = WAITS_MS[tries];
		if (!isPassing(failure) || wait === undefined) return { said, failure };
		tries += 1;
		const ms = (failure.retryAfterSeconds ?? 0) * 1000 + wait * (1 - JITTER / 2 + random() * JITTER);
		if (ms > ASSESS_LIMIT_MS) return { said, failure };
		showing.waiting(ms);
		await pause(clock, ms, signal);
		if (isOver(signal)) return { said, failure };
		showing.keep(said);
	}
};
