// Library files beside the one in use: they arrive in pieces, are put in or in place of the library, and come back.
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '#lib/domain/kernel/app.ts';
import { sql } from '#lib/domain/kernel/sql.ts';
import { vocabulary } from '#lib/domain/vocabulary.ts';
import { aChat, anExchange, play, steadyWorld, type Given } from '#tests/support/given.ts';
import { createMemoryFile } from './memory-file.ts';
import { bytesOf } from './shelf.ts';
import { openMemory } from './sqlite.ts';
import { openStore, type Store } from './store.ts';
import type { Request } from './tab-messages.ts';

const ID = '00000000-0000-4000-8abc-000000000001';
const PIECE_BYTES = 65_536;
const AT = 1_767_225_600_000;

const aStore = async () => {
	const memory = await createMemoryFile();
	const changes: unknown[] = [];
	const store = await openStore({
		openFile: () => memory.openFile(),
		shelf: memory.shelf,
		now: () => AT,
		createApp: (parts) => createApp({ ...parts, vocabulary, world: steadyWorld() }),
		hasRoom: () => Promise.resolve(true),
		onChange: (change) => changes.push(change),
		onFailing: () => undefined,
		onBusy: () => undefined,
		onDeposed: () => undefined,
		onRepaired: () => undefined,
		openScratch: openMemory
	});
	onTestFinished(() => store.close());
	let commands = 0;
	const dispatch = (name: string, input: unknown) =>
		store.perform({
			method: 'dispatch',
			command: { id: `c-${String(++commands)}`, name, input, tab: 'tab-1' }
		});
	const botNames = async () =>
		((await store.perform({ method: 'ask', name: 'bots', input: {} })) as { name: string }[]).map(
			({ name }) => name
		);
	return { store, changes, dispatch, botNames };
};

/** The pieces of a library's file; `first`: the number its log begins with. */
const piecesOf = async (
	fill: (at: Given) => void,
	first = 1,
	library = ''
): Promise<Uint8Array<ArrayBuffer>[]> => {
	const db = await openMemory();
	const other = play(db, {
		world: {
			...steadyWorld(),
			newId: (
				(n) => () =>
					`00000000-0000-4000-9001-${(++n).toString(16).padStart(12, '0')}`
			)(0)
		}
	});
	db.run(sql`insert or replace into kernel_meta (k, v) values ('next_seq', ${first})`);
	fill(other);
	db.run(sql`insert into kernel_meta (k, v) values ('for_library', ${library})`);
	const pieces: Uint8Array<ArrayBuffer>[] = [];
	for (let offset = 0; ;) {
		const piece = bytesOf(db, offset, PIECE_BYTES);
		if (piece.byteLength === 0) break;
		pieces.push(piece);
		offset += piece.byteLength;
	}
	db.close();
	return pieces;
};

const story = (at: Given): void => {
	const { chatId } = aChat(at, { name: 'Odo' });
	anExchange(at, chatId, 'A lamp.', 'Two.');
};

const arriveWhole = async (store: Store, id: string, pieces: readonly Uint8Array<ArrayBuffer>[]) => {
	for (const [piece, bytes] of pieces.entries())
		await store.perform({ method: 'arrive', id, piece, bytes, last: piece === pieces.length - 1 });
};

const admit = (how: 'merge' | 'replace'): Request => ({ method: 'admit', id: ID, how, at: AT, tab: 'tab-1' });

test('a file that arrived is merged once, however often that is asked, and can be undone', async () => {
	const { store, dispatch, botNames } = await aStore();
	await dispatch('author_bot', { name: 'Mara' });
	const first = (await store.perform({ method: 'reserve', events: 100 })) as number;
	const { library } = (await store.perform({ method: 'ask', name: 'holdings', input: {} })) as {
		library: string;
	};
	await arriveWhole(store, ID, await piecesOf(story, first, library));
	const answer = await store.perform(admit('merge'));
	expect(answer).toMatchObject({ ok: true, value: { chats: [expect.any(String)] } });
	expect(await store.perform(admit('merge'))).toEqual(answer);
	expect(await botNames()).toEqual(['Mara', 'Odo']);
	expect(await dispatch('undo_last', { tab: 'tab-1' })).toMatchObject({ value: { command: 'bring_in' } });
	expect(await botNames()).toEqual(['Mara']);
	expect(await dispatch('author_bot', { name: 'Edda' })).toMatchObject({ ok: true });
});

test('numbers that were reserved in a library mean nothing in the one that took its place', async () => {
	const { store, dispatch, botNames } = await aStore();
	await dispatch('author_bot', { name: 'Mara' });
	const library = async () =>
		((await store.perform({ method: 'ask', name: 'holdings', input: {} })) as { library: string }).library;
	const before = await library();
	const first = (await store.perform({ method: 'reserve', events: 100 })) as number;
	const late = crypto.randomUUID();
	await arriveWhole(store, late, await piecesOf(story, first, before));
	await arriveWhole(store, ID, await piecesOf(story));
	await store.perform(admit('replace'));
	expect(await library()).not.toBe(before);
	const merged = await store.perform({ method: 'admit', id: late, how: 'merge', at: AT });
	expect(merged).toEqual({ ok: false, error: { type: 'here_by_now' } });
	for (let n = 0; n < 120; n++)
		expect(await dispatch('author_bot', { name: 'Edda' })).toMatchObject({ ok: true });
	expect(new Set(await botNames())).toEqual(new Set(['Edda', 'Odo']));
	// put back, it is another one again
	const [kept] = (await store.perform({ method: 'keptFiles' })) as { name: string }[];
	await store.perform({ method: 'restoreKept', name: kept?.name ?? '', at: AT });
	expect(await library()).not.toBe(before);
});

test('pieces that came before are passed over; one without those before is refused', async () => {
	const { store } = await aStore();
	const pieces = await piecesOf(story);
	expect(pieces.length).toBeGreaterThan(2);
	const send = (piece: number) =>
		store.perform({
			method: 'arrive',
			id: ID,
			piece,
			bytes: pieces[piece] ?? new Uint8Array(),
			last: piece === pieces.length - 1
		});
	await expect(send(1)).rejects.toMatchObject({ name: 'ArrivalGone' });
	await send(0);
	await send(0);
	await expect(send(2)).rejects.toMatchObject({ name: 'ArrivalGone' });
	for (const piece of pieces.keys()) await send(piece);
	await send(pieces.length - 1);
	expect(await store.perform(admit('replace'))).toMatchObject({ ok: true });
	await expect(
		store.perform({ method: 'admit', id: crypto.randomUUID(), how: 'merge', at: AT })
	).rejects.toMatchObject({ name: 'ArrivalGone' });
});

test('a file takes the place of the library, which is kept, read, and put back', async () => {
	const { store, changes, dispatch, botNames } = await aStore();
	await dispatch('author_bot', { name: 'Mara' });
	const { epoch } = store;
	await arriveWhole(store, ID, await piecesOf(story));
	changes.length = 0;
	// what is asked meanwhile is answered by one library or the other
	const [replaced, asked] = await Promise.all([store.perform(admit('replace')), botNames()]);
	expect(replaced).toMatchObject({ ok: true });
	expect([['Mara'], ['Odo']]).toContainEqual(asked);
	expect(changes).toContain(null);
	expect(await store.perform(admit('replace'))).toEqual(replaced);
	expect(await botNames()).toEqual(['Odo']);
	expect(await dispatch('author_bot', { name: 'Edda' })).toMatchObject({ ok: true });
	expect(store.epoch).toBe(epoch);

	const kept = (await store.perform({ method: 'keptFiles' })) as {
		name: string;
		why: string;
		bytes: number;
	}[];
	expect(kept).toMatchObject([{ why: 'replaced', at: AT, bytes: expect.any(Number) as number }]);
	const name = kept[0]?.name ?? '';
	const piece = (await store.perform({ method: 'readKept', name, offset: 0 })) as Uint8Array;
	expect(new TextDecoder().decode(piece.subarray(0, 15))).toBe('SQLite format 3');
	expect(await store.perform({ method: 'readKept', name, offset: kept[0]?.bytes ?? 0 })).toHaveLength(0);
	expect(await store.perform({ method: 'readKept', name: '/no.db', offset: 0 })).toBeNull();

	expect(await store.perform({ method: 'restoreKept', name: '/no.db', at: AT + 1 })).toBe(false);
	expect(await store.perform({ method: 'restoreKept', name, at: AT + 1 })).toBe(true);
	expect(await botNames()).toEqual(['Mara']);
	const after = (await store.perform({ method: 'keptFiles' })) as { name: string; why: string }[];
	expect(after).toMatchObject([{ why: 'replaced', at: AT + 1 }]);
	await store.perform({ method: 'deleteKept', name: after[0]?.name ?? '' });
	expect(await store.perform({ method: 'keptFiles' })).toEqual([]);
	expect(await botNames()).toEqual(['Mara']);
});
