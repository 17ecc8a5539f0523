// A browser with many tabs, in Node: channel, locks and disk that a test can make slow, lossy, or dead.
import { createApp, type App } from '#lib/domain/kernel/app.ts';
import type { Result } from '#lib/domain/kernel/result.ts';
import { sql } from '#lib/domain/kernel/sql.ts';
import { vocabulary } from '#lib/domain/vocabulary.ts';
import type { VerifyReport } from '#lib/domain/kernel/verify.ts';
import type { JobSignal, StorageStatus, StreamNews } from '#lib/worker/protocol.ts';
import type { Locks } from '#lib/worker/storage/leadership.ts';
import { createMemoryFile } from '#lib/worker/storage/memory-file.ts';
import { openMemory, type Connection } from '#lib/worker/storage/sqlite.ts';
import { StorageError } from '#lib/worker/storage/storage-error.ts';
import { openStore, type OpenFile } from '#lib/worker/storage/store.ts';
import type { TabMessage } from '#lib/worker/storage/tab-messages.ts';
import { joinTabs, type Tab } from '#lib/worker/storage/tabs.ts';

/** What happens to a message on its way to one tab: delays in milliseconds, one copy each. None: it is lost. */
export type Route = (message: TabMessage, to: string) => readonly number[];

interface Waiting {
	readonly owner: string;
	readonly mode: 'exclusive' | 'shared';
	readonly grant: () => void;
}

export interface FakeTab {
	readonly id: string;
	readonly tab: Tab;
	readonly statuses: StorageStatus[];
	readonly news: StreamNews[];
	readonly signals: JobSignal[];
	/** Null among them: anything may have changed. */
	readonly changes: unknown[];
	/** What checks nobody asked for repaired. */
	readonly repairs: VerifyReport[];
	/** As when the browser kills the process: no goodbye; its locks and files are free. */
	crash(): void;
	/** As when the browser freezes the page: it hears and says nothing, and keeps lock and files. */
	freeze(): void;
	thaw(): void;
}

export interface FakeBrowser {
	open(options?: { visible?: boolean; protocol?: number }): FakeTab;
	/** Sends a command through a tab. */
	author(tab: FakeTab, name: string, commandId?: string): Promise<unknown>;
	/** Sends a command through a tab; its value, which holds ids. Rejects with the type of a refusal. */
	send(tab: FakeTab, name: string, input: unknown): Promise<Readonly<Record<string, string>>>;
	/** How many events of a kind the file has. */
	events(kind: string): number;
	/** Names of all bots in the file, as often as they are there. */
	names(): string[];
	/** The file itself. */
	readonly disk: Connection;
	/** How many tabs had the file open at once, at most. */
	mostOpen(): number;
	/** How often the file was opened. */
	timesOpened(): number;
	route: Route;
	/** Called before each opening; may throw what opening throws. */
	onOpen: () => void;
	/** Openings wait for it, as when the browser does not answer; the tab is told after 15 s. */
	hold: Promise<void>;
	/** Wraps the app of the next openings. */
	wrap: (app: App) => App;
	room: boolean;
	/** The disk is full: what changes a row fails when it is committed. Reading works. */
	full: boolean;
	/** What asking for a lock throws, as where the browser blocks this site's data. */
	locksRefused: Error | null;
}

/** A browser whose disk is an empty database in memory. Use it under fake timers. */
export const fakeBrowser = async (): Promise<FakeBrowser> => {
	const disk = await openMemory();
	const listeners = new Map<string, (message: unknown) => void>();
	const frozen = new Map<string, unknown[]>();
	const dead = new Set<string>();
	const held = new Map<string, Map<object, { owner: string; mode: string; end: () => void }>>();
	const queues = new Map<string, Waiting[]>();
	const openIn = new Set<string>();
	let ids = 0;
	let most = 0;
	let opened = 0;
	const newId = (): string => `00000000-0000-4000-8000-${String(ids++).padStart(12, '0')}`;

	const deliver = (to: string, message: unknown): void => {
		if (dead.has(to)) return;
		const kept = frozen.get(to);
		if (kept === undefined) listeners.get(to)?.(message);
		else kept.push(message);
	};

	const holders = (name: string): Map<object, { owner: string; mode: string; end: () => void }> => {
		const there = held.get(name) ?? new Map<object, { owner: string; mode: string; end: () => void }>();
		held.set(name, there);
		return there;
	};

	const pump = (name: string): void => {
		const queue = queues.get(name) ?? [];
		const next = queue[0];
		if (next === undefined) return;
		const modes = [...holders(name).values()].map(({ mode }) => mode);
		if (modes.length > 0 && (next.mode === 'exclusive' || modes.includes('exclusive'))) return;
		queue.shift();
		next.grant();
		pump(name);
	};

	const locksOf = (owner: string): Locks => ({
		request: (name, { mode, signal }, work) =>
			new Promise((resolve, reject) => {
				if (browser.locksRefused !== null) {
					reject(browser.locksRefused);
					return;
				}
				const waiting: Waiting = {
					owner,
					mode,
					grant: () => {
						const key = {};
						const end = (): void => {
							holders(name).delete(key);
							pump(name);
						};
						holders(name).set(key, { owner, mode, end });
						work().then(
							() => {
								end();
								resolve();
							},
							(error: unknown) => {
								end();
								reject(error instanceof Error ? error : new Error(String(error)));
							}
						);
					}
				};
				const queue = queues.get(name) ?? [];
				queues.set(name, queue);
				queue.push(waiting);
				signal?.addEventListener('abort', () => {
					const at = queue.indexOf(waiting);
					if (at < 0) return;
					queue.splice(at, 1);
					reject(new DOMException('aborted', 'AbortError'));
				});
				if (signal?.aborted === true) {
					queue.splice(queue.indexOf(waiting), 1);
					reject(new DOMException('aborted', 'AbortError'));
					return;
				}
				void Promise.resolve().then(() => {
					pump(name);
				});
			}),
		heldNames: () =>
			browser.locksRefused !== null
				? Promise.reject(browser.locksRefused)
				: Promise.resolve([...held].filter(([, by]) => by.size > 0).map(([name]) => name))
	});

	const changed = (): unknown => disk.all(sql`select total_changes() as n`)[0]?.['n'];
	const onDisk: Connection = {
		...disk,
		transaction: (work) =>
			disk.transaction(() => {
				const before = changed();
				const value = work();
				if (browser.full && changed() !== before) throw new StorageError(10, 'io', 'disk I/O error');
				return value;
			})
	};

	const browser: FakeBrowser = {
		disk,
		route: () => [0],
		onOpen: () => undefined,
		hold: Promise.resolve(),
		wrap: (app) => app,
		room: true,
		full: false,
		locksRefused: null,
		mostOpen: () => most,
		timesOpened: () => opened,
		names: () =>
			opened === 0
				? []
				: disk.all({ text: 'select payload from event_log', values: [] }).map((row) => {
						const payload = JSON.parse(String(row['payload'])) as { name: string };
						return payload.name;
					}),
		author: (tab, name, commandId = newId()) =>
			tab.tab.call({ method: 'dispatch', command: { id: commandId, name: 'author_bot', input: { name } } }),
		send: async (tab, name, input) => {
			const command = { id: newId(), name, input };
			const result = (await tab.tab.call({ method: 'dispatch', command })) as Result<Record<string, string>>;
			if (!result.ok) throw new Error(result.error.type);
			return result.value;
		},
		events: (kind) => disk.all(sql`select 1 from event_log where kind = ${kind}`).length,
		open: ({ visible = true, protocol } = {}) => {
			const id = newId();
			const statuses: StorageStatus[] = [];
			const news: StreamNews[] = [];
			const signals: JobSignal[] = [];
			const changes: unknown[] = [];
			const repairs: VerifyReport[] = [];
			const openFile = async (onSlow: () => void): Promise<OpenFile> => {
				const slow = setTimeout(onSlow, 15_000);
				await browser.hold;
				clearTimeout(slow);
				if (dead.has(id)) return new Promise<never>(() => undefined);
				browser.onOpen();
				opened++;
				openIn.add(id);
				most = Math.max(most, openIn.size);
				return {
					connection: onDisk,
					worked: () => undefined,
					close: () => {
						openIn.delete(id);
					}
				};
			};
			const tab = joinTabs({
				tabId: id,
				newId,
				visible,
				locks: locksOf(id),
				channel: {
					post: (message) => {
						if (dead.has(id) || frozen.has(id)) return;
						const copy = structuredClone(message);
						for (const to of listeners.keys()) {
							if (to === id) continue;
							for (const delay of browser.route(copy, to))
								setTimeout(() => {
									deliver(to, copy);
								}, delay);
						}
					},
					onMessage: (listener) => {
						listeners.set(id, listener);
					},
					close: () => {
						listeners.delete(id);
					}
				},
				openStore: async (events) =>
					openStore({
						...events,
						shelf: (await createMemoryFile()).shelf,
						now: () => Date.now(),
						openFile: () => openFile(events.onSlow),
						openScratch: openMemory,
						hasRoom: () => Promise.resolve(browser.room),
						createApp: (parts) =>
							browser.wrap(createApp({ ...parts, vocabulary, world: { now: () => Date.now(), newId } }))
					}),
				openMemoryStore: async (events) => {
					const memory = await createMemoryFile();
					return openStore({
						...events,
						shelf: memory.shelf,
						now: () => Date.now(),
						openFile: () => memory.openFile(),
						openScratch: openMemory,
						hasRoom: () => Promise.resolve(true),
						createApp: (parts) => createApp({ ...parts, vocabulary, world: { now: () => Date.now(), newId } })
					});
				},
				hasRoom: () => Promise.resolve(browser.room),
				isPrivate: () => Promise.resolve(false),
				onStatus: (status) => statuses.push(status),
				onChange: (change) => changes.push(change),
				onNews: (one) => news.push(one),
				onSignal: (signal) => signals.push(signal),
				onRepaired: (report) => repairs.push(report),
				...(protocol === undefined ? {} : { protocol })
			});
			return {
				id,
				tab,
				statuses,
				news,
				signals,
				changes,
				repairs,
				crash: () => {
					dead.add(id);
					listeners.delete(id);
					openIn.delete(id);
					for (const [name, queue] of queues) {
						const left = queue.filter(({ owner }) => owner !== id);
						queue.splice(0, queue.length, ...left);
						for (const { owner, end } of [...holders(name).values()]) if (owner === id) end();
					}
				},
				freeze: () => {
					frozen.set(id, []);
				},
				thaw: () => {
					const kept = frozen.get(id) ?? [];
					frozen.delete(id);
					for (const message of kept) deliver(id, message);
				}
			};
		}
	};
	return browser;
};
