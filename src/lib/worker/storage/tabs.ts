// One tab among many: does what is asked on its own files when it leads, else through the tab that does.
import { NewerFile, type Change } from '../../domain/kernel/app.ts';
import type { JobSignal, StorageStatus, StreamNews } from '../protocol.ts';
import { seekLeadership, type Leadership, type Locks } from './leadership.ts';
import { Unavailable } from './pool.ts';
import { StoreClosed, failingFor, type Store } from './store.ts';
import {
	PROTOCOL,
	isTabMessage,
	type Answer,
	type Failing,
	type Request,
	type TabMessage
} from './tab-messages.ts';

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
	/** Opening takes long. It goes on. */
	readonly onSlow: () => void;
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
	/** Only tests name another one than {@link PROTOCOL}. */
	readonly protocol?: number;
}

export interface Tab {
	/**
	 * Carries a request to whoever holds the files, as often as needed, and settles when it is answered: through a
	 * change of leader, and for as long as the leader sleeps. Rejects with the name and message of what was thrown there.
	 */
	call(request: Request): Promise<unknown>;
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

interface Pending {
	readonly request: Request;
	readonly resolve: (value: unknown) => void;
	readonly reject: (error: Error) => void;
	/** Ticks since it was last sent; sent again when the leader is there but does not answer. */
	age: number;
}

const tickMs = 1000;
const ticksUntilAsleep = 4;
const ticksUntilResent = 2;
const reopenMs = 3000;

/** Joins the tabs of this origin and waits for the files. */
export const joinTabs = (deps: TabDeps): Tab => {
	const { channel, tabId } = deps;
	const protocol = deps.protocol ?? PROTOCOL;
	const pending = new Map<string, Pending>();
	// calls of other tabs that are being worked on, so that a resent one is not worked on twice at once
	const atWork = new Set<string>();

	let store: Store | null = null;
	let kept: 'disk' | 'memory' = 'disk';
	let opening = false;
	let failing: Failing | null = null;
	let isPrivate = false;
	let leader: { tab: string; epoch: number } | null = null;
	let silentTicks = 0;
	let ended = false;
	let leadership: Leadership | null = null;
	let status: StorageStatus = { state: 'opening' };

	const setStatus = (now: StorageStatus): void => {
		if (JSON.stringify(now) === JSON.stringify(status)) return;
		status = now;
		deps.onStatus(now);
	};

	const post = (message: DistributiveOmit<TabMessage, 'stet' | 'from'>): void => {
		if (!ended) channel.post({ ...message, stet: protocol, from: tabId });
	};

	const announce = (): void => {
		if (kept === 'memory') return;
		post({
			kind: 'leader',
			epoch: store?.epoch ?? 0,
			phase: store === null ? 'opening' : 'open',
			failing,
			private: isPrivate
		});
	};

	const showOwnStatus = (): void => {
		if (failing !== null) setStatus(failing);
		else if (store === null) setStatus({ state: 'opening' });
		else setStatus({ state: 'ready', kept, role: 'leader', private: isPrivate });
	};

	const settle = (callId: string, answer: Answer): void => {
		const call = pending.get(callId);
		if (call === undefined) return;
		pending.delete(callId);
		if (answer.ok) call.resolve(answer.value);
		else call.reject(Object.assign(new Error(answer.message), { name: answer.name }));
	};

	/** Null: not answered, because the files were given up meanwhile. Whoever asked sends it again. */
	const work = async (on: Store, request: Request): Promise<Answer | null> => {
		try {
			return { ok: true, value: await on.perform(request) };
		} catch (error) {
			if (error instanceof StoreClosed) return null;
			const { name, message } = error instanceof Error ? error : new Error(String(error));
			return { ok: false, name, message };
		}
	};

	const send = (callId: string, call: Pending): void => {
		call.age = 0;
		const own = store;
		if (own === null) {
			if (leader !== null && status.state !== 'other-version')
				post({ kind: 'call', callId, request: call.request });
			return;
		}
		if (atWork.has(callId)) return;
		atWork.add(callId);
		void work(own, call.request).then((answer) => {
			atWork.delete(callId);
			if (answer !== null) settle(callId, answer);
			else if (pending.has(callId) && own !== store) send(callId, call);
		});
	};

	const sendAll = (): void => {
		for (const [callId, call] of pending) send(callId, call);
	};

	const serve = (from: string, callId: string, request: Request): void => {
		const own = store;
		const key = `${from}/${callId}`;
		// not open yet, or no more: the caller sends it again to whoever leads then
		if (own === null || kept === 'memory' || atWork.has(key)) return;
		atWork.add(key);
		void work(own, request).then((answer) => {
			atWork.delete(key);
			if (answer !== null) post({ kind: 'answer', to: from, callId, answer });
		});
	};

	const hearLeader = (message: Extract<TabMessage, { kind: 'leader' }>): void => {
		silentTicks = 0;
		const known = leader;
		leader = { tab: message.from, epoch: message.epoch };
		const slept = status.state === 'asleep' || status.state === 'other-version' || status.state === 'opening';
		if (message.failing !== null) setStatus(message.failing);
		else if (message.phase === 'opening') setStatus({ state: 'opening' });
		else setStatus({ state: 'ready', kept: 'disk', role: 'follower', private: message.private });
		if (message.phase === 'opening') return;
		if (known === null || known.tab !== message.from || known.epoch !== message.epoch || slept) {
			deps.onChange(null);
			sendAll();
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
				serve(message.from, message.callId, message.request);
				return;
			case 'answer':
				if (message.to === tabId) settle(message.callId, message.answer);
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
		for (const [callId, call] of pending) if (++call.age >= ticksUntilResent) send(callId, call);
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
		onSlow: () => {
			failing = { state: 'failing', reason: 'timeout', detail: 'opening the files takes long' };
			showOwnStatus();
			announce();
		}
	});

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
				if (error instanceof NewerFile) {
					refuseToLead({ state: 'other-version', newer: 'that' });
					return null;
				}
				if (error instanceof Unavailable) {
					refuseToLead({ state: 'unavailable', reason: error.reason, detail: error.message });
					return null;
				}
				failing = failingFor(error, await deps.hasRoom());
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
			if (giveUp.aborted) return null;
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
			failing = null;
			store = opened;
			showOwnStatus();
			announce();
			deps.onChange(null);
			sendAll();
			await new Promise<void>((resolve) => {
				if (giveUp.aborted) resolve();
				giveUp.addEventListener('abort', () => {
					resolve();
				});
			});
			store = null;
		}
		opened.close();
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
		}
	});
	const ticking = setInterval(tick, tickMs);
	post({ kind: 'hello' });

	return {
		call: (request) =>
			new Promise((resolve, reject) => {
				const callId = deps.newId();
				const call = { request, resolve, reject, age: 0 };
				pending.set(callId, call);
				send(callId, call);
			}),
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
			sendAll();
		},
		stop: async () => {
			await leadership.stop();
			store?.close();
			store = null;
			ended = true;
			clearInterval(ticking);
			channel.close();
		}
	};
};

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
