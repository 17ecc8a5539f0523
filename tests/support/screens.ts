// What a person does on the app's screens, for tests of other things than those steps.
import { expect, type Locator, type Page } from '@playwright/test';
import type {} from '../../src/routes/ui/console-door.ts';
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
	readonly role: 'user' | 'assistant';
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
	await form.getByLabel(en.settings.url).fill(url);
	await form.getByLabel(en.settings.model).fill(model);
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
export const storedTurns = (page: Page, chatId: string): Promise<readonly ToldTurn[]> =>
	page.evaluate(async (id) => {
		const answer = await window.stet?.ask('transcript', { chatId: id, limit: 1000 });
		return (answer?.turns ?? []).map(({ role, text, truncated }) => ({ role, text, truncated }));
	}, chatId);

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
