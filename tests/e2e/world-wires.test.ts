// The first five turns of the scripted story in the built app, by a connection a person adds: what is said under each turn,
// and how things stand in the drawer.
import { en } from '../../src/routes/words/en.ts';
import { world } from '../../src/routes/words/en-world.ts';
import { expect, test as base } from '../support/app.ts';
import { look } from '../support/look.ts';
import { addConnection, useConnection } from '../support/screens.ts';
import { linesFor, startModel } from '../support/scripted-answers.ts';
import { BEGINS, SIXTY_TURNS } from '../support/sixty-turns.ts';
import { say, story } from '../support/story.ts';

const test = base.extend<{ readonly model: Awaited<ReturnType<typeof startModel>> }>({
	model: async ({}, use) => {
		const model = await startModel('openai-compatible', () => undefined);
		await use(model);
		await model.server.close();
	}
});

/** Turns on the page after each of the five: at the fourth, a word is put in. */
const TURNS_AFTER = [2, 4, 6, 9, 11];

test('five turns change a world that is shown where it changed, and as it stands', async ({
	page,
	model
}) => {
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.goto('/settings');
	await addConnection(page, {
		label: 'Scripted',
		url: model.server.base('raw/model'),
		key: { secret: 'sk-canary-0123456789', remember: true }
	});
	await useConnection(page, 'Scripted');
	await page.waitForFunction(() => window.stet !== undefined);
	const chatId = await page.evaluate(async (begins) => {
		const { stet } = window;
		if (stet === undefined) throw new Error('no console door');
		const made = [];
		for (const name of ['Mara', 'Edda']) {
			const bot = await stet.dispatch('author_bot', { name });
			if (!bot.ok) throw new Error(bot.error.type);
			made.push(bot.value.botId);
		}
		const [botId = '', guestId = ''] = made;
		const chat = await stet.dispatch('create_chat', { botId, guestId, ...begins });
		if (!chat.ok) throw new Error(chat.error.type);
		return chat.value.chatId;
	}, BEGINS);
	await page.goto(`/chats/${chatId}`);

	const line = page.locator('article button[aria-controls$="-list"]').last();
	const list = page.getByRole('list', { name: world.effects.listLabel }).last();
	for (const [i, { turn, opens, replies }] of SIXTY_TURNS.slice(0, TURNS_AFTER.length).entries()) {
		const reply = replies.at(-1);
		if (reply === undefined || !('you' in opens)) throw new Error('the script begins otherwise');
		await model.during(turn, linesFor([reply], null), async () => {
			await say(page, opens.you);
			await expect(story(page).turns.last()).toHaveAttribute('aria-posinset', String(TURNS_AFTER[i]), {
				timeout: 30_000
			});
			await expect(story(page).send).toBeVisible({ timeout: 30_000 });
		});
		if (turn !== 2) continue;
		await line.click();
		await expect(list).toContainText('She minded the step.');
		await expect(list).toContainText('Who lit the lamp before dawn?');
	}

	// the word that was put in has a line of its own
	await expect(story(page).turns.nth(-3)).toContainText('She always is.');
	await line.click();
	await expect(list).toContainText('Supper at the inn');

	await page.getByRole('button', { name: world.drawer.labels.story }).click();
	const pane = page.getByRole('tabpanel');
	const tab = async (name: keyof typeof world.drawer.tabs) =>
		page.getByRole('tab', { name: world.drawer.tabs[name] }).click();
	await tab('now');
	await expect(pane).toContainText('The lighthouse');
	await expect(pane).toContainText('fog');
	await expect(pane).toContainText('Day 1, 09:15');
	await tab('people');
	// turns 2 and 3; turn 4
	await expect(pane.getByText(`${world.signed(3)} / ${world.signed(1)}`).first()).toBeVisible();
	await expect(pane.getByText(`${world.signed(-2)} / ${world.signed(-1)}`).first()).toBeVisible();
	await tab('story');
	await expect(pane).toContainText('Supper at the inn');
	await expect(pane).toContainText('Who lit the lamp before dawn?');
	await tab('memory');
	await expect(pane).toContainText('Ada came up in the fog.');
	await expect(pane).toContainText('Mara counts on my silence.');
	await page.keyboard.press('Escape');

	// what a turn took is all that was asked for it
	await story(page).turns.last().hover();
	await story(page).turns.last().getByRole('button', { name: en.chat.turnMenu }).click();
	await page.getByRole('menuitem', { name: en.account.source }).click();
	const took = page.getByRole('dialog', { name: en.account.source }).getByRole('listitem');
	await expect(took.filter({ hasText: en.account.tookFor.prose })).toContainText('1 request');
	await expect(took.filter({ hasText: en.account.tookFor.classify })).toContainText('3 requests');
	await expect(took.filter({ hasText: en.account.tookAll })).toContainText('4 requests');
	await look(page, 'what a turn took');
});
