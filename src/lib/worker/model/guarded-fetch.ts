// The only way a request leaves for a provider: to the connection's own origin, without credentials or extra headers.
import { KEY_HEADERS } from './access.ts';
import { readEventStream, type Wire, type WireNotes } from './event-stream.ts';
import { STRICT } from './line-protocol.ts';

/**
 * Wraps `send` (the worker's fetch) for one connection. Refuses any other origin; drops `user-agent`, which Firefox and
 * Safari would ask permission for in the preflight and most providers' allow-lists refuse; writes `access`, and takes out
 * any other header a key could stand in; no cookies, no redirects (a redirect could carry the key elsewhere), no referrer.
 *
 * @throws Error when the address is not of `origin`.
 */
export const guardFetch =
	(origin: string, access: Readonly<Record<string, string>>, send: typeof fetch): typeof fetch =>
	async (input, init) => {
		const address = new URL(input instanceof Request ? input.url : input);
		if (address.origin !== origin) throw new Error('Refused: the address is not of this connection.');
		const headers = new Headers(init?.headers);
		for (const name of ['user-agent', ...KEY_HEADERS]) headers.delete(name);
		for (const [name, value] of Object.entries(access)) headers.set(name, value);
		return send(address.href, {
			...init,
			headers,
			...STRICT
		});
	};

/**
 * Wraps a guarded fetch for one streamed request: a successful answer is read as `wire` would have it, whatever form it
 * comes in. Error answers pass as they are.
 *
 * @throws Error as {@link guardFetch}, and when a successful answer is a page (`notes.notAnApi`).
 */
export const fetchStream =
	(wire: Wire, notes: WireNotes, guarded: typeof fetch): typeof fetch =>
	async (input, init) => {
		const response = await guarded(input, init);
		notes.answered = true;
		if (!response.ok) return response;
		const type = (response.headers.get('content-type') ?? '').toLowerCase();
		if (type.includes('html') || type.includes('xml')) {
			notes.notAnApi = true;
			// hung up on: nobody reads it
			await response.body?.cancel().catch(() => undefined);
			throw new Error('Refused: the answer is a page.');
		}
		return new Response(
			response.body === null ? null : readEventStream(response.body, wire, notes, init?.signal ?? null),
			{ status: 200, headers: { 'content-type': 'text/event-stream' } }
		);
	};
