// The browser's own model, page and worker joined by a real MessagePort, over a stand-in for the Prompt API.
import { proseStory } from '#tests/support/prose-story.ts';
import * as Comlink from 'comlink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { installPromptApi, type StandIn } from '#tests/support/prompt-api.ts';
import { uncounted } from '#tests/support/tally.ts';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import { openOnDevice as openPage, type OnDevicePage, type PromptApi } from '../on-device-host.ts';
import type { OnDeviceHost } from '../on-device-protocol.ts';
import { onDevicePort } from './on-device-port.ts';
import { openOnDevice, type OnDevice } from './on-device.ts';
import type { DecideRequest, ModelPort, ProsePart } from './port.ts';

const REQUEST: ProseRequest = {
	jobId: 'job-1',
	chatId: 'chat-1',
	turnId: 'turn-1',
	alternative: 0,
	instructions: 'Be brief.',
	messages: [
		{ role: 'user', text: 'Hello.' },
		{ role: 'assistant', text: 'Good evening.' },
		{ role: 'user', text: 'Who is there?' }
	],
	steady: { messages: 0, chars: 0 },
	story: proseStory({ bot: 'Mara', you: 'Ada', place: null, turn: 2, words: 'Who is there?' })
};

const DECISION: DecideRequest<{ readonly title: string }> = {
	name: 'title',
	instructions: 'Give it a title.',
	data: 'A lamp burns.',
	schema: z.object({ title: z.string() }),
	fallback: { title: '' },
	maxOutputTokens: 50,
	story: null,
	tally: uncounted
};

const ports: MessagePort[] = [];
let page: OnDevicePage;
let onDevice: OnDevice;

const world = (): StandIn => {
	if (globalThis.standIn === undefined) throw new Error('not installed');
	return globalThis.standIn;
};

const start = (settings: Parameters<typeof installPromptApi>[0] = {}): void => {
	installPromptApi(settings);
	page = openPage((globalThis as unknown as { readonly LanguageModel: PromptApi }).LanguageModel);
	onDevice = openOnDevice();
	const { port1, port2 } = new MessageChannel();
	ports.push(port1, port2);
	Comlink.expose(page.host, port1);
	onDevice.connect(port2);
};

const opened = async (): Promise<ModelPort> => {
	const port = await onDevice.open();
	if (!port.ok) throw new Error(port.error.type);
	return port.value;
};

const heard = async (parts: AsyncIterable<ProsePart>): Promise<readonly ProsePart[]> => {
	const all: ProsePart[] = [];
	for await (const part of parts) all.push(part);
	return all;
};

const never = (): AbortSignal => new AbortController().signal;

beforeEach(() => {
	vi.stubGlobal('navigator', { onLine: true });
});
afterEach(() => {
	for (const port of ports.splice(0)) port.close();
	vi.unstubAllGlobals();
});

describe('a reply', () => {
	it('streams in order, with what it used, from a session of its own that is destroyed', async () => {
		start();
		const port = await opened();
		expect(port.capabilities).toMatchObject({ model: 'on-device', contextTokens: 4096 });
		const before = { ...world().seen };
		expect(await heard(port.streamProse(REQUEST, never()))).toEqual([
			{ kind: 'text', text: 'The lamp ' },
			{ kind: 'text', text: 'burns ' },
			{ kind: 'text', text: 'low.' },
			{
				kind: 'usage',
				usage: {
					inputTokens: 13,
					outputTokens: 5,
					cacheReadTokens: null,
					cacheWriteTokens: null,
					costUsd: 0
				}
			},
			{ kind: 'end', reason: 'done' }
		]);
		expect(world().seen.opened).toBe(before.opened + 1);
		expect(world().seen.destroyed).toBe(world().seen.opened);
		expect(world().seen.prompts).toEqual([
			{
				history: [
					{ role: 'system', content: 'Be brief.' },
					{ role: 'user', content: 'Hello.' },
					{ role: 'assistant', content: 'Good evening.' }
				],
				asked: [{ role: 'user', content: 'Who is there?' }],
				schema: null
			}
		]);
	});

	it('knows nothing of the one before it, nor of one at the same time', async () => {
		start();
		const port = await opened();
		await Promise.all([
			heard(port.streamProse(REQUEST, never())),
			heard(port.streamProse({ ...REQUEST, instructions: 'Be long.' }, never()))
		]);
		await heard(
			port.streamProse({ ...REQUEST, instructions: '', messages: REQUEST.messages.slice(-1) }, never())
		);
		expect(world().seen.prompts.map(({ history }) => history.length)).toEqual([3, 3, 0]);
		expect(
			world()
				.seen.prompts.map(({ history }) => history[0])
				.slice(0, 2)
		).toEqual([
			{ role: 'system', content: 'Be brief.' },
			{ role: 'system', content: 'Be long.' }
		]);
		expect(world().seen.destroyed).toBe(world().seen.opened);
	});

	it('ends at once when it is stopped, keeps what was said, and leaves the others alone', async () => {
		start({ pieces: Array.from({ length: 1000 }, () => 'on '), pieceMs: 10 });
		const port = await opened();
		const controller = new AbortController();
		const other = new AbortController();
		const others = heard(port.streamProse(REQUEST, other.signal));
		const parts: ProsePart[] = [];
		for await (const part of port.streamProse(REQUEST, controller.signal)) {
			parts.push(part);
			if (parts.length === 2) controller.abort();
		}
		expect(parts.filter(({ kind }) => kind === 'text').length).toBeGreaterThanOrEqual(2);
		expect(parts.at(-1)).toEqual({ kind: 'end', reason: 'stopped' });
		await vi.waitFor(() => expect(world().seen.aborted).toBe(1));
		await vi.waitFor(() => expect(world().seen.destroyed).toBe(world().seen.opened - 1));
		other.abort();
		expect((await others).at(-1)).toEqual({ kind: 'end', reason: 'stopped' });
		await vi.waitFor(() => expect(world().seen.destroyed).toBe(world().seen.opened));
	});

	it('is not begun when it was stopped before', async () => {
		start();
		const port = await opened();
		expect(await heard(port.streamProse(REQUEST, AbortSignal.abort()))).toEqual([
			{ kind: 'end', reason: 'stopped' }
		]);
		expect(world().seen.prompts).toEqual([]);
	});

	it('whose reader leaves is ended in the browser too', async () => {
		start({ pieces: Array.from({ length: 1000 }, () => 'on ') });
		const port = await opened();
		for await (const part of port.streamProse(REQUEST, never())) if (part.kind === 'text') break;
		await vi.waitFor(() => expect(world().seen.destroyed).toBe(world().seen.opened));
		expect(world().seen.aborted).toBe(1);
	});

	it('that does not fit is refused with the numbers, before the browser would drop the oldest turns', async () => {
		start({ contextWindow: 12 });
		const failed = (await heard((await opened()).streamProse(REQUEST, never()))).at(-1);
		expect(failed).toEqual({
			kind: 'end',
			reason: 'failed',
			failure: { type: 'context-too-long', limitTokens: 12, sentTokens: 13 },
			again: false
		});
		expect(world().seen.prompts).toEqual([]);
		start({ contextWindow: 5 });
		expect((await heard((await opened()).streamProse(REQUEST, never()))).at(-1)).toMatchObject({
			failure: { type: 'context-too-long', limitTokens: 5 }
		});
	});

	it.each([
		['NotReadableError', 'content-filter'],
		['NotSupportedError', 'refused'],
		['QuotaExceededError', 'context-too-long'],
		['NotAllowedError', 'not-downloaded'],
		['UnknownError', 'interrupted'],
		['NetworkError', 'unreachable']
	])('that ends with %s is %s', async (failing, type) => {
		start({ failing });
		const parts = await heard((await opened()).streamProse(REQUEST, never()));
		expect(parts).toMatchObject([{ kind: 'end', reason: 'failed', failure: { type } }]);
		expect(JSON.stringify(parts)).not.toContain('stand-in');
		expect(world().seen.destroyed).toBe(world().seen.opened);
	});

	it('of no word is empty', async () => {
		start({ pieces: [' ', '\n'] });
		expect((await heard((await opened()).streamProse(REQUEST, never()))).at(-1)).toMatchObject({
			failure: { type: 'empty' }
		});
	});
});

it('a browser that falls silent is left: before the first word, or after it', async () => {
	for (const words of ['', 'One lamp']) {
		const stopped: string[] = [];
		const silent: OnDeviceHost = {
			follow: () => undefined,
			contextTokens: async () => null,
			count: async () => null,
			answer: async (_call, _request, tell) => {
				if (words !== '') tell({ kind: 'text', text: words });
				return new Promise<void>(() => undefined);
			},
			stop: (call) => void stopped.push(call)
		};
		const { port1, port2 } = new MessageChannel();
		ports.push(port1, port2);
		Comlink.expose(silent, port1);
		const port = onDevicePort(Comlink.wrap<OnDeviceHost>(port2), null, { firstChunkMs: 60, chunkMs: 60 });
		const parts = await heard(port.streamProse(REQUEST, new AbortController().signal));
		expect(parts).toEqual([
			...(words === '' ? [] : [{ kind: 'text', text: words }]),
			{ kind: 'end', reason: 'failed', failure: { type: 'stalled' }, again: false }
		]);
		await vi.waitFor(() => expect(stopped).toHaveLength(1));
	}
});

describe('a count', () => {
	it('is the browser’s own', async () => {
		start();
		expect(await (await opened()).count(REQUEST, never())).toBe(13);
		expect(world().seen.destroyed).toBe(world().seen.opened);
	});
});

describe('a decision', () => {
	it('is made under the schema', async () => {
		start({ structured: '{"title":"Night"}' });
		expect(await (await opened()).decide(DECISION, never())).toMatchObject({
			value: { title: 'Night' },
			via: 'schema',
			failure: null
		});
		expect(world().seen.prompts[0]?.schema).toMatchObject({ type: 'object', required: ['title'] });
	});

	it('is asked for in words where the browser takes no schema', async () => {
		start({ schemas: 'unsupported', pieces: ['Here: {"title":', '"Night"}'] });
		expect(await (await opened()).decide(DECISION, never())).toMatchObject({
			value: { title: 'Night' },
			via: 'prompt'
		});
		expect(JSON.stringify(world().seen.prompts.at(-1)?.history)).toContain('JSON');
	});

	it('that cannot be had is the fallback, with the reason', async () => {
		start({ failing: 'SyntaxError' });
		expect(await (await opened()).decide(DECISION, never())).toMatchObject({
			value: DECISION.fallback,
			via: 'fallback',
			failure: { type: 'invalid-output' }
		});
		expect(world().seen.destroyed).toBe(world().seen.opened);
	});
});

describe('before it is downloaded', () => {
	it('it is offered, begins no download by itself, and is used after one', async () => {
		start({ availability: 'downloadable' });
		const changed = vi.fn();
		onDevice.onChange(changed);
		expect(await onDevice.offered()).toBe(true);
		expect(await onDevice.open()).toEqual({ ok: false, error: { type: 'not-downloaded' } });
		expect(world().seen.opened).toBe(0);
		changed.mockClear();
		const told: number[] = [];
		expect(await page.download((part) => told.push(part), never())).toEqual({ ok: true, value: null });
		expect(told).toEqual([0, 0.25, 0.5, 0.75, 1]);
		await vi.waitFor(() => expect(changed).toHaveBeenCalledOnce());
		expect((await heard((await opened()).streamProse(REQUEST, never()))).at(-1)).toEqual({
			kind: 'end',
			reason: 'done'
		});
		expect(world().seen.destroyed).toBe(world().seen.opened);
	});

	it('a download can be called off, and needs a click', async () => {
		start({ availability: 'downloadable' });
		const controller = new AbortController();
		const off = page.download(() => controller.abort(), controller.signal);
		expect(await off).toEqual({ ok: false, error: { type: 'not-downloaded' } });
		expect(await page.availability()).toBe('downloadable');
		vi.stubGlobal('navigator', { onLine: true, userActivation: { isActive: false } });
		expect(await page.download(() => undefined, never())).toEqual({
			ok: false,
			error: { type: 'not-downloaded' }
		});
	});
});

describe('where there is none', () => {
	it('it is not offered', async () => {
		start({ availability: 'unavailable' });
		expect(await onDevice.offered()).toBe(false);
		expect(await onDevice.open()).toEqual({ ok: false, error: { type: 'no-connection' } });
	});

	it('nor is anything waited for where no page was connected', async () => {
		const alone = openOnDevice();
		expect(await alone.offered()).toBe(false);
		expect(await alone.open()).toEqual({ ok: false, error: { type: 'no-connection' } });
	});

	it('a page that does not answer holds nothing up for ever', async () => {
		vi.useFakeTimers();
		const alone = openOnDevice();
		const { port1, port2 } = new MessageChannel();
		ports.push(port1, port2);
		alone.connect(port2);
		const offered = alone.offered();
		await vi.advanceTimersByTimeAsync(3000);
		expect(await offered).toBe(false);
		const waited = vi.getTimerCount();
		expect(await alone.offered()).toBe(false);
		expect(vi.getTimerCount()).toBe(waited);
		vi.useRealTimers();
	});
});
