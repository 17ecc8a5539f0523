// Writes the end of a reply to the log, and finds a form of it that the log takes.
import { z } from 'zod';
import type { Result } from '../../domain/kernel/result.ts';
import { TURN_MAX_CHARS } from '../../domain/story/limits.ts';
import type { CommandEnvelope, ModelFailure } from '../protocol.ts';
import { pause, type Clock } from './clock.ts';
import type { Usage } from './port.ts';
import { cutText } from './spoken-text.ts';

/** How long the end of a reply is offered to a log that does not take it; the draft has the text in any case. */
const WRITE_FOR_MS = 120_000;

/** What becomes of a reply: the command that ends its job, without job and text. */
export type Ending =
	| {
			readonly name: 'finish_reply';
			readonly ended: 'whole' | 'stopped' | 'limit';
			readonly model: string;
			readonly usage: Spent | null;
	  }
	| ({ readonly name: 'finish_draft' } & Cost)
	| ({ readonly name: 'fail_reply'; readonly failure: ModelFailure } & Cost)
	| ({ readonly name: 'drop_reply' } & Cost);

/** What a reply took. `estimated`: counted by us, since the provider did not get to it. `costUsd` null: no price is known. */
export interface Spent extends Pick<Usage, 'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'costUsd'> {
	readonly estimated: boolean;
}

/** Which words of a job: those after a turn. One job may write several. */
export interface Written {
	readonly jobId: string;
	readonly after: string;
}

/** What was paid for a reply that did not become a turn. */
interface Cost {
	readonly model?: string;
	readonly usage?: Spent | null;
}

export interface EndingWorld {
	readonly dispatch: (command: CommandEnvelope) => Promise<Result<unknown>>;
	readonly clock: Clock;
	/** A fresh UUID. */
	readonly newId: () => string;
}

export type Form = Pick<CommandEnvelope, 'name' | 'input'>;

/** The forms in which an end is offered, best first: each keeps the text, and asks less of the log. */
const formsOf = (about: Written, text: string, ending: Ending): readonly Form[] => {
	const { name, ...details } = ending;
	if (ending.name === 'drop_reply')
		return [
			{ name, input: { ...about, ...details } },
			{ name, input: about }
		];
	const plain = { ...about, text: cutText(text, TURN_MAX_CHARS) };
	const failed = (type: ModelFailure['type']): Form => ({
		name: 'fail_reply',
		input: { ...plain, failure: { type } }
	});
	const asIs: Form = { name, input: { ...about, text, ...details } };
	if (ending.name === 'fail_reply') return [asIs, failed(ending.failure.type)];
	if (ending.name === 'finish_draft') return [asIs, { name, input: plain }];
	return [asIs, { name, input: { ...plain, ...details, usage: null } }, failed('interrupted')];
};

/** What the store throws when it fails, by name: the error itself stayed in the worker that threw it. */
const OF_THE_STORE = ['StorageError', 'StoreClosed'];
const isOfTheStore = (error: unknown): boolean => error instanceof Error && OF_THE_STORE.includes(error.name);

/**
 * Offers one command until the log takes or refuses it: the same envelope, so that it counts once. `most`: so often it may
 * throw what is no trouble of the store, and will not pass by waiting.
 */
export const write = async (
	form: Form,
	{ dispatch, clock, newId }: EndingWorld,
	most = Infinity
): Promise<Result<unknown>> => {
	const command = { id: newId(), ...form };
	const start = clock.now();
	let defects = 0;
	for (let wait = 500; ; wait = Math.min(wait * 2, 15_000)) {
		try {
			return await dispatch(command);
		} catch (error) {
			if (!isOfTheStore(error)) defects += 1;
			if (defects >= most || clock.now() - start > WRITE_FOR_MS) throw error;
			await pause(clock, wait, new AbortController().signal);
		}
	}
};

/** So often one answer is offered to a log that throws; then it is not the log's for once, but ours for good. */
export const OFFER_TIMES = 5;

/** A price, and for what: `turnId` null where it is no turn's. */
export interface LatePrice {
	readonly chatId: string;
	readonly turnId: string | null;
	readonly task: 'prose' | 'classify';
	readonly connectionId: string;
	readonly model: string;
	readonly usage: Spent;
}

/** Notes what was paid for something that nobody waits for any more. Where the log takes nothing, it ends all the same. */
export const bookLate = async (price: LatePrice, world: EndingWorld): Promise<void> => {
	await write({ name: 'note_spending', input: price }, world, OFFER_TIMES).catch(() => undefined);
};

/** Whether the job goes on after what a command answered: it names the next stage. */
export const goesOn = (result: Result<unknown>): boolean =>
	result.ok && z.looseObject({ next: z.string() }).safeParse(result.value).success;

/**
 * Ends words in the log; resolves when they have ended there, and says whether the job goes on with another stage, or that
 * somebody else had ended it.
 *
 * @throws what the log throws, after two minutes; an Error when the log refuses every form. The job is then still open.
 */
export const writeEnding = async (
	about: Written,
	text: string,
	ending: Ending,
	world: EndingWorld
): Promise<'goes on' | 'ended' | 'was gone'> => {
	let refused = '';
	for (const form of formsOf(about, text, ending)) {
		const result = await write(form, world);
		if (result.ok) return goesOn(result) ? 'goes on' : 'ended';
		if (result.error.type === 'job_unknown') return 'was gone';
		refused = result.error.type;
	}
	throw new Error(`the log refused the end of the reply: ${refused}`);
};
