// Composition root of the model worker: keys, providers and running replies. Exposes before anything is awaited.
import './model/quiet-libraries.ts';
import * as Comlink from 'comlink';
import { systemClock } from './model/clock.ts';
import { createModelWorker } from './model/model-api.ts';
import { browserSurroundings } from './model/reachability.ts';
import { openVaultStore } from './model/vault-store.ts';
import { openVault } from './model/vault.ts';

Comlink.expose(
	createModelWorker({
		vault: openVault(openVaultStore(), new BroadcastChannel('stet-connections')),
		around: browserSurroundings(),
		locks: { request: (name, options, run) => navigator.locks.request(name, options, run) },
		clock: systemClock,
		random: Math.random,
		newId: () => crypto.randomUUID()
	})
);
