// Composition root of the storage worker: exposes at once, opens when the page says so. No decisions here.
import * as Comlink from 'comlink';
import { v7 as newId } from 'uuid';
import { vocabulary } from '../domain/vocabulary.ts';
import type { LogWorkerApi } from './protocol.ts';
import { createLogTab } from './storage/log-tab.ts';

const { api, port, travel } = createLogTab({
	vocabulary,
	// ids rise with time, so that what is written next goes to the end of every index by id: pages stay full and few change
	world: { now: () => Date.now(), newId: () => newId() }
});

Comlink.expose({
	...api,
	verify: async (run, tell) => {
		try {
			return await api.verify(run, tell);
		} finally {
			// the page keeps a port open for it until it is told
			(tell as Comlink.Remote<typeof tell>)[Comlink.releaseProxy]();
		}
	},
	connectModel: (modelPort) => {
		Comlink.expose(port, modelPort);
	},
	connectTravel: (travelPort) => {
		Comlink.expose(travel, travelPort);
	}
} satisfies LogWorkerApi);
