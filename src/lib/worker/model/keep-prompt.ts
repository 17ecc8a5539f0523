// Keeps what a model was asked: words once their request is on its way, a classifier once it has answered. Nothing waits for it.
import { ANSWER_KEPT_CHARS } from '../../domain/story/limits.ts';
import type { PromptShare } from '../../domain/story/prompt-parts.ts';
import type { CommandEnvelope } from '../protocol.ts';
import type { Clock } from './clock.ts';
import type { Packed } from './packing.ts';
import type { AskedToDecide, RunnerWorld } from './run.ts';
import { cutText } from './spoken-text.ts';

/** A request has left by then, and the first word is not there yet. */
const AFTER_MS = 100;

interface PromptKeeper {
	/** A request leaves; of several for one reply, the last is kept. */
	sent(packed: Packed): void;
	/** Keeps at once what is still to be kept: after it, the reply may be no job any more. */
	flush(): void;
}

/** Makes the keeper of one reply. Where the log does not take it, it is not kept: it is looked at, and nothing hangs on it. */
export const createPromptKeeper = (world: {
	readonly jobId: string;
	readonly model: string;
	readonly clock: Clock;
	readonly dispatch: (command: CommandEnvelope) => Promise<unknown>;
	/** A fresh UUID. */
	readonly newId: () => string;
}): PromptKeeper => {
	let due: { readonly packed: Packed; readonly callOff: () => void } | null = null;
	const flush = (): void => {
		if (due === null) return;
		const { packed, callOff } = due;
		due = null;
		callOff();
		const { instructions, messages, story } = packed.request;
		const input: KeptPrompt = {
			jobId: world.jobId,
			interjection: story.interjection,
			speaker: story.bot,
			model: world.model,
			instructions,
			messages: messages.map(({ role, text }) => ({ role, text })),
			parts: packed.parts
		};
		world.dispatch({ id: world.newId(), name: 'keep_prompt', input }).catch(() => undefined);
	};
	return {
		sent: (packed) => {
			due?.callOff();
			due = { packed, callOff: world.clock.later(AFTER_MS, flush) };
		},
		flush
	};
};

/** What `keep_prompt` takes. */
interface KeptPrompt {
	readonly jobId: string;
	readonly interjection: boolean;
	readonly speaker: string;
	readonly model: string;
	readonly instructions: string;
	readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
	readonly parts: readonly PromptShare[];
}

/** Keeps what a classifier was asked and what came of it; before the log hears of that, since the job goes on then. */
export const keepClassifierPrompt = (
	{ log, newId }: Pick<RunnerWorld, 'log' | 'newId'>,
	jobId: string,
	{ classifier, instructions, data, story: { turnId } }: AskedToDecide,
	{ model, tries, answer }: { readonly model: string; readonly tries: number; readonly answer: string }
): void => {
	const input = {
		jobId,
		turnId,
		classifier,
		model,
		instructions,
		data,
		tries,
		answer: cutText(answer, ANSWER_KEPT_CHARS)
	};
	log.dispatch({ id: newId(), name: 'keep_classifier_prompt', input }).catch(() => undefined);
};
