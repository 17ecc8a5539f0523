// The travel worker as the page sees it: over ports, stopped by name, and telling how things stand with backups.
import * as Comlink from 'comlink';
import { expect, onTestFinished, test } from 'vitest';
import { vocabulary } from '#lib/domain/vocabulary.ts';
import { aChat, anExchange, given, type Given } from '#tests/support/given.ts';
import { pickedFolder, testFolder } from '#tests/support/private-files.ts';
import { openedFile, takingFrom, TAKEN_AT_MS } from '#tests/support/taking.ts';
import type { KeptFile, TravelProgress } from '../travel-protocol.ts';
import { createTravelWorker } from './travel-api.ts';
import { openTravelStore } from './travel-store.ts';
import { openWorkshop } from './workshop.ts';

const LIBRARY = { what: { kind: 'library' }, as: 'stet', passphrase: '' } as const;
const quiet = (): void => undefined;

const aWorker = (at: Given, { nowhere = false } = {}) => {
	const kept: KeptFile[] = [];
	const restored: string[] = [];
	const folder = testFolder();
	let now = TAKEN_AT_MS;
	const api = createTravelWorker({
		vocabulary,
		now: () => (now += 1000),
		newId: () => crypto.randomUUID(),
		openWorkshop,
		privateFolder: async () => (nowhere ? null : folder),
		// Node has no IndexedDB: what is remembered lasts as long as this worker
		store: openTravelStore(),
		alone: (_, work) => work(),
		canPickFolder: true
	});
	const { port1, port2 } = new MessageChannel();
	onTestFinished(() => {
		port1.close();
		port2.close();
	});
	const { port } = takingFrom(at);
	const log = {
		ask: port.ask,
		keptFiles: async () => kept,
		readKept: port.readKept,
		restoreKept: async (name: string) => restored.push(name) > 0,
		deleteKept: async (name: string) => {
			kept.splice(
				kept.findIndex((file) => file.name === name),
				1
			);
		}
	};
	const connect = (): void => {
		Comlink.expose(log, port1);
		api.connectLog(port2);
	};
	return { api, connect, folder, kept, restored };
};

const played = async (): Promise<Given> => {
	const at = await given();
	const { chatId } = aChat(at);
	anExchange(at, chatId, 'Hello', 'Good evening.');
	return at;
};

test('what is asked before the log is connected waits for it', async () => {
	const { api, connect } = aWorker(await played());
	const told: TravelProgress[] = [];
	const asked = api.takeOut('run', LIBRARY, (progress) => told.push(progress));
	connect();
	const taken = await asked;
	expect(taken).toMatchObject({ ok: true, value: { ending: '.stet', holds: { chats: 1, turns: 2 } } });
	expect(told.length).toBeGreaterThan(3);
	if (taken?.ok === true) await openedFile(taken.value.file);
});

test('work is stopped by the name of its run, and no other work is', async () => {
	const { api, connect, folder } = aWorker(await played());
	connect();
	const taking = api.takeOut('one', LIBRARY, quiet);
	const backingUp = api.backUp('two', 'by-hand', quiet);
	const other = api.takeOut('three', LIBRARY, quiet);
	await api.stop('one');
	await api.stop('two');
	await api.stop('unknown');
	expect(await taking).toBeNull();
	expect(await backingUp).toBeNull();
	expect(folder.files.size).toBe(0);
	expect(await other).toMatchObject({ ok: true });
});

test('how things stand with backups: the newest of all, and of what was downloaded', async () => {
	const { api, connect, kept } = aWorker(await played());
	connect();
	expect(await api.backupState()).toEqual({
		lastAt: null,
		backups: [],
		kept: [],
		folder: null,
		canPickFolder: true
	});
	const made = await api.backUp('run', 'by-hand', quiet);
	kept.push({ name: 'old', why: 'replaced', at: 1, bytes: 2 });
	expect(await api.backupState()).toMatchObject({ lastAt: made?.at, backups: [made], kept });
	await api.downloaded(TAKEN_AT_MS + 1_000_000);
	await api.downloaded(5);
	expect(await api.backupState()).toMatchObject({ lastAt: TAKEN_AT_MS + 1_000_000 });

	const file = { what: { kind: 'backup', name: made?.name ?? '' }, as: 'stet', passphrase: '' } as const;
	const taken = await api.takeOut('again', file, quiet);
	expect(taken).toMatchObject({ ok: true, value: { at: made?.at, holds: made?.holds, ending: '.stet' } });

	const picked = pickedFolder();
	await api.setFolder(picked.handle);
	const written = await api.backUpToFolder(true);
	expect(written).toMatchObject({ name: 'Stories', failed: null });
	expect(await api.backupState()).toMatchObject({ folder: { lastAt: written?.lastAt } });
	await api.deleteBackup(made?.name ?? '');
	expect(await api.backupState()).toMatchObject({ backups: [] });
});

test('a kept library is put back, without a backup: the one in use is kept in its place', async () => {
	const { api, connect, kept, restored } = aWorker(await played());
	connect();
	kept.push({ name: 'old', why: 'replaced', at: 1, bytes: 2 });
	expect(await api.restoreKept('old')).toBe(true);
	expect(restored).toEqual(['old']);
	const { backups, kept: listed } = await api.backupState();
	expect(backups).toEqual([]);
	expect(listed).toHaveLength(1);
	await api.deleteKept('old');
	expect((await api.backupState()).kept).toEqual([]);
});

test('where nothing can be kept there are no backups, and files are taken out all the same', async () => {
	const { api, connect } = aWorker(await played(), { nowhere: true });
	connect();
	expect(await api.backUp('run', 'by-hand', quiet)).toBeNull();
	expect(await api.backupState()).toMatchObject({ lastAt: null, backups: [] });
	expect(await api.takeOut('other', LIBRARY, quiet)).toMatchObject({ ok: true });
});
