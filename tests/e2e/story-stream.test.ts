// Replies from a model server: word by word on the screen, once in the log, and Stop at every point of the way.
import { expect } from '../support/app.ts';
import { REPLAY_TEXT } from '../support/replay-server.ts';
import { beginWith, job, replied, say, stored, story, test, wordsOf } from '../support/story.ts';

const WORDS = REPLAY_TEXT.stepped.split(' ');

test('a streamed reply is on the screen word by word, survives reload, and is stored once to the last code point', async ({
	page,
	origin,
	provider
}) => {
	const chatId = await beginWith(page, origin, provider.base('stepped', 1));
	await say(page, 'Tell me of the lamp.');
	await expect(page.getByText('Asking Replay…')).toBeVisible();
	for (const [index] of WORDS.slice(0, -1).entries()) {
		provider.step(1);
		// exactly so many words: the server waits, so these are all there can be
		await expect(story(page).streaming.locator('.words')).toHaveText(WORDS.slice(0, index + 1).join(' '));
	}
	await expect(page.getByText('Writing…')).toBeVisible();
	await expect(story(page).composer, 'the button that was pressed is gone, the focus is not').toBeFocused();
	expect(await stored(page, chatId), 'a stream is no turn yet').toHaveLength(2);

	provider.step(1);
	await replied(page, 3);
	await expect(wordsOf(story(page).turns.last())).toHaveText(REPLAY_TEXT.stepped);
	await page.reload();
	await expect(wordsOf(story(page).turns.last())).toHaveText(REPLAY_TEXT.stepped);
	const turns = await stored(page, chatId);
	expect(turns.map(({ role, truncated }) => ({ role, truncated }))).toEqual([
		{ role: 'assistant', truncated: false },
		{ role: 'user', truncated: false },
		{ role: 'assistant', truncated: false }
	]);
	expect(turns[2]?.text).toBe(REPLAY_TEXT.stepped);
	expect(await job(page, chatId)).toBeNull();
	expect(provider.requests).toHaveLength(1);
	const sent = JSON.parse(provider.requests[0]?.body ?? '{}') as {
		readonly messages: readonly { readonly content: unknown }[];
	};
	expect(JSON.stringify(sent.messages.at(-1)?.content)).toContain('Tell me of the lamp.');
});

for (const [how, scenario] of [
	['before the first word', 'stepped'],
	['against a server that never answers', 'hung']
] as const) {
	test(`Stop ${how}: at once, the line is closed, nothing is left behind, and one can ask again`, async ({
		page,
		origin,
		provider
	}) => {
		const chatId = await beginWith(page, origin, provider.base(scenario));
		await say(page, 'Are you there?');
		await expect.poll(() => provider.requests.length).toBe(1);
		await story(page).stop.click();

		await expect(page.getByText('No reply yet.')).toBeVisible();
		await expect.poll(() => provider.requests[0]?.closedEarly).toBe(true);
		expect(await job(page, chatId)).toBeNull();
		const turns = await stored(page, chatId);
		expect(turns.map(({ text }) => text).slice(1)).toEqual(['Are you there?']);

		await story(page).again.click();
		await expect.poll(() => provider.requests.length).toBe(2);
		if (scenario === 'hung') {
			await story(page).stop.click();
			await expect(page.getByText('No reply yet.')).toBeVisible();
			return;
		}
		provider.step(WORDS.length);
		await replied(page, 3);
		expect((await stored(page, chatId))[2]?.text).toBe(REPLAY_TEXT.stepped);
	});
}

test('Stop after the first word keeps what was said, marked as stopped', async ({
	page,
	origin,
	provider
}) => {
	const chatId = await beginWith(page, origin, provider.base('stepped'));
	await say(page, 'Go on.');
	provider.step(3);
	await expect(story(page).streaming).toContainText('One lamp burns');
	await story(page).stop.click();

	await replied(page, 3);
	await expect(story(page).composer).toBeFocused();
	await expect(story(page).turns.last()).toContainText('Stopped here');
	await expect.poll(() => provider.requests[0]?.closedEarly).toBe(true);
	const kept = (await stored(page, chatId))[2];
	expect(kept?.truncated).toBe(true);
	expect(kept?.text.trim()).toBe('One lamp burns');
	expect(await job(page, chatId)).toBeNull();
	await page.reload();
	await expect(story(page).turns.last()).toContainText('Stopped here');

	// and the story goes on
	await say(page, 'And then?');
	provider.step(WORDS.length);
	await replied(page, 5);
	await expect(story(page).turns.last()).not.toContainText('Stopped here');
});

test('Escape stops too, from the composer and after a click on Send', async ({ page, origin, provider }) => {
	const chatId = await beginWith(page, origin, provider.base('stepped'));
	await story(page).composer.fill('By keyboard.');
	await story(page).composer.press('Control+Enter');
	await expect(story(page).stop).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(page.getByText('No reply yet.')).toBeVisible();

	await story(page).again.click();
	provider.step(2);
	await expect(story(page).streaming).toContainText('One lamp');
	await page.keyboard.press('Escape');
	await replied(page, 3);
	expect((await stored(page, chatId))[2]).toMatchObject({ truncated: true });

	await say(page, 'By mouse.');
	await expect(story(page).stop).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(page.getByText('No reply yet.')).toBeVisible();
});

test('Stop while a busy provider asked to wait: nothing is left, and no request follows', async ({
	page,
	origin,
	provider,
	expectErrors
}) => {
	expectErrors(/429/);
	const chatId = await beginWith(page, origin, provider.base('429-patient'));
	await say(page, 'Hello?');
	await expect(page.getByText(/The provider is busy\. Trying again in \d+ seconds…/)).toBeVisible();
	await story(page).stop.click();

	await expect(page.getByText('No reply yet.')).toBeVisible();
	expect(await job(page, chatId)).toBeNull();
	expect(await stored(page, chatId)).toHaveLength(2);
	await story(page).again.click();
	await replied(page, 3);
	expect((await stored(page, chatId))[2]?.text).toBe(REPLAY_TEXT.whole);
	expect(provider.requests).toHaveLength(2);
});
