// Composition root of the storage worker: exposes at once, opens when the page says so. No decisions here.
import * as Comlink from 'comlink';
import { vocabulary } from '../domain/vocabulary.ts';
import type { LogWorkerApi } from './protocol.ts';
import { createLogTab } from './storage/log-tab.ts';

const { api, port } = createLogTab({
	vocabulary,
	world: { now: () => Date.now(), newId: () => crypto.randomUUID() }
});

Comlink.expose({
	...api,
	connectModel: (modelPort) => {
		Comlink.expose(port, modelPort);
	}
} satisfies LogWorkerApi);
