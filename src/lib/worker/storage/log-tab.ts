// Puts one tab's storage together: files or memory below, the other tabs beside, and what the page asks above.
import { createApp, type Vocabulary } from '../../domain/kernel/app.ts';
import { ok, refuse } from '../../domain/kernel/result.ts';
import { pictureProblem } from '../../domain/library/assets.ts';
import type { LogPort, LogWorkerApi } from '../protocol.ts';
import type { TravelPort } from '../travel-protocol.ts';
import { browserChannel, browserLocks } from './browser.ts';
import { loadSqlite } from './engine.ts';
import { createPool } from './pool.ts';
import { isPrivateWindow } from './private-window.ts';
import { createMemoryFile } from './memory-file.ts';
import type { Shelf } from './shelf.ts';
import { createInTurn } from './in-turn.ts';
import { openMemory } from './sqlite.ts';
import { openStore, type OpenFile, type Store } from './store.ts';
import { joinTabs, type StoreEvents, type Tab } from './tabs.ts';
import type { Looked, Request } from './tab-messages.ts';
import { createWatches } from './watches.ts';

export interface LogTabOptions {
	readonly vocabulary: Vocabulary;
	readonly world: { now(): number; newId(): string };
	/** A library of its own beside the real one, with its own files, lock and channel: for tests. */
	readonly scope?: string;
	readonly protocol?: number;
}

/** What the page may call, and the port for the model worker. */
export interface LogTab {
	readonly api: Omit<LogWorkerApi, 'connectModel' | 'connectTravel'>;
	readonly port: LogPort;
	/** The port for the travel worker. */
	readonly travel: TravelPort;
}

const toHex = (bytes: ArrayBuffer): string =>
	[...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Makes this worker's part of storage. Nothing is opened before the page calls `start`. */
export const createLogTab = ({ vocabulary, world, scope = '', protocol }: LogTabOptions): LogTab => {
	const statusListeners = new Set<Parameters<LogWorkerApi['onStatus']>[0]>();
	const newsListeners = new Set<Parameters<LogWorkerApi['onNews']>[0]>();
	const repairListeners = new Set<Parameters<LogWorkerApi['onRepaired']>[0]>();
	const signalListeners = new Set<Parameters<LogPort['onSignal']>[0]>();
	const unwatch = new Map<number, () => void>();

	const store = (
		{ openFile, shelf }: { openFile(): Promise<OpenFile>; readonly shelf: Shelf },
		events: StoreEvents
	): Promise<Store> =>
		openStore({
			openFile: () => openFile(),
			shelf,
			now: () => world.now(),
			hasRoom: () => pool.hasRoom(),
			createApp: (parts) => createApp({ ...parts, vocabulary, world }),
			onChange: events.onChange,
			onFailing: events.onFailing,
			onBusy: events.onBusy,
			onDeposed: events.onDeposed,
			onRepaired: events.onRepaired,
			openScratch: openMemory
		});

	let tellSlow: () => void = () => undefined;
	const pool = createPool({
		...(scope === '' ? {} : { folder: `stet-${scope}` }),
		onSlow: () => {
			tellSlow();
		}
	});

	const join = (visible: boolean): Tab =>
		joinTabs({
			channel: browserChannel(scope),
			locks: browserLocks(scope),
			tabId: world.newId(),
			newId: () => world.newId(),
			visible,
			openStore: (events) => {
				tellSlow = events.onSlow;
				return store(pool, events);
			},
			openMemoryStore: async (events) => store(await createMemoryFile(), events),
			hasRoom: () => pool.hasRoom(),
			isPrivate: () => isPrivateWindow(pool.folderName),
			onStatus: (status) => {
				for (const listener of statusListeners) listener(status);
			},
			onChange: (change) => {
				watches.changed(change);
			},
			onNews: (news) => {
				for (const listener of newsListeners) listener(news);
			},
			onSignal: (signal) => {
				for (const listener of signalListeners) listener(signal);
			},
			onRepaired: (report) => {
				for (const listener of repairListeners) listener(report);
			},
			...(protocol === undefined ? {} : { protocol })
		});

	let begin: (visible: boolean) => void = () => undefined;
	let page: string | null = null;
	// what is asked before the page has called `start` waits for it
	const joined = new Promise<Tab>((resolve) => {
		begin = (visible) => {
			begin = () => undefined;
			// needed as soon as this tab leads; a failure is told then
			loadSqlite().catch(() => undefined);
			resolve(join(visible));
		};
	});

	const watches = createWatches(
		async (name, input) => (await (await joined).call({ method: 'look', name, input })) as Looked,
		createInTurn()
	);

	const port: LogPort = {
		dispatch: async (command) =>
			(await (
				await joined
			).call({
				method: 'dispatch',
				command: page === null ? command : { ...command, tab: page }
			})) as Awaited<ReturnType<LogPort['dispatch']>>,
		ask: async (name, input) => (await joined).call({ method: 'ask', name, input }),
		tell: (news) => {
			void joined.then((tab) => {
				tab.tell(news);
			});
		},
		onSignal: (listener) => {
			signalListeners.add(listener);
		}
	};

	const call = async <T>(request: Request): Promise<T> => (await (await joined).call(request)) as T;

	const travel: TravelPort = {
		dispatch: (command) => port.dispatch(command),
		ask: (name, input) => port.ask(name, input),
		reserve: (events) => call({ method: 'reserve', events }),
		arrive: (id, piece, bytes, last) => call({ method: 'arrive', id, piece, bytes, last }),
		admit: async (id, how) => {
			const answer = await call<Awaited<ReturnType<TravelPort['admit']>>>({
				method: 'admit',
				id,
				how,
				at: world.now(),
				...(page === null ? {} : { tab: page })
			});
			// looked at before, none of it was in conflict
			return !answer.ok && (answer.error.type === 'here_by_now' || answer.error.type === 'act_conflict')
				? refuse({ type: 'moved_on' })
				: answer;
		},
		dismiss: (id) => call({ method: 'dismiss', id }),
		keptFiles: () => call({ method: 'keptFiles' }),
		readKept: (name, offset) => call({ method: 'readKept', name, offset }),
		restoreKept: (name) => call({ method: 'restoreKept', name, at: world.now() }),
		deleteKept: (name) => call({ method: 'deleteKept', name })
	};

	return {
		port,
		travel,
		api: {
			start: (visible, tab) => {
				page = tab;
				begin(visible);
			},
			dispatch: (command) => port.dispatch(command),
			ask: (name, input) => port.ask(name, input),
			watch: (id, name, input, tell) => {
				unwatch.set(id, watches.watch(name, input, tell));
			},
			unwatch: (id) => {
				unwatch.get(id)?.();
				unwatch.delete(id);
			},
			putAsset: async (bytes, mediaType) => {
				const problem = pictureProblem(mediaType, bytes.byteLength);
				if (problem !== null) return refuse(problem);
				const hash = toHex(await crypto.subtle.digest('SHA-256', bytes));
				await (await joined).call({ method: 'putAsset', asset: { mediaType, bytes, hash } });
				return ok(hash);
			},
			verify: async (run, tell) =>
				(await (await joined).call({ method: 'verify', run }, tell)) as Awaited<
					ReturnType<LogWorkerApi['verify']>
				>,
			stopVerify: async (run) => {
				await (await joined).call({ method: 'stopVerify', run });
			},
			onRepaired: (listener) => {
				repairListeners.add(listener);
			},
			names: async () =>
				(await (await joined).call({ method: 'names' })) as Awaited<ReturnType<LogWorkerApi['names']>>,
			onStatus: (listener) => {
				statusListeners.add(listener);
				void joined.then((tab) => {
					listener(tab.status());
				});
			},
			onNews: (listener) => {
				newsListeners.add(listener);
			},
			signal: (signal) => {
				void joined.then((tab) => {
					tab.signal(signal);
				});
			},
			setVisible: (visible) => {
				void joined.then((tab) => {
					tab.setVisible(visible);
				});
			},
			startInMemory: async () => (await joined).startInMemory(),
			stop: async () => (await joined).stop()
		}
	};
};
