// The drawer of a story: how things stand, who feels what, what is planned, what is remembered; seen, and changed by hand.
import type { Locator, Page } from '@playwright/test';
import { world } from '../../src/routes/words/en-world.ts';
import { expect, test } from '../support/app.ts';
import { look } from '../support/look.ts';
import { furnish, layWorldDown, type LaidDown } from '../support/world.ts';

const SIZES = [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const;

const opener = (page: Page): Locator => page.getByRole('button', { name: world.drawer.open });
const tab = (page: Page, name: keyof typeof world.drawer.tabs): Locator =>
	page.getByRole('tab', { name: world.drawer.tabs[name] });

/** A story with a guest, open, with the drawer beside it or over it. */
const open = async (page: Page, { furnished }: { readonly furnished: boolean }): Promise<LaidDown> => {
	await page.goto('/');
	await page.waitForFunction(() => window.stet !== undefined);
	const laid = await layWorldDown(page, { guest: furnished });
	if (furnished) await furnish(page, laid);
	await page.goto(`/chats/${laid.chatId}`);
	await opener(page).click();
	await expect(tab(page, 'now')).toBeVisible();
	return laid;
};

for (const { name, width, height } of SIZES) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`the drawer’s tabs on a ${name}`, async ({ page }) => {
			await open(page, { furnished: true });
			await expect(page.getByText('writing the day’s last line')).toBeVisible();
			await look(page, 'drawer now');
			await tab(page, 'people').click();
			await expect(page.getByRole('img', { name: world.people.graph })).toBeVisible();
			await look(page, 'drawer people');
			await tab(page, 'story').click();
			await expect(page.getByText('The night ferry comes in').first()).toBeVisible();
			await look(page, 'drawer story');
			await tab(page, 'memory').click();
			await expect(page.getByText('They gave back the key nobody had missed.')).toBeVisible();
			await look(page, 'drawer memory');
		});
	});
}
