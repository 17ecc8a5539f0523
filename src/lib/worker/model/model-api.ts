// Joins vault, providers and turn runner into what the model worker offers.
import * as Comlink from 'comlink';
import { z } from 'zod';
import { ok, refuse, type Result } from '../../domain/kernel/result.ts';
import { suggestedTitle } from '../../domain/story/suggested-title.ts';
import type { JobSignal, LogPort, ModelChoice, ModelFailure, ModelWorkerApi, Task } from '../protocol.ts';
import type { Clock } from './clock.ts';
import { TEST_OUTPUT_TOKENS, testPort } from './try-connection.ts';
import { openDecisionBill } from './bill.ts';
import { createDemo } from './demo.ts';
import { costOf, enteredPrice, knownModel } from './known-models.ts';
import type { Learned } from './learned.ts';
import { listModels } from './model-list.ts';
import type { Line } from './line.ts';
import type { Meter } from './packing.ts';
import type { ModelPort } from './port.ts';
import { openPort } from './providers.ts';
import type { OnDevice } from './on-device.ts';
import { finishSignIn } from './openrouter-sign-in.ts';
import type { Surroundings } from './reachability.ts';
import type { WaitingLocks } from './assessor.ts';
import type { RunnerWorld } from './run.ts';
import { createTurnRunner, type Locks } from './turn-runner.ts';
import type { UsableConnection, Vault } from './vault.ts';

interface ModelWorld {
	readonly vault: Vault;
	readonly learned: Learned;
	readonly around: Surroundings;
	readonly onDevice: OnDevice;
	readonly line: Pick<Line, 'open' | 'lose'>;
	readonly locks: Locks & WaitingLocks;
	readonly clock: Clock;
	readonly random: () => number;
	readonly newId: () => string;
}

/** Enough for a title, and for a model that thinks before it speaks. */
const TITLE_OUTPUT_TOKENS = 400;
/** Nobody waits longer for a title. */
const TITLE_LIMIT_MS = 60_000;

/** Stands for none: no model can answer with this very object. */
const NO_TITLE: z.output<typeof suggestedTitle> = { title: '' };

const titleRequest = z
	.object({
		instructions: z.string(),
		data: z.string(),
		choice: z
			.object({
				connectionId: z.string(),
				model: z.string().nullable(),
				temperature: z.number().nullable(),
				topP: z.number().nullable(),
				maxOutputTokens: z.number().nullable()
			})
			.nullable(),
		connectionId: z.string().nullable()
	})
	.nullable();

type Choice = Omit<ModelChoice, 'connectionId'>;

/** Prompts grow no longer than this unless the user says so: a window of a million tokens is paid for by the token. */
const MOST_PROMPT_TOKENS = 32_000;
/** What a model is taken to read at once when nobody knows. */
const UNKNOWN_WINDOW_TOKENS = 16_000;
/** A guess on the safe side: near the edge, the browser counts. */
const DEVICE_RATIO = 1.2;
/** What is left free for what estimates miss. */
const ROOM_SHARE = 0.95;

/** What a prompt may have in a window of so many tokens; a reply as long as the window leaves it half of that. */
const roomIn = (window: number, maxOutputTokens: number): number =>
	Math.max(256, Math.floor((window - Math.min(maxOutputTokens, window / 2)) * ROOM_SHARE));

/** The browser's own model counts exactly, and costs nothing. */
const deviceMeter = ({ capabilities, count }: ModelPort): Meter => ({
	room: roomIn(capabilities.contextTokens ?? UNKNOWN_WINDOW_TOKENS, capabilities.maxOutputTokens),
	ratio: DEVICE_RATIO,
	count,
	learn: () => undefined,
	learnWindow: () => undefined,
	costOf: () => 0
});

const openModel = async (
	connection: UsableConnection,
	task: Task,
	choice: Choice | null,
	world: ModelWorld
): Promise<Result<{ readonly port: ModelPort; readonly meter: Meter | null }, ModelFailure>> => {
	if (connection.provider === 'demo') return ok({ port: createDemo(world.clock), meter: null });
	if (connection.provider === 'on-device') {
		const onDevice = await world.onDevice.open();
		return onDevice.ok ? ok({ port: onDevice.value, meter: deviceMeter(onDevice.value) }) : onDevice;
	}
	const { learned } = world;
	const opened = await openPort(connection, task, choice, world);
	if (!opened.ok) return opened;
	const port = opened.value;
	const { model, contextTokens, maxOutputTokens } = port.capabilities;
	const { origin } = new URL(connection.url);
	const known = await learned.sizes(origin, model);
	const found = await learned.window(origin, model);
	// what the user says of the connection, he says of its own model
	const own = model === connection.model ? connection : null;
	const unsaid = found === null ? UNKNOWN_WINDOW_TOKENS : Infinity;
	// who says that it reads more than a refusal once named may have made it so
	const window = own?.contextTokens ?? Math.min(found ?? Infinity, contextTokens ?? unsaid);
	const room = roomIn(window, maxOutputTokens);
	const listed = known?.price ?? knownModel(connection.provider, model)?.price ?? null;
	const price = own?.price == null ? listed : enteredPrice(own.price, connection.provider, listed);
	return ok({
		port,
		meter: {
			room: own?.contextTokens == null ? Math.min(room, MOST_PROMPT_TOKENS) : room,
			ratio: await learned.ratio(origin, model),
			count: port.count,
			learn: (estimated, actual) =>
				void learned.learnRatio(origin, model, estimated, actual).catch(() => undefined),
			learnWindow: (tokens) => void learned.learnWindow(origin, model, tokens).catch(() => undefined),
			costOf: (usage) => (price === null ? null : costOf(usage, price))
		}
	});
};

const sha256 = async (text: string): Promise<string> => {
	const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
	return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
};

/** Something that is loaded when it is first wanted; what did not load is tried again by the next wish. */
const callOnce = <T>(load: () => Promise<T>) => {
	let loading: Promise<T> | null = null;
	let here: T | null = null;
	return {
		made: (): T | null => here,
		make: (): Promise<T> =>
			(loading ??= load().then(
				(made) => (here = made),
				(error: unknown) => {
					loading = null;
					throw error;
				}
			))
	};
};

/** Makes the worker's interface. Nothing is awaited here, so that it can be exposed at once. */
export const createModelWorker = (world: ModelWorld): ModelWorkerApi => {
	const { vault } = world;
	let admit: (log: LogPort) => void = () => undefined;
	let log = new Promise<LogPort>((resolve) => {
		admit = resolve;
	});

	/** A vault that cannot be read is like one without the connection: said, and asked again later. */
	const use: Vault['use'] = async (id) => {
		try {
			return await vault.use(id);
		} catch {
			return refuse({ type: 'no-connection' });
		}
	};

	const preferred = async (): Promise<string | null> =>
		(await vault.connections()).find((connection) => connection.preferred)?.id ?? null;

	const jobs = {
		log: {
			ask: async (name, input) => (await log).ask(name, input),
			dispatch: async (command) => (await log).dispatch(command),
			tell: (news) => void log.then((port) => port.tell(news)).catch(() => undefined)
		},
		open: async (connectionId, choice, task) => {
			const connection = await use(connectionId);
			return connection.ok ? openModel(connection.value, task, choice, world) : connection;
		},
		clock: world.clock,
		random: world.random,
		newId: world.newId
	} satisfies RunnerWorld;

	const runner = createTurnRunner({ ...jobs, locks: world.locks });
	// it reads JSON as it comes, with a library that a first reply does not wait for
	const assessor = callOnce(async () => {
		const { createAssessor } = await import('./assessor.ts');
		return createAssessor({ ...jobs, locks: world.locks, preferred, digest: sha256 });
	});

	/** Tests of connections that are running. */
	const tests = new Map<string, Set<AbortController>>();

	return {
		connectLog: (port) => {
			const remote = Comlink.wrap<LogPort>(port);
			// a Comlink proxy answers every call with a promise, and passes for a thenable unless it is wrapped
			const next: LogPort = {
				dispatch: (command) => remote.dispatch(command),
				ask: (name, input) => remote.ask(name, input),
				tell: (news) => void remote.tell(news).catch(() => undefined),
				onSignal: (listener) => void remote.onSignal(Comlink.proxy(listener))
			};
			next.onSignal((signal: JobSignal) => {
				runner.hear(signal);
				assessor.made()?.hear(signal);
			});
			admit(next);
			log = Promise.resolve(next);
		},
		connectPage: (port) => world.onDevice.connect(port),
		openLine: world.line.open,
		loseLine: world.line.lose,
		finishSignIn: (id, code, verifier) => finishSignIn(id, { code, verifier }, vault, world.around),
		connections: () => vault.connections(),
		saveConnection: (input) => vault.save(input),
		deleteConnection: (id) => vault.remove(id),
		preferConnection: (id) => vault.prefer(id),
		forgetAllKeys: () => vault.forgetAllKeys(),
		vaultState: () => vault.state(),
		unlock: (passphrase) => vault.unlock(passphrase),
		changePassphrase: (before, after) => vault.changePassphrase(before, after),
		lock: () => vault.lock(),
		listModels: async (input) => {
			const endpoint = await vault.resolve(input);
			if (!endpoint.ok) return endpoint;
			const listed = await listModels(endpoint.value, world.around);
			if (listed.ok) await world.learned.keepList(new URL(endpoint.value.url).origin, listed.value);
			return listed;
		},
		onConnections: (listener) => {
			vault.onChange(listener);
			world.onDevice.onChange(listener);
		},
		testConnection: async (id) => {
			const connection = await use(id);
			if (!connection.ok) return connection;
			const short = { model: null, temperature: null, topP: null, maxOutputTokens: TEST_OUTPUT_TOKENS };
			const opened = await openModel(connection.value, 'prose', short, world);
			if (!opened.ok) return opened;
			const stop = new AbortController();
			const theirs = tests.get(id) ?? new Set();
			tests.set(id, theirs.add(stop));
			try {
				return await testPort(opened.value.port, world.clock, stop.signal);
			} finally {
				theirs.delete(stop);
			}
		},
		stopTest: async (id) => {
			for (const test of tests.get(id) ?? []) test.abort();
		},
		suggestTitle: async (chatId) => {
			const asked = titleRequest.parse(await (await log).ask('title_request', { chatId }));
			if (asked === null) return refuse({ type: 'nothing_to_name' });
			const connectionId = asked.choice?.connectionId ?? asked.connectionId ?? (await preferred()) ?? '';
			const connection = await use(connectionId);
			if (!connection.ok) return connection;
			const opened = await openModel(connection.value, 'classify', asked.choice, world);
			if (!opened.ok) return opened;
			const { port, meter } = opened.value;
			const bill = openDecisionBill(meter);
			const { value, failure } = await port.decide(
				{
					name: 'title',
					instructions: asked.instructions,
					data: asked.data,
					schema: suggestedTitle,
					fallback: NO_TITLE,
					maxOutputTokens: TITLE_OUTPUT_TOKENS,
					story: null,
					tally: bill
				},
				AbortSignal.timeout(TITLE_LIMIT_MS)
			);
			const usage = bill.close(true);
			if (usage !== null) {
				const { model } = port.capabilities;
				const input = { chatId, connectionId, model, usage };
				// a title is not kept from anybody because the account could not be written
				await (
					await log
				)
					.dispatch({ id: world.newId(), name: 'note_spending', input })
					.catch(() => undefined);
			}
			return value !== NO_TITLE
				? ok(value.title)
				: failure?.type === 'invalid-output'
					? ok(null)
					: refuse(failure ?? { type: 'empty' });
		},
		play: (jobId) => runner.play(jobId),
		assess: async (jobId, handoffId) => (await assessor.make()).assess(jobId, handoffId)
	};
};
