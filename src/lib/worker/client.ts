// The screens' only door: starts the workers, carries calls to them, and survives the page being put away and back.
import * as Comlink from 'comlink';
import { refuse } from '../domain/kernel/result.ts';
import type { VerifyReport } from '../domain/kernel/verify.ts';
import type { Commands, Queries } from '../domain/vocabulary.ts';
import logWorkerUrl from './log.worker.ts?worker&url';
import modelWorkerUrl from './model.worker.ts?worker&url';
import timerWorkerUrl from './timer.worker.ts?worker&url';
import travelWorkerUrl from './travel.worker.ts?worker&url';
import type { LookIntoHandoff, PackHandoff, ReviewHandoff } from './handoff-protocol.ts';
import type {
	JobSignal,
	LogWorkerApi,
	ModelWorkerApi,
	OnDeviceAvailability,
	Progress,
	StorageStatus,
	StreamNews,
	WatchAnswer
} from './protocol.ts';
import { stoppable } from './call-off.ts';
import { startLine } from './line-scope.ts';
import type { OnDevicePage, PromptApi } from './on-device-host.ts';
import { trustedScriptUrl } from './script-url.ts';
import type { Backup, BringIn, LookIn, TakeOut, TravelProgress, TravelWorkerApi } from './travel-protocol.ts';

/** How to end what was begun. */
export type Stop = () => void;

/**
 * Everything a screen may ask for. Nothing here throws at once: trouble arrives as a rejection or as a status. What is
 * asked of a worker that did not load is rejected, until the page is loaded again.
 */
export interface Client extends Omit<
	ModelWorkerApi,
	| 'connectLog'
	| 'connectPage'
	| 'openLine'
	| 'loseLine'
	| 'onConnections'
	| 'assess'
	| 'testConnection'
	| 'stopTest'
> {
	/**
	 * Sends a command; resolves when it is on the disk, or refused with nothing written. The same `id` again answers the
	 * first result. Rejects with name `NotStored` when the disk did not take it.
	 */
	dispatch<N extends keyof Commands>(
		name: N,
		input: Commands[N]['input'],
		id?: string
	): Promise<Commands[N]['result']>;
	ask<N extends keyof Queries>(name: N, input: Queries[N]['input']): Promise<Queries[N]['answer']>;
	/** Tells the answer, and again whenever it differs. `failed` is told of a defect; the watch goes on. */
	watch<N extends keyof Queries>(
		name: N,
		input: Queries[N]['input'],
		tell: (answer: Queries[N]['answer']) => void,
		failed?: (error: Error) => void
	): Stop;
	status(): StorageStatus;
	/** Tells the status now and whenever it changes. */
	onStatus(listener: (status: StorageStatus) => void): Stop;
	/** Text of running replies, from any tab. */
	onNews(listener: (news: StreamNews) => void): Stop;
	/** Called when connections change, in any tab. */
	onConnections(listener: () => void): Stop;
	/** Tries a connection with one short request. Null when `signal` called it off. */
	testConnection(
		id: string,
		signal?: AbortSignal
	): Promise<Awaited<ReturnType<ModelWorkerApi['testConnection']>> | null>;
	/** How the browser's own model stands. */
	onDevice(): Promise<OnDeviceAvailability>;
	/**
	 * Downloads that model, gigabytes of it. Call it in a click: browsers want one. `tell`: how much is here, from 0 to 1.
	 * Refusals as for `OnDevicePage.download`.
	 */
	downloadOnDevice(
		tell: (fraction: number) => void,
		signal: AbortSignal
	): ReturnType<OnDevicePage['download']>;
	signal(signal: JobSignal): void;
	/** Stops a running reply, whichever tab writes it. */
	stop(jobId: string): void;
	/**
	 * Asks for an assessment of a hand-off. Answers as soon as that is on the disk, or refused; it is written after, and what
	 * becomes of it is told as news and stands in the log. `again`, `sections`: see `ask_assessment`.
	 */
	assess(
		handoffId: string,
		options: Omit<Commands['ask_assessment']['input'], 'handoffId'>
	): Promise<Commands['ask_assessment']['result']>;
	/** Calls off an assessment, whichever tab writes it. */
	stopAssessing(handoffId: string, actor: string): Promise<Commands['stop_assessment']['result']>;
	/** Writes on, until stopped, what other tabs leave behind unfinished. */
	takeUpAssessments(): Stop;
	/** Stores a picture; answers its SHA-256 in lower-case hex, or why it cannot be kept. */
	putAsset(blob: Blob): ReturnType<LogWorkerApi['putAsset']>;
	/** Goes on without keeping anything; only when a person asked for it. */
	startInMemory(): Promise<void>;
	/**
	 * Compares every row with what the log says and repairs what differs, telling how far it is. Resolves to null when
	 * `signal` called it off.
	 */
	verify(
		tell?: (progress: Progress) => void,
		signal?: AbortSignal
	): Promise<Awaited<ReturnType<LogWorkerApi['verify']>>>;
	/** Told when Stet, checking itself while idle, repaired something. */
	onRepaired(listener: (report: VerifyReport) => void): Stop;
	/** Makes a file of the library, a chat, or something kept. Null when `signal` called it off. */
	takeOut(
		request: TakeOut,
		tell?: (progress: TravelProgress) => void,
		signal?: AbortSignal
	): ReturnType<TravelWorkerApi['takeOut']>;
	/**
	 * Looks into a file and reports what bringing it in would do; nothing is changed. What was read is kept under `run`, a
	 * new UUID, until `forget`. Null when `signal` called it off.
	 */
	lookIn(
		run: string,
		request: LookIn,
		tell?: (progress: TravelProgress) => void,
		signal?: AbortSignal
	): ReturnType<TravelWorkerApi['lookIn']>;
	/**
	 * Does what the report under `run` said. Null when `signal` called it off: then nothing was changed. Called off too
	 * late, it is done all the same, and says so.
	 */
	bringIn(
		run: string,
		request: BringIn,
		tell?: (progress: TravelProgress) => void,
		signal?: AbortSignal
	): ReturnType<TravelWorkerApi['bringIn']>;
	/** Lets go of what was read under `run`. */
	forget(run: string): Promise<void>;
	backupState(): ReturnType<TravelWorkerApi['backupState']>;
	/** Makes a backup and reads it back. Null when `signal` called it off, and where there is nothing to keep, or no place. */
	backUp(
		why: Backup['why'],
		tell?: (progress: TravelProgress) => void,
		signal?: AbortSignal
	): ReturnType<TravelWorkerApi['backUp']>;
	/** The same of a file of a hand-off; `bringIn` does what the report said. */
	lookInHandoff(
		run: string,
		request: LookIntoHandoff,
		tell?: (progress: TravelProgress) => void,
		signal?: AbortSignal
	): ReturnType<TravelWorkerApi['lookInHandoff']>;
	/** What would leave with a hand-off and what is hidden in it; kept under `run` for `packHandoff`, until `forget`. */
	reviewHandoff(
		run: string,
		request: ReviewHandoff,
		tell?: (progress: TravelProgress) => void,
		signal?: AbortSignal
	): ReturnType<TravelWorkerApi['reviewHandoff']>;
	packHandoff(
		run: string,
		request: PackHandoff,
		tell?: (progress: TravelProgress) => void,
		signal?: AbortSignal
	): ReturnType<TravelWorkerApi['packHandoff']>;
	hiddenInHandoff: TravelWorkerApi['hiddenInHandoff'];
	ownCard: TravelWorkerApi['ownCard'];
	nameCard: TravelWorkerApi['nameCard'];
	readCard: TravelWorkerApi['readCard'];
	ownWords: TravelWorkerApi['ownWords'];
	setOwnWords: TravelWorkerApi['setOwnWords'];
	deleteBackup(name: string): Promise<void>;
	/** Remembers the folder that daily backups go to; null forgets it. */
	setFolder(folder: FileSystemDirectoryHandle | null): Promise<void>;
	/** Writes today's backup into the folder if that is due and allowed; says how it stands afterwards. `now`: due or not. */
	backUpToFolder(now: boolean): ReturnType<TravelWorkerApi['backUpToFolder']>;
	/** Puts a kept library back in use; the one in use is kept instead. False when it is not there. */
	restoreKept(name: string): Promise<boolean>;
	deleteKept(name: string): Promise<void>;
	/** To be told when a library file was downloaded. */
	downloaded(at: number): Promise<void>;
	/** Calls `tell` every so many milliseconds, on time also while the page is hidden. */
	ticks(everyMs: number, tell: () => void): Stop;
	/** The words this app knows. */
	names(): ReturnType<LogWorkerApi['names']>;
}

interface Watch {
	readonly name: string;
	readonly input: unknown;
	readonly tell: (answer: WatchAnswer) => void;
}

interface Workers {
	readonly log: Comlink.Remote<LogWorkerApi>;
	/** Started after the files are open, or given up: the first words on the screen do not wait for it. */
	readonly model: Promise<Comlink.Remote<ModelWorkerApi>>;
	/** Started when it is first asked for something. */
	travel(): Comlink.Remote<TravelWorkerApi>;
	end(): void;
}

type Part = 'log' | 'model' | 'travel';

/** A call that is made again when the page comes back with new workers. */
interface Outstanding {
	readonly of: Part;
	run(workers: Workers): void;
	fail(error: Error): void;
}

/** A reply being written. */
interface Playing {
	end(): void;
	fail(error: Error): void;
}

const unloaded: Readonly<Record<Part, string>> = {
	log: 'The part of Stet that stores did not load',
	model: 'The part of Stet that asks for replies did not load',
	travel: 'The part of Stet that reads and writes files did not load'
};

const NOTHING_LOST: Readonly<Record<Part, Error | null>> = { log: null, model: null, travel: null };

const modelAfterMs = 2000;
/** How long an assessment is left to the tab that was asked for it, before another one waits to take it up. */
const takeUpAfterMs = 3000;

/** The browser's own model, loaded once it is wanted; null in most browsers, which have none. */
const onDevicePage = ((): (() => Promise<OnDevicePage>) | null => {
	const { LanguageModel: api } = globalThis as { readonly LanguageModel?: PromptApi };
	if (api === undefined) return null;
	let opening: Promise<OnDevicePage> | null = null;
	return () =>
		(opening ??= import('./on-device-host.ts')
			.then(({ openOnDevice }) => openOnDevice(api))
			.catch((error: unknown) => {
				opening = null;
				throw error;
			}));
})();

/** Lets the model worker ask that model through this page: workers do not have it. */
const connectOnDevice = (model: Comlink.Remote<ModelWorkerApi>): void => {
	if (onDevicePage === null) return;
	const { port1, port2 } = new MessageChannel();
	void model.connectPage(Comlink.transfer(port2, [port2]));
	onDevicePage().then(
		({ host }) => Comlink.expose(host, port1),
		// not loaded: the worker goes on without that model
		() => port1.close()
	);
};

/** Starts the workers of this page. Called once. `tab`: names this tab among others, also after a reload. */
export const connect = (tab: string): Client => {
	const statusListeners = new Set<(status: StorageStatus) => void>();
	const newsListeners = new Set<(news: StreamNews) => void>();
	const connectionListeners = new Set<() => void>();
	const repairListeners = new Set<(report: VerifyReport) => void>();
	const watches = new Map<number, Watch>();
	const outstanding = new Set<Outstanding>();
	const playing = new Set<Playing>();
	/** Why a worker did not load. */
	let lost: Readonly<Record<Part, Error | null>> = NOTHING_LOST;
	let status: StorageStatus = { state: 'opening' };
	let nextWatch = 1;
	let settled: (() => void) | null = null;
	/** The page is being put away; the worker ends as soon as no opening is under way. */
	let leaving = false;
	let workers: Workers | null = null;

	const setStatus = (now: StorageStatus): void => {
		status = now;
		if (now.state !== 'opening') {
			settled?.();
			if (leaving) endWorkers();
		}
		for (const listener of statusListeners) listener(now);
	};

	/** A worker did not load: nobody waits for it any more. */
	const lose = (part: Part, why: string): void => {
		const error = new Error(why === '' ? `${unloaded[part]}.` : `${unloaded[part]}: ${why}`);
		lost = { ...lost, [part]: error };
		for (const entry of [...outstanding]) if (entry.of === part) entry.fail(error);
		// a reply needs both of the others
		if (part !== 'travel') for (const reply of [...playing]) reply.fail(error);
		if (part === 'log') for (const { tell } of watches.values()) tell({ ok: false, message: error.message });
	};

	const start = (): Workers => {
		const logWorker = new Worker(trustedScriptUrl(logWorkerUrl), { type: 'module', name: 'stet-log' });
		const log = Comlink.wrap<LogWorkerApi>(logWorker);
		let modelWorker: Worker | null = null;
		let lineWorker: Worker | null = null;
		let travelWorker: Worker | null = null;
		let travelling: Comlink.Remote<TravelWorkerApi> | null = null;
		let heard = false;
		let ended = false;

		logWorker.addEventListener('error', (event) => {
			// later errors are defects, and the browser reports them by itself
			if (heard || ended) return;
			setStatus({ state: 'unavailable', reason: 'no-worker', detail: event.message || unloaded.log });
			lose('log', event.message);
		});
		const opened = new Promise<void>((resolve) => {
			settled = resolve;
			setTimeout(resolve, modelAfterMs);
		});
		void log.onStatus(
			Comlink.proxy((now) => {
				if (ended) return;
				heard = true;
				setStatus(now);
			})
		);
		void log.onNews(
			Comlink.proxy((news) => {
				for (const listener of newsListeners) listener(news);
			})
		);
		void log.onRepaired(
			Comlink.proxy((report) => {
				for (const listener of repairListeners) listener(report);
			})
		);
		void log.start(document.visibilityState === 'visible', tab);

		const model = opened.then(() => {
			if (ended) return new Promise<never>(() => undefined);
			modelWorker = new Worker(trustedScriptUrl(modelWorkerUrl), { type: 'module', name: 'stet-model' });
			const remote = Comlink.wrap<ModelWorkerApi>(modelWorker);
			let loaded = false;
			modelWorker.addEventListener('error', (event) => {
				if (!loaded && !ended) lose('model', event.message);
			});
			const { port1, port2 } = new MessageChannel();
			void log.connectModel(Comlink.transfer(port1, [port1]));
			void remote.connectLog(Comlink.transfer(port2, [port2])).then(() => {
				loaded = true;
			});
			connectOnDevice(remote);
			void startLine(remote, () => !ended).then((started) => {
				if (ended) started?.terminate();
				else lineWorker = started;
			});
			void remote.onConnections(
				Comlink.proxy(() => {
					for (const listener of connectionListeners) listener();
				})
			);
			return remote;
		});
		const startTravel = (): Comlink.Remote<TravelWorkerApi> => {
			travelWorker = new Worker(trustedScriptUrl(travelWorkerUrl), { type: 'module', name: 'stet-travel' });
			const remote = Comlink.wrap<TravelWorkerApi>(travelWorker);
			let loaded = false;
			travelWorker.addEventListener('error', (event) => {
				if (!loaded && !ended) lose('travel', event.message);
			});
			const { port1, port2 } = new MessageChannel();
			void log.connectTravel(Comlink.transfer(port1, [port1]));
			void remote.connectLog(Comlink.transfer(port2, [port2])).then(() => {
				loaded = true;
			});
			return remote;
		};
		return {
			log,
			model,
			travel: () => (travelling ??= startTravel()),
			end: () => {
				ended = true;
				logWorker.terminate();
				modelWorker?.terminate();
				lineWorker?.terminate();
				travelWorker?.terminate();
			}
		};
	};

	const begin = (): void => {
		lost = NOTHING_LOST;
		const started = start();
		workers = started;
		for (const [id, watch] of watches) watchIn(started, id, watch);
		for (const call of outstanding) call.run(started);
	};

	const endWorkers = (): void => {
		leaving = false;
		workers?.end();
		workers = null;
		// a reply that was being written is cut: the page offers to go on when it is back
		for (const reply of [...playing]) reply.end();
	};

	const watchIn = ({ log }: Workers, id: number, { name, input, tell }: Watch): void => {
		void log.watch(id, name, input, Comlink.proxy(tell));
	};

	/** Makes a call, and makes it again with new workers for as long as it is not answered. */
	const call = <T>(of: Part, make: (workers: Workers) => Promise<T>): Promise<T> =>
		new Promise((resolve, reject) => {
			const entry: Outstanding = {
				of,
				fail: (error) => {
					outstanding.delete(entry);
					reject(error);
				},
				run: (on) => {
					make(on).then(
						(value) => {
							outstanding.delete(entry);
							resolve(value);
						},
						(error: unknown) => {
							entry.fail(error instanceof Error ? error : new Error(String(error)));
						}
					);
				}
			};
			const gone = lost[of];
			if (gone !== null) {
				reject(gone);
				return;
			}
			outstanding.add(entry);
			if (workers !== null) entry.run(workers);
		});

	const tellLog = (tell: (log: Workers['log']) => Promise<void>): void => {
		if (workers !== null) void tell(workers.log);
	};

	const listen = <T>(listeners: Set<T>, listener: T): Stop => {
		listeners.add(listener);
		return () => {
			listeners.delete(listener);
		};
	};

	/** Something the travel worker does, from the first byte to the last, under the name of its run. */
	const travel = <T>(
		run: string,
		signal: AbortSignal | undefined,
		make: (travel: Comlink.Remote<TravelWorkerApi>) => Promise<T | null>,
		waits = false
	): Promise<T | null> =>
		stoppable(
			signal,
			() => call('travel', (workers) => make(workers.travel())),
			() => call('travel', (workers) => workers.travel().stop(run)),
			waits
		);

	const signal = (what: JobSignal): void => {
		tellLog((log) => log.signal(what));
	};

	const dispatch = <N extends keyof Commands>(
		name: N,
		input: Commands[N]['input'],
		id: string = crypto.randomUUID()
	): Promise<Commands[N]['result']> =>
		call('log', async ({ log }) => (await log.dispatch({ id, name, input })) as Commands[N]['result']);

	const assessing = new WeakMap<Workers, Set<string>>();
	/** Has this page's worker write an assessment, or wait until whoever writes it has ended. */
	const writeAssessment = (jobId: string, handoffId: string): void => {
		const now = workers;
		// the page is put away: when it is back, or in another tab, it is taken up
		if (now === null) return;
		const known = assessing.get(now) ?? new Set();
		assessing.set(now, known);
		if (known.has(jobId)) return;
		known.add(jobId);
		now.model
			.then((model) => model.assess(jobId, handoffId))
			.catch(() => dispatch('fail_assessment', { jobId, failure: { type: 'model' } }))
			// storage is failing, which the page says already
			.catch(() => undefined)
			.finally(() => known.delete(jobId));
	};

	const watch: Client['watch'] = (name, input, tell, failed) => {
		const id = nextWatch++;
		const entry: Watch = {
			name,
			input,
			tell: (answer) => {
				if (!watches.has(id)) return;
				if (answer.ok) tell(answer.value as Queries[typeof name]['answer']);
				else failed?.(new Error(answer.message));
			}
		};
		watches.set(id, entry);
		const gone = lost.log;
		if (gone !== null) queueMicrotask(() => entry.tell({ ok: false, message: gone.message }));
		else if (workers !== null) watchIn(workers, id, entry);
		return () => {
			watches.delete(id);
			tellLog((log) => log.unwatch(id));
		};
	};

	document.addEventListener('visibilitychange', () => {
		tellLog((log) => log.setVisible(document.visibilityState === 'visible'));
	});
	addEventListener('pagehide', ({ persisted }) => {
		// the browser ends the workers of a page it does not keep, after what the page sent them last
		if (!persisted) return;
		// ending a worker while it opens files can leave a handle behind
		if (status.state === 'opening') leaving = true;
		else endWorkers();
	});
	addEventListener('pageshow', () => {
		leaving = false;
		if (workers === null) {
			setStatus({ state: 'opening' });
			begin();
		}
	});

	begin();

	return {
		dispatch,
		ask: <N extends keyof Queries>(name: N, input: Queries[N]['input']) =>
			call('log', async ({ log }) => (await log.ask(name, input)) as Queries[N]['answer']),
		watch,
		status: () => status,
		onStatus: (listener) => {
			listener(status);
			return listen(statusListeners, listener);
		},
		onNews: (listener) => listen(newsListeners, listener),
		onConnections: (listener) => listen(connectionListeners, listener),
		signal,
		stop: (jobId) => {
			signal({ kind: 'stop', jobId });
		},
		play: (jobId) =>
			new Promise((resolve, reject) => {
				const reply: Playing = {
					end: () => {
						playing.delete(reply);
						resolve();
					},
					fail: (error) => {
						playing.delete(reply);
						reject(error);
					}
				};
				playing.add(reply);
				const gone = lost.model ?? lost.log;
				if (gone !== null) reply.fail(gone);
				else if (workers === null) reply.end();
				else
					workers.model
						.then((model) => model.play(jobId))
						.then(reply.end, (error: unknown) => {
							reply.fail(error instanceof Error ? error : new Error(String(error)));
						});
			}),
		assess: async (handoffId, options) => {
			const result = await dispatch('ask_assessment', { handoffId, ...options });
			if (result.ok) writeAssessment(result.value.jobId, result.value.handoffId);
			return result;
		},
		stopAssessing: async (handoffId, actor) => {
			const result = await dispatch('stop_assessment', { handoffId, actor });
			if (result.ok) signal({ kind: 'given-up', jobId: result.value.jobId });
			return result;
		},
		takeUpAssessments: () => {
			const waiting = new Set<ReturnType<typeof setTimeout>>();
			const stop = watch('open_assessments', {}, (open) => {
				for (const timer of waiting) clearTimeout(timer);
				waiting.clear();
				// the tab that was asked comes first: it may be the only one that has the key
				for (const { jobId, handoffId } of open)
					waiting.add(setTimeout(() => writeAssessment(jobId, handoffId), takeUpAfterMs));
			});
			return () => {
				for (const timer of waiting) clearTimeout(timer);
				stop();
			};
		},
		putAsset: (blob) =>
			call('log', async ({ log }) => {
				const bytes = new Uint8Array(await blob.arrayBuffer());
				return log.putAsset(Comlink.transfer(bytes, [bytes.buffer]), blob.type);
			}),
		startInMemory: () => call('log', ({ log }) => log.startInMemory()),
		verify: (tell = () => undefined, signal) => {
			const run = crypto.randomUUID();
			return stoppable(
				signal,
				() => call('log', ({ log }) => log.verify(run, Comlink.proxy(tell))),
				() => call('log', ({ log }) => log.stopVerify(run))
			);
		},
		onRepaired: (listener) => listen(repairListeners, listener),
		takeOut: (request, tell = () => undefined, signal) => {
			const run = crypto.randomUUID();
			return travel(run, signal, async (worker) => worker.takeOut(run, request, Comlink.proxy(tell)));
		},
		lookIn: (run, request, tell = () => undefined, signal) =>
			travel(run, signal, async (worker) => worker.lookIn(run, request, Comlink.proxy(tell))),
		bringIn: (run, request, tell = () => undefined, signal) =>
			// in the last moment it cannot be stopped: only the worker knows whether anything was changed
			travel(run, signal, async (worker) => worker.bringIn(run, request, Comlink.proxy(tell)), true),
		lookInHandoff: (run, request, tell = () => undefined, signal) =>
			travel(run, signal, async (worker) => worker.lookInHandoff(run, request, Comlink.proxy(tell))),
		reviewHandoff: (run, request, tell = () => undefined, signal) =>
			travel(run, signal, async (worker) => worker.reviewHandoff(run, request, Comlink.proxy(tell))),
		packHandoff: (run, request, tell = () => undefined, signal) =>
			travel(run, signal, async (worker) => worker.packHandoff(run, request, Comlink.proxy(tell))),
		hiddenInHandoff: (handoffId) => call('travel', (workers) => workers.travel().hiddenInHandoff(handoffId)),
		ownCard: () => call('travel', (workers) => workers.travel().ownCard()),
		nameCard: (name) => call('travel', (workers) => workers.travel().nameCard(name)),
		readCard: (text) => call('travel', async (workers) => workers.travel().readCard(text)),
		ownWords: () => call('travel', (workers) => workers.travel().ownWords()),
		setOwnWords: (words) => call('travel', (workers) => workers.travel().setOwnWords(words)),
		forget: (run) => call('travel', (workers) => workers.travel().forget(run)),
		backupState: () => call('travel', (workers) => workers.travel().backupState()),
		backUp: (why, tell = () => undefined, signal) => {
			const run = crypto.randomUUID();
			return travel(run, signal, (worker) => worker.backUp(run, why, Comlink.proxy(tell)));
		},
		deleteBackup: (name) => call('travel', (workers) => workers.travel().deleteBackup(name)),
		setFolder: (folder) => call('travel', (workers) => workers.travel().setFolder(folder)),
		backUpToFolder: (now) => call('travel', (workers) => workers.travel().backUpToFolder(now)),
		restoreKept: (name) => call('travel', (workers) => workers.travel().restoreKept(name)),
		deleteKept: (name) => call('travel', (workers) => workers.travel().deleteKept(name)),
		downloaded: (at) => call('travel', (workers) => workers.travel().downloaded(at)),
		names: () => call('log', ({ log }) => log.names()),
		connections: () => call('model', async ({ model }) => (await model).connections()),
		saveConnection: (input) => call('model', async ({ model }) => (await model).saveConnection(input)),
		deleteConnection: (id) => call('model', async ({ model }) => (await model).deleteConnection(id)),
		preferConnection: (id) => call('model', async ({ model }) => (await model).preferConnection(id)),
		forgetAllKeys: () => call('model', async ({ model }) => (await model).forgetAllKeys()),
		vaultState: () => call('model', async ({ model }) => (await model).vaultState()),
		unlock: (passphrase) => call('model', async ({ model }) => (await model).unlock(passphrase)),
		changePassphrase: (before, after) =>
			call('model', async ({ model }) => (await model).changePassphrase(before, after)),
		lock: () => call('model', async ({ model }) => (await model).lock()),
		listModels: (input) => call('model', async ({ model }) => (await model).listModels(input)),
		suggestTitle: (chatId) => call('model', async ({ model }) => (await model).suggestTitle(chatId)),
		finishSignIn: (id, code, verifier) =>
			call('model', async ({ model }) => (await model).finishSignIn(id, code, verifier)),
		ticks: (everyMs, tell) => {
			const timer = new Worker(trustedScriptUrl(timerWorkerUrl), { type: 'module', name: 'stet-timer' });
			timer.addEventListener('message', tell);
			timer.postMessage(everyMs);
			return () => timer.terminate();
		},
		onDevice: async () => (onDevicePage === null ? 'unavailable' : (await onDevicePage()).availability()),
		downloadOnDevice: async (tell, signal) => {
			if (onDevicePage === null) return refuse({ type: 'no-connection' });
			return (await onDevicePage()).download(tell, signal);
		},
		testConnection: (id, signal) =>
			stoppable(
				signal,
				() => call('model', async ({ model }) => (await model).testConnection(id)),
				() => call('model', async ({ model }) => (await model).stopTest(id))
			)
	};
};
