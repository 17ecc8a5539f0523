// The provider against a real HTTP server: whole replies to the last code point, and every way a server can fail.
import { proseStory } from '#tests/support/prose-story.ts';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { REPLAY_TEXT, startReplayServer, type ReplayServer } from '#tests/support/replay-server.ts';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import { createOpenAiCompatible } from './openai-compatible.ts';
import type { ProsePart, Usage } from './port.ts';
import type { Surroundings } from './reachability.ts';
import type { Patience } from './stream-prose.ts';

const CANARY = 'sk-canary-7f3a9b1c2d4e5f60718293a4b5c6d7e8';

const REQUEST: ProseRequest = {
	jobId: 'job-1',
	chatId: 'chat-1',
	turnId: 'turn-1',
	alternative: 0,
	instructions: 'You are Mara, who keeps the lighthouse at the end of the known world.',
	messages: [
		{ role: 'user', text: 'Good evening to the keeper of this remarkable light.' },
		{ role: 'assistant', text: 'Good evening.' },
		{ role: 'user', text: 'Who lit the lamp tonight, if it was not you? \ud800' }
	],
	steady: { messages: 0, chars: 0 },
	story: proseStory({ bot: 'Mara', you: 'Ada', place: 'the lighthouse', turn: 2, words: 'Who lit the lamp?' })
};

const tokens = (inputTokens: number | null, outputTokens: number | null): Usage => ({
	inputTokens,
	outputTokens,
	cacheReadTokens: 0,
	cacheWriteTokens: null,
	costUsd: null
});

const streamsFolder = fileURLToPath(new URL('../../../../tests/support/streams/', import.meta.url));
const recordedFolder = fileURLToPath(new URL('../../../../../shared/fixtures/llm/', import.meta.url));
const lines = (file: string): readonly string[] =>
	readFileSync(file, 'utf8')
		.split('\n')
		.filter((line) => line.trim() !== '');

interface Heard {
	readonly text: string;
	readonly reasoning: string;
	readonly parts: readonly ProsePart[];
	readonly end: ProsePart | undefined;
}

const heard = (parts: readonly ProsePart[]): Heard => ({
	text: parts.map((part) => (part.kind === 'text' ? part.text : '')).join(''),
	reasoning: parts.map((part) => (part.kind === 'reasoning' ? part.text : '')).join(''),
	parts,
	end: parts.at(-1)
});

const saidIn = (payloads: readonly string[], field: 'content' | 'reasoning'): string =>
	payloads
		.map((payload) => {
			const parsed: { choices: { delta: Record<string, unknown> }[] } = JSON.parse(payload);
			const piece = parsed.choices[0]?.delta[field];
			return typeof piece === 'string' ? piece : '';
		})
		.join('');

describe('the OpenAI-compatible provider', () => {
	let server: ReplayServer;
	const ownStreams = readdirSync(streamsFolder).filter((name) => name.endsWith('.chunks.txt'));
	const mistral = `${recordedFolder}compat/mistral-text.chunks.txt`;

	beforeAll(async () => {
		const recorded: Record<string, readonly string[]> = Object.fromEntries(
			ownStreams.map((name) => [name, lines(streamsFolder + name)])
		);
		if (existsSync(mistral)) recorded['mistral'] = lines(mistral);
		server = await startReplayServer({ recorded });
	});
	afterAll(() => server.close());
	afterEach(() => vi.restoreAllMocks());

	const around = (changes: Partial<Surroundings> = {}): Surroundings => ({
		fetch: (input, init) => fetch(input, init),
		online: () => true,
		loopbackPermission: () => Promise.resolve(null),
		...changes
	});

	const portFor = (
		url: string,
		changes: Partial<Surroundings> = {},
		patience?: Patience,
		secret: string | null = CANARY
	) =>
		createOpenAiCompatible(
			{
				url,
				model: 'replay',
				secret,
				contextTokens: null,
				maxOutputTokens: 400,
				temperature: 0.7,
				topP: null
			},
			around(changes),
			undefined,
			patience
		);

	const listen = async (
		url: string,
		changes: Partial<Surroundings> = {},
		patience?: Patience,
		secret: string | null = CANARY
	): Promise<Heard> => {
		const parts: ProsePart[] = [];
		for await (const part of portFor(url, changes, patience, secret).streamProse(
			REQUEST,
			new AbortController().signal
		)) {
			parts.push(part);
		}
		return heard(parts);
	};

	const failureOf = (result: Heard) => {
		expect(result.end).toMatchObject({ kind: 'end', reason: 'failed' });
		expect(JSON.stringify(result.parts)).not.toContain(CANARY);
		if (result.end?.kind !== 'end' || result.end.reason !== 'failed') throw new Error('no failure');
		return { ...result.end.failure, again: result.end.again };
	};

	describe('whole replies', () => {
		for (const pieces of [undefined, 7, 1] as const) {
			const how = pieces === undefined ? 'as written' : `in pieces of ${pieces} bytes`;
			it.each(['whole', 'unicode', 'hostile'] as const)(
				`keeps every code point of %s, ${how}`,
				async (name) => {
					const result = await listen(server.base(name, pieces));
					expect(result.text).toBe(REPLAY_TEXT[name]);
					expect(result.end).toEqual({ kind: 'end', reason: 'done' });
					expect(result.parts).toContainEqual({ kind: 'usage', usage: tokens(42, 7) });
				}
			);

			it.each(ownStreams)(`keeps text and reasoning of %s, ${how}`, async (name) => {
				const payloads = lines(streamsFolder + name);
				const result = await listen(server.base(`recorded/${name}`, pieces));
				expect(result.text).toBe(saidIn(payloads, 'content'));
				expect(result.text).not.toBe('');
				expect(result.reasoning).toBe(saidIn(payloads, 'reasoning'));
				expect(result.end).toEqual({ kind: 'end', reason: 'done' });
			});

			it.skipIf(!existsSync(mistral))(`keeps the text of a recorded Mistral stream, ${how}`, async () => {
				const result = await listen(server.base('recorded/mistral', pieces));
				expect(result.text).toBe(saidIn(lines(mistral), 'content'));
				expect(result.end).toEqual({ kind: 'end', reason: 'done' });
				expect(result.parts).toContainEqual({ kind: 'usage', usage: tokens(13, 8) });
			});

			it.each(['reasoning', 'think'])(`keeps thinking apart from the text (%s), ${how}`, async (name) => {
				const result = await listen(server.base(name, pieces));
				expect(result.text).toBe(REPLAY_TEXT.whole);
				expect(result.reasoning).toBe('She would be glad.');
			});
		}

		it('keeps a tag in the middle of a story, and the words after it', async () => {
			expect((await listen(server.base('think-word', 7))).text).toBe(REPLAY_TEXT.thinkWord);
		});

		it('gives a thought back that never ends', async () => {
			const result = await listen(server.base('think-open'));
			expect(result.text).toBe(REPLAY_TEXT.thinkOpen);
			expect(result.end).toEqual({ kind: 'end', reason: 'done' });
		});

		it('takes one for a thought that the longest of a reply cut off', async () => {
			const result = await listen(server.base('think-cut', 7));
			expect([result.text, result.reasoning]).toEqual(['', 'She would be']);
			expect(result.end).toEqual({ kind: 'end', reason: 'length' });
		});

		it.each([
			['3.5', '7', tokens(null, 7)],
			['42', '-1', tokens(42, null)],
			['1e300', '0', tokens(null, 0)],
			['0.5', '-7', null]
		])('takes counts of %s and %s tokens only where they are counts', async (input, output, usage) => {
			const result = await listen(server.base('whole'), {
				fetch: async (address, init) => {
					const told = (await (await fetch(address, init)).text()).replace(
						'"prompt_tokens":42,"completion_tokens":7',
						`"prompt_tokens":${input},"completion_tokens":${output}`
					);
					return new Response(told, { headers: { 'content-type': 'text/event-stream' } });
				}
			});
			expect(result.text).toBe(REPLAY_TEXT.whole);
			expect(result.end).toEqual({ kind: 'end', reason: 'done' });
			expect(result.parts.filter((part) => part.kind === 'usage')).toEqual(
				usage === null ? [] : [{ kind: 'usage', usage }]
			);
		});

		it('keeps a reply of 200 KB', async () => {
			const result = await listen(server.base('big'));
			expect(Buffer.byteLength(REPLAY_TEXT.big)).toBeGreaterThan(200_000);
			expect(result.text).toBe(REPLAY_TEXT.big);
		});

		it('reads past comments and carriage returns', async () => {
			expect((await listen(server.base('comments', 7))).text).toBe(REPLAY_TEXT.whole);
		});

		it('takes the answer of a server that does not stream', async () => {
			const result = await listen(server.base('whole-json'));
			expect(result.text).toBe(REPLAY_TEXT.whole);
			expect(result.end).toEqual({ kind: 'end', reason: 'done' });
		});

		it('says when the token limit ended it', async () => {
			const result = await listen(server.base('max-tokens'));
			expect(result.text).toBe(REPLAY_TEXT.beforeCut);
			expect(result.end).toEqual({ kind: 'end', reason: 'length' });
		});
	});

	describe('what leaves', () => {
		it('is the key in one header, the prompt in the body, and no user-agent, cookie or referrer', async () => {
			const inits: RequestInit[] = [];
			await listen(server.base('whole'), {
				fetch: (input, init) => {
					inits.push(init ?? {});
					return fetch(input, init);
				}
			});
			const [init] = inits;
			expect(inits).toHaveLength(1);
			expect(new Headers(init?.headers).has('user-agent')).toBe(false);
			expect(init).toMatchObject({ credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer' });
			const request = server.requests.at(-1);
			const { authorization, ...headers } = request?.headers ?? {};
			expect(authorization).toBe(`Bearer ${CANARY}`);
			expect(JSON.stringify(headers) + (request?.body ?? '') + (request?.path ?? '')).not.toContain(CANARY);
			expect(JSON.parse(request?.body ?? '')).toEqual({
				model: 'replay',
				max_tokens: 400,
				temperature: 0.7,
				stream: true,
				stream_options: { include_usage: true },
				messages: [
					{ role: 'system', content: REQUEST.instructions },
					{ role: 'user', content: 'Good evening to the keeper of this remarkable light.' },
					{ role: 'assistant', content: 'Good evening.' },
					{ role: 'user', content: 'Who lit the lamp tonight, if it was not you? \uFFFD' }
				]
			});
		});

		it('carries no authorization where there is no key', async () => {
			await listen(server.base('whole'), {}, undefined, null);
			expect(server.requests.at(-1)?.headers.authorization).toBeUndefined();
		});

		it('asks OpenAI for its newer name of the token limit', async () => {
			const bodies: string[] = [];
			await listen('https://api.openai.com/v1', {
				fetch: (_input, init) => {
					bodies.push(typeof init?.body === 'string' ? init.body : '');
					return Promise.resolve(new Response('{}', { status: 400 }));
				}
			});
			expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ max_completion_tokens: 400 });
			expect(bodies[0]).not.toContain('"max_tokens"');
		});

		it('follows no redirect', async () => {
			const before = server.requests.length;
			const failure = failureOf(await listen(server.base('redirect')));
			expect(failure.type).toBe('cors');
			expect(server.requests.slice(before).map((request) => request.method)).toEqual(['POST', 'GET']);
		});
	});

	describe('Stop', () => {
		it.each(['slow', 'stalled', 'hung'])('ends %s at once and closes the connection', async (name) => {
			const stop = new AbortController();
			const parts: ProsePart[] = [];
			const before = server.requests.length;
			if (name === 'hung') {
				void vi.waitFor(() => expect(server.requests.length).toBe(before + 1)).then(() => stop.abort());
			}
			for await (const part of portFor(server.base(name)).streamProse(REQUEST, stop.signal)) {
				parts.push(part);
				if (part.kind === 'text') stop.abort();
			}
			expect(parts.at(-1)).toEqual({ kind: 'end', reason: 'stopped' });
			await vi.waitFor(() => expect(server.requests[before]?.closedEarly).toBe(true));
		});

		it('before the request sends nothing', async () => {
			const before = server.requests.length;
			const parts: ProsePart[] = [];
			for await (const part of portFor(server.base('whole')).streamProse(REQUEST, AbortSignal.abort()))
				parts.push(part);
			expect(parts).toEqual([{ kind: 'end', reason: 'stopped' }]);
			expect(server.requests.length).toBe(before);
		});

		it('leaving the loop closes the connection too', async () => {
			const before = server.requests.length;
			for await (const part of portFor(server.base('slow')).streamProse(
				REQUEST,
				new AbortController().signal
			)) {
				if (part.kind === 'text') break;
			}
			await vi.waitFor(() => expect(server.requests[before]?.closedEarly).toBe(true));
		});
	});

	describe('failures', () => {
		it.each([
			['401', 'bad-key', false],
			['402', 'quota', false],
			['403-org', 'org-blocks-browser', false],
			['429-quota', 'quota', false],
			['429', 'rate-limited', true],
			['500-then-ok', 'overloaded', true],
			['529', 'overloaded', true],
			['context-too-long', 'context-too-long', false],
			['bad-request', 'refused', false],
			['wrong-model', 'wrong-model', false],
			['wrong-model-400', 'wrong-model', false],
			['wrong-path', 'not-an-api', false],
			['html', 'not-an-api', false],
			['not-json', 'not-an-api', false],
			['other-json', 'not-an-api', false],
			['nothing', 'empty', false],
			['cut-first', 'interrupted', true],
			['error-event-first', 'overloaded', true]
		])('%s is %s', async (scenario, type, again) => {
			const errors = vi.spyOn(console, 'error');
			const warnings = vi.spyOn(console, 'warn');
			const result = await listen(server.base(scenario));
			expect(failureOf(result)).toMatchObject({ type, again });
			expect(result.text).toBe('');
			expect(errors).not.toHaveBeenCalled();
			expect(warnings).not.toHaveBeenCalled();
		});

		it.each([
			['cut', 'interrupted'],
			['clean-eof', 'interrupted'],
			['error-event', 'overloaded'],
			['filtered', 'content-filter']
		])('%s is %s and keeps what was said', async (scenario, type) => {
			const result = await listen(server.base(scenario));
			expect(failureOf(result).type).toBe(type);
			expect(result.text).toBe(REPLAY_TEXT.beforeCut);
		});

		it('gives the seconds a provider asked to wait', async () => {
			expect(failureOf(await listen(server.base('429-retry-after')))).toMatchObject({
				type: 'rate-limited',
				retryAfterSeconds: 2
			});
		});

		it('calls silence stalled, before the first word and after', async () => {
			const patience = { firstChunkMs: 150, chunkMs: 150 };
			expect(failureOf(await listen(server.base('hung'), {}, patience))).toMatchObject({ type: 'stalled' });
			const later = await listen(server.base('stalled'), {}, patience);
			expect(failureOf(later).type).toBe('stalled');
			expect(later.text).toBe(REPLAY_TEXT.beforeCut);
		});

		it('asks for a key where one is needed and none was entered', async () => {
			expect(failureOf(await listen(server.base('401'), {}, undefined, null)).type).toBe('no-key');
		});

		it('repeats neither the key nor the prompt a provider quotes', async () => {
			const key = failureOf(await listen(server.base('401')));
			expect(key.said).toBe('Incorrect API key provided: ….');
			const prompt = JSON.stringify(failureOf(await listen(server.base('bad-request'))));
			expect(prompt).toContain('Bad parameter');
			expect(prompt).not.toContain('lighthouse');
			expect(prompt).not.toContain('Good evening');
			expect(prompt).not.toContain('lamp');
		});

		it('tells unreachable from refused', async () => {
			const gone = await startReplayServer();
			await gone.close();
			expect(failureOf(await listen(gone.base('whole'))).type).toBe('unreachable');
		});

		// what a browser gives for a 401 without CORS headers, a failed preflight, or no network: one bare TypeError
		const opaque = (probe: 'answers' | 'fails'): Partial<Surroundings> => ({
			fetch: (_input, init) =>
				init?.mode === 'no-cors' && probe === 'answers'
					? Promise.resolve(new Response(null))
					: Promise.reject(new TypeError('NetworkError when attempting to fetch resource.'))
		});

		it.each([
			['https://api.example.org/v1', opaque('answers'), 'cors'],
			['https://api.openai.com/v1', opaque('answers'), 'bad-key'],
			['https://api.example.org/v1', opaque('fails'), 'unreachable'],
			['https://api.example.org/v1', { ...opaque('fails'), online: () => false }, 'offline'],
			['http://localhost:11434/v1', { ...opaque('answers'), online: () => false }, 'cors'],
			[
				'http://localhost:11434/v1',
				{ ...opaque('fails'), loopbackPermission: () => Promise.resolve('denied' as const) },
				'local-network'
			],
			[
				'http://localhost:11434/v1',
				{ ...opaque('fails'), loopbackPermission: () => Promise.resolve('prompt' as const) },
				'local-network'
			],
			[
				'http://localhost:11434/v1',
				{ ...opaque('fails'), loopbackPermission: () => Promise.resolve('granted' as const) },
				'unreachable'
			]
		])('%s without an answer is told apart by a probe (%#)', async (url, changes, type) => {
			expect(failureOf(await listen(url, changes))).toEqual({ type, again: false });
		});
	});

	it.skipIf(!existsSync(recordedFolder))('keeps the text of a recorded Ollama answer', async () => {
		const recording = readFileSync(`${recordedFolder}compat/vcr-ollama-local-json-schema.yaml`, 'utf8');
		const answer = recording.slice(recording.indexOf('response:'));
		const content = /content: '(.*)'/u.exec(answer)?.[1] ?? '';
		const reasoning = /reasoning: \|\s*(.*)/u.exec(answer)?.[1] ?? '';
		expect(content).not.toBe('');
		expect(reasoning).not.toBe('');
		const message = { role: 'assistant', content, reasoning };
		const body = JSON.stringify({
			object: 'chat.completion',
			choices: [{ index: 0, message, finish_reason: 'stop' }]
		});
		const replay = await startReplayServer({ bodies: { ollama: { status: 200, body } } });
		try {
			const result = await listen(replay.base('body/ollama'));
			expect([result.text, result.reasoning]).toEqual([content, reasoning]);
			expect(result.end).toEqual({ kind: 'end', reason: 'done' });
		} finally {
			await replay.close();
		}
	});

	it.skipIf(!existsSync(recordedFolder))('reads recorded error bodies', async () => {
		const temperature = readFileSync(
			`${recordedFolder}openai/reasoning-model-temperature-error.json`,
			'utf8'
		);
		const geminiKey = readFileSync(`${recordedFolder}google/bad-api-key.json`, 'utf8');
		const geminiWait = readFileSync(`${recordedFolder}google/429-retry-info.json`, 'utf8');
		const openRouter = readFileSync(`${recordedFolder}openrouter/vcr-429.yaml`, 'utf8');
		const raw = /raw: '(.*)/u.exec(openRouter)?.[1];
		const error = {
			code: 429,
			message: 'Provider returned error',
			metadata: { provider_name: 'Google', raw }
		};
		const replay = await startReplayServer({
			bodies: {
				busy: { status: 429, body: JSON.stringify({ error }) },
				temperature: { status: 400, body: temperature },
				key: { status: 400, body: geminiKey },
				wait: { status: 429, body: geminiWait }
			}
		});
		try {
			expect(failureOf(await listen(replay.base('body/busy')))).toMatchObject({
				type: 'rate-limited',
				said: expect.stringContaining('temporarily rate-limited upstream'),
				again: true
			});
			expect(failureOf(await listen(replay.base('body/temperature'))).type).toBe('refused');
			expect(failureOf(await listen(replay.base('body/key'))).type).toBe('bad-key');
			expect(failureOf(await listen(replay.base('body/wait')))).toMatchObject({
				type: 'rate-limited',
				retryAfterSeconds: 34.4
			});
		} finally {
			await replay.close();
		}
	});
});
