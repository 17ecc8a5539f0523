// A long story: it opens at its end, and a reader is left where they read.
import type { Locator, Page } from '@playwright/test';
import { expect } from '../support/app.ts';
import { REPLAY_TEXT } from '../support/replay-server.ts';
import { beginWith, say, story, test, wordsOf } from '../support/story.ts';

const ROUNDS = 100;
const WORDS = REPLAY_TEXT.stepped.split(' ');

/** Plays so many rounds through the console door. */
const seed = (page: Page, chatId: string): Promise<void> =>
	page.evaluate(
		async ([id, rounds]) => {
			for (let round = 1; round <= rounds; round += 1) {
				const taken = await window.stet?.dispatch('take_turn', {
					chatId: id,
					text: `Mine, number ${String(round)}.`,
					connectionId: 'demo'
				});
				if (taken?.ok !== true) throw new Error(JSON.stringify(taken));
				const text = `Hers, number ${String(round)}. `.repeat(1 + (round % 7) * 4);
				const said = await window.stet?.dispatch('finish_reply', {
					jobId: taken.value.jobId,
					text,
					ended: 'whole',
					model: null,
					usage: null
				});
				if (said?.ok !== true) throw new Error(JSON.stringify(said));
				await window.stet?.dispatch('stop_stage', { jobId: taken.value.jobId });
			}
		},
		[chatId, ROUNDS] as const
	);

const top = async (line: Locator): Promise<number> => (await line.boundingBox())?.y ?? NaN;

const fromEnd = (page: Page): Promise<number> =>
	page.evaluate(() => document.documentElement.scrollHeight - innerHeight - scrollY);

test('a story of two hundred turns', async ({ page, origin, provider }) => {
	const chatId = await beginWith(page, origin, provider.base('stepped'));
	await page.goto(origin);
	await expect(page.getByRole('heading', { name: 'Stories', level: 1 })).toBeVisible();
	await seed(page, chatId);

	await page.goto(`${origin}/chats/${chatId}`);
	const { turns, composer, streaming } = story(page);
	await expect(wordsOf(turns.last())).toContainText('Hers, number 100.');
	await expect.poll(() => fromEnd(page)).toBeLessThan(2);
	await expect(turns.last()).toBeInViewport();

	const toNewest = page.getByRole('button', { name: 'To the newest' });
	await test.step('one press leads back to the newest', async () => {
		await page.evaluate(() => scrollBy({ top: -2000 }));
		await toNewest.click();
		await expect.poll(() => fromEnd(page)).toBeLessThan(2);
		await expect(toNewest).toHaveCount(0);
	});

	await test.step('a streaming reply is followed at the end, and moves nothing for who reads above', async () => {
		await say(page, 'Go on.');
		provider.step(2);
		await expect(streaming).toContainText('One lamp');
		await expect(streaming).toBeInViewport();
		await expect.poll(() => fromEnd(page)).toBeLessThan(2);

		const line = page.locator(`[id="${(await turns.nth(-4).getAttribute('id')) ?? ''}"]`);
		await line.evaluate((node) => node.scrollIntoView({ block: 'center' }));
		await expect(toNewest).toBeVisible();
		const before = await top(line);
		provider.step(4);
		await expect(streaming).toContainText(WORDS.slice(0, 6).join(' '));
		expect(await top(line)).toBe(before);
		provider.step(WORDS.length);
		await expect(streaming).toHaveCount(0);
		await expect(wordsOf(turns.last())).toHaveText(REPLAY_TEXT.stepped);
		await expect(composer).toBeVisible();
		expect(Math.abs((await top(line)) - before)).toBeLessThan(1);

		await toNewest.click();
		await expect(turns.last()).toBeInViewport();
	});
});
