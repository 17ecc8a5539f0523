// Plays providers' streams through the model worker of a real page, speaking to it as the page and the log worker do.
import { proseStory } from './prose-story.ts';
import type { EnteredProvider } from '../../src/lib/worker/protocol.ts';
import type { RawAnswer, ReplayServer } from './replay-server.ts';
import { ownStreams } from './streams/twins.ts';
import { recordedStreams, type WireStream } from './wire-streams.ts';

/** What is in the page once {@link catchModelWorker} ran there. */
declare global {
	interface Window {
		stetModelWorker?: Worker;
		/** Started by the page in the moment in which it tells the model worker of it. */
		stetLineWorker?: Worker;
		/** Presses Stop for all that {@link playInPage} plays. */
		stetStopAll?: () => void;
		/** All words of all that is played, in the order in which they came. */
		stetHeard?: string;
	}
}

/** To run before any script of the page: keeps hold of its workers, which the page itself shows to nobody. */
export const catchModelWorker = (): void => {
	window.Worker = new Proxy(window.Worker, {
		construct: (target, given: [string, WorkerOptions?]) => {
			const worker = new target(...given);
			if (given[1]?.name === 'stet-model') window.stetModelWorker = worker;
			if (given[1]?.name === 'stet-line') window.stetLineWorker = worker;
			return worker;
		}
	});
};

/** Runs in the page: whether requests go over the line from here on. The page has to have started its worker. */
export const lineInPage = (): Promise<boolean> =>
	new Promise((resolve, reject) => {
		const worker = window.stetModelWorker;
		if (worker === undefined || window.stetLineWorker === undefined) {
			reject(new Error('the page has no such workers'));
			return;
		}
		const id = crypto.randomUUID();
		worker.addEventListener('message', ({ data }: MessageEvent<{ id?: string; value?: unknown }>) => {
			if (data.id === id) resolve(data.value === true);
		});
		// the port of another is not taken: what came of the first is answered
		const { port1 } = new MessageChannel();
		const argumentList = [{ type: 'RAW', value: port1 }];
		worker.postMessage({ id, type: 'APPLY', path: ['openLine'], argumentList }, [port1]);
	});

/** The pieces in which answers come, in bytes. */
export const SIZES = ['whole', '7', '1'] as const;
export const KEY = 'sk-canary-7f3a9b1c2d4e5f60718293a4b5c6d7e8';
export const PROVIDERS = ['anthropic', 'openai', 'google', 'openrouter', 'openai-compatible'] as const;

/** Our own streams and the recorded ones of a provider. */
export const streamsOf = (provider: EnteredProvider): readonly WireStream[] =>
	[...ownStreams, ...recordedStreams].filter((stream) => stream.provider === provider);

/** All of them, for the replay server. */
export const rawAnswers: Readonly<Record<string, RawAnswer>> = Object.fromEntries(
	PROVIDERS.flatMap(streamsOf).map(({ name, answer }) => [name, answer])
);

interface Work {
	readonly provider: EnteredProvider;
	readonly secret: string;
	/** Where the streams are asked for, for each size of pieces. */
	readonly urls: readonly string[];
	/** Models of the replay server: each answers with its stream. `stopAt`: Stop is pressed after so many characters. */
	readonly models: readonly { readonly model: string; readonly stopAt: number | null }[];
	/** What each request says of its story. */
	readonly story: ReturnType<typeof proseStory>;
}

/** What came of one stream. */
export interface Played {
	readonly model: string;
	readonly url: string;
	readonly text: string;
	readonly end: string;
	/** As it is written to the log. */
	readonly usage: {
		readonly inputTokens: number | null;
		readonly outputTokens: number | null;
		readonly costUsd: number | null;
		readonly estimated: boolean;
	} | null;
}

/** Where the streams are asked for, to have them in pieces of a size. */
export const baseOf = (server: ReplayServer, size: (typeof SIZES)[number]): string =>
	server.base('raw/by-model', size === 'whole' ? undefined : size === '7' ? 7 : 1);

/** What has to be played, as {@link playInPage} takes it. */
export const workFor = (server: ReplayServer, provider: EnteredProvider): Work => ({
	provider,
	secret: KEY,
	urls: SIZES.map((size) => baseOf(server, size)),
	models: streamsOf(provider).map(({ name, stopped, expected }) => ({
		model: name,
		stopAt: stopped === true ? expected.text.length : null
	})),
	story: proseStory({ words: 'When does the ferry leave?' })
});

/**
 * Runs in the page. Saves a connection for each address and plays every model of it as a job of its own. A provider that
 * would be asked again is stopped while it waits: then `end` is why it waits.
 */
export const playInPage = async ({
	provider,
	secret,
	urls,
	models,
	story
}: Work): Promise<readonly Played[]> => {
	const worker = window.stetModelWorker;
	if (worker === undefined) throw new Error('the page has no model worker');

	/** Comlink's own way to call a method. */
	const callOn = (
		port: Worker | MessagePort,
		path: readonly string[],
		value: unknown,
		transfer: Transferable[] = []
	) =>
		new Promise<unknown>((resolve, reject) => {
			const id = crypto.randomUUID();
			const hear = ((event: MessageEvent<{ id?: string; type?: string; value?: unknown }>) => {
				if (event.data.id !== id) return;
				port.removeEventListener('message', hear);
				if (event.data.type === 'RAW') resolve(event.data.value);
				else reject(new Error(JSON.stringify(event.data)));
			}) as EventListener;
			port.addEventListener('message', hear);
			if (port instanceof MessagePort) port.start();
			port.postMessage({ id, type: 'APPLY', path, argumentList: [{ type: 'RAW', value }] }, transfer);
		});

	interface Job {
		readonly model: string;
		readonly url: string;
		readonly connectionId: string;
		readonly stopAt: number | null;
		readonly done: (played: Played) => void;
		waits: string | null;
	}
	const jobs = new Map<string, Job>();
	let signals: MessagePort | null = null;

	const request = (jobId: string) => ({
		jobId,
		chatId: 'chat',
		turnId: 'turn',
		alternative: 0,
		instructions: 'You keep the lighthouse.',
		messages: [{ role: 'user', text: 'When does the ferry leave?' }],
		steady: { messages: 0, chars: 0 },
		story
	});

	interface Ended {
		readonly jobId: string;
		readonly text?: string;
		readonly ended?: string;
		readonly usage?: Played['usage'];
		readonly failure?: { readonly type: string };
	}
	const answer = (method: string | undefined, [first, second]: readonly unknown[]): unknown => {
		if (method === 'ask') {
			const { jobId } = second as { jobId: string };
			const job = jobs.get(jobId);
			if (first !== 'stage_request' || job === undefined) return null;
			const choice = { model: job.model, temperature: null, topP: null, maxOutputTokens: null };
			return {
				kind: 'prose',
				stage: 'reply',
				request: request(jobId),
				connectionId: job.connectionId,
				choice,
				draft: ''
			};
		}
		if (method === 'tell') {
			const news = first as {
				kind: string;
				jobId: string;
				reason?: string;
				offset?: number;
				delta?: string;
			};
			const job = jobs.get(news.jobId);
			if (job === undefined) return undefined;
			const stop = (): void => {
				if (signals !== null) void callOn(signals, [], { kind: 'stop', jobId: news.jobId });
			};
			if (news.kind === 'waiting' && job.waits === null) {
				job.waits = news.reason ?? '';
				stop();
			}
			window.stetHeard = (window.stetHeard ?? '') + (news.delta ?? '');
			const said = (news.offset ?? 0) + (news.delta ?? '').length;
			if (news.kind === 'delta' && job.stopAt !== null && said >= job.stopAt) stop();
			return undefined;
		}
		if (method !== 'dispatch') return undefined;
		const { name, input } = first as { name: string; input: Ended };
		const job = jobs.get(input.jobId);
		if (job !== undefined && ['finish_reply', 'fail_reply', 'drop_reply'].includes(name)) {
			const { model, url, waits } = job;
			const end = input.failure?.type ?? input.ended ?? waits ?? 'dropped';
			// whether Stop is there before the next request is a matter of the moment, and so is our estimate of that one
			const chance = waits !== null && input.usage?.estimated === true;
			job.done({ model, url, text: input.text ?? '', end, usage: chance ? null : (input.usage ?? null) });
		}
		return { ok: true, value: null };
	};

	const log = new MessageChannel();
	log.port1.onmessage = (
		event: MessageEvent<{ id: string; path: readonly string[]; argumentList: readonly { value: unknown }[] }>
	) => {
		const { id, path, argumentList } = event.data;
		const values = argumentList.map(({ value }) => value);
		if (path[0] === 'onSignal') signals = values[0] as MessagePort;
		log.port1.postMessage({ id, type: 'RAW', value: answer(path[0], values) });
	};
	await callOn(worker, ['connectLog'], log.port2, [log.port2]);
	window.stetHeard = '';
	window.stetStopAll = () => {
		for (const jobId of jobs.keys()) if (signals !== null) void callOn(signals, [], { kind: 'stop', jobId });
	};

	const played: Promise<Played>[] = [];
	for (const url of urls) {
		const connectionId = crypto.randomUUID();
		const saved = (await callOn(worker, ['saveConnection'], {
			id: connectionId,
			isNew: true,
			provider,
			label: `Replay ${provider} ${urls.indexOf(url)}`,
			url,
			model: 'unused',
			taskModels: { classify: null, copilot: null },
			contextTokens: null,
			maxOutputTokens: 400,
			temperature: null,
			topP: null,
			price: null,
			key: { kind: 'set', secret, keep: 'session' }
		})) as { ok: boolean };
		if (!saved.ok) throw new Error(JSON.stringify(saved));
		for (const { model, stopAt } of models) {
			const jobId = crypto.randomUUID();
			played.push(
				new Promise((resolve) => {
					jobs.set(jobId, { model, url, connectionId, stopAt, done: resolve, waits: null });
				})
			);
			void callOn(worker, ['play'], jobId);
		}
	}
	return Promise.all(played);
};

/** What was paid for a stream: what the provider counted, our estimate of what it said before it broke off, or nothing. */
const usageOf = ({ text, reasoning, tokens, costUsd }: WireStream['expected']): unknown => {
	if (tokens !== null)
		return {
			inputTokens: tokens[0],
			outputTokens: tokens[1],
			costUsd: costUsd ?? null,
			estimated: false
		};
	return text + reasoning === '' ? null : { estimated: true };
};

/** Only what can be known beforehand of what was paid: an estimate is one, and its numbers are another test's. */
export const seenOf = (played: readonly Played[]): readonly unknown[] =>
	played.map(({ usage, ...rest }) => {
		if (usage === null) return { ...rest, usage };
		const { inputTokens, outputTokens, costUsd, estimated } = usage;
		if (!estimated) return { ...rest, usage: { inputTokens, outputTokens, costUsd, estimated } };
		return { ...rest, usage: inputTokens !== null && outputTokens !== null ? { estimated } : usage };
	});

/** What a page should have made of a provider's streams, to be compared with what it did. */
export const expectedOf = ({ urls, models }: Work): readonly unknown[] =>
	urls.flatMap((url) =>
		models.map(({ model }) => {
			const stream = [...ownStreams, ...recordedStreams].find(({ name }) => name === model);
			if (stream === undefined) throw new Error(`no stream ${model}`);
			const { text, end } = stream.expected;
			const ended = end === 'done' ? (text === '' ? 'empty' : 'whole') : end === 'length' ? 'limit' : end;
			return { model, url, text, end: ended, usage: usageOf(stream.expected) };
		})
	);
