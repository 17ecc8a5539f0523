// A hand-off in a stock Firefox: raised, seen in the queue, sent as a file under a passphrase, brought in elsewhere and picked up.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { expect, vi } from 'vitest';
import type {} from '../../src/routes/ui/console-door.ts';
import { desk } from '../../src/routes/words/en-desk.ts';
import { deskFiles } from '../../src/routes/words/en-desk-files.ts';
import { files } from '../../src/routes/words/en-files.ts';
import { en } from '../../src/routes/words/en.ts';
import { test } from '../support/firefox.ts';

const TITLE = 'VPN drops every 20 minutes';
/** Made up. */
const CANARY = 'Canary77!sings';

const button = (name: string): string => `::-p-aria([name="${name}"][role="button"])`;
const press = async (page: Page, name: string): Promise<void> => {
	await page.locator(button(name)).click();
};

const ready = async (page: Page): Promise<void> => {
	await page.waitForFunction(() => window.stet?.status().state === 'ready', { timeout: 30_000 });
};

const says = async (page: Page, words: string): Promise<void> => {
	await page.waitForFunction((text: string) => document.body.innerText.includes(text), {}, words);
};

/** An engineer, alone at the desk. */
const staffed = (page: Page, name: string): Promise<string> =>
	page.evaluate(async (called) => {
		const made = await window.stet?.dispatch('author_member', { name: called, role: 'engineer' });
		if (made?.ok !== true) throw new Error('nobody came');
		return made.value.memberId;
	}, name);

/** A case with a note that holds a secret, handed on. */
const raised = (page: Page, actor: string): Promise<string> =>
	page.evaluate(
		async ([by, title, secret]) => {
			const { stet } = window;
			if (stet === undefined) throw new Error('the console door is not open');
			const about = { actor: by, title, requester: 'Sam Field' };
			const made = await stet.dispatch('create_case', about);
			if (!made.ok) throw new Error(made.error.type);
			const { chatId } = made.value;
			const note = `password: ${secret}`;
			const up = await stet.dispatch('raise_handoff', { actor: by, chatId, reason: 'stuck', note });
			if (!up.ok) throw new Error(up.error.type);
			return up.value.handoffId;
		},
		[actor, TITLE, CANARY] as const
	);

/** All that a device knows of it. */
const told = (page: Page, handoffId: string): Promise<string> =>
	page.evaluate(
		async (id) => JSON.stringify(await window.stet?.ask('handoff', { handoffId: id, now: Date.now() })),
		handoffId
	);

test('a hand-off is raised, seen, sent under a passphrase, and picked up on another device', async ({
	page,
	origin,
	errors,
	downloads,
	anotherDevice
}) => {
	await page.goto(`${origin}/queue`);
	await ready(page);
	const handoffId = await raised(page, await staffed(page, 'Ada'));
	await page.waitForSelector('[data-card]');
	await says(page, TITLE);
	await page.goto(`${origin}/handoffs/${handoffId}`);
	await says(page, CANARY);
	await page.focus('h1');
	await page.keyboard.press('s');
	await page.locator(`::-p-xpath(//label[contains(., "${deskFiles.send.toPassphrase}")])`).click();
	await page.locator(`::-p-aria([name="${deskFiles.send.name}"][role="textbox"])`).fill('Ada');
	await press(page, deskFiles.send.next);
	await says(page, deskFiles.send.holds);
	await press(page, deskFiles.send.go);
	const passphrase = await page.waitForFunction(
		() =>
			[...document.querySelectorAll<HTMLTextAreaElement>('[role="dialog"] :is(input, textarea)')]
				.map(({ value }) => value)
				.find((value) => /^(?:[a-z]+-){5}[a-z]+$/.test(value)),
		{ timeout: 30_000 }
	);
	const words = String(await passphrase.jsonValue());
	const file = await vi.waitFor(
		() => {
			const [name] = readdirSync(downloads).filter((one) => one.endsWith('.handoff'));
			if (name === undefined || statSync(join(downloads, name)).size === 0) throw new Error('not there yet');
			return join(downloads, name);
		},
		{ timeout: 30_000, interval: 200 }
	);

	const there = await anotherDevice();
	await there.goto(origin);
	await ready(there);
	await staffed(there, 'Bo');
	await there.evaluate(() => {
		HTMLInputElement.prototype.click = function () {
			this.id = 'chosen';
		};
	});
	await press(there, en.travel.import);
	const input = await there.waitForSelector('input#chosen');
	await input?.uploadFile(file);
	await there.locator('[role="dialog"] input:not([type="file"])').fill(words);
	await press(there, files.bringIn.open);
	await says(there, deskFiles.bringIn.unknown);
	await press(there, deskFiles.bringIn.add);
	await there.waitForFunction((id: string) => location.pathname.endsWith(id), {}, handoffId);
	await says(there, TITLE);
	const known = await told(there, handoffId);
	expect(known).toContain('[SECRET_1]');
	expect(known).not.toContain(CANARY);
	await there.keyboard.press('p');
	await says(there, desk.queue.youHave);
	expect(errors).toEqual([]);
});
