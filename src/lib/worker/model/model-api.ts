// Joins vault, providers and turn runner into what the model worker offers.
import * as Comlink from 'comlink';
import { ok, refuse, type Result } from '../../domain/kernel/result.ts';
import type { JobSignal, LogPort, ModelFailure, ModelWorkerApi } from '../protocol.ts';
import type { Clock } from './clock.ts';
import { TEST_OUTPUT_TOKENS, testPort } from './try-connection.ts';
import { createDemo } from './demo.ts';
import type { OnDevice } from './on-device.ts';
import { finishSignIn } from './openrouter-sign-in.ts';
import type { ProsePort } from './port.ts';
import type { Surroundings } from './reachability.ts';
import { createTurnRunner, type Locks } from './turn-runner.ts';
import type { UsableConnection, Vault } from './vault.ts';

interface ModelWorld {
	readonly vault: Vault;
	readonly around: Surroundings;
	readonly onDevice: OnDevice;
	readonly locks: Locks;
	readonly clock: Clock;
	readonly random: () => number;
	readonly newId: () => string;
}

const portFor = async (
	connection: UsableConnection,
	world: ModelWorld
): Promise<Result<ProsePort, ModelFailure>> => {
	if (connection.provider === 'demo') return ok(createDemo(world.clock));
	if (connection.provider === 'on-device') return world.onDevice.open();
	try {
		const { createOpenAiCompatible } = await import('./openai-compatible.ts');
		return ok(createOpenAiCompatible(connection, world.around));
	} catch {
		// our own code could not be fetched
		return refuse({ type: world.around.online() ? 'unreachable' : 'offline' });
	}
};

/** Makes the worker's interface. Nothing is awaited here, so that it can be exposed at once. */
export const createModelWorker = (world: ModelWorld): ModelWorkerApi => {
	const { vault } = world;
	let admit: (log: LogPort) => void = () => undefined;
	let log = new Promise<LogPort>((resolve) => {
		admit = resolve;
	});

	const runner = createTurnRunner({
		log: {
			ask: async (name, input) => (await log).ask(name, input),
			dispatch: async (command) => (await log).dispatch(command),
			tell: (news) => void log.then((port) => port.tell(news)).catch(() => undefined)
		},
		open: async (connectionId) => {
			const connection = await vault.use(connectionId);
			return connection.ok ? portFor(connection.value, world) : connection;
		},
		locks: world.locks,
		clock: world.clock,
		random: world.random,
		newId: world.newId
	});

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
			next.onSignal((signal: JobSignal) => runner.hear(signal));
			admit(next);
			log = Promise.resolve(next);
		},
		connectPage: (port) => world.onDevice.connect(port),
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
			const { listModels } = await import('./model-list.ts');
			return listModels(endpoint.value, world.around);
		},
		onConnections: (listener) => {
			vault.onChange(listener);
			world.onDevice.onChange(listener);
		},
		testConnection: async (id) => {
			const connection = await vault.use(id);
			if (!connection.ok) return connection;
			const port = await portFor(
				connection.value.provider === 'demo' || connection.value.provider === 'on-device'
					? connection.value
					: { ...connection.value, maxOutputTokens: TEST_OUTPUT_TOKENS },
				world
			);
			return port.ok ? testPort(port.value, world.clock) : port;
		},
		play: (jobId) => runner.play(jobId)
	};
};
