// Composition root of the model worker: keys, providers and running replies. Exposes before anything is awaited.
import './model/quiet-libraries.ts';
import * as Comlink from 'comlink';
import { createLine } from './model/line.ts';
import { vaultChannel } from './model/vault-channel.ts';
import { systemClock } from './model/clock.ts';
import { createModelWorker } from './model/model-api.ts';
import { openOnDevice } from './model/on-device.ts';
import { browserSurroundings } from './model/reachability.ts';
import { openLearned } from './model/learned.ts';
import { openVaultStore } from './model/vault-store.ts';
import { openVault } from './model/vault.ts';

const store = openVaultStore();
const onDevice = openOnDevice();
const around = browserSurroundings();
const line = createLine(around.fetch);

Comlink.expose(
	createModelWorker({
		learned: openLearned(store),
		vault: openVault(
			store,
			vaultChannel(() => new BroadcastChannel('stet-connections')),
			onDevice.offered
		),
		onDevice,
		line,
		// the line carries what leaves with a key; what it does not, such as a probe, goes as it always did
		around: { ...around, fetch: line.fetch },
		// async, so that a browser without locks rejects like one that refuses them: the job is then done without one
		locks: { request: async (name, options, run) => navigator.locks.request(name, options, run) },
		clock: systemClock,
		random: Math.random,
		newId: () => crypto.randomUUID()
	})
);
