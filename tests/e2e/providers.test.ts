// Replies from servers, good and bad, through the app's own model worker: from the composer to the turn that is stored.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect, test as base } from '../support/app.ts';
import { look } from '../support/look.ts';
import { REPLAY_TEXT, startReplayServer, type ReplayServer } from '../support/replay-server.ts';
import {
	addConnection,
	beginStory,
	connectionLine,
	fillConnection,
	saveConnection,
	say,
	storedReplies,
	storedTurns,
	useConnection
} from '../support/screens.ts';

/** What the browser itself writes when a server refuses or hangs up. */
const REFUSED = /Failed to load resource|blocked by CORS policy|ERR_/;

const chunk = (content: string): string =>
	JSON.stringify({
		id: 'c',
		object: 'chat.completion.chunk',
		created: 1,
		model: 'replay',
		choices: [{ index: 0, delta: { content }, finish_reason: null }]
	});

const FINISH = JSON.stringify({
	id: 'c',
	object: 'chat.completion.chunk',
	created: 1,
	model: 'replay',
	choices: [{ index: 0, delta: {}, finish_reason: 'stop' }]
});

const RTL = 'היא מחכה ליד הדלת (כבר שעה), ואומרת: “Stet!”';
const LINKS =
	'Read [the ledger](https://user:pw@evil.example/steal?x=1#y) or <https://plain.example/> or ' +
	'[this](javascript:alert(1)) or [that](data:text/html,hi).\n\n' +
	'![cat](https://evil.example/cat.png) <svg onload=alert(1)> <a href="https://evil.example">a</a>\n\n' +
	'<form action="https://evil.example"><input name=key></form>\n\n' +
	'<style>body{display:none}</style>\n\n- [x] done\n\n[ref]: https://evil.example/ref';

/** The streams below a folder that are chat completions: payload by payload, and the text they say. */
interface Recording {
	readonly name: string;
	readonly payloads: readonly string[];
	readonly text: string;
}

interface Payload {
	readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
}

const recordingsBelow = (folder: string): readonly Recording[] =>
	readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.chunks.txt'))
		.flatMap((file) => {
			const payloads = readFileSync(join(folder, file), 'utf8')
				.split('\n')
				.filter((line) => line.trim() !== '');
			const parsed = payloads.map((line) => JSON.parse(line) as Payload);
			if (!parsed.some(({ choices }) => choices?.[0]?.delta !== undefined)) return [];
			return {
				name: relative(folder, join(folder, file)).replaceAll(/\W+/g, '-'),
				payloads,
				text: parsed.map(({ choices }) => choices?.[0]?.delta?.content ?? '').join('')
			};
		});

const OWN_STREAMS = fileURLToPath(new URL('../support/streams', import.meta.url));
/** Streams other people recorded: beside the repository on some machines, never in it. */
const RECORDED_STREAMS = fileURLToPath(new URL('../../../shared/fixtures/llm', import.meta.url));
const own = recordingsBelow(OWN_STREAMS);
const recorded = existsSync(RECORDED_STREAMS) ? recordingsBelow(RECORDED_STREAMS) : [];

interface Telling {
	readonly page: Page;
	readonly chatId: string;
	/** Lets the server play the scenario, says something, and returns the reply that is stored then. */
	readonly exchange: (scenario: string, pieces?: 1 | 7) => Promise<string>;
	/** The newest turn on the screen. */
	readonly newest: Locator;
	/** What the page offers when a reply did not end well. */
	readonly offer: Locator;
}

const test = base.extend<{ readonly server: ReplayServer; readonly telling: Telling }>({
	server: async ({}, use) => {
		const server = await startReplayServer({
			recorded: {
				rtl: [...(RTL.match(/.{1,3}/gsu) ?? [])].map(chunk).concat(FINISH),
				links: [...(LINKS.match(/.{1,9}/gsu) ?? [])].map(chunk).concat(FINISH),
				...Object.fromEntries([...own, ...recorded].map(({ name, payloads }) => [name, payloads]))
			},
			slowMs: 20
		});
		await use(server);
		await server.close();
	},
	telling: async ({ page, server, expectErrors }, use) => {
		expectErrors(REFUSED);
		await page.goto('/settings');
		await addConnection(page, { label: 'Replay', url: server.base('chosen') });
		await useConnection(page, 'Replay');
		const chatId = await beginStory(page, 'Ada');
		await page.goto(`/chats/${chatId}`);
		let replies = 0;
		await use({
			page,
			chatId,
			exchange: async (scenario, pieces) => {
				server.choose(scenario, pieces);
				await say(page, `Go on (${scenario}).`);
				replies += 1;
				return (await storedReplies(page, chatId, replies)).at(-1) ?? '';
			},
			newest: page.getByRole('article').last(),
			offer: page.getByRole('article').last().getByRole('group')
		});
	}
});

test('emoji, flags and right-to-left text arrive as they were sent, whatever pieces they come in', async ({
	telling
}) => {
	const { page, exchange, newest } = telling;
	for (const pieces of [undefined, 1, 7] as const) {
		expect(await exchange('unicode', pieces)).toBe(REPLAY_TEXT.unicode);
		await expect(newest).toContainText('Family 👨‍👩‍👧‍👦, flag 🇺🇦🇯🇵, wave 👋🏽');
		expect(await exchange('recorded/rtl', pieces)).toBe(RTL);
		// it stands once more below, as what a small decision was answered with
		await expect(newest.getByText(RTL).first()).toHaveCSS('direction', 'rtl');
	}
	expect(await exchange('split-escape')).toBe('a😀b');
	await say(page, 'שלום!');
	await expect(page.getByText('שלום!', { exact: true })).toHaveCSS('direction', 'rtl');
});

test('a reply of 200 KB is shown and stored whole, and the page goes on', async ({ telling }) => {
	const { page, exchange, newest } = telling;
	expect(Buffer.byteLength(REPLAY_TEXT.big)).toBeGreaterThan(200_000);
	expect(await exchange('big')).toBe(REPLAY_TEXT.big);
	await expect(newest).toContainText('Sentence 4699 of a very long reply, é 🙂.');
	await expect(newest).toContainText('Sentence 0 of a very long reply');
	await page.reload();
	await expect(newest).toContainText('Sentence 4699 of a very long reply, é 🙂.');
	expect(await exchange('whole')).toBe(REPLAY_TEXT.whole);
});

test('what went wrong is a sentence with a next step, and nothing said is lost', async ({
	telling,
	server
}) => {
	const { page, chatId, newest, offer } = telling;
	const cases = [
		['401', 'bad-key', true],
		['wrong-model', 'wrong-model', true],
		['html', 'not-an-api', true],
		['not-json', 'not-an-api', true],
		['no-cors', 'cors', true],
		['nothing', 'empty', false],
		['empty', 'empty', false],
		['402', 'quota', false],
		['think-cut', 'no-room', true],
		['context-too-long', 'context-too-long', true]
	] as const;
	await say(page, 'Words that must not be lost.');
	await storedReplies(page, chatId, 1);
	let turns = 2;
	for (const [scenario, type, toSettings] of cases) {
		await test.step(`${scenario}: ${type}`, async () => {
			server.choose(scenario);
			await say(page, `Now ${scenario}.`);
			// without a key sent, a 401 asks for one
			const { what, next } = en.failure({ type: type === 'bad-key' ? 'no-key' : type });
			await expect(offer).toContainText(what);
			await expect(offer).toContainText(next);
			await expect(offer.getByRole('link', { name: en.chat.toSettings })).toHaveCount(toSettings ? 1 : 0);
			turns += 1;
			expect((await storedTurns(page, chatId)).at(-1)).toEqual({
				role: 'user',
				text: `Now ${scenario}.`,
				truncated: false
			});
			await page.reload();
			await expect(offer).toContainText(what);
			await offer.getByRole('button', { name: en.chat.leaveIt }).click();
			await expect(page.getByText(en.chat.unansweredTitle)).toBeVisible();
			expect(await storedTurns(page, chatId)).toHaveLength(turns);
		});
	}
	await test.step('asked again, the server answers', async () => {
		server.choose('whole');
		await page.getByRole('button', { name: en.chat.again }).click();
		await expect(newest).toContainText('You came back');
		// the words are on the page before they are a turn
		await expect.poll(() => storedTurns(page, chatId)).toHaveLength(turns + 1);
	});
});

test('a server that went away, and came back', async ({ telling }) => {
	const { page, chatId, offer, newest } = telling;
	const first = await startReplayServer();
	await page.goto('/settings');
	await addConnection(page, { label: 'At home', url: first.base('whole') });
	await useConnection(page, 'At home');
	await page.goto(`/chats/${chatId}`);
	await say(page, 'Anybody there?');
	await storedReplies(page, chatId, 1);
	await first.close();
	await say(page, 'Still there?');
	await expect(offer).toContainText(en.failure({ type: 'unreachable' }).what);
	expect((await storedTurns(page, chatId)).at(-1)?.text).toBe('Still there?');
	const second = await startReplayServer({ port: Number(new URL(first.url).port) });
	await offer.getByRole('button', { name: en.chat.again }).click();
	expect(await storedReplies(page, chatId, 2)).toEqual([REPLAY_TEXT.whole, REPLAY_TEXT.whole]);
	await expect(newest).toContainText('You came back');
	await second.close();
});

test('a key that this tab does not hold is asked for, and the story goes on', async ({ telling, server }) => {
	const { page, chatId, offer, newest } = telling;
	await page.goto('/settings');
	await page.getByRole('button', { name: `${en.settings.edit}: Replay` }).click();
	const key = { secret: 'sk-of-this-session-only', remember: false };
	await fillConnection(page, { label: 'Replay', url: server.base('chosen'), key });
	await saveConnection(page);
	await page.goto(`/chats/${chatId}`);
	await say(page, 'Open up.');
	await expect(offer).toContainText(en.failure({ type: 'no-key' }).what);
	await offer.getByRole('link', { name: en.chat.toSettings }).click();
	await expect(connectionLine(page, 'Replay')).toContainText(en.settings.keyMissing);
	await page.getByRole('button', { name: `${en.settings.edit}: Replay` }).click();
	await fillConnection(page, { label: 'Replay', url: server.base('chosen'), key });
	await saveConnection(page);
	await page.goBack();
	await offer.getByRole('button', { name: en.chat.again }).click();
	await expect(newest).toContainText('You came back');
	expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${key.secret}`);
});

test('a reply that breaks off is kept as a draft and offered: keep, ask again, discard', async ({
	telling,
	server
}) => {
	const { page, chatId, newest, offer } = telling;
	const broken = async (scenario: string): Promise<void> => {
		server.choose(scenario);
		await say(page, `Now ${scenario}.`);
		await expect(offer).toBeVisible();
		await expect(newest).toContainText(REPLAY_TEXT.beforeCut);
		await page.reload();
		await expect(offer).toBeVisible();
		await expect(newest).toContainText(REPLAY_TEXT.beforeCut);
	};
	await broken('error-event');
	await offer.getByRole('button', { name: en.chat.keep }).click();
	await expect(newest).toContainText(en.chat.truncated);
	expect((await storedTurns(page, chatId)).at(-1)).toEqual({
		role: 'assistant',
		text: REPLAY_TEXT.beforeCut,
		truncated: true
	});
	await broken('cut');
	server.choose('whole');
	await offer.getByRole('button', { name: en.chat.again }).click();
	expect(await storedReplies(page, chatId, 2)).toEqual([REPLAY_TEXT.beforeCut, REPLAY_TEXT.whole]);
	await expect(newest).not.toContainText(REPLAY_TEXT.beforeCut);
	await broken('clean-eof');
	// asked again in vain, what was there is there still
	server.choose('402');
	await offer.getByRole('button', { name: en.chat.again }).click();
	await expect(offer).toContainText(en.failure({ type: 'quota' }).what);
	await expect(newest).toContainText(REPLAY_TEXT.beforeCut);
	await page.reload();
	await expect(newest).toContainText(REPLAY_TEXT.beforeCut);
	const other = offer.getByRole('button', { name: en.chat.otherTry });
	await expect(other).toHaveCount(0);
	server.choose('error-event');
	await offer.getByRole('button', { name: en.chat.again }).click();
	await expect(other).toBeVisible();
	await look(page, 'two tries that were cut off');
	await other.click();
	await expect(newest).toContainText(REPLAY_TEXT.beforeCut);
	await offer.getByRole('button', { name: en.chat.discard }).click();
	await expect(page.getByText(en.chat.unansweredTitle)).toBeVisible();
	expect(await storedReplies(page, chatId, 2)).toHaveLength(2);
	// a server that stalls is borne for a long time; what it said is there, and Stop keeps it
	server.choose('stalled');
	await page.getByRole('button', { name: en.chat.again }).click();
	await expect(newest).toContainText(REPLAY_TEXT.beforeCut);
	await page.getByRole('button', { name: en.chat.stop }).click();
	expect((await storedReplies(page, chatId, 3)).at(-1)).toBe(REPLAY_TEXT.beforeCut);
	await expect.poll(() => server.requests.at(-1)?.closedEarly).toBe(true);
});

test('a busy server is asked again before the first word, with a countdown, and says nothing twice', async ({
	telling,
	server
}) => {
	const { page, chatId, newest, exchange } = telling;
	for (const scenario of ['500-then-ok', 'cut-first', 'error-event-first']) {
		expect(await exchange(scenario)).toBe(REPLAY_TEXT.whole);
	}
	server.choose('429-retry-after');
	const before = server.requests.length;
	await say(page, 'Now wait.');
	await expect(newest).toContainText(/Trying again in [123] seconds?…/);
	expect((await storedReplies(page, chatId, 4)).at(-1)).toBe(REPLAY_TEXT.whole);
	expect(server.requests.length - before).toBe(2);
	await expect(newest.getByText('You came back')).toHaveCount(1);
});

test('a hostile reply is text: it makes no element, sends nothing, and opens nothing unasked', async ({
	telling,
	context,
	server,
	origin
}) => {
	const { page, exchange, newest } = telling;
	const addresses: string[] = [];
	context.on('request', (request) => addresses.push(request.url()));
	const dialogs: string[] = [];
	page.on('dialog', (dialog) => {
		dialogs.push(dialog.message());
		void dialog.dismiss();
	});
	const transcript = page.getByRole('region', { name: en.chat.transcript });
	const forged = transcript.locator('script, img, iframe, form, input, style, svg[onload], a, object, embed');
	for (const pieces of [undefined, 1, 7] as const) {
		expect(await exchange('hostile', pieces)).toBe(REPLAY_TEXT.hostile);
		await expect(newest).toContainText('<script>alert(1)</script> <img src=x onerror=alert(2)>');
		await expect(newest).toContainText('<iframe src="//evil.example"></iframe>');
		expect(await exchange('recorded/links', pieces)).toBe(LINKS);
		await expect(newest).toContainText('<form action="https://evil.example"><input name=key></form>');
		await expect(newest).toContainText('picture: cat');
		await expect(newest).toContainText('[this](javascript:alert(1))');
	}
	expect(await forged.evaluateAll((elements) => elements.map((element) => element.outerHTML))).toEqual([]);

	await test.step('a link shows its host, and the whole of it before it opens', async () => {
		const link = newest.getByRole('button', { name: 'the ledger' });
		await expect(link).toContainText('evil.example');
		await link.click();
		const question = page.getByRole('alertdialog');
		await expect(question).toContainText('evil.example');
		await page.keyboard.press('Escape');
		await expect(question).toHaveCount(0);
		await expect(link).toBeFocused();
		expect(context.pages()).toHaveLength(1);
	});
	const strangers = addresses.filter(
		(address) =>
			!address.startsWith(`${origin}/`) && !address.startsWith(server.url) && !/^(blob|data):/.test(address)
	);
	expect(addresses.some((address) => address.startsWith(server.url))).toBe(true);
	expect(strangers).toEqual([]);
	expect(dialogs).toEqual([]);
});

const playAll = async ({ exchange, newest }: Telling, streams: readonly Recording[]): Promise<void> => {
	for (const { name, text } of streams) {
		for (const pieces of [undefined, 1, 7] as const) {
			const stored = await exchange(`recorded/${name}`, pieces);
			expect(Array.from(stored), `${name} in pieces of ${String(pieces ?? 'any size')}`).toEqual(
				Array.from(text)
			);
			await expect(newest).toBeVisible();
		}
	}
};

test('every stream written for these tests is stored to the last code point', async ({ telling }) => {
	expect(own.length).toBeGreaterThan(2);
	await playAll(telling, own);
});

test('every recorded stream of chat completions is stored to the last code point', async ({ telling }) => {
	test.skip(!existsSync(RECORDED_STREAMS), 'the recorded streams are not beside this repository');
	expect(recorded.length).toBeGreaterThan(0);
	await playAll(telling, recorded);
});
