// What a story lends a person: a draft of their own turn, never sent by itself; and its host's memory, for another story.
import type { Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect } from '../support/app.ts';
import { look } from '../support/look.ts';
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

test('the narrator tells what happens, once; nobody says it, and it is answered', async ({
	page,
	origin
}) => {
	await page.goto(origin);
	const chatId = await beginDemo(page);
	const narrate = page.getByRole('button', { name: en.chat.narrate });
	await narrate.press('Enter');
	await expect(narrate).toHaveAttribute('aria-pressed', 'true');
	const field = page.getByRole('textbox', { name: en.chat.narrator });
	await expect(field).toBeFocused();
	await field.fill('The lamp goes out.');
	await look(page, 'narrating');
	await field.press('Control+Enter');
	await replied(page, 3);
	await expect(narrate, 'the next words are the player’s again').toHaveAttribute('aria-pressed', 'false');
	await expect(story(page).composer).toBeVisible();
	expect((await stored(page, chatId))[1]).toMatchObject({ role: 'narrator', text: 'The lamp goes out.' });
	await look(page, 'narrated');

	await page.evaluate(async (id) => {
		const guest = await window.stet?.dispatch('author_bot', { name: 'Tobias' });
		if (guest?.ok === true)
			await window.stet?.dispatch('invite_guest', { chatId: id, botId: guest.value.botId });
	}, chatId);
	await page.setViewportSize({ width: 390, height: 844 });
	await narrate.click();
	await expect(field).toHaveAttribute('placeholder', en.chat.narrateHintAny);
	await look(page, 'narrating with a guest');
});
