// Bringing files in: what is asked, what is refused in words with nothing changed, and how it is taken back.
import type { Page } from '@playwright/test';
import { files } from '../../src/routes/words/en-files.ts';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import {
	addToLibrary,
	beginStory,
	chooseToImport,
	downloadLibrary,
	downloadStory,
	footNote,
	handOver,
	storedTurns,
	wholeLibrary,
	type HeldFile
} from '../support/screens.ts';
import { exchange } from '../support/seeded.ts';

const begin = async (page: Page): Promise<string> => {
	await page.goto('/');
	await expect(page.getByRole('button', { name: en.home.demo })).toBeVisible();
	const chatId = await beginStory(page, 'Ada Vane', '“Count again.”');
	await exchange(page, chatId, 'I count to one.', '“One.”');
	return chatId;
};

const botId = (page: Page): Promise<string> =>
	page.evaluate(async () => (await window.stet?.ask('bots', {}))?.[0]?.botId ?? '');

const greetings = (page: Page): Promise<readonly string[]> =>
	page.evaluate(async () => {
		const { stet } = window;
		if (stet === undefined) throw new Error('the console door is not open');
		const bots = await Promise.all(
			(await stet.ask('bots', {})).map((bot) => stet.ask('bot', { botId: bot.botId }))
		);
		return bots.map((bot) => bot?.greeting ?? '').toSorted();
	});

test('the same file twice changes nothing, and says so', async ({ page }) => {
	const chatId = await begin(page);
	const [library, story] = [await downloadLibrary(page), await downloadStory(page, chatId)];
	await page.goto('/');
	const before = await wholeLibrary(page);
	const dialog = page.getByRole('dialog');
	for (const file of [library, story, library]) {
		await chooseToImport(page, file);
		await expect(dialog).toContainText(files.bringIn.nothing);
		await expect(dialog.getByRole('button', { name: files.bringIn.add })).toHaveCount(0);
		await dialog.getByRole('button', { name: en.app.close }).click();
		await expect(dialog).toHaveCount(0);
		await expect(page.getByRole('button', { name: en.travel.import, exact: true })).toBeFocused();
	}
	expect(await wholeLibrary(page)).toEqual(before);
});

test('a story that went on another way comes beside mine, and Undo takes it out again', async ({ page }) => {
	const chatId = await begin(page);
	const file = await downloadStory(page, chatId);
	const first = await page.evaluate(
		async (id) => (await window.stet?.ask('transcript', { chatId: id }))?.turns[0]?.turnId ?? '',
		chatId
	);
	await page.evaluate(
		async ([id, turnId]) => {
			await window.stet?.dispatch('rewind', { chatId: id, turnId });
		},
		[chatId, first] as const
	);
	await exchange(page, chatId, 'I do not count.', '“No?”');
	await page.goto('/');
	await expect(page.getByRole('heading', { name: 'Ada Vane' })).toBeVisible();
	const before = await wholeLibrary(page);
	await chooseToImport(page, file);
	await expect(page.getByRole('dialog')).toContainText(files.bringIn.apart);
	await expect(page.getByRole('dialog')).toContainText(files.bringIn.apartStory('Ada Vane', 3, 3));
	await addToLibrary(page);
	await expect(page.getByRole('heading', { name: en.home.others })).toBeVisible();
	expect(await storedTurns(page, chatId)).toHaveLength(3);
	await footNote(page).getByRole('button', { name: en.undo.action }).click();
	await expect(footNote(page)).toContainText(en.undo.tookBack('bring_in'));
	expect(await wholeLibrary(page)).toEqual(before);
});

for (const { choice, label, expected, told } of [
	{ choice: 'mine', label: files.bringIn.mine, expected: ['“Mine.”'], told: 'Yours stays as it is.' },
	{
		choice: 'theirs',
		label: files.bringIn.theirs,
		expected: ['“Count again.”'],
		told: 'Now as in the file: 1 bot.'
	},
	{
		choice: 'both',
		label: files.bringIn.both,
		expected: ['“Count again.”', '“Mine.”'],
		told: 'Added 1 bot.'
	}
] as const) {
	test(`a bot that differs is asked about once, and ${choice} is done`, async ({ page }) => {
		await begin(page);
		const file = await downloadLibrary(page);
		await page.evaluate(
			async (id) => {
				await window.stet?.dispatch('author_bot', { botId: id, name: 'Ada Vane', greeting: '“Mine.”' });
			},
			await botId(page)
		);
		await page.goto('/');
		await chooseToImport(page, file);
		const dialog = page.getByRole('dialog');
		const question = dialog.getByRole('group', { name: files.bringIn.conflicts(['Ada Vane'], 0) });
		await expect(question.getByRole('radio')).toHaveCount(3);
		await expect(question.getByLabel(files.bringIn.mine)).toBeChecked();
		await question.getByLabel(label).check();
		const add = dialog.getByRole('button', { name: files.bringIn.add });
		await add.click();
		await expect(dialog).toHaveCount(0);
		await expect(footNote(page)).toContainText(told);
		expect(await greetings(page)).toEqual(expected);
	});
}

test('replacing puts the library aside after a question, and Undo puts it back', async ({ page }) => {
	const chatId = await begin(page);
	const file = await downloadLibrary(page);
	await exchange(page, chatId, 'I go on.', '“Good.”');
	const second = await beginStory(page, 'Edda');
	await page.goto('/');
	await expect(page.getByRole('heading', { name: en.home.others })).toBeVisible();
	const before = await wholeLibrary(page);

	await chooseToImport(page, file);
	const dialog = page.getByRole('dialog');
	await dialog.getByRole('button', { name: files.bringIn.replace, exact: true }).click();
	await expect(dialog).toContainText(files.bringIn.replaceTitle);
	await page.keyboard.press('Escape');
	await expect(dialog).toContainText(files.bringIn.title);
	await dialog.getByRole('button', { name: files.bringIn.replace, exact: true }).click();
	await dialog.getByRole('button', { name: files.bringIn.replaceYes }).click();
	await expect(footNote(page)).toContainText(files.bringIn.replaced);
	await expect.poll(() => storedTurns(page, chatId)).toHaveLength(3);
	expect(await storedTurns(page, second)).toHaveLength(0);

	await footNote(page).getByRole('button', { name: en.undo.action }).click();
	await expect(footNote(page)).toContainText(files.bringIn.putBack);
	await expect.poll(() => wholeLibrary(page)).toEqual(before);
	// the one that was undone is kept instead
	await page.goto('/recovery');
	await expect(page.getByRole('heading', { name: files.kept.title })).toBeVisible();
	await expect(page.getByRole('region', { name: files.kept.title }).getByRole('listitem')).toHaveCount(1);
});

test('what cannot be brought in is said in words, and nothing is changed', async ({ page }) => {
	await begin(page);
	const whole = await downloadLibrary(page);
	await page.goto('/');
	const before = await wholeLibrary(page);
	const file = (buffer: Buffer, name = 'Stet library.stet'): HeldFile => ({ ...whole, name, buffer });
	const png = Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001080600000', 'hex');
	const bad = [
		{ given: file(png), said: files.refusal({ type: 'file_not_ours', looksLike: 'picture' }).what },
		{ given: file(Buffer.alloc(0)), said: files.refusal({ type: 'file_empty' }).what },
		{
			given: file(whole.buffer.subarray(0, whole.buffer.length >> 1)),
			said: 'The file ends before it is whole'
		},
		{
			given: file(Buffer.from('Dear diary,\n'), 'diary.jsonl'),
			said: files.refusal({ type: 'file_not_ours', looksLike: 'text' }).what
		}
	];
	const dialog = page.getByRole('dialog');
	for (const { given, said } of bad) {
		await chooseToImport(page, given);
		await expect(dialog).toContainText(files.bringIn.refusedTitle);
		await expect(dialog).toContainText(said);
		await expect(dialog).toContainText('Nothing was changed.');
		await dialog.getByRole('button', { name: en.app.close }).click();
		await expect(dialog).toHaveCount(0);
	}
	expect(await wholeLibrary(page)).toEqual(before);
});

test('reading can be cancelled, even when the worker that reads does not answer', async ({
	page,
	context
}) => {
	await begin(page);
	const before = await wholeLibrary(page);
	let release: () => void = () => undefined;
	const held = new Promise<void>((resolve) => {
		release = resolve;
	});
	await context.route(/travel\.worker.*\.js/, async (route) => {
		await held;
		await route.continue();
	});
	await page.reload();
	await expect(page.getByRole('heading', { name: 'Ada Vane' })).toBeVisible();
	const dialog = page.getByRole('dialog');
	await chooseToImport(page, {
		name: 'any.stet',
		mimeType: 'application/vnd.stet',
		buffer: Buffer.from('any')
	});
	await expect(dialog.getByRole('progressbar')).toBeVisible();
	await expect(dialog.getByRole('status')).toHaveText(`${files.stages.reading}…`);
	await dialog.getByRole('button', { name: en.app.cancel }).click();
	await expect(dialog).toHaveCount(0);
	await expect(page.getByRole('button', { name: en.travel.import, exact: true })).toBeFocused();
	release();
	expect(await wholeLibrary(page)).toEqual(before);
});

test('several files come one after the other; a bad one does not stop the next', async ({ page }) => {
	const chatId = await begin(page);
	const file = await downloadStory(page, chatId);
	await page.evaluate(async (id) => {
		await window.stet?.dispatch('delete_chat', { chatId: id });
		await window.stet?.dispatch('empty_recovery', {});
	}, chatId);
	await page.goto('/');
	await handOver(page, 'drop', { ...file, name: 'cut.stet', buffer: Buffer.from('PK\x03\x04') }, file);
	const dialog = page.getByRole('dialog');
	await expect(dialog).toContainText(files.refusal({ type: 'file_not_ours', looksLike: 'zip' }).what);
	await dialog.getByRole('button', { name: en.app.close }).click();
	await expect(dialog).toContainText(files.bringIn.titleOf(2, 2));
	await expect(dialog).toContainText(files.bringIn.before(files.bringIn.left(true)));
	await addToLibrary(page);
	await expect.poll(() => storedTurns(page, chatId)).toHaveLength(3);
});

test('a file that the installed app is opened with is looked into like any other', async ({ page }) => {
	// a browser under test installs nothing; what it calls an installed app by is stood in for
	await page.addInitScript(() => {
		Object.defineProperty(window, 'launchQueue', {
			value: { setConsumer: (launch: unknown) => Object.assign(window, { launch }) }
		});
	});
	const chatId = await begin(page);
	const { buffer } = await downloadStory(page, chatId);
	await page.waitForFunction(() => 'launch' in window);
	await page.evaluate(async (bytes) => {
		const folder = await navigator.storage.getDirectory();
		const file = await folder.getFileHandle('opened.stet', { create: true });
		const writable = await file.createWritable();
		await writable.write(Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)));
		await writable.close();
		const { launch } = window as unknown as { launch: (how: { files: FileSystemFileHandle[] }) => void };
		launch({ files: [file] });
	}, buffer.toString('base64'));
	await expect(page.getByRole('dialog')).toContainText('opened.stet');
	await expect(page.getByRole('dialog')).toContainText(files.bringIn.nothing);

	const manifest = (await (await page.request.get('/manifest.webmanifest')).json()) as {
		file_handlers: readonly { action: string; accept: Record<string, readonly string[]> }[];
	};
	expect(manifest.file_handlers.map(({ action }) => action)).toEqual(['/']);
	expect(manifest.file_handlers.flatMap(({ accept }) => Object.values(accept).flat())).toEqual([
		'.stet',
		'.jsonl',
		'.age',
		'.handoff',
		'.receipt'
	]);
});

test('text that is dropped or pasted is left alone', async ({ page }) => {
	const chatId = await begin(page);
	await page.goto(`/chats/${chatId}`);
	const composer = page.getByLabel(en.chat.composer);
	await composer.focus();
	const taken = await composer.evaluate((field) => {
		const held = new DataTransfer();
		held.setData('text/plain', 'words');
		const how = { bubbles: true, cancelable: true } as const;
		const left = (event: Event) => field.dispatchEvent(event);
		const text = [
			left(new DragEvent('dragover', { ...how, dataTransfer: held })),
			left(new ClipboardEvent('paste', { ...how, clipboardData: held }))
		];
		// what an office program puts there: words, and a picture of them
		held.items.add(new File(['x'], 'picture.png', { type: 'image/png' }));
		return [...text, left(new ClipboardEvent('paste', { ...how, clipboardData: held }))];
	});
	expect(taken).toEqual([true, true, true]);
	await expect(page.getByRole('dialog')).toHaveCount(0);
});
