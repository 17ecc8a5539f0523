// Composition root of the model worker: keys, providers and running replies. Exposes before anything is awaited.
import './model/quiet-libraries.ts';
import * as Comlink from 'comlink';
import { jobLocks, vaultChannel } from './model/blocked-browser.ts';
import { systemClock } from './model/clock.ts';
import { createModelWorker } from './model/model-api.ts';
import { browserSurroundings } from './model/reachability.ts';
import { openVaultStore } from './model/vault-store.ts';
import { openVault } from './model/vault.ts';

const newId = (): string => crypto.randomUUID();

Comlink.expose(
	createModelWorker({
		vault: openVault(
			openVaultStore(),
			vaultChannel(() => new BroadcastChannel('stet-connections')),
			newId
		),
		around: browserSurroundings(),
		locks: jobLocks(
			'locks' in navigator
				? { request: (name, options, run) => navigator.locks.request(name, options, run) }
				: undefined
		),
		clock: systemClock,
		random: Math.random,
		newId
	})
);
