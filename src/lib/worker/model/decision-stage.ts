// A stage of a classifier: asks once, within a limit of time, and writes what was found, or why nothing was, to the log.
import { CLASSIFIERS, NO_ANSWER, type Answers, type ClassifierName } from '../../domain/story/classifiers.ts';
import type { ModelFailure, NewsStage } from '../protocol.ts';
import { untilAborted } from './clock.ts';
import { goesOn, write, type Form, type Spent } from './ending.ts';
import type { Decision, TurnPort } from './port.ts';
import { askLog, type AskedToDecide, type OpenedModel, type Run, type RunnerWorld } from './run.ts';
import { cutText } from './spoken-text.ts';

/** Nobody waits longer for a classifier: the turn stands without it, and it can be asked again. */
const DECIDE_LIMIT_MS = 120_000;
/** A model that reads no more than this at once is asked everything in one. */
const SMALL_WINDOW_TOKENS = 16_384;
const RAW_MAX_CHARS = 4000;

const TOLD: Readonly<Record<AskedToDecide['stage'], NewsStage>> = {
	reply: 'writing',
	observe: 'remembering',
	transitions: 'weighing',
	ask: 'listening',
	interject: 'interjecting',
	observe2: 'remembering',
	transitions2: 'weighing',
	digest: 'digesting',
	detect_steps: 'noting'
};

/** What says something of this one answer. Whatever else failed would fail the next classifier too. */
const OF_THE_ANSWER: readonly ModelFailure['type'][] = [
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

/** What became of the asking: the command that says so, without job and cost. */
interface Outcome {
	readonly form: Form;
	readonly cost: { readonly connectionId: string; readonly model: string; readonly usage: Spent } | null;
}

const failed = (
	{ stage, classifier }: AskedToDecide,
	reason: ModelFailure,
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
	cost
});

const costOf = (
	{ connectionId }: AskedToDecide,
	{ port, meter }: OpenedModel,
	{ usage }: Pick<Decision<unknown>, 'usage'>
): Outcome['cost'] => {
	if (usage === null) return null;
	const { inputTokens, outputTokens, cacheReadTokens } = usage;
	const costUsd = usage.costUsd ?? meter?.costOf(usage) ?? null;
	return {
		connectionId,
		model: port.capabilities.model,
		usage: { inputTokens, outputTokens, cacheReadTokens, costUsd, estimated: false }
	};
};

/** Asks one classifier; null when the player stopped it. Nothing that a port does keeps it longer than its limit. */
const decide = async <N extends ClassifierName>(
	world: RunnerWorld,
	run: Run,
	asked: AskedToDecide,
	name: N,
	forms: Pick<Forms, N>,
	model: OpenedModel
): Promise<Outcome | null> => {
	const late = new AbortController();
	const callOff = world.clock.later(DECIDE_LIMIT_MS, () => late.abort());
	const signal = AbortSignal.any([run.stop.signal, late.signal]);
	const fallback: Answers[N] = NO_ANSWER[name];
	try {
		const decision = await untilAborted(
			model.port.decide<Answers[N]>(
				{
					name,
					instructions: asked.instructions,
					data: asked.data,
					schema: CLASSIFIERS[name],
					fallback,
					maxOutputTokens: asked.maxOutputTokens,
					story: asked.story
				},
				signal
			),
			signal
		);
		if (run.stop.signal.aborted) return null;
		if (decision === 'aborted' || late.signal.aborted) return failed(asked, { type: 'stalled' });
		const cost = costOf(asked, model, decision);
		if (decision.value === fallback)
			return failed(asked, decision.failure ?? { type: 'invalid-output' }, decision.raw, cost);
		return { form: forms[name](decision.value, asked), cost };
	} catch {
		// a port that breaks its word is no reason to lose a turn
		return run.stop.signal.aborted ? null : failed(asked, { type: 'interrupted' });
	} finally {
		callOff();
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

/** Plays the stage of a classifier to its end. Says whether the job goes on with another one. */
export const playDecision = async (world: RunnerWorld, run: Run, asked: AskedToDecide): Promise<boolean> => {
	const { jobId } = run;
	const { log, clock, newId } = world;
	const dispatch = async (form: Form) =>
		write(form, { dispatch: (command) => log.dispatch(command), clock, newId });
	run.retell = () =>
		log.tell({ kind: 'whole', jobId, chatId: asked.chatId, text: '', stage: TOLD[asked.stage] });
	run.retell();
	const outcome = run.stop.signal.aborted ? null : await askClassifier(world, run, asked);
	if (run.gone) return false;
	if (outcome === null) {
		await dispatch({ name: 'stop_stage', input: { jobId } });
		return false;
	}
	const { form, cost } = outcome;
	// a digest is of a scene, and a scene has one
	const about = asked.stage === 'digest' ? {} : { turnId: asked.story.turnId };
	const input = typeof form.input === 'object' ? form.input : {};
	const result = await dispatch({ name: form.name, input: { jobId, ...about, ...input, cost } });
	if (result.ok) return goesOn(result);
	const over = ['job_unknown', 'stage_over', 'turn_gone'].includes(result.error.type);
	if (over) return false;
	// the log minds the answer: then it is none
	const { form: instead } = failed(asked, { type: 'invalid-output' });
	const minded = typeof instead.input === 'object' ? instead.input : {};
	const written = await dispatch({ name: instead.name, input: { jobId, ...about, ...minded, cost: null } });
	if (!written.ok && !['job_unknown', 'stage_over', 'turn_gone'].includes(written.error.type))
		throw new Error(`the log refused the end of a stage: ${written.error.type}`);
	return goesOn(written);
};
