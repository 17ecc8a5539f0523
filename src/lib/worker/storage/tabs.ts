// One tab among many: does what is asked on its own files when it leads, else through the tab that does.
import { NewerFile, type Change } from '../../domain/kernel/app.ts';
import type { VerifyReport } from '../../domain/kernel/verify.ts';
import type { JobSignal, Progress, StorageStatus, StreamNews } from '../protocol.ts';
import { seekLeadership, type Leadership, type Locks } from './leadership.ts';
import { createCalls, type TabPost } from './calls.ts';
import { Unavailable } from './pool.ts';
import { failingFor, type Store } from './store.ts';
import { PROTOCOL, isTabMessage, type Failing, type Request, type TabMessage } from './tab-messages.ts';

/** What all tabs of this origin hear, except the one that posts. */
export interface Channel {
	post(message: TabMessage): void;
	onMessage(listener: (message: unknown) => void): void;
	close(): void;
}

/** What a store tells the tab that opened it. */
export interface StoreEvents {
	/** Null: anything may have changed. */
	readonly onChange: (change: Change | null) => void;
	readonly onFailing: (failing: Failing | null) => void;
	readonly onDeposed: () => void;
	/** Opening replays the log, and this tab can do nothing else meanwhile. */
	readonly onBusy: () => void;
	/** Opening takes long. It goes on. */
	readonly onSlow: () => void;
	readonly onRepaired: (report: VerifyReport) => void;
}

export interface TabDeps {
	readonly channel: Channel;
	readonly locks: Locks;
	/** Unique to this tab's worker. */
	readonly tabId: string;
	readonly newId: () => string;
	readonly visible: boolean;
	/** Opens the files. Called only while their lock is held. */
	openStore(events: StoreEvents): Promise<Store>;
	openMemoryStore(events: StoreEvents): Promise<Store>;
	hasRoom(): Promise<boolean>;
	/** Whether what is stored here seems to vanish with the window. Asked once, by the leader. */
	isPrivate(): Promise<boolean>;
	readonly onStatus: (status: StorageStatus) => void;
	/** Something changed; null: changes may have been missed, anything may have changed. */
	readonly onChange: (change: Change | null) => void;
	readonly onNews: (news: StreamNews) => void;
	readonly onSignal: (signal: JobSignal) => void;
	/** A verification nobody asked for, here or in the leading tab, has repaired something. */
	readonly onRepaired: (report: VerifyReport) => void;
	/** Only tests name another one than {@link PROTOCOL}. */
	readonly protocol?: number;
}

export interface Tab {
	/**
	 * Carries a request to whoever holds the files, as often as needed, and settles when it is answered: through a
	 * change of leader, and for as long as the leader sleeps. Rejects with the name and message of what was thrown there.
	 */
	call(request: Request, tell?: (progress: Progress) => void): Promise<unknown>;
	/** Tells all tabs, this one too. */
	tell(news: StreamNews): void;
	signal(signal: JobSignal): void;
	setVisible(visible: boolean): void;
	status(): StorageStatus;
	/** Goes on without files. Only when a person asked for it; refused while the files are in use. */
	startInMemory(): Promise<void>;
	/** Ends this tab's part: closes the files and gives leadership back. */
	stop(): Promise<void>;
}

const tickMs = 1000;
const ticksUntilAsleep = 4;
const reopenMs = 3000;

/** Joins the tabs of this origin and waits for the files. */
export const joinTabs = (deps: TabDeps): Tab => {
	const { channel, tabId } = deps;
	const protocol = deps.protocol ?? PROTOCOL;

	let store: Store | null = null;
	let kept: 'disk' | 'memory' = 'disk';
	let opening = false;
	let failing: Failing | null = null;
	let isPrivate = false;
	let leader: { tab: string; epoch: number } | null = null;
	let silentTicks = 0;
	let announcedAt = 0;
	let ended = false;
	let leadership: Leadership | null = null;
	let status: StorageStatus = { state: 'opening' };

	const setStatus = (now: StorageStatus): void => {
		if (JSON.stringify(now) === JSON.stringify(status)) return;
		status = now;
		deps.onStatus(now);
	};

	const post: TabPost = (message) => {
		if (!ended) channel.post({ ...message, stet: protocol, from: tabId });
	};

	const announce = (): void => {
		if (kept === 'memory') return;
		announcedAt = performance.now();
		post({
			kind: 'leader',
			epoch: store?.epoch ?? 0,
			phase: store === null ? 'opening' : 'open',
			failing,
			private: isPrivate
		});
	};

	const showOwnStatus = (): void => {
		if (failing !== null) setStatus({ ...failing, readable: store !== null });
		else if (store === null) setStatus({ state: 'opening' });
		else setStatus({ state: 'ready', kept, role: 'leader', private: isPrivate });
	};

	const calls = createCalls({
		tabId,
		newId: deps.newId,
		store: () => store,
		canForward: () => leader !== null && status.state !== 'other-version',
		post
	});

	const hearLeader = (message: Extract<TabMessage, { kind: 'leader' }>): void => {
		silentTicks = 0;
		const known = leader;
		leader = { tab: message.from, epoch: message.epoch };
		const slept =
			status.state === 'asleep' ||
			status.state === 'other-version' ||
			status.state === 'opening' ||
			(status.state === 'failing' && !status.readable);
		if (message.failing !== null) setStatus({ ...message.failing, readable: message.phase === 'open' });
		else if (message.phase === 'opening') setStatus({ state: 'opening' });
		else setStatus({ state: 'ready', kept: 'disk', role: 'follower', private: message.private });
		if (message.phase === 'opening') return;
		if (known === null || known.tab !== message.from || known.epoch !== message.epoch || slept) {
			deps.onChange(null);
			calls.sendAll();
		}
	};

	const hear = (message: unknown): void => {
		if (ended || kept === 'memory' || !isTabMessage(message)) return;
		const leading = store !== null || opening;
		if (message.stet !== protocol) {
			// say what we are, so that it knows; and never let it near our files
			if (message.kind === 'hello' && leading) announce();
			if (message.kind === 'leader' && !leading) {
				silentTicks = 0;
				leader = null;
				setStatus({ state: 'other-version', newer: message.stet > protocol ? 'that' : 'this' });
			}
			return;
		}
		switch (message.kind) {
			case 'hello':
				if (leading) announce();
				return;
			case 'shown':
				leadership?.reconsider();
				return;
			case 'leader':
				if (!leading) hearLeader(message);
				return;
			case 'leaving':
				if (!leading && leader?.tab === message.from) {
					leader = null;
					silentTicks = 0;
				}
				return;
			case 'call':
				calls.serve(message.from, message.callId, message.request);
				return;
			case 'answer':
				if (message.to === tabId) calls.settle(message.callId, message.answer);
				return;
			case 'progress':
				if (message.to === tabId) calls.progress(message.callId, message.progress);
				return;
			case 'repaired':
				deps.onRepaired(message.report);
				return;
			case 'change':
				if (!leading) deps.onChange(message.change);
				return;
			case 'news':
				deps.onNews(message.news);
				return;
			case 'signal':
				deps.onSignal(message.signal);
		}
	};

	const tick = (): void => {
		if (kept === 'memory') return;
		calls.tick();
		if (store !== null || opening) {
			announce();
			return;
		}
		silentTicks++;
		// counted in our own ticks: a tab that itself slept does not take the leader for asleep
		if (silentTicks >= ticksUntilAsleep && !refused) {
			leader = null;
			setStatus({ state: 'asleep' });
		}
		if (leader === null) post({ kind: 'hello' });
	};

	/** Set when this tab takes no further part: the browser keeps no files, or they are a newer version's. */
	let refused = false;

	const events = (giveUp: AbortSignal, depose: () => void): StoreEvents => ({
		onChange: (change) => {
			if (kept === 'disk') post({ kind: 'change', change });
			deps.onChange(change);
		},
		onFailing: (now) => {
			if (giveUp.aborted) return;
			failing = now;
			showOwnStatus();
			announce();
		},
		onDeposed: depose,
		onBusy: () => {
			// the timer that says so cannot run while the log is replayed
			if (performance.now() - announcedAt >= tickMs) announce();
		},
		onRepaired: (report) => {
			if (kept === 'disk') post({ kind: 'repaired', report });
			deps.onRepaired(report);
		},
		onSlow: () => {
			if (giveUp.aborted) return;
			failing = { state: 'failing', reason: 'timeout', detail: 'opening the files takes long' };
			showOwnStatus();
			announce();
		}
	});

	// a function, for it changes while something is awaited
	const isAborted = (signal: AbortSignal): boolean => signal.aborted;

	const refuseToLead = (now: StorageStatus): void => {
		refused = true;
		setStatus(now);
		post({ kind: 'leaving', epoch: 0 });
		// not awaited: it waits for the very lock under which this runs
		void leadership?.stop();
	};

	/** Opens the files, however often it takes. Null: given up. */
	const open = async (giveUp: AbortSignal, depose: () => void): Promise<Store | null> => {
		for (;;) {
			try {
				return await deps.openStore(events(giveUp, depose));
			} catch (error) {
				if (giveUp.aborted) return null;
				if (error instanceof NewerFile) {
					refuseToLead({ state: 'other-version', newer: 'that' });
					return null;
				}
				if (error instanceof Unavailable) {
					refuseToLead({ state: 'unavailable', reason: error.reason, detail: error.message });
					return null;
				}
				const now = failingFor(error, await deps.hasRoom());
				// given up meanwhile, perhaps for a session in memory: its status stands
				if (isAborted(giveUp)) return null;
				failing = now;
			}
			showOwnStatus();
			announce();
			await new Promise<void>((resolve) => {
				const again = setTimeout(resolve, reopenMs);
				giveUp.addEventListener('abort', () => {
					clearTimeout(again);
					resolve();
				});
			});
			if (isAborted(giveUp)) return null;
		}
	};

	const lead = async (signal: AbortSignal): Promise<void> => {
		const deposing = new AbortController();
		const giveUp = AbortSignal.any([signal, deposing.signal]);
		opening = true;
		leader = null;
		failing = null;
		showOwnStatus();
		announce();
		const opened = await open(giveUp, () => {
			deposing.abort();
		});
		if (opened !== null) isPrivate = await deps.isPrivate();
		opening = false;
		if (opened === null) return;
		if (!giveUp.aborted) {
			failing = opened.failing;
			store = opened;
			showOwnStatus();
			announce();
			deps.onChange(null);
			calls.sendAll();
			await new Promise<void>((resolve) => {
				if (giveUp.aborted) resolve();
				giveUp.addEventListener('abort', () => {
					resolve();
				});
			});
			store = null;
		}
		await opened.close();
		post({ kind: 'leaving', epoch: opened.epoch });
		if (kept === 'memory') return;
		failing = null;
		silentTicks = 0;
		setStatus({ state: 'opening' });
	};

	channel.onMessage(hear);
	leadership = seekLeadership({
		locks: deps.locks,
		visible: deps.visible,
		lead,
		shown: () => {
			post({ kind: 'shown' });
		},
		refused: (why) => {
			const detail = why instanceof Error ? why.message : String(why);
			refuseToLead({ state: 'unavailable', reason: 'refused', detail });
		}
	});
	const ticking = setInterval(tick, tickMs);
	post({ kind: 'hello' });

	return {
		call: calls.call,
		tell: (news) => {
			if (kept === 'disk') post({ kind: 'news', news });
			deps.onNews(news);
		},
		signal: (signal) => {
			if (kept === 'disk') post({ kind: 'signal', signal });
			deps.onSignal(signal);
		},
		setVisible: (visible) => {
			leadership.setVisible(visible);
		},
		status: () => status,
		startInMemory: async () => {
			if (status.state === 'ready') throw new Error('Stet already keeps this library.');
			const stopped = leadership.stop();
			// files that are still being opened may never answer; nobody waits for them any more
			if (store !== null) await stopped;
			const never = new AbortController().signal;
			const opened = await deps.openMemoryStore(events(never, () => undefined));
			kept = 'memory';
			failing = null;
			store = opened;
			showOwnStatus();
			deps.onChange(null);
			calls.sendAll();
		},
		stop: async () => {
			await leadership.stop();
			await store?.close();
			store = null;
			ended = true;
			clearInterval(ticking);
			channel.close();
		}
	};
};
