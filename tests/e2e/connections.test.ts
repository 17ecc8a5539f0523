// Where replies come from, as a person sets it up: connections, their tests in words, and keys that stay where they belong.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { ModelFailure } from '../../src/lib/worker/protocol.ts';
import { en } from '../../src/routes/words/en.ts';
import { expect, test as base } from '../support/app.ts';
import { startReplayServer, type ReplayServer } from '../support/replay-server.ts';
import {
	addConnection,
	beginStory,
	connectionLine,
	fillConnection,
	saveConnection,
	say,
	storedReplies,
	useConnection
} from '../support/screens.ts';

const CANARY = 'sk-canary-7Q2x9LmZ4tVb8KpW3nRd6HsY1cFg';
const CANARY_END = CANARY.slice(-4);
/** What the browser itself writes when a server refuses. */
const REFUSED = /Failed to load resource|blocked by CORS policy|ERR_/;

const test = base.extend<{ readonly server: ReplayServer; readonly other: ReplayServer }>({
	server: async ({}, use) => {
		const server = await startReplayServer();
		await use(server);
		await server.close();
	},
	other: async ({}, use) => {
		const server = await startReplayServer();
		await use(server);
		await server.close();
	}
});

/** An address of this machine where nothing listens. */
const closedAddress = async (): Promise<string> => {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return `http://127.0.0.1:${port}/v1`;
};

const edit = (page: Page, label: string): Promise<void> =>
	page.getByRole('button', { name: `${en.settings.edit}: ${label}` }).click();

const testConnection = (page: Page, label: string): Promise<void> =>
	page.getByRole('button', { name: `${en.settings.test}: ${label}` }).click();

const report = (page: Page, label: string) => connectionLine(page, label).getByRole('status');

test('a connection is added, used, edited, and deleted only after a question; the demo stays', async ({
	page,
	origin
}) => {
	await page.goto('/settings');
	await test.step('a server of the list fills the address in, and one of this machine needs no key', async () => {
		await page.getByRole('button', { name: en.settings.add }).click();
		const form = page.getByRole('dialog');
		const provider = form.getByLabel(en.models.provider);
		await expect(form.getByLabel(en.settings.model)).toHaveCount(0);
		await provider.selectOption('Ollama');
		// what this server needs to answer this very page
		await expect(form).toContainText(`OLLAMA_ORIGINS=${origin} ollama serve`);
		await expect(form.getByLabel(en.settings.url)).toBeHidden();
		await form.getByText(en.settings.more).click();
		await expect(form.getByLabel(en.settings.url)).toHaveValue('http://localhost:11434/v1');
		await expect(form.getByLabel(en.settings.label, { exact: true })).toHaveValue('Ollama');
		await expect(form.getByLabel(en.settings.keyNo)).toBeChecked();
		await provider.selectOption('Mistral');
		await expect(form.getByLabel(en.settings.url)).toHaveValue('https://api.mistral.ai/v1');
		// it asks for nothing but the key
		await expect(form.getByLabel(en.settings.keySecret, { exact: true })).toBeVisible();
		await expect(form.getByLabel(en.settings.keyNo)).toHaveCount(0);
		await provider.selectOption('Ollama');
		await form.getByLabel(en.settings.model, { exact: true }).fill('qwen3');
		await saveConnection(page);
		await expect(connectionLine(page, 'Ollama')).toContainText('qwen3 · http://localhost:11434/v1');
		await expect(connectionLine(page, 'Ollama')).toContainText(en.settings.keyNone);
	});
	await test.step('who adds one uses it, one at a time is used, and another can be chosen', async () => {
		const demo = connectionLine(page, en.settings.demoLabel);
		await expect(connectionLine(page, 'Ollama')).toContainText(en.settings.inUse);
		await expect(demo).not.toContainText(en.settings.inUse);
		await page.getByRole('button', { name: `${en.settings.use}: ${en.settings.demoLabel}` }).click();
		await expect(demo).toContainText(en.settings.inUse);
		await expect(connectionLine(page, 'Ollama')).not.toContainText(en.settings.inUse);
		await useConnection(page, 'Ollama');
	});
	await test.step('it is edited', async () => {
		await edit(page, 'Ollama');
		await expect(page.getByRole('dialog')).toContainText(en.settings.editTitle('Ollama'));
		await page.getByRole('dialog').getByLabel(en.settings.model, { exact: true }).fill('gemma3');
		await page.getByRole('dialog').getByText(en.settings.more).click();
		await page.getByRole('dialog').getByLabel(en.settings.label, { exact: true }).fill('At home');
		await saveConnection(page);
		await expect(connectionLine(page, 'At home')).toContainText('gemma3');
		await expect(connectionLine(page, 'Ollama')).toHaveCount(0);
	});
	await test.step('deleting it asks first, and no is no', async () => {
		const remove = page.getByRole('button', { name: `${en.settings.delete}: At home` });
		await remove.click();
		const question = page.getByRole('alertdialog');
		await expect(question).toContainText(en.settings.deleteTitle('At home'));
		// who answers then is no model at all
		await expect(question).toContainText(en.settings.deleteInUse(en.settings.demoLabel));
		await question.getByRole('button', { name: en.app.cancel }).click();
		await expect(question).toHaveCount(0);
		await expect(connectionLine(page, 'At home')).toBeVisible();
		await expect(remove).toBeFocused();
		await remove.click();
		await question.getByRole('button', { name: en.settings.delete }).click();
		await expect(connectionLine(page, 'At home')).toHaveCount(0);
	});
	await test.step('the demo is in use again, and offers neither', async () => {
		const demo = connectionLine(page, en.settings.demoLabel);
		await expect(demo).toContainText(en.settings.inUse);
		await expect(demo.getByRole('button')).toHaveText([en.settings.test]);
		await testConnection(page, en.settings.demoLabel);
		await expect(report(page, en.settings.demoLabel)).toContainText('It answers.');
	});
});

test('what is wrong in the form is said at its field, which gets the focus', async ({ page }) => {
	await page.goto('/settings');
	await page.getByRole('button', { name: en.settings.add }).click();
	const form = page.getByRole('dialog');
	const save = form.getByRole('button', { name: en.app.save });
	const refused = async (label: string, sentence: string): Promise<void> => {
		await save.click();
		const field = form.getByLabel(label, { exact: true });
		await expect(field).toBeFocused();
		await expect(field).toHaveAttribute('aria-invalid', 'true');
		await expect(field).toHaveAccessibleDescription(new RegExp(sentence));
	};
	await save.click();
	await expect(form.getByLabel(en.models.provider)).toBeFocused();
	await expect(form.getByLabel(en.models.provider)).toHaveAccessibleDescription(en.models.chooseFirst);
	await fillConnection(page, { label: 'Mine', url: 'my server', model: 'm' });
	await refused(en.settings.url, 'not complete');
	await fillConnection(page, { label: 'Mine', url: 'http://192.168.0.7:11434/v1', model: 'm' });
	await refused(en.settings.url, 'https');
	await fillConnection(page, { label: 'Mine', url: 'https://api.example/v1?key=secret', model: 'm' });
	await refused(en.settings.url, 'a key goes in its own field');
	await fillConnection(page, { label: 'Mine', url: 'https://api.example/v1', model: ' ' });
	await refused(en.settings.model, 'The model cannot be empty.');
	await fillConnection(page, { label: 'x'.repeat(81), url: 'https://api.example/v1' });
	await refused(en.settings.label, 'The name is too long.');
	await fillConnection(page, {
		label: 'Mine',
		url: 'https://api.example/v1',
		key: { secret: '', remember: true }
	});
	await refused(en.settings.keySecret, 'no key');
	const inMore = async (label: string, value: string, sentence: string): Promise<void> => {
		await fillConnection(page, { label: 'Mine', url: 'https://api.example/v1', model: 'm' });
		const field = form.getByLabel(label, { exact: true });
		await field.fill(value);
		await form.getByText(en.settings.more).click();
		await expect(field).toBeHidden();
		await refused(label, sentence);
		await field.fill('');
	};
	await inMore(en.settings.temperature, '3', 'from 0 to 2');
	await inMore(en.models.topP, '0', 'above 0, up to 1');
	await inMore(en.models.contextTokens, '100', 'at least 512');
	await inMore(en.models.priceIn, '3', 'fill both fields in');
	await form.getByLabel(en.models.priceOut, { exact: true }).fill('4');
	await inMore(en.models.priceIn, '-1', 'in US dollars');
	await page.keyboard.press('Escape');
	await expect(form).toHaveCount(0);
	await expect(page.getByRole('button', { name: en.settings.add })).toBeFocused();
});

test('Test says in words what is wrong, or how fast the first word came', async ({
	page,
	server,
	expectErrors
}) => {
	expectErrors(REFUSED);
	await page.goto('/settings');
	await addConnection(page, {
		label: 'Chosen',
		url: server.base('chosen'),
		key: { secret: CANARY, remember: true }
	});
	const line = report(page, 'Chosen');
	const cases: readonly (readonly [scenario: string, failure: ModelFailure['type']])[] = [
		['401', 'bad-key'],
		['401-no-cors', 'cors'],
		['no-cors', 'cors'],
		['wrong-model', 'wrong-model'],
		['wrong-model-400', 'wrong-model'],
		['wrong-path', 'not-an-api'],
		['html', 'not-an-api'],
		['other-json', 'not-an-api'],
		['402', 'quota'],
		['429-quota', 'quota'],
		['429', 'rate-limited'],
		['403-org', 'org-blocks-browser'],
		['529', 'overloaded'],
		['empty', 'empty']
	];
	for (const [scenario, type] of cases) {
		await test.step(`${scenario}: ${type}`, async () => {
			server.choose(scenario);
			await testConnection(page, 'Chosen');
			const { what, next } = en.failure({ type });
			await expect(line).toContainText(what);
			await expect(line).toContainText(next);
			// what a provider echoes of the key is taken out
			await expect(line).not.toContainText(CANARY.slice(3, 12));
		});
		server.choose('whole');
		await testConnection(page, 'Chosen');
		await expect(line).toContainText(/It answers\. First word after [\d.]+ m?s\. It said: The/);
	}
	await test.step('a server that is not there', async () => {
		await addConnection(page, { label: 'Nowhere', url: await closedAddress() });
		await testConnection(page, 'Nowhere');
		await expect(report(page, 'Nowhere')).toContainText(en.failure({ type: 'unreachable' }).what);
	});
	await test.step('one that is silent is waited for no longer than somebody likes', async () => {
		const silent = createTcpServer(() => undefined);
		await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
		const { port } = silent.address() as AddressInfo;
		await addConnection(page, { label: 'Silent', url: `http://127.0.0.1:${port}/v1` });
		await testConnection(page, 'Silent');
		await expect(report(page, 'Silent')).toContainText(en.settings.testing);
		await page.getByRole('button', { name: `${en.settings.stopTest}: Silent` }).click();
		await expect(report(page, 'Silent')).toBeEmpty();
		await expect(page.getByRole('button', { name: `${en.settings.test}: Silent` })).toBeFocused();
		silent.close();
	});
	await test.step('the report goes with the settings it was about', async () => {
		await edit(page, 'Chosen');
		await saveConnection(page);
		await expect(line).toBeEmpty();
	});
});

test('a key is kept for its address alone, as long as was said', async ({
	page,
	server,
	other,
	relaunch,
	expectErrors
}) => {
	// the first request to this machine asks only whether anybody is there
	expectErrors(/404 \(Not Found\)/);
	await page.goto('/settings');
	const authorizations = (of: ReplayServer): readonly unknown[] =>
		of.requests
			.filter(({ method, path }) => method === 'POST' && path.endsWith('/chat/completions'))
			.map(({ headers }) => headers.authorization);
	await addConnection(page, {
		label: 'Lasting',
		url: server.base('whole'),
		key: { secret: CANARY, remember: true }
	});
	const fleeting = 'sk-fleeting-0123456789-wxyz';
	await addConnection(page, {
		label: 'Fleeting',
		url: server.base('whole'),
		key: { secret: fleeting, remember: false }
	});
	await expect(connectionLine(page, 'Lasting')).toContainText(en.settings.keyRemembered(CANARY_END));
	await expect(connectionLine(page, 'Fleeting')).toContainText(en.settings.keySession('wxyz'));
	for (const label of ['Lasting', 'Fleeting']) {
		await testConnection(page, label);
		await expect(report(page, label)).toContainText('It answers.');
	}
	expect(authorizations(server)).toEqual([`Bearer ${CANARY}`, `Bearer ${fleeting}`]);

	await test.step('a reload ends the session’s key, and says so', async () => {
		await page.reload();
		await expect(connectionLine(page, 'Fleeting')).toContainText(en.settings.keyMissing);
		await testConnection(page, 'Fleeting');
		await expect(report(page, 'Fleeting')).toContainText(en.failure({ type: 'no-key' }).what);
		expect(authorizations(server)).toHaveLength(2);
		await edit(page, 'Fleeting');
		const form = page.getByRole('dialog');
		await expect(form.getByLabel(en.settings.keySecret, { exact: true })).toBeVisible();
		await expect(form.getByLabel(en.settings.keySessionOnly)).toBeChecked();
		await form.getByRole('button', { name: en.app.cancel }).click();
	});

	const context = await relaunch();
	const again = context.pages()[0] ?? (await context.newPage());
	await test.step('the remembered key works in a browser opened anew', async () => {
		await again.goto('/settings');
		await expect(connectionLine(again, 'Lasting')).toContainText(en.settings.keyRemembered(CANARY_END));
		await testConnection(again, 'Lasting');
		await expect(report(again, 'Lasting')).toContainText('It answers.');
		expect(authorizations(server).at(-1)).toBe(`Bearer ${CANARY}`);
	});
	await test.step('the same address keeps it without asking', async () => {
		await edit(again, 'Lasting');
		await expect(again.getByLabel(en.settings.keyKeep)).toBeChecked();
		await again.getByLabel(en.settings.model, { exact: true }).fill('another');
		await saveConnection(again);
		await expect(connectionLine(again, 'Lasting')).toContainText(en.settings.keyRemembered(CANARY_END));
	});
	await test.step('another address does not get it', async () => {
		await edit(again, 'Lasting');
		await again.getByLabel(en.settings.url).fill(other.base('whole'));
		await again.getByRole('dialog').getByRole('button', { name: en.app.save }).click();
		const field = again.getByLabel(en.settings.keySecret, { exact: true });
		await expect(again.getByRole('dialog').getByRole('alert')).toHaveText(
			en.connectionRefusal({ type: 'key_for_other_origin' })
		);
		await expect(field).toBeFocused();
		await expect(field).toHaveValue('');
		await again.getByLabel(en.settings.keyNo).check();
		await saveConnection(again);
		await testConnection(again, 'Lasting');
		await expect(report(again, 'Lasting')).toContainText('It answers.');
		expect(authorizations(other)).toEqual([undefined]);
	});
	await test.step('forgetting all keys asks first, and leaves the connections', async () => {
		await edit(again, 'Fleeting');
		await fillConnection(again, {
			label: 'Fleeting',
			url: server.base('whole'),
			key: { secret: fleeting, remember: true }
		});
		await saveConnection(again);
		await expect(connectionLine(again, 'Fleeting')).toContainText(en.settings.keyRemembered('wxyz'));
		await again.getByRole('button', { name: en.settings.forget }).click();
		await again.getByRole('alertdialog').getByRole('button', { name: en.settings.forget }).click();
		await expect(connectionLine(again, 'Fleeting')).toContainText(en.settings.keyMissing);
		await again.reload();
		await expect(connectionLine(again, 'Fleeting')).toContainText(en.settings.keyMissing);
		const asked = authorizations(server).length;
		await testConnection(again, 'Fleeting');
		await expect(report(again, 'Fleeting')).toContainText(en.failure({ type: 'no-key' }).what);
		expect(authorizations(server)).toHaveLength(asked);
	});
});

/** Every form in which bytes on a disk could spell the key. */
const spellings = (key: string): readonly Buffer[] => [
	Buffer.from(key, 'utf8'),
	Buffer.from(key, 'utf16le'),
	Buffer.from(Buffer.from(key).toString('base64').slice(0, 40)),
	Buffer.from(Buffer.from(key).toString('hex'))
];

const filesBelow = (folder: string): readonly string[] =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));

/** All that this origin keeps, as far as a page can see it, as one text. */
const kept = (page: Page): Promise<{ readonly text: string; readonly databases: readonly string[] }> =>
	page.evaluate(async () => {
		const seen: string[] = [
			document.documentElement.outerHTML,
			location.href,
			document.title,
			document.cookie
		];
		for (const store of [localStorage, sessionStorage]) seen.push(JSON.stringify(Object.entries(store)));
		const show = (value: unknown): string => {
			if (value instanceof ArrayBuffer) return new TextDecoder('latin1').decode(value);
			if (ArrayBuffer.isView(value)) return new TextDecoder('latin1').decode(value);
			if (value instanceof CryptoKey) return `key ${String(value.extractable)}`;
			if (typeof value === 'object' && value !== null)
				return Object.entries(value)
					.map(([name, inner]) => `${name}: ${show(inner)}`)
					.join('\n');
			return String(value);
		};
		const done = <T>(request: IDBRequest<T>): Promise<T> =>
			new Promise((resolve, reject) => {
				request.onsuccess = () => {
					resolve(request.result);
				};
				request.onerror = () => {
					reject(new Error('the database did not answer'));
				};
			});
		const names: string[] = [];
		for (const { name } of await indexedDB.databases()) {
			if (name === undefined) continue;
			names.push(name);
			const database = await done(indexedDB.open(name));
			for (const shelf of database.objectStoreNames) {
				const store = database.transaction(shelf).objectStore(shelf);
				seen.push(`${shelf}: ${show(await done(store.getAllKeys()))}`);
				seen.push(show(await done(database.transaction(shelf).objectStore(shelf).getAll())));
			}
			database.close();
		}
		for (const name of await caches.keys()) {
			const cache = await caches.open(name);
			for (const request of await cache.keys()) {
				seen.push(request.url, JSON.stringify([...request.headers]));
				const answer = await cache.match(request);
				if (answer !== undefined) seen.push(await answer.text());
			}
		}
		return { text: seen.join('\n'), databases: names };
	});

test('a key is nowhere but sealed in the vault, and goes nowhere but to its own server', async ({
	page,
	server,
	profile,
	origin,
	relaunch,
	expectErrors
}) => {
	expectErrors(REFUSED);
	const written: string[] = [];
	const asked: { readonly url: string; readonly all: string }[] = [];
	page.on('console', (message) => written.push(message.text()));
	profile.current().on('request', (request) => {
		asked.push({
			url: request.url(),
			all: JSON.stringify([request.url(), request.headers(), request.postData()])
		});
	});
	await page.goto('/settings');
	await addConnection(page, {
		label: 'Sealed',
		url: server.base('chosen'),
		key: { secret: CANARY, remember: true }
	});
	await useConnection(page, 'Sealed');
	await testConnection(page, 'Sealed');
	await expect(report(page, 'Sealed')).toContainText('It answers.');
	const chatId = await beginStory(page, 'Ada');
	await page.goto(`/chats/${chatId}`);
	await say(page, 'Hello?');
	await storedReplies(page, chatId, 1);
	// a provider that echoes the key in its refusal, stored with the failed reply
	server.choose('401');
	await say(page, 'Again?');
	await expect(page.getByText(en.failure({ type: 'bad-key' }).what)).toBeVisible();

	await test.step('no answer of the page’s own door holds it', async () => {
		const told = await page.evaluate(async (id) => {
			const { stet } = window;
			if (stet === undefined) throw new Error('the console door is not open');
			const chat = await stet.ask('chat', { chatId: id });
			return {
				doors: Object.keys(stet).sort(),
				all: JSON.stringify([
					stet.status(),
					await stet.names(),
					chat,
					await stet.ask('transcript', { chatId: id }),
					await stet.ask('home', {}),
					await stet.ask('bots', {}),
					await stet.ask('yous', {}),
					await stet.ask('stage_request', { jobId: chat?.reply?.jobId ?? '' })
				])
			};
		}, chatId);
		expect(told.all).toContain('Again?');
		expect(told.all).not.toContain(CANARY);
		// nothing of connections at all: the door is the log's, and that of files made of it
		expect(told.doors).toEqual([
			'ask',
			'backupState',
			'bringIn',
			'dispatch',
			'forget',
			'lookIn',
			'names',
			'play',
			'status',
			'stop',
			'takeOut',
			'verify',
			'watch'
		]);
	});
	await test.step('nor does anything a page can see', async () => {
		for (const path of ['/settings', `/chats/${chatId}`]) {
			await page.goto(path);
			await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
			const { text, databases } = await kept(page);
			expect(databases).toContain('stet-vault');
			// the look was real: the address lies there in the clear
			expect(text).toContain(server.base('chosen'));
			expect(text).toContain('key false');
			expect(text).not.toContain(CANARY);
			expect(await page.content()).not.toContain(CANARY);
		}
		await page.goto('/settings');
		await edit(page, 'Sealed');
		await page.getByLabel(en.settings.keyNew).check();
		await expect(page.getByLabel(en.settings.keySecret, { exact: true })).toHaveValue('');
	});
	await test.step('nor the console, nor any request but those to its server', () => {
		expect(written.join('\n')).not.toContain(CANARY);
		const carrying = server.requests.filter((request) => JSON.stringify(request).includes(CANARY));
		expect(carrying.length).toBeGreaterThan(1);
		for (const { headers, path, body } of carrying) {
			expect(headers.authorization).toBe(`Bearer ${CANARY}`);
			expect(JSON.stringify([path, body, { ...headers, authorization: '' }])).not.toContain(CANARY);
		}
		expect(asked.some(({ url }) => url.startsWith(origin))).toBe(true);
		expect(asked.filter(({ url, all }) => !url.startsWith(server.url) && all.includes(CANARY))).toEqual([]);
		return Promise.resolve();
	});
	await test.step('nor any file of the browser’s profile, the library’s own among them', async () => {
		const { folder } = profile;
		const closed = await relaunch();
		await closed.close();
		const files = filesBelow(folder);
		const holding = (spelt: Buffer): readonly string[] =>
			files.filter((file) => readFileSync(file).includes(spelt));
		// the look is real: what was said lies in the library's file, the address in the vault's
		expect(holding(Buffer.from('Hello?')).length).toBeGreaterThan(0);
		expect(holding(Buffer.from(server.base('chosen'))).length).toBeGreaterThan(0);
		for (const spelt of spellings(CANARY)) expect(holding(spelt)).toEqual([]);
	});
});
