// What a story lends a person: a draft of their own turn, never sent by itself; and its host's memory, for another story.
import type { Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect } from '../support/app.ts';
import { beginDemo, replied, say, stored, story, test } from '../support/story.ts';

const draft = (page: Page) => page.getByRole('button', { name: en.chat.draft });

test('a draft stands in the composer, unsent, and Esc brings back what was typed', async ({
	page,
	origin
}) => {
	await page.goto(origin);
	const chatId = await beginDemo(page);
	const { composer } = story(page);
	await composer.fill('ask about the lamp');
	await composer.press('Control+Shift+Enter');
	await expect(page.getByText(en.chat.drafted)).toBeVisible();
	const words = await composer.inputValue();
	expect(words).not.toBe('ask about the lamp');
	expect(words.length).toBeGreaterThan(20);
	expect(await stored(page, chatId), 'nothing is sent').toHaveLength(1);

	await page.reload();
	await expect(composer, 'it is kept as typed words are').toHaveValue(words);
	await composer.press('Escape');
	await expect(composer).toHaveValue('ask about the lamp');
	await page.getByRole('button', { name: en.chat.swap }).click();
	await expect(composer).toHaveValue(words);
	await composer.press('Control+Enter');
	await replied(page, 3);
	expect((await stored(page, chatId))[1]?.text).toBe(words);
	await expect(composer).toHaveValue('');
	await expect(draft(page)).toBeVisible();
});

test('another story with the same bot begins with what it remembers', async ({ page, origin }) => {
	await page.goto(origin);
	const chatId = await beginDemo(page);
	const remembered = (id: string) =>
		page.evaluate(async (of) => (await window.stet?.ask('memories', { chatId: of }))?.memories, id);
	for (const [n, words] of ['I bring you the brass key.', 'I promise to come back.'].entries()) {
		await say(page, words);
		await replied(page, 3 + 2 * n);
		await expect(story(page).stop).toHaveCount(0);
	}
	const host = await page.evaluate(
		async (id) => (await window.stet?.ask('chat', { chatId: id }))?.hostId ?? '',
		chatId
	);
	await page.evaluate(
		async ([id, owner]) =>
			window.stet?.dispatch('write_memory', {
				chatId: id,
				owner,
				text: 'She brought the brass key.',
				significance: 2,
				witness: { you: true, host: true, guest: false }
			}),
		[chatId, host] as const
	);
	const title = (await story(page).title.textContent()) ?? '';
	await story(page).menu.click();
	await page.getByRole('menuitem', { name: /^Another story with/u }).click();
	await expect(page.getByText(`remembers “${title}”`)).toBeVisible();
	await page.getByRole('textbox', { name: en.newStory.name }).fill('The second winter');
	await page.getByRole('button', { name: en.newStory.begin }).click();
	await expect(story(page).title).toHaveText('The second winter');
	const next = page.url().split('/').at(-1) ?? '';
	expect(next).not.toBe(chatId);
	const texts = (await remembered(next))?.map(({ text }) => text) ?? [];
	expect(texts).toContain('She brought the brass key.');
	expect((await remembered(next))?.every(({ source }) => source?.kind === 'carried')).toBe(true);
});
