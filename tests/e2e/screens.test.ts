// Every screen, as it looks and as it can be used: accessible in light and dark, on a phone and a desk, by keyboard alone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { files } from '../../src/routes/words/en-files.ts';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import { look } from '../support/look.ts';
import { startReplayServer } from '../support/replay-server.ts';
import {
	addConnection,
	beginStory,
	chooseToImport,
	say,
	storedReplies,
	useConnection
} from '../support/screens.ts';
import { anotherReply, exchange, rewindTo } from '../support/seeded.ts';

/** A folder that gets a picture of every screen, for people to look at. */
const PICTURES = process.env['STET_PICTURES'];

const SIZES = [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
] as const;

/** Whether the middle of the element can be pressed as the page is scrolled now. Runs in the page. */
const uncovered = (element: Element): boolean => {
	const { x, y, width, height } = element.getBoundingClientRect();
	return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
};

const LONG =
	'A very long name, longer than any column is wide, Donaudampfschifffahrtselektrizitätenhauptbetriebswerk';

for (const { name, width, height } of SIZES) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });

		test(`the library’s screens on a ${name}`, async ({ page, expectErrors }) => {
			expectErrors(/Not found: \/nowhere/);
			const main = page.getByRole('main');
			await page.goto('/');
			await expect(page.getByRole('button', { name: en.home.demo })).toBeVisible();
			await look(page, 'first run');
			await page.goto('/bots');
			await expect(page.getByText(en.bots.empty)).toBeVisible();
			await look(page, 'no bots');
			await page.goto('/new');
			await expect(page.getByText(en.newStory.noBots)).toBeVisible();
			await look(page, 'a new story without bots');
			await page.goto('/you');
			await expect(page.getByText(en.you.empty)).toBeVisible();
			await look(page, 'no personas');
			await page.goto('/nowhere');
			await expect(page.getByRole('heading', { level: 1 })).toHaveText(en.app.notFound);
			await look(page, 'no such page');

			const first = await beginStory(page, 'Ada Vane', '“Count again,” *she says, without looking up.*');
			await beginStory(page, LONG);
			await beginStory(page, 'שרה', 'ערב טוב. *היא מדליקה את המנורה.*');
			await page.evaluate(async (chatId) => {
				await window.stet?.dispatch('author_you', { name: 'Ilse' });
				await window.stet?.dispatch('archive_chat', { chatId, archived: true });
			}, first);
			await page.goto('/');
			await expect(page.getByRole('heading', { name: en.home.others })).toBeVisible();
			await look(page, 'home');
			await page.getByRole('button', { name: en.home.showArchived }).click();
			await expect(main.getByRole('listitem')).toContainText('Ada Vane');
			await look(page, 'archived');
			await page.goto('/new');
			await expect(page.getByLabel(en.newStory.withWhom)).toBeVisible();
			await look(page, 'a new story');
			await page.goto('/bots');
			await expect(main.getByRole('listitem')).toHaveCount(3);
			await look(page, 'bots');
			await main.getByRole('listitem').getByRole('link').first().click();
			await page.getByLabel(en.bots.name, { exact: true }).fill('');
			await page.getByRole('button', { name: en.app.save }).click();
			await expect(page.getByRole('alert')).toBeVisible();
			await look(page, 'a bot with an error');
			await page.getByRole('button', { name: en.bots.retire }).click();
			await expect(page.getByRole('alertdialog')).toBeVisible();
			await look(page, 'a question');
			await page.goto('/you');
			await expect(main.getByRole('listitem')).toHaveCount(1);
			await look(page, 'personas');
			await page.goto('/you/new');
			await look(page, 'a new persona');
		});

		test(`settings and a story on a ${name}`, async ({ page, expectErrors }) => {
			expectErrors(/404 \(Not Found\)/);
			const server = await startReplayServer({ slowMs: 100 });
			await page.goto('/settings');
			await addConnection(page, {
				label: 'Replay',
				url: server.base('chosen'),
				key: { secret: 'sk-0123456789-abcdef', remember: true }
			});
			await useConnection(page, 'Replay');
			server.choose('wrong-path');
			await page.getByRole('button', { name: `${en.settings.test}: Replay` }).click();
			await expect(page.getByText(en.failure({ type: 'not-an-api' }).what)).toBeVisible();
			await look(page, 'settings');
			await page.getByRole('button', { name: `${en.settings.edit}: Replay` }).click();
			await page.getByLabel(en.settings.keyNew).check();
			await page.getByText(en.settings.more).click();
			await look(page, 'a connection');
			await page.keyboard.press('Escape');
			await expect(page.getByRole('dialog')).toHaveCount(0);

			const chatId = await beginStory(
				page,
				'Ada Vane',
				'*She turns a page.* “Again,” she says.\n\n> and so on\n\n- one\n- two [ledger](https://example.org/a)\n\n' +
					`| a | b |\n|---|---|\n| 1 | ${'wide '.repeat(40)} |\n\n${'x'.repeat(300)}\n\n\`\`\`\ncode ${'y'.repeat(120)}\n\`\`\``
			);
			await page.goto(`/chats/${chatId}`);
			server.choose('whole');
			await say(page, 'I sit down, *slowly*.');
			await storedReplies(page, chatId, 2);
			await expect(page.getByRole('article')).toHaveCount(3);
			await expect(page.getByText(en.chat.writing)).toHaveCount(0);
			await look(page, 'a story');
			await page.getByText(en.chat.from('Replay')).click();
			await expect(page.getByRole('dialog').getByRole('listitem')).toHaveCount(1);
			await look(page, 'the model of a story');
			await page.getByRole('dialog').getByText(en.account.tasks.prose.more, { exact: true }).click();
			await page.getByRole('dialog').getByText(en.account.others).click();
			await look(page, 'the model of a story, all of it');
			await page.keyboard.press('Escape');
			await expect(page.getByRole('dialog')).toHaveCount(0);
			await page.getByRole('article').last().hover();
			await page.getByRole('button', { name: en.chat.turnMenu }).last().click();
			await page.getByRole('menuitem', { name: en.account.source }).click();
			await expect(page.getByRole('dialog')).toContainText('42');
			await look(page, 'where a reply came from');
			await page.keyboard.press('Escape');
			await expect(page.getByRole('dialog')).toHaveCount(0);
			await page.getByRole('button', { name: en.chat.menu }).click();
			await expect(page.getByRole('menu')).toBeVisible();
			await look(page, 'the menu of a story');
			await page.getByRole('menuitem', { name: en.chat.rename }).click();
			await expect(page.getByRole('dialog')).toBeVisible();
			await look(page, 'renaming');
			await page.keyboard.press('Escape');
			await expect(page.getByRole('dialog')).toHaveCount(0);
			await page.getByRole('button', { name: en.chat.edit }).last().click();
			await expect(page.getByLabel(en.chat.editLabel)).toBeFocused();
			const kept = page.getByRole('button', { name: en.chat.saveEdit });
			expect(await kept.evaluate(uncovered), 'Save is not behind the composer').toBe(true);
			await look(page, 'editing a turn');
			await page.getByLabel(en.chat.editLabel).fill('Other words.');
			await page.getByRole('button', { name: en.chat.saveEdit }).click();
			await page.getByRole('button', { name: en.chat.edited }).click();
			await expect(page.getByRole('dialog')).toContainText('You came back');
			await look(page, 'earlier words');
			await page.keyboard.press('Escape');
			await expect(page.getByRole('dialog')).toHaveCount(0);
			server.choose('slow');
			await say(page, 'Go on.');
			await expect(page.getByText(en.chat.writing)).toBeVisible();
			await look(page, 'a reply being written');
			await page.getByRole('button', { name: en.chat.stop }).click();
			await storedReplies(page, chatId, 3);
			server.choose('error-event');
			await say(page, 'And then?');
			await expect(page.getByRole('button', { name: en.chat.keep })).toBeVisible();
			await look(page, 'a reply that broke off');
			await page.getByRole('button', { name: en.chat.discard }).click();
			await expect(page.getByText(en.chat.unansweredTitle)).toBeVisible();
			await look(page, 'a turn without a reply');
			await server.close();
		});

		test(`the event log, and taking back, on a ${name}`, async ({ page }) => {
			const main = page.getByRole('main');
			await page.goto('/');
			await expect(page.getByRole('button', { name: en.home.demo })).toBeVisible();

			const chatId = await beginStory(page, 'Ada Vane', '“Count again,” *she says, without looking up.*');
			const first = await exchange(page, chatId, 'I sit down, *slowly*, and count.', '“Well?” *Ada asks.*');
			const second = await exchange(
				page,
				chatId,
				'Four hundred and six.',
				`“Seven,” *she says.* ${'x'.repeat(200)}`
			);
			await anotherReply(page, chatId, second.turnId, '“Six it is,” *Ada says, and writes it down.*');
			await exchange(page, chatId, LONG, 'She waits.');
			await page.evaluate(
				async ([id, turnId]) => {
					await window.stet?.dispatch('edit_turn', {
						chatId: id,
						turnId,
						text: 'I sit down and count them all.'
					});
					await window.stet?.dispatch('rename_chat', { chatId: id, title: 'The counting house' });
				},
				[chatId, first.turnId] as const
			);
			await page.goto('/log');
			await expect(main.getByRole('listitem')).toHaveCount(1);
			await main.getByRole('link', { name: /The counting house/ }).click();
			const events = page.getByRole('list', { name: en.log.list }).locator(':scope > li');
			await expect(events).toHaveCount(12);
			await look(page, 'a log');
			await page.getByText(en.log.filter, { exact: true }).click();
			await page.locator('#event-4 button').click();
			await page.getByRole('button', { name: en.log.verifyNow }).click();
			await expect(page.getByText(en.log.verified(13))).toBeVisible();
			await look(page, 'an event');
			await page.getByRole('button', { name: en.log.rewind }).click();
			await expect(page.getByRole('alertdialog')).toContainText(en.plan.goes);
			await expect(page.getByRole('definition').first()).toBeVisible();
			await look(page, 'the plan of a rewind');
			await page.getByRole('button', { name: en.plan.rewind }).click();
			await expect(page.getByRole('button', { name: en.undo.action, exact: true })).toBeVisible();
			await look(page, 'a note with Undo');
		});

		test(`recovery on a ${name}`, async ({ page }) => {
			const main = page.getByRole('main');
			await page.goto('/recovery');
			await expect(page.getByText(en.recovery.empty)).toBeVisible();
			await look(page, 'nothing to recover');
			await page.goto('/log');
			await expect(page.getByText(en.log.noStories)).toBeVisible();
			await look(page, 'no logs');
			const chatId = await beginStory(page, 'Ada Vane', '“Count again,” *she says, without looking up.*');
			const other = await beginStory(page, LONG);
			const first = await exchange(page, chatId, 'I sit down, *slowly*, and count.', '“Well?” *Ada asks.*');
			const second = await exchange(page, chatId, 'Four hundred and six.', '“Seven,” *she says.*');
			await anotherReply(page, chatId, second.turnId, '“Six it is,” *Ada says, and writes it down.*');
			const { replyId } = await exchange(page, chatId, LONG, 'She waits.');
			await exchange(page, chatId, 'I wait too.', '“Good.”');
			await rewindTo(page, chatId, replyId);
			await rewindTo(page, chatId, first.replyId);
			await exchange(page, chatId, 'I stop.', '“Good.”');
			await page.evaluate((gone) => window.stet?.dispatch('delete_chat', { chatId: gone }), other);
			await page.goto('/recovery');
			await expect(main.getByRole('listitem')).toHaveCount(3);
			await look(page, 'recovery');
			await main
				.getByRole('button', { name: new RegExp(`^${en.recovery.more}: `) })
				.first()
				.click();
			await expect(page.getByRole('menu')).toBeVisible();
			await look(page, 'the menu of a copy');
			await page.keyboard.press('Escape');
			await main
				.getByRole('link', { name: new RegExp(`^${en.recovery.look}: `) })
				.nth(1)
				.click();
			await expect(page.getByRole('article')).toHaveCount(5);
			await look(page, 'a copy');
			await page.goto('/log');
			await expect(main.getByRole('listitem')).toHaveCount(1);
			await look(page, 'logs to choose from');
		});

		test(`files and backups on a ${name}`, async ({ page }) => {
			await page.goto('/');
			await expect(page.getByRole('button', { name: en.home.demo })).toBeVisible();
			const chatId = await beginStory(page, 'Ada Vane', '“Count again,” *she says, without looking up.*');
			await beginStory(page, LONG);
			for (let n = 0; n < 11; n += 1) await exchange(page, chatId, 'I count.', '“Well?” *Ada asks.*');
			await page.goto('/');
			await expect(page.getByText(en.travel.lastBackup(null, 0))).toBeVisible();
			await look(page, 'home with a reminder');

			const dialog = page.getByRole('dialog');
			await page.goto('/recovery');
			await page.getByRole('button', { name: files.takeOut.library }).click();
			await dialog.getByLabel(files.takeOut.protect).check();
			await dialog.getByRole('button', { name: files.takeOut.go, exact: true }).click();
			await expect(dialog.getByRole('alert')).toBeVisible();
			await look(page, 'a download');
			await dialog.getByLabel(files.takeOut.passphrase, { exact: true }).fill('counting house');
			await dialog.getByLabel(files.takeOut.repeat).fill('counting house');
			const download = page.waitForEvent('download');
			await dialog.getByRole('button', { name: files.takeOut.go, exact: true }).click();
			await expect(dialog.getByRole('button', { name: files.takeOut.again })).toBeVisible();
			await look(page, 'a download that is ready');
			const path = await (await download).path();
			await page.keyboard.press('Escape');
			await expect(dialog).toHaveCount(0);

			await page.evaluate(async (id) => {
				const { stet } = window;
				await stet?.dispatch('rename_chat', { chatId: id, title: 'The counting house' });
				const [bot] = (await stet?.ask('bots', {})) ?? [];
				await stet?.dispatch('author_bot', { botId: bot?.botId, name: 'Ada', greeting: 'Mine.' });
			}, chatId);
			const file = { name: `${LONG}.stet.age`, mimeType: 'application/vnd.stet', buffer: readFileSync(path) };
			await chooseToImport(page, file);
			await expect(dialog.getByLabel(files.bringIn.passphrase)).toBeFocused();
			await page.keyboard.type('wrong');
			await page.keyboard.press('Enter');
			await expect(dialog.getByRole('alert')).toBeVisible();
			await look(page, 'a passphrase that is wrong');
			await dialog.getByLabel(files.bringIn.passphrase).fill('counting house');
			await page.keyboard.press('Enter');
			await expect(dialog.getByRole('radio').first()).toBeVisible();
			await look(page, 'what a file would add');
			await dialog.getByRole('button', { name: files.bringIn.replace, exact: true }).click();
			await look(page, 'before a library is replaced');
			await dialog.getByRole('button', { name: files.bringIn.replaceYes }).click();
			await expect(page.getByText(files.bringIn.replaced)).toBeVisible();
			await page.getByRole('button', { name: files.backups.now }).click();
			await expect(page.getByText(files.backups.made)).toBeVisible();
			await expect(page.getByRole('region', { name: files.kept.title })).toBeVisible();
			await look(page, 'recovery with backups and a library kept');
			await page
				.getByRole('button', { name: new RegExp(`^${files.backups.more}: `) })
				.first()
				.click();
			await expect(page.getByRole('menu')).toBeVisible();
			await look(page, 'the menu of a backup');
			await page.keyboard.press('Escape');
			await page.goto('/');
			await chooseToImport(page, { ...file, buffer: Buffer.alloc(0) });
			await expect(dialog).toContainText(files.refusal({ type: 'file_empty' }).what);
			await look(page, 'a file that was refused');
			await dialog.getByRole('button', { name: en.app.close }).click();
			await page.evaluate(() => {
				const held = new DataTransfer();
				held.items.add(new File(['x'], 'a.stet'));
				document.body.dispatchEvent(new DragEvent('dragenter', { bubbles: true, dataTransfer: held }));
			});
			await expect(page.getByText(files.bringIn.drop)).toBeVisible();
			if (PICTURES !== undefined)
				await page.screenshot({ path: join(PICTURES, `a-file-over-the-page-${name}.png`) });
		});

		test(`a window that cannot store, on a ${name}`, async ({ page, context }) => {
			await context.route(/log\.worker.*\.js/, async (route) => {
				const response = await route.fetch();
				const refuse =
					"StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('planted', 'SecurityError'));\n";
				await route.fulfill({ response, body: refuse + (await response.text()) });
			});
			await page.goto('/');
			await expect(page.getByRole('heading', { level: 1 })).toHaveText('This window cannot store anything.');
			await look(page, 'no storage');
			await page.getByRole('button', { name: en.app.startInMemory }).click();
			await expect(page.getByText('Nothing is stored here.')).toBeVisible();
			await expect(page.getByRole('banner')).toContainText(en.app.inMemory);
			await look(page, 'in memory');
		});
	});
}

/** Whether what has the focus shows it: by an outline of its own, or by a ring around the box it stands in. */
const focusShows = (page: Page): Promise<{ readonly where: string; readonly shows: boolean }> =>
	page.evaluate(() => {
		const element = document.activeElement;
		if (element === null || element === document.body) return { where: 'nowhere', shows: false };
		const { outlineStyle, outlineWidth } = getComputedStyle(element);
		const ring = [element, element.parentElement].some(
			(each) => each !== null && getComputedStyle(each).boxShadow !== 'none'
		);
		return {
			where: element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40),
			shows: (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || ring
		};
	});

test('by keyboard alone: from the first paint to a reply, and to a turn put right', async ({ page }) => {
	const walked: string[] = [];
	const focused = page.locator('*:focus');
	/** Tabs until the control of that name has the focus; every stop on the way must show that it has it. */
	const tabTo = async (wanted: string | RegExp): Promise<void> => {
		for (let step = 0; step < 40; step += 1) {
			await page.keyboard.press('Tab');
			const { where, shows } = await focusShows(page);
			walked.push(where);
			expect(shows, `focus shows on “${where}” after ${walked.join(' → ')}`).toBe(true);
			expect(await focused.evaluate(uncovered), `nothing lies over “${where}”`).toBe(true);
			if (typeof wanted === 'string' ? where === wanted : wanted.test(where)) return;
		}
		throw new Error(`Tab never came to ${String(wanted)}: ${walked.join(' → ')}`);
	};
	await page.goto('/');
	await expect(page.getByRole('button', { name: en.home.demo })).toBeVisible();
	await page.keyboard.press('Tab');
	await expect(focused).toHaveText(en.app.skip);
	await page.keyboard.press('Enter');
	await expect(page.getByRole('main')).toBeFocused();
	await tabTo(en.home.demo);
	await page.keyboard.press('Enter');
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(en.demoStory.title);
	await expect(page.getByRole('article').first(), 'it is read from its beginning').toBeFocused();

	await tabTo(en.chat.composer);
	await page.keyboard.type('I set a wet lantern on the desk.');
	await tabTo(en.chat.send);
	await page.keyboard.press('Enter');
	await expect(page.getByRole('button', { name: en.chat.stop })).toBeVisible();
	await expect(page.getByLabel(en.chat.composer)).toBeFocused();
	await expect(page.getByRole('article')).toHaveCount(6);
	await expect(page.getByRole('button', { name: en.chat.stop })).toHaveCount(0, { timeout: 30_000 });
	await expect(page.getByLabel(en.chat.composer)).toBeFocused();

	await test.step('↑ in the empty composer edits, and gives the place back', async () => {
		await page.keyboard.press('ArrowUp');
		await expect(page.getByLabel(en.chat.editLabel)).toBeFocused();
		await page.keyboard.type(' It drips.');
		await page.keyboard.press('Control+Enter');
		await expect(page.getByText('I set a wet lantern on the desk. It drips.')).toBeVisible();
		await expect(page.getByLabel(en.chat.composer)).toBeFocused();
	});
	await test.step('so does the turn’s own button', async () => {
		await page.getByRole('main').focus();
		await tabTo(en.chat.edit);
		await page.keyboard.press('Enter');
		await expect(page.getByLabel(en.chat.editLabel)).toBeFocused();
		await page.keyboard.type(' Twice.');
		await tabTo(en.chat.saveEdit);
		await page.keyboard.press('Enter');
		// the first turn on the page is the one nearest to the reader, not the first of the story
		await expect(page.getByRole('article').filter({ hasText: /Twice\./ })).toHaveCount(1);
		await expect(focused).toHaveAccessibleName(en.chat.edit);
		await page.keyboard.press('Enter');
		await page.keyboard.press('Escape');
		await expect(focused).toHaveAccessibleName(en.chat.edit);
	});
	await test.step('the menu opens and closes by keys, and the dialog it opens gives the place back', async () => {
		await page.getByRole('main').focus();
		await tabTo(en.chat.menu);
		await page.keyboard.press('Enter');
		await expect(page.getByRole('menuitem', { name: en.chat.rename })).toBeFocused();
		await page.keyboard.press('Escape');
		await expect(page.getByRole('button', { name: en.chat.menu })).toBeFocused();
		await page.keyboard.press('Enter');
		await expect(page.getByRole('menuitem', { name: en.chat.rename })).toBeFocused();
		await page.keyboard.press('Enter');
		await expect(page.getByLabel(en.chat.newTitle)).toBeFocused();
		await page.keyboard.press('ControlOrMeta+a');
		await page.keyboard.type('The lantern');
		await page.keyboard.press('Enter');
		await expect(page.getByRole('dialog')).toHaveCount(0);
		await expect(page.getByRole('heading', { level: 1 })).toHaveText('The lantern');
		await expect(page.getByRole('button', { name: en.chat.menu })).toBeFocused();
	});
	await test.step('Stop by keyboard, and asking again, keep a place', async () => {
		await page.getByLabel(en.chat.composer).focus();
		await page.keyboard.type('Now tell me all of it.');
		await page.keyboard.press('Control+Enter');
		await expect(page.getByRole('button', { name: en.chat.stop })).toBeVisible();
		await tabTo(en.chat.stop);
		await page.keyboard.press('Enter');
		await expect(page.getByRole('button', { name: en.chat.stop })).toHaveCount(0);
		await expect(page.getByLabel(en.chat.composer)).toBeFocused();
	});
	await test.step('a row that goes leaves the place to what is around it', async () => {
		await page.goto('/');
		await expect(page.getByRole('heading', { name: 'The lantern' })).toBeVisible();
		await tabTo(`${en.home.archive}: The lantern`);
		await page.keyboard.press('Enter');
		await expect(page.getByText(en.home.allArchived)).toBeVisible();
		await expect(page.locator('body')).not.toBeFocused();
		await tabTo(en.home.showArchived);
	});
});

test('at 200 % everything is still there, and nothing has to be scrolled sideways', async ({ page }) => {
	// 1280 × 800 at 200 % is a page of 640 × 400
	await page.setViewportSize({ width: 640, height: 400 });
	await page.goto('/');
	await page.getByRole('button', { name: en.home.demo }).click();
	await expect(page.getByRole('article').first()).toBeVisible();
	await look(page, 'a story at 200 per cent');
	const composer = page.getByLabel(en.chat.composer);
	await expect(composer).toBeInViewport({ ratio: 1 });
	await composer.fill(Array.from({ length: 30 }, (_, line) => `Line ${line}`).join('\n'));
	await expect(page.getByRole('button', { name: en.chat.send })).toBeInViewport({ ratio: 1 });
	// something of the story can still be read
	const [head, foot] = [page.getByRole('heading', { level: 1 }), composer];
	const top = (await head.boundingBox())?.y ?? 0;
	expect(((await foot.boundingBox())?.y ?? 0) - top).toBeGreaterThan(100);
	await page.goto('/settings');
	await page.getByRole('button', { name: en.settings.add }).click();
	await look(page, 'a connection at 200 per cent');
	await page.getByRole('dialog').getByRole('button', { name: en.app.save }).scrollIntoViewIfNeeded();
	await expect(page.getByRole('dialog').getByRole('button', { name: en.app.save })).toBeInViewport({
		ratio: 1
	});
});

test('who asked for less motion gets none', async ({ page }) => {
	const moving = (): Promise<readonly string[]> =>
		page.evaluate(() =>
			document
				.getAnimations()
				.filter(({ effect }) => Number(effect?.getComputedTiming().duration ?? 0) > 1)
				.map((animation) => (animation instanceof CSSAnimation ? animation.animationName : 'transition'))
		);
	await page.goto('/');
	await page.getByRole('button', { name: en.home.demo }).click();
	const watch = async (): Promise<readonly string[]> => {
		await say(page, 'What now?');
		await expect(page.getByRole('button', { name: en.chat.stop })).toBeVisible();
		const seen = await moving();
		await page.getByRole('button', { name: en.chat.stop }).click();
		await expect(page.getByRole('button', { name: en.chat.stop })).toHaveCount(0);
		return seen;
	};
	expect(await watch()).not.toEqual([]);
	await page.emulateMedia({ reducedMotion: 'reduce' });
	expect(await watch()).toEqual([]);
});
