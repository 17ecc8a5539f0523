// The main journey in a stock Firefox: a story with and without a network, and a reply from a model server.
import type { Page } from 'puppeteer-core';
import { expect } from 'vitest';
import type {} from '../../src/routes/ui/console-door.ts';
import { test } from '../support/firefox.ts';
import { REPLAY_TEXT, startReplayServer } from '../support/replay-server.ts';

const COMPOSER = 'textarea[aria-label="Your turn"]';

const button = (name: string): string => `::-p-aria([name="${name}"][role="button"])`;

const press = async (page: Page, name: string): Promise<void> => {
	await page.locator(button(name)).click();
};

/** Waits until the story has so many turns and nothing is being written. */
const turnsAre = async (page: Page, count: number): Promise<void> => {
	await page.waitForFunction(
		(turns) =>
			// those far above the reader are not on the page
			[...document.querySelectorAll('article[id^="turn-"]')].at(-1)?.getAttribute('aria-posinset') ===
				String(turns) && document.querySelector('article[aria-busy="true"]') === null,
		{ timeout: 60_000 },
		count
	);
};

const say = async (page: Page, text: string): Promise<void> => {
	await page.locator(COMPOSER).fill(text);
	await press(page, 'Send');
};

/** A story with one bot, played by the built-in storyteller: the demo story has a guest, and turns that cannot be counted. */
const beginDemo = async (page: Page, origin: string): Promise<string> => {
	await page.goto(origin);
	await page.waitForFunction(() => window.stet !== undefined);
	const chatId = await page.evaluate(async () => {
		const bot = await window.stet?.dispatch('author_bot', {
			name: 'Mara Quill',
			greeting: 'Sit, if you like.'
		});
		if (bot?.ok !== true) throw new Error('the bot was refused');
		const chat = await window.stet?.dispatch('create_chat', { botId: bot.value.botId });
		if (chat?.ok !== true) throw new Error('the story was refused');
		return chat.value.chatId;
	});
	await page.locator(`a[href$="/chats/${chatId}"]`).click();
	await page.waitForSelector(COMPOSER);
	return chatId;
};

const stored = (page: Page, chatId: string): Promise<readonly { text: string; edits: number }[]> =>
	page.evaluate(async (id) => {
		const answer = await window.stet?.ask('transcript', { chatId: id, limit: 1000 });
		return (answer?.turns ?? []).map(({ text, edits }) => ({ text, edits }));
	}, chatId);

test('a story is played, edited, left and found again, with the server gone too', async ({
	page,
	site,
	errors,
	relaunch
}) => {
	const { origin } = site;
	const chatId = await beginDemo(page, origin);
	expect(await page.evaluate(() => window.stet?.status())).toMatchObject({ state: 'ready', kept: 'disk' });
	await say(page, 'I came by the last ferry.');
	await turnsAre(page, 3);

	await page.reload();
	await turnsAre(page, 3);
	await page.focus(COMPOSER);
	await page.keyboard.press('ArrowUp');
	await page.locator('textarea[aria-label="The words of this turn"]').fill('I came on foot.');
	await press(page, 'Save');
	await page.waitForSelector(button('Edited'));
	const before = await stored(page, chatId);
	expect(before.map(({ edits }) => edits)).toEqual([0, 1, 0]);
	expect(before[1]?.text).toBe('I came on foot.');
	await page.evaluate(async () => {
		await navigator.serviceWorker.ready;
	});

	await site.stop();
	const away = await relaunch();
	await away.goto(`${origin}/chats/${chatId}`);
	await turnsAre(away, 3);
	expect(await stored(away, chatId)).toEqual(before);
	await say(away, 'Do you have a lantern?');
	await turnsAre(away, 5);

	await site.start();
	await away.reload();
	await turnsAre(away, 5);
	const after = await stored(away, chatId);
	expect(after.slice(0, 3)).toEqual(before);
	expect(after[4]?.text).toContain('lantern');
	expect(errors).toEqual([]);
});

test('a model server is connected on the settings screen and its reply is stored whole', async ({
	page,
	origin,
	errors
}) => {
	const provider = await startReplayServer();
	try {
		const chatId = await beginDemo(page, origin);
		await page.goto(`${origin}/settings`);
		await press(page, 'Add a connection');
		await page.waitForSelector('#connection-server');
		await page.select('#connection-server', 'another');
		await page.locator('form summary').click();
		await page.locator('#connection-url').fill(provider.base('unicode', 1));
		await page.locator('#connection-model').fill('replay');
		await page.locator('#connection-label').fill('Replay');
		await page.locator('input[name=key][value=set]').click();
		await page.locator('#connection-key').fill('sk-test-0123456789');
		await press(page, 'Save');

		await page.waitForSelector('::-p-text(Replay is saved.)');
		await press(page, 'Test: Replay');
		await page.waitForSelector('::-p-text(It answers.)');

		await page.goto(`${origin}/chats/${chatId}`);
		await page.waitForSelector('::-p-text(Replies come from Replay)');
		await say(page, 'Say it in every script.');
		await turnsAre(page, 3);
		expect((await stored(page, chatId))[2]?.text).toBe(REPLAY_TEXT.unicode);
		const asked = provider.requests.filter(({ method }) => method === 'POST');
		expect(asked, 'the test and the reply').toHaveLength(2);
		for (const { headers } of asked) {
			expect(headers.authorization).toBe('Bearer sk-test-0123456789');
			// a library's own name here would make Firefox ask for leave that servers do not give
			expect(headers['user-agent']).toMatch(/^Mozilla\//);
		}
		expect(errors).toEqual([]);
	} finally {
		await provider.close();
	}
});
