// Joins files out, files in, backups and the person's folder into what the travel worker offers.
import * as Comlink from 'comlink';
import type { Vocabulary } from '../../domain/kernel/app.ts';
import type { TakenOut, TravelPort, TravelProgress, TravelWorkerApi } from '../travel-protocol.ts';
import { createBackups } from './backups.ts';
import { createArrivals } from './bring-in.ts';
import { createFolder } from './folder.ts';
import type { HandoffsOut } from './handoff-out.ts';
import { createIdentity } from './identity.ts';
import type { Work } from './image.ts';
import type { PrivateFolder } from './private-folder.ts';
import { readBack, takeOut, type TakeOutDeps } from './take-out.ts';
import type { TravelStore } from './travel-store.ts';
import type { Workshop } from './workshop.ts';

export interface TravelWorld {
	readonly vocabulary: Vocabulary;
	readonly now: () => number;
	readonly newId: () => string;
	readonly openWorkshop: () => Promise<Workshop>;
	/** Where backups lie; null where nothing can be kept. */
	readonly privateFolder: () => Promise<PrivateFolder | null>;
	readonly store: TravelStore;
	/** Runs the work while no other tab runs any under this name. */
	readonly alone: <T>(name: string, work: () => Promise<T>) => Promise<T>;
	/** Whether this browser lets a page write to a folder that was picked. */
	readonly canPickFolder: boolean;
}

const DOWNLOADED = 'downloaded';

/** Makes the worker's interface. Nothing is awaited here, so that it can be exposed at once. */
export const createTravelWorker = (world: TravelWorld): TravelWorkerApi => {
	const { openWorkshop, store, now, newId, alone } = world;
	let admit: (log: TravelPort) => void = () => undefined;
	let log = new Promise<TravelPort>((resolve) => {
		admit = resolve;
	});
	const port: TravelPort = {
		dispatch: async (command) => (await log).dispatch(command),
		ask: async (name, input) => (await log).ask(name, input),
		reserve: async (events) => (await log).reserve(events),
		arrive: async (id, piece, bytes, last) => (await log).arrive(id, piece, bytes, last),
		admit: async (id, how) => (await log).admit(id, how),
		dismiss: async (id) => (await log).dismiss(id),
		keptFiles: async () => (await log).keptFiles(),
		readKept: async (name, offset) => (await log).readKept(name, offset),
		restoreKept: async (name) => (await log).restoreKept(name),
		deleteKept: async (name) => (await log).deleteKept(name)
	};

	const taking: TakeOutDeps = {
		port,
		vocabulary: world.vocabulary,
		now,
		newId,
		openWorkshop,
		storedBackup: (name) => backups.stored(name)
	};
	const takeLibrary = async (work: Work): Promise<TakenOut | null> => {
		const request = { what: { kind: 'library' }, as: 'stet', passphrase: '' } as const;
		const taken = await takeOut(taking, request, work);
		if (!taken.ok) throw new Error(`the library was not taken out: ${taken.error.type}`);
		const { events, copies, pictures } = taken.value.holds;
		return events + copies + pictures === 0 ? null : taken.value;
	};
	const checkFile = async (file: Blob, work: Work): Promise<void> => {
		const workshop = await openWorkshop();
		try {
			await readBack(file, workshop, work);
		} finally {
			await workshop.close();
		}
	};
	const backups = createBackups({
		folder: world.privateFolder,
		takeLibrary,
		readBack: checkFile,
		now,
		newId,
		alone
	});
	const folder = createFolder({ store, takeLibrary, readBack: checkFile, now, alone });

	const identity = createIdentity(store, alone);
	// most people never send a hand-off: what that takes is loaded for those who do
	let loading: Promise<HandoffsOut> | null = null;
	const handoffs = (): Promise<HandoffsOut> =>
		(loading ??= import('./handoff-out.ts').then(({ createHandoffsOut }) =>
			createHandoffsOut({ ...taking, port, identity, store })
		));
	const cards = async () => (await import('./cards.ts')).createCards(identity, store);
	const arrivals = createArrivals({
		port: () => port,
		openWorkshop,
		identity,
		backUp: (work) => backups.make('before-import', work)
	});

	const running = new Map<string, AbortController>();
	/** Does the work under the run's name; null when it is stopped. */
	const during = async <T>(
		run: string,
		tell: (progress: TravelProgress) => void,
		work: (work: Work) => Promise<T>
	): Promise<T | null> => {
		const stopping = new AbortController();
		running.set(run, stopping);
		const { signal } = stopping;
		try {
			return await work({
				signal,
				tell: (progress) => {
					// told to nobody any more
					if (!signal.aborted) tell(progress);
				}
			});
		} catch (error) {
			// whatever a stop broke on its way
			if (signal.aborted) return null;
			throw error;
		} finally {
			if (running.get(run) === stopping) running.delete(run);
		}
	};

	const downloadedAt = async (): Promise<number | null> => {
		const at = await store.get(DOWNLOADED);
		return typeof at === 'number' ? at : null;
	};

	return {
		connectLog: (messages) => {
			const remote = Comlink.wrap<TravelPort>(messages);
			// a Comlink proxy answers every call with a promise, and passes for a thenable unless it is wrapped
			const next: TravelPort = {
				dispatch: (command) => remote.dispatch(command),
				ask: (name, input) => remote.ask(name, input),
				reserve: (events) => remote.reserve(events),
				// copied, not handed over: whoever sends a piece may have to send it again
				arrive: (id, piece, bytes, last) => remote.arrive(id, piece, bytes, last),
				admit: (id, how) => remote.admit(id, how),
				dismiss: (id) => remote.dismiss(id),
				keptFiles: () => remote.keptFiles(),
				readKept: (name, offset) => remote.readKept(name, offset),
				restoreKept: (name) => remote.restoreKept(name),
				deleteKept: (name) => remote.deleteKept(name)
			};
			admit(next);
			log = Promise.resolve(next);
		},
		takeOut: (run, request, tell) => during(run, tell, (work) => takeOut(taking, request, work)),
		lookIn: arrivals.lookIn,
		lookInHandoff: arrivals.lookInHandoff,
		bringIn: arrivals.bringIn,
		forget: async (run) => {
			(await loading)?.forget(run);
			await arrivals.forget(run);
		},
		reviewHandoff: (run, request, tell) =>
			during(run, tell, async (work) => (await handoffs()).review(run, request, work)),
		packHandoff: (run, request, tell) =>
			during(run, tell, async (work) => (await handoffs()).pack(run, request, work)),
		hiddenInHandoff: async (handoffId) => (await handoffs()).hiddenIn(handoffId),
		ownCard: async () => (await cards()).ownCard(),
		nameCard: async (name) => (await cards()).nameCard(name),
		readCard: async (text) => (await cards()).readCard(text),
		ownWords: async () => (await cards()).ownWords(),
		setOwnWords: async (words) => (await cards()).setOwnWords(words),
		stop: async (run) => {
			const mine = running.get(run);
			if (mine === undefined) arrivals.stop(run);
			else mine.abort();
		},
		backupState: async () => {
			const [found, kept, state, downloaded] = await Promise.all([
				backups.list(),
				port.keptFiles(),
				folder.state(),
				downloadedAt()
			]);
			const times = [...found.map(({ at }) => at), state?.lastAt ?? null, downloaded];
			const known = times.filter((at) => at !== null);
			return {
				lastAt: known.length === 0 ? null : Math.max(...known),
				backups: found,
				kept,
				folder: state,
				canPickFolder: world.canPickFolder
			};
		},
		backUp: (run, why, tell) => during(run, tell, (work) => backups.make(why, work)),
		deleteBackup: (name) => backups.remove(name),
		setFolder: (handle) => folder.set(handle),
		backUpToFolder: (atOnce) => folder.backUp(atOnce),
		// the library in use is kept in its place: there is nothing to back up
		restoreKept: (name) => port.restoreKept(name),
		deleteKept: (name) => port.deleteKept(name),
		downloaded: async (at) => {
			const before = await downloadedAt();
			await store.put(DOWNLOADED, Math.max(at, before ?? 0));
		}
	};
};
