// The folder of the person's own: one file a day, whole or not there, and nobody else's file is touched.
import { expect, test } from 'vitest';
import { flipped, pickedFolder } from '#tests/support/private-files.ts';
import { aChat, given } from '#tests/support/given.ts';
import { openedFile, takingFrom } from '#tests/support/taking.ts';
import { createFolder, FILES_KEPT } from './folder.ts';
import { readBack, takeOut } from './take-out.ts';
import type { TravelStore } from './travel-store.ts';
import { openWorkshop } from './workshop.ts';

const DAY_MS = 86_400_000;

const memoryStore = (): TravelStore => {
	const values = new Map<string, unknown>();
	return {
		get: async (key) => values.get(key),
		put: async (key, value) => {
			values.set(key, value);
		}
	};
};

interface Around {
	/** Called while the library is taken out. */
	readonly taking: () => Promise<unknown>;
	readonly alone: Parameters<typeof createFolder>[0]['alone'];
}

const aFolder = async ({
	taking = async () => undefined,
	alone = (_, work) => work()
}: Partial<Around> = {}) => {
	const at = await given();
	aChat(at);
	// noon, so that a day later is the next day, whatever happens to the clocks
	const clock = { now: new Date(2026, 2, 26, 12).getTime() };
	const deps = takingFrom(at, { now: () => clock.now });
	const folder = createFolder({
		store: memoryStore(),
		takeLibrary: async (work) => {
			const taken = await takeOut(deps, { what: { kind: 'library' }, as: 'stet', passphrase: '' }, work);
			if (!taken.ok) throw new Error(taken.error.type);
			await taking();
			return taken.value;
		},
		readBack: async (file, work) => {
			const workshop = await openWorkshop();
			try {
				await readBack(file, workshop, work);
			} finally {
				await workshop.close();
			}
		},
		now: () => clock.now,
		alone
	});
	return { folder, clock };
};

test.each([true, false])('gets one file a day, whole under its name (files move: %s)', async (moves) => {
	const { folder, clock } = await aFolder();
	expect(await folder.state()).toBeNull();
	expect(await folder.backUp(true)).toBeNull();
	const picked = pickedFolder({ moves });
	await folder.set(picked.handle);
	expect(await folder.state()).toMatchObject({ name: 'Stories', permission: 'granted', lastAt: null });
	expect(await folder.backUp(false)).toMatchObject({ lastAt: clock.now, failed: null });
	expect([...picked.files.keys()]).toEqual(['Stet 2026-03-26.stet']);
	await openedFile(picked.files.get('Stet 2026-03-26.stet') ?? new Blob([]));

	const written = picked.files.get('Stet 2026-03-26.stet');
	clock.now += 1000;
	await folder.backUp(false);
	expect(picked.files.get('Stet 2026-03-26.stet')).toBe(written);
	expect(await folder.backUp(true)).toMatchObject({ lastAt: clock.now });
	expect([...picked.files.keys()]).toEqual(['Stet 2026-03-26.stet']);
	clock.now += DAY_MS;
	await folder.backUp(false);
	expect([...picked.files.keys()]).toEqual(['Stet 2026-03-26.stet', 'Stet 2026-03-27.stet']);
});

test('keeps its newest files, and never touches one that it did not write', async () => {
	const { folder, clock } = await aFolder();
	const picked = pickedFolder();
	const own = new Blob(['the person’s']);
	picked.files.set('Stet 2026-03-26.stet', own);
	picked.files.set('Stet 2001-01-01.stet', own);
	picked.files.set('notes.txt', own);
	await folder.set(picked.handle);
	for (let day = 0; day < FILES_KEPT + 3; day++) {
		await folder.backUp(false);
		clock.now += DAY_MS;
	}
	for (const name of ['Stet 2026-03-26.stet', 'Stet 2001-01-01.stet', 'notes.txt'])
		expect(picked.files.get(name)).toBe(own);
	const others = [...picked.files.keys()].filter((name) => picked.files.get(name) !== own);
	expect(others).toHaveLength(FILES_KEPT);
	expect(others).toContain('Stet 2026-04-04.stet');
	expect(others).not.toContain('Stet 2026-03-26 (2).stet');
});

test.each([true, false])('a file that came out wrong never has its name (files move: %s)', async (moves) => {
	const { folder, clock } = await aFolder();
	const picked = pickedFolder({ moves });
	await folder.set(picked.handle);
	for (const wrong of ['.part', '.stet']) {
		if (moves && wrong === '.stet') continue;
		picked.state.spoil = (name, bytes) => (name.endsWith(wrong) ? flipped(bytes, 400) : bytes);
		expect(await folder.backUp(false)).toMatchObject({
			lastAt: null,
			failed: expect.stringContaining('not what was written')
		});
		expect([...picked.files.keys()]).toEqual([]);
	}
	picked.state.spoil = (_, bytes) => bytes;
	expect(await folder.backUp(false)).toMatchObject({ lastAt: clock.now, failed: null });
});

test('is left alone until the browser allows it, and forgotten when it is told to', async () => {
	const { folder } = await aFolder();
	const picked = pickedFolder();
	await folder.set(picked.handle);
	for (const [permission, told] of [
		['prompt', 'ask'],
		['denied', 'denied']
	] as const) {
		picked.state.permission = permission;
		expect(await folder.backUp(true)).toMatchObject({ permission: told, lastAt: null, failed: null });
	}
	expect(picked.files.size).toBe(0);
	picked.state.permission = 'granted';
	await folder.backUp(true);
	// picked again: it is the same one
	await folder.set(picked.handle);
	expect((await folder.state())?.lastAt).not.toBeNull();
	const other = pickedFolder();
	await folder.set(other.handle);
	expect((await folder.state())?.lastAt).toBeNull();
	await folder.set(null);
	expect(await folder.state()).toBeNull();
});

const TODAY = 'Stet 2026-03-26.stet';

test('another one picked while it is written knows nothing of its files, and keeps its own', async () => {
	const one = pickedFolder({ moves: true });
	const two = pickedFolder({ moves: true });
	two.files.set(TODAY, new Blob(['not ours']));
	let picking: (() => Promise<void>) | null = null;
	const { folder } = await aFolder({
		taking: async () => {
			const pick = picking;
			picking = null;
			await pick?.();
		}
	});
	await folder.set(one.handle);
	picking = () => folder.set(two.handle);
	expect(await folder.backUp(false)).toMatchObject({ lastAt: null, handle: two.handle });
	expect(await folder.backUp(false)).toMatchObject({ failed: null });
	await folder.backUp(true);
	expect([...two.files.keys()].sort()).toEqual(['Stet 2026-03-26 (2).stet', TODAY]);
	expect(await two.files.get(TODAY)?.text()).toBe('not ours');
});

test('is picked and written one after the other', async () => {
	let last: Promise<unknown> = Promise.resolve();
	const order: string[] = [];
	const picked = pickedFolder();
	const other = pickedFolder();
	const setting: Promise<void>[] = [];
	const { folder } = await aFolder({
		alone: (_, work) => {
			const mine = last.then(work);
			last = mine.catch(() => undefined);
			return mine;
		},
		taking: async () => {
			if (setting.length === 0) setting.push(folder.set(other.handle).then(() => void order.push('picked')));
		}
	});
	await folder.set(picked.handle);
	expect(await folder.backUp(true)).toMatchObject({ handle: picked.handle, failed: null });
	order.push('written');
	await Promise.all(setting);
	expect(order).toEqual(['written', 'picked']);
	expect(await folder.state()).toMatchObject({ handle: other.handle, lastAt: null });
});

test('what was left of a file that was cut off is cleared away with the next', async () => {
	const { folder } = await aFolder();
	const picked = pickedFolder({ moves: true });
	await folder.set(picked.handle);
	const { removeEntry } = picked.handle;
	const stuck = () => Promise.reject(new Error('it is in use'));
	Object.assign(picked.handle, { removeEntry: stuck });
	picked.state.spoil = (_, bytes) => flipped(bytes, 400);
	await folder.backUp(true);
	expect([...picked.files.keys()]).toEqual([`${TODAY}.part`]);
	Object.assign(picked.handle, { removeEntry });
	picked.state.spoil = (_, bytes) => bytes;
	expect(await folder.backUp(true)).toMatchObject({ failed: null });
	expect([...picked.files.keys()]).toEqual([TODAY]);
});

test('what is being written never has the name of somebody else’s file', async () => {
	const { folder, clock } = await aFolder();
	const picked = pickedFolder();
	picked.files.set(`${TODAY}.part`, new Blob(['not ours']));
	await folder.set(picked.handle);
	await folder.backUp(true);
	expect(await picked.files.get(`${TODAY}.part`)?.text()).toBe('not ours');
	expect([...picked.files.keys()].sort()).toEqual(['Stet 2026-03-26 (2).stet', `${TODAY}.part`]);
	clock.now += DAY_MS;
	const put = picked.files.set.bind(picked.files);
	// somebody puts a file there under the very name, after it was looked for
	picked.state.spoil = (name, bytes) => {
		if (name.endsWith('.part')) put('Stet 2026-03-27.stet', new Blob(['theirs']));
		return bytes;
	};
	expect(await folder.backUp(false)).toMatchObject({ failed: expect.stringContaining('somebody else') });
	expect(await picked.files.get('Stet 2026-03-27.stet')?.text()).toBe('theirs');
});
