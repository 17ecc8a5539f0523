// The travel worker's databases and files on a real disk: gone when they are closed, and swept when their worker died.
import * as Comlink from 'comlink';
import { afterEach, expect, it } from 'vitest';
import type { TravelFilesApi } from './travel-files.ts';

const workers: Worker[] = [];

const start = (): { worker: Worker; api: Comlink.Remote<TravelFilesApi> } => {
	const worker = new Worker(new URL('./travel-files.worker.ts', import.meta.url), { type: 'module' });
	workers.push(worker);
	return { worker, api: Comlink.wrap<TravelFilesApi>(worker) };
};

afterEach(() => {
	for (const worker of workers.splice(0)) worker.terminate();
});

/** Folders that workshops have now. */
const workshops = async (): Promise<string[]> => {
	const names: string[] = [];
	try {
		const root = await navigator.storage.getDirectory();
		for await (const name of (await root.getDirectoryHandle('stet-travel')).keys()) names.push(name);
	} catch {
		// none yet
	}
	return names;
};

it('a database is made, taken out and taken in again on the disk, and nothing is left of it', async () => {
	const { api } = start();
	expect(await api.work(6000)).toEqual({ kept: 'disk', rows: 6000, check: 'ok' });
	expect(await api.spoilt()).toBe('corrupt');
	expect(await workshops()).toHaveLength(2);
	await api.close();
	expect(await workshops()).toEqual([]);
});

it('what a worker that died has left is removed by the next, and what lives is left alone', async () => {
	const dying = start();
	await dying.api.work(10);
	const [left] = await workshops();
	const living = start();
	await living.api.work(10);
	const alive = (await workshops()).filter((name) => name !== left);
	expect(alive).toHaveLength(1);
	dying.worker.terminate();
	// its lock and its files are let go of some time after it was ended
	await expect
		.poll(async () => {
			const next = start();
			await next.api.work(1);
			await next.api.close();
			return workshops();
		})
		.toEqual(alive);
	await living.api.close();
	expect(await workshops()).toEqual([]);
});

it('a file of the private folder is whole on the disk, and gone when it is removed', async () => {
	const { api } = start();
	const folder = `test-${crypto.randomUUID()}`;
	const bytes = new Blob([new Uint8Array(3_000_000).fill(7), 'end']);
	expect(await api.put(folder, 'one.stet', bytes)).toEqual(['one.stet']);
	const back = await api.get(folder, 'one.stet');
	expect(back?.size).toBe(3_000_003);
	expect(await back?.slice(-4).text()).toBe('\u0007end');
	await api.put(folder, 'one.stet', new Blob(['short']));
	expect(await (await api.get(folder, 'one.stet'))?.text()).toBe('short');
	await api.remove(folder, 'one.stet');
	await api.remove(folder, 'one.stet');
	expect(await api.get(folder, 'one.stet')).toBeNull();
	expect(await api.free(folder)).toBeGreaterThan(1_000_000);
	await (await navigator.storage.getDirectory()).removeEntry(folder, { recursive: true });
});
