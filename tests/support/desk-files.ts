// Hand-offs that leave and come as files, as people send and take them, for the end-to-end tests.
import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { deskFiles } from '../../src/routes/words/en-desk-files.ts';
import { en } from '../../src/routes/words/en.ts';
import { expect } from './app.ts';
import { actAs, layCaseDown, staff } from './desk-screens.ts';
import { look } from './look.ts';
import { chooseToImport, type HeldFile } from './screens.ts';
import { say, story } from './story.ts';

const SIZES = [
	{ width: 390, height: 844 },
	{ width: 1280, height: 800 }
] as const;
/** Made up. */
export const CANARY = 'Canary77!sings';
export const CUSTOMER = 'Fernfield Mills';

/** Measures the screen on a phone and on a desk. */
export const lookAtBoth = async (page: Page, screen: string): Promise<void> => {
	for (const size of SIZES) {
		await page.setViewportSize(size);
		await look(page, screen);
	}
};

/** A case with a secret in its transcript, handed on by Mo on the device of Ada, who acts in the tab. */
export const withSecret = async (page: Page, more = '') => {
	await page.goto('/');
	const [ada = '', mo = ''] = await staff(page, ['Ada', 'engineer'], ['Mo', 'member']);
	await page.reload();
	await actAs(page, 'Ada');
	const chatId = await layCaseDown(page, mo, { title: 'VPN drops every 20 minutes' });
	await page.goto(`/chats/${chatId}`);
	await say(page, `10.77.66.55 at ${CUSTOMER} is refused. password: ${CANARY}${more}`);
	await expect(story(page).turns).toHaveCount(2, { timeout: 30_000 });
	const handoffId = await page.evaluate(
		async ([actor, chat]) => {
			const raised = await window.stet?.dispatch('raise_handoff', { actor, chatId: chat, reason: 'stuck' });
			if (raised?.ok !== true) throw new Error('not raised');
			return raised.value.handoffId;
		},
		[mo, chatId] as const
	);
	return { ada, mo, chatId, handoffId };
};

/** Gives the device a card on the screen of the desk; answers its text and its words. */
export const makeCard = async (page: Page, name: string) => {
	await page.goto('/desk');
	await page.getByLabel(deskFiles.desk.cardName).fill(name);
	await page.getByRole('button', { name: deskFiles.desk.makeCard }).click();
	const text = page.getByLabel(deskFiles.desk.cardText);
	await expect(text).toHaveValue(/^stet-card:/);
	return { text: await text.inputValue(), words: await page.locator('.fingerprint').innerText() };
};

/** Takes a colleague's card in, after their words were compared. */
export const addCard = async (page: Page, name: string, card: { text: string; words: string }) => {
	await page.goto('/desk');
	await page.getByLabel(deskFiles.desk.paste).fill(`Here is mine:\n${card.text}\nSee you!`);
	await page.getByRole('button', { name: deskFiles.desk.look }).click();
	const looked = page.getByRole('group', { name: deskFiles.desk.isOf(name) });
	await expect(looked).toContainText(card.words);
	await looked.getByRole('button', { name: deskFiles.desk.add }).click();
	await expect(page.getByRole('list', { name: deskFiles.desk.contacts })).toContainText(name);
};

export const dialogOf = (page: Page): Locator => page.getByRole('dialog');

/** Goes on from the review that is open to the file. */
export const finish = async (page: Page): Promise<HeldFile> => {
	const coming = page.waitForEvent('download');
	await dialogOf(page).getByRole('button', { name: deskFiles.send.go }).click();
	const file = await coming;
	await expect(dialogOf(page).getByRole('status')).toContainText(file.suggestedFilename());
	return {
		name: file.suggestedFilename(),
		mimeType: 'application/octet-stream',
		buffer: readFileSync(await file.path())
	};
};

/** Chooses the contact in the dialog that is open, and goes on to the review. */
export const sealFor = async (page: Page, name: string): Promise<void> => {
	await dialogOf(page).getByRole('checkbox', { name }).check();
	await dialogOf(page).getByRole('button', { name: deskFiles.send.next }).click();
	await expect(dialogOf(page).getByText(deskFiles.send.holds)).toBeVisible();
};

export const close = async (page: Page): Promise<void> => {
	await dialogOf(page).getByRole('button', { name: en.app.close }).click();
	await expect(dialogOf(page)).toHaveCount(0);
};

/** Brings a file in from the front page, to the screen of its hand-off. */
export const bringIn = async (page: Page, file: HeldFile): Promise<void> => {
	await page.goto('/');
	await chooseToImport(page, file);
	await dialogOf(page).getByRole('button', { name: deskFiles.bringIn.add }).click();
	await expect(page).toHaveURL(/\/handoffs\//);
	await expect(dialogOf(page)).toHaveCount(0);
};

/** Everything a device knows, as the console door tells it. */
export const all = (page: Page, chatId: string, handoffId: string): Promise<string> =>
	page.evaluate(
		async ([chat, id]) =>
			JSON.stringify([
				await window.stet?.ask('transcript', { chatId: chat, limit: 1000 }),
				await window.stet?.ask('handoff', { handoffId: id, now: Date.now() }),
				await window.stet?.ask('home', { archived: false })
			]),
		[chatId, handoffId] as const
	);
