// A story's own model, what it took, a reply that broke off and goes on, and a title thought of by a model.
import { en } from '../../src/routes/words/en.ts';
import { expect } from '../support/app.ts';
import { look } from '../support/look.ts';
import { REPLAY_TEXT, startReplayServer } from '../support/replay-server.ts';
import { addConnection, beginStory, connectionLine } from '../support/screens.ts';
import { beginDemo, beginWith, replied, say, story, stored, test } from '../support/story.ts';
import { startToldModel } from '../support/told-model.ts';

const bodyOf = (request: { readonly body: string } | undefined) =>
	JSON.parse(request?.body ?? '{}') as {
		model?: string;
		temperature?: number;
		max_tokens?: number;
		messages?: readonly { role: string; content: string }[];
	};

test('a reply that was cut goes on where it stopped, and is one turn', async ({ page, origin, provider }) => {
	const chatId = await beginWith(page, origin, provider.base('chosen'));
	const before = (await stored(page, chatId)).length;
	provider.choose('cut');
	await say(page, 'Look.');
	const offer = page.getByRole('article').last();
	await expect(offer.getByRole('button', { name: en.account.continue })).toBeVisible();
	await expect(offer).toContainText(REPLAY_TEXT.beforeCut);

	await test.step('cut again before a word, the draft is still there', async () => {
		provider.choose('402');
		await offer.getByRole('button', { name: en.account.continue }).click();
		await expect(offer).toContainText(en.failure({ type: 'quota' }).what);
		await expect(offer.getByRole('button', { name: en.account.continue })).toBeVisible();
		await expect(offer).toContainText(REPLAY_TEXT.beforeCut);
	});

	provider.choose('whole');
	await offer.getByRole('button', { name: en.account.continue }).click();
	await replied(page, before + 2);
	const turns = await stored(page, chatId);
	expect(turns.at(-1)).toMatchObject({
		text: `${REPLAY_TEXT.beforeCut} ${REPLAY_TEXT.whole}`,
		truncated: false
	});
	const sent = bodyOf(provider.requests.at(-1)).messages ?? [];
	expect(sent.at(-2)).toEqual({ role: 'assistant', content: REPLAY_TEXT.beforeCut });
	expect(sent.at(-1)?.role).toBe('user');
});

test('a reply that was stopped goes on, and the half of it can be chosen again', async ({
	page,
	origin,
	provider
}) => {
	const chatId = await beginWith(page, origin, provider.base('chosen'));
	const before = (await stored(page, chatId)).length;
	provider.choose('slow');
	await say(page, 'Look.');
	await expect(story(page).streaming).toContainText('word2');
	await story(page).stop.click();
	await replied(page, before + 2);
	const half = (await stored(page, chatId)).at(-1)?.text ?? '';
	expect(half).toContain('word2');
	provider.choose('whole');
	await page.getByRole('button', { name: en.account.continue }).click();
	await expect.poll(async () => (await stored(page, chatId)).at(-1)?.truncated).toBe(false);
	const whole = (await stored(page, chatId)).at(-1)?.text ?? '';
	expect(whole.startsWith(half.trimEnd())).toBe(true);
	expect(whole.endsWith(REPLAY_TEXT.whole)).toBe(true);
	await page.getByRole('button', { name: en.chat.alternativeBefore }).click();
	await expect.poll(async () => (await stored(page, chatId)).at(-1)?.text).toBe(half);
});

test('a story has a model of its own, the others do not, and both say what they took', async ({
	page,
	origin,
	provider
}) => {
	const chatId = await beginWith(page, origin, provider.base('whole'));
	const turns = (await stored(page, chatId)).length;
	await page.getByRole('navigation').getByRole('link', { name: en.app.settings }).click();
	await addConnection(page, { label: 'Other', url: provider.base('7/whole'), model: 'other-model' });
	await page.goto(`${origin}/chats/${chatId}`);
	// the newest connection is the one in use
	await expect(page.getByText('Replies come from Other')).toBeVisible();

	const open = page.getByText('Replies come from');
	await open.click();
	const sheet = page.getByRole('dialog', { name: en.account.title });
	await expect(sheet.getByText(en.account.nothing)).toBeVisible();
	await sheet.getByLabel(en.account.tasks.prose.from).selectOption({ label: 'Replay' });
	await sheet.getByLabel(en.account.tasks.prose.model, { exact: true }).first().fill('a-model-of-its-own');
	await sheet.getByText(en.account.tasks.prose.more, { exact: true }).click();
	await sheet.getByLabel(en.account.tasks.prose.temperature, { exact: true }).fill('0.35');
	await sheet.getByLabel(en.account.tasks.prose.longest).fill('77');
	await sheet.getByRole('button', { name: en.app.save }).click();
	await expect(sheet).toBeHidden();
	await expect(page.getByText('Replies come from Replay')).toBeVisible();

	await say(page, 'Hello there.');
	await replied(page, turns + 2);
	const request = provider.requests.findLast(({ method }) => method === 'POST');
	expect(request?.path).toBe('/whole/v1/chat/completions');
	expect(bodyOf(request)).toMatchObject({ model: 'a-model-of-its-own', temperature: 0.35, max_tokens: 77 });

	await test.step('the account counts it, by model', async () => {
		await open.click();
		const line = sheet.getByRole('listitem').filter({ hasText: 'a-model-of-its-own' });
		await expect(line).toContainText('1 request');
		await expect(line).toContainText('42 tokens read');
		await expect(line).toContainText('7 written');
		await page.keyboard.press('Escape');
		await expect(sheet).toBeHidden();
	});

	await test.step('and the reply says where it came from', async () => {
		await story(page).turns.last().hover();
		await story(page).turns.last().getByRole('button', { name: en.chat.turnMenu }).click();
		await page.getByRole('menuitem', { name: en.account.source }).click();
		const source = page.getByRole('dialog', { name: en.account.source });
		await expect(source).toContainText('a-model-of-its-own');
		await expect(source).toContainText('42 tokens read');
		await expect(source).toContainText(en.account.noPrice);
		await source.getByRole('button', { name: en.app.close }).click();
	});

	await test.step('another story is played with the connection in use', async () => {
		await page.goto(origin);
		await page.waitForFunction(() => window.stet !== undefined);
		const other = await beginStory(page, 'Odo');
		await page.goto(`${origin}/chats/${other}`);
		await expect(page.getByText('Replies come from Other')).toBeVisible();
	});

	await test.step('what a connection took stays in the account when it is deleted, and its story says that it is gone', async () => {
		await page.goto(`${origin}/settings`);
		const took = page.getByText(/^Connections that are gone: \d+ requests · /);
		await expect(connectionLine(page, 'Replay')).toContainText('So far: ');
		await expect(took).toHaveCount(0);
		await page.getByRole('button', { name: `${en.settings.delete}: Replay` }).click();
		await page.getByRole('alertdialog').getByRole('button', { name: en.settings.delete }).click();
		await expect(took).toBeVisible();
		await page.goto(`${origin}/chats/${chatId}`);
		await expect(page.getByText(`Replies come from ${en.account.goneSource}`)).toBeVisible();
	});
});

test('a title can be thought of by the model', async ({ page, origin }) => {
	await page.goto(origin);
	await beginDemo(page);
	await story(page).menu.click();
	await page.getByRole('menuitem', { name: en.chat.rename }).click();
	await page.getByRole('button', { name: en.account.suggest }).click();
	const field = page.getByRole('dialog').getByLabel(en.chat.newTitle);
	// the story is nowhere in particular
	await expect(field).toHaveValue(en.demoStory.botName);
	const title = await field.inputValue();
	await page.getByRole('button', { name: en.app.save }).click();
	await expect(story(page).title).toHaveText(title);
});

test('what a model thinks can be read while it does, in every tab, and is kept nowhere', async ({
	page,
	context,
	origin,
	provider
}) => {
	const chatId = await beginWith(page, origin, provider.base('chosen'));
	const before = (await stored(page, chatId)).length;
	provider.choose('thinks');
	await say(page, 'Look.');
	const writing = story(page).streaming;
	await expect(writing).toContainText(en.chat.thinking);
	const thoughts = writing.getByText('She would be glad.');
	await expect(thoughts, 'until it is asked for').toBeHidden();
	await writing.locator('summary').press('Enter');
	await expect(thoughts).toBeVisible();
	await look(page, 'a model that thinks');
	const other = await context.newPage();
	await other.goto(`${origin}/chats/${chatId}`);
	await expect(story(other).streaming).toContainText(en.chat.thinking);
	provider.step(1);
	await replied(page, before + 2);
	await expect(page.getByText('She would be glad.')).toHaveCount(0);
	expect(JSON.stringify(await stored(page, chatId))).not.toContain('glad');
});

test('another model is chosen from those the server lists, and asked from then on', async ({
	page,
	origin,
	expectErrors
}) => {
	// the request on which a browser asks its question of this machine goes to the server's own root
	expectErrors(/404/u);
	const listed = { data: [{ id: 'harbour-small' }, { id: 'harbour-large' }] };
	const server = await startReplayServer({
		raw: { listed: { contentType: 'application/json', body: JSON.stringify(listed) } }
	});
	try {
		const chatId = await beginWith(page, origin, server.base('raw/listed'));
		await page.getByText(en.chat.from('Replay')).click();
		const sheet = page.getByRole('dialog', { name: en.account.title });
		await sheet.getByRole('button', { name: en.models.fetch }).click();
		await expect(sheet.getByText(en.models.fetched(2))).toBeVisible();
		const model = sheet.getByRole('combobox', { name: en.account.tasks.prose.model, exact: true });
		await expect(model).toBeFocused();
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('ArrowDown');
		await expect(sheet.getByRole('listbox').getByRole('option', { selected: true })).toContainText(
			'harbour-'
		);
		await look(page, 'the models of a server');
		await page.keyboard.press('Enter');
		const chosen = await model.inputValue();
		expect(chosen).toMatch(/^harbour-/u);
		await sheet.getByRole('button', { name: en.app.save }).click();
		await expect(sheet).toBeHidden();
		const models = await page.evaluate(
			async (id) => (await window.stet?.ask('chat', { chatId: id }))?.models,
			chatId
		);
		expect(models).toMatchObject({ prose: { model: chosen }, classify: null, copilot: null });
	} finally {
		await server.close();
	}
});

test('what was asked and stopped in the middle is in the account, marked as counted here', async ({
	page,
	origin
}) => {
	const model = await startToldModel();
	try {
		model.says('The tide turns.');
		model.keepsSilent('observer');
		await page.goto(origin);
		await model.connect(page);
		await page.waitForFunction(() => window.stet !== undefined);
		await page.goto(`${origin}/chats/${await beginStory(page, 'Mara')}`);
		await say(page, 'Well?');
		await expect(story(page).turns.last()).toContainText('The tide turns.');
		await expect.poll(() => model.asked.some(({ name }) => name === 'observer')).toBe(true);
		// long enough for what it says to be heard
		await page.waitForTimeout(500);
		await story(page).stop.click();
		await expect(story(page).stop).toHaveCount(0);

		await story(page).turns.last().hover();
		await story(page).turns.last().getByRole('button', { name: en.chat.turnMenu }).click();
		await page.getByRole('menuitem', { name: en.account.source }).click();
		const took = page.getByRole('dialog', { name: en.account.source }).getByRole('listitem');
		const small = took.filter({ hasText: en.account.tookFor.classify });
		await expect(small).toContainText('1 request');
		await expect(small).toContainText(/~\d+ tokens read/u);
		await expect(small).toContainText(/~[1-9]\d* written/u);
		await look(page, 'what a stopped decision took');
	} finally {
		await model.close();
	}
});
