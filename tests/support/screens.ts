// What a person does on the app's screens, for tests of other things than those steps.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, type Locator, type Page } from '@playwright/test';
import { CHROMIUM_ARGS, chromiumPath } from '../../scripts/browser.js';
import type {} from '../../src/routes/ui/console-door.ts';
import { files } from '../../src/routes/words/en-files.ts';
import { en } from '../../src/routes/words/en.ts';

/** What is typed into the connection form. Without a key, “No key” is chosen. */
export interface EnteredConnection {
	readonly label: string;
	readonly url: string;
	readonly model?: string;
	readonly key?: { readonly secret: string; readonly remember: boolean };
}

/** A turn as the app itself tells it. */
export interface ToldTurn {
	readonly role: 'user' | 'assistant' | 'narrator';
	readonly text: string;
	readonly truncated: boolean;
}

/** The line of a connection on the settings screen. */
export const connectionLine = (page: Page, label: string): Locator =>
	page.getByRole('listitem').filter({ has: page.getByText(label, { exact: true }) });

/** Fills the open connection form in. */
export const fillConnection = async (
	page: Page,
	{ label, url, model = 'replay', key }: EnteredConnection
): Promise<void> => {
	const form = page.getByRole('dialog');
	const provider = form.getByLabel(en.models.provider);
	if ((await provider.inputValue()) === '') await provider.selectOption({ label: en.models.another });
	if (!(await form.getByLabel(en.settings.label, { exact: true }).isVisible()))
		await form.getByText(en.settings.more).click();
	await form.getByLabel(en.settings.url).fill(url);
	await form.getByLabel(en.settings.model, { exact: true }).fill(model);
	await form.getByLabel(en.settings.label, { exact: true }).fill(label);
	if (key === undefined) {
		await form.getByLabel(en.settings.keyNo).check();
		return;
	}
	await form.getByLabel(en.settings.keyNew).check();
	await form.getByLabel(en.settings.keySecret, { exact: true }).fill(key.secret);
	await form.getByLabel(key.remember ? en.settings.keyRemember : en.settings.keySessionOnly).check();
};

/** Saves the open connection form and waits until it is gone. */
export const saveConnection = async (page: Page): Promise<void> => {
	await page.getByRole('dialog').getByRole('button', { name: en.app.save }).click();
	await expect(page.getByRole('dialog')).toHaveCount(0);
};

/** Adds a connection on the settings screen, which must be open. */
export const addConnection = async (page: Page, entered: EnteredConnection): Promise<void> => {
	await page.getByRole('button', { name: en.settings.add }).click();
	await fillConnection(page, entered);
	await saveConnection(page);
	await expect(connectionLine(page, entered.label)).toBeVisible();
};

/** Makes new replies come from the connection. The settings screen must be open. */
export const useConnection = async (page: Page, label: string): Promise<void> => {
	const line = connectionLine(page, label);
	// one that was just added is taken into use by itself, a moment later
	await expect(async () => {
		if ((await line.textContent())?.includes(en.settings.inUse) === false)
			await page.getByRole('button', { name: `${en.settings.use}: ${label}` }).click({ timeout: 1000 });
		await expect(line).toContainText(en.settings.inUse, { timeout: 1000 });
	}).toPass();
};

/** Begins a story with a new bot that says nothing first, through the console door; returns the story's id. */
export const beginStory = (page: Page, botName: string, greeting = ''): Promise<string> =>
	page.evaluate(
		async ([name, opening]) => {
			const { stet } = window;
			if (stet === undefined) throw new Error('the console door is not open');
			const bot = await stet.dispatch('author_bot', { name, greeting: opening });
			if (!bot.ok) throw new Error(bot.error.type);
			const chat = await stet.dispatch('create_chat', { botId: bot.value.botId });
			if (!chat.ok) throw new Error(chat.error.type);
			return chat.value.chatId;
		},
		[botName, greeting] as const
	);

/** Types the words into the composer and sends them. */
export const say = async (page: Page, text: string): Promise<void> => {
	await page.getByLabel(en.chat.composer).fill(text);
	await page.getByRole('button', { name: en.chat.send }).click();
};

/** The turns of a story as they are stored, oldest first. */
export const storedTurns = async (page: Page, chatId: string): Promise<readonly ToldTurn[]> => {
	// the first paint comes from the built page, before the app that answers runs
	await page.waitForFunction(() => window.stet !== undefined);
	return page.evaluate(async (id) => {
		const answer = await window.stet?.ask('transcript', { chatId: id, limit: 1000 });
		return (answer?.turns ?? []).map(({ role, text, truncated }) => ({ role, text, truncated }));
	}, chatId);
};

/** The last `count` stored replies, oldest first; waits until there are `total` in the story. */
export const storedReplies = async (
	page: Page,
	chatId: string,
	total: number
): Promise<readonly string[]> => {
	const replies = async (): Promise<readonly string[]> =>
		(await storedTurns(page, chatId)).filter(({ role }) => role === 'assistant').map(({ text }) => text);
	await expect.poll(async () => (await replies()).length, { timeout: 30_000 }).toBe(total);
	return replies();
};

/** The bytes of a file somebody has, and its name. */
export interface HeldFile {
	readonly name: string;
	readonly mimeType: string;
	readonly buffer: Buffer;
}

/** Presses Download in the open dialog, waits until the file is there, closes the dialog, and gives the file. */
export const finishDownload = async (page: Page): Promise<HeldFile> => {
	const dialog = page.getByRole('dialog');
	const download = page.waitForEvent('download');
	await dialog.getByRole('button', { name: files.takeOut.go, exact: true }).click();
	const file = await download;
	await dialog.getByRole('button', { name: en.app.close }).click();
	await expect(dialog).toHaveCount(0);
	return {
		name: file.suggestedFilename(),
		mimeType: 'application/vnd.stet',
		buffer: readFileSync(await file.path())
	};
};

/** Downloads the whole library from Recovery, which is opened for it. */
export const downloadLibrary = async (page: Page): Promise<HeldFile> => {
	await page.goto('/recovery');
	await page.getByRole('button', { name: files.takeOut.library }).click();
	return finishDownload(page);
};

/** Downloads the story from its own menu; it is opened for that. */
export const downloadStory = async (page: Page, chatId: string): Promise<HeldFile> => {
	await page.goto(`/chats/${chatId}`);
	await page.getByRole('button', { name: en.chat.menu }).click();
	await page.getByRole('menuitem', { name: en.travel.download }).click();
	return finishDownload(page);
};

/** Chooses files after a press on Import; the page must have that button. */
export const chooseToImport = async (page: Page, ...chosen: readonly HeldFile[]): Promise<void> => {
	const chooser = page.waitForEvent('filechooser');
	await page.getByRole('button', { name: en.travel.import, exact: true }).click();
	await (await chooser).setFiles([...chosen]);
};

/** Waits until the page takes what is dropped or pasted: that part of it is loaded after its first words. */
const takesFiles = (page: Page): Promise<void> =>
	expect(async () => {
		await page.evaluate(() => {
			const held = new DataTransfer();
			held.items.add(new File(['x'], 'x'));
			document.body.dispatchEvent(new DragEvent('dragenter', { bubbles: true, dataTransfer: held }));
		});
		await expect(page.getByText(files.bringIn.drop)).toBeVisible({ timeout: 500 });
		await page.evaluate(() => document.body.dispatchEvent(new DragEvent('dragleave', { bubbles: true })));
		await expect(page.getByText(files.bringIn.drop)).toHaveCount(0);
	}).toPass();

/** Drops files on the page as a pointer does, or pastes them. */
export const handOver = async (
	page: Page,
	how: 'drop' | 'paste',
	...given: readonly HeldFile[]
): Promise<void> => {
	await takesFiles(page);
	await page.evaluate(
		([way, all]) => {
			const held = new DataTransfer();
			for (const { name, type, bytes } of all)
				held.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, { type }));
			const event = { bubbles: true, cancelable: true } as const;
			if (way === 'paste') {
				document.body.dispatchEvent(new ClipboardEvent('paste', { ...event, clipboardData: held }));
				return;
			}
			for (const type of ['dragenter', 'dragover', 'drop'])
				document.body.dispatchEvent(new DragEvent(type, { ...event, dataTransfer: held }));
		},
		[
			how,
			given.map(({ name, mimeType, buffer }) => ({ name, type: mimeType, bytes: buffer.toString('base64') }))
		] as const
	);
};

/** Waits for the report of the open import dialog, and adds what the file holds. */
export const addToLibrary = async (page: Page): Promise<void> => {
	const dialog = page.getByRole('dialog');
	await dialog.getByRole('button', { name: files.bringIn.add }).click();
	await expect(dialog).toHaveCount(0);
};

/** The note at the foot of the page. */
export const footNote = (page: Page): Locator => page.locator('.place[role=status]');

/** Stories, bots and personas as they are told, and every turn of every story: what two devices are compared by. */
export const wholeLibrary = async (page: Page): Promise<unknown> => {
	await page.waitForFunction(() => window.stet !== undefined);
	return page.evaluate(async () => {
		const { stet } = window;
		if (stet === undefined) throw new Error('the console door is not open');
		const stories = [
			...(await stet.ask('home', { archived: false })),
			...(await stet.ask('home', { archived: true }))
		].toSorted((one, other) => one.chatId.localeCompare(other.chatId));
		return {
			stories,
			turns: await Promise.all(
				stories.map(async ({ chatId }) => (await stet.ask('transcript', { chatId, limit: 1000 })).turns)
			),
			bots: await stet.ask('bots', {}),
			yous: await stet.ask('yous', {})
		};
	});
};

/** A browser with an empty disk of its own, at the front page: another device, or the same one after a loss. */
export const onAnotherDevice = async <T>(origin: string, use: (page: Page) => Promise<T>): Promise<T> => {
	const folder = mkdtempSync(join(tmpdir(), 'stet-profile-'));
	const context = await chromium.launchPersistentContext(folder, {
		baseURL: origin,
		executablePath: chromiumPath(),
		args: CHROMIUM_ARGS
	});
	const errors: string[] = [];
	context.on('weberror', (error) => errors.push(error.error().message));
	try {
		const page = context.pages()[0] ?? (await context.newPage());
		await page.goto('/');
		await expect(page.getByRole('button', { name: en.home.demo })).toBeVisible();
		const result = await use(page);
		expect(errors).toEqual([]);
		return result;
	} finally {
		await context.close();
		rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	}
};
