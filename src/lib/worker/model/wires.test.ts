// Every provider against answers byte by byte, our own and recorded: whole, in pieces, cut anywhere, and as servers err.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { ASKED, heardIn, partsOf } from '#tests/support/heard.ts';
import { startReplayServer, type RawAnswer, type ReplayServer } from '#tests/support/replay-server.ts';
import { ownStreams, shortStreams } from '#tests/support/streams/twins.ts';
import { keepTally, uncounted } from '#tests/support/tally.ts';
import {
	hasRecordings,
	recordedIndex,
	recordedStreams,
	type WireStream
} from '#tests/support/wire-streams.ts';
import type { EnteredProvider } from '../protocol.ts';
import { createAnthropicPort } from './anthropic.ts';
import { createGooglePort } from './google.ts';
import { createOpenAiCompatible } from './openai-compatible.ts';
import { createOpenAiPort } from './openai.ts';
import type { ModelPort, Tally } from './port.ts';
import type { PortMaker } from './provider-port.ts';
import type { Patience } from './stream-prose.ts';

const KEY = 'sk-canary-7f3a9b1c2d4e5f60718293a4b5c6d7e8';

const MAKERS: Readonly<Record<EnteredProvider, PortMaker>> = {
	anthropic: createAnthropicPort,
	openai: createOpenAiPort,
	google: createGooglePort,
	openrouter: createOpenAiCompatible,
	'openai-compatible': createOpenAiCompatible
};
const PROVIDERS = Object.keys(MAKERS) as readonly EnteredProvider[];

const short = (provider: EnteredProvider): WireStream => {
	const found = shortStreams.find((stream) => stream.provider === provider);
	if (found === undefined) throw new Error(`no stream of ${provider}`);
	return found;
};
const bodyOf = (stream: WireStream): string => String(stream.answer.body);

/** The stream up to the first event with words in it; then silence. */
const begunOf = (stream: WireStream): RawAnswer => {
	const body = bodyOf(stream);
	const blank = /\r?\n\r?\n/u.exec(body.slice(body.indexOf('Nine')));
	return {
		body: body.slice(0, body.indexOf('Nine') + (blank?.index ?? 0) + (blank?.[0].length ?? 0)),
		stays: 'silent'
	};
};

/** What servers really do to a stream, and what is to come of it all the same. */
const VARIATIONS: readonly (readonly [name: string, change: (stream: WireStream) => RawAnswer])[] = [
	['a byte order mark', (stream) => ({ body: `\uFEFF${bodyOf(stream)}` })],
	['carriage returns', (stream) => ({ body: bodyOf(stream).replaceAll(/\r?\n/gu, '\r\n') })],
	['carriage returns alone', (stream) => ({ body: bodyOf(stream).replaceAll(/\r?\n/gu, '\r') })],
	[
		'no blank after the colon',
		(stream) => ({ body: bodyOf(stream).replaceAll(/^(data|event): /gmu, '$1:') })
	],
	['no last blank line', (stream) => ({ body: bodyOf(stream).trimEnd() })],
	['no [DONE]', (stream) => ({ body: bodyOf(stream).replace('data: [DONE]\n\n', '') })],
	['gzip', (stream) => ({ ...stream.answer, gzip: true })],
	['comments', (stream) => ({ body: bodyOf(stream).replaceAll(/^data/gmu, ': still here\n\ndata') })],
	['no content type of its own', (stream) => ({ ...stream.answer, contentType: 'text/plain' })],
	['an error after the end', (stream) => ({ body: `${bodyOf(stream)}{"error":{"message":"Too late"}}` })],
	['a connection that stays open', (stream) => ({ ...stream.answer, stays: 'silent' })]
];

let server: ReplayServer;
beforeAll(async () => {
	const named = [...ownStreams, ...shortStreams, ...recordedStreams].map(
		({ name, answer }) => [name, answer] as const
	);
	const varied = VARIATIONS.flatMap(([, change], at) =>
		shortStreams.map((stream) => [`${stream.name}-${at}`, change(stream)] as const)
	);
	server = await startReplayServer({
		raw: {
			...Object.fromEntries([...named, ...varied]),
			hung: { body: '', stays: 'silent' },
			overloaded: {
				status: 529,
				contentType: 'application/json',
				body: '{"error":{"type":"overloaded_error","message":"Overloaded"}}'
			},
			empty: { body: '' },
			page: { contentType: 'text/html', body: '<!doctype html><title>Welcome</title>' },
			'page-unnamed': { contentType: 'text/plain', body: '<!doctype html>\n<title>Welcome</title>\n' },
			words: { body: 'data: Hello, I am a teapot\n\n' },
			'other-json': { contentType: 'application/json', body: '{"status":"ok"}' },
			...Object.fromEntries(shortStreams.map((stream) => [`stalled-${stream.provider}`, begunOf(stream)]))
		}
	});
});
afterAll(() => server.close());

const portOf = (
	provider: EnteredProvider,
	url: string,
	patience?: Patience,
	send: typeof fetch = (...args) => fetch(...args)
): ModelPort =>
	MAKERS[provider](
		{
			url,
			model: 'own',
			secret: KEY,
			contextTokens: null,
			maxOutputTokens: 400,
			temperature: null,
			topP: null
		},
		{
			fetch: send,
			online: () => true,
			loopbackPermission: () => Promise.resolve(null)
		},
		undefined,
		patience
	);

/** `stopAt`: Stop is pressed when so many characters were heard. */
const listen = async (
	provider: EnteredProvider,
	url: string,
	{
		patience,
		send,
		stopAt = null
	}: { readonly patience?: Patience; readonly send?: typeof fetch; readonly stopAt?: number | null } = {}
) => {
	const parts = await partsOf(portOf(provider, url, patience, send), stopAt);
	expect(JSON.stringify(parts)).not.toContain('canary');
	return { ...heardIn(parts), usage: parts.find((part) => part.kind === 'usage')?.usage ?? null };
};

const check = async ({ name, provider, stopped, expected }: WireStream, url: string): Promise<void> => {
	const stopAt = stopped === true ? expected.text.length : null;
	const { usage: _, ...heard } = await listen(provider, url, { stopAt });
	expect(heard, name).toEqual(expected);
};

describe.each([
	['whole', undefined],
	['in pieces of 7 bytes', 7],
	['byte by byte', 1]
] as const)('%s', (_, size) => {
	it.each(ownStreams.map((stream) => [stream.name, stream] as const))('%s', async (name, stream) => {
		await check(stream, server.base(`raw/${name}`, size));
	});

	it.skipIf(!hasRecordings).each(recordedStreams.map((stream) => [stream.name, stream] as const))(
		'recorded: %s',
		async (name, stream) => {
			await check(stream, server.base(`raw/${name}`, size));
		}
	);
});

it.skipIf(!hasRecordings)('every recording there is, is heard, and has a twin of our own', () => {
	const listed = recordedIndex();
	expect(recordedStreams.map(({ name }) => name).sort()).toEqual(listed.map(({ name }) => name).sort());
	const own = new Set(ownStreams.map(({ name }) => name));
	const twins = recordedStreams.map(({ name, provider }) => {
		const category = listed.find((one) => one.name === name)?.category ?? '';
		return `${provider}-${category === 'success' ? 'text' : category}`;
	});
	expect(twins.filter((twin) => !own.has(twin))).toEqual([]);
});

describe('a small decision in Anthropic’s tool, for models without an output format', () => {
	const COUNTED = z.object({
		elements: z.array(z.object({ location: z.string(), temperature: z.number() }))
	});
	const decided = (scenario: string, tally: Tally = uncounted) =>
		createAnthropicPort(
			{
				url: server.base(`raw/${scenario}`, 7),
				model: 'claude-3-haiku-20240307',
				secret: KEY,
				contextTokens: null,
				maxOutputTokens: 400,
				temperature: null,
				topP: null
			},
			{
				fetch: (...args) => fetch(...args),
				online: () => true,
				loopbackPermission: () => Promise.resolve(null)
			}
		).decide(
			{
				name: 'weather',
				instructions: 'Say what the weather is.',
				data: 'Fog.',
				schema: COUNTED,
				fallback: { elements: [] },
				maxOutputTokens: 100,
				story: null,
				tally
			},
			new AbortController().signal
		);

	it('is read', async () => {
		expect(await decided('anthropic-json-tool')).toMatchObject({
			via: 'schema',
			value: { elements: [{ location: 'the pier', temperature: 7 }] }
		});
	});

	it.skipIf(!hasRecordings)('is read as it was recorded', async () => {
		const tally = keepTally();
		expect(await decided('anthropic-json-tool-chunks-txt', tally)).toMatchObject({
			via: 'schema',
			value: { elements: [{ location: 'San Francisco', temperature: 58 }] }
		});
		expect(tally.usage()).toMatchObject({ inputTokens: 849, outputTokens: 47 });
	});
});

it('tells what was read from a cache and written to one', async () => {
	const cached = async (provider: EnteredProvider) =>
		(await listen(provider, server.base(`raw/${provider}-text`))).usage;
	expect(await cached('anthropic')).toMatchObject({
		inputTokens: 42,
		cacheReadTokens: 10,
		cacheWriteTokens: 2
	});
	for (const provider of ['openai', 'google', 'openrouter', 'openai-compatible'] as const)
		expect(await cached(provider)).toMatchObject({ inputTokens: 42, cacheReadTokens: 10 });
});

describe.each(PROVIDERS)('%s', (provider) => {
	const { name, expected } = short(provider);

	it.each(VARIATIONS.map(([what], at) => [what, at] as const))('is heard through %s', async (what, at) => {
		for (const size of [undefined, 1] as const) {
			const heard = await listen(provider, server.base(`raw/${name}-${at}`, size));
			expect([heard.text, heard.end], what).toEqual([expected.text, 'done']);
			expect(heard.usage, what).toMatchObject({ inputTokens: 42, outputTokens: 7 });
		}
	});

	// the text of each event that arrived whole is there, and the end is told truly
	it('loses nothing wherever it is cut', async () => {
		const bytes = new TextEncoder().encode(bodyOf(short(provider)));
		const { length } = bytes;
		const heard: Awaited<ReturnType<typeof listen>>[] = [];
		for (let at = 0; at <= length; at += 1) {
			const cut = () => Promise.resolve(new Response(bytes.slice(0, at)));
			heard.push(await listen(provider, server.base(`raw/${name}`), { send: cut }));
		}
		let longest = 0;
		for (const [at, { text, end }] of heard.entries()) {
			const where = `cut at ${at} of ${length}`;
			expect(['done', 'interrupted'], where).toContain(end);
			expect(expected.text.startsWith(text), where).toBe(true);
			expect(text.length, where).toBeGreaterThanOrEqual(longest);
			if (end === 'done') expect(text, where).toBe(expected.text);
			longest = text.length;
		}
		expect(longest).toBe(expected.text.length);
	}, 60_000);

	it('loses nothing where the connection breaks', async () => {
		const bytes = Buffer.from(bodyOf(short(provider)));
		for (let at = 1; at < bytes.length; at += 61) {
			const cut = await listen(provider, server.base(`end/${at}/raw/${name}`));
			const severed = await listen(provider, server.base(`sever/${at}/raw/${name}`));
			expect([severed.text, severed.end], `broken at ${at}`).toEqual([cut.text, cut.end]);
		}
	}, 60_000);

	it.each([
		['overloaded', 'overloaded'],
		['empty', 'interrupted'],
		['page', 'not-an-api'],
		['page-unnamed', 'not-an-api'],
		['words', 'not-an-api'],
		['other-json', 'not-an-api']
	])('%s is %s', async (scenario, end) => {
		const heard = await listen(provider, server.base(`raw/${scenario}`));
		expect([heard.text, heard.end]).toEqual(['', end]);
	});

	it('calls silence stalled, before the first word and after, and keeps what was said', async () => {
		const patience = { firstChunkMs: 150, chunkMs: 150 };
		expect((await listen(provider, server.base('raw/hung'), { patience })).end).toBe('stalled');
		const later = await listen(provider, server.base(`raw/stalled-${provider}`), { patience });
		expect(later.end).toBe('stalled');
		expect(later.text).not.toBe('');
		expect(expected.text.startsWith(later.text)).toBe(true);
	});

	it('follows no redirect with the key', async () => {
		const before = server.requests.length;
		expect((await listen(provider, server.base('redirect-all'))).end).toBe('cors');
		const [first, ...probes] = server.requests.slice(before);
		expect(JSON.stringify(first?.headers)).toContain('canary');
		// the probe asks the base address, and this server redirects that as well
		expect(probes.map(({ method, path }) => [method, path])).toEqual([
			['GET', '/redirect-all/v1'],
			['GET', '/whole/v1/chat/completions']
		]);
		expect(JSON.stringify(probes)).not.toContain('canary');
	});

	it('closes the connection within 50 ms of Stop', async () => {
		const took: number[] = [];
		for (let turn = 0; turn < 15; turn += 1) {
			const stop = new AbortController();
			const before = server.requests.length;
			let stoppedAt = 0;
			for await (const part of portOf(provider, server.base(`raw/stalled-${provider}`)).streamProse(
				ASKED,
				stop.signal
			)) {
				if (part.kind === 'text' && stoppedAt === 0) {
					stoppedAt = performance.now();
					stop.abort();
				}
				if (part.kind === 'end') expect(part).toEqual({ kind: 'end', reason: 'stopped' });
			}
			await vi.waitFor(() => expect(server.requests[before]?.closedEarly).toBe(true), { interval: 1 });
			took.push((server.requests[before]?.closedAt ?? Infinity) - stoppedAt);
		}
		const [median] = took.sort((a, b) => a - b).slice(7);
		expect(median).toBeLessThan(50);
	});
});
