// Taking a library out and bringing it to another device, through a real download and a real file chooser.
import { gunzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { files } from '../../src/routes/words/en-files.ts';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import {
	addToLibrary,
	beginStory,
	chooseToImport,
	downloadLibrary,
	downloadStory,
	fillConnection,
	finishDownload,
	footNote,
	handOver,
	onAnotherDevice,
	saveConnection,
	storedTurns,
	wholeLibrary
} from '../support/screens.ts';
import { anotherReply, exchange, rewindTo } from '../support/seeded.ts';

const DAY = String.raw`\d{4}-\d\d-\d\d`;

/** Two stories, one with alternatives and a rewind, and a persona. */
const fill = async (page: Page): Promise<{ readonly chatId: string; readonly other: string }> => {
	await page.goto('/');
	await expect(page.getByRole('button', { name: en.home.demo })).toBeVisible();
	const chatId = await beginStory(page, 'Ada Vane', '“Count again,” *she says.*');
	const { turnId, replyId } = await exchange(page, chatId, 'I count to one.', '“Won,” *Ada says.*');
	await anotherReply(page, chatId, turnId, '“One,” *Ada says.*');
	const { replyId: second } = await exchange(page, chatId, 'I count to two.', '“Two.” 🕯');
	await exchange(page, chatId, 'I count to three.', '“Three.”');
	await rewindTo(page, chatId, second);
	expect(replyId).not.toBe(second);
	const other = await beginStory(page, 'שרה', 'ערב טוב.');
	await exchange(page, other, 'I sit down.', '*היא מחכה.*');
	await page.evaluate(() => window.stet?.dispatch('author_you', { name: 'Ilse' }));
	return { chatId, other };
};

test('a whole library goes to another device by file chooser, and is the same there', async ({
	page,
	origin
}) => {
	const { chatId } = await fill(page);
	const file = await downloadLibrary(page);
	expect(file.name).toMatch(new RegExp(`^${en.travel.libraryFile} ${DAY}\\.stet$`));
	const before = await wholeLibrary(page);
	await onAnotherDevice(origin, async (other) => {
		await chooseToImport(other, file);
		const dialog = other.getByRole('dialog');
		await expect(dialog).toContainText(files.bringIn.stories(2));
		await expect(dialog).toContainText('Ada Vane');
		await expect(dialog).toContainText(files.bringIn.copies(1));
		await addToLibrary(other);
		await expect(footNote(other)).toContainText(files.bringIn.added(2, 2, 1));
		expect(await wholeLibrary(other)).toEqual(before);
		// it can be played on there, and what was rewound came with it
		await exchange(other, chatId, 'I go on.', '“Good.”');
		await other.goto('/recovery');
		await expect(other.getByRole('listitem').filter({ hasText: 'Ada Vane' })).toBeVisible();
	});
});

test('a story goes to another device by drop, alone, with its bot, and opens there', async ({
	page,
	origin
}) => {
	const { chatId } = await fill(page);
	const turns = await storedTurns(page, chatId);
	const file = await downloadStory(page, chatId);
	expect(file.name).toMatch(new RegExp(`^Ada Vane ${DAY}\\.stet$`));
	await onAnotherDevice(origin, async (other) => {
		await handOver(other, 'drop', file);
		await addToLibrary(other);
		await footNote(other).getByRole('button', { name: files.bringIn.openStory }).click();
		await expect(other.getByRole('heading', { level: 1 })).toHaveText('Ada Vane');
		expect(await storedTurns(other, chatId)).toEqual(turns);
		await other.goto('/bots');
		await expect(other.getByRole('main').getByRole('listitem')).toHaveCount(1);
		// a file that is pasted goes the same way
		await handOver(other, 'paste', file);
		await expect(other.getByRole('dialog')).toContainText(files.bringIn.nothing);
	});
});

test('as text it is one event per line, and comes back the same', async ({ page, origin }) => {
	const { chatId } = await fill(page);
	const turns = await storedTurns(page, chatId);
	await page.goto('/recovery');
	await page.getByRole('button', { name: files.takeOut.library }).click();
	await page.getByRole('dialog').getByLabel(files.takeOut.jsonl).check();
	const file = await finishDownload(page);
	expect(file.name).toMatch(/\.jsonl$/);
	const lines = file.buffer.toString('utf8').trimEnd().split('\n');
	expect(lines.map((line) => (JSON.parse(line) as { stet: string }).stet)).toContain('event');
	await onAnotherDevice(origin, async (other) => {
		await chooseToImport(other, file);
		await addToLibrary(other);
		expect(await storedTurns(other, chatId)).toEqual(turns);
	});
});

test('a passphrase locks the file, is asked for, and a wrong one is said', async ({ page, origin }) => {
	const { chatId } = await fill(page);
	const turns = await storedTurns(page, chatId);
	await page.goto('/recovery');
	await page.getByRole('button', { name: files.takeOut.library }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel(files.takeOut.protect).check();
	const passphrase = dialog.getByLabel(files.takeOut.passphrase, { exact: true });
	await passphrase.fill('counting house');
	await dialog.getByLabel(files.takeOut.repeat).fill('counting horse');
	await dialog.getByRole('button', { name: files.takeOut.go, exact: true }).click();
	await expect(dialog.getByRole('alert')).toHaveText(files.takeOut.notSame);
	await expect(dialog.getByLabel(files.takeOut.repeat)).toBeFocused();
	await expect(passphrase).toHaveAttribute('type', 'password');
	await dialog.getByLabel(files.takeOut.show).check();
	await expect(passphrase).toHaveAttribute('type', 'text');
	await dialog.getByLabel(files.takeOut.repeat).fill('counting house');
	const file = await finishDownload(page);
	expect(file.name).toMatch(/\.stet\.age$/);
	expect(file.buffer.includes('Ada Vane')).toBe(false);
	expect(file.buffer.subarray(0, 21).toString()).toBe('age-encryption.org/v1');

	await onAnotherDevice(origin, async (other) => {
		await chooseToImport(other, file);
		const field = other.getByLabel(files.bringIn.passphrase);
		await expect(field).toBeFocused();
		await field.fill('counting horse');
		await other.keyboard.press('Enter');
		await expect(other.getByRole('alert')).toContainText(files.refusal({ type: 'passphrase_wrong' }).what);
		await expect(field).toBeFocused();
		await field.fill('counting house');
		await other.keyboard.press('Enter');
		await addToLibrary(other);
		expect(await storedTurns(other, chatId)).toEqual(turns);
	});
});

test('no key that was ever entered is in any file', async ({ page }) => {
	const secret = 'sk-canary-0123456789-abcdef';
	const { chatId } = await fill(page);
	await page.goto('/settings');
	await page.getByRole('button', { name: en.settings.add }).click();
	await fillConnection(page, {
		label: 'Canary',
		url: 'https://example.org/v1',
		key: { secret, remember: true }
	});
	await saveConnection(page);
	for (const file of [await downloadLibrary(page), await downloadStory(page, chatId)]) {
		const whole = gunzipSync(file.buffer);
		expect(whole.includes('Ada Vane')).toBe(true);
		expect(whole.includes(secret)).toBe(false);
		expect(whole.includes('canary-0123')).toBe(false);
	}
});

test('where the browser shares files, it is asked from a press, and Download can be cancelled', async ({
	page
}) => {
	await page.addInitScript(() => {
		const shared: string[] = [];
		Object.assign(navigator, {
			canShare: () => true,
			share: async ({ files: given }: ShareData) => {
				shared.push(...(given ?? []).map(({ name }) => name));
				document.title = shared.join();
			}
		});
	});
	const { chatId } = await fill(page);
	await page.goto(`/chats/${chatId}`);
	const menu = page.getByRole('button', { name: en.chat.menu });
	await menu.click();
	await page.getByRole('menuitem', { name: en.travel.download }).click();
	const dialog = page.getByRole('dialog');
	await expect(dialog).toContainText(files.takeOut.story('Ada Vane'));
	await page.keyboard.press('Escape');
	await expect(dialog).toHaveCount(0);
	await expect(menu).toBeFocused();

	await menu.click();
	await page.getByRole('menuitem', { name: en.travel.download }).click();
	await dialog.getByRole('button', { name: files.takeOut.go, exact: true }).click();
	await dialog.getByRole('button', { name: files.takeOut.share }).click();
	await expect(page).toHaveTitle(new RegExp(`^Ada Vane ${DAY}\\.stet$`));
});
