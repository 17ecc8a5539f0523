// What a person does in a story, and what the console door says about it, for the end-to-end tests.
import type { BrowserContext, Locator, Page } from '@playwright/test';
import type {} from '../../src/routes/ui/console-door.ts';
import { en } from '../../src/routes/words/en.ts';
import { startReplayServer, type ReplayServer } from './replay-server.ts';
import { expect, test as base } from './app.ts';
import { addConnection } from './screens.ts';

/** The end-to-end tests' `test` with a model server on loopback. */
export const test = base.extend<{ readonly provider: ReplayServer }>({
	provider: async ({}, use) => {
		const server = await startReplayServer();
		await use(server);
		await server.close();
	}
});

/** The part of a stored turn the tests look at. */
export interface Turn {
	readonly turnId: string;
	readonly role: 'user' | 'assistant' | 'narrator';
	readonly text: string;
	readonly truncated: boolean;
	readonly edits: number;
}

/** What is on the screen of a story. */
export const story = (page: Page) => ({
	title: page.getByRole('heading', { level: 1 }),
	composer: page.getByRole('textbox', { name: 'Your turn' }),
	send: page.getByRole('button', { name: 'Send' }),
	stop: page.getByRole('button', { name: 'Stop' }),
	keep: page.getByRole('button', { name: 'Keep it' }),
	discard: page.getByRole('button', { name: 'Discard it' }),
	again: page.getByRole('button', { name: 'Ask again' }),
	/** Turns that are in the log. */
	turns: page.locator('article[id^="turn-"]'),
	/** The reply while it is being written. */
	streaming: page.locator('article[aria-busy="true"]'),
	menu: page.getByRole('button', { name: 'More for this story' })
});

/** The words of a turn, without its name and buttons. */
export const wordsOf = (turn: Locator): Locator => turn.locator('.words');

/**
 * Begins a story with one bot from the first screen, played by the built-in storyteller, and answers its id. Nobody but the
 * bot replies, so that turns can be counted; the demo story itself has a guest who puts in words.
 */
export const beginDemo = async (page: Page): Promise<string> => {
	await expect(page.getByRole('button', { name: 'Play the demo story' })).toBeVisible();
	await page.waitForFunction(() => window.stet !== undefined);
	const chatId = await page.evaluate(
		async ([name, greeting, title]) => {
			const { stet } = window;
			if (stet === undefined) throw new Error('no console door');
			const bot = await stet.dispatch('author_bot', { name, greeting });
			if (!bot.ok) throw new Error(bot.error.type);
			const chat = await stet.dispatch('create_chat', { botId: bot.value.botId, title });
			if (!chat.ok) throw new Error(chat.error.type);
			return chat.value.chatId;
		},
		[en.demoStory.botName, en.demoStory.greeting, en.demoStory.title] as const
	);
	// by a link and not by its address: what is kept in memory only is gone with the page
	await page.locator(`a[href$="/chats/${chatId}"]`).first().click();
	await expect(story(page).composer).toBeVisible();
	return chatId;
};

/** Says something and presses Send. */
export const say = async (page: Page, text: string): Promise<void> => {
	await story(page).composer.fill(text);
	await story(page).send.click();
};

/** Waits until the newest turn is a reply and nothing runs. */
export const replied = async (page: Page, turns: number): Promise<void> => {
	// those far above the reader are not on the page
	await expect(story(page).turns.last()).toHaveAttribute('aria-posinset', String(turns), { timeout: 30_000 });
	await expect(story(page).streaming).toHaveCount(0, { timeout: 30_000 });
	await expect(story(page).send).toBeVisible();
};

/** What is stored of a story, through the console door. */
export const stored = (page: Page, chatId: string): Promise<readonly Turn[]> =>
	page.evaluate(async (id) => {
		if (window.stet === undefined) throw new Error('no console door');
		return (await window.stet.ask('transcript', { chatId: id, limit: 1000 })).turns;
	}, chatId);

/** The reply a story waits for, through the console door; null when there is none. */
export const job = (
	page: Page,
	chatId: string
): Promise<{ readonly state: string; readonly text: string } | null> =>
	page.evaluate(async (id) => (await window.stet?.ask('chat', { chatId: id }))?.reply ?? null, chatId);

/** Adds a connection on the Settings screen, by hand, and uses it for new replies. Leaves the page on Settings. */
const connect = async (page: Page, url: string, label = 'Replay'): Promise<void> => {
	await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
	await addConnection(page, { label, url, key: { secret: 'sk-test-0123456789', remember: true } });
	await expect(page.getByRole('listitem').filter({ hasText: label }).getByText('In use')).toBeVisible();
};

/** A demo story whose replies come from a scenario of the model server: what most tests begin with. */
export const beginWith = async (page: Page, origin: string, url: string): Promise<string> => {
	await page.goto(origin);
	const chatId = await beginDemo(page);
	await connect(page, url);
	await page.goBack();
	await expect(story(page).composer).toBeVisible();
	await expect(page.getByText('Replies come from Replay')).toBeVisible();
	return chatId;
};

/** Ends the process that shows the page, workers and all, as a crash does: no event reaches it. */
export const crash = async (context: BrowserContext, page: Page): Promise<void> => {
	const crashed = page.waitForEvent('crash');
	const session = await context.newCDPSession(page);
	// it never answers
	session.send('Page.crash').catch(() => undefined);
	await crashed;
	await page.close();
};
