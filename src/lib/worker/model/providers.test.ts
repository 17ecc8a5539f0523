// A connection becomes the right provider's port: its address, its headers, its form, and the model the task is for.
import { proseStory } from '#tests/support/prose-story.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startReplayServer, type RawAnswer, type ReplayServer } from '#tests/support/replay-server.ts';
import { uncounted } from '#tests/support/tally.ts';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type { EnteredProvider, ModelInfo, Task } from '../protocol.ts';
import type { Learned } from './learned.ts';
import type { ModelPort } from './port.ts';
import { forgetful } from './provider-port.ts';
import { openPort } from './providers.ts';

const KEY = 'sk-canary-7f3a9b1c2d4e5f60718293a4b5c6d7e8';

const REQUEST: ProseRequest = {
	jobId: 'job-1',
	chatId: 'chat-1',
	turnId: 'turn-1',
	alternative: 0,
	instructions: 'You keep the lighthouse. \ud800',
	messages: [
		{ role: 'user', text: 'Good evening.' },
		{ role: 'assistant', text: 'Good evening.' },
		{ role: 'user', text: 'Who lit the lamp?' }
	],
	steady: { messages: 2, chars: 0 },
	story: proseStory({ bot: 'Mara', you: 'Ada', place: null, turn: 2, words: 'Who lit the lamp?' })
};

const around = {
	fetch: (...args: Parameters<typeof fetch>) => fetch(...args),
	online: () => true,
	loopbackPermission: () => Promise.resolve(null)
};
const signal = new AbortController().signal;

let server: ReplayServer;
let answer: RawAnswer = { body: '' };
beforeEach(async () => {
	answer = { body: '' };
	server = await startReplayServer({ raw: { it: () => answer } });
});
afterEach(() => server.close());

const learnedOf = (sizes: ModelInfo | null): Learned => ({
	memory: () => forgetful(),
	ratio: () => Promise.resolve(1),
	learnRatio: () => Promise.resolve(),
	window: () => Promise.resolve(null),
	learnWindow: () => Promise.resolve(),
	sizes: () => Promise.resolve(sizes),
	keepList: () => Promise.resolve()
});

const connection = (provider: EnteredProvider, secret: string | null = KEY) => ({
	id: 'c-1',
	provider,
	url: server.base('raw/it'),
	secret,
	model: 'prose-model',
	taskModels: { classify: 'small-model', copilot: null },
	contextTokens: null as number | null,
	maxOutputTokens: 400,
	temperature: 0.7,
	topP: 0.9,
	price: null
});

const portOf = async (
	provider: EnteredProvider,
	secret: string | null = KEY,
	task: Task = 'prose',
	choice: Parameters<typeof openPort>[2] = null,
	sizes: ModelInfo | null = null,
	changes: Partial<ReturnType<typeof connection>> = {}
): Promise<ModelPort> => {
	const opened = await openPort({ ...connection(provider, secret), ...changes }, task, choice, {
		around,
		learned: learnedOf(sizes)
	});
	if (!opened.ok) throw new Error(JSON.stringify(opened.error));
	return opened.value;
};

const drain = async (port: ModelPort, request = REQUEST): Promise<void> => {
	for await (const part of port.streamProse(request, signal)) if (part.kind === 'end') return;
};

const asked = () => {
	const request = server.requests.at(-1);
	if (request === undefined) throw new Error('nothing was asked');
	return { ...request, json: JSON.parse(request.body) };
};

describe('what leaves for', () => {
	const NO_KEY = { authorization: undefined, 'x-api-key': undefined, 'x-goog-api-key': undefined };

	it.each([
		[
			'anthropic',
			'/messages',
			{
				'x-api-key': KEY,
				'anthropic-dangerous-direct-browser-access': 'true',
				'anthropic-version': '2023-06-01'
			}
		],
		['openai', '/responses', { authorization: `Bearer ${KEY}` }],
		['google', '/models/prose-model:streamGenerateContent', { 'x-goog-api-key': KEY }],
		['openrouter', '/chat/completions', { authorization: `Bearer ${KEY}` }],
		['openai-compatible', '/chat/completions', { authorization: `Bearer ${KEY}` }]
	] as const)(
		'%s is the key in one header, and nothing that is not asked for',
		async (provider, path, headers) => {
			const names: string[] = [];
			const opened = await openPort(connection(provider), 'prose', null, {
				around: {
					...around,
					fetch: (input, init) => {
						names.push(...new Headers(init?.headers).keys());
						expect(init).toMatchObject({
							credentials: 'omit',
							redirect: 'error',
							referrerPolicy: 'no-referrer'
						});
						return fetch(input, init);
					}
				},
				learned: learnedOf(null)
			});
			if (!opened.ok) throw new Error('no port');
			await drain(opened.value);
			const request = asked();
			expect(request.path).toBe(`/raw/it/v1${path}`);
			expect(names.sort()).toEqual([...new Set(['content-type', ...Object.keys(headers)])].sort());
			expect(request.headers).toMatchObject(headers);
			const others = Object.entries(request.headers).filter(([name]) => !(name in headers));
			expect(JSON.stringify([others, request.path, request.query, request.body])).not.toContain('canary');
		}
	);

	it.each(['anthropic', 'openai', 'google', 'openrouter', 'openai-compatible'] as const)(
		'%s without a key is no key at all',
		async (provider) => {
			await drain(await portOf(provider, null));
			expect({ ...NO_KEY, ...asked().headers }).toMatchObject(NO_KEY);
		}
	);

	it('Anthropic has the limit of the reply, and marks for its cache on what stays', async () => {
		await drain(await portOf('anthropic'));
		const mark = { cache_control: { type: 'ephemeral' } };
		expect(asked().json).toMatchObject({
			model: 'prose-model',
			max_tokens: 400,
			stream: true,
			system: [{ type: 'text', text: 'You keep the lighthouse. \uFFFD', ...mark }],
			messages: [
				{ role: 'user', content: [{ type: 'text', text: 'Good evening.' }] },
				{ role: 'assistant', content: [{ type: 'text', text: 'Good evening.', ...mark }] },
				{ role: 'user', content: [{ type: 'text', text: 'Who lit the lamp?' }] }
			]
		});
		expect(asked().body.match(/cache_control/gu)).toHaveLength(2);
	});

	it('Anthropic is sent turn by turn where what stays ends within a message', async () => {
		const told = 'Ben: Look.\n\nAda: Where?\n\n[Now]\n\nAda: There.';
		const joints = [told.indexOf('Ada: Where'), told.indexOf('[Now]'), told.indexOf('Ada: There')];
		await drain(await portOf('anthropic'), {
			...REQUEST,
			messages: [...REQUEST.messages.slice(0, 2), { role: 'user', text: told, joints }],
			steady: { messages: 2, chars: told.indexOf('[Now]') }
		});
		const { messages } = z
			.object({
				messages: z.array(
					z.object({
						content: z.array(z.object({ text: z.string(), cache_control: z.unknown().optional() }))
					})
				)
			})
			.parse(asked().json);
		const content = messages[2]?.content ?? [];
		expect(content.map(({ text }) => text).join('')).toBe(told);
		expect(content.map(({ text, cache_control }) => [text, cache_control !== undefined])).toEqual([
			['Ben: Look.\n\n', false],
			['Ada: Where?\n\n', true],
			['[Now]\n\n', false],
			['Ada: There.', false]
		]);
		expect(asked().body.match(/cache_control/gu)).toHaveLength(2);
	});

	it('OpenAI is not to be stored', async () => {
		await drain(await portOf('openai'));
		expect(asked().json).toMatchObject({
			model: 'prose-model',
			store: false,
			max_output_tokens: 400,
			temperature: 0.7,
			top_p: 0.9
		});
		expect(asked().body).toContain('Who lit the lamp?');
	});

	it('Gemini is in its own words', async () => {
		await drain(await portOf('google'));
		expect(asked().json).toMatchObject({
			systemInstruction: { parts: [{ text: 'You keep the lighthouse. \uFFFD' }] },
			contents: [
				{ role: 'user' },
				{ role: 'model' },
				{ role: 'user', parts: [{ text: 'Who lit the lamp?' }] }
			],
			generationConfig: { maxOutputTokens: 400, temperature: 0.7, topP: 0.9 }
		});
		expect(asked().query).toBe('?alt=sse');
	});
});

describe('the model', () => {
	it.each([
		['prose', null, 'prose-model'],
		['classify', null, 'small-model'],
		['copilot', null, 'prose-model'],
		['classify', 'chosen', 'chosen'],
		['prose', 'chosen', 'chosen']
	] as const)('for %s with %s chosen is %s', async (task, model, expected) => {
		const choice = model === null ? null : { model, temperature: null, topP: null, maxOutputTokens: null };
		const port = await portOf('openai-compatible', KEY, task, choice);
		expect(port.capabilities.model).toBe(expected);
		await drain(port);
		expect(asked().json).toMatchObject({ model: expected, temperature: 0.7, top_p: 0.9, max_tokens: 400 });
	});

	it('is asked as the one piece of work wants it', async () => {
		await drain(
			await portOf('openrouter', KEY, 'prose', {
				model: null,
				temperature: 0,
				topP: 0.5,
				maxOutputTokens: 77
			})
		);
		expect(asked().json).toMatchObject({ model: 'prose-model', temperature: 0, top_p: 0.5, max_tokens: 77 });
	});

	it.each(['classify', 'copilot'] as const)(
		'for %s decides as that task is set, and no longer',
		async (task) => {
			const choice = { model: 'small', temperature: 0.1, topP: 0.4, maxOutputTokens: 90 };
			const asking = {
				name: 'it',
				instructions: 'Decide.',
				data: 'x',
				schema: z.object({ sure: z.boolean() }),
				fallback: { sure: false },
				maxOutputTokens: 1500,
				story: null,
				tally: uncounted
			};
			const port = await portOf('openai-compatible', KEY, task, choice);
			await port.decide(asking, new AbortController().signal);
			expect(asked().json).toMatchObject({ model: 'small', temperature: 0.1, top_p: 0.4, max_tokens: 90 });
			const plain = await portOf('openai-compatible', KEY, task, { ...choice, maxOutputTokens: null });
			await plain.decide(asking, new AbortController().signal);
			expect(asked().json).toMatchObject({ max_tokens: 1500 });
		}
	);

	it('asks for no longer a decision than the model is known to give', async () => {
		const told: ModelInfo = {
			id: 'small-model',
			name: 'x',
			contextTokens: null,
			maxOutputTokens: 700,
			price: null
		};
		const port = await portOf('openai-compatible', KEY, 'classify', null, told);
		await port.decide(
			{
				name: 'it',
				instructions: 'Decide.',
				data: 'x',
				schema: z.object({ sure: z.boolean() }),
				fallback: { sure: false },
				maxOutputTokens: 1500,
				story: null,
				tally: uncounted
			},
			new AbortController().signal
		);
		expect(asked().json).toMatchObject({ max_tokens: 700 });
	});

	it('is as large as is set, as its provider says, as is known', async () => {
		const told: ModelInfo = {
			id: 'gpt-4o',
			name: 'x',
			contextTokens: 64_000,
			maxOutputTokens: null,
			price: null
		};
		const gpt = { model: 'gpt-4o' };
		const size = async (sizes: ModelInfo | null, changes: Partial<ReturnType<typeof connection>>) =>
			(await portOf('openai', KEY, 'prose', null, sizes, changes)).capabilities.contextTokens;
		expect(await size(told, { ...gpt, contextTokens: 8000 })).toBe(8000);
		expect(await size(told, gpt)).toBe(64_000);
		expect(await size(null, gpt)).toBe(128_000);
		expect(await size(null, {})).toBeNull();
	});
});

describe('an exact count', () => {
	const count = async (provider: EnteredProvider, body: unknown, status = 200): Promise<number | null> => {
		answer = { status, contentType: 'application/json', body: JSON.stringify(body) };
		return (await portOf(provider)).count(REQUEST, signal);
	};

	it('is asked of Anthropic', async () => {
		expect(await count('anthropic', { input_tokens: 2095 })).toBe(2095);
		expect(asked()).toMatchObject({
			path: '/raw/it/v1/messages/count_tokens',
			json: {
				model: 'prose-model',
				system: 'You keep the lighthouse. \uFFFD',
				messages: [{ role: 'user', content: 'Good evening.' }, { role: 'assistant' }, { role: 'user' }]
			},
			headers: {
				'x-api-key': KEY,
				'anthropic-version': '2023-06-01',
				'anthropic-dangerous-direct-browser-access': 'true'
			}
		});
	});

	it('is asked of Gemini', async () => {
		expect(await count('google', { totalTokens: 31 })).toBe(31);
		expect(asked()).toMatchObject({
			path: '/raw/it/v1/models/prose-model:countTokens',
			json: {
				generateContentRequest: {
					model: 'models/prose-model',
					systemInstruction: { parts: [{ text: 'You keep the lighthouse. \uFFFD' }] },
					contents: [{ role: 'user' }, { role: 'model' }, { role: 'user' }]
				}
			},
			headers: { 'x-goog-api-key': KEY }
		});
	});

	it.each(['openai', 'openrouter', 'openai-compatible'] as const)(
		'is asked of nobody for %s',
		async (provider) => {
			expect(await count(provider, { input_tokens: 1 })).toBeNull();
			expect(server.requests).toEqual([]);
		}
	);

	it.each([
		['an error', { type: 'error', error: { type: 'not_found_error', message: 'model: x' } }, 404],
		['no number', { input_tokens: 'many' }, 200],
		['half a token', { input_tokens: 1.5 }, 200],
		['nothing', null, 200]
	])('that is %s is none', async (_, body, status) => {
		expect(await count('anthropic', body, status)).toBeNull();
	});

	it('that is stopped is none', async () => {
		answer = { body: '', stays: 'silent' };
		const port = await portOf('anthropic');
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 50);
		expect(await port.count(REQUEST, stop.signal)).toBeNull();
	});
});
