// The event log as a person reads it, rewinding from it, and undo from anywhere.
import type { Locator, Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import { beginStory, storedTurns } from '../support/screens.ts';
import { anotherReply, exchange } from '../support/seeded.ts';

const heading = (page: Page): Locator => page.getByRole('heading', { level: 1 });

const events = (page: Page): Locator => page.getByRole('list', { name: en.log.list }).locator(':scope > li');

/** The line of event `n`. */
const line = (page: Page, n: number): Locator => page.locator(`#event-${String(n)}`);

const open = (page: Page, n: number): Promise<void> =>
	line(page, n)
		.getByRole('button', { name: en.log.number(n) })
		.click();

const note = (page: Page, text: string): Locator => page.getByRole('status').filter({ hasText: text });

/** A story: begun (1), two exchanges (2, 3; 4, 5), another reply (6, 7). */
const begin = async (page: Page): Promise<string> => {
	await page.goto('/');
	await expect(heading(page)).toBeVisible();
	const chatId = await beginStory(page, 'Ada Vane');
	await exchange(page, chatId, 'I count to one.', '“One,” *Ada says.*');
	const { turnId } = await exchange(page, chatId, 'I count to two.', '“Three?”');
	await anotherReply(page, chatId, turnId, '“Two,” *she says.*');
	return chatId;
};

test('a story’s log is chosen, read newest first, opened, filtered, and its links followed', async ({
	page
}) => {
	const chatId = await begin(page);
	await page.goto('/settings');
	await page.getByRole('link', { name: en.log.title }).click();
	await page
		.getByRole('main')
		.getByRole('link', { name: /Ada Vane/ })
		.click();
	await expect(heading(page)).toHaveText(en.log.title);
	await expect(page).toHaveTitle(`${en.log.title} · Ada Vane · ${en.app.name}`);
	await expect(events(page)).toHaveCount(7);
	await expect(events(page).first()).toContainText(en.kinds.title('turn_regenerated'));
	await expect(events(page).last()).toContainText(en.kinds.title('chat_created'));
	await expect(line(page, 5)).toContainText('“Three?”');

	await open(page, 3);
	const third = line(page, 3);
	await expect(third.getByRole('group', { name: en.log.payload })).toContainText(
		'"text": "“One,” *Ada says.*"'
	);
	await expect(third).toContainText(en.log.answers);
	await expect(third).toContainText('I count to one.');

	await line(page, 5)
		.getByRole('link', { name: en.log.supersededBy(6) })
		.click();
	await expect(line(page, 6).getByRole('button', { expanded: true })).toBeFocused();
	await page.goBack();
	await expect(page).toHaveURL(`/log?chat=${chatId}`);

	await page.getByText(en.log.filter, { exact: true }).click();
	await page.getByLabel(en.kinds.title('user_turn')).check();
	await expect(events(page)).toHaveCount(2);
	await page.getByLabel(en.kinds.title('chat_created')).check();
	await expect(events(page)).toHaveCount(3);
	await page.reload();
	await expect(events(page)).toHaveCount(3);
	// a reload keeps what is shown; a link out of the filter shows what it names
	await open(page, 4);
	await page.getByRole('link', { name: en.log.clear }).click();
	await expect(events(page)).toHaveCount(7);
	await page.goto(`/log?chat=${chatId}&from=5&event=5`);
	await expect(events(page)).toHaveCount(5);
	await expect(line(page, 5).getByRole('button', { expanded: true })).toBeFocused();
	await page.getByRole('link', { name: en.log.newest }).click();
	await expect(events(page)).toHaveCount(7);

	await page.goto('/log?chat=nothing-of-the-kind');
	await expect(heading(page)).toHaveText(en.log.gone);
});

test('a long log is read a page at a time', async ({ page }) => {
	const chatId = await begin(page);
	await page.evaluate(async (id) => {
		for (let n = 1; n <= 120; n += 1)
			await window.stet?.dispatch('rename_chat', { chatId: id, title: `Title ${n}` });
	}, chatId);
	await page.goto(`/log?chat=${chatId}`);
	await expect(events(page)).toHaveCount(100);
	await expect(events(page).first()).toContainText('Title 120');
	await page.getByRole('link', { name: en.log.older }).click();
	await expect(events(page)).toHaveCount(27);
	await expect(events(page).last()).toContainText(en.kinds.title('chat_created'));
	await page.goBack();
	await expect(events(page).first()).toContainText('Title 120');
});

test('rewinding shows exactly what goes, does it, and takes it back on Undo', async ({ page }) => {
	const chatId = await begin(page);
	await page.evaluate(
		(id) => window.stet?.dispatch('rename_chat', { chatId: id, title: 'Counting' }),
		chatId
	);
	const before = await storedTurns(page, chatId);
	await page.goto(`/log?chat=${chatId}`);
	await open(page, 3);
	await line(page, 3).getByRole('button', { name: en.log.rewind }).click();
	const plan = page.getByRole('alertdialog');
	await expect(plan).toContainText(en.kinds.count('user_turn', 1));
	await expect(plan).toContainText('I count to two.');
	await expect(plan).toContainText('Ada Vane: “Two,” she says.');
	await expect(plan).toContainText(en.plan.setAside('assistant_turn', 1));
	await expect(plan.getByRole('definition')).toContainText('“Counting”');
	await expect(plan.getByRole('definition')).toContainText('“Ada Vane”');
	await plan.getByRole('button', { name: en.app.cancel }).click();
	await expect(plan).toHaveCount(0);
	expect(await storedTurns(page, chatId)).toEqual(before);

	await line(page, 3).getByRole('button', { name: en.log.rewind }).click();
	await expect(plan).toContainText('I count to two.');
	// the story goes on while the plan is looked at: it is not carried out, but made anew
	await page.evaluate(
		(id) => window.stet?.dispatch('rename_chat', { chatId: id, title: 'Counting on' }),
		chatId
	);
	await plan.getByRole('button', { name: en.plan.rewind }).click();
	await expect(plan).toContainText(en.plan.movedOn);
	await expect(plan.getByRole('definition')).toContainText('“Counting on”');
	await plan.getByRole('button', { name: en.plan.rewind }).click();
	await expect(plan).toHaveCount(0);
	await expect(events(page)).toHaveCount(3);
	await expect(page.getByRole('link', { name: 'Ada Vane' })).toBeVisible();
	await note(page, en.plan.rewound(2)).getByRole('button', { name: en.undo.action }).click();
	await expect(page.getByRole('link', { name: 'Counting on' })).toBeVisible();
	await expect(events(page)).toHaveCount(9);
	expect(await storedTurns(page, chatId)).toEqual(before);

	await open(page, 6);
	await line(page, 6).getByRole('button', { name: en.log.rewind }).click();
	await expect(plan).toContainText(en.plan.nothing);
	await expect(plan.getByRole('button', { name: en.plan.rewind })).toHaveCount(0);
});

test('everything is verified on demand, and what it found is told', async ({ page }) => {
	await begin(page);
	await page.goto('/log');
	await page.getByRole('button', { name: en.log.verifyNow }).click();
	// the bot, and seven events of the story
	await expect(page.getByText(en.log.verified(8))).toBeVisible();
	await expect(page.getByRole('progressbar')).toHaveCount(0);
	await expect(page.getByRole('button', { name: en.log.verifyNow })).toBeVisible();
});

test('Undo by keys takes back the last thing done in this tab, and says what', async ({ page, context }) => {
	const chatId = await begin(page);
	const title = async () =>
		page.evaluate(async (id) => (await window.stet?.ask('chat', { chatId: id }))?.title, chatId);
	await page.evaluate(
		(id) => window.stet?.dispatch('rename_chat', { chatId: id, title: 'Counting' }),
		chatId
	);
	const button = page.getByRole('banner').getByRole('button', { name: en.undo.button });
	await expect(button).toHaveAccessibleDescription(new RegExp(en.undo.buttonFor('rename_chat')));

	await test.step('what is typed is the field’s own to undo', async () => {
		await page.goto('/you/new');
		await page.getByLabel(en.you.name, { exact: true }).pressSequentially('Ilse');
		await page.keyboard.press('ControlOrMeta+z');
		await expect(page.getByLabel(en.you.name, { exact: true })).not.toHaveValue('Ilse');
		expect(await title()).toBe('Counting');
		await page.getByLabel(en.you.name, { exact: true }).fill('');
	});
	await test.step('another tab’s doing is its own', async () => {
		// a tab opened from this one begins with a copy of what this one keeps for itself
		const [other] = await Promise.all([
			context.waitForEvent('page'),
			page.evaluate(() => void window.open('/'))
		]);
		await expect(heading(other)).toBeVisible();
		await other.keyboard.press('ControlOrMeta+z');
		await expect(note(other, en.undo.nothing)).toBeVisible();
		await expect(other.getByRole('banner').getByRole('button', { name: en.undo.button })).toHaveCount(0);
		await other.close();
	});
	await test.step('anywhere else the keys undo, after a reload too, and lead to where it was', async () => {
		await page.goto('/');
		await page.reload();
		await expect(page.getByText('Counting')).toBeVisible();
		await page.keyboard.press('ControlOrMeta+z');
		await expect(note(page, en.undo.tookBack('rename_chat'))).toBeVisible();
		expect(await title()).toBe('Ada Vane');
		await page.getByRole('button', { name: en.undo.goThere }).click();
		await expect(page).toHaveURL(`/chats/${chatId}`);
	});
	await test.step('the button takes back the one before, the reply, and says so', async () => {
		await page.goto('/settings');
		const turns = await storedTurns(page, chatId);
		await expect(button).toHaveAccessibleDescription(new RegExp(en.undo.buttonFor('finish_reply')));
		await button.click();
		await expect(note(page, en.undo.tookBack('finish_reply'))).toBeVisible();
		const now = await storedTurns(page, chatId);
		expect(now.at(-1)?.text).toBe('“Three?”');
		expect(now).toHaveLength(turns.length);
	});
});

test('a note with something to do stays while somebody is at it, and gives the keyboard’s place back', async ({
	page
}) => {
	await page.clock.install();
	const chatId = await begin(page);
	await page.evaluate(
		(id) => window.stet?.dispatch('rename_chat', { chatId: id, title: 'Counting' }),
		chatId
	);
	await page.goto('/settings');
	await expect(heading(page)).toBeVisible();
	await page.getByRole('main').focus();
	await page.keyboard.press('ControlOrMeta+z');
	const said = note(page, en.undo.tookBack('rename_chat'));
	await expect(said).toBeVisible();
	// as long as a plain note, and longer
	await page.clock.runFor(10_000);
	await expect(said).toBeVisible();
	await page.getByRole('link', { name: en.log.title }).focus();
	await said.getByRole('button', { name: en.app.dismiss }).focus();
	await page.clock.runFor(60_000);
	await expect(said).toBeVisible();
	await page.keyboard.press('Enter');
	await expect(said).toHaveCount(0);
	await expect(page.getByRole('link', { name: en.log.title })).toBeFocused();

	await page.evaluate((id) => window.stet?.dispatch('rename_chat', { chatId: id, title: 'Again' }), chatId);
	await page.keyboard.press('ControlOrMeta+z');
	await expect(said).toBeVisible();
	await said.hover();
	await page.clock.runFor(60_000);
	await expect(said).toBeVisible();
	await page.mouse.move(0, 0);
	await page.clock.runFor(60_000);
	await expect(said).toHaveCount(0);
});
