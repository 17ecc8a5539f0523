// A long story in a browser's storage: made here by the app's own commands, in memory, and laid down as the file they write.
import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { createApp } from '../../src/lib/domain/kernel/app.ts';
import { vocabulary, type Commands } from '../../src/lib/domain/vocabulary.ts';
import { openMemory } from '../../src/lib/worker/storage/sqlite.ts';

/** The words of the turn so many turns into the story, from 1: short ones, long ones, of one paragraph and of several. */
const wordsOfTurn = (number: number): string => {
	const lines = [1, 4, 1, 9, 2, 1, 26, 3][number % 8] ?? 1;
	const line = `Turn ${String(number)} goes on about the tide, the lamp and the ledger. `;
	return Array.from({ length: lines }, (_, n) => line.repeat(1 + ((number + n) % 5))).join('\n\n');
};

/** The database file of a library with one story of so many turns (an even number), by turns the player's and the bot's. */
const makeStory = async (turns: number): Promise<{ readonly chatId: string; readonly file: Uint8Array }> => {
	const db = await openMemory();
	try {
		let now = Date.UTC(2026, 0, 1);
		const app = createApp({
			sql: db,
			vocabulary,
			world: { now: () => (now += 1000), newId: () => randomUUID() }
		});
		const run = <N extends keyof Commands>(name: N, input: Commands[N]['input']) => {
			const answer = app.dispatch({ id: randomUUID(), name, input }) as Commands[N]['result'];
			if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
			return answer.value as Extract<Commands[N]['result'], { readonly ok: true }>['value'];
		};
		const { botId } = run('author_bot', { name: 'Mara', greeting: '' });
		const { chatId } = run('create_chat', { botId, title: 'A long story' });
		for (let number = 1; number <= turns; number += 2) {
			const { jobId } = run('take_turn', { chatId, text: wordsOfTurn(number), connectionId: 'demo' });
			const text = wordsOfTurn(number + 1);
			run('finish_reply', { jobId, text, ended: 'whole', model: null, usage: null });
			run('stop_stage', { jobId });
		}
		return { chatId, file: db.sqlite3.capi.sqlite3_js_db_export(db.pointer) };
	} finally {
		db.close();
	}
};

/**
 * Gives a browser that has never opened the app a library with one long story, and answers the story's id. The layout of
 * the file's slot is that of SQLite's own pool: 512 bytes of name, flags, an unused digest, and the database from 4096 on.
 */
export const layDown = async (page: Page, origin: string, turns: number): Promise<string> => {
	const { chatId, file } = await makeStory(turns);
	// a page of this origin that starts no worker
	const empty = `${origin}/long-story`;
	const bytes = `${empty}.db`;
	await page.route(empty, (route) => route.fulfill({ body: '', contentType: 'text/html' }));
	await page.route(bytes, (route) => route.fulfill({ body: Buffer.from(file) }));
	await page.goto(empty);
	await page.evaluate(async (from) => {
		const database = new Uint8Array(await (await fetch(from)).arrayBuffer());
		const header = new Uint8Array(4096);
		header.set(new TextEncoder().encode('/stet.db'));
		// that it is a main database, and that the digest is not computed
		new DataView(header.buffer).setUint32(512, 0x100);
		const root = await navigator.storage.getDirectory();
		const folder = await root.getDirectoryHandle('stet', { create: true });
		const pool = await folder.getDirectoryHandle('files', { create: true });
		const slots = await pool.getDirectoryHandle('.opaque', { create: true });
		const slot = await (await slots.getFileHandle('laid-down', { create: true })).createWritable();
		await slot.write(header);
		await slot.write(database);
		await slot.close();
		await folder.getFileHandle('created', { create: true });
	}, bytes);
	await page.unrouteAll();
	return chatId;
};
