// Streams one answer from any provider: patience, Stop, what went wrong, and the account, the same for all of them.
import './quiet-libraries.ts';
import {
	streamText,
	type JSONSchema7,
	type LanguageModel,
	type ModelMessage,
	type SystemModelMessage
} from 'ai';
import type { ProseMessage, ProseRequest } from '../../domain/story/prompt.ts';
import type { EnteredProvider } from '../protocol.ts';
import { isRecord, newNotes, type Wire } from './event-stream.ts';
import { judge } from './failure.ts';
import { accessHeaders } from './access.ts';
import { fetchStream, guardFetch } from './guarded-fetch.ts';
import { splitOpeningThought } from './opening-thought.ts';
import type { Endpoint, ProseEnd, ProsePart, Rung, Usage } from './port.ts';
import { diagnoseSilence, type Surroundings } from './reachability.ts';

/** How long silence is borne, in milliseconds. Long, because a local server reads a long prompt without a sound. */
export interface Patience {
	readonly firstChunkMs: number;
	readonly chunkMs: number;
}

export const PATIENCE: Patience = { firstChunkMs: 300_000, chunkMs: 90_000 };

type ProviderOptions = NonNullable<SystemModelMessage['providerOptions']>;

/** What tells one provider from another. */
export interface Adapter {
	readonly provider: EnteredProvider;
	readonly wire: Wire;
	/** The library's model. Everything it sends goes through `send`, which adds the key. */
	readonly model: (url: string, model: string, send: typeof fetch) => LanguageModel;
	/** The forms of an answer that can be asked for, best first. */
	readonly rungs: readonly Rung[];
	/** Options of the library for every request. */
	readonly options?: ProviderOptions;
	/** Set on the last part of what stays the same from turn to turn, for a provider that caches no further than told. */
	readonly cacheMark?: ProviderOptions;
	/** Counts a prompt exactly by one free request; null where the answer has no count. */
	readonly count?: (
		model: string,
		prompt: Pick<Prompt, 'instructions' | 'messages'>,
		ask: (path: string, body: unknown) => Promise<unknown>
	) => Promise<unknown>;
}

/** One question, in no provider's form. */
export interface Prompt {
	readonly instructions: string;
	readonly messages: readonly ProseMessage[];
	/** Null: words. `schema` null: any JSON object. */
	readonly form: { readonly name: string; readonly schema: JSONSchema7 | null } | null;
	readonly maxOutputTokens: number;
	/** How much of it stays from turn to turn, so that it is worth keeping in a provider's cache; null: it is asked once. */
	readonly steady: ProseRequest['steady'] | null;
}

/**
 * The end of an answer. `formRefused`: the provider does not take the form that was asked for. `schemaRefused`: it may
 * take it with another schema.
 */
export type AnswerEnd = ProseEnd & { readonly formRefused?: boolean; readonly schemaRefused?: boolean };
export type AnswerPart = Exclude<ProsePart, ProseEnd> | AnswerEnd;

// a lone surrogate cannot be written as UTF-8, and providers answer it with a 400
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD');

/** Servers count as they like: what is no whole number from 0 is no count. */
export const readCount = (count: unknown): number | null =>
	typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null;

const readCost = (raw: unknown): number | null => {
	const cost = isRecord(raw) ? raw['cost'] : undefined;
	return typeof cost === 'number' && Number.isFinite(cost) && cost >= 0 ? cost : null;
};

interface CountedUsage {
	readonly inputTokens: number | undefined;
	readonly outputTokens: number | undefined;
	readonly inputTokenDetails: {
		readonly cacheReadTokens: number | undefined;
		readonly cacheWriteTokens: number | undefined;
	};
}

const readUsage = (counted: CountedUsage, raw: unknown): Usage | null => {
	const inputTokens = readCount(counted.inputTokens);
	const outputTokens = readCount(counted.outputTokens);
	const costUsd = readCost(raw);
	if (inputTokens === null && outputTokens === null && costUsd === null) return null;
	const { cacheReadTokens, cacheWriteTokens } = counted.inputTokenDetails;
	return {
		inputTokens,
		outputTokens,
		cacheReadTokens: readCount(cacheReadTokens),
		cacheWriteTokens: readCount(cacheWriteTokens),
		costUsd
	};
};

/** One message turn by turn, so that a cache that ends between two of them is found again when more have followed. */
const turnsOf = ({ text, joints = [] }: ProseMessage): readonly string[] =>
	[0, ...joints].map((from, i) => text.slice(from, joints[i] ?? text.length));

/**
 * The mark goes on the last turn that stays. Where it stands within a message, that is sent in parts, and so is every other
 * message of several turns: what stays must be sent next time as it was.
 */
const messagesOf = ({ messages, steady }: Prompt, mark: ProviderOptions | undefined): ModelMessage[] => {
	const plain = (message: ProseMessage): ModelMessage => ({
		role: message.role,
		content: wellFormed(message.text)
	});
	if (mark === undefined || steady === null) return messages.map(plain);
	return messages.map((message, index): ModelMessage => {
		const whole = index === steady.messages - 1 && steady.chars === 0;
		if (message.joints === undefined) {
			return whole ? { ...plain(message), providerOptions: mark } : plain(message);
		}
		let at = 0;
		const content = turnsOf(message).map((text, i, turns) => {
			at += text.length;
			const ends = whole ? i === turns.length - 1 : index === steady.messages && at === steady.chars;
			return { type: 'text' as const, text: wellFormed(text), ...(ends ? { providerOptions: mark } : {}) };
		});
		return { role: message.role, content };
	});
};

const instructionsOf = (prompt: Prompt, mark: ProviderOptions | undefined) => {
	if (prompt.instructions === '') return {};
	const content = wellFormed(prompt.instructions);
	const instructions: string | SystemModelMessage =
		mark === undefined || prompt.steady === null
			? content
			: { role: 'system', content, providerOptions: mark };
	return { instructions };
};

/** Only asks for the form: what comes is read as text, because the library gives up on answers that can be read. */
const outputOf = ({ form }: Prompt) => {
	if (form === null) return {};
	const { name, schema } = form;
	const responseFormat = { type: 'json' as const, ...(schema === null ? {} : { name, schema }) };
	return {
		output: {
			name: 'text-in-form',
			responseFormat: Promise.resolve(responseFormat),
			parseCompleteOutput: ({ text }: { text: string }) => Promise.resolve(text),
			// without a new part, the library holds back what was said until the end
			parsePartialOutput: ({ text }: { text: string }) => Promise.resolve({ partial: text }),
			createElementStreamTransform: () => undefined
		}
	};
};

/** Asked anew after each wait: the compiler believes that a signal once found quiet stays so. */
const isStopped = (signal: AbortSignal): boolean => signal.aborted;

/**
 * Asks once. Ends with exactly one `end` part and never throws; aborting the signal, or leaving the loop, closes the
 * connection at once.
 */
export async function* streamAnswer(
	endpoint: Endpoint,
	adapter: Adapter,
	prompt: Prompt,
	signal: AbortSignal,
	around: Surroundings,
	patience: Patience
): AsyncGenerator<AnswerPart> {
	const { origin } = new URL(endpoint.url);
	const notes = newNotes();
	const closing = new AbortController();
	const close = (): void => closing.abort();
	const thought = splitOpeningThought();
	let stalled = false;
	let spoke = false;
	let timer: ReturnType<typeof setTimeout> | undefined;
	const expectWithin = (ms: number): void => {
		clearTimeout(timer);
		timer = setTimeout(() => {
			stalled = true;
			close();
		}, ms);
	};
	const fail = async (error: unknown): Promise<AnswerEnd> => {
		if (isStopped(signal)) return { kind: 'end', reason: 'stopped' };
		if (stalled) return { kind: 'end', reason: 'failed', failure: { type: 'stalled' }, again: false };
		const judged = judge(error, { secret: endpoint.secret, request: prompt, spoke, ...notes });
		if (judged !== 'network') return { kind: 'end', reason: 'failed', ...judged };
		const failure = await diagnoseSilence(endpoint.url, endpoint.secret !== null, signal, around);
		if (isStopped(signal)) return { kind: 'end', reason: 'stopped' };
		return { kind: 'end', reason: 'failed', failure, again: false };
	};

	/** What was said before it broke is said to the last letter. */
	async function* broken(error: unknown): AsyncGenerator<AnswerPart> {
		const said = thought.finish(true);
		if (said.some(({ kind, text }) => kind === 'text' && text.trim() !== '')) spoke = true;
		yield* said;
		yield await fail(error);
	}

	if (signal.aborted) {
		yield { kind: 'end', reason: 'stopped' };
		return;
	}
	signal.addEventListener('abort', close, { once: true });
	try {
		expectWithin(patience.firstChunkMs);
		const access = accessHeaders(adapter.provider, endpoint.secret);
		const send = fetchStream(adapter.wire, notes, guardFetch(origin, access, around.fetch));
		const reply = streamText({
			model: adapter.model(endpoint.url, endpoint.model, send),
			...instructionsOf(prompt, adapter.cacheMark),
			messages: messagesOf(prompt, adapter.cacheMark),
			maxOutputTokens: prompt.maxOutputTokens,
			...(endpoint.temperature === null ? {} : { temperature: endpoint.temperature }),
			...(endpoint.topP === null ? {} : { topP: endpoint.topP }),
			...(adapter.options === undefined ? {} : { providerOptions: adapter.options }),
			...outputOf(prompt),
			maxRetries: 0,
			abortSignal: closing.signal,
			// the library's default writes the error to the console, whole prompt included
			onError: () => undefined
		});
		let raw: unknown;
		for await (const part of reply.stream) {
			switch (part.type) {
				case 'text-delta':
					expectWithin(patience.chunkMs);
					for (const said of thought.add(part.text)) {
						if (said.kind === 'text') spoke = true;
						yield said;
					}
					break;
				case 'reasoning-delta':
					expectWithin(patience.chunkMs);
					if (part.text !== '') yield { kind: 'reasoning', text: part.text };
					break;
				case 'error':
					yield* broken(part.error);
					return;
				case 'abort':
					yield* broken(part.reason);
					return;
				case 'finish-step':
					raw = part.usage.raw;
					break;
				case 'finish': {
					const usage = readUsage(part.totalUsage, raw);
					if (usage !== null) yield { kind: 'usage', usage };
					yield* endOf(part.finishReason, part.rawFinishReason, fail, thought);
					return;
				}
				default:
					break;
			}
		}
		yield* broken(NO_END);
	} catch (error) {
		yield* broken(error);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', close);
		close();
	}
}

const NO_END = Object.assign(new Error('The stream ended without an end.'), { name: 'EmptyResponseBody' });

/** Anthropic's: the reply ran into the end of the window. */
const WINDOW_FULL = 'model_context_window_exceeded';
/** The library's names for ends at which the model had more to say. */
const CUT: ReadonlySet<string> = new Set(['length', 'content-filter', 'interrupted', 'error']);

async function* endOf(
	reason: string,
	rawReason: string | undefined,
	fail: (error: unknown) => Promise<AnswerEnd>,
	thought: ReturnType<typeof splitOpeningThought>
): AsyncGenerator<AnswerPart> {
	const failed = (
		type: 'content-filter' | 'context-too-long' | 'interrupted',
		again: boolean
	): AnswerEnd => ({
		kind: 'end',
		reason: 'failed',
		failure: { type },
		again
	});
	yield* thought.finish(CUT.has(reason) || rawReason === WINDOW_FULL);
	if (reason === 'content-filter') yield failed('content-filter', false);
	else if (rawReason === WINDOW_FULL) yield failed('context-too-long', false);
	else if (reason === 'interrupted') yield await fail(NO_END);
	else if (reason === 'error') yield failed('interrupted', true);
	else yield { kind: 'end', reason: reason === 'length' ? 'length' : 'done' };
}
