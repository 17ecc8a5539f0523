// Provider for every server that speaks OpenAI's chat completions. Loaded lazily: it brings the AI SDK with it.
import './quiet-libraries.ts';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { streamText } from 'ai';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import { judge } from './failure.ts';
import { createGuardedFetch, type WireNotes } from './guarded-fetch.ts';
import { splitOpeningThought } from './opening-thought.ts';
import type { Endpoint, ProseEnd, ProsePart, ProsePort } from './port.ts';
import { diagnoseSilence, type Surroundings } from './reachability.ts';

/** How long silence is borne, in milliseconds. Long, because a local server reads a long prompt without a sound. */
export interface Patience {
	readonly firstChunkMs: number;
	readonly chunkMs: number;
}

const PATIENCE: Patience = { firstChunkMs: 300_000, chunkMs: 90_000 };

// a lone surrogate cannot be written as UTF-8, and providers answer it with a 400
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD');

/** Servers count as they like: what is no whole number from 0 is no count. */
const readCount = (count: number | undefined): number | null =>
	count !== undefined && Number.isSafeInteger(count) && count >= 0 ? count : null;

/** OpenAI's newer models refuse `max_tokens`, which every other server expects. */
const forOpenAi = ({ max_tokens, ...body }: Record<string, unknown>): Record<string, unknown> =>
	max_tokens === undefined ? body : { ...body, max_completion_tokens: max_tokens };

/**
 * Makes the port for one connection. `around` is the outside world: fetch, online state, permissions.
 */
export const createOpenAiCompatible = (
	endpoint: Endpoint,
	around: Surroundings,
	patience: Patience = PATIENCE
): ProsePort => {
	const { origin, hostname } = new URL(endpoint.url);

	async function* streamProse(request: ProseRequest, signal: AbortSignal): AsyncGenerator<ProsePart> {
		const notes: WireNotes = { notAnApi: false, answered: false };
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
		const fail = async (error: unknown): Promise<ProseEnd> => {
			if (isStopped(signal)) return { kind: 'end', reason: 'stopped' };
			if (stalled) return { kind: 'end', reason: 'failed', failure: { type: 'stalled' }, again: false };
			const about = { origin, secret: endpoint.secret, request, spoke, ...notes };
			const judged = judge(error, about);
			if (judged !== 'network') return { kind: 'end', reason: 'failed', ...judged };
			const failure = await diagnoseSilence(origin, endpoint.secret !== null, signal, around);
			if (isStopped(signal)) return { kind: 'end', reason: 'stopped' };
			return { kind: 'end', reason: 'failed', failure, again: false };
		};

		if (signal.aborted) {
			yield { kind: 'end', reason: 'stopped' };
			return;
		}
		signal.addEventListener('abort', close, { once: true });
		try {
			const provider = createOpenAICompatible({
				name: 'compatible',
				baseURL: endpoint.url,
				...(endpoint.secret === null ? {} : { apiKey: endpoint.secret }),
				includeUsage: true,
				fetch: createGuardedFetch(origin, notes, around.fetch),
				...(hostname === 'api.openai.com' ? { transformRequestBody: forOpenAi } : {})
			});
			expectWithin(patience.firstChunkMs);
			const reply = streamText({
				model: provider.chatModel(endpoint.model),
				...(request.instructions === '' ? {} : { instructions: wellFormed(request.instructions) }),
				messages: request.messages.map(({ role, text }) => ({ role, content: wellFormed(text) })),
				maxOutputTokens: endpoint.maxOutputTokens,
				...(endpoint.temperature === null ? {} : { temperature: endpoint.temperature }),
				...(endpoint.topP === null ? {} : { topP: endpoint.topP }),
				maxRetries: 0,
				abortSignal: closing.signal,
				// the library's default writes the error to the console, whole prompt included
				onError: () => undefined
			});
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
						yield await fail(part.error);
						return;
					case 'abort':
						yield await fail(part.reason);
						return;
					case 'finish': {
						const inputTokens = readCount(part.totalUsage.inputTokens);
						const outputTokens = readCount(part.totalUsage.outputTokens);
						if (inputTokens !== null || outputTokens !== null)
							yield {
								kind: 'usage',
								usage: {
									inputTokens,
									outputTokens,
									cacheReadTokens: null,
									cacheWriteTokens: null,
									costUsd: null
								}
							};
						if (part.finishReason === 'content-filter') {
							yield { kind: 'end', reason: 'failed', failure: { type: 'content-filter' }, again: false };
						} else if (part.finishReason === 'error') {
							yield { kind: 'end', reason: 'failed', failure: { type: 'interrupted' }, again: true };
						} else {
							yield* thought.finish();
							yield { kind: 'end', reason: part.finishReason === 'length' ? 'length' : 'done' };
						}
						return;
					}
					default:
						break;
				}
			}
			yield await fail(new Error('The stream ended without an end.'));
		} catch (error) {
			yield await fail(error);
		} finally {
			clearTimeout(timer);
			signal.removeEventListener('abort', close);
			close();
		}
	}

	const { model, contextTokens, maxOutputTokens } = endpoint;
	return { capabilities: { model, contextTokens, maxOutputTokens }, streamProse };
};

/** Asked anew after each wait: the compiler believes that a signal once found quiet stays so. */
const isStopped = (signal: AbortSignal): boolean => signal.aborted;
