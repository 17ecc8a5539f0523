// The two sheets about models in a story, by keyboard alone: every control reached, changed, saved, and the way back.
import type { Locator, Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect } from '../support/app.ts';
import { look } from '../support/look.ts';
import { beginWith, replied, say, story, stored, test } from '../support/story.ts';

const SIZES = [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const;

/** Presses Tab until the control has the focus. */
const tabTo = async (page: Page, control: Locator): Promise<void> => {
	for (let presses = 0; presses < 60; presses += 1) {
		if (await control.evaluate((element) => element === document.activeElement)) return;
		await page.keyboard.press('Tab');
	}
	await expect(control).toBeFocused();
};

/** What has the focus, and everything of it that a person who looks for it cannot see. */
const focused = (page: Page) =>
	page.evaluate(() => {
		const element = document.activeElement;
		if (!(element instanceof HTMLElement)) return { name: 'nothing', hidden: [] };
		const field = element instanceof HTMLInputElement || element instanceof HTMLSelectElement;
		const name = (field ? element.labels?.[0]?.textContent : element.textContent) ?? '';
		const { x, y, width, height } = element.getBoundingClientRect();
		const { outlineStyle, outlineWidth } = getComputedStyle(element);
		const inSight = [
			[x + 2, y + height / 2],
			[x + width - 2, y + height / 2]
		].every(([left = 0, top = 0]) => {
			const there = document.elementFromPoint(left, top);
			return there !== null && element.contains(there);
		});
		return {
			name: name.trim(),
			hidden: [
				...(outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1 ? [] : ['no outline']),
				...(inSight ? [] : ['covered, or out of sight'])
			]
		};
	});

/** Goes once around a sheet with Tab, from where the focus is. Each stop is in sight. */
const aroundBy = async (page: Page, key: 'Tab' | 'Shift+Tab'): Promise<readonly string[]> => {
	const names: string[] = [];
	for (;;) {
		const { name, hidden } = await focused(page);
		if (names.length > 0 && name === names[0]) return names;
		if (names.length > 30) throw new Error(`Tab does not come back: ${names.join(', ')}`);
		expect({ name, hidden }).toEqual({ name, hidden: [] });
		names.push(name);
		await page.keyboard.press(key);
	}
};

/** Opens a menu by its button, goes down to an item by arrows and chooses it. */
const chooseIn = async (page: Page, button: Locator, item: string): Promise<void> => {
	await tabTo(page, button);
	await page.keyboard.press('Enter');
	const wanted = page.getByRole('menuitem', { name: item });
	await expect(wanted).toBeVisible();
	for (let presses = 0; presses < 12; presses += 1) {
		if (await wanted.evaluate((element) => element === document.activeElement)) break;
		await page.keyboard.press('ArrowDown');
	}
	await expect(wanted).toBeFocused();
	await page.keyboard.press('Enter');
};

const modelsOf = (page: Page, chatId: string) =>
	page.evaluate(async (id) => (await window.stet?.ask('chat', { chatId: id }))?.models ?? null, chatId);

for (const { name, width, height } of SIZES) {
	test.describe(name, () => {
		test(`“Model and cost” is read, changed, saved and left by keyboard on a ${name}`, async ({
			page,
			origin,
			provider
		}) => {
			const chatId = await beginWith(page, origin, provider.base('whole'));
			// only now: a story on a phone has no way to the settings but back
			await page.setViewportSize({ width, height });
			const sheet = page.getByRole('dialog', { name: en.account.title });
			const opener = page.getByRole('button', { name: en.chat.from('Replay') });
			const more = sheet.locator('summary', { hasText: new RegExp(`^${en.account.tasks.prose.more}$`) });
			const others = sheet.locator('summary', { hasText: en.account.others });

			await tabTo(page, opener);
			await page.keyboard.press('Enter');
			await expect(sheet.getByLabel(en.account.tasks.prose.from)).toBeFocused();

			await test.step('each control in the order it stands, then the first again', async () => {
				const shut = [
					en.account.tasks.prose.from,
					en.account.tasks.prose.model,
					en.models.fetch,
					en.account.tasks.prose.more,
					en.account.others,
					en.app.cancel,
					en.app.save,
					en.account.settings
				];
				expect(await aroundBy(page, 'Tab')).toEqual(shut);
				expect(await aroundBy(page, 'Shift+Tab')).toEqual([
					en.account.tasks.prose.from,
					...shut.slice(1).reverse()
				]);
				await look(page, 'model and cost');
				await tabTo(page, more);
				await page.keyboard.press('Enter');
				await tabTo(page, others);
				await page.keyboard.press('Space');
				await tabTo(page, sheet.getByLabel(en.account.tasks.prose.from));
				expect(await aroundBy(page, 'Tab')).toEqual([
					en.account.tasks.prose.from,
					en.account.tasks.prose.model,
					en.models.fetch,
					en.account.tasks.prose.more,
					en.account.tasks.prose.temperature,
					en.account.tasks.prose.topP,
					en.account.tasks.prose.longest,
					en.account.others,
					en.account.tasks.classify.from,
					en.account.tasks.classify.model,
					en.models.fetch,
					en.account.tasks.classify.more,
					en.account.tasks.copilot.from,
					en.account.tasks.copilot.model,
					en.models.fetch,
					en.account.tasks.copilot.more,
					en.app.cancel,
					en.app.save,
					en.account.settings
				]);
				await expect(sheet.getByLabel(en.account.tasks.prose.from)).toBeFocused();
				await look(page, 'model and cost, all of it');
			});

			await test.step('Escape changes nothing and gives the focus back', async () => {
				await tabTo(page, sheet.getByLabel(en.account.tasks.prose.from));
				await page.keyboard.press('ArrowDown');
				await page.keyboard.press('Escape');
				await expect(sheet).toHaveCount(0);
				await expect(opener).toBeFocused();
				expect((await modelsOf(page, chatId))?.prose ?? null).toBeNull();
			});

			await test.step('arrows choose and count, letters write, Enter saves', async () => {
				await page.keyboard.press('Enter');
				const replies = sheet.getByLabel(en.account.tasks.prose.from);
				await expect(replies).toBeFocused();
				await expect(replies).toHaveValue('');
				for (let presses = 0; presses < 5; presses += 1) {
					await page.keyboard.press('ArrowDown');
					if ((await replies.locator('option:checked').textContent()) === 'Replay') break;
				}
				await page.keyboard.press('Tab');
				await page.keyboard.type('by-hand');
				await tabTo(page, more);
				if ((await more.locator('..').getAttribute('open')) === null) await page.keyboard.press('Space');
				await page.keyboard.press('Tab');
				await page.keyboard.type('0.5');
				await page.keyboard.press('ArrowUp');
				await expect(sheet.getByLabel(en.account.tasks.prose.temperature, { exact: true })).toHaveValue(
					'0.55'
				);
				await tabTo(page, sheet.getByRole('button', { name: en.app.save }));
				await page.keyboard.press('Enter');
				await expect(sheet).toHaveCount(0);
				await expect(page.getByText(en.account.saved)).toBeVisible();
				await expect(opener).toBeFocused();
				expect((await modelsOf(page, chatId))?.prose).toMatchObject({ model: 'by-hand', temperature: 0.55 });
			});

			await test.step('from the menu of the story as well, and back to its button', async () => {
				await chooseIn(page, story(page).menu, en.account.open);
				await expect(sheet.getByLabel(en.account.tasks.prose.from)).toBeFocused();
				await tabTo(page, sheet.getByRole('button', { name: en.app.cancel }));
				await page.keyboard.press('Enter');
				await expect(sheet).toHaveCount(0);
				await expect(story(page).menu).toBeFocused();
			});
		});

		test(`“About this reply” is read and left by keyboard on a ${name}`, async ({
			page,
			origin,
			provider
		}) => {
			const chatId = await beginWith(page, origin, provider.base('whole'));
			// only now: a story on a phone has no way to the settings but back
			await page.setViewportSize({ width, height });
			const turns = (await stored(page, chatId)).length;
			await say(page, 'Hello there.');
			await replied(page, turns + 2);
			const sheet = page.getByRole('dialog', { name: en.account.source });
			const menu = story(page).turns.last().getByRole('button', { name: en.chat.turnMenu });

			for (const way of ['Escape', 'Enter'] as const) {
				await chooseIn(page, menu, en.account.source);
				await expect(sheet).toContainText('42 tokens read');
				await expect(sheet.getByRole('button', { name: en.app.close })).toBeFocused();
				expect(await aroundBy(page, 'Tab')).toEqual([en.app.close]);
				if (way === 'Escape') await look(page, 'about this reply');
				await page.keyboard.press(way);
				await expect(sheet).toHaveCount(0);
				await expect(menu).toBeFocused();
			}

			await test.step('and the account has the line of it', async () => {
				await chooseIn(page, story(page).menu, en.account.open);
				const account = page.getByRole('dialog', { name: en.account.title });
				// its words, and what was looked for in them
				await expect(account.getByRole('listitem')).toContainText('3 requests');
				await look(page, 'model and cost of a reply');
				await page.keyboard.press('Escape');
				await expect(story(page).menu).toBeFocused();
			});
		});
	});
}

test('what is being chosen stays when a reply ends meanwhile', async ({ page, origin, provider }) => {
	const chatId = await beginWith(page, origin, provider.base('stepped'));
	const turns = (await stored(page, chatId)).length;
	await say(page, 'Hello there.');
	await expect(story(page).streaming).toBeVisible();
	await page.getByRole('button', { name: en.chat.from('Replay') }).click();
	const sheet = page.getByRole('dialog', { name: en.account.title });
	const model = sheet.getByLabel(en.account.tasks.prose.model, { exact: true });
	await model.fill('half-typed');
	provider.step(100);
	await expect.poll(async () => (await stored(page, chatId)).length).toBe(turns + 2);
	await expect(sheet.getByRole('listitem')).toContainText(/[1-3] requests?/u);
	await expect(model).toHaveValue('half-typed');
});
