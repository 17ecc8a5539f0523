// A story that is handed over: its brief is told as a story’s, its loose ends come from its world, and somebody else goes on with it.
import type { Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import { actAs, desk, staff, strip } from '../support/desk-screens.ts';
import { look } from '../support/look.ts';
import { replied, say, story } from '../support/story.ts';

const SIZES = [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const;

/** A story with a question in its greeting, a thread, and something planned; a turn of it is played. */
const aStory = async (page: Page): Promise<string> => {
	const chatId = await page.evaluate(async () => {
		const { stet } = window;
		if (stet === undefined) throw new Error('the console door is not open');
		const bot = await stet.dispatch('author_bot', {
			name: 'Mara Quill',
			greeting: '*She looks up from the ledger.* “The last ferry has gone. Who told you to wait for it?”'
		});
		if (!bot.ok) throw new Error(bot.error.type);
		const chat = await stet.dispatch('create_chat', { botId: bot.value.botId, title: 'The last lamp' });
		if (!chat.ok) throw new Error(chat.error.type);
		const of = { chatId: chat.value.chatId };
		await stet.dispatch('open_thread', { ...of, text: 'Somebody turned the crossing board round.' });
		await stet.dispatch('plan_event', {
			...of,
			title: 'The morning ferry comes in',
			kind: 'arrival',
			plannedFor: null
		});
		return of.chatId;
	});
	await page.goto(`/chats/${chatId}`);
	await say(page, 'I was told at the inn that it would wait. The door failed to open.');
	await replied(page, 3);
	return chatId;
};

for (const { name, width, height } of SIZES) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`a story is handed over on a ${name}, told as one, and gone on with`, async ({ page }) => {
			test.setTimeout(180_000);
			await page.goto('/');
			await staff(page, ['Dana', 'engineer'], ['Mo', 'member']);
			await page.reload();
			await actAs(page, 'Mo');
			const chatId = await aStory(page);
			await story(page).menu.click();
			await page.getByRole('menuitem', { name: en.chat.handOver }).click();
			await expect(page.getByRole('dialog', { name: desk.raise.passTitle })).toBeVisible();
			await look(page, 'handing a story over');
			await page.getByRole('button', { name: desk.raise.goPass }).click();
			await expect(strip(page).getByRole('status')).toContainText('Waits for somebody to go on');

			await page.getByRole('link', { name: en.app.back }).click();
			await actAs(page, 'Dana');
			await page.getByRole('navigation').getByRole('link', { name: /Queue/u }).click();
			await page.getByRole('button', { name: desk.acts.names.pick_up }).first().click();
			await expect(page.getByText(desk.queue.youHave).first()).toBeVisible();
			const { storyBrief, brief } = desk;
			const ends = page.getByRole('region', { name: storyBrief.assessment });
			await expect(ends.getByText(/(\d+) of \1 statements traced/u)).toBeVisible({ timeout: 60_000 });
			const blocks = await page.getByRole('heading', { level: 2 }).allTextContents();
			expect(blocks.slice(0, 4)).toEqual([
				storyBrief.problem,
				storyBrief.assessment,
				storyBrief.tried,
				brief.startHere
			]);
			await expect(ends).toContainText('Somebody turned the crossing board round.');
			await expect(ends).toContainText('The morning ferry comes in');
			await expect(page.getByRole('region', { name: storyBrief.tried })).toContainText(
				'I was told at the inn'
			);
			await expect(page.getByText(brief.errors), 'nothing in a story is an error').toHaveCount(0);
			await expect(page.getByText(brief.unverified)).toHaveCount(0);
			await look(page, 'story brief');
			const step = await page
				.getByRole('region', { name: brief.startHere })
				.locator('.main')
				.first()
				.textContent();
			await page.getByRole('button', { name: brief.start, exact: true }).click();
			await expect(page).toHaveURL(new RegExp(`/chats/${chatId}`));
			await expect(story(page).composer).toHaveValue(step ?? '');
			await story(page).send.click();
			await replied(page, 5);
			await look(page, 'a story gone on with');
			await strip(page).getByRole('link', { name: desk.standing.openHandoff }).click();
			await expect(ends.getByText(storyBrief.newer(2))).toBeVisible();
			await page.locator('.brief-head').getByRole('button', { name: desk.acts.names.resolve }).click();
			const sheet = page.getByRole('dialog');
			await expect(sheet.getByText(desk.codes.workaround), 'a story is not solved').toHaveCount(0);
			await sheet.getByLabel(desk.acts.storyResolve).fill('I play on.');
			await sheet.getByRole('button', { name: desk.acts.names.resolve }).click();
			await expect(page.getByText(brief.state.resolved).first()).toBeVisible();
		});
	});
}
