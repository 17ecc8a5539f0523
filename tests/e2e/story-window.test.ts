// A story of two thousand turns: few of them on the page, all of them within reach, and no jump of the words being read.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect } from '../support/app.ts';
import { layDown } from '../support/long-story.ts';
import { REPLAY_TEXT } from '../support/replay-server.ts';
import { addConnection, useConnection } from '../support/screens.ts';
import { say, story, test } from '../support/story.ts';

const TURNS = 2000;
const NODES = 2000;
/** More than a rounding, less than anybody sees. */
const JUMP_PX = 8;

const nodes = (page: Page): Promise<number> => page.evaluate(() => document.querySelectorAll('*').length);

const turn = (page: Page, number: number): Locator =>
	page.locator(`article[aria-posinset="${String(number)}"]`);

const topOf = (row: Locator): Promise<number> => row.evaluate((node) => node.getBoundingClientRect().top);

/** Waits until nothing moves any more, and nothing is about to: two looks see the same, further apart than the page rests. */
const still = (page: Page): Promise<void> =>
	page.evaluate(async () => {
		const look = () =>
			JSON.stringify(
				[...document.querySelectorAll('article')].map((row) => [row.id, row.getBoundingClientRect().top])
			);
		for (let before = '', now = look(); before !== now; now = look()) {
			before = now;
			for (let frame = 0; frame < 24; frame += 1) await new Promise(requestAnimationFrame);
		}
	});

/** Numbers and tops of the turns on the screen, below the head. */
const onScreen = (page: Page): Promise<readonly (readonly [id: string, number: number, top: number])[]> =>
	page.evaluate(() =>
		[...document.querySelectorAll('article[aria-posinset]')].flatMap((row) => {
			const { top, bottom } = row.getBoundingClientRect();
			return bottom <= 80 || top >= innerHeight
				? []
				: [[row.id, Number(row.getAttribute('aria-posinset')), top] as const];
		})
	);

const open = async (page: Page, origin: string, turns = TURNS): Promise<string> => {
	const chatId = await layDown(page, origin, turns);
	await page.goto(`${origin}/chats/${chatId}`);
	await expect(turn(page, turns)).toBeInViewport();
	return chatId;
};

for (const [name, width, height] of [
	['phone', 390, 844],
	['desk', 1280, 800]
] as const) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`few elements at the end, in the middle and at the beginning, on a ${name}`, async ({
			page,
			origin
		}) => {
			await open(page, origin);
			expect(await nodes(page)).toBeLessThan(NODES);

			await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight / 2 }));
			await expect.poll(async () => (await onScreen(page))[0]?.[1] ?? TURNS).toBeLessThan(TURNS - 100);
			await still(page);
			expect(await nodes(page)).toBeLessThan(NODES);

			await page.keyboard.press('Home');
			await expect(turn(page, 1)).toBeInViewport();
			await still(page);
			expect(await nodes(page)).toBeLessThan(NODES);
			expect(await page.evaluate(() => scrollY)).toBe(0);
			const { violations } = await new AxeBuilder({ page }).disableRules('target-size').analyze();
			expect(violations.map(({ id }) => id)).toEqual([]);

			await page.keyboard.press('End');
			await expect(turn(page, TURNS)).toBeInViewport();

			await story(page).menu.click();
			await page.getByRole('menuitem', { name: en.chat.toBeginning }).click();
			await expect(turn(page, 1)).toBeInViewport();
			await story(page).menu.click();
			await page.getByRole('menuitem', { name: en.chat.toEnd }).click();
			await expect(turn(page, TURNS)).toBeInViewport();
		});

		test(`paging up through a story shows every turn, in order, and moves the words by one page each time, on a ${name}`, async ({
			page,
			origin
		}) => {
			test.setTimeout(240_000);
			const turns = 40;
			await page.emulateMedia({ reducedMotion: 'reduce' });
			await open(page, origin, turns);
			await still(page);
			const seen = new Set<number>();
			const steps = new Set<number>();
			for (;;) {
				const before = await onScreen(page);
				for (const [, number] of before) seen.add(number);
				expect(
					before.map(([, number]) => number),
					'the turns on the screen follow each other'
				).toEqual(before.map((_, n) => (before[0]?.[1] ?? 0) + n));
				if (await page.evaluate(() => scrollY === 0)) break;
				const tops = new Map(before.map(([id, , top]) => [id, top]));
				await page.keyboard.press('PageUp');
				await still(page);
				if (await page.evaluate(() => scrollY === 0)) continue;
				// a page is lower than the screen: something that was read is still there
				const moved = await page.evaluate(
					(ids) => ids.map((id) => document.getElementById(id)?.getBoundingClientRect().top ?? null),
					[...tops.keys()]
				);
				[...tops.values()].forEach((top, n) => {
					const now = moved[n];
					if (typeof now === 'number') steps.add(Math.round(now - top));
				});
			}
			expect([...seen].sort((a, b) => b - a)).toEqual(Array.from({ length: turns }, (_, n) => turns - n));
			expect(Math.max(...steps) - Math.min(...steps), [...steps].join()).toBeLessThanOrEqual(JUMP_PX);
		});
	});
}

test('a link to a turn far up opens there, and marks it; one to a turn that is gone says so', async ({
	page,
	origin
}) => {
	const chatId = await open(page, origin);
	const turnId = await page.evaluate(
		async (id) =>
			(await window.stet?.ask('transcript', { chatId: id, from: 321, limit: 1 }))?.turns[0]?.turnId,
		chatId
	);
	await page.goto(`${origin}/`);
	await page.goto(`${origin}/chats/${chatId}#turn-${String(turnId)}`);
	await expect(turn(page, 321)).toBeInViewport();
	await still(page);
	await expect(turn(page, 321)).toBeFocused();
	expect(await topOf(turn(page, 321))).toBeLessThan(150);
	await expect(page.locator('.linked')).toHaveCount(1);
	await expect(page.locator('.linked')).toContainText('Turn 321 ');

	await page.goto(`${origin}/`);
	await page.goto(`${origin}/chats/${chatId}#turn-${crypto.randomUUID()}`);
	await expect(page.getByText(en.chat.linkGone)).toBeVisible();
	await expect(turn(page, TURNS)).toBeInViewport();
});

test('an edit far up is kept through scrolling away, with the focus, and other tabs see what is saved', async ({
	page,
	origin,
	context
}) => {
	const chatId = await open(page, origin);
	await page.keyboard.press('Home');
	await turn(page, 1).getByRole('button', { name: en.chat.edit }).click();
	const editor = page.getByRole('textbox', { name: en.chat.editLabel });
	await editor.fill('Words of another kind');
	await page.mouse.wheel(0, 20_000);
	await expect.poll(async () => (await onScreen(page))[0]?.[1] ?? 0).toBeGreaterThan(10);
	await still(page);
	await expect(editor).toBeFocused();
	await expect(editor).not.toBeInViewport();
	expect(await nodes(page)).toBeLessThan(NODES);

	const other = await context.newPage();
	await other.goto(`${origin}/chats/${chatId}`);
	await expect(turn(other, TURNS)).toBeInViewport();
	await other.keyboard.press('Home');
	await expect(turn(other, 1)).toContainText('Turn 1 ');

	await page.bringToFront();
	await page.keyboard.type('.');
	await expect(editor).toBeInViewport();
	await still(page);
	await expect(turn(page, 2), 'the turns around it are back too').toBeInViewport();
	await expect(editor).toHaveValue('Words of another kind.');
	await editor.press('Control+Enter');
	await expect(turn(page, 1)).toContainText('Words of another kind');
	await expect(turn(other, 1)).toContainText('Words of another kind');
});

test('Tab goes on from a turn that has been scrolled away from', async ({ page, origin }) => {
	await open(page, origin);
	await page.keyboard.press('Home');
	await turn(page, 3).getByRole('button', { name: en.chat.edit }).focus();
	await page.mouse.move(200, 300);
	await page.mouse.wheel(0, 20_000);
	await expect.poll(async () => (await onScreen(page))[0]?.[1] ?? 0).toBeGreaterThan(10);
	await still(page);
	await expect(turn(page, 3).getByRole('button', { name: en.chat.edit })).toBeFocused();
	await page.keyboard.press('Tab');
	await expect(turn(page, 3).getByRole('button', { name: en.chat.copy })).toBeFocused();
	await expect(turn(page, 3)).toBeInViewport();
	await still(page);
	await page.keyboard.press('Tab');
	await expect(turn(page, 3).getByRole('button', { name: en.chat.turnMenu })).toBeFocused();
	await page.keyboard.press('Tab');
	await expect(turn(page, 4).getByRole('button', { name: en.chat.edit })).toBeFocused();
});

test('a reply that streams at the end moves nothing for who reads in the middle', async ({
	page,
	origin,
	provider
}) => {
	const chatId = await open(page, origin);
	await page.goto(`${origin}/settings`);
	await addConnection(page, { label: 'Replay', url: provider.base('stepped') });
	await useConnection(page, 'Replay');
	await page.goto(`${origin}/chats/${chatId}`);
	await expect(turn(page, TURNS)).toBeInViewport();
	await say(page, 'Go on.');
	provider.step(2);
	await expect(story(page).streaming).toContainText('One lamp');
	await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight / 2 }));
	await expect.poll(async () => (await onScreen(page))[0]?.[1] ?? TURNS).toBeLessThan(TURNS - 100);
	await still(page);
	const before = await onScreen(page);
	provider.step(REPLAY_TEXT.stepped.split(' ').length);
	await expect(story(page).send).toBeVisible();
	await still(page);
	const after = await onScreen(page);
	expect(after.map(([id, number]) => [id, number])).toEqual(before.map(([id, number]) => [id, number]));
	// the engine keeps the scroll offset in fractions of a pixel and rounds them as heights above change
	for (const [at, [, number, top]] of after.entries())
		expect(Math.abs(top - (before[at]?.[2] ?? NaN)), `turn ${number} moved`).toBeLessThan(0.5);
	await page.getByRole('button', { name: en.chat.toEnd }).click();
	await expect(turn(page, TURNS + 2)).toBeInViewport();
	await expect(turn(page, TURNS + 2)).toContainText(REPLAY_TEXT.stepped);
});
