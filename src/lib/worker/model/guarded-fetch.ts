// The only way a request leaves for a provider: to the connection's own origin, without credentials or extra headers.

/** What was seen on the wire, for telling failures apart. Written by the fetch, read after it failed. */
export interface WireNotes {
	/** A 2xx answer that is no chat completion, such as a web page. */
	notAnApi: boolean;
	/** The headers of an answer arrived. */
	answered: boolean;
}

const WHOLE_ANSWER_LIMIT = 16 * 1024 * 1024;

const eventStream = (payloads: readonly unknown[]): Response =>
	new Response(
		payloads.map((payload) => `data: ${JSON.stringify(payload)}\n\n`).join('') + 'data: [DONE]\n\n',
		{
			status: 200,
			headers: { 'content-type': 'text/event-stream' }
		}
	);

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;

/** Some servers ignore `stream` and answer in one JSON body, or wrap an error in a 200: both become a stream of one. */
const fromWholeAnswer = async (response: Response): Promise<Response | null> => {
	const text = await response.text();
	if (text.length > WHOLE_ANSWER_LIMIT) return null;
	let body: unknown;
	try {
		body = JSON.parse(text);
	} catch {
		return null;
	}
	if (!isRecord(body)) return null;
	if (isRecord(body['error'])) return eventStream([{ error: body['error'] }]);
	if (typeof body['error'] === 'string') return eventStream([{ error: { message: body['error'] } }]);
	const choices = body['choices'];
	const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
	if (!isRecord(first) || !isRecord(first['message'])) return null;
	const { message, ...rest } = first;
	return eventStream([{ ...body, object: 'chat.completion.chunk', choices: [{ ...rest, delta: message }] }]);
};

/**
 * Wraps `send` (the worker's fetch) for one connection. Refuses any other origin; drops `user-agent`, which Firefox and
 * Safari would ask permission for in the preflight and most providers' allow-lists refuse; no cookies, no redirects
 * (a redirect could carry the key elsewhere), no referrer.
 *
 * @throws Error when the address is not of `origin`, or when a successful answer is no chat completion (`notes.notAnApi`).
 */
export const createGuardedFetch = (origin: string, notes: WireNotes, send: typeof fetch): typeof fetch => {
	return async (input, init) => {
		const address = new URL(input instanceof Request ? input.url : input);
		if (address.origin !== origin) throw new Error('Refused: the address is not of this connection.');
		const headers = new Headers(init?.headers);
		headers.delete('user-agent');
		const response = await send(address.href, {
			...init,
			headers,
			credentials: 'omit',
			redirect: 'error',
			referrerPolicy: 'no-referrer'
		});
		notes.answered = true;
		if (!response.ok) return response;
		const type = (response.headers.get('content-type') ?? '').toLowerCase();
		if (type.includes('json') && !type.includes('stream')) {
			const whole = await fromWholeAnswer(response);
			if (whole !== null) return whole;
		} else if (!type.includes('html') && !type.includes('xml')) {
			return response;
		}
		notes.notAnApi = true;
		throw new Error('Refused: the answer is not a chat completion.');
	};
};
