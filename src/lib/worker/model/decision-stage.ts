// A stage of a classifier: asks, within a limit of time and again where the provider is busy, and writes what was found, or
// why nothing was, to the log.
import { CLASSIFIERS, NO_ANSWER, type Answers, type ClassifierName } from '../../domain/story/classifiers.ts';
import { estimatePrompt } from '../../domain/story/tokens.ts';
import type { Result } from '../../domain/kernel/result.ts';
import type { ModelFailure, NewsStage } from '../protocol.ts';
import { pause, untilAborted } from './clock.ts';
import { openDecisionBill } from './bill.ts';
import { bookLate, goesOn, OFFER_TIMES, write, type Form, type Spent } from './ending.ts';
import { keepClassifierPrompt } from './keep-prompt.ts';
import { lessRoom, type Meter } from './packing.ts';
import type { Decision, Tally, TurnPort } from './port.ts';
import { waitBefore } from './retry.ts';
import { askLog, type AskedToDecide, type OpenedModel, type Run, type RunnerWorld } from './run.ts';
import { cutText } from './spoken-text.ts';

/** Nobody waits longer for a classifier: the turn stands without it, and it can be asked again. */
const DECIDE_LIMIT_MS = 120_000;
/** A model that reads no more than this at once is asked everything in one. */
const SMALL_WINDOW_TOKENS = 16_384;
const RAW_MAX_CHARS = 4000;
/** So often a classifier is paid for in one worker though nothing it said could be written down, nor that it could not. */
const ASK_TIMES = 3;

const TOLD: Readonly<Record<AskedToDecide['stage'], NewsStage>> = {
	reply: 'writing',
	observe: 'remembering',
	transitions: 'weighing',
	ask: 'listening',
	interject: 'interjecting',
	observe2: 'remembering',
	transitions2: 'weighing',
	digest: 'digesting',
	draft: 'drafting',
	detect_steps: 'noting'
};

/** Why a classifier brought nothing. `not-kept`: it did, and writing that down kept failing. */
type Reason = ModelFailure | { readonly type: 'not-kept' };

/** What says something of this one answer. Whatever else failed would fail the next classifier too. */
const OF_THE_ANSWER: readonly Reason['type'][] = [
	'not-kept',
	'invalid-output',
	'content-filter',
	'refused',
	'empty',
	'context-too-long'
];

const isSmall = ({ capabilities: { contextTokens } }: TurnPort): boolean =>
	contextTokens !== null && contextTokens <= SMALL_WINDOW_TOKENS;

/** How each answer is written down: the command and its input, without job and cost. */
type Forms = { readonly [N in ClassifierName]: (answer: Answers[N], asked: AskedToDecide) => Form };
const FORMS: Forms = {
	observer: (answer, { stage, known }) => ({ name: 'apply_observation', input: { stage, answer, known } }),
	transitions: (answer, { stage, known }) => ({ name: 'apply_transitions', input: { stage, answer, known } }),
	interjection: (answer) => ({ name: 'decide_interjection', input: { answer } }),
	digest: (answer) => ({ name: 'apply_digest', input: { answer } }),
	steps: (answer) => ({ name: 'apply_steps', input: { answer } }),
	merged: (answer, { stage, known }) => {
		const { planned, started, completed, cancelled, speaks, why, ...seen } = answer;
		const more = {
			transitions: { planned, started, completed, cancelled },
			interjection: { speaks, why }
		};
		return { name: 'apply_observation', input: { stage, answer: seen, more, known } };
	}
};

/** What became of the asking: the command that says so, without job and cost, and the words that were judged. */
interface Outcome {
	readonly form: Form;
	readonly wording: string;
	readonly cost: { readonly connectionId: string; readonly model: string; readonly usage: Spent } | null;
}

const failed = (
	{ stage, classifier, wording }: AskedToDecide,
	reason: Reason,
	raw = '',
	cost: Outcome['cost'] = null
): Outcome => ({
	form: {
		name: 'fail_stage',
		input: {
			stage,
			reason,
			raw: cutText(raw, RAW_MAX_CHARS),
			rest: classifier === 'merged' || !OF_THE_ANSWER.includes(reason.type)
		}
	},
	wording,
	cost
});

/** Notes what was paid for an answer that nobody waits for any more. */
const bookUnwanted = async (
	{ log, clock, newId }: RunnerWorld,
	{ chatId, story }: AskedToDecide,
	cost: Outcome['cost']
): Promise<void> => {
	if (cost === null) return;
	await bookLate(
		{ chatId, turnId: story.turnId, task: 'classify', ...cost },
		{ dispatch: (command) => log.dispatch(command), clock, newId }
	);
};

/** Looked at anew each time: it changes while something is waited for. */
const isStopped = (signal: AbortSignal): boolean => signal.aborted;

/** Waits before a classifier is asked again, and says so; Stop ends it. */
const waitFor = async (
	{ log, clock }: RunnerWorld,
	run: Run,
	chatId: string,
	ms: number,
	failure: ModelFailure
): Promise<void> => {
	const until = clock.now() + ms;
	const { retell } = run;
	const tell = (): void =>
		log.tell({
			kind: 'waiting',
			jobId: run.jobId,
			chatId,
			seconds: Math.max(0, Math.ceil((until - clock.now()) / 1000)),
			reason: failure.type
		});
	run.retell = () => {
		retell();
		tell();
	};
	tell();
	await pause(clock, ms, run.stop.signal);
	run.retell = retell;
	if (!run.stop.signal.aborted) retell();
};

/** Asks a port once, and no longer than the limit; whatever it does, that is what it comes to. */
const decideOnce = async <N extends ClassifierName>(
	{ clock }: RunnerWorld,
	run: Run,
	asked: AskedToDecide,
	name: N,
	port: TurnPort,
	tally: Tally
): Promise<Decision<Answers[N]>> => {
	const late = new AbortController();
	const callOff = clock.later(DECIDE_LIMIT_MS, () => late.abort());
	const signal = AbortSignal.any([run.stop.signal, late.signal]);
	const fallback: Answers[N] = NO_ANSWER[name];
	const nothing = (failure: ModelFailure): Decision<Answers[N]> => ({
		value: fallback,
		via: 'fallback',
		failure
	});
	try {
		const decision = await untilAborted(
			port.decide<Answers[N]>(
				{
					name,
					instructions: asked.instructions,
					data: asked.data,
					schema: CLASSIFIERS[name],
					fallback,
					maxOutputTokens: asked.maxOutputTokens,
					story: asked.story,
					tally
				},
				signal
			),
			signal
		);
		return decision === 'aborted' || late.signal.aborted ? nothing({ type: 'stalled' }) : decision;
	} catch {
		// a port that breaks its word is no reason to lose a turn
		return nothing({ type: 'interrupted' });
	} finally {
		callOff();
	}
};

const estimateOf = ({ instructions, data }: AskedToDecide): number =>
	estimatePrompt({ instructions, messages: [{ text: data }] });

/** The same question in fewer words, after a provider found it too long; null where there is none. */
const shorten = async (
	world: RunnerWorld,
	run: Run,
	asked: AskedToDecide,
	meter: Meter,
	port: TurnPort,
	failure: ModelFailure
): Promise<AskedToDecide | 'gone' | null> => {
	const room = lessRoom(estimateOf(asked), meter, port, failure);
	const merged = asked.classifier === 'merged' ? { merged: true } : {};
	const shorter = await askLog(world, run.jobId, { room, ...merged });
	if (shorter?.kind !== 'decide' || shorter.stage !== asked.stage) return 'gone';
	return estimateOf(shorter) < estimateOf(asked) ? shorter : null;
};

/**
 * Asks one classifier, once more in fewer words where they were too many, and again after a while where the provider is busy or the line broke; null when the player stopped
 * it. A tab that dies meanwhile leaves the job at this stage, and another asks.
 */
const decide = async <N extends ClassifierName>(
	world: RunnerWorld,
	run: Run,
	first: AskedToDecide,
	name: N,
	forms: Pick<Forms, N>,
	model: OpenedModel
): Promise<Outcome | null> => {
	const { signal } = run.stop;
	let asked = first;
	let shortened = false;
	let tries = 0;
	const bill = openDecisionBill(model.meter);
	/** What it took. A request that was left in the middle may be charged for, whoever left it. */
	const paid = (): Outcome['cost'] => {
		const usage = bill.close(true);
		const { connectionId } = asked;
		return usage === null ? null : { connectionId, model: model.port.capabilities.model, usage };
	};
	for (let attempt = 0; ; attempt += 1) {
		const decision = await decideOnce(world, run, asked, name, model.port, bill);
		tries += 1;
		const answered = decision.value !== NO_ANSWER[name];
		keepClassifierPrompt(world, run.jobId, asked, {
			model: model.port.capabilities.model,
			tries,
			answer: answered ? JSON.stringify(decision.value, null, 2) : (decision.raw ?? '')
		});
		if (isStopped(signal)) {
			await bookUnwanted(world, asked, paid());
			return null;
		}
		if (answered) return { form: forms[name](decision.value, asked), wording: asked.wording, cost: paid() };
		const failure: ModelFailure = decision.failure ?? { type: 'invalid-output' };
		if (failure.type === 'context-too-long' && !shortened && model.meter !== null) {
			shortened = true;
			const shorter = await shorten(world, run, asked, model.meter, model.port, failure);
			if (shorter === 'gone') {
				run.gone = true;
				await bookUnwanted(world, asked, paid());
				return null;
			}
			if (shorter !== null && !isStopped(signal)) {
				asked = shorter;
				attempt -= 1;
				continue;
			}
		}
		const ms = decision.again === true ? waitBefore(attempt, failure, world.random) : null;
		if (ms === null) return failed(asked, failure, decision.raw, paid());
		await waitFor(world, run, asked.chatId, ms, failure);
		if (isStopped(signal)) {
			await bookUnwanted(world, asked, paid());
			return null;
		}
	}
};

/** Finds the model for a classifier and asks it; null when the player stopped it, or the job is gone. */
const askClassifier = async (world: RunnerWorld, run: Run, first: AskedToDecide): Promise<Outcome | null> => {
	const { signal } = run.stop;
	const opened = await untilAborted(world.open(first.connectionId, first.choice, 'classify'), signal);
	if (opened === 'aborted') return null;
	if (!opened.ok) return failed(first, opened.error);
	const model = opened.value;
	const merged = first.mayMerge && isSmall(model.port);
	const { meter } = model;
	let asked = first;
	if (merged || meter !== null) {
		const again = await askLog(world, run.jobId, {
			...(meter === null ? {} : { room: { tokens: meter.room, ratio: meter.ratio } }),
			...(merged ? { merged } : {})
		});
		if (again?.kind !== 'decide' || again.stage !== first.stage) {
			run.gone = true;
			return null;
		}
		asked = again;
	}
	if (signal.aborted) return null;
	return decide(world, run, asked, asked.classifier, FORMS, model);
};

/** Refusals that say that somebody else has ended the stage. */
const OVER: readonly string[] = ['job_unknown', 'stage_over', 'turn_gone'];

/** Plays the stage of a classifier to its end. Says whether the job goes on with another one. */
export const playDecision = async (world: RunnerWorld, run: Run, asked: AskedToDecide): Promise<boolean> => {
	const { jobId } = run;
	const { log, clock, newId } = world;
	run.retell = () =>
		log.tell({ kind: 'whole', jobId, chatId: asked.chatId, text: '', stage: TOLD[asked.stage] });
	run.retell();
	// a digest is of a scene, and a scene has one
	const about = asked.stage === 'digest' ? {} : { turnId: asked.story.turnId };
	const conclude = async ({ form, wording, cost }: Outcome): Promise<Result<unknown>> => {
		const input = typeof form.input === 'object' ? form.input : {};
		return write(
			{ name: form.name, input: { jobId, ...about, ...input, wording, cost } },
			{ dispatch: (command) => log.dispatch(command), clock, newId },
			OFFER_TIMES
		);
	};
	const which = `${jobId} ${asked.stage} ${asked.story.turnId}`;
	const lost = run.unkept.get(which) ?? 0;
	const notKept = failed(asked, { type: 'not-kept' });
	const outcome = run.stop.signal.aborted
		? null
		: lost < ASK_TIMES
			? await askClassifier(world, run, asked)
			: notKept;
	if (run.gone) {
		await bookUnwanted(world, asked, outcome?.cost ?? null);
		return false;
	}
	if (outcome === null) {
		await conclude({ form: { name: 'stop_stage', input: {} }, wording: asked.wording, cost: null });
		return false;
	}
	run.unkept.set(which, lost + 1);
	const result = await conclude(outcome).catch(() => conclude({ ...notKept, cost: outcome.cost }));
	run.unkept.delete(which);
	if (result.ok) return goesOn(result);
	if (OVER.includes(result.error.type)) {
		await bookUnwanted(world, asked, outcome.cost);
		return false;
	}
	// the log minds the answer: then it is none
	const written = await conclude(failed(asked, { type: 'invalid-output' }, '', outcome.cost));
	if (!written.ok && !OVER.includes(written.error.type))
		throw new Error(`the log refused the end of a stage: ${written.error.type}`);
	return goesOn(written);
};
