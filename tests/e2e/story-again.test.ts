// Another reply, as a person asks for it: the old one stays until the new one is whole, in every tab, and can be chosen again.
import type { Locator, Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect } from '../support/app.ts';
import { REPLAY_TEXT } from '../support/replay-server.ts';
import { exchange } from '../support/seeded.ts';
import { beginWith, replied, say, stored, story, test, wordsOf } from '../support/story.ts';

const STEPPED = REPLAY_TEXT.stepped.split(' ');

const newest = (page: Page): Locator => story(page).turns.last();

/** Opens the panel of the newest reply. */
const another = async (page: Page): Promise<Locator> => {
	await newest(page).hover();
	await newest(page).getByRole('button', { name: en.chat.regenerate }).click();
	const panel = page.getByRole('form', { name: en.chat.regenerate });
	await expect(panel).toBeVisible();
	return panel;
};

const askAgain = async (page: Page): Promise<void> => {
	await (await another(page)).getByRole('button', { name: en.chat.regenerateAsIs }).click();
};

const siblings = (page: Page, chatId: string): Promise<number> =>
	page.evaluate(async (id) => {
		const { turns } = (await window.stet?.ask('transcript', { chatId: id })) ?? { turns: [] };
		return turns.at(-1)?.siblings.length ?? 0;
	}, chatId);

/** The demo story with one whole reply in it; what comes next is chosen. */
const begun = async (
	page: Page,
	origin: string,
	provider: { base(name: string): string; choose(name: string): void }
) => {
	provider.choose('whole');
	const chatId = await beginWith(page, origin, provider.base('chosen'));
	await say(page, 'Is anybody there?');
	await replied(page, 3);
	await expect(wordsOf(newest(page))).toContainText('The door opens.');
	return chatId;
};

test('the old reply stays, dimmed, until the new one is whole; both tabs swap it in place, and either stands after a reload', async ({
	page,
	context,
	origin,
	provider
}) => {
	const chatId = await begun(page, origin, provider);
	const old = (await stored(page, chatId))[2];
	const other = await context.newPage();
	await other.goto(`${origin}/chats/${chatId}`);
	await expect(story(other).turns).toHaveCount(3);

	provider.choose('stepped');
	const panel = await another(page);
	await panel.getByRole('textbox').fill('shorter, and by night');
	await panel.getByRole('button', { name: en.chat.regenerateWithNote }).click();
	provider.step(2);
	for (const tab of [page, other]) {
		await expect(story(tab).streaming).toContainText(STEPPED.slice(0, 2).join(' '));
		await expect(story(tab).turns).toHaveCount(3);
		await expect(newest(tab).locator('.going')).toContainText('The door opens.');
	}
	expect((await stored(page, chatId))[2]).toEqual(old);
	expect(provider.requests.at(-1)?.body).toContain('shorter, and by night');

	await story(other).stop.click();
	for (const tab of [page, other]) {
		await expect(story(tab).streaming).toHaveCount(0);
		await expect(wordsOf(newest(tab))).toHaveText(STEPPED.slice(0, 2).join(' '));
		await expect(newest(tab)).toContainText(en.chat.truncated);
		await expect(newest(tab)).toContainText('2/2');
		await expect(story(tab).turns).toHaveCount(3);
	}

	await other.reload();
	await expect(newest(other)).toContainText('2/2');
	await newest(other).getByRole('button', { name: en.chat.alternativeBefore }).click();
	for (const tab of [page, other]) {
		await expect(wordsOf(newest(tab))).toContainText('The door opens.');
		await expect(newest(tab)).toContainText('1/2');
		await expect(story(tab).turns).toHaveCount(3);
	}
	// the hand stays where it was
	await expect(newest(other).getByRole('button', { name: en.chat.alternativeBefore })).toBeFocused();
	expect((await stored(page, chatId))[2]).toMatchObject({ turnId: old?.turnId, text: old?.text });
});

test('Escape goes back to the old reply, whatever the new one had come to, and hangs up', async ({
	page,
	origin,
	provider
}) => {
	const chatId = await begun(page, origin, provider);
	const before = await stored(page, chatId);
	provider.choose('stepped');
	await askAgain(page);
	provider.step(3);
	await expect(story(page).streaming).toContainText(STEPPED.slice(0, 3).join(' '));
	await page.keyboard.press('Escape');
	await expect(story(page).streaming).toHaveCount(0);
	await expect(page.getByText(en.chat.keptOld)).toBeVisible();
	await expect.poll(() => provider.requests.at(-1)?.closedEarly).toBe(true);
	await expect(story(page).send).toBeVisible();
	await expect(newest(page).locator('.going')).toHaveCount(0);
	expect(await stored(page, chatId)).toEqual(before);
	expect(await siblings(page, chatId)).toBe(0);
});

test('Stop against a server that never answers, and a failure, change nothing; what failed can be tried again', async ({
	page,
	origin,
	provider
}) => {
	const chatId = await begun(page, origin, provider);
	const before = await stored(page, chatId);
	provider.choose('hung');
	await askAgain(page);
	await story(page).stop.click();
	await expect(story(page).send).toBeVisible();
	expect(await stored(page, chatId)).toEqual(before);

	provider.choose('cut');
	await askAgain(page);
	await expect(story(page).discard).toBeVisible();
	await expect(wordsOf(newest(page))).toContainText('The door opens.');
	expect(await stored(page, chatId)).toEqual(before);

	provider.choose('unicode');
	await story(page).again.click();
	await expect(wordsOf(newest(page))).toContainText('Family');
	await expect(newest(page)).toContainText('2/2');
	await expect(story(page).turns).toHaveCount(3);
});

test('with other words of one’s own: they are saved with the new reply, and not before', async ({
	page,
	origin,
	provider
}) => {
	const chatId = await begun(page, origin, provider);
	provider.choose('stepped');
	const panel = await another(page);
	await panel.getByRole('button', { name: en.chat.changeWords }).click();
	await page.getByLabel(en.chat.editLabel).fill('Is Mara there?');
	await page.getByRole('button', { name: en.chat.askWithWords }).click();
	provider.step(1);
	await expect(story(page).streaming).toContainText('One');
	expect((await stored(page, chatId))[1]?.text).toBe('Is anybody there?');
	expect(provider.requests.at(-1)?.body).toContain('Is Mara there?');
	provider.step(STEPPED.length);
	await expect(newest(page)).toContainText('2/2');
	const [, own, reply] = await stored(page, chatId);
	expect(own).toMatchObject({ text: 'Is Mara there?', edits: 1 });
	expect(reply?.text).toBe(REPLAY_TEXT.stepped);
});

test('of an older turn: refused, with a branch or a rewind offered', async ({ page, origin, provider }) => {
	const chatId = await begun(page, origin, provider);
	await exchange(page, chatId, 'And then?', 'The tide turns.');
	await expect(story(page).turns).toHaveCount(5);
	const before = await stored(page, chatId);
	const older = story(page).turns.nth(2);
	const open = async () => {
		await older.hover();
		await older.getByRole('button', { name: en.chat.turnMenu }).click();
		await page.getByRole('menuitem', { name: en.chat.regenerate }).click();
		await expect(page.getByRole('alertdialog')).toContainText(en.chat.notNewestTitle);
	};
	await open();
	await page.getByRole('alertdialog').getByRole('button', { name: en.chat.rewind }).click();
	await expect(page.getByRole('region', { name: en.plan.rewindTitle })).toContainText('The tide turns.');
	await page.keyboard.press('Escape');
	await expect(page.getByRole('region', { name: en.plan.rewindTitle })).toHaveCount(0);
	expect(await stored(page, chatId)).toEqual(before);

	await open();
	await page.getByRole('alertdialog').getByRole('button', { name: en.chat.branch }).click();
	await expect(page).not.toHaveURL(new RegExp(chatId));
	await expect(story(page).turns).toHaveCount(3);
	const branch = new URL(page.url()).pathname.split('/').at(-1) ?? '';
	expect((await stored(page, branch)).map(({ text }) => text)).toEqual(
		before.slice(0, 3).map(({ text }) => text)
	);
	expect(await stored(page, chatId)).toEqual(before);
	// it is the newest of the branch, and can be asked again there
	provider.choose('unicode');
	await askAgain(page);
	await expect(newest(page)).toContainText('2/2');
	expect(await stored(page, chatId)).toEqual(before);
});
