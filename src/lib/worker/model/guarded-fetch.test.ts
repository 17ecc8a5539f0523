// The guard around fetch: where a request may go, and what it may carry.
import { describe, expect, it, vi } from 'vitest';
import { accessHeaders } from './access.ts';
import { newNotes } from './event-stream.ts';
import { fetchStream, guardFetch } from './guarded-fetch.ts';
import { chatCompletions } from './wires.ts';

const ORIGIN = 'https://api.example.org';

const guard = (answer: () => Response = () => new Response('data: [DONE]\n\n')) => {
	const notes = newNotes();
	const send = vi.fn<typeof fetch>(() => Promise.resolve(answer()));
	const access = accessHeaders('openai-compatible', 'secret');
	return { notes, send, fetch: fetchStream(chatCompletions, notes, guardFetch(ORIGIN, access, send)) };
};

describe('the guarded fetch', () => {
	it.each([
		'https://evil.example/v1/chat/completions',
		'http://api.example.org/v1/chat/completions',
		'https://api.example.org:8443/v1/chat/completions',
		'https://api.example.org.evil.example/v1'
	])('sends nothing to %s', async (address) => {
		const { fetch, send, notes } = guard();
		await expect(fetch(address, { headers: { authorization: 'Bearer secret' } })).rejects.toThrow(
			'not of this connection'
		);
		await expect(fetch(new Request(address))).rejects.toThrow('not of this connection');
		expect(send).not.toHaveBeenCalled();
		expect(notes.answered).toBe(false);
	});

	it('overrules what a library asked for', async () => {
		const { fetch, send } = guard();
		await fetch(`${ORIGIN}/v1`, {
			headers: { 'User-Agent': 'library/1', authorization: 'Bearer secret' },
			credentials: 'include',
			redirect: 'follow',
			referrerPolicy: 'unsafe-url'
		});
		const [address, init] = send.mock.calls[0] ?? [];
		expect(address).toBe(`${ORIGIN}/v1`);
		expect(init).toMatchObject({ credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer' });
		expect([...new Headers(init?.headers).keys()]).toEqual(['authorization']);
	});

	it('passes an error answer on as it is', async () => {
		const { fetch, notes } = guard(
			() => new Response('<h1>no</h1>', { status: 502, headers: { 'content-type': 'text/html' } })
		);
		expect((await fetch(`${ORIGIN}/v1`)).status).toBe(502);
		expect(notes).toEqual({ notAnApi: false, answered: true, ended: false });
	});
});
