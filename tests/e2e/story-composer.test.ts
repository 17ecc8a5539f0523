// Speaking and correcting: what is typed is never lost, and an edit keeps the words it replaces.
import { expect } from '../support/app.ts';
import { REPLAY_TEXT } from '../support/replay-server.ts';
import { beginDemo, beginWith, crash, replied, say, stored, story, test, wordsOf } from '../support/story.ts';

test('what is typed survives a reload at once, a walk through the app, and the browser', async ({
	page,
	origin,
	relaunch
}) => {
	await page.goto(origin);
	const chatId = await beginDemo(page);
	const { composer } = story(page);
	// no pause: the reload comes before any timer
	await composer.fill('I was about to say');
	await page.reload();
	await expect(composer).toHaveValue('I was about to say');
	await composer.fill('I was about to say that');
	await page.getByRole('link', { name: 'Bots' }).click();
	await expect(page.getByRole('heading', { name: 'Bots' })).toBeVisible();
	await page.goBack();
	await expect(composer).toHaveValue('I was about to say that');

	await composer.fill('');
	await composer.pressSequentially('later');
	// a browser that is ended, unlike a page that is left, gives nobody a last moment: the words must be on the disk
	await expect
		.poll(() =>
			page.evaluate(async (id) => (await window.stet?.ask('chat', { chatId: id }))?.composer, chatId)
		)
		.toBe('later');
	const again = await (await relaunch()).newPage();
	await again.goto(`${origin}/chats/${chatId}`);
	await expect(story(again).composer).toHaveValue('later');
	// what was taken back stays taken back
	await story(again).composer.fill('');
	await again.reload();
	await expect(story(again).composer).toHaveValue('');
});

test('the composer empties when the words are on the disk, and not before', async ({
	page,
	context,
	origin
}) => {
	await page.goto(origin);
	const chatId = await beginDemo(page);
	const other = await context.newPage();
	await other.goto(`${origin}/chats/${chatId}`);
	await expect(story(other).composer).toBeVisible();

	// the tab that holds the files hangs: nothing can be committed
	const log = page.workers().find((worker) => worker.url().includes('log.worker'));
	log
		?.evaluate(() => {
			for (;;);
		})
		.catch(() => undefined);
	await expect(other.getByText('open in another tab that is asleep')).toBeVisible({ timeout: 15_000 });
	await say(other, 'Write this down.');
	await expect(other.getByText('Saving…')).toBeVisible();
	await expect(story(other).composer).toHaveValue('Write this down.');
	await expect(story(other).send).toBeDisabled();
	await expect(story(other).turns).toHaveCount(1);

	await crash(context, page);
	await expect(story(other).composer).toHaveValue('');
	await replied(other, 3);
	expect((await stored(other, chatId)).map(({ text }) => text)[1]).toBe('Write this down.');
});

test('words that are refused stay in the composer, and the page says why', async ({ page, origin }) => {
	await page.goto(origin);
	const chatId = await beginDemo(page);
	const much = 'a'.repeat(1_000_001);
	await story(page).composer.fill(much);
	await story(page).composer.press('Control+Enter');
	await expect(page.getByText('The text is too long.')).toBeVisible();
	expect(await story(page).composer.inputValue()).toBe(much);
	expect(await stored(page, chatId)).toHaveLength(1);
});

test('by keyboard: Ctrl+Enter sends, Enter does not, ArrowUp edits the last own turn, Escape leaves the edit', async ({
	page,
	origin,
	provider
}) => {
	const chatId = await beginWith(page, origin, provider.base('whole'));
	const { composer } = story(page);
	await composer.fill('I knock.');
	await composer.press('Enter');
	await composer.pressSequentially('Twice.');
	expect(provider.requests).toHaveLength(0);
	await composer.press('Control+Enter');
	await replied(page, 3);
	await expect(composer).toHaveValue('');
	await expect(wordsOf(story(page).turns.nth(1))).toContainText('Twice.');

	// with words in it the key moves the caret, as everywhere
	await composer.fill('x');
	await composer.press('ArrowUp');
	const edit = page.getByRole('textbox', { name: 'The words of this turn' });
	await expect(edit).toHaveCount(0);
	await composer.fill('');
	await composer.press('ArrowUp');
	await expect(edit).toBeFocused();
	await expect(edit).toHaveValue('I knock.\nTwice.');
	await edit.fill('Never mind.');
	await edit.press('Escape');
	await expect(edit).toHaveCount(0);
	await expect(wordsOf(story(page).turns.nth(1))).toContainText('Twice.');

	await composer.focus();
	await composer.press('ArrowUp');
	await edit.fill('I knock once.');
	await edit.press('Control+Enter');
	await expect(wordsOf(story(page).turns.nth(1))).toHaveText('I knock once.');
	await page.getByRole('button', { name: 'Edited', exact: true }).click();
	await expect(page.getByRole('dialog')).toContainText('Twice.');
	await page.keyboard.press('Escape');

	const turns = await stored(page, chatId);
	expect(turns.map(({ text, edits }) => [text, edits]).slice(1)).toEqual([
		['I knock once.', 1],
		[REPLAY_TEXT.whole, 0]
	]);
});
