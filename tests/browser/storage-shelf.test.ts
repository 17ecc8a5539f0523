// Files that arrive, on real files in a real browser: merged, put in place of the library, and killed on the way.
import * as Comlink from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import type { FilesWorkerApi } from './storage-workers.ts';
import type { TravelPort } from '#lib/worker/travel-protocol.ts';
import { author, names, newScope, openTab, removeAll, type TestTab } from '#tests/support/worker-tabs.ts';

afterEach(removeAll);

/** How often a leader is killed; each time after twice as long as before. */
const ROUNDS = 10;

const travel = (tab: TestTab): Comlink.Remote<TravelPort> => {
	const { port1, port2 } = new MessageChannel();
	void tab.api.connectTravel(Comlink.transfer(port1, [port1]));
	return Comlink.wrap<TravelPort>(port2);
};

const libraryOf = async (tab: TestTab): Promise<string> =>
	((await tab.api.ask('holdings', {})) as { library: string }).library;

/** A file that a worker which was just ended may still hold for a moment. */
const forWriting = async (handle: FileSystemFileHandle): Promise<FileSystemWritableFileStream> => {
	for (;;)
		try {
			return await handle.createWritable({ keepExistingData: true });
		} catch (error) {
			if (!(error instanceof DOMException) || error.name !== 'NoModificationAllowedError') throw error;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
};

/** Hands a library with one bot over; answers under which id it arrived. */
const arrive = async (tab: TestTab, port: Comlink.Remote<TravelPort>, bot: string): Promise<string> => {
	const id = crypto.randomUUID();
	const pieces = await tab.api.libraryFile(bot, await port.reserve(500), await libraryOf(tab));
	for (const [piece, bytes] of pieces.entries())
		await port.arrive(id, piece, bytes, piece === pieces.length - 1);
	return id;
};

it('a library of an older format is copied before it is changed, and the copy can be put back', async () => {
	const scope = newScope();
	const before = await openTab(scope);
	await author(before, 'Mara');
	await before.api.stop();
	before.worker.terminate();
	const worker = new Worker(new URL('./storage-files.worker.ts', import.meta.url), { type: 'module' });
	const files = Comlink.wrap<FilesWorkerApi>(worker);
	await files.use(`stet-${scope}`, 'wal');
	expect(await files.open()).toBeNull();
	await files.exec("update kernel_meta set v = 2 where k = 'format'; drop table brought_in;");
	await files.close();
	worker.terminate();

	const tab = await openTab(scope);
	expect(await names(tab)).toEqual(['Mara']);
	await author(tab, 'Later');
	const port = travel(tab);
	const kept = await port.keptFiles();
	expect(kept).toMatchObject([{ why: 'before-update' }]);
	expect(await port.restoreKept(kept[0]?.name ?? '')).toBe(true);
	expect(await names(tab)).toEqual(['Mara']);
	expect(await author(tab, 'Other')).toMatchObject({ ok: true });
});

describe('a file that arrives', () => {
	it.each(['leader', 'follower'] as const)('at the %s is merged, undone, and put in place', async (role) => {
		const scope = newScope();
		const leader = await openTab(scope);
		await author(leader, 'Mara');
		const tab = role === 'leader' ? leader : await openTab(scope);
		await tab.until('ready', role);
		const port = travel(tab);
		const first = await arrive(tab, port, 'Odo');
		const merged = await port.admit(first, 'merge');
		expect(merged).toMatchObject({ ok: true });
		expect(await port.admit(first, 'merge')).toEqual(merged);
		expect(await names(leader)).toEqual(['Mara', 'Odo']);

		const second = await arrive(tab, port, 'Edda');
		expect(await port.admit(second, 'replace')).toMatchObject({ ok: true });
		expect(await names(tab)).toEqual(['Edda']);
		await author(tab, 'Later');
		const [kept] = await port.keptFiles();
		expect(kept).toMatchObject({ why: 'replaced' });
		const bytes = await port.readKept(kept?.name ?? '', 0);
		expect(new TextDecoder().decode(bytes?.subarray(0, 15))).toBe('SQLite format 3');

		// all tabs closed, and opened again
		leader.worker.terminate();
		if (tab !== leader) tab.worker.terminate();
		const again = await openTab(scope);
		expect(await names(again)).toEqual(['Edda', 'Later']);
		const portAgain = travel(again);
		expect(await portAgain.restoreKept(kept?.name ?? '')).toBe(true);
		expect(await names(again)).toEqual(['Mara', 'Odo']);
		expect(
			await again.api.verify(
				crypto.randomUUID(),
				Comlink.proxy(() => undefined)
			)
		).toMatchObject({
			differences: []
		});
	});

	it.each(['merge', 'replace'] as const)(
		'is there whole, or not at all, when the leader is killed at any moment of a %s',
		async (how) => {
			const outcomes = new Set<string>();
			for (let round = 0; round < ROUNDS; round++) {
				const scope = newScope();
				const tab = await openTab(scope);
				await author(tab, 'Mara');
				const port = travel(tab);
				const id = await arrive(tab, port, 'Odo');
				const admitted = port.admit(id, how);
				// the last is killed when it was answered
				if (round === ROUNDS - 1) expect(await admitted).toMatchObject({ ok: true });
				else await new Promise((resolve) => setTimeout(resolve, 2 ** round));
				tab.worker.terminate();
				const again = await openTab(scope);
				const found = (await names(again)).join();
				expect(how === 'merge' ? ['Mara', 'Mara,Odo'] : ['Mara', 'Odo']).toContain(found);
				outcomes.add(found);
				expect(
					await again.api.verify(
						crypto.randomUUID(),
						Comlink.proxy(() => undefined)
					)
				).toMatchObject({
					differences: []
				});
				expect(await author(again, 'Next')).toMatchObject({ ok: true });
				again.worker.terminate();
			}
			// which moments the others fell in, the machine decides; storage-crash.test.ts strikes at each
			expect(outcomes).toContain(how === 'merge' ? 'Mara,Odo' : 'Odo');
		},
		180_000
	);

	it.each(['emptied', 'cut', 'flipped'] as const)(
		'and became the library is not lost when the note of that is %s',
		async (how) => {
			const scope = newScope();
			const tab = await openTab(scope);
			await author(tab, 'Mara');
			const port = travel(tab);
			await port.admit(await arrive(tab, port, 'Odo'), 'replace');
			await author(tab, 'Later');
			tab.worker.terminate();
			const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(`stet-${scope}`);
			const file = await forWriting(await folder.getFileHandle('library'));
			if (how === 'flipped')
				await file.write({ type: 'write', position: 8192 + 20, data: new Uint8Array([0]) });
			else await file.truncate(how === 'cut' ? 8192 : 0);
			await file.close();

			const again = await openTab(scope);
			expect(await names(again)).toEqual(['Mara']);
			const portAgain = travel(again);
			const kept = await portAgain.keptFiles();
			expect(kept).toMatchObject([{ why: 'replaced' }]);
			expect(await portAgain.restoreKept(kept[0]?.name ?? '')).toBe(true);
			expect((await names(again)).sort()).toEqual(['Later', 'Odo']);
		}
	);

	it('is handed over again from the first piece when the leader changes', async () => {
		const scope = newScope();
		const leader = await openTab(scope);
		await author(leader, 'Mara');
		const tab = await openTab(scope);
		const port = travel(tab);
		const id = crypto.randomUUID();
		const pieces = await tab.api.libraryFile('Odo', await port.reserve(500), await libraryOf(tab));
		await port.arrive(id, 0, pieces[0] ?? new Uint8Array(), false);
		leader.worker.terminate();
		await expect(port.arrive(id, 1, pieces[1] ?? new Uint8Array(), false)).rejects.toMatchObject({
			name: 'ArrivalGone'
		});
		for (const [piece, bytes] of pieces.entries())
			await port.arrive(id, piece, bytes, piece === pieces.length - 1);
		expect(await port.admit(id, 'merge')).toMatchObject({ ok: true });
		expect(await names(tab)).toEqual(['Mara', 'Odo']);
	});
});
