// The drawer of a story: how things stand, who feels what, what is planned, what is remembered; seen, and changed by hand.
import type { Locator, Page } from '@playwright/test';
import { world } from '../../src/routes/words/en-world.ts';
import { expect, test } from '../support/app.ts';
import { look } from '../support/look.ts';
import { furnish, layWorldDown, type LaidDown } from '../support/world.ts';

const SIZES = [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const;

const opener = (page: Page): Locator => page.getByRole('button', { name: world.drawer.labels.story });
const tab = (page: Page, name: keyof typeof world.drawer.tabs): Locator =>
	page.getByRole('tab', { name: world.drawer.tabs[name] });

/** A story with a guest, open, with the drawer beside it or over it. */
const open = async (page: Page, { furnished }: { readonly furnished: boolean }): Promise<LaidDown> => {
	await page.goto('/');
	await page.waitForFunction(() => window.stet !== undefined);
	const laid = await layWorldDown(page, { guest: furnished });
	if (furnished) await furnish(page, laid);
	await page.goto(`/chats/${laid.chatId}`);
	await opener(page).click();
	await expect(tab(page, 'now')).toBeVisible();
	return laid;
};

for (const { name, width, height } of SIZES) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`the drawer’s tabs on a ${name}`, async ({ page }) => {
			await open(page, { furnished: true });
			await expect(page.getByText('writing the day’s last line')).toBeVisible();
			await look(page, 'drawer now');
			await tab(page, 'people').click();
			await expect(page.getByRole('img', { name: world.people.graph })).toBeVisible();
			await look(page, 'drawer people');
			await tab(page, 'story').click();
			await expect(page.getByText('The night ferry comes in').first()).toBeVisible();
			await look(page, 'drawer story');
			await tab(page, 'memory').click();
			await expect(page.getByText('They gave back the key nobody had missed.')).toBeVisible();
			await look(page, 'drawer memory');
		});
	});
}

/** What the app itself tells of the story, through the console door. */
const now = (page: Page, chatId: string) =>
	page.evaluate(async (id) => {
		const told = await window.stet?.ask('now', { chatId: id });
		if (told == null) throw new Error('no such story');
		return told;
	}, chatId);

test('on a phone the drawer is a sheet: opened, walked and left by keyboard, with the focus where it was', async ({
	page
}) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await page.goto('/');
	await page.waitForFunction(() => window.stet !== undefined);
	const laid = await layWorldDown(page, { guest: true });
	await page.goto(`/chats/${laid.chatId}`);
	await opener(page).focus();
	await page.keyboard.press('Enter');
	await expect(page.getByRole('dialog', { name: world.drawer.labels.story })).toBeVisible();
	await tab(page, 'now').focus();
	await page.keyboard.press('ArrowRight');
	await expect(tab(page, 'people')).toBeFocused();
	await expect(page.getByRole('img', { name: world.people.graph })).toBeVisible();
	// a form in it takes Escape for itself
	await page.getByRole('button', { name: world.people.changeOf('Mara Quill', 'you') }).press('Enter');
	await expect(page.getByLabel(world.people.byAffinity)).toBeFocused();
	await page.keyboard.press('Escape');
	await expect(page.getByLabel(world.people.byAffinity)).toHaveCount(0);
	await expect(page.getByRole('button', { name: world.people.changeOf('Mara Quill', 'you') })).toBeFocused();
	await page.keyboard.press('Escape');
	await expect(page.getByRole('dialog')).toHaveCount(0);
	await expect(opener(page)).toBeFocused();
	// over the story it never opens by itself; its tab is remembered
	await page.reload();
	await expect(opener(page)).toBeVisible();
	await expect(page.getByRole('dialog')).toHaveCount(0);
	await opener(page).press('Enter');
	await expect(tab(page, 'people')).toHaveAttribute('aria-selected', 'true');
});

test('on a desk the drawer stays open beside the story, on this device', async ({ page }) => {
	await page.setViewportSize({ width: 1280, height: 800 });
	await open(page, { furnished: true });
	await tab(page, 'story').click();
	await page.reload();
	await expect(tab(page, 'story')).toHaveAttribute('aria-selected', 'true');
	await page.getByRole('button', { name: world.drawer.close }).press('Enter');
	await expect(tab(page, 'story')).toHaveCount(0);
	await expect(opener(page)).toBeFocused();
	await page.reload();
	await expect(opener(page)).toHaveAttribute('aria-expanded', 'false');
});

test('how things stand is changed where it is said: clock, weather, place, who does what, guest, note', async ({
	page
}) => {
	await page.setViewportSize({ width: 1280, height: 800 });
	const { chatId } = await open(page, { furnished: false });
	const pane = page.getByRole('tabpanel');
	const change = (what: string) => pane.getByRole('button', { name: world.drawer.changeWhat(what) });
	await pane.getByRole('button', { name: world.now.laterLabel(10) }).click();
	await expect(pane.getByText('Day 1, 14:30')).toBeVisible();
	await change(world.now.time).press('Enter');
	await pane.getByLabel(world.now.hourField).fill('13:00');
	await page.keyboard.press('Enter');
	await expect(pane.getByRole('alert')).toHaveText(world.now.earlier);
	await pane.getByLabel(world.now.hourField).fill('18:05');
	await page.keyboard.press('Enter');
	await expect(pane.getByText('Day 1, 18:05')).toBeVisible();
	await expect(change(world.now.time)).toBeFocused();

	await change(world.now.weather).press('Enter');
	await page.keyboard.type(', then hail');
	await page.keyboard.press('Escape');
	await expect(pane.getByText('thin rain, wind from the sea')).toBeVisible();
	await change(world.now.weather).press('Enter');
	await pane.getByLabel(world.now.weather, { exact: true }).fill('hail');
	await page.keyboard.press('Enter');
	await expect(pane.getByText('hail', { exact: true })).toBeVisible();

	await pane.getByRole('button', { name: world.now.elsewhere }).press('Enter');
	await page.keyboard.type('the old quay');
	await page.keyboard.press('Enter');
	await expect(page.locator('header').getByText('Day 1, 18:05 · the old quay')).toBeVisible();

	await pane.getByRole('button', { name: world.now.activityOf('Mara Quill') }).press('Enter');
	await pane.getByLabel(world.now.action, { exact: true }).fill('mending a net');
	await page.keyboard.press('Enter');
	await expect(pane.getByText('mending a net')).toBeVisible();

	await pane.getByRole('button', { name: world.now.invite }).press('Enter');
	await page.keyboard.press('Enter');
	await pane.getByRole('button', { name: world.now.inviteYes, exact: true }).click();
	await expect(page.getByText(world.now.invited('Ben Hale'))).toBeVisible();
	await expect(page.getByRole('radiogroup', { name: world.speaker.label })).toBeVisible();
	await pane.getByRole('button', { name: world.now.activityOf('Ben Hale') }).press('Enter');
	await pane.getByRole('button', { name: world.now.dismissLabel('Ben Hale') }).press('Enter');
	await expect(page.getByRole('radiogroup', { name: world.speaker.label })).toHaveCount(0);

	await change(world.now.note).press('Enter');
	await page.keyboard.type('No rain indoors.');
	await page.keyboard.press('Control+Enter');
	await expect(pane.getByText('No rain indoors.')).toBeVisible();
	await pane.getByRole('button', { name: world.now.keeping }).press('Enter');
	await pane.getByLabel(world.now.keepingHelp).selectOption('off');
	await pane.getByRole('button', { name: world.drawer.save }).press('Enter');
	await expect.poll(async () => (await now(page, chatId)).settings.classifiers).toBe('off');
	const told = await now(page, chatId);
	expect(told).toMatchObject({ minutes: 18 * 60 + 5, weather: 'hail', authorNote: 'No rain indoors.' });
	expect(told.people.map(({ role, action }) => [role, action])).toEqual([
		['you', ''],
		['host', 'mending a net']
	]);
});

test('a place is named, called otherwise, put into another, and taken out again', async ({ page }) => {
	await page.setViewportSize({ width: 390, height: 844 });
	const { chatId } = await open(page, { furnished: false });
	const pane = page.getByRole('tabpanel');
	const places = pane.getByRole('region', { name: world.places.title });
	await expect(places.getByRole('listitem')).toHaveText(new RegExp(world.places.here));
	await places.getByRole('button', { name: world.places.add }).press('Enter');
	await page.keyboard.type('the old quay');
	await places.getByLabel(world.places.description).fill('Tar and gulls.');
	await page.keyboard.press('Control+Enter');
	await expect(places.getByText('Tar and gulls.')).toBeVisible();
	await expect(places.getByRole('button', { name: world.places.add })).toBeFocused();

	const change = (name: string) =>
		places.getByRole('button', { name: world.places.change(name), exact: true });
	await change('the harbour office').press('Enter');
	await expect(places.getByLabel(world.places.name)).toBeFocused();
	await page.keyboard.press('ControlOrMeta+A');
	await page.keyboard.type('the lamp office');
	await places.getByLabel(world.places.parent).selectOption({ label: 'the old quay' });
	await look(page, 'a place is changed');
	await places.getByRole('button', { name: world.drawer.save }).press('Enter');
	await expect(change('the lamp office')).toBeFocused();
	await expect(places.getByRole('listitem')).toHaveText([
		/the old quay/,
		new RegExp(`the lamp office.*${world.places.in('the old quay')}.*${world.places.here}`)
	]);
	await expect(page.locator('header').getByText('Day 1, 14:20 · the lamp office')).toHaveCount(1);
	await look(page, 'places in places');

	// one that lies in another is no place for that
	await change('the old quay').press('Enter');
	await expect(places.getByLabel(world.places.parent)).toHaveCount(0);
	await page.keyboard.press('Escape');
	await change('the lamp office').press('Enter');
	await places.getByLabel(world.places.parent).selectOption('');
	await places.getByRole('button', { name: world.drawer.save }).press('Enter');
	await expect
		.poll(async () => (await now(page, chatId)).places.map(({ name, parentId }) => [name, parentId]))
		.toEqual([
			['the lamp office', null],
			['the old quay', null]
		]);
});

test('a feeling is changed by hand, and says how it came about', async ({ page }) => {
	await page.setViewportSize({ width: 1280, height: 800 });
	await open(page, { furnished: true });
	await tab(page, 'people').click();
	const pane = page.getByRole('tabpanel');
	const picture = pane.getByRole('img', { name: world.people.graph });
	await expect(picture).toHaveAccessibleDescription(/Mara Quill → You: affinity \+7, trust \+7/);
	await pane.getByRole('button', { name: world.people.changeOf('Mara Quill', 'you') }).press('Enter');
	await page.keyboard.press('Enter');
	await expect(pane.getByRole('alert')).toHaveText(world.people.noChange);
	await pane.getByLabel(world.people.byTrust).fill('-3');
	await pane.getByLabel(world.people.reason).fill('The key was a copy.');
	await pane.getByLabel(world.people.fact).fill('Keeps a second key.');
	await page.keyboard.press('Enter');
	await expect(picture).toHaveAccessibleDescription(/Mara Quill → You: affinity \+7, trust \+4/);
	const line = pane.getByRole('listitem', { name: 'Mara Quill → you' });
	await expect(line).toContainText('“The key was a copy.”');
	await line.getByRole('button', { name: world.people.history(3) }).press('Enter');
	const changes = line.getByRole('list', { name: world.people.historyOf('Mara Quill', 'you') });
	await expect(changes.getByRole('listitem')).toHaveCount(3);
	await expect(changes.getByRole('listitem').first()).toContainText('−3 trust');
	await expect(changes.getByRole('listitem').first()).toContainText(
		world.people.learned(['Keeps a second key.'])
	);
});

test('what is planned begins, is done, and is taken a step back; loose ends are tied up', async ({
	page
}) => {
	await page.setViewportSize({ width: 1280, height: 800 });
	await open(page, { furnished: false });
	await tab(page, 'story').click();
	const pane = page.getByRole('tabpanel');
	await expect(pane.getByText(world.story.nothing)).toBeVisible();
	await pane.getByRole('button', { name: world.story.plan }).press('Enter');
	await page.keyboard.type('The night ferry comes in');
	await page.keyboard.press('Enter');
	const menu = pane.getByRole('button', { name: world.story.menu('The night ferry comes in') });
	const choose = async (name: string) => {
		await menu.press('Enter');
		await page.getByRole('menuitem', { name }).press('Enter');
	};
	await choose(world.story.moves.active);
	await expect(pane.getByRole('heading', { name: world.story.active })).toBeVisible();
	await choose(world.story.moves.completed);
	await pane.getByRole('button', { name: world.story.overCount(1) }).press('Enter');
	await expect(pane.getByText(`${world.story.status.completed} · Day 1, 14:20`)).toBeVisible();
	await choose(world.story.revert);
	await expect(pane.getByRole('heading', { name: world.story.active })).toBeVisible();

	await pane.getByRole('button', { name: world.story.threadOpen }).press('Enter');
	await page.keyboard.type('Who lit the second lamp?');
	await page.keyboard.press('Control+Enter');
	await pane.getByRole('button', { name: world.story.threadEdit('Who lit the second lamp?') }).press('Enter');
	await pane.getByLabel(world.story.threadClose).press('Space');
	await pane.getByLabel(world.story.threadOutcome).fill('Ben did.');
	await page.keyboard.press('Enter');
	await pane.getByRole('button', { name: world.story.closedThreads(1) }).press('Enter');
	await expect(pane.getByText('Ben did.')).toBeVisible();
});

test('a memory is written, found, pinned, changed, forgotten, and not forgotten after all', async ({
	page
}) => {
	await page.setViewportSize({ width: 1280, height: 800 });
	const { chatId } = await open(page, { furnished: false });
	await tab(page, 'memory').click();
	const pane = page.getByRole('tabpanel');
	const write = async (text: string) => {
		await pane.getByRole('button', { name: world.memory.write }).press('Enter');
		await page.keyboard.type(text);
		await page.keyboard.press('Control+Enter');
		await expect(pane.getByText(text)).toBeVisible();
	};
	await expect(pane.getByText(world.memory.nothing)).toBeVisible();
	await write('The kettle is nearly honest.');
	await write('The ledger has a second spine.');
	const choose = async (name: string) => {
		await pane.getByRole('button', { name: /^More for: The ledger/ }).press('Enter');
		await page.getByRole('menuitem', { name, exact: true }).press('Enter');
	};
	await choose(world.memory.pin);
	await expect(pane.getByText(`${world.memory.pinned}:`)).toHaveCount(1);
	await choose(world.memory.edit);
	await expect(pane.getByLabel(world.memory.text, { exact: true })).toBeFocused();
	await pane.getByLabel(world.memory.text, { exact: true }).fill('The ledger has a false spine.');
	await pane.getByLabel(world.memory.significanceLabel).selectOption('3');
	await pane.getByRole('button', { name: world.drawer.save }).press('Enter');
	await expect(pane.getByText(world.memory.significance[3] ?? '')).toBeVisible();

	await pane.getByLabel(world.memory.search).fill('kettle');
	await expect(pane.getByRole('listitem')).toHaveCount(1);
	await pane.getByLabel(world.memory.search).fill('albatross');
	await expect(pane.getByText(world.memory.nothingFound)).toBeVisible();
	await pane.getByLabel(world.memory.search).fill('');
	await expect(pane.getByRole('listitem')).toHaveCount(2);
	await choose(world.memory.forget);
	await expect(pane.getByRole('listitem')).toHaveCount(1);
	await page.getByRole('button', { name: 'Undo', exact: true }).click();
	await expect(pane.getByRole('listitem')).toHaveCount(2);
	const kept = await page.evaluate(
		async (id) => (await window.stet?.ask('memories', { chatId: id }))?.memories ?? [],
		chatId
	);
	expect(kept.map(({ text, significance, pinned }) => [text, significance, pinned])).toEqual([
		['The ledger has a false spine.', 3, true],
		['The kettle is nearly honest.', 1, false]
	]);
});
