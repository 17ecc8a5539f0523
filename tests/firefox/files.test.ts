// A library taken out of one Firefox and brought into another, through a real download and the input a file chooser fills.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { expect, vi } from 'vitest';
import type {} from '../../src/routes/ui/console-door.ts';
import { files } from '../../src/routes/words/en-files.ts';
import { en } from '../../src/routes/words/en.ts';
import { test } from '../support/firefox.ts';

const button = (name: string): string => `::-p-aria([name="${name}"][role="button"])`;

const press = async (page: Page, name: string): Promise<void> => {
	await page.locator(button(name)).click();
};

/** Stories, bots and every turn, as they are told. */
const told = (page: Page): Promise<unknown> =>
	page.evaluate(async () => {
		const { stet } = window;
		if (stet === undefined) throw new Error('the console door is not open');
		const stories = await stet.ask('home', {});
		return {
			stories,
			turns: await Promise.all(
				stories.map(async ({ chatId }) => (await stet.ask('transcript', { chatId, limit: 1000 })).turns)
			),
			bots: await stet.ask('bots', {}),
			recovery: (await stet.ask('recovery', {})).length
		};
	});

const ready = async (page: Page): Promise<void> => {
	await page.waitForFunction(() => window.stet?.status().state === 'ready', { timeout: 30_000 });
};

/** A story with an alternative and a rewind. */
const play = (page: Page): Promise<void> =>
	page.evaluate(async () => {
		const { stet } = window;
		if (stet === undefined) throw new Error('the console door is not open');
		const bot = await stet.dispatch('author_bot', { name: 'Ada Vane', greeting: '“Count again.” 🕯' });
		if (!bot.ok) throw new Error(bot.error.type);
		const chat = await stet.dispatch('create_chat', bot.value);
		if (!chat.ok) throw new Error(chat.error.type);
		const { chatId } = chat.value;
		const reply = async (jobId: string, text: string): Promise<string> => {
			const done = await stet.dispatch('finish_reply', {
				jobId,
				text,
				ended: 'whole',
				model: null,
				usage: null
			});
			if (!done.ok) throw new Error(done.error.type);
			await stet.dispatch('stop_stage', { jobId });
			return done.value.turnId;
		};
		let last = '';
		for (const words of ['One.', 'Two.', 'Three.']) {
			const turn = await stet.dispatch('take_turn', { chatId, text: words, connectionId: 'demo' });
			if (!turn.ok) throw new Error(turn.error.type);
			const first = await reply(turn.value.jobId, `“${words}”`);
			const again = await stet.dispatch('regenerate', { chatId, turnId: first, connectionId: 'demo' });
			if (!again.ok) throw new Error(again.error.type);
			const second = await reply(again.value.jobId, `“${words} Again.”`);
			if (words === 'Two.') last = second;
		}
		await stet.dispatch('rewind', { chatId, turnId: last });
	});

test('a library goes to another device and is the same there', async ({
	page,
	origin,
	errors,
	downloads,
	anotherDevice
}) => {
	await page.goto(`${origin}/recovery`);
	await ready(page);
	await play(page);
	const before = await told(page);
	await press(page, files.takeOut.library);
	await press(page, files.takeOut.go);
	const file = await vi.waitFor(
		() => {
			const [name] = readdirSync(downloads).filter((one) => one.endsWith('.stet'));
			if (name === undefined || statSync(join(downloads, name)).size === 0) throw new Error('not there yet');
			return join(downloads, name);
		},
		{ timeout: 30_000, interval: 200 }
	);

	const there = await anotherDevice();
	await there.goto(origin);
	await ready(there);
	// a headless Firefox answers its own file dialog with Cancel: the input is given the file as WebDriver gives it
	await there.evaluate(() => {
		HTMLInputElement.prototype.click = function () {
			this.id = 'chosen';
		};
	});
	await press(there, en.travel.import);
	const input = await there.waitForSelector('input#chosen');
	await input?.uploadFile(file);
	await press(there, files.bringIn.add);
	await there.waitForFunction(async () => ((await window.stet?.ask('home', {})) ?? []).length === 1, {
		timeout: 30_000
	});
	expect(await told(there)).toEqual(before);
	const report = await there.evaluate(() => window.stet?.verify());
	expect(report).toMatchObject({ differences: [] });
	expect(errors).toEqual([]);
});
