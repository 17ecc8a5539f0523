// Composition root of the travel worker: files out, files in, and backups. Exposes before anything is awaited.
import * as Comlink from 'comlink';
import { v7 as newId } from 'uuid';
import { vocabulary } from '../domain/vocabulary.ts';
import type { TravelProgress, TravelWorkerApi } from './travel-protocol.ts';
import { openPrivateFolder } from './travel/private-folder.ts';
import { createTravelWorker } from './travel/travel-api.ts';
import { openTravelStore } from './travel/travel-store.ts';
import { openWorkshop } from './travel/workshop.ts';

const api = createTravelWorker({
	vocabulary,
	now: () => Date.now(),
	newId: () => newId(),
	openWorkshop,
	privateFolder: () => openPrivateFolder('stet-backups'),
	store: openTravelStore(),
	alone: async (name, work) =>
		// where there are no locks, nothing is kept either
		'locks' in navigator ? await navigator.locks.request(`stet-travel-${name}`, work) : work(),
	// only pages have the picker; only the browsers that have it know permissions of folders
	canPickFolder: 'FileSystemHandle' in globalThis && 'queryPermission' in FileSystemHandle.prototype
});

/** Runs work that tells how far it is; the page keeps a port open for that until it is let go. */
const telling = async <T>(tell: (progress: TravelProgress) => void, work: () => Promise<T>): Promise<T> => {
	try {
		return await work();
	} finally {
		(tell as Comlink.Remote<typeof tell>)[Comlink.releaseProxy]();
	}
};

Comlink.expose({
	...api,
	takeOut: (run, request, tell) => telling(tell, () => api.takeOut(run, request, tell)),
	lookIn: (run, request, tell) => telling(tell, () => api.lookIn(run, request, tell)),
	lookInHandoff: (run, request, tell) => telling(tell, () => api.lookInHandoff(run, request, tell)),
	reviewHandoff: (run, request, tell) => telling(tell, () => api.reviewHandoff(run, request, tell)),
	packHandoff: (run, request, tell) => telling(tell, () => api.packHandoff(run, request, tell)),
	bringIn: (run, request, tell) => telling(tell, () => api.bringIn(run, request, tell)),
	backUp: (run, why, tell) => telling(tell, () => api.backUp(run, why, tell))
} satisfies TravelWorkerApi);
