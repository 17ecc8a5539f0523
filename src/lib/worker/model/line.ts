// The near end of the line: a fetch that hangs up at once where the browser's own would not (decisions/0018).
import { STRICT, type FromLine, type LineAnswer, type LineRequest, type ToLine } from './line-protocol.ts';

/** What is used of the way to the far end. */
export interface LinePort {
	postMessage(message: ToLine): void;
	onmessage: ((event: MessageEvent<FromLine>) => void) | null;
}

export interface Line {
	/**
	 * As the fetch given, and with its failures. Goes over the line once that is there, if the request leaves as
	 * {@link STRICT} says and has no body but words; directly otherwise.
	 */
	readonly fetch: typeof fetch;
	/**
	 * Goes over this port from the first word at its far end. Says whether there came to be one; requests do not wait for
	 * that. Only the first port counts: nobody who comes later is told what leaves with a key.
	 */
	readonly open: (port: LinePort) => Promise<boolean>;
	/** There is nothing at the far end, or no more: what was asked there fails, and what comes goes directly. */
	readonly lose: () => void;
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

/** Makes a line that is not open yet. `direct` is the worker's own fetch. */
export const createLine = (direct: typeof fetch): Line => {
	const asked = new Map<number, Asked>();
	let settle: (isThere: boolean) => void = () => undefined;
	const opening = new Promise<boolean>((resolve) => {
		settle = resolve;
	});
	let next = 1;
	let given = false;
	/** The way to the far end, from its first word until it is lost. */
	let ready: LinePort | null = null;

	const open = (port: LinePort): Promise<boolean> => {
		if (!given)
			port.onmessage = ({ data }) => {
				if (data.kind === 'ready') {
					ready = port;
					settle(true);
				} else if (data.kind === 'answered') asked.get(data.id)?.answered(data);
				else asked.get(data.id)?.failed(new TypeError(data.message));
			};
		given = true;
		return opening;
	};

	const lose = (): void => {
		given = true;
		ready = null;
		settle(false);
		for (const { failed } of [...asked.values()]) failed(new TypeError('The line broke.'));
	};

	const ask = (port: LinePort, request: LineRequest, signal: AbortSignal): Promise<Response> =>
		new Promise((resolve, reject) => {
			signal.throwIfAborted();
			const id = next++;
			const listening = new AbortController();
			const hangUp = (): void => {
				listening.abort();
				asked.delete(id);
				port.postMessage({ kind: 'hang-up', id });
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
			port.postMessage({ kind: 'ask', id, request });
		});

	return {
		open,
		lose,
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
