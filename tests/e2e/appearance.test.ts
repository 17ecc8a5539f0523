// Light and dark: what was chosen shows before the app itself runs, and the browser's own frame has the page's colour.
import type { Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';

/** Notes, in each page opened from now on, the theme it has where its body begins: Kit's start is a script in there. */
const noteFirstTheme = (page: Page): Promise<unknown> =>
	page.addInitScript(() => {
		const watch = new MutationObserver(() => {
			if (document.querySelector('body') === null) return;
			watch.disconnect();
			Object.assign(window, { firstTheme: document.documentElement.dataset['theme'] ?? 'none' });
		});
		watch.observe(document, { childList: true, subtree: true });
	});

const firstTheme = (page: Page): Promise<string> =>
	page.evaluate(() => (window as unknown as { readonly firstTheme: string }).firstTheme);

test('the chosen theme is there before the app runs, and none where the device decides', async ({
	page,
	origin
}) => {
	await noteFirstTheme(page);
	await page.goto(`${origin}/settings`);
	expect(await firstTheme(page)).toBe('none');
	for (const [theme, expected] of [
		['dark', 'dark'],
		['light', 'light'],
		['system', 'none']
	] as const) {
		await page.getByRole('radio', { name: en.settings.themes[theme], exact: true }).check();
		await page.reload();
		expect(await firstTheme(page), theme).toBe(expected);
	}
});

for (const colorScheme of ['light', 'dark'] as const) {
	test(`on a ${colorScheme} device the browser’s frame has the colour of the page`, async ({
		page,
		origin
	}) => {
		await page.emulateMedia({ colorScheme });
		await page.goto(origin);
		await expect(page.locator('h1').first()).toBeVisible();
		const { frame, paper } = await page.evaluate(() => {
			const meta = [...document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')].find(
				({ media }) => matchMedia(media).matches
			);
			const probe = document.createElement('i');
			probe.style.color = meta?.content ?? '';
			document.body.append(probe);
			return {
				frame: getComputedStyle(probe).color,
				paper: getComputedStyle(document.documentElement).backgroundColor
			};
		});
		expect(frame).toBe(paper);
	});
}
