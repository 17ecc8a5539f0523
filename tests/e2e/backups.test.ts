// Backups as a person meets them: made, listed, brought in, deleted; the folder for daily ones; the reminder; the space.
import type { Locator, Page } from '@playwright/test';
import { files } from '../../src/routes/words/en-files.ts';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import {
	beginStory,
	chooseToImport,
	downloadLibrary,
	finishDownload,
	footNote,
	storedTurns
} from '../support/screens.ts';
import { exchange } from '../support/seeded.ts';

const DAY_MS = 86_400_000;

const begin = async (page: Page, turns = 1): Promise<string> => {
	await page.goto('/');
	await expect(page.getByRole('button', { name: en.home.demo })).toBeVisible();
	const chatId = await beginStory(page, 'Ada Vane');
	for (let n = 1; n <= turns; n += 1) await exchange(page, chatId, `I count to ${n}.`, `“${n}.”`);
	return chatId;
};

const section = (page: Page, title: string): Locator => page.getByRole('region', { name: title });

const backups = (page: Page): Locator => section(page, files.backups.title).getByRole('listitem');

const backUp = async (page: Page): Promise<void> => {
	await page.getByRole('button', { name: files.backups.now }).click();
	await expect(section(page, files.backups.title).getByRole('status').last()).toHaveText(files.backups.made);
};

const choose = async (line: Locator, action: string): Promise<void> => {
	await line.getByRole('button', { name: new RegExp(`^${files.backups.more}: `) }).click();
	await line.page().getByRole('menuitem', { name: action }).click();
};

test('a backup is made by hand, says what it holds, is brought in, downloaded and deleted', async ({
	page
}) => {
	const chatId = await begin(page);
	await page.goto('/recovery');
	await expect(page.getByText(files.backups.none)).toBeVisible();
	await backUp(page);
	await expect(backups(page)).toHaveCount(1);
	await expect(backups(page)).toContainText(files.backups.why['by-hand']);
	await expect(backups(page)).toContainText('1 story, 2 turns and 1 bot');
	await expect(page.getByText(en.travel.lastBackup(Date.now(), Date.now()))).toBeVisible();

	await test.step('what was lost comes back from it', async () => {
		await page.evaluate(async (id) => {
			await window.stet?.dispatch('delete_chat', { chatId: id });
			await window.stet?.dispatch('empty_recovery', {});
		}, chatId);
		await backups(page)
			.getByRole('button', { name: new RegExp(`^${files.backups.bringIn}: `) })
			.click();
		const dialog = page.getByRole('dialog');
		await expect(dialog).toContainText(files.bringIn.story('Ada Vane', 2));
		await dialog.getByRole('button', { name: files.bringIn.add }).click();
		await expect(footNote(page)).toContainText(files.bringIn.added(1, 0, 0));
		expect(await storedTurns(page, chatId)).toHaveLength(2);
		// the import made one of its own before
		await expect(backups(page)).toHaveCount(2);
		await expect(backups(page).first()).toContainText(files.backups.why['before-import']);
	});
	await test.step('it can be had as a file', async () => {
		const download = page.waitForEvent('download');
		await choose(backups(page).last(), files.backups.download);
		expect((await download).suggestedFilename()).toMatch(/^Stet backup \d{4}-\d\d-\d\d\.stet$/);
		await page.getByRole('dialog').getByRole('button', { name: en.app.close }).click();
	});
	await test.step('it goes after a question', async () => {
		await choose(backups(page).last(), files.backups.delete);
		const question = page.getByRole('alertdialog');
		await question.getByRole('button', { name: en.app.cancel }).click();
		await expect(backups(page)).toHaveCount(2);
		await choose(backups(page).last(), files.backups.delete);
		await question.getByRole('button', { name: files.backups.delete }).click();
		await expect(backups(page)).toHaveCount(1);
		await expect(page.locator('body')).not.toBeFocused();
	});
});

test('of backups made by hand the newest three stay, as the page says', async ({ page, relaunch }) => {
	const chatId = await begin(page);
	await page.goto('/recovery');
	await expect(page.getByText(files.backups.none)).toBeVisible();
	for (let n = 0; n < 4; n += 1) {
		await exchange(page, chatId, 'I go on.', '“Good.”');
		await backUp(page);
		await expect(backups(page)).toHaveCount(Math.min(n + 1, 3));
	}
	await expect(backups(page).first()).toContainText('10 turns');
	await expect(backups(page).last()).toContainText('6 turns');
	const again = await (await relaunch()).newPage();
	await again.goto('/recovery');
	await expect(backups(again)).toHaveCount(3);
});

test('a library that was replaced is kept, put back after a question, and deleted', async ({ page }) => {
	const chatId = await begin(page);
	const file = await downloadLibrary(page);
	await exchange(page, chatId, 'I go on.', '“Good.”');
	await chooseToImport(page, file);
	const dialog = page.getByRole('dialog');
	await dialog.getByRole('button', { name: files.bringIn.replace, exact: true }).click();
	await dialog.getByRole('button', { name: files.bringIn.replaceYes }).click();
	const kept = section(page, files.kept.title).getByRole('listitem');
	await expect(kept).toHaveCount(1);
	await expect(kept).toContainText(files.kept.why.replaced);
	await expect.poll(() => storedTurns(page, chatId)).toHaveLength(2);
	await kept.getByRole('button', { name: new RegExp(`^${files.kept.putBack}: `) }).click();
	await page.getByRole('alertdialog').getByRole('button', { name: files.kept.putBack }).click();
	await expect(footNote(page)).toContainText(files.bringIn.putBack);
	await expect.poll(() => storedTurns(page, chatId)).toHaveLength(4);
	await expect(kept).toHaveCount(1);
	await kept.getByRole('button', { name: new RegExp(`^${files.kept.more}: `) }).click();
	await page.getByRole('menuitem', { name: files.kept.delete }).click();
	await page.getByRole('alertdialog').getByRole('button', { name: files.kept.delete }).click();
	await expect(section(page, files.kept.title)).toHaveCount(0);
});

test('a folder of one’s own gets a backup at once, and is given up', async ({ page }) => {
	// a picker cannot be driven; a folder of the private file system is a folder all the same
	await page.addInitScript(() => {
		Object.assign(window, {
			showDirectoryPicker: async () =>
				(await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true })
		});
	});
	const written = () =>
		page.evaluate(async () => {
			const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('picked');
			return Array.fromAsync(folder.keys());
		});
	await begin(page);
	await page.goto('/recovery');
	const folder = section(page, files.folder.title);
	await folder.getByRole('button', { name: files.folder.choose }).click();
	await expect(folder).toContainText(files.folder.chosen('picked'));
	await expect(folder.getByRole('status')).toHaveText(files.folder.done);
	expect(await written()).toHaveLength(1);
	await expect(folder).toContainText(files.folder.last(Date.now(), Date.now()));
	await page.reload();
	await expect(folder).toContainText(files.folder.chosen('picked'));
	await folder.getByRole('button', { name: files.folder.stop }).click();
	await expect(folder.getByRole('button', { name: files.folder.choose })).toBeVisible();
	expect(await written()).toHaveLength(1);
});

test('who has much to lose and no backup is reminded quietly, and can have it later', async ({ page }) => {
	await begin(page, 11);
	const reminder = section(page, en.travel.reminder);
	await page.goto('/');
	await expect(reminder).toContainText(en.travel.lastBackup(null, Date.now()));
	await reminder.getByRole('button', { name: en.travel.laterHelp }).click();
	await expect(reminder).toHaveCount(0);
	await expect(page.locator('body')).not.toBeFocused();
	await page.reload();
	await expect(page.getByRole('heading', { name: 'Ada Vane' })).toBeVisible();
	await expect(reminder).toHaveCount(0);

	const long = await page.evaluate((day) => {
		const ago = Date.now() - 9 * day;
		localStorage.setItem('stet-backup-later', String(ago));
		localStorage.setItem('stet-backup', String(ago));
		return ago;
	}, DAY_MS);
	await page.reload();
	await expect(reminder).toContainText(en.travel.lastBackup(long, Date.now()));
	await reminder.getByRole('button', { name: en.travel.downloadBackup }).click();
	await finishDownload(page);
	await expect(reminder).toHaveCount(0);
	await page.goto('/settings');
	await expect(page.getByText(en.travel.lastBackup(Date.now(), Date.now()))).toBeVisible();
});

test('settings say when everything was last verified', async ({ page }) => {
	await begin(page);
	await page.goto('/settings');
	await expect(page.getByText(files.room.verified(null, 0))).toBeVisible();
	await page.goto('/log');
	await page
		.getByRole('main')
		.getByRole('link', { name: /Ada Vane/ })
		.click();
	await page.getByRole('button', { name: en.log.verifyNow }).click();
	await expect(page.getByText(en.log.verified(4))).toBeVisible();
	await page.goto('/settings');
	await expect(page.getByText(files.room.verified(Date.now(), Date.now()))).toBeVisible();
});
