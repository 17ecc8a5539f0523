// The page's side of the browser's own model, by its Prompt API: windows have it, workers do not.
import * as Comlink from 'comlink';
import { ok, refuse, type Result } from '../domain/kernel/result.ts';
import type { OnDeviceHost, OnDevicePart, OnDeviceRequest } from './on-device-protocol.ts';
import type { ModelFailure, OnDeviceAvailability } from './protocol.ts';

interface Prompt {
	readonly role: 'system' | 'user' | 'assistant';
	readonly content: string;
}

interface PromptOptions {
	readonly signal?: AbortSignal;
	readonly responseConstraint?: unknown;
}

/** A conversation with the model. It keeps what was said, and so serves one call only. */
interface PromptSession {
	promptStreaming(input: readonly Prompt[], options: PromptOptions): ReadableStream<string>;
	measureContextUsage(input: readonly Prompt[], options: PromptOptions): Promise<number>;
	readonly contextUsage: number;
	readonly contextWindow: number;
	destroy(): void;
}

/** What a browser with a model of its own puts on `window`, as far as it is used here. */
export interface PromptApi {
	availability(): Promise<string>;
	create(options: {
		readonly initialPrompts?: readonly Prompt[];
		readonly signal?: AbortSignal;
		readonly monitor?: (monitor: EventTarget) => void;
	}): Promise<PromptSession>;
}

/** The browser's own model, as the page uses it. */
export interface OnDevicePage {
	availability(): Promise<OnDeviceAvailability>;
	/**
	 * Downloads the model; browsers begin one only in a click. `tell`: how much is here, from 0 to 1. Refusals: not-downloaded
	 * (called off, or the browser wants a click), refused, offline, unreachable.
	 */
	download(tell: (fraction: number) => void, signal: AbortSignal): Promise<Result<null, ModelFailure>>;
	readonly host: OnDeviceHost;
}

const STANDS: ReadonlySet<string> = new Set(['downloadable', 'downloading', 'available']);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null;

const tokens = (value: unknown): number | null =>
	typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.round(value) : null;

const sizes = (limit: number | null, sent: number | null) => ({
	...(limit === null ? {} : { limitTokens: limit }),
	...(sent === null ? {} : { sentTokens: sent })
});

/** What went wrong, by the name of the browser's error. Its message stays here: it may quote the prompt. */
const failureOf = (error: unknown): ModelFailure => {
	const { name, quota, requested } = isRecord(error)
		? error
		: { name: '', quota: undefined, requested: undefined };
	switch (name) {
		case 'QuotaExceededError':
			return { type: 'context-too-long', ...sizes(tokens(quota), tokens(requested)) };
		// only a click may begin a download
		case 'NotAllowedError':
			return { type: 'not-downloaded' };
		// the browser's own filter
		case 'NotReadableError':
			return { type: 'content-filter' };
		case 'NotSupportedError':
			return { type: 'refused' };
		// the model could not keep to the schema
		case 'SyntaxError':
			return { type: 'invalid-output' };
		case 'NetworkError':
			return { type: navigator.onLine ? 'unreachable' : 'offline' };
		default:
			return { type: 'interrupted' };
	}
};

/** The prompts a session begins with, and those that are answered. */
const promptsOf = ({ instructions, messages }: Pick<OnDeviceRequest, 'instructions' | 'messages'>) => {
	const told = messages.map(({ role, text }): Prompt => ({ role, content: text }));
	return {
		initialPrompts: [
			...(instructions === '' ? [] : [{ role: 'system', content: instructions } as const]),
			...told.slice(0, -1)
		],
		asked: told.slice(-1)
	};
};

const constraint = (schema: unknown): PromptOptions =>
	schema === null ? {} : { responseConstraint: schema };

/** Opens the browser's own model. */
export const openOnDevice = (api: PromptApi): OnDevicePage => {
	const calls = new Map<string, AbortController>();
	const followers = new Set<(availability: OnDeviceAvailability) => void>();
	let contextTokens: number | null = null;

	const availability = async (): Promise<OnDeviceAvailability> => {
		const stands = await api.availability().catch(() => 'unavailable');
		return STANDS.has(stands) ? (stands as OnDeviceAvailability) : 'unavailable';
	};

	const spread = async (): Promise<void> => {
		const now = await availability();
		for (const tell of followers) tell(now);
	};

	/** A session for one piece of work, destroyed whatever comes of it. Null where one would begin a download. */
	const inSession = async <T>(
		request: Pick<OnDeviceRequest, 'instructions' | 'messages'>,
		signal: AbortSignal,
		work: (session: PromptSession, asked: readonly Prompt[]) => Promise<T>
	): Promise<T | null> => {
		if ((await availability()) !== 'available') return null;
		const { initialPrompts, asked } = promptsOf(request);
		const session = await api.create({ initialPrompts, signal });
		try {
			contextTokens = tokens(session.contextWindow);
			return await work(session, asked);
		} finally {
			session.destroy();
		}
	};

	const stream = async (
		request: OnDeviceRequest,
		signal: AbortSignal,
		tell: (part: OnDevicePart) => void
	): Promise<OnDevicePart> => {
		const ended = await inSession(request, signal, async (session, asked): Promise<OnDevicePart> => {
			const options = { ...constraint(request.schema), signal };
			const sent = session.contextUsage + (await session.measureContextUsage(asked, options));
			// the browser itself would drop the oldest turns without a word
			if (sent > session.contextWindow)
				return {
					kind: 'end',
					reason: 'failed',
					failure: {
						type: 'context-too-long',
						...sizes(tokens(session.contextWindow), tokens(sent))
					},
					schemaUnsupported: false
				};
			const reader = session.promptStreaming(asked, options).getReader();
			for (;;) {
				const { done, value } = await reader.read();
				if (done) break;
				if (value !== '') tell({ kind: 'text', text: value });
			}
			const used = tokens(session.contextUsage);
			tell({
				kind: 'usage',
				inputTokens: Math.round(sent),
				outputTokens: used === null ? null : Math.max(0, used - Math.round(sent))
			});
			return { kind: 'end', reason: 'done' };
		});
		return (
			ended ?? {
				kind: 'end',
				reason: 'failed',
				failure: { type: 'not-downloaded' },
				schemaUnsupported: false
			}
		);
	};

	return {
		availability,
		download: async (tell, signal) => {
			try {
				const session = await api.create({
					signal,
					monitor: (monitor) => {
						monitor.addEventListener('downloadprogress', (event) => {
							const { loaded } = event as ProgressEvent;
							tell(Math.min(1, Math.max(0, loaded)));
						});
					}
				});
				contextTokens = tokens(session.contextWindow);
				session.destroy();
				return ok(null);
			} catch (error) {
				return refuse(signal.aborted ? { type: 'not-downloaded' } : failureOf(error));
			} finally {
				await spread();
			}
		},
		host: {
			follow: (tell) => {
				followers.add(tell);
				void availability().then(tell);
			},
			contextTokens: async () => {
				if (contextTokens === null)
					await inSession(
						{ instructions: '', messages: [] },
						new AbortController().signal,
						async () => null
					).catch(() => null);
				return contextTokens;
			},
			answer: async (call, request, tell) => {
				const controller = new AbortController();
				const { signal } = controller;
				calls.set(call, controller);
				try {
					tell(await stream(request, signal, tell));
				} catch (error) {
					tell(
						signal.aborted
							? { kind: 'end', reason: 'stopped' }
							: {
									kind: 'end',
									reason: 'failed',
									failure: failureOf(error),
									schemaUnsupported:
										request.schema !== null && isRecord(error) && error['name'] === 'NotSupportedError'
								}
					);
				} finally {
					calls.delete(call);
					const { [Comlink.releaseProxy]: release } = tell as Partial<Comlink.ProxyMethods>;
					release?.();
				}
			},
			count: async (request) => {
				const { signal } = new AbortController();
				const sum = await inSession(request, signal, async (session, asked) => {
					const options = { ...constraint(request.schema), signal };
					return session.contextUsage + (await session.measureContextUsage(asked, options));
				}).catch(() => null);
				return tokens(sum);
			},
			stop: (call) => {
				calls.get(call)?.abort();
			}
		}
	};
};
