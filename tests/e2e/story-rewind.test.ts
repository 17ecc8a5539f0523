// Taking back, as a person does it from the story itself: rewind, delete, undo, and what becomes of a story deleted whole.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import { beginStory, storedTurns } from '../support/screens.ts';
import { exchange } from '../support/seeded.ts';

const turns = (page: Page): Locator => page.locator('article[id^="turn-"]');

/** A story of a greeting and three exchanges, open. */
const begin = async (page: Page): Promise<string> => {
	await page.goto('/');
	await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
	const chatId = await beginStory(page, 'Ada Vane', '“Ready?”');
	for (const n of ['one', 'two', 'three'])
		await exchange(page, chatId, `I count to ${n}.`, `“${n},” *Ada says.*`);
	await page.goto(`/chats/${chatId}`);
	await expect(turns(page)).toHaveCount(7);
	return chatId;
};

const choose = async (page: Page, turn: number, action: string): Promise<void> => {
	await turns(page).nth(turn).hover();
	await turns(page).nth(turn).getByRole('button', { name: en.chat.turnMenu }).click();
	await page.getByRole('menuitem', { name: action }).click();
};

const bar = (page: Page): Locator => page.getByRole('region', { name: en.plan.rewindTitle });

test('a rewind shows what would go before it goes, and is undone from its note', async ({
	page,
	context
}) => {
	const chatId = await begin(page);
	const before = await storedTurns(page, chatId);
	const other = await context.newPage();
	await other.goto(`/chats/${chatId}`);
	await expect(turns(other)).toHaveCount(7);

	await choose(page, 2, en.chat.rewind);
	await expect(bar(page)).toContainText('I count to three.');
	await expect(bar(page)).toContainText('Ada Vane: “two,” Ada says.');
	await expect(bar(page)).not.toContainText('I count to one.');
	await expect(page.locator('.going')).toHaveCount(4);
	await expect(turns(page).nth(2).locator('.going')).toHaveCount(0);
	await bar(page).getByRole('button', { name: en.app.cancel }).click();
	await expect(page.locator('.going')).toHaveCount(0);
	expect(await storedTurns(page, chatId)).toEqual(before);

	await choose(page, 2, en.chat.rewind);
	await bar(page).getByRole('button', { name: en.chat.takeBackRewind }).click();
	for (const tab of [page, other]) await expect(turns(tab)).toHaveCount(3);
	expect(await storedTurns(page, chatId)).toEqual(before.slice(0, 3));
	await page.getByRole('status').getByRole('button', { name: en.undo.action }).click();
	for (const tab of [page, other]) await expect(turns(tab)).toHaveCount(7);
	expect(await storedTurns(page, chatId)).toEqual(before);
});

test('undone after the story went on, a rewind opens as a branch, and both lines are whole', async ({
	page
}) => {
	const chatId = await begin(page);
	const before = await storedTurns(page, chatId);
	await choose(page, 4, en.chat.rewind);
	await bar(page).getByRole('button', { name: en.chat.takeBackRewind }).click();
	await expect(turns(page)).toHaveCount(5);
	await exchange(page, chatId, 'I stop counting.', '“Good.”');
	await expect(turns(page)).toHaveCount(7);
	const now = await storedTurns(page, chatId);
	await page.getByRole('status').getByRole('button', { name: en.undo.action }).click();
	await expect(page).not.toHaveURL(new RegExp(chatId));
	await expect(turns(page)).toHaveCount(7);
	const branch = new URL(page.url()).pathname.split('/').at(-1) ?? '';
	expect(await storedTurns(page, branch)).toEqual(before);
	expect(await storedTurns(page, chatId)).toEqual(now);
});

test('a plan that no longer holds is shown anew, not carried out', async ({ page, context }) => {
	const chatId = await begin(page);
	await choose(page, 2, en.chat.rewind);
	await expect(bar(page)).toContainText('I count to three.');
	const other = await context.newPage();
	await other.goto(`/chats/${chatId}`);
	await expect(turns(other)).toHaveCount(7);
	await exchange(other, chatId, 'I count to four.', '“four”');
	await bar(page).getByRole('button', { name: en.chat.takeBackRewind }).click();
	await expect(bar(page)).toContainText(en.plan.movedOn);
	await expect(bar(page)).toContainText('I count to four.');
	expect(await storedTurns(page, chatId)).toHaveLength(9);
	await bar(page).getByRole('button', { name: en.chat.takeBackRewind }).click();
	await expect(turns(page)).toHaveCount(3);
});

test('a turn is deleted from the middle, and Ctrl+Z puts it back; what is typed has its own undo', async ({
	page
}) => {
	const chatId = await begin(page);
	const before = await storedTurns(page, chatId);
	await choose(page, 3, en.chat.delete);
	const asked = page.getByRole('region', { name: en.plan.deleteTitle });
	await expect(asked).toContainText('I count to two.');
	await expect(page.locator('.going')).toHaveCount(1);
	await asked.getByRole('button', { name: en.chat.takeBackDelete }).click();
	await expect(turns(page)).toHaveCount(6);
	expect(await storedTurns(page, chatId)).toEqual([...before.slice(0, 3), ...before.slice(4)]);

	await page.getByLabel(en.chat.composer).fill('half a sentence');
	await page.getByLabel(en.chat.composer).press('Control+z');
	await expect(turns(page)).toHaveCount(6);
	await page.getByRole('heading', { level: 1 }).click();
	await page.keyboard.press('Control+z');
	await expect(turns(page)).toHaveCount(7);
	expect(await storedTurns(page, chatId)).toEqual(before);
});

test('by keyboard alone, and the focus is never lost', async ({ page }) => {
	const chatId = await begin(page);
	await turns(page).nth(4).getByRole('button', { name: en.chat.turnMenu }).focus();
	await page.keyboard.press('Enter');
	const item = page.getByRole('menuitem', { name: en.chat.rewind });
	await expect(item).toBeVisible();
	await item.press('Enter');
	await expect(bar(page)).toBeFocused();
	await page.keyboard.press('Escape');
	await expect(bar(page)).toHaveCount(0);
	expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
	expect(await storedTurns(page, chatId)).toHaveLength(7);
});

test('a story is deleted whole, and brought back with what stood in its composer', async ({ page }) => {
	const chatId = await begin(page);
	const before = await storedTurns(page, chatId);
	await page.getByLabel(en.chat.composer).fill('half a sentence');
	await expect
		.poll(() =>
			page.evaluate(async (id) => (await window.stet?.ask('chat', { chatId: id }))?.composer, chatId)
		)
		.toBe('half a sentence');
	await page.getByRole('button', { name: en.chat.menu }).click();
	await page.getByRole('menuitem', { name: en.chat.deleteStory }).click();
	await page.getByRole('alertdialog').getByRole('button', { name: en.chat.deleteStoryYes }).click();
	await expect(page).toHaveURL('/');
	await expect(page.getByText('Ada Vane', { exact: true })).toHaveCount(0);
	await page.getByRole('status').getByRole('button', { name: en.undo.action }).click();
	await expect.poll(() => storedTurns(page, chatId)).toEqual(before);
	await page.goto(`/chats/${chatId}`);
	await expect(turns(page)).toHaveCount(7);
	await expect(page.getByLabel(en.chat.composer)).toHaveValue('half a sentence');
});

for (const { name, width, height } of [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
]) {
	test(`what is being decided can be read by everybody, on a ${name}`, async ({ page }) => {
		await page.setViewportSize({ width, height });
		await begin(page);
		const clean = async (state: string) => {
			for (const colorScheme of ['light', 'dark'] as const) {
				await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
				// on a busy machine the other colours may still be on their way; what is wrong stays wrong
				await expect
					.poll(
						async () =>
							(
								await new AxeBuilder({ page })
									.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
									.disableRules('target-size')
									.analyze()
							).violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)),
						`${state}, ${colorScheme}`
					)
					.toEqual([]);
			}
		};
		const last = turns(page).last();
		await last.hover();
		await last.getByRole('button', { name: en.chat.regenerate }).click();
		await clean('how another reply should be');
		await page.keyboard.press('Escape');
		await expect(last.getByRole('button', { name: en.chat.regenerate })).toBeFocused();
		await choose(page, 2, en.chat.rewind);
		await expect(bar(page)).toContainText('I count to three.');
		await clean('a rewind being decided');
		await bar(page).getByRole('button', { name: en.chat.takeBackRewind }).click();
		await expect(turns(page)).toHaveCount(3);
		await clean('rewound');
	});
}
