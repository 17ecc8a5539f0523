// What a person does in a story, and what the console door says about it, for the end-to-end tests.
import type { BrowserContext, Locator, Page } from '@playwright/test';
import type {} from '../../src/routes/ui/console-door.ts';
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

/** The id of the story the page shows. */
const chatIdOf = (page: Page): string => new URL(page.url()).pathname.split('/').at(-1) ?? '';

/** Begins the demo story from the first screen, and answers its id. */
export const beginDemo = async (page: Page): Promise<string> => {
	await page.getByRole('button', { name: 'Play the demo story' }).click();
	await expect(story(page).composer).toBeVisible();
	return chatIdOf(page);
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
