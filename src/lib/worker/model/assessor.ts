// Writes assessments: one durable job at a time for each hand-off, under a lock that passes to another tab when this one dies.
import { z } from 'zod';
import type { CommandEnvelope, JobSignal, ModelFailure } from '../protocol.ts';
import { ASSESS_LIMIT_MS, askSections } from './ask-sections.ts';
import { assessmentAsked, show, type AssessmentAsked } from './assessment-run.ts';
import { assessmentFailure, type AssessmentFailure } from './assessment-failure.ts';
import { pause, untilAborted } from './clock.ts';
import { openDecisionBill } from './bill.ts';
import { bookLate, write, type EndingWorld, type Form, type Spent } from './ending.ts';
import type { OpenedModel, RunnerWorld } from './run.ts';

const ASK_TIMES = 4;

/** The part of `navigator.locks` that is used: it waits for the lock. */
export interface WaitingLocks {
	request(
		name: string,
		options: { readonly signal: AbortSignal },
		run: (lock: unknown) => Promise<void>
	): Promise<unknown>;
}

interface AssessorWorld extends RunnerWorld {
	readonly locks: WaitingLocks;
	/** The connection in use, for a job that names none; null where there is none. */
	readonly preferred: () => Promise<string | null>;
	/** SHA-256 of a text, in hex. */
	readonly digest: (text: string) => Promise<string>;
}

interface Assessor {
	/** See `ModelWorkerApi.assess`. */
	assess(jobId: string, handoffId: string): Promise<void>;
	/** Takes a signal from any tab. Signals about other workers' jobs are ignored. */
	hear(signal: JobSignal): void;
}

interface AssessmentInHand {
	readonly stop: AbortController;
	/** It was ended in the log: nothing is written any more. */
	gone: boolean;
	retell: () => void;
}

interface Cost {
	readonly connectionId: string;
	readonly model: string;
	readonly usage: Spent;
}

/** Makes the assessor of one worker. */
export const createAssessor = (world: AssessorWorld): Assessor => {
	const { log, clock, newId } = world;
	const inHand = new Map<string, AssessmentInHand>();
	const writes: EndingWorld = {
		dispatch: (command: CommandEnvelope) => log.dispatch(command),
		clock,
		newId
	};
	const dispatch = (form: Form) => write(form, writes);

	const ask = async (jobId: string, room?: { tokens: number; ratio: number }) => {
		for (let attempt = 1; ; attempt += 1) {
			try {
				const input = room === undefined ? { jobId } : { jobId, room };
				return assessmentAsked.parse(await log.ask('assessment_request', input));
			} catch (error) {
				if (error instanceof z.ZodError || attempt >= ASK_TIMES) throw error;
				await pause(clock, 250 * 2 ** attempt, new AbortController().signal);
			}
		}
	};

	/** Says whether the log took it: a job that somebody else ended takes nothing. */
	const fail = async (
		run: AssessmentInHand,
		jobId: string,
		failure: AssessmentFailure,
		key = '',
		cost: Cost | null = null
	): Promise<boolean> => {
		if (run.gone) return false;
		return (await dispatch({ name: 'fail_assessment', input: { jobId, failure, key, cost } })).ok;
	};

	/** The same prompt for the same model about the same transcript has the same key; parts of an answer have their own. */
	const keyOf = (
		{ promptVersion, instructions, data, head, sections }: AssessmentAsked,
		model: string
	): Promise<string> =>
		world.digest(
			JSON.stringify([promptVersion, model, head.digest, instructions, data, ...(sections ?? [])])
		);

	const perform = async (run: AssessmentInHand, jobId: string): Promise<void> => {
		const late = new AbortController();
		const callOff = clock.later(ASSESS_LIMIT_MS, () => late.abort());
		const signal = AbortSignal.any([run.stop.signal, late.signal]);
		/** Why it ended before anything was asked, or was called off. */
		const cutShort = (): AssessmentFailure =>
			run.stop.signal.aborted ? { type: 'cancelled' } : { type: 'timeout' };
		try {
			const first = await ask(jobId);
			// the chat is gone, or the job has ended: then this is refused, and nothing is lost by it
			if (first === null) {
				await fail(run, jobId, { type: 'cancelled' });
				return;
			}
			const waiting = show(first, clock, (news) => log.tell(news));
			run.retell = waiting.retell;
			waiting.retell();
			const connectionId = first.connectionId ?? (await world.preferred());
			if (connectionId === null) {
				await fail(run, jobId, { type: 'no_key', cause: 'no-connection' });
				return;
			}
			const opened = await untilAborted(world.open(connectionId, first.choice, 'copilot'), signal);
			if (opened === 'aborted') {
				await fail(run, jobId, cutShort());
				return;
			}
			if (!opened.ok) {
				await fail(run, jobId, assessmentFailure(opened.error));
				return;
			}
			waiting.close();
			await performWith(run, first, connectionId, opened.value, signal, cutShort);
		} finally {
			callOff();
		}
	};

	const performWith = async (
		run: AssessmentInHand,
		first: AssessmentAsked,
		connectionId: string,
		model: OpenedModel,
		signal: AbortSignal,
		cutShort: () => AssessmentFailure
	): Promise<void> => {
		const { jobId } = first;
		const { meter, port } = model;
		const asked =
			meter === null
				? first
				: await ask(jobId, { tokens: Math.max(1, Math.floor(meter.room)), ratio: Math.min(10, meter.ratio) });
		if (asked === null) return;
		const key = await keyOf(asked, port.capabilities.model);
		const before = asked.made.find((made) => made.key === key);
		if (before !== undefined && !asked.again) {
			await dispatch({ name: 'reuse_assessment', input: { jobId, number: before.number } });
			return;
		}
		const showing = show(asked, clock, (news) => log.tell(news));
		run.retell = showing.retell;
		showing.retell();
		const bill = openDecisionBill(meter);
		const { said, failure } = await askSections(
			{ port, clock, random: world.random, showing, tally: bill },
			asked,
			signal
		);
		showing.close();
		const usage = bill.close(true);
		const cost: Cost | null = usage === null ? null : { connectionId, model: port.capabilities.model, usage };
		/** What somebody else had ended is paid for all the same. */
		const bookUnwanted = async (): Promise<void> => {
			if (cost !== null)
				await bookLate({ chatId: asked.chatId, turnId: null, task: 'classify', ...cost }, writes);
		};
		const bringNothing = async (why: AssessmentFailure): Promise<void> => {
			if (!(await fail(run, jobId, why, key, cost))) await bookUnwanted();
		};
		// who called it off wants none of it
		if (run.stop.signal.aborted) return bringNothing({ type: 'cancelled' });
		if (Object.keys(said).length === 0) return bringNothing(whyNothing(failure, signal.aborted, cutShort));
		const result = await dispatch({
			name: 'finish_assessment',
			input: {
				jobId,
				model: port.capabilities.model,
				key,
				answer: said,
				seen: Object.fromEntries(asked.turns.map(({ number, turnId }) => [String(number), turnId])),
				coverage: asked.coverage,
				head: asked.head,
				cost
			}
		});
		if (result.ok) return;
		if (result.error.type === 'job_unknown') await bookUnwanted();
		else await bringNothing({ type: 'invalid_output' });
	};

	/** Waits for the lock; without locks, writes it all the same: another tab's writer finds the job gone. */
	const performAlone = async (run: AssessmentInHand, jobId: string, handoffId: string): Promise<void> => {
		const held = { yes: false };
		try {
			await world.locks.request(`assess:${handoffId}`, { signal: run.stop.signal }, async () => {
				held.yes = true;
				await perform(run, jobId);
			});
		} catch (error) {
			if (held.yes) throw error;
			// called off while another tab was at it, or a browser without locks
			if (!run.stop.signal.aborted) await perform(run, jobId);
		}
	};

	return {
		assess: async (jobId, handoffId) => {
			if (inHand.has(jobId)) return;
			const run: AssessmentInHand = {
				stop: new AbortController(),
				gone: false,
				retell: () => undefined
			};
			inHand.set(jobId, run);
			try {
				await performAlone(run, jobId, handoffId);
			} finally {
				inHand.delete(jobId);
				log.tell({ kind: 'assessed', jobId, handoffId });
			}
		},
		hear: (signal) => {
			const run = inHand.get(signal.jobId);
			if (run === undefined) return;
			if (signal.kind === 'resync') {
				run.retell();
				return;
			}
			if (signal.kind === 'given-up') run.gone = true;
			run.stop.abort();
		}
	};
};

const whyNothing = (
	failure: ModelFailure | null,
	aborted: boolean,
	cutShort: () => AssessmentFailure
): AssessmentFailure => (aborted || failure === null ? cutShort() : assessmentFailure(failure));
