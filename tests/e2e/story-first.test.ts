// The first minutes: three actions to a reply, everything still there afterwards, renaming and putting away.
import type { BrowserContext, Page } from '@playwright/test';
import { expect } from '../support/app.ts';
import { beginDemo, beginWith, replied, say, stored, story, test, wordsOf } from '../support/story.ts';

/** Origins of everything the browser asked for. */
const originsAsked = (
	context: BrowserContext
): { readonly origins: ReadonlySet<string>; readonly paths: string[] } => {
	const origins = new Set<string>();
	const paths: string[] = [];
	context.on('request', (request) => {
		const { origin, pathname, protocol } = new URL(request.url());
		if (protocol === 'http:' || protocol === 'https:' || protocol === 'ws:') origins.add(origin);
		paths.push(pathname);
	});
	return { origins, paths };
};

test('from the first paint to the first reply it takes three actions and no form, and nothing leaves the origin', async ({
	page,
	context,
	origin,
	relaunch
}) => {
	const asked = originsAsked(context);
	await page.goto(origin);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Let it stand.');
	expect(await page.locator('input, textarea, select').count(), 'no form before the story').toBe(0);

	// one: the button; two: words; three: Enter
	await page.getByRole('button', { name: 'Play the demo story' }).click();
	await story(page).composer.fill('I sit down by the kettle.');
	await story(page).composer.press('Control+Enter');

	// a guest may put in a word after it
	const replyOn = (on: Page) => story(on).turns.filter({ hasText: 'demo storyteller' });
	await expect(replyOn(page)).toHaveCount(1, { timeout: 30_000 });
	await expect(story(page).stop).toHaveCount(0, { timeout: 30_000 });
	const reply = await wordsOf(replyOn(page)).innerText();
	expect(reply).toContain('kettle');
	const address = page.url().replace(/#.*/u, '');
	const title = await story(page).title.innerText();

	const again = await (await relaunch()).newPage();
	const askedAgain = originsAsked(again.context());
	await again.goto(origin);
	await again.getByRole('link', { name: `Continue ${title}` }).click();
	await expect(again).toHaveURL(address);
	await expect(wordsOf(replyOn(again))).toHaveText(reply, { useInnerText: true });

	expect([...asked.origins]).toEqual([origin]);
	expect([...askedAgain.origins]).toEqual([origin]);
	expect(
		asked.paths.some((path) => path.includes('model.worker')),
		'workers are seen'
	).toBe(true);
	expect(
		asked.paths.some((path) => path.endsWith('.wasm')),
		'and what they ask for'
	).toBe(true);
});

test('what a worker asks of another origin would be seen', async ({ page, context, origin, provider }) => {
	const asked = originsAsked(context);
	await beginWith(page, origin, provider.base('whole'));
	await say(page, 'Hello.');
	await replied(page, 3);
	expect([...asked.origins].sort()).toEqual([origin, provider.url].sort());
});

test('a story is renamed, put away, and brought back', async ({ page, origin }) => {
	await page.goto(origin);
	const chatId = await beginDemo(page);
	await story(page).menu.click();
	await page.getByRole('menuitem', { name: 'Rename' }).click();
	const sheet = page.getByRole('dialog');
	await sheet.getByLabel('Title').fill('  ');
	await sheet.getByRole('button', { name: 'Save' }).click();
	await expect(sheet.getByRole('alert')).toHaveText('The title cannot be empty.');
	await sheet.getByLabel('Title').fill('The salt ledger');
	await sheet.getByLabel('Title').press('Enter');
	await expect(sheet).toBeHidden();
	await expect(story(page).title).toHaveText('The salt ledger');
	await page.reload();
	await expect(story(page).title).toHaveText('The salt ledger');

	await story(page).menu.click();
	await page.getByRole('menuitem', { name: 'Archive' }).click();
	await expect(page).toHaveURL(`${origin}/`);
	await expect(page.getByText('“The salt ledger” is archived.')).toBeVisible();
	await expect(page.getByText('Every story is archived.')).toBeVisible();
	await expect(page.locator(`a[href$="${chatId}"]`)).toHaveCount(0);

	await page.reload();
	await page.getByRole('button', { name: 'Archived stories' }).click();
	await expect(page.getByRole('link', { name: /The salt ledger/ })).toBeVisible();
	await page.getByRole('button', { name: 'Bring back: The salt ledger' }).click();
	await expect(page.getByText('Nothing is archived.')).toBeVisible();
	await page.getByRole('button', { name: 'Stories in play' }).click();
	await page.getByRole('link', { name: 'Continue The salt ledger' }).click();
	await say(page, 'Still here?');
	await replied(page, 3);
});

test('without a private file system the page says so, and a story in memory says what it is', async ({
	page,
	context,
	origin
}) => {
	await context.route(/log\.worker-[^/]*\.js$/, async (route) => {
		const response = await route.fetch();
		await route.fulfill({
			response,
			body: `delete StorageManager.prototype.getDirectory;\n${await response.text()}`
		});
	});
	await page.goto(origin);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('This window cannot store anything.');
	await expect(page.getByText('missing the private file system')).toBeVisible();
	await expect(page.getByRole('button', { name: 'Play the demo story' })).toHaveCount(0);

	await page.getByRole('button', { name: 'Go on in memory only' }).click();
	await expect(page.getByText('Nothing is stored here.')).toBeVisible();
	await expect(page.getByText('gone when the tab is closed or reloaded')).toBeVisible();
	await expect(page.getByText('In memory only')).toBeVisible();
	const chatId = await beginDemo(page);
	await say(page, 'Is anything kept?');
	await replied(page, 3);
	expect(await stored(page, chatId)).toHaveLength(3);
	await expect(page.getByText('Nothing is stored here.'), 'it goes on warning').toBeVisible();

	await page.reload();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('This window cannot store anything.');
});
