// What the turns of a story bring about, on the page: a quiet line, its list and how each is taken back; time that is
// skipped; scenes elsewhere; turns kept from the model; who answers where two could.
import type { Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { world } from '../../src/routes/words/en-world.ts';
import { expect } from '../support/app.ts';
import { look } from '../support/look.ts';
import { startReplayServer } from '../support/replay-server.ts';
import { beginWith, say, story, test, wordsOf } from '../support/story.ts';
import { layWorldDown, type LaidDown } from '../support/world.ts';

const SIZES = [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const;

const open = async (page: Page, { guest }: { readonly guest: boolean }): Promise<LaidDown> => {
	await page.goto('/');
	await page.waitForFunction(() => window.stet !== undefined);
	const laid = await layWorldDown(page, { guest });
	await page.goto(`/chats/${laid.chatId}`);
	await expect(story(page).composer).toBeVisible();
	return laid;
};

/** Waits until the turns are there and nothing runs any more, to the last of what they bring about. */
const settled = async (page: Page, turns: number): Promise<void> => {
	// those far above the reader are not on the page
	await expect(story(page).turns.last()).toHaveAttribute('aria-posinset', String(turns), { timeout: 30_000 });
	await expect(story(page).send).toBeVisible({ timeout: 30_000 });
};

/** The line under the newest turns that brought something about. */
const lines = (page: Page) => page.locator('article button[aria-controls$="-list"]');

for (const { name, width, height } of SIZES) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`effects under a turn on a ${name}`, async ({ page }) => {
			await open(page, { guest: true });
			await look(page, 'story with a guest');
			await say(
				page,
				'Thank you, Mara. I promise to bring the key back tomorrow. It is raining; let us wait.'
			);
			await settled(page, 3);
			await look(page, 'turn with effects');
			await lines(page).last().click();
			await look(page, 'turn with effects open');
		});

		test(`skips and hidden turns on a ${name}`, async ({ page }) => {
			await open(page, { guest: false });
			await page.getByRole('button', { name: world.drawer.labels.story }).click();
			await page.getByRole('button', { name: world.now.skip }).click();
			await page.getByLabel(world.now.skipTo).check();
			await page.getByLabel(world.now.skipLabel).fill('The next morning');
			await page.getByLabel(world.now.skipAnswer('Mara Quill')).uncheck();
			await look(page, 'skip form');
			await page.getByRole('button', { name: world.now.skipYes, exact: true }).click();
			await expect(page.getByText('Day 2, 08:00').first()).toBeVisible();
			await page.keyboard.press('Escape');
			await look(page, 'a skip');
			const first = story(page).turns.first();
			await first.hover();
			await first.getByRole('button', { name: en.chat.turnMenu }).click();
			await page.getByRole('menuitem', { name: world.transcript.hide }).click();
			await expect(page.getByText(world.transcript.hidden)).toBeVisible();
			await look(page, 'a hidden turn');
			await page.getByRole('button', { name: world.transcript.show, exact: true }).click();
			await expect(page.getByText(world.transcript.hidden)).toHaveCount(0);
		});

		test(`a scene elsewhere on a ${name}`, async ({ page }) => {
			await open(page, { guest: true });
			await page.getByRole('button', { name: world.drawer.labels.story }).click();
			await page.getByRole('button', { name: world.now.meanwhile }).click();
			await page.getByLabel(world.now.meanwhileWhere, { exact: true }).fill('the quay');
			await page.getByLabel(world.now.meanwhilePremise).fill('Ben tries to talk Mara out of it.');
			await page.getByLabel(world.now.meanwhileLimit).fill('2');
			await look(page, 'meanwhile form');
			await page.getByRole('button', { name: world.now.meanwhileYes }).click();
			await expect(page.getByText(world.meanwhile.notHere)).toBeVisible();
			await expect(page.getByText(world.meanwhile.digest)).toBeVisible({ timeout: 60_000 });
			await expect(story(page).send).toBeVisible({ timeout: 30_000 });
			await look(page, 'a scene elsewhere');
			await page.keyboard.press('Home');
			await expect(page.getByText(world.meanwhile.notHere)).toBeInViewport();
			await look(page, 'the beginning of a scene elsewhere');
			await page.getByRole('button', { name: world.meanwhile.edit }).press('Enter');
			await page.getByLabel(world.meanwhile.digestText).fill('They spoke of the boat.');
			await page.getByRole('button', { name: world.meanwhile.accept }).press('Enter');
			await expect(page.getByText(world.meanwhile.accepted)).toBeVisible();
			await expect(page.getByText('They spoke of the boat.')).toBeVisible();
			await look(page, 'a digest that was accepted');
		});
	});
}

test('an effect is taken back, alone, and brought back by Undo; by keyboard', async ({ page }) => {
	const { chatId } = await open(page, { guest: false });
	await story(page).composer.fill('Thank you, Mara. I promise to bring the key back tomorrow.');
	await page.keyboard.press('Control+Enter');
	await settled(page, 3);
	const line = lines(page).last();
	await line.focus();
	await page.keyboard.press('Enter');
	await expect(line).toHaveAttribute('aria-expanded', 'true');
	await expect(page.getByText(world.effects.provisionalHelp)).toBeVisible();
	const list = page.getByRole('list', { name: world.effects.listLabel });
	const count = await list.getByRole('listitem').count();
	expect(count).toBeGreaterThan(1);
	const kept = () =>
		page.evaluate(
			async (id) => (await window.stet?.ask('memories', { chatId: id }))?.memories.length,
			chatId
		);
	const remembered = (await kept()) ?? 0;
	expect(remembered).toBeGreaterThan(0);
	await list
		.getByRole('listitem')
		.filter({ hasText: 'will remember' })
		.first()
		.getByRole('button', { name: world.effects.undo })
		.press('Enter');
	await expect(list.getByRole('listitem')).toHaveCount(count - 1);
	expect(await kept()).toBe(remembered - 1);
	// the button that was pressed is gone, and the keyboard stays where it was
	expect(await page.evaluate(() => document.activeElement?.closest('article') !== null)).toBe(true);
	await page.getByRole('button', { name: 'Undo', exact: true }).last().press('Enter');
	await expect(list.getByRole('listitem')).toHaveCount(count);
	expect(await kept()).toBe(remembered);

	// once the story goes on, they are not provisional any more
	await say(page, 'Good night.');
	await settled(page, 5);
	await expect(page.getByText(world.effects.provisionalHelp)).toHaveCount(0);
});

test('who answers is chosen, for one turn; otherwise whoever is spoken to', async ({ page }) => {
	await open(page, { guest: true });
	const chips = page.getByRole('radiogroup', { name: world.speaker.label });
	await chips.getByRole('radio', { name: world.speaker.byName }).focus();
	await page.keyboard.press('ArrowRight');
	await page.keyboard.press('ArrowRight');
	await expect(chips.getByRole('radio', { name: 'Ben Hale' })).toBeChecked();
	await say(page, 'Mara, what does the ledger say?');
	await expect(story(page).turns.nth(2)).toContainText('Ben Hale', { timeout: 30_000 });
	await expect(story(page).send).toBeVisible({ timeout: 60_000 });
	await expect(chips.getByRole('radio', { name: world.speaker.byName })).toBeChecked();
});

test('what is going on is said in the composer, where Stop ends it; what could not be noted is asked again', async ({
	page,
	origin
}) => {
	/** Prose, which is no answer of a classifier; or nothing at all. */
	let classifiers: 'silent' | 'prose' = 'silent';
	const prose = `data: ${JSON.stringify({
		choices: [{ index: 0, delta: { content: 'The door opens.' }, finish_reason: null }]
	})}\n\ndata: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`;
	const server = await startReplayServer({
		raw: {
			// the first reply, what is asked of it, the second reply, and all that is asked of that
			world: (_asked, before) =>
				before === 0 || before === 2 || classifiers === 'prose'
					? { body: prose }
					: { body: '', stays: 'silent' }
		}
	});
	const chatId = await beginWith(page, origin, server.base('raw/world'));
	const reply = () =>
		page.evaluate(async (id) => (await window.stet?.ask('chat', { chatId: id }))?.reply, chatId);
	await say(page, 'I knock.');
	await expect(page.getByText(world.stages.remembering)).toBeVisible({ timeout: 30_000 });
	await expect(story(page).stop).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(story(page).send).toBeVisible();
	// the words stand; what they bring about was given up
	await expect(wordsOf(story(page).turns.last())).not.toBeEmpty();
	expect(await reply()).toBeNull();

	classifiers = 'prose';
	await say(page, 'I knock again.');
	const failure = page.getByText('What changed could not be noted.');
	await expect(failure).toBeVisible({ timeout: 30_000 });
	await expect(story(page).send).toBeVisible({ timeout: 30_000 });
	const answer = page.getByRole('group', { name: world.effects.raw }).first();
	await expect(answer).toBeHidden();
	await page.getByText(world.effects.raw).first().click();
	await expect(answer).toHaveText('The door opens.');
	await look(page, 'what could not be noted');
	classifiers = 'silent';
	await page.getByRole('button', { name: world.effects.retry }).first().press('Enter');
	await expect(page.getByText(world.stages.remembering)).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(story(page).send).toBeVisible();
	await server.close();
});

test('a new story begins with a guest, at an hour and in weather of its own', async ({ page }) => {
	await page.goto('/');
	await page.waitForFunction(() => window.stet !== undefined);
	await layWorldDown(page, { guest: false });
	await page.goto('/new');
	await page.getByLabel(en.newStory.withWhom).selectOption({ index: 1 });
	await page.getByLabel(world.begin.guest).selectOption({ index: 1 });
	await page.getByLabel(en.newStory.place).fill('the salt market');
	await page.getByText(world.begin.more).click();
	await page.getByLabel(world.begin.time).fill('23:10');
	await page.getByLabel(world.begin.weather).fill('fog');
	await look(page, 'a new story with everything');
	await page.getByRole('button', { name: en.newStory.begin }).click();
	await expect(page.getByText('Day 1, 23:10 · the salt market')).toBeVisible();
	await expect(page.getByRole('radiogroup', { name: world.speaker.label })).toBeVisible();
});
