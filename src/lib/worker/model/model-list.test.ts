// The lists of models as each provider writes them, over real HTTP.
import { afterEach, describe, expect, it } from 'vitest';
import {
	startReplayServer,
	type RawAnswer,
	type RecordedRequest,
	type ReplayServer
} from '#tests/support/replay-server.ts';
import type { EnteredProvider, ModelInfo } from '../protocol.ts';
import { listModels } from './model-list.ts';

const KEY = 'sk-canary-7f3a9b1c2d4e5f60718293a4b5c6d7e8';

let server: ReplayServer | null = null;
afterEach(async () => {
	await server?.close();
	server = null;
});

const around = {
	fetch: (...args: Parameters<typeof fetch>) => fetch(...args),
	online: () => true,
	loopbackPermission: () => Promise.resolve(null)
};

const list = async (
	provider: EnteredProvider,
	answer: RawAnswer | ((asked: RecordedRequest, before: number) => RawAnswer),
	secret: string | null = KEY
) => {
	const running = await startReplayServer({ raw: { it: answer } });
	server = running;
	return listModels({ provider, url: running.base('raw/it'), secret }, around);
};

const json = (body: unknown, status = 200): RawAnswer => ({
	status,
	contentType: 'application/json',
	body: typeof body === 'string' ? body : JSON.stringify(body)
});

const values = async (provider: EnteredProvider, body: unknown): Promise<readonly ModelInfo[]> => {
	const listed = await list(provider, json(body));
	if (!listed.ok) throw new Error(JSON.stringify(listed.error));
	return listed.value;
};

const bare = (id: string, given: Partial<ModelInfo> = {}): ModelInfo => ({
	id,
	name: id,
	contextTokens: null,
	maxOutputTokens: null,
	price: null,
	...given
});

describe('lists', () => {
	it.each([
		['llama.cpp', { id: 'llama', object: 'model', meta: { n_ctx_train: 131_072, n_ctx: 8192 } }, 8192],
		['llama.cpp, older', { id: 'llama', meta: { n_ctx_train: 131_072 } }, 131_072],
		['vLLM', { id: 'llama', object: 'model', max_model_len: 32_768 }, 32_768],
		['LM Studio', { id: 'llama', max_context_length: 131_072, loaded_context_length: 4096 }, 4096],
		['Groq', { id: 'llama', context_window: 131_072, active: true }, 131_072],
		['Mistral', { id: 'llama', max_context_length: 32_768 }, 32_768],
		['Together', { id: 'llama', context_length: 8192, pricing: { input: 0.1 } }, 8192],
		['Ollama', { id: 'llama', object: 'model', owned_by: 'library' }, null],
		['a size that is none', { id: 'llama', max_model_len: -1, context_length: 'many' }, null]
	])('%s', async (_, entry, contextTokens) => {
		expect(await values('openai-compatible', { object: 'list', data: [entry] })).toEqual([
			bare('llama', { contextTokens })
		]);
	});

	it('OpenRouter tells prices per token, as text', async () => {
		const listed = await values('openrouter', {
			data: [
				{
					id: 'anthropic/claude-sonnet-4.5',
					name: 'Anthropic: Claude Sonnet 4.5',
					context_length: 1_000_000,
					top_provider: { context_length: 1_000_000, max_completion_tokens: 64_000 },
					pricing: {
						prompt: '0.000003',
						completion: '0.000015',
						input_cache_read: '0.0000003',
						input_cache_write: '0.00000375'
					}
				},
				{
					id: 'openrouter/auto',
					name: 'Auto Router',
					context_length: 2_000_000,
					pricing: { prompt: '-1', completion: '-1' }
				},
				{
					id: 'some/model:free',
					name: 'Free',
					context_length: 8192,
					pricing: { prompt: '0', completion: '0' }
				}
			]
		});
		expect(listed).toEqual([
			{
				id: 'anthropic/claude-sonnet-4.5',
				name: 'Anthropic: Claude Sonnet 4.5',
				contextTokens: 1_000_000,
				maxOutputTokens: 64_000,
				price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 }
			},
			bare('openrouter/auto', { name: 'Auto Router', contextTokens: 2_000_000 }),
			bare('some/model:free', {
				name: 'Free',
				contextTokens: 8192,
				price: { input: 0, output: 0, cacheRead: null, cacheWrite: null }
			})
		]);
	});

	it('OpenAI tells no size: what is known fills it in, and what does not write is left out', async () => {
		const ids = [
			'gpt-4o',
			'text-embedding-3-small',
			'whisper-1',
			'tts-1',
			'dall-e-3',
			'gpt-9',
			'omni-moderation-latest'
		];
		const listed = await values('openai', { data: ids.map((id) => ({ id, object: 'model', created: 1 })) });
		expect(listed.map(({ id }) => id)).toEqual(['gpt-4o', 'gpt-9']);
		expect(listed[0]).toMatchObject({ contextTokens: 128_000, price: { input: 2.5 } });
		expect(listed[1]).toEqual(bare('gpt-9'));
	});

	it('Anthropic, page after page, with the key in its header and no other', async () => {
		const pages = [
			{
				data: [{ type: 'model', id: 'claude-sonnet-4-5', display_name: 'Claude Sonnet 4.5' }],
				has_more: true,
				last_id: 'claude-sonnet-4-5'
			},
			{
				data: [
					{ type: 'model', id: 'claude-opus-9', display_name: 'Claude Opus 9', max_input_tokens: 1_000_000 }
				],
				has_more: false
			}
		];
		const listed = await list('anthropic', (_, before) => json(pages[before]));
		expect(listed).toMatchObject({
			ok: true,
			value: [
				{ id: 'claude-opus-9', name: 'Claude Opus 9', contextTokens: 1_000_000, price: null },
				{ id: 'claude-sonnet-4-5', contextTokens: 200_000, price: { input: 3 } }
			]
		});
		const [first, second] = server?.requests ?? [];
		expect(first?.headers).toMatchObject({
			'x-api-key': KEY,
			'anthropic-version': '2023-06-01',
			'anthropic-dangerous-direct-browser-access': 'true'
		});
		expect(first?.headers.authorization).toBeUndefined();
		expect(second?.query).toBe('?limit=1000&after_id=claude-sonnet-4-5');
	});

	it('Gemini, only what generates content, with the key in its header and not in the address', async () => {
		const listed = await values('google', {
			models: [
				{
					name: 'models/gemini-2.5-flash',
					displayName: 'Gemini 2.5 Flash',
					inputTokenLimit: 1_048_576,
					outputTokenLimit: 65_536,
					supportedGenerationMethods: ['generateContent', 'countTokens']
				},
				{ name: 'models/embedding-001', inputTokenLimit: 2048, supportedGenerationMethods: ['embedContent'] },
				{ name: 'models/aqa', inputTokenLimit: 7168 }
			]
		});
		expect(listed).toEqual([
			{
				id: 'gemini-2.5-flash',
				name: 'Gemini 2.5 Flash',
				contextTokens: 1_048_576,
				maxOutputTokens: 65_536,
				price: { input: 0.3, output: 2.5, cacheRead: 0.03, cacheWrite: null }
			}
		]);
		const [asked] = server?.requests ?? [];
		expect(asked?.headers['x-goog-api-key']).toBe(KEY);
		expect(`${asked?.path}${asked?.query}`).not.toContain('canary');
	});

	it('are sorted, each once, as many as can be chosen from', async () => {
		const data = Array.from({ length: 2500 }, (_, at) => ({ id: `m-${2500 - at}` }));
		const listed = await values('openai-compatible', { data: [...data, { id: 'm-1' }] });
		expect(listed).toHaveLength(2000);
		expect(listed.slice(0, 3).map(({ id }) => id)).toEqual(['m-1', 'm-2', 'm-3']);
	});

	it('what cannot be read is left out, and a missing frame is borne', async () => {
		const entries = [{ id: 'a' }, { id: 7 }, null, 'b', {}, { id: '' }, { id: 'x'.repeat(500) }];
		expect(await values('openai-compatible', { data: entries })).toEqual([bare('a')]);
		expect(await values('openai-compatible', entries)).toEqual([bare('a')]);
	});

	it('asks without a key where there is none', async () => {
		await list('openai-compatible', json({ data: [] }), null);
		expect(server?.requests[0]?.headers.authorization).toBeUndefined();
		expect(server?.requests[0]?.method).toBe('GET');
	});
});

describe('no list', () => {
	it.each([
		['a bad key', json({ error: { message: `Incorrect API key provided: ${KEY}` } }, 401), 'bad-key'],
		['a page', { contentType: 'text/html', body: '<html>It works</html>' }, 'not-an-api'],
		['another JSON', json({ status: 'ok' }), 'not-an-api'],
		['a number', json('7'), 'not-an-api'],
		['a wrong path', json({ detail: 'Not Found' }, 404), 'not-an-api'],
		['too much to do', json({ error: { message: 'Overloaded' } }, 529), 'overloaded']
	])('%s', async (_, answer, type) => {
		const listed = await list('openai-compatible', answer);
		expect(listed).toMatchObject({ ok: false, error: { type } });
		expect(JSON.stringify(listed)).not.toContain('canary');
	});

	it('is told apart from no server', async () => {
		const gone = await startReplayServer();
		await gone.close();
		expect(await listModels({ provider: 'openai', url: gone.base('whole'), secret: KEY }, around)).toEqual({
			ok: false,
			error: { type: 'unreachable' }
		});
	});

	it('is fetched over no redirect', async () => {
		const running = await startReplayServer();
		server = running;
		expect(
			await listModels({ provider: 'openai', url: running.base('redirect-all'), secret: KEY }, around)
		).toEqual({
			ok: false,
			error: { type: 'cors' }
		});
		expect(running.requests.map(({ headers }) => headers.authorization)).toEqual([
			`Bearer ${KEY}`,
			undefined,
			// the probe's base address is redirected by this server, too
			undefined
		]);
	});
});
