// What the turns of a story bring about, on the page: a quiet line, its list and how each is taken back; time that is
// skipped; scenes elsewhere; turns kept from the model; who answers where two could.
import type { Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { world } from '../../src/routes/words/en-world.ts';
import { expect, test } from '../support/app.ts';
import { look } from '../support/look.ts';
import { say, story, wordsOf } from '../support/story.ts';
import { layWorldDown, type LaidDown } from '../support/world.ts';

const SIZES = [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const;

const open = async (page: Page, { guest }: { readonly guest: boolean }): Promise<LaidDown> => {
	await page.goto('/');
	await page.waitForFunction(() => window.stet !== undefined);
	const laid = await layWorldDown(page, { guest });
	await page.goto(`/chats/${laid.chatId}`);
	await expect(story(page).composer).toBeVisible();
	return laid;
};

/** Waits until the turns are there and nothing runs any more, to the last of what they bring about. */
const settled = async (page: Page, turns: number): Promise<void> => {
	await expect(story(page).turns).toHaveCount(turns, { timeout: 30_000 });
	await expect(story(page).send).toBeVisible({ timeout: 30_000 });
};

/** The line under the newest turns that brought something about. */
const lines = (page: Page) => page.locator('article button[aria-controls$="-list"]');

for (const { name, width, height } of SIZES) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`effects under a turn on a ${name}`, async ({ page }) => {
			await open(page, { guest: true });
			await look(page, 'story with a guest');
			await say(
				page,
				'Thank you, Mara. I promise to bring the key back tomorrow. It is raining; let us wait.'
			);
			await settled(page, 3);
			await look(page, 'turn with effects');
			await lines(page).last().click();
			await look(page, 'turn with effects open');
		});

		test(`skips and hidden turns on a ${name}`, async ({ page }) => {
			await open(page, { guest: false });
			await page.getByRole('button', { name: world.drawer.open }).click();
			await page.getByRole('button', { name: world.now.skip }).click();
			await page.getByLabel(world.now.skipTo).check();
			await page.getByLabel(world.now.skipLabel).fill('The next morning');
			await page.getByLabel(world.now.skipAnswer('Mara Quill')).uncheck();
			await look(page, 'skip form');
			await page.getByRole('button', { name: world.now.skipYes, exact: true }).click();
			await expect(page.getByText('Day 2, 08:00').first()).toBeVisible();
			await page.keyboard.press('Escape');
			await look(page, 'a skip');
			const first = story(page).turns.first();
			await first.hover();
			await first.getByRole('button', { name: en.chat.turnMenu }).click();
			await page.getByRole('menuitem', { name: world.transcript.hide }).click();
			await expect(page.getByText(world.transcript.hidden)).toBeVisible();
			await look(page, 'a hidden turn');
			await page.getByRole('button', { name: world.transcript.show, exact: true }).click();
			await expect(page.getByText(world.transcript.hidden)).toHaveCount(0);
		});

		test(`a scene elsewhere on a ${name}`, async ({ page }) => {
			await open(page, { guest: true });
			await page.getByRole('button', { name: world.drawer.open }).click();
			await page.getByRole('button', { name: world.now.meanwhile }).click();
			await page.getByLabel(world.now.meanwhileWhere, { exact: true }).fill('the quay');
			await page.getByLabel(world.now.meanwhilePremise).fill('Ben tries to talk Mara out of it.');
			await page.getByLabel(world.now.meanwhileLimit).fill('2');
			await look(page, 'meanwhile form');
			await page.getByRole('button', { name: world.now.meanwhileYes }).click();
			await expect(page.getByText(world.meanwhile.notHere)).toBeVisible();
			await expect(story(page).turns).toHaveCount(4, { timeout: 30_000 });
			await expect(story(page).stop).toHaveCount(0, { timeout: 30_000 });
			await look(page, 'a scene elsewhere');
		});
	});
}
