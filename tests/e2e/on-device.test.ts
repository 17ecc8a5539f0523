// The browser's own model, as a person meets it: over a stand-in for the Prompt API, since test browsers have no model.
import type { Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import { look } from '../support/look.ts';
import { installPromptApi, type StandIn } from '../support/prompt-api.ts';
import {
	addConnection,
	beginStory,
	connectionLine,
	say,
	storedReplies,
	storedTurns,
	useConnection
} from '../support/screens.ts';

const NAME = en.models.onDeviceLabel;

/** What the stand-in of this page has seen. */
const seen = (page: Page): Promise<StandIn['seen']> =>
	page.evaluate(() => {
		const { standIn } = globalThis;
		if (standIn === undefined) throw new Error('no stand-in');
		return standIn.seen;
	});

test('where the browser has no model, nothing is said of one', async ({ page }) => {
	await page.goto('/settings');
	await expect(connectionLine(page, en.settings.demoLabel)).toBeVisible();
	// the Prompt API itself may be there, and say that it is of no use
	await expect(connectionLine(page, NAME)).toHaveCount(0);
});

test('a model that can be downloaded is, after a question, with progress, and can be called off', async ({
	page
}) => {
	await page.addInitScript(installPromptApi, { availability: 'downloadable', downloadMs: 400 } as const);
	await page.goto('/settings');
	const line = connectionLine(page, NAME);
	await expect(line).toContainText(en.models.onDeviceStands.downloadable);
	await expect(line.getByRole('button', { name: en.settings.edit })).toHaveCount(0);
	await test.step('before, a test says what is missing, and downloads nothing', async () => {
		await page.getByRole('button', { name: `${en.settings.test}: ${NAME}` }).click();
		await expect(line.getByRole('status')).toContainText(en.failure({ type: 'not-downloaded' }).what);
		expect((await seen(page)).opened).toBe(0);
	});
	const download = line.getByRole('button', { name: en.models.download });
	const question = page.getByRole('alertdialog');
	await test.step('no is no', async () => {
		await download.click();
		await expect(question).toContainText(en.models.downloadHelp);
		await look(page, 'on-device question');
		await question.getByRole('button', { name: en.app.cancel }).click();
		await expect(line).toContainText(en.models.onDeviceStands.downloadable);
	});
	await test.step('it can be stopped', async () => {
		await download.click();
		await question.getByRole('button', { name: en.models.download }).click();
		await expect(line).toContainText(/Downloading: (25|50) %/);
		await line.getByRole('button', { name: en.models.downloadStop }).click();
		await expect(line).toContainText(en.models.onDeviceStands.downloadable);
		await expect(line.getByRole('alert')).toHaveCount(0);
	});
	await test.step('and done', async () => {
		await download.click();
		await question.getByRole('button', { name: en.models.download }).click();
		await expect(line.getByRole('progressbar')).toBeVisible();
		await look(page, 'on-device download');
		await expect(line).toContainText(en.models.onDeviceStands.available);
		await page.getByRole('button', { name: `${en.settings.test}: ${NAME}` }).click();
		await expect(line.getByRole('status')).toContainText('It answers.');
		await expect(line.getByRole('status')).toContainText('The');
	});
});

test('it writes replies, stops at once, and asks nobody else', async ({ page, context, origin }) => {
	await page.addInitScript(installPromptApi, { pieceMs: 60 });
	const elsewhere: string[] = [];
	context.on('request', (request) => {
		if (!request.url().startsWith(origin) && !/^(?:blob|data):/.test(request.url()))
			elsewhere.push(request.url());
	});
	await page.goto('/settings');
	await expect(connectionLine(page, NAME)).toBeVisible();
	await useConnection(page, NAME);
	await look(page, 'on-device settings');
	const chatId = await beginStory(page, 'Ada');
	// what is told to the stand-in shall be the story, and not what is asked about it
	await page.evaluate(async (of) => {
		const settings = { chatId: of, classifiers: 'off', interjections: false } as const;
		if ((await window.stet?.dispatch('change_chat_settings', settings))?.ok !== true)
			throw new Error('not taken');
	}, chatId);
	await page.goto(`/chats/${chatId}`);
	await say(page, 'Who is there?');
	expect(await storedReplies(page, chatId, 1)).toEqual(['The lamp burns low.']);
	const first = await seen(page);
	expect(first.destroyed).toBe(first.opened);
	expect(JSON.stringify(first.prompts.at(-1)?.asked)).toContain('Who is there?');
	expect(JSON.stringify(first.prompts.at(-1)?.history)).toContain('Ada');

	await test.step('a second one is a session of its own, with the whole story so far', async () => {
		await say(page, 'And now?');
		await storedReplies(page, chatId, 2);
		const { prompts, opened, destroyed } = await seen(page);
		expect(JSON.stringify(prompts.at(-1)?.history)).toContain('The lamp burns low.');
		expect(destroyed).toBe(opened);
	});
	await test.step('Stop ends the session in the browser, and what was said stays', async () => {
		await page.evaluate(() => {
			const { standIn } = globalThis;
			if (standIn === undefined) throw new Error('no stand-in');
			standIn.pieces = Array.from({ length: 400 }, (_, index) => `word${String(index)} `);
			standIn.pieceMs = 20;
		});
		await say(page, 'Tell me all of it.');
		await expect(page.getByText('word3')).toBeVisible();
		await page.getByRole('button', { name: en.chat.stop }).click();
		const replies = await storedReplies(page, chatId, 3);
		expect(replies.at(-1)).toMatch(/^word0 word1 /);
		await expect.poll(async () => (await seen(page)).aborted).toBe(1);
		const { opened, destroyed } = await seen(page);
		expect(destroyed).toBe(opened);
	});
	await test.step('a story that does not fit is refused with a way on, and nothing is lost', async () => {
		const turns = (await storedTurns(page, chatId)).length;
		await page.evaluate(() => {
			const { standIn } = globalThis;
			if (standIn === undefined) throw new Error('no stand-in');
			standIn.contextWindow = 8;
			standIn.pieces = ['Short.'];
		});
		await say(page, 'And what of the morning?');
		await expect(page.getByText(en.failure({ type: 'context-too-long' }).what)).toBeVisible();
		expect((await storedTurns(page, chatId)).length).toBeGreaterThanOrEqual(turns);
		await expect(page.getByText('And what of the morning?')).toBeVisible();
	});
	expect(elsewhere).toEqual([]);
});

test('when it goes away, the demo takes its place', async ({ page }) => {
	await page.addInitScript(installPromptApi, {});
	await page.goto('/settings');
	await useConnection(page, NAME);
	await addConnection(page, { label: 'Other', url: 'http://localhost:9/v1' });
	// what was added is taken into use by itself, a moment later: not before that
	await expect(connectionLine(page, 'Other')).toContainText(en.settings.inUse);
	await useConnection(page, NAME);
	await page.addInitScript(installPromptApi, { availability: 'unavailable' } as const);
	await page.reload();
	await expect(connectionLine(page, en.settings.demoLabel)).toContainText(en.settings.inUse);
	await expect(connectionLine(page, NAME)).toHaveCount(0);
});
