// The near end of the line: a fetch that hangs up at once where the browser's own would not (decisions/0018).
import { STRICT, type FromLine, type LineAnswer, type LineRequest, type ToLine } from './line-protocol.ts';

/** What is used of the worker at the far end. */
export interface LineWorker {
	postMessage(message: ToLine): void;
	addEventListener(kind: 'message', listener: (event: MessageEvent<FromLine>) => void): void;
	addEventListener(kind: 'error', listener: (event: Event) => void): void;
}

export interface Line {
	/**
	 * As the fetch given, and with its failures. Goes over the line once that is there, if the request leaves as
	 * {@link STRICT} says and has no body but words; directly otherwise.
	 */
	readonly fetch: typeof fetch;
	/** Starts the worker, once. Says whether it came to be there; requests do not wait for that. */
	readonly open: () => Promise<boolean>;
}

/** A request that has not been answered. */
interface Asked {
	answered(answer: LineAnswer): void;
	failed(error: TypeError): void;
}

/** Stands for a signal where none was given. */
const NEVER = new AbortController().signal;

/** The request as the line carries it, or null where it would not be the same there. */
const carried = (input: RequestInfo | URL, init: RequestInit = {}): LineRequest | null => {
	const { method = 'GET', headers, body = null, cache = 'default', mode = 'cors' } = init;
	const strict =
		init.credentials === STRICT.credentials &&
		init.redirect === STRICT.redirect &&
		init.referrerPolicy === STRICT.referrerPolicy;
	if (!strict || mode !== 'cors' || input instanceof Request) return null;
	if (body !== null && typeof body !== 'string') return null;
	return { address: String(input), method, headers: [...new Headers(headers)], body, cache };
};

/** Makes a line that is not open yet. `direct` is the worker's own fetch; `start` starts the far end. */
export const createLine = (direct: typeof fetch, start: () => LineWorker): Line => {
	const asked = new Map<number, Asked>();
	let opening: Promise<boolean> | null = null;
	let next = 1;
	/** The far end, from its first word until it breaks. */
	let ready: LineWorker | null = null;

	const begin = (): Promise<boolean> =>
		new Promise((resolve) => {
			const worker = start();
			worker.addEventListener('message', ({ data }) => {
				if (data.kind === 'ready') {
					ready = worker;
					resolve(true);
				} else if (data.kind === 'answered') asked.get(data.id)?.answered(data);
				else asked.get(data.id)?.failed(new TypeError(data.message));
			});
			// not loaded, as offline or after an update: what there is without it goes on
			worker.addEventListener('error', (event) => {
				event.preventDefault();
				ready = null;
				resolve(false);
				for (const { failed } of [...asked.values()]) failed(new TypeError('The line broke.'));
			});
		});

	const ask = (worker: LineWorker, request: LineRequest, signal: AbortSignal): Promise<Response> =>
		new Promise((resolve, reject) => {
			signal.throwIfAborted();
			const id = next++;
			const listening = new AbortController();
			const hangUp = (): void => {
				listening.abort();
				asked.delete(id);
				worker.postMessage({ kind: 'hang-up', id });
			};
			signal.addEventListener(
				'abort',
				() => {
					hangUp();
					// eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a fetch rejects with the reason given
					reject(signal.reason);
				},
				{ signal: listening.signal }
			);
			asked.set(id, {
				answered: ({ status, statusText, headers, body }) => {
					asked.delete(id);
					if (body === null) hangUp();
					const told = headers.map(([name, value]): [string, string] => [name, value]);
					const heard = body === null ? null : listenTo(body, signal, hangUp);
					resolve(new Response(heard, { status, statusText, headers: told }));
				},
				failed: (error) => {
					asked.delete(id);
					listening.abort();
					reject(error);
				}
			});
			worker.postMessage({ kind: 'ask', id, request });
		});

	return {
		open: () => (opening ??= begin()),
		fetch: async (input, init) => {
			const request = carried(input, init);
			if (ready === null || request === null) return direct(input, init);
			return ask(ready, request, init?.signal ?? NEVER);
		}
	};
};

/**
 * A body from the far end as fetch would give it: it fails with the signal's reason in the moment of the signal, however
 * long the news takes to come back. `hangUp` is called once nobody listens any more.
 */
const listenTo = (
	body: ReadableStream<Uint8Array<ArrayBuffer>>,
	signal: AbortSignal,
	hangUp: () => void
): ReadableStream<Uint8Array<ArrayBuffer>> => {
	const reader = body.getReader();
	const stopped = new AbortController();
	const end = (): void => {
		stopped.abort();
		hangUp();
	};
	return new ReadableStream(
		{
			start: (out) => {
				signal.addEventListener(
					'abort',
					() => {
						end();
						out.error(signal.reason);
					},
					{ signal: stopped.signal }
				);
			},
			pull: async (out) => {
				try {
					const { done, value } = await reader.read();
					if (signal.aborted) return;
					if (!done) {
						out.enqueue(value);
						return;
					}
					end();
					out.close();
				} catch (error) {
					if (signal.aborted) return;
					end();
					out.error(error);
				}
			},
			cancel: end
		},
		// read ahead by nobody: the provider is paced by who listens
		{ highWaterMark: 0 }
	);
};
