// With the server gone the app on the device opens, reads, edits and plays on, and nothing of it is lost afterwards.
import { fileURLToPath } from 'node:url';
import { startServer } from '../../scripts/serve.js';
import { expect } from '../support/app.ts';
import { beginDemo, replied, say, stored, story, test, wordsOf } from '../support/story.ts';

const root = fileURLToPath(new URL('../../build', import.meta.url));

test('the server is gone: the app opens at every address, reads, edits, plays on, and keeps it all', async ({
	page,
	context,
	relaunch
}) => {
	let server = await startServer({ root });
	const { origin } = server;
	try {
		await page.goto(origin);
		const chatId = await beginDemo(page);
		await say(page, 'I came by the last ferry.');
		await replied(page, 3);
		const reply = await wordsOf(story(page).turns.last()).innerText();
		await page.evaluate(async () => {
			await navigator.serviceWorker.ready;
		});
		await server.stop();
		await expect(context.request.get(origin), 'it is really gone').rejects.toThrow('ECONNREFUSED');

		expect((await page.goto(`${origin}/settings`))?.fromServiceWorker()).toBe(true);
		await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
		expect((await page.goto(origin))?.fromServiceWorker()).toBe(true);
		await page.getByRole('link', { name: /^Continue/ }).click();
		await expect(story(page).turns).toHaveCount(3);

		// the whole browser, with nothing of the page in its memory
		const away = await (await relaunch()).newPage();
		expect((await away.goto(`${origin}/chats/${chatId}`))?.fromServiceWorker()).toBe(true);
		await expect(wordsOf(story(away).turns.last())).toHaveText(reply, { useInnerText: true });

		const mine = story(away).turns.nth(1);
		await mine.hover();
		await mine.getByRole('button', { name: 'Edit this turn' }).click();
		await away.getByRole('textbox', { name: 'The words of this turn' }).fill('I came on foot.');
		await mine.getByRole('button', { name: 'Save' }).click();
		await expect(wordsOf(mine)).toHaveText('I came on foot.');
		await mine.getByRole('button', { name: 'Edited' }).click();
		const before = away.getByRole('dialog', { name: 'What it said before' });
		await expect(before).toContainText('I came by the last ferry.');
		await before.getByRole('button', { name: 'Close' }).last().click();
		await expect(before).toBeHidden();

		await say(away, 'Do you have a lantern?');
		await replied(away, 5);
		await expect(wordsOf(story(away).turns.last())).toContainText('lantern');
		await expect(away.getByText('Saved', { exact: true })).toBeAttached();
		const offline = await stored(away, chatId);

		server = await startServer({ root, port: Number(new URL(origin).port) });
		const back = await (await relaunch()).newPage();
		await back.goto(`${origin}/chats/${chatId}`);
		await expect(story(back).turns).toHaveCount(5);
		expect(await stored(back, chatId)).toEqual(offline);
		expect(offline.map(({ edits }) => edits)).toEqual([0, 1, 0, 0, 0]);
		await say(back, 'Morning.');
		await replied(back, 7);
	} finally {
		await server.stop();
	}
});
