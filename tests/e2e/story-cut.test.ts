// A page that goes away in mid-stream: what had arrived is offered, and each answer to the offer is done once.
import type { BrowserContext, Page } from '@playwright/test';
import { expect } from '../support/app.ts';
import { REPLAY_TEXT } from '../support/replay-server.ts';
import { beginWith, crash, job, replied, say, stored, story, test, wordsOf } from '../support/story.ts';

const WORDS = REPLAY_TEXT.stepped.split(' ');
const HALF = 'One lamp burns';

/** Says something, lets three words come, and waits until they are on the disk as a draft. */
const halfAReply = async (page: Page, chatId: string, step: (words: number) => void): Promise<void> => {
	await say(page, 'Go on.');
	step(3);
	await expect(story(page).streaming).toContainText(HALF);
	await expect.poll(async () => (await job(page, chatId))?.text.trim()).toBe(HALF);
};

const offered = async (page: Page): Promise<void> => {
	await expect(page.getByText('This reply was cut off.')).toBeVisible({ timeout: 15_000 });
	await expect(page.locator('.draft')).toHaveText(HALF);
	await expect(story(page).turns).toHaveCount(2);
	await expect(story(page).streaming).toHaveCount(0);
	await expect(story(page).send, 'one thing at a time').toBeDisabled();
};

const AWAY: Readonly<Record<string, (page: Page, context: BrowserContext) => Promise<Page>>> = {
	'a reload': async (page) => {
		await page.reload();
		return page;
	},
	'a crash of the tab': async (page, context) => {
		const address = page.url();
		await crash(context, page);
		const next = await context.newPage();
		await next.goto(address);
		return next;
	}
};

for (const [how, away] of Object.entries(AWAY)) {
	test(`after ${how} in mid-stream the draft can be kept, discarded, or asked for again`, async ({
		page,
		context,
		origin,
		provider
	}) => {
		const chatId = await beginWith(page, origin, provider.base('stepped'));
		await halfAReply(page, chatId, provider.step);
		let now = await away(page, context);
		await offered(now);
		await expect.poll(() => provider.requests[0]?.closedEarly).toBe(true);
		await story(now).again.click();
		// what was sent before the cut is not repeated: a whole new reply
		provider.step(WORDS.length);
		await replied(now, 3);
		await expect(wordsOf(story(now).turns.last())).toHaveText(REPLAY_TEXT.stepped);
		expect(provider.requests).toHaveLength(2);

		await halfAReply(now, chatId, provider.step);
		now = await away(now, context);
		await expect(now.getByText('This reply was cut off.')).toBeVisible({ timeout: 15_000 });
		await story(now).keep.click();
		await replied(now, 5);
		await expect(story(now).turns.last()).toContainText('Stopped here');

		await halfAReply(now, chatId, provider.step);
		now = await away(now, context);
		await expect(now.getByText('This reply was cut off.')).toBeVisible({ timeout: 15_000 });
		await story(now).discard.click();
		await expect(now.getByText('No reply yet.')).toBeVisible();
		expect(await job(now, chatId)).toBeNull();
		await now.reload();
		await expect(now.getByText('No reply yet.')).toBeVisible();

		const turns = await stored(now, chatId);
		expect(turns.slice(1).map(({ role, text, truncated }) => [role, text.trim(), truncated])).toEqual([
			['user', 'Go on.', false],
			['assistant', REPLAY_TEXT.stepped, false],
			['user', 'Go on.', false],
			['assistant', HALF, true],
			['user', 'Go on.', false]
		]);
	});
}

test('a reload before the first word offers to ask again or to leave it', async ({
	page,
	origin,
	provider
}) => {
	const chatId = await beginWith(page, origin, provider.base('stepped'));
	await say(page, 'Anyone?');
	await expect.poll(() => provider.requests.length).toBe(1);
	await page.reload();
	await expect(page.getByText('No reply came.')).toBeVisible({ timeout: 15_000 });
	await expect(story(page).keep).toHaveCount(0);
	await story(page).again.click();
	provider.step(WORDS.length);
	await replied(page, 3);
	expect(await stored(page, chatId)).toHaveLength(3);
});

test('a draft outlives the browser', async ({ page, origin, provider, relaunch }) => {
	const chatId = await beginWith(page, origin, provider.base('stepped'));
	await halfAReply(page, chatId, provider.step);
	const again = await (await relaunch()).newPage();
	await again.goto(`${origin}/chats/${chatId}`);
	await offered(again);
	await story(again).keep.click();
	await replied(again, 3);
	const turns = await stored(again, chatId);
	expect(turns).toHaveLength(3);
	expect(turns[2]).toMatchObject({ truncated: true });
	expect(turns[2]?.text.trim()).toBe(HALF);
});
