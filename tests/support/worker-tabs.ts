// Tabs of a real browser, each a worker with a library of the test's own.
import * as Comlink from 'comlink';
import { expect } from 'vitest';
import type { StorageStatus } from '#lib/worker/protocol.ts';
import type { TabWorkerApi } from '../browser/storage-workers.ts';

export interface TestTab {
	readonly api: Comlink.Remote<TabWorkerApi>;
	readonly worker: Worker;
	readonly statuses: StorageStatus[];
	status(): StorageStatus | undefined;
	/** Settles when the status is as wanted. */
	until(state: StorageStatus['state'], role?: 'leader' | 'follower'): Promise<void>;
}

const workers: Worker[] = [];
const scopes: string[] = [];
export const waitMs = 15_000;

export const newScope = (): string => {
	const scope = `test-${crypto.randomUUID()}`;
	scopes.push(scope);
	return scope;
};

export const openTab = async (scope: string, { visible = true, protocol = 1 } = {}): Promise<TestTab> => {
	const worker = new Worker(new URL('../browser/storage-tab.worker.ts', import.meta.url), { type: 'module' });
	workers.push(worker);
	const api = Comlink.wrap<TabWorkerApi>(worker);
	const statuses: StorageStatus[] = [];
	await api.use(scope, protocol);
	await api.onStatus(Comlink.proxy((status) => statuses.push(status)));
	await api.start(visible, crypto.randomUUID());
	const status = (): StorageStatus | undefined => statuses.at(-1);
	return {
		api,
		worker,
		statuses,
		status,
		until: async (state, role) => {
			await expect
				.poll(status, { timeout: waitMs, interval: 5 })
				.toMatchObject(role === undefined ? { state } : { state, role });
		}
	};
};

export const author = (tab: TestTab, name: string, id: string = crypto.randomUUID()): Promise<unknown> =>
	tab.api.dispatch({ id, name: 'author_bot', input: { name } });

export const names = async (tab: TestTab): Promise<string[]> =>
	((await tab.api.ask('bots', {})) as { name: string }[]).map(({ name }) => name);

/** The names of a library's folders in the browser's files. */
export const folders = async (): Promise<string[]> => {
	const found: string[] = [];
	for await (const name of (await navigator.storage.getDirectory()).keys()) found.push(name);
	return found;
};

/** Ends every worker and removes every library: after each test. */
export const removeAll = async (): Promise<void> => {
	for (const worker of workers.splice(0)) worker.terminate();
	const root = await navigator.storage.getDirectory();
	for (const scope of scopes.splice(0))
		await expect
			.poll(() =>
				root.removeEntry(`stet-${scope}`, { recursive: true }).then(
					() => true,
					(error: unknown) => error instanceof DOMException && error.name === 'NotFoundError'
				)
			)
			.toBe(true);
};
