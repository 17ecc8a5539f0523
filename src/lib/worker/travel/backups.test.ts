// A backup counts when it was read back, and an older one goes only then.
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { aChat, anExchange, given, type Given } from '#tests/support/given.ts';
import { flipped, testFolder } from '#tests/support/private-files.ts';
import { openedFile, someWork, takingFrom } from '#tests/support/taking.ts';
import { dump } from '#tests/support/state.ts';
import type { Backup } from '../travel-protocol.ts';
import { createBackups, surplusOf } from './backups.ts';
import { readBack, takeOut } from './take-out.ts';
import { openWorkshop } from './workshop.ts';

const NO_HOLDS = { chats: 0, turns: 0, events: 0, bots: 0, yous: 0, pictures: 0, copies: 0 };

const backup = (why: Backup['why'], at: number) => ({
	nth: at,
	name: `${why} ${String(at)}`,
	why,
	at,
	bytes: 1,
	holds: NO_HOLDS,
	verifiedAt: at
});

describe('what is kept', () => {
	test('is the newest few of each kind', () => {
		const all = [
			...[1, 2, 3, 4, 5].map((at) => backup('before-import', at)),
			...[11, 12, 13].map((at) => backup('by-hand', at)),
			...Array.from({ length: 9 }, (_, n) => backup('daily', 20 + n))
		];
		const gone = surplusOf(all).map(({ name }) => name);
		expect(gone.sort()).toEqual(['before-import 1', 'before-import 2', 'daily 20', 'daily 21']);
	});

	test('is never nothing', () => {
		expect(surplusOf([backup('daily', 1)])).toEqual([]);
		expect(surplusOf([])).toEqual([]);
	});
});

const backupsOf = (at: Given) => {
	const folder = testFolder();
	let now = 1_800_000_000_000;
	let ids = 0;
	const deps = takingFrom(at, { now: () => (now += 1000) });
	const library = { what: { kind: 'library' }, as: 'stet', passphrase: '' } as const;
	const backups = createBackups({
		folder: async () => folder,
		takeLibrary: async (work) => {
			const taken = await takeOut(deps, library, work);
			if (!taken.ok) throw new Error(taken.error.type);
			return taken.value.holds.events === 0 ? null : taken.value;
		},
		readBack: async (file, work) => {
			const workshop = await openWorkshop();
			try {
				await readBack(file, workshop, work);
			} finally {
				await workshop.close();
			}
		},
		now: () => now,
		newId: () => String(++ids),
		alone: (_, work) => work()
	});
	const setClock = (at: number): void => {
		now = at;
	};
	return { backups, folder, setClock };
};

test('is made, read back, listed with what it holds, and given again as it is', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	anExchange(at, chatId, 'Hello', 'Good evening.');
	const { backups, folder } = backupsOf(at);
	const work = someWork();
	const made = await backups.make('by-hand', work);
	expect(made).toMatchObject({ why: 'by-hand', holds: { chats: 1, turns: 2, bots: 1 } });
	expect(made?.verifiedAt).toBeGreaterThanOrEqual(made?.at ?? Infinity);
	expect(work.told.map(({ stage }) => stage)).toContain('verifying');
	expect(await backups.list()).toEqual([made]);
	const stored = await backups.stored(made?.name ?? '');
	expect(stored).toMatchObject({ at: made?.at, holds: made?.holds });
	const db = await openedFile(stored?.file ?? new Blob([]));
	expect(dump(db, ['event_log'])).toEqual(dump(at.sql, ['event_log']));

	await backups.remove(made?.name ?? '');
	expect([...folder.files.keys()]).toEqual([]);
	expect(await backups.list()).toEqual([]);
});

test('keeps the newest three made before an import', async () => {
	const at = await given();
	aChat(at);
	const { backups, folder } = backupsOf(at);
	const names: string[] = [];
	for (let n = 0; n < 5; n++) names.push((await backups.make('before-import', someWork()))?.name ?? '');
	expect((await backups.list()).map(({ name }) => name)).toEqual(names.slice(2).reverse());
	expect(folder.files.size).toBe(6);
});

test('with the clock put back, the last that were made are kept all the same', async () => {
	const at = await given();
	aChat(at);
	const { backups, setClock } = backupsOf(at);
	const names: string[] = [];
	for (let n = 0; n < 5; n++) {
		setClock(1_900_000_000_000 - n * 1_000_000_000);
		names.push((await backups.make('before-import', someWork()))?.name ?? '');
		expect(await backups.stored(names.at(-1) ?? '')).not.toBeNull();
	}
	expect((await backups.list()).map(({ name }) => name)).toEqual(names.slice(2).reverse());
});

/** What is packed, or null where it cannot be unpacked. */
const unpacked = async (file: Blob): Promise<Buffer | null> => {
	try {
		return gunzipSync(await file.arrayBuffer());
	} catch {
		return null;
	}
};

/** With the first byte from a place on flipped that does not say the same otherwise: "again" may point at either of two. */
const spoilt = async (bytes: Blob, from: number): Promise<Blob> => {
	const whole = await unpacked(bytes);
	for (let place = from; place < bytes.size; place += 1) {
		const file = await flipped(bytes, place);
		const found = await unpacked(file);
		if (whole === null || found === null || !found.equals(whole)) return file;
	}
	throw new Error('no byte of the rest says anything');
};

test('with any byte flipped on its way to the disk it does not count, and those before stay', async () => {
	const at = await given();
	aChat(at);
	const { backups, folder } = backupsOf(at);
	const first = await backups.make('by-hand', someWork());
	const size = first?.bytes ?? 0;
	for (let place = 0; place < size; place += Math.ceil(size / 24)) {
		// which program packed it (RFC 1952, byte 9), when, and notes about it say nothing of what is in it
		if (place < 10) continue;
		folder.spoil = (name, bytes) => (name.endsWith('.stet') ? spoilt(bytes, place) : bytes);
		await expect(backups.make('by-hand', someWork()), `byte ${String(place)}`).rejects.toMatchObject({
			name: 'StorageError',
			kind: 'corrupt'
		});
		expect(await backups.list()).toEqual([first]);
	}
	expect(folder.files.size).toBe(2);
});

test('that was cut short by the disk, or has no room, does not count', async () => {
	const at = await given();
	aChat(at);
	const { backups, folder } = backupsOf(at);
	const first = await backups.make('daily', someWork());
	folder.spoil = (name, bytes) => (name.endsWith('.stet') ? bytes.slice(0, bytes.size - 1) : bytes);
	await expect(backups.make('daily', someWork())).rejects.toMatchObject({ kind: 'full' });
	folder.spoil = (name, bytes) => (name.endsWith('.json') ? bytes.slice(0, 20) : bytes);
	await expect(backups.make('daily', someWork())).rejects.toMatchObject({ kind: 'full' });
	folder.spoil = (_, bytes) => bytes;
	folder.room = 1000;
	await expect(backups.make('daily', someWork())).rejects.toMatchObject({ kind: 'full' });
	expect(await backups.list()).toEqual([first]);
	expect(folder.files.size).toBe(2);
});

test('that was damaged after it was verified is not listed, and what was never finished is cleared away', async () => {
	const at = await given();
	aChat(at);
	const { backups, folder } = backupsOf(at);
	const first = await backups.make('daily', someWork());
	const name = first?.name ?? '';
	folder.files.set('left.stet', new Blob(['half']));
	folder.files.set('left-alone.stet.json', new Blob(['{}']));
	const file = folder.files.get(name) ?? new Blob([]);
	folder.files.set(name, file.slice(0, 10));
	expect(await backups.list()).toEqual([]);
	folder.files.set(name, file);
	expect(await backups.list()).toEqual([first]);
	const second = await backups.make('daily', someWork());
	expect([...folder.files.keys()].sort()).toEqual(
		[name, `${name}.json`, second?.name ?? '', `${second?.name ?? ''}.json`].sort()
	);
});

test('of nothing, or where nothing can be kept, is none; stopped, it leaves nothing behind', async () => {
	const at = await given();
	const { backups, folder } = backupsOf(at);
	expect(await backups.make('by-hand', someWork())).toBeNull();
	aChat(at);
	const nowhere = createBackups({
		folder: async () => null,
		takeLibrary: async () => {
			throw new Error('asked for the library in vain');
		},
		readBack: async () => undefined,
		now: () => 0,
		newId: () => '',
		alone: (_, work) => work()
	});
	expect(await nowhere.make('by-hand', someWork())).toBeNull();
	expect(await nowhere.list()).toEqual([]);
	expect(await nowhere.stored('any')).toBeNull();
	for (const stage of ['reading', 'writing', 'storing', 'verifying'] as const) {
		const stopping = new AbortController();
		const work = {
			signal: stopping.signal,
			tell: (progress: { readonly stage: string }) => {
				if (progress.stage === stage) stopping.abort();
			}
		};
		await expect(backups.make('by-hand', work), stage).rejects.toMatchObject({ name: 'AbortError' });
		expect(folder.files.size, stage).toBe(0);
	}
});
