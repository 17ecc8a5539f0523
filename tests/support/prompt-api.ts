// A stand-in for the browser's Prompt API, which test browsers have without a model behind it. It keeps to what Chromium
// documents: one history per session, downloads only in a click, aborts, quotas, named errors. It is no model.

/** What the stand-in does and has seen. A test may change the settings while it runs. */
export interface StandIn {
	availability: 'unavailable' | 'downloadable' | 'downloading' | 'available';
	/** The window, in tokens; four characters are one. */
	contextWindow: number;
	/** What it says, piece by piece; with a schema: the whole answer. */
	pieces: readonly string[];
	structured: string;
	pieceMs: number;
	schemas: 'supported' | 'unsupported' | 'not kept';
	/** The name of an error that every prompt ends with. */
	failing: string | null;
	downloadMs: number;
	readonly seen: {
		opened: number;
		destroyed: number;
		aborted: number;
		readonly prompts: {
			readonly history: readonly unknown[];
			readonly asked: unknown;
			readonly schema: unknown;
		}[];
	};
}

declare global {
	var standIn: StandIn | undefined;
}

/** Puts the stand-in on the global object. Self-contained: it also runs in a page before anything else. */
export const installPromptApi = (settings: Partial<Omit<StandIn, 'seen'>>): void => {
	interface Prompt {
		readonly role: string;
		readonly content: string;
	}
	interface Options {
		readonly signal?: AbortSignal;
		readonly responseConstraint?: unknown;
	}
	const world: StandIn = {
		availability: 'available',
		contextWindow: 4096,
		pieces: ['The lamp ', 'burns ', 'low.'],
		structured: '{}',
		pieceMs: 5,
		schemas: 'supported',
		failing: null,
		downloadMs: 40,
		...settings,
		seen: { opened: 0, destroyed: 0, aborted: 0, prompts: [] }
	};
	globalThis.standIn = world;

	const named = (name: string, details: object = {}): Error =>
		Object.assign(new DOMException(`The stand-in: ${name}.`, name), details);
	const tokens = (prompts: readonly Prompt[]): number =>
		prompts.reduce((sum, { content }) => sum + Math.ceil(content.length / 4), 0);
	const wait = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
		new Promise((resolve, reject) => {
			const abort = (): void => {
				clearTimeout(timer);
				reject(named('AbortError'));
			};
			const timer = setTimeout(() => {
				signal?.removeEventListener('abort', abort);
				resolve();
			}, ms);
			if (signal?.aborted === true) abort();
			else signal?.addEventListener('abort', abort, { once: true });
		});

	const open = (initial: readonly Prompt[]) => {
		const history: Prompt[] = [...initial];
		const ending = new AbortController();
		world.seen.opened += 1;
		const check = (options: Options): void => {
			if (ending.signal.aborted) throw named('InvalidStateError');
			if (options.responseConstraint !== undefined && world.schemas === 'unsupported')
				throw named('NotSupportedError');
		};
		return {
			get contextUsage() {
				return tokens(history);
			},
			get contextWindow() {
				return world.contextWindow;
			},
			measureContextUsage: async (input: readonly Prompt[], options: Options = {}) => {
				check(options);
				return tokens(input);
			},
			promptStreaming: (input: readonly Prompt[], options: Options = {}) => {
				world.seen.prompts.push({
					history: [...history],
					asked: input,
					schema: options.responseConstraint ?? null
				});
				const stop = AbortSignal.any([ending.signal, ...(options.signal ? [options.signal] : [])]);
				const pieces =
					options.responseConstraint === undefined || world.schemas === 'not kept'
						? world.pieces
						: [world.structured];
				let said = '';
				let next = 0;
				return new ReadableStream<string>({
					pull: async (controller) => {
						try {
							check(options);
							const sent = tokens(history) + tokens(input);
							if (sent > world.contextWindow)
								throw named('QuotaExceededError', { requested: sent, quota: world.contextWindow });
							await wait(world.pieceMs, stop);
							if (world.failing !== null) throw named(world.failing);
							const piece = pieces[next];
							next += 1;
							if (piece === undefined) {
								history.push(...input, { role: 'assistant', content: said });
								controller.close();
								return;
							}
							said += piece;
							controller.enqueue(piece);
						} catch (error) {
							if (stop.aborted) world.seen.aborted += 1;
							controller.error(error);
						}
					}
				});
			},
			destroy: () => {
				if (!ending.signal.aborted) world.seen.destroyed += 1;
				ending.abort();
			}
		};
	};

	const api = {
		availability: async () => world.availability,
		create: async ({
			initialPrompts = [],
			signal,
			monitor
		}: {
			readonly initialPrompts?: readonly Prompt[];
			readonly signal?: AbortSignal;
			readonly monitor?: (monitor: EventTarget) => void;
		} = {}) => {
			if (signal?.aborted === true) throw named('AbortError');
			if (world.availability === 'unavailable') throw named('NotSupportedError');
			if (initialPrompts.slice(1).some(({ role }) => role === 'system')) throw new TypeError('system first');
			if (tokens(initialPrompts) > world.contextWindow)
				throw named('QuotaExceededError', {
					requested: tokens(initialPrompts),
					quota: world.contextWindow
				});
			if (world.availability !== 'available') {
				const { userActivation } = navigator as { readonly userActivation?: { readonly isActive: boolean } };
				if (userActivation?.isActive === false) throw named('NotAllowedError');
				const progress = new EventTarget();
				monitor?.(progress);
				world.availability = 'downloading';
				try {
					for (const loaded of [0, 0.25, 0.5, 0.75, 1]) {
						await wait(world.downloadMs, signal);
						progress.dispatchEvent(Object.assign(new Event('downloadprogress'), { loaded, total: 1 }));
					}
				} catch (error) {
					world.availability = 'downloadable';
					throw error;
				}
				world.availability = 'available';
			}
			return open(initialPrompts);
		}
	};
	Object.defineProperty(globalThis, 'LanguageModel', { value: api, configurable: true });
};
