// The model worker's interface, joined as in the worker: over a real MessagePort, with a real server.
import { proseStory } from '#tests/support/prose-story.ts';
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import * as Comlink from 'comlink';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { REPLAY_TEXT, startReplayServer, type ReplayServer } from '#tests/support/replay-server.ts';
import { ok } from '../../domain/kernel/result.ts';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type { CommandEnvelope, JobSignal, LogPort, ModelWorkerApi, StreamNews } from '../protocol.ts';
import { systemClock } from './clock.ts';
import { createModelWorker } from './model-api.ts';
import { openLearned } from './learned.ts';
import { openOnDevice } from './on-device.ts';
import { openVaultStore } from './vault-store.ts';
import { openVault } from './vault.ts';

const CANARY = 'sk-canary-7f3a9b1c2d4e5f60718293a4b5c6d7e8';

const REQUEST: ProseRequest = {
	jobId: 'job-1',
	chatId: 'chat-1',
	turnId: 'turn-1',
	alternative: 0,
	instructions: 'Be brief.',
	messages: [{ role: 'user', text: 'Hello.' }],
	steady: { messages: 0, chars: 0 },
	story: proseStory({ bot: 'Mara', you: 'Ada', place: null, turn: 2, words: 'Hello.' })
};

let server: ReplayServer;
let worker: ModelWorkerApi;
const ports: MessagePort[] = [];

beforeAll(async () => {
	server = await startReplayServer({ raw: { mute: { body: '', stays: 'mute' } } });
});
afterAll(() => server.close());

beforeEach(() => {
	vi.stubGlobal('indexedDB', new IDBFactory());
	const store = openVaultStore();
	worker = createModelWorker({
		learned: openLearned(store),
		vault: openVault(store, {
			postMessage: () => undefined,
			addEventListener: () => undefined
		}),
		around: { fetch, online: () => true, loopbackPermission: () => Promise.resolve(null) },
		onDevice: openOnDevice(),
		line: { open: async () => false, lose: () => undefined },
		locks: { request: async (_name, _options, run) => run({}) },
		clock: systemClock,
		random: () => 0,
		newId: () => crypto.randomUUID()
	});
});
afterEach(() => {
	for (const port of ports.splice(0)) port.close();
	vi.unstubAllGlobals();
});

/** The log worker's side, answering over the port. */
const connectLog = (connectionId: string) => {
	const { port1, port2 } = new MessageChannel();
	ports.push(port1, port2);
	const commands: CommandEnvelope[] = [];
	const news: StreamNews[] = [];
	const listeners: ((signal: JobSignal) => void)[] = [];
	const log: LogPort = {
		ask: async () => ({ kind: 'prose', stage: 'reply', request: REQUEST, connectionId, draft: '' }),
		dispatch: async (command) => {
			commands.push(command);
			return ok(null);
		},
		tell: (item) => void news.push(item),
		onSignal: (listener) => void listeners.push(listener)
	};
	Comlink.expose(log, port1);
	worker.connectLog(port2);
	return {
		commands,
		news,
		signal: (signal: JobSignal) => listeners.forEach((listener) => listener(signal)),
		listeners
	};
};

const connectionAt = async (scenario: string, secret: string | null = CANARY): Promise<string> => {
	const saved = await worker.saveConnection({
		id: crypto.randomUUID(),
		isNew: true,
		provider: 'openai-compatible',
		taskModels: { classify: null, copilot: null },
		contextTokens: null,
		topP: null,
		price: null,
		label: scenario,
		url: server.base(scenario),
		model: 'replay',
		key: secret === null ? { kind: 'none' } : { kind: 'set', secret, keep: 'remembered' },
		maxOutputTokens: 300,
		temperature: null
	});
	if (!saved.ok) throw new Error(JSON.stringify(saved.error));
	return saved.value.id;
};

describe('testing a connection', () => {
	it.each(['whole', 'slow', 'reasoning', 'max-tokens'])(
		'%s answers with the first word and hangs up',
		async (scenario) => {
			const before = server.requests.length;
			const result = await worker.testConnection(await connectionAt(scenario));
			expect(result).toMatchObject({
				ok: true,
				value: { firstWordMs: expect.any(Number), said: expect.stringMatching(/\S/u) }
			});
			const request = server.requests[before];
			expect(server.requests).toHaveLength(before + 1);
			expect(JSON.parse(request?.body ?? '')).toMatchObject({ max_tokens: 32, model: 'replay' });
			if (scenario === 'slow') await vi.waitFor(() => expect(request?.closedEarly).toBe(true));
		}
	);

	it('says whole words of the answer', async () => {
		expect(await worker.testConnection(await connectionAt('whole'))).toMatchObject({
			value: { said: 'The' }
		});
	});

	it('does not take a thought that was cut off for a word', async () => {
		expect(await worker.testConnection(await connectionAt('think-open'))).toMatchObject({
			ok: true,
			value: { said: '' }
		});
	});

	it.each([
		['401', 'bad-key'],
		['429-quota', 'quota'],
		['429', 'rate-limited'],
		['wrong-model', 'wrong-model'],
		['wrong-path', 'not-an-api'],
		['html', 'not-an-api'],
		['empty', 'empty'],
		['no-such-scenario', 'not-an-api']
	])('%s is %s, after one request', async (scenario, type) => {
		const before = server.requests.length;
		const result = await worker.testConnection(await connectionAt(scenario));
		expect(result).toMatchObject({ ok: false, error: { type } });
		expect(JSON.stringify(result)).not.toContain('canary');
		expect(server.requests).toHaveLength(before + 1);
	});

	it('is called off in the middle, and hangs up', async () => {
		const before = server.requests.length;
		const id = await connectionAt('raw/mute');
		const tested = worker.testConnection(id);
		await vi.waitFor(() => expect(server.requests).toHaveLength(before + 1));
		await worker.stopTest(id);
		expect(await tested).toMatchObject({ ok: false });
		await vi.waitFor(() => expect(server.requests[before]?.closedEarly).toBe(true));
	});

	it('knows what is not there, and that the demo is', async () => {
		expect(await worker.testConnection('nothing')).toEqual({ ok: false, error: { type: 'no-connection' } });
		expect(await worker.testConnection('demo')).toMatchObject({
			ok: true,
			value: { said: expect.stringMatching(/\S/u) }
		});
	});
});

describe('playing a job over the port', () => {
	it('asks, streams and writes, and the key is in nothing that crosses', async () => {
		const log = connectLog(await connectionAt('whole'));
		await worker.play('job-1');
		await vi.waitFor(() => expect(log.news.at(-1)?.kind).toBe('ended'));
		expect(log.commands.at(-1)).toMatchObject({
			name: 'finish_reply',
			input: {
				text: REPLAY_TEXT.whole,
				ended: 'whole',
				model: 'replay',
				usage: { inputTokens: 42, outputTokens: 7 }
			}
		});
		expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${CANARY}`);
		expect(JSON.stringify([log.commands, log.news, await worker.connections()])).not.toContain('canary');
	});

	it('waits for the log, and hears Stop from it', async () => {
		const id = await connectionAt('hung');
		const before = server.requests.length;
		const playing = worker.play('job-1');
		const log = connectLog(id);
		await vi.waitFor(() => expect(server.requests).toHaveLength(before + 1));
		await vi.waitFor(() => expect(log.listeners).toHaveLength(1));
		log.signal({ kind: 'stop', jobId: 'job-1' });
		await playing;
		expect(log.commands.map((command) => command.name)).toEqual(['keep_prompt', 'drop_reply']);
	});

	it('says so when the key was forgotten', async () => {
		const log = connectLog(await connectionAt('whole'));
		await worker.forgetAllKeys();
		await worker.play('job-1');
		expect(log.commands.at(-1)).toMatchObject({ name: 'fail_reply', input: { failure: { type: 'no-key' } } });
	});
});
