// Both ends of the line over a real channel: what goes over it, how it fails as fetch does, and how it is hung up.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLine } from './line.ts';
import { serveLine } from './line-end.ts';
import { STRICT, type ToLine } from './line-protocol.ts';

const ADDRESS = 'https://api.example.org/v1/chat';
const ASKED: RequestInit = {
	...STRICT,
	method: 'POST',
	headers: { authorization: 'Bearer secret' },
	body: '{}'
};

const ports: MessagePort[] = [];
afterEach(() => {
	for (const port of ports.splice(0)) port.close();
});

/** A body that a test writes as it goes on. */
const writable = () => {
	let out: ReadableStreamDefaultController<Uint8Array> | undefined;
	const body = new ReadableStream<Uint8Array>({
		start: (controller) => {
			out = controller;
		}
	});
	return {
		body,
		say: (words: string) => out?.enqueue(new TextEncoder().encode(words)),
		end: () => out?.close(),
		cut: (error: Error) => out?.error(error)
	};
};

type Answer = (init: RequestInit) => Promise<Response>;

/** A line to a provider that answers so. Its far end starts to speak with `load`. */
const between = (answer: Answer) => {
	const send = vi.fn<typeof fetch>((_input, init = {}) => answer(init));
	const { port1, port2 } = new MessageChannel();
	ports.push(port1, port2);
	const direct = vi.fn<typeof fetch>(async () => new Response('directly'));
	return {
		line: createLine(direct),
		port: port1,
		direct,
		send,
		/** The signal under which the provider was asked. */
		told: () => send.mock.calls[0]?.[1]?.signal,
		load: () =>
			serveLine(
				{
					postMessage: (message, transfer) => port2.postMessage(message, transfer),
					addEventListener: (_kind, listener: (event: MessageEvent<ToLine>) => void) => {
						port2.onmessage = listener;
					}
				},
				send
			)
	};
};

/** A line that is open. */
const opened = async (answer: Answer) => {
	const at = between(answer);
	at.load();
	expect(await at.line.open(at.port)).toBe(true);
	return at;
};

/** As fetch: never answered, until it is hung up. */
const mute: Answer = ({ signal }) =>
	new Promise((_resolve, reject) => {
		signal?.addEventListener('abort', () => reject(new DOMException('Gone.', 'AbortError')));
	});

describe('what goes over the line', () => {
	it('is a strict request, as it was asked, and its answer comes back whole', async () => {
		const { line, send, direct } = await opened(
			async () =>
				new Response('She nods.', { status: 429, statusText: 'Slowly', headers: { 'retry-after': '2' } })
		);
		const response = await line.fetch(ADDRESS, { ...ASKED, cache: 'no-store' });
		expect([response.status, response.statusText, response.headers.get('retry-after')]).toEqual([
			429,
			'Slowly',
			'2'
		]);
		expect(await response.text()).toBe('She nods.');
		const [address, init] = send.mock.calls[0] ?? [];
		expect(address).toBe(ADDRESS);
		expect(init).toMatchObject({ ...STRICT, method: 'POST', body: '{}', cache: 'no-store' });
		expect([...new Headers(init?.headers)]).toEqual([['authorization', 'Bearer secret']]);
		expect(direct).not.toHaveBeenCalled();
	});

	it('comes back word by word, before its end', async () => {
		const { body, say, end } = writable();
		const { line } = await opened(async () => new Response(body));
		const reader = (await line.fetch(ADDRESS, ASKED)).body?.getReader();
		for (const words of ['She ', 'nods.']) {
			say(words);
			expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(words);
		}
		end();
		expect((await reader?.read())?.done).toBe(true);
	});

	it('may be an answer without a body', async () => {
		const { line } = await opened(async () => new Response(null, { status: 204 }));
		const response = await line.fetch(ADDRESS, ASKED);
		expect([response.status, response.body]).toEqual([204, null]);
	});

	it.each([
		['that may be redirected', ADDRESS, { ...ASKED, redirect: 'follow' }],
		['with cookies', ADDRESS, { ...ASKED, credentials: 'include' }],
		['with a referrer', ADDRESS, { ...ASKED, referrerPolicy: 'origin' }],
		['whose answer nobody may see', ADDRESS, { ...ASKED, mode: 'no-cors' }],
		['with more than words', ADDRESS, { ...ASKED, body: new Blob(['{}']) }],
		['made elsewhere', new Request(ADDRESS), ASKED],
		['without anything said of it', ADDRESS, undefined]
	] satisfies [string, RequestInfo, RequestInit | undefined][])(
		'is no request %s: that goes directly',
		async (_what, input, init) => {
			const { line, send, direct } = await opened(mute);
			expect(await (await line.fetch(input, init)).text()).toBe('directly');
			expect(direct).toHaveBeenCalledExactlyOnceWith(input, init);
			expect(send).not.toHaveBeenCalled();
		}
	);
});

describe('a line that is not there', () => {
	it('is waited for by nobody', async () => {
		const { line, port, load, direct } = between(mute);
		const asks = async () => (await line.fetch(ADDRESS, ASKED)).text();
		expect(await asks()).toBe('directly');
		const opening = line.open(port);
		expect(await asks()).toBe('directly');
		load();
		expect(await opening).toBe(true);
		expect(direct).toHaveBeenCalledTimes(2);
	});

	it('because its worker did not load is gone without', async () => {
		const { line, port, direct } = between(mute);
		const opening = line.open(port);
		line.lose();
		expect(await opening).toBe(false);
		expect(await (await line.fetch(ADDRESS, ASKED)).text()).toBe('directly');
		expect(direct).toHaveBeenCalledOnce();
	});

	it('because it broke fails what was asked over it as a network does, and what comes after goes directly', async () => {
		const { line, send } = await opened(mute);
		const asking = line.fetch(ADDRESS, ASKED);
		await vi.waitFor(() => expect(send).toHaveBeenCalled());
		line.lose();
		await expect(asking).rejects.toThrow(TypeError);
		expect(await (await line.fetch(ADDRESS, ASKED)).text()).toBe('directly');
	});
});

describe('nobody but the first is given what leaves with a key', () => {
	it('a second port is told nothing', async () => {
		const { line, send } = await opened(async () => new Response('She nods.'));
		const other = { postMessage: vi.fn(), onmessage: null };
		expect(await line.open(other)).toBe(true);
		expect(other.onmessage).toBe(null);
		expect(await (await line.fetch(ADDRESS, ASKED)).text()).toBe('She nods.');
		expect(send).toHaveBeenCalledOnce();
		expect(other.postMessage).not.toHaveBeenCalled();
	});

	it('nor is any once it is said that there is none', async () => {
		const { line, port, load, send } = between(mute);
		line.lose();
		load();
		expect(await line.open(port)).toBe(false);
		expect(await (await line.fetch(ADDRESS, ASKED)).text()).toBe('directly');
		expect(send).not.toHaveBeenCalled();
	});
});

describe('failures are those of a fetch', () => {
	it('a request that came to nothing is a TypeError that says what the browser said', async () => {
		const { line } = await opened(() => Promise.reject(new TypeError('NetworkError when attempting.')));
		const error: unknown = await line.fetch(ADDRESS, ASKED).catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(TypeError);
		expect(error).toMatchObject({ message: 'NetworkError when attempting.' });
	});

	it('an answer that is cut off fails after the words that came', async () => {
		const { body, say, cut } = writable();
		const { line } = await opened(async () => new Response(body));
		const reader = (await line.fetch(ADDRESS, ASKED)).body?.getReader();
		say('She ');
		expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('She ');
		cut(new TypeError('Error in input stream'));
		await expect(reader?.read()).rejects.toMatchObject({
			name: 'TypeError',
			message: 'Error in input stream'
		});
	});
});

describe('hanging up', () => {
	it.each([
		['a Stop', undefined, { name: 'AbortError' }],
		['a limit of time', new DOMException('Too long.', 'TimeoutError'), { name: 'TimeoutError' }]
	])('at %s before the answer is at once, with its reason', async (_what, reason, error) => {
		const { line, send, told } = await opened(mute);
		const stopping = new AbortController();
		const asking = line.fetch(ADDRESS, { ...ASKED, signal: stopping.signal });
		await vi.waitFor(() => expect(send).toHaveBeenCalled());
		expect(told()?.aborted).toBe(false);
		stopping.abort(reason);
		await expect(asking).rejects.toMatchObject(error);
		await vi.waitFor(() => expect(told()?.aborted).toBe(true));
	});

	it('in the middle of an answer fails whoever listens, in that moment and with the reason', async () => {
		const { body, say } = writable();
		const { line, told } = await opened(async () => new Response(body));
		const stopping = new AbortController();
		const response = await line.fetch(ADDRESS, { ...ASKED, signal: stopping.signal });
		const reader = response.body?.getReader();
		say('She ');
		await reader?.read();
		let failed: unknown = null;
		reader?.read().catch((error: unknown) => {
			failed = error;
		});
		stopping.abort();
		// not a turn of the event loop later
		await Promise.resolve();
		await Promise.resolve();
		expect(failed).toBe(stopping.signal.reason);
		await vi.waitFor(() => expect(told()?.aborted).toBe(true));
	});

	it('is also what happens when whoever listens goes away', async () => {
		const { body } = writable();
		const { line, told } = await opened(async () => new Response(body));
		await (await line.fetch(ADDRESS, ASKED)).body?.cancel();
		await vi.waitFor(() => expect(told()?.aborted).toBe(true));
	});

	it('before anything was asked asks nothing', async () => {
		const { line, send } = await opened(mute);
		await expect(line.fetch(ADDRESS, { ...ASKED, signal: AbortSignal.abort() })).rejects.toMatchObject({
			name: 'AbortError'
		});
		const asked = line.fetch(ADDRESS, ASKED);
		await vi.waitFor(() => expect(send).toHaveBeenCalledOnce());
		void asked.catch(() => undefined);
	});

	it('leaves others on the line alone', async () => {
		const { line, send } = await opened(mute);
		const stopping = [new AbortController(), new AbortController()];
		const asking = stopping.map(({ signal }) => line.fetch(ADDRESS, { ...ASKED, signal }));
		await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(2));
		stopping[0]?.abort();
		await expect(asking[0]).rejects.toMatchObject({ name: 'AbortError' });
		const told = send.mock.calls.map(([, init]) => init?.signal);
		await vi.waitFor(() => expect(told[0]?.aborted).toBe(true));
		expect(told[1]?.aborted).toBe(false);
		stopping[1]?.abort();
		await expect(asking[1]).rejects.toMatchObject({ name: 'AbortError' });
	});
});
