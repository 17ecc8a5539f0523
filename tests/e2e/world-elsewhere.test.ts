// Scenes elsewhere and time on the page: a scene that is stopped, gone on with and ended; a digest that is let known, told
// otherwise or kept secret; a flashback; time that a reply passes over.
import type { Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { world } from '../../src/routes/words/en-world.ts';
import { expect, test as base } from '../support/app.ts';
import { look } from '../support/look.ts';
import { say, story, stored } from '../support/story.ts';
import { startToldModel, type ToldModel } from '../support/told-model.ts';
import { layWorldDown, type LaidDown } from '../support/world.ts';

const SIZES = [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const;

const test = base.extend<{ readonly model: ToldModel }>({
	model: async ({}, use) => {
		const model = await startToldModel();
		await use(model);
		await model.close();
	}
});

const open = async (
	page: Page,
	model: ToldModel,
	{ guest }: { readonly guest: boolean }
): Promise<LaidDown> => {
	await model.connect(page);
	await page.waitForFunction(() => window.stet !== undefined);
	const laid = await layWorldDown(page, { guest });
	await page.goto(`/chats/${laid.chatId}`);
	await expect(story(page).composer).toBeVisible();
	return laid;
};

/** Waits until so many turns are there and nothing runs. */
const settled = async (page: Page, turns: number): Promise<void> => {
	await expect(story(page).turns.last()).toHaveAttribute('aria-posinset', String(turns), { timeout: 30_000 });
	await expect(story(page).stop).toHaveCount(0, { timeout: 30_000 });
};

const beginElsewhere = async (page: Page, limit: number): Promise<void> => {
	await page.getByRole('button', { name: world.drawer.labels.story }).click();
	await page.getByRole('button', { name: world.now.meanwhile }).click();
	await page.getByLabel(world.now.meanwhileWhere, { exact: true }).fill('the quay');
	await page.getByLabel(world.now.meanwhilePremise).fill('Ben tries to talk Mara out of it.');
	await page.getByLabel(world.now.meanwhileLimit).fill(String(limit));
	await page.getByRole('button', { name: world.now.meanwhileYes }).click();
};

const DIGEST = 'They agreed to sink the boat before dawn.';
const card = (page: Page) => page.getByRole('region', { name: world.meanwhile.digest });

for (const { name, width, height } of SIZES) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`a scene elsewhere is stopped, gone on with, and ended by hand on a ${name}`, async ({
			page,
			model
		}) => {
			const { chatId } = await open(page, model, { guest: true });
			model.answers('digest', { text: DIGEST });
			model.says('“It leaks,” she says.', '“So do we,” he says, and…');
			await beginElsewhere(page, 6);
			const bar = page.getByRole('group', { name: world.meanwhile.label });
			await expect(story(page).streaming).toContainText('So do we', { timeout: 30_000 });
			await expect(bar).toContainText(world.meanwhile.running(1, 6));
			await expect(bar.getByRole('button', { name: world.meanwhile.continue })).toHaveCount(0);
			await look(page, 'a scene elsewhere is played');
			await story(page).stop.click();
			await expect(bar.getByRole('button', { name: world.meanwhile.continue })).toBeVisible();
			await expect(page.getByText(world.meanwhile.wait)).toBeVisible();
			await look(page, 'a scene elsewhere was stopped');

			model.says('*She throws the rope.*', '*He does not catch it…');
			await bar.getByRole('button', { name: world.meanwhile.continue }).press('Enter');
			await expect(story(page).streaming).toContainText('He does not catch it', { timeout: 30_000 });
			await expect(bar).toContainText(world.meanwhile.running(3, 6));
			await page.keyboard.press('Escape');
			await expect(bar.getByRole('button', { name: world.meanwhile.end })).toBeEnabled();
			await bar.getByRole('button', { name: world.meanwhile.end }).press('Enter');
			await expect(card(page)).toContainText(DIGEST, { timeout: 30_000 });
			await expect(bar).toHaveCount(0);
			await expect(story(page).send).toBeVisible();
			await look(page, 'what was played elsewhere is summed up');
			expect((await stored(page, chatId)).map(({ text }) => text)).toEqual([
				'*She turns the ledger to a clean page.* “What shall I write down?”',
				'Ben tries to talk Mara out of it.',
				'“It leaks,” she says.',
				'“So do we,” he says, and…',
				'*She throws the rope.*',
				'*He does not catch it…'
			]);
		});

		test(`a digest is kept secret, and let be known after all, on a ${name}`, async ({ page, model }) => {
			await open(page, model, { guest: true });
			model.answers('digest', { text: DIGEST });
			await beginElsewhere(page, 1);
			await expect(card(page)).toContainText(DIGEST, { timeout: 30_000 });
			await card(page).getByRole('button', { name: world.meanwhile.secret }).press('Enter');
			await expect(card(page)).toContainText(world.meanwhile.keptSecret);
			await expect(card(page)).toBeFocused();
			await look(page, 'a digest that is kept secret');
			await say(page, 'I am back.');
			await settled(page, 5);
			const since = model.asked.slice(model.asked.findIndex(({ body }) => body.includes('I am back.')));
			expect(since.map((asked) => asked.name)).toContain('words');
			for (const { body } of since) expect(body).not.toContain('sink the boat');
			await page.keyboard.press('Home');
			await card(page).getByRole('button', { name: world.meanwhile.accept }).press('Enter');
			await expect(card(page)).toContainText(world.meanwhile.accepted);
		});

		test(`a flashback, and time that a reply passes over, on a ${name}`, async ({ page, model }) => {
			const { chatId } = await open(page, model, { guest: false });
			model.says('*The lamp gutters.* “Go to bed,” she says, and then it is morning.');
			model.answers('observer', { minutes: 17 * 60, skip: 'The next morning' });
			await say(page, 'I will wait for the ferry.');
			await settled(page, 3);
			await expect(page.getByText('The next morning', { exact: true })).toBeVisible();
			await expect(page.locator('.skipped')).toContainText('Day 1, 14:20 → Day 2, 07:20');
			await look(page, 'time that a reply passed over');

			model.answers('observer', {});
			model.says('*The office smells of new paint.* “You are early,” she says.');
			await page.getByRole('button', { name: world.drawer.labels.story }).click();
			await page.getByRole('button', { name: world.now.skip }).click();
			await page.getByLabel(world.now.skipTo).check();
			await page.getByLabel(world.now.dayField, { exact: true }).fill('1');
			await page.getByLabel(world.now.hourField, { exact: true }).fill('06:30');
			await expect(page.getByText(world.now.isFlashback)).toBeVisible();
			await page.getByLabel(world.now.skipLabel).fill('That same morning, before anybody was up');
			await look(page, 'a flashback is entered');
			await page.getByRole('button', { name: world.now.skipYes, exact: true }).click();
			await settled(page, 5);
			await page.keyboard.press('Escape');
			await expect(page.getByText(world.transcript.flashback, { exact: true })).toBeVisible();
			await look(page, 'a flashback');
			const minutes = await page.evaluate(
				async (id) => (await window.stet?.ask('now', { chatId: id }))?.minutes,
				chatId
			);
			expect(minutes).toBe(6 * 60 + 30);
		});

		test(`a word put in is smaller, and Stop while it is written keeps what it says, on a ${name}`, async ({
			page,
			model
		}) => {
			const { chatId } = await open(page, model, { guest: true });
			model.says(
				'“The ledger is closed,” she says, and closes it.',
				'“It was open a minute ago,” he says, and…'
			);
			model.answers('interjection', { speaks: true, why: 'He saw it.' });
			await say(page, 'Mara, may I see the ledger?');
			await expect(story(page).streaming).toContainText('a minute ago', { timeout: 30_000 });
			await expect(page.getByText(world.stages.interjecting('Ben Hale'))).toBeVisible();
			await look(page, 'a word is put in');
			await story(page).stop.click();
			await expect(story(page).send).toBeVisible();
			const word = page.locator('.row.interjection');
			await expect(word).toContainText(en.chat.truncated);
			const size = (of: typeof word) =>
				of.locator('.words p').evaluate((node) => parseFloat(getComputedStyle(node).fontSize));
			expect(await size(word)).toBeLessThan(await size(page.locator('.row').nth(2)));
			await look(page, 'a word put in that was stopped');
			expect((await stored(page, chatId)).slice(-2)).toMatchObject([
				{ text: '“The ledger is closed,” she says, and closes it.', truncated: false },
				{ text: '“It was open a minute ago,” he says, and…', truncated: true }
			]);
			// the story goes on from there
			model.says('“Then you saw it wrong.”');
			model.answers('interjection', {});
			await say(page, 'Who is right?');
			await settled(page, 6);
		});
	});
}

test('a digest is told otherwise before it is let be known, and that can be given up', async ({
	page,
	model
}) => {
	await open(page, model, { guest: true });
	model.answers('digest', { text: DIGEST });
	await beginElsewhere(page, 1);
	await card(page).getByRole('button', { name: world.meanwhile.edit }).press('Enter', { timeout: 30_000 });
	const field = card(page).getByLabel(world.meanwhile.digestText);
	await expect(field).toBeFocused();
	await expect(field).toHaveValue(DIGEST);
	await field.fill('They spoke of the weather.');
	await card(page).getByRole('button', { name: en.app.cancel }).press('Enter');
	await expect(card(page)).toContainText(DIGEST);
	await expect(card(page).getByRole('button', { name: world.meanwhile.edit })).toBeFocused();
	await page.keyboard.press('Enter');
	await field.fill('They spoke of the boat.');
	await page.keyboard.press('Control+Enter');
	await expect(card(page)).toContainText('They spoke of the boat.');
	await expect(card(page)).toContainText(world.meanwhile.accepted);
	// and what is known already is told otherwise, and kept secret after all
	await card(page).getByRole('button', { name: world.meanwhile.change }).press('Enter');
	await field.fill('They spoke of the tide.');
	await card(page).getByRole('button', { name: world.drawer.save }).press('Enter');
	await expect(card(page)).toContainText('They spoke of the tide.');
	await card(page).getByRole('button', { name: world.meanwhile.secret }).press('Enter');
	await expect(card(page)).toContainText(world.meanwhile.keptSecret);
	await page.keyboard.press('Control+z');
	await expect(card(page)).toContainText(world.meanwhile.accepted);
});
