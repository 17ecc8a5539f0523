// Text that wants to be more than text, wherever the app shows words of others: it stays words, sends nothing, and the page goes on.
import { en } from '../../src/routes/words/en.ts';
import { expect } from '../support/app.ts';
import { HOSTILE } from '../support/hostile/corpus.ts';
import { tell, test } from '../support/hostile/watched.ts';
import { startReplayServer } from '../support/replay-server.ts';
import { addConnection, beginStory, say, storedReplies, useConnection } from '../support/screens.ts';

const wordsIn = (text: string): readonly string[] =>
	text
		.normalize()
		.toLowerCase()
		.match(/[\p{L}\p{M}\p{N}]{2,}/gu) ?? [];

/** Words of the case that the page does not show; an address stands in the dialog of its link, not on the page. */
const missing = (text: string, shown: string, hidden: readonly string[] = []): readonly string[] => {
	const there = shown.normalize().toLowerCase();
	const may = [...hidden, ...(text.match(/\]\([^)]*\)/g) ?? []).flatMap(wordsIn)];
	return wordsIn(text).filter((word) => !there.includes(word) && !may.includes(word));
};

test('every case as a turn, own and told: words on the page and nothing else', async ({ page, watch }) => {
	const { strangers, seen } = await watch();
	await page.goto('/settings');
	await page.waitForFunction(() => window.stet !== undefined);
	const chatId = await beginStory(page, 'Mallory', 'Begin.');
	const ids = await tell(
		page,
		chatId,
		HOSTILE.map(({ text }) => text)
	);
	await page.goto(`/chats/${chatId}`);
	await expect(page.getByRole('article').last()).toBeVisible();
	const shown = new Map<string, string>();
	const collect = async (): Promise<void> => {
		const now = await page.evaluate(() =>
			[...document.querySelectorAll('article[id^="turn-"]')].map(
				(turn) => [turn.id.slice(5), turn.querySelector('.words')?.textContent ?? ''] as const
			)
		);
		for (const [id, text] of now) shown.set(id, text);
	};
	await page.mouse.move(400, 400);
	// up to the first turn, and down again for what was not on the page long enough
	for (let tries = 0; tries < 400 && !ids.every((id) => shown.has(id)); tries += 1) {
		await collect();
		await page.mouse.wheel(0, shown.has(ids[0] ?? '') ? 500 : -1200);
		await page.evaluate(
			() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
		);
	}
	const lost = HOSTILE.flatMap(({ name, text, hidden }, index) => {
		const gone = missing(text, shown.get(ids[index] ?? '') ?? '', hidden);
		return gone.length === 0 ? [] : [`${name}: ${gone.join(' ')}`];
	});
	expect(lost).toEqual([]);
	expect(await seen()).toEqual([]);
	expect(strangers()).toEqual([]);
	await page.getByLabel(en.chat.composer).fill('Still here.');
	await expect(page.getByLabel(en.chat.composer)).toHaveValue('Still here.');
});

test('every case in one reply that streams in, a few letters at a time', async ({ page, watch }) => {
	// code that never ends comes last: all that follows it would be code
	const endless = HOSTILE.filter((one) => one.text.includes('never closed <script>'));
	const text = [...HOSTILE.filter((one) => !endless.includes(one)), ...endless]
		.map((one) => one.text.toWellFormed().replaceAll('\0', ''))
		.join('\n\n');
	const chunk = (content: string): string =>
		JSON.stringify({
			id: 'c',
			object: 'chat.completion.chunk',
			created: 1,
			model: 'replay',
			choices: [{ index: 0, delta: { content }, finish_reason: null }]
		});
	const finish = JSON.stringify({
		id: 'c',
		object: 'chat.completion.chunk',
		created: 1,
		model: 'replay',
		choices: [{ index: 0, delta: {}, finish_reason: 'stop' }]
	});
	const server = await startReplayServer({
		recorded: { all: [...(text.match(/[^]{1,31}/gu) ?? []).map(chunk), finish] }
	});
	try {
		const { strangers, seen } = await watch(server.url);
		await page.goto('/settings');
		await addConnection(page, { label: 'Replay', url: server.base('recorded/all', 7) });
		await useConnection(page, 'Replay');
		const chatId = await beginStory(page, 'Mallory');
		await page.goto(`/chats/${chatId}`);
		await say(page, 'Say it all.');
		expect(await storedReplies(page, chatId, 1)).toEqual([text]);
		await expect(page.getByRole('article').last()).toContainText('never closed <script>');
		// written https://bank.example@evil.example/
		await page
			.getByRole('button', { name: /^bank\s*evil\.example$/ })
			.first()
			.click();
		const question = page.getByRole('alertdialog');
		await expect(question.getByText('https://evil.example/', { exact: true })).toBeVisible();
		await expect(question).not.toContainText('bank.example');
		await page.keyboard.press('Escape');
		await page
			.getByRole('button', { name: /^applexn--/ })
			.first()
			.click();
		await expect(question).toContainText(en.markdown.foreignHost);
		await expect(question).toContainText('xn--80ak6aa92e.example');
		await page.keyboard.press('Escape');
		expect(await seen()).toEqual([]);
		expect(strangers()).toEqual([]);
	} finally {
		await server.close();
	}
});

test('as names, titles and taglines: one line of what can be seen, on every screen that lists them', async ({
	page,
	watch
}) => {
	const { strangers, seen } = await watch();
	await page.goto('/settings');
	await page.waitForFunction(() => window.stet !== undefined);
	const names = HOSTILE.filter((_, index) => index % 8 === 0)
		.concat(HOSTILE.filter(({ name }) => /letters|deceit/.test(name)))
		.map(({ text }) => `${text.slice(0, 70).toWellFormed().replace(/\s+/g, ' ')} Q`);
	const chatId = await page.evaluate(async (all) => {
		const { stet } = window;
		if (stet === undefined) throw new Error('the console door is not open');
		let last = '';
		for (const name of all) {
			const bot = await stet.dispatch('author_bot', { name, tagline: name, greeting: name });
			if (!bot.ok) throw new Error(`${bot.error.type}: ${name}`);
			const you = await stet.dispatch('author_you', { name });
			if (!you.ok) throw new Error(`${you.error.type}: ${name}`);
			const chat = await stet.dispatch('create_chat', {
				botId: bot.value.botId,
				youId: you.value.youId,
				title: name
			});
			if (!chat.ok) throw new Error(`${chat.error.type}: ${name}`);
			last = chat.value.chatId;
		}
		return last;
	}, names);
	for (const path of [
		'/',
		'/bots',
		'/you',
		'/new',
		'/log',
		'/recovery',
		`/chats/${chatId}`,
		`/log?chat=${chatId}`
	]) {
		await page.goto(path);
		await page.waitForFunction(() => window.stet !== undefined);
		await expect(page.locator('h1').first()).toBeVisible();
		const forged = await page.evaluate(() => {
			const FORGING =
				/[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\u2060\ufeff\u{e0000}-\u{e007f}\u00ad\u3164]/u;
			const FLAG = /\u{1f3f4}[\u{e0061}-\u{e007a}]+\u{e007f}/gu;
			const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
			const found: string[] = [];
			while (walker.nextNode() !== null) {
				const { parentElement, data } = walker.currentNode as Text;
				if (
					parentElement?.closest('.prose, script, style, textarea') === null &&
					FORGING.test(data.replaceAll(FLAG, ''))
				)
					found.push(data);
			}
			return found;
		});
		expect(forged, path).toEqual([]);
		expect(await seen(), path).toEqual([]);
	}
	expect(await page.title()).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
	expect(strangers()).toEqual([]);
});
