// The library as a person keeps it: bots with names and faces, personas, and the stories begun with them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import { noisePng } from '../support/noise-png.ts';
import { startReplayServer } from '../support/replay-server.ts';
import { addConnection, beginStory, say, storedReplies, useConnection } from '../support/screens.ts';

const save = (page: Page): Promise<void> => page.getByRole('button', { name: en.app.save }).click();

const heading = (page: Page): Locator => page.getByRole('heading', { level: 1 });

/** Controls a reader cannot see: they reorder, hide or forge a name. */
const FORGING = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0001}-\u{e007f}]/u;

test('a bot is made, changed, played and retired, and its story goes on', async ({ page, relaunch }) => {
	await page.goto('/bots');
	await expect(page.getByText(en.bots.empty)).toBeVisible();
	await page.getByRole('link', { name: en.bots.new }).click();
	await page.getByLabel(en.bots.name, { exact: true }).fill('Ada');
	await page.getByLabel(en.bots.tagline).fill('Counts everything');
	await page.getByLabel(en.bots.greeting).fill('“Four hundred and six,” *Ada says.*');
	await save(page);
	await expect(heading(page)).toHaveText(en.bots.title);
	await expect(page.getByText(en.bots.saved('Ada'))).toBeVisible();
	const line = page.getByRole('main').getByRole('listitem');
	await expect(line).toHaveCount(1);
	await expect(line).toContainText('Counts everything');

	await line.getByRole('link', { name: /^Ada/ }).click();
	await expect(page.getByLabel(en.bots.greeting)).toHaveValue('“Four hundred and six,” *Ada says.*');
	await page.getByLabel(en.bots.name, { exact: true }).fill('Ada Vane');
	await save(page);
	await expect(line).toContainText('Ada Vane');

	await line.getByRole('link', { name: `${en.bots.play}: Ada Vane` }).click();
	await expect(page.getByLabel(en.newStory.withWhom).locator('option:checked')).toHaveText(
		'Ada Vane — Counts everything'
	);
	await page.getByLabel(en.newStory.place).fill('The counting house');
	await page.getByRole('button', { name: en.newStory.begin }).click();
	await expect(heading(page)).toHaveText('Ada Vane');
	await expect(page.getByText('The counting house')).toBeVisible();
	await expect(page.getByRole('article')).toContainText('“Four hundred and six,” Ada says.');
	const story = page.url();

	await page.goto('/bots');
	await line.getByRole('link', { name: /^Ada Vane/ }).click();
	await page.getByRole('button', { name: en.bots.retire }).click();
	const question = page.getByRole('alertdialog');
	await expect(question).toContainText(en.bots.retireTitle('Ada Vane'));
	await page.keyboard.press('Escape');
	await expect(question).toHaveCount(0);
	await expect(page.getByRole('button', { name: en.bots.retire })).toBeFocused();
	await page.getByRole('button', { name: en.bots.retire }).click();
	await question.getByRole('button', { name: en.bots.retire }).click();
	await expect(page.getByText(en.bots.empty)).toBeVisible();
	await page.goto('/new');
	await expect(page.getByText(en.newStory.noBots)).toBeVisible();

	const context = await relaunch();
	const again = context.pages()[0] ?? (await context.newPage());
	await again.goto(story);
	await say(again, 'And now?');
	await storedReplies(again, new URL(story).pathname.split('/').at(-1) ?? '', 2);
	await expect(again.getByRole('article').last()).toContainText('Ada Vane');
});

test('a bot without a name is refused in words, at the field, which gets the focus', async ({ page }) => {
	await page.goto('/bots/new');
	const name = page.getByLabel(en.bots.name, { exact: true });
	await expect(name).not.toHaveAttribute('aria-invalid');
	await page.getByLabel(en.bots.description).fill('Somebody nobody has named.');
	for (const [typed, sentence] of [
		['', 'The name cannot be empty.'],
		['   ', 'The name cannot be empty.'],
		['n'.repeat(121), 'The name is too long.']
	] as const) {
		await name.fill(typed);
		await page.getByLabel(en.bots.description).focus();
		await save(page);
		await expect(page.getByRole('alert')).toHaveText(sentence);
		await expect(name).toBeFocused();
		await expect(name).toHaveAttribute('aria-invalid', 'true');
		await expect(name).toHaveAccessibleDescription(sentence);
	}
	await expect(page.getByLabel(en.bots.description)).toHaveValue('Somebody nobody has named.');
	expect(await page.evaluate(async () => window.stet?.ask('bots', {}))).toEqual([]);
	await name.fill('n'.repeat(120));
	await save(page);
	await expect(page.getByRole('main').getByRole('listitem')).toContainText('n'.repeat(120));

	await page.goto('/you/new');
	await save(page);
	await expect(page.getByLabel(en.you.name, { exact: true })).toBeFocused();
	await expect(page.getByRole('alert')).toHaveText('The name cannot be empty.');
});

test('a name cannot reorder, hide or forge what stands around it', async ({ page }) => {
	const hostile = '\u202eada\u2066\u200b\u{e0041}\u{e007f}\ufeff <b>x</b>\u200f';
	await page.goto('/');
	await expect(heading(page)).toBeVisible();
	const chatId = await beginStory(page, hostile);
	await page.evaluate(
		async ([id, name]) => {
			await window.stet?.dispatch('author_you', { name });
			await window.stet?.dispatch('rename_chat', { chatId: id, title: name });
		},
		[chatId, hostile] as const
	);
	const shown = 'ada <b>x</b>';
	for (const path of ['/', '/bots', '/you', '/new', `/chats/${chatId}`]) {
		await page.goto(path);
		await expect(page.getByRole('main').getByText(shown).first()).toBeAttached();
		expect(await page.content(), path).not.toMatch(FORGING);
		expect(await page.title(), path).not.toMatch(FORGING);
	}
	await page.goto('/bots');
	await page.getByRole('main').getByRole('listitem').getByRole('link').first().click();
	await expect(heading(page)).toHaveText(shown);
	await page.getByRole('button', { name: en.bots.retire }).click();
	await expect(page.getByRole('alertdialog')).toContainText(en.bots.retireTitle(shown));
	expect(await page.content()).not.toMatch(FORGING);
	await page.getByRole('alertdialog').getByRole('button', { name: en.bots.retire }).click();
	await expect(page.getByText(en.bots.retired(shown))).toBeVisible();
	await page.goto('/');
	await page.getByRole('button', { name: `${en.home.archive}: ${shown}` }).click();
	await expect(page.getByText(en.home.archivedNote(shown))).toBeVisible();
	expect(await page.content()).not.toMatch(FORGING);
	// shown without them, kept as it was typed
	expect(
		await page.evaluate(async (id) => (await window.stet?.ask('chat', { chatId: id }))?.title, chatId)
	).toBe(hostile.trim());
});

test('a picture of 20 MB is scaled down and kept; a file that is none is refused in words', async ({
	page,
	relaunch
}) => {
	const folder = mkdtempSync(join(tmpdir(), 'stet-pictures-'));
	const huge = join(folder, 'huge.png');
	const text = join(folder, 'letter.png');
	const png = noisePng(2650);
	expect(png.length).toBeGreaterThan(20_000_000);
	writeFileSync(huge, png);
	writeFileSync(text, 'Dear Ada,\n');
	const choose = async (file: string): Promise<void> => {
		const chooser = page.waitForEvent('filechooser');
		await page.getByRole('button', { name: en.bots.choose }).click();
		await (await chooser).setFiles(file);
	};
	await page.goto('/bots/new');
	await page.getByLabel(en.bots.name, { exact: true }).fill('Ada');
	await choose(text);
	await expect(page.getByRole('alert')).toHaveText(en.bots.avatarUnreadable);
	await choose(huge);
	await expect(page.getByRole('main').locator('img')).toBeVisible({ timeout: 30_000 });
	await expect(page.getByRole('alert')).toHaveCount(0);
	await save(page);
	rmSync(folder, { recursive: true });
	await expect(page.getByRole('main').getByRole('listitem')).toContainText('Ada');

	const context = await relaunch();
	const again = context.pages()[0] ?? (await context.newPage());
	await again.goto('/bots');
	const picture = again.getByRole('main').getByRole('listitem').locator('img');
	await expect(picture).toBeVisible();
	expect(
		await picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])
	).toEqual([768, 768]);
	const kept = await again.evaluate(async () => {
		const hash = (await window.stet?.ask('bots', {}))?.[0]?.avatar ?? '';
		const asset = await window.stet?.ask('asset', { hash });
		return { bytes: asset?.bytes.length ?? 0, mediaType: asset?.mediaType };
	});
	expect(kept.mediaType).toBe('image/webp');
	expect(kept.bytes).toBeGreaterThan(10_000);
	expect(kept.bytes).toBeLessThan(2_000_000);
	await again.getByRole('main').getByRole('listitem').getByRole('link').first().click();
	await again.getByRole('button', { name: en.bots.remove }).click();
	await save(again);
	await expect(picture).toHaveCount(0);
});

test('a story is played as a persona, whom the model is told about', async ({ page, expectErrors }) => {
	// the first request to this machine asks only whether anybody is there
	expectErrors(/404 \(Not Found\)/);
	const server = await startReplayServer();
	await page.goto('/you');
	await expect(page.getByText(en.you.empty)).toBeVisible();
	await page.getByRole('link', { name: en.you.new }).click();
	await page.getByLabel(en.you.name, { exact: true }).fill('Ilse');
	await page.getByLabel(en.you.description).fill('A locksmith with one glove.');
	await save(page);
	await expect(page.getByRole('main').getByRole('listitem')).toContainText('Ilse');
	await page.getByRole('link', { name: en.app.settings }).click();
	await addConnection(page, { label: 'Replay', url: server.base('whole') });
	await useConnection(page, 'Replay');
	await page.getByRole('link', { name: en.app.bots }).click();
	await page.getByRole('link', { name: en.bots.new }).click();
	await page.getByLabel(en.bots.name, { exact: true }).fill('Ada');
	await save(page);
	await page.getByRole('link', { name: `${en.bots.play}: Ada` }).click();
	await expect(page.getByLabel(en.newStory.asWhom).locator('option')).toHaveText([
		'Ilse',
		en.newStory.asYourself
	]);
	await page.getByLabel(en.newStory.name).fill('The one glove');
	await page.getByRole('button', { name: en.newStory.begin }).click();
	await expect(heading(page)).toHaveText('The one glove');
	await say(page, 'I try the door.');
	await storedReplies(page, new URL(page.url()).pathname.split('/').at(-1) ?? '', 1);
	await expect(page.getByRole('article').first().getByRole('heading')).toContainText('Ilse');
	expect(server.requests.at(-1)?.body).toContain('A locksmith with one glove.');

	await page.getByRole('link', { name: en.app.you, exact: true }).click();
	await page.getByRole('main').getByRole('listitem').getByRole('link').click();
	await page.getByRole('button', { name: en.you.retire }).click();
	await page.getByRole('alertdialog').getByRole('button', { name: en.you.retire }).click();
	await expect(page.getByText(en.you.empty)).toBeVisible();
	await page.goBack();
	await page.goto('/');
	await page.getByRole('link', { name: en.home.continueWith('The one glove') }).click();
	await expect(page.getByRole('article').first().getByRole('heading')).toContainText('Ilse');
	await server.close();
});
