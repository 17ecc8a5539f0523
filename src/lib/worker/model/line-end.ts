// The far end of the line: asks for what it is told to ask, hands answers over, and hangs up when told.
import { STRICT, type FromLine, type ToLine } from './line-protocol.ts';

/** What is used of the worker's global scope. */
export interface LinePort {
	postMessage(message: FromLine, transfer: Transferable[]): void;
	addEventListener(kind: 'message', listener: (event: MessageEvent<ToLine>) => void): void;
}

/** Answers on `port` from now on, and says first that it does. `send` is the worker's fetch. */
export const serveLine = (port: LinePort, send: typeof fetch): void => {
	const running = new Map<number, AbortController>();
	port.addEventListener('message', ({ data }) => {
		const { id } = data;
		if (data.kind === 'hang-up') {
			running.get(id)?.abort();
			running.delete(id);
			return;
		}
		const { address, method, headers, body: words, cache } = data.request;
		const hangingUp = new AbortController();
		running.set(id, hangingUp);
		send(address, {
			...STRICT,
			method,
			headers: headers.map(([name, value]): [string, string] => [name, value]),
			body: words,
			cache,
			signal: hangingUp.signal
		}).then(
			({ status, statusText, headers: told, body }) => {
				const answer: FromLine = { kind: 'answered', id, status, statusText, headers: [...told], body };
				port.postMessage(answer, body === null ? [] : [body]);
			},
			(error: unknown) => {
				running.delete(id);
				const message = error instanceof Error ? error.message : String(error);
				port.postMessage({ kind: 'failed', id, message }, []);
			}
		);
	});
	port.postMessage({ kind: 'ready' }, []);
};
