// Recovery as a person uses it: what was rewound or deleted is read, brought back, opened as a branch, deleted for good.
import type { Locator, Page } from '@playwright/test';
import { files } from '../../src/routes/words/en-files.ts';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import { beginStory, finishDownload, storedTurns } from '../support/screens.ts';
import { anotherReply, exchange, rewindTo } from '../support/seeded.ts';

const heading = (page: Page): Locator => page.getByRole('heading', { level: 1 });

const copies = (page: Page): Locator => page.getByRole('main').getByRole('listitem');

const press = (within: Locator, action: string): Promise<void> =>
	within.getByRole('button', { name: new RegExp(`^${action}: `) }).click();

/** A story of three exchanges, open at Stet's front page. */
const begin = async (page: Page): Promise<{ chatId: string; first: string; second: string }> => {
	await page.goto('/');
	await expect(heading(page)).toBeVisible();
	const chatId = await beginStory(page, 'Ada Vane');
	const { replyId: first } = await exchange(page, chatId, 'I count to one.', '“One,” *Ada says.*');
	const { turnId: second } = await exchange(page, chatId, 'I count to two.', '“Three?”');
	await anotherReply(page, chatId, second, '“Two,” *she says.*');
	await exchange(page, chatId, 'I count to three.', '“Three,” *she says.*');
	return { chatId, first, second };
};

test('what was rewound is listed, read with its alternatives, and brought back as it was', async ({
	page
}) => {
	const { chatId, first } = await begin(page);
	await page.goto('/recovery');
	await expect(page.getByText(en.recovery.empty)).toBeVisible();
	const before = await storedTurns(page, chatId);
	await rewindTo(page, chatId, first);

	// the list is up to date by itself
	await expect(copies(page)).toHaveCount(1);
	await expect(copies(page)).toContainText(en.recovery.turns(4));
	await expect(copies(page)).toContainText(en.recovery.kind.rewind);
	await expect(copies(page)).toContainText(en.recovery.standing.rewind.restore);
	expect(await storedTurns(page, chatId)).toHaveLength(2);

	await copies(page)
		.getByRole('link', { name: new RegExp(`^${en.recovery.look}: Ada Vane`) })
		.click();
	await expect(heading(page)).toHaveText('Ada Vane');
	const said = page.getByRole('article');
	await expect(said).toHaveCount(5);
	await expect(said.nth(1)).toContainText('“Three?”');
	await expect(said.nth(1)).toContainText(en.recovery.alternative);
	await expect(said.nth(2)).toContainText('“Two,”');
	await expect(said.nth(2)).not.toContainText(en.recovery.alternative);

	await press(page.getByRole('main'), en.recovery.bringBack);
	await expect(heading(page)).toHaveText(en.recovery.title);
	await expect(page.getByText(en.recovery.empty)).toBeVisible();
	expect(await storedTurns(page, chatId)).toEqual(before);
	const note = page.getByRole('status').filter({ hasText: en.recovery.restored('Ada Vane') });
	await note.getByRole('button', { name: en.recovery.open }).click();
	await expect(page).toHaveURL(`/chats/${chatId}`);
});

test('when the story went on, a copy opens as a branch, which is said before, and both lines are whole', async ({
	page,
	relaunch
}) => {
	const { chatId, first } = await begin(page);
	const before = await storedTurns(page, chatId);
	await rewindTo(page, chatId, first);
	await exchange(page, chatId, 'I stop counting.', '“Good,” *she says.*');
	const now = await storedTurns(page, chatId);

	const context = await relaunch();
	const again = context.pages()[0] ?? (await context.newPage());
	await again.goto('/');
	await again.getByRole('link', { name: en.recovery.title }).click();
	await expect(copies(again)).toContainText(en.recovery.standing.rewind.branch);
	await expect(copies(again).getByRole('button', { name: en.recovery.bringBack })).toHaveCount(0);
	await press(copies(again), en.recovery.asBranch);
	await expect(heading(again)).toHaveText(en.recovery.branchTitle('Ada Vane'));
	await expect(again.getByText(en.recovery.branched(en.recovery.branchTitle('Ada Vane')))).toBeVisible();
	const branch = new URL(again.url()).pathname.split('/').at(-1) ?? '';
	expect(await storedTurns(again, branch)).toEqual(before);
	expect(await storedTurns(again, chatId)).toEqual(now);
});

test('a copy is downloaded as a file', async ({ page }) => {
	const { chatId, first } = await begin(page);
	await rewindTo(page, chatId, first);
	await page.goto('/recovery');
	await press(copies(page), en.recovery.more);
	await page.getByRole('menuitem', { name: en.recovery.download }).click();
	await expect(page.getByRole('dialog')).toContainText(files.takeOut.copy('Ada Vane'));
	const { name, buffer } = await finishDownload(page);
	expect(name).toMatch(/^Ada Vane \d{4}-\d\d-\d\d\.stet$/);
	expect(buffer.length).toBeGreaterThan(0);
});

test('a story that was deleted comes back whole, from the front page on', async ({ page }) => {
	const { chatId } = await begin(page);
	const before = await storedTurns(page, chatId);
	await page.evaluate((id) => window.stet?.dispatch('delete_chat', { chatId: id }), chatId);
	await page.getByRole('link', { name: en.home.inRecovery(1) }).click();
	await expect(heading(page)).toHaveText(en.recovery.title);
	await expect(copies(page)).toContainText(en.recovery.kind.deleted);
	await expect(copies(page)).toContainText(en.recovery.standing.deleted.restore);
	await press(copies(page), en.recovery.bringBack);
	await expect(page.getByText(en.recovery.empty)).toBeVisible();
	expect(await storedTurns(page, chatId)).toEqual(before);
});

test('a copy is deleted for good only after a question, by keyboard, and the place is kept', async ({
	page
}) => {
	const { chatId, first, second } = await begin(page);
	await page.goto('/settings');
	await page.getByRole('link', { name: en.recovery.title }).click();
	const ids = [await rewindTo(page, chatId, second), await rewindTo(page, chatId, first)];
	await expect(copies(page)).toHaveCount(2);

	const newest = copies(page).first();
	await newest.getByRole('button', { name: new RegExp(`^${en.recovery.more}: `) }).focus();
	await page.keyboard.press('Enter');
	await expect(page.getByRole('menu')).toBeVisible();
	await page.keyboard.press('End');
	await page.keyboard.press('Enter');
	const question = page.getByRole('alertdialog');
	await expect(question).toContainText(en.recovery.deleteTitle('Ada Vane'));
	// the older one was cut from what this one holds
	await expect(question).toContainText(en.recovery.deleteNeeded);
	await page.keyboard.press('Escape');
	await expect(question).toHaveCount(0);
	await expect(copies(page)).toHaveCount(2);

	await press(newest, en.recovery.more);
	await page.getByRole('menuitem', { name: en.recovery.delete }).click();
	await question.getByRole('button', { name: en.recovery.delete }).click();
	await expect(copies(page)).toHaveCount(1);
	await expect(page.locator('body')).not.toBeFocused();
	await expect(copies(page)).toContainText(en.recovery.standing.rewind.none);
	await expect(copies(page).getByRole('button', { name: en.recovery.asBranch })).toHaveCount(0);

	await page.getByRole('button', { name: en.recovery.emptyAll }).click();
	await expect(question).toContainText(en.recovery.emptyHelp(1));
	await question.getByRole('button', { name: en.recovery.emptyAll }).click();
	await expect(page.getByText(en.recovery.empty)).toBeVisible();
	expect(await storedTurns(page, chatId)).toHaveLength(2);

	await page.goto(`/recovery/${ids[0] ?? ''}`);
	await expect(heading(page)).toHaveText(en.recovery.gone);
});
