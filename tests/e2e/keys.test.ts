// Keys under a passphrase, models to choose from, what a test found, and signing in with OpenRouter, as a person does them.
import { createHash } from 'node:crypto';
import type { BrowserContext, Page, Route } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect, test as base } from '../support/app.ts';
import { look } from '../support/look.ts';
import { startReplayServer, type RawAnswer, type ReplayServer } from '../support/replay-server.ts';
import {
	addConnection,
	connectionLine,
	fillConnection,
	footNote,
	saveConnection
} from '../support/screens.ts';

const CANARY = 'sk-canary-7Q2x9LmZ4tVb8KpW3nRd6HsY1cFg';
const CANARY_END = CANARY.slice(-4);
const PASSPHRASE = 'seven lamps on the quay';
const REFUSED = /Failed to load resource|blocked by CORS policy|ERR_/;

const MODELS: RawAnswer = {
	contentType: 'application/json',
	body: JSON.stringify({
		data: [
			{
				id: 'harbour-large',
				name: 'Harbour Large',
				context_length: 128_000,
				pricing: { prompt: '0.000003', completion: '0.000015' }
			},
			{
				id: 'harbour-small',
				name: 'Harbour Small',
				context_length: 8192,
				pricing: { prompt: '0', completion: '0' }
			},
			{ id: 'quay', name: 'Quay' },
			...Array.from({ length: 80 }, (_, index) => ({ id: `other-${String(index)}` }))
		]
	})
};

const test = base.extend<{ readonly server: ReplayServer }>({
	server: async ({}, use) => {
		const server = await startReplayServer({
			raw: {
				models: MODELS,
				'no-models': { contentType: 'application/json', body: '{"data":[]}' },
				'key-wanted': {
					status: 401,
					contentType: 'application/json',
					body: '{"error":{"message":"Invalid API key","type":"invalid_request_error","code":"invalid_api_key"}}'
				}
			}
		});
		await use(server);
		await server.close();
	}
});

const report = (page: Page, label: string) => connectionLine(page, label).getByRole('status');
const testConnection = (page: Page, label: string): Promise<void> =>
	page.getByRole('button', { name: `${en.settings.test}: ${label}` }).click();
const openForm = async (page: Page): Promise<void> => {
	await page.goto('/settings');
	await page.getByRole('button', { name: en.settings.add }).click();
};

/** What the vault's database holds, byte by byte. */
const vaultBytes = (page: Page): Promise<string> =>
	page.evaluate(async () => {
		const done = <T>(request: IDBRequest<T>): Promise<T> =>
			new Promise((resolve, reject) => {
				request.onsuccess = () => {
					resolve(request.result);
				};
				request.onerror = () => {
					reject(new Error('the database did not answer'));
				};
			});
		const show = (value: unknown): string => {
			if (value instanceof ArrayBuffer || ArrayBuffer.isView(value))
				return new TextDecoder('latin1').decode(value);
			if (value instanceof CryptoKey) return 'a key';
			if (typeof value === 'object' && value !== null)
				return Object.entries(value)
					.map(([name, inner]) => `${name}: ${show(inner)}`)
					.join('\n');
			return String(value);
		};
		const database = await done(indexedDB.open('stet-vault'));
		const seen: string[] = [];
		for (const shelf of database.objectStoreNames)
			seen.push(shelf, show(await done(database.transaction(shelf).objectStore(shelf).getAll())));
		database.close();
		return seen.join('\n');
	});

test('a passphrase is set with the first key, asked for in every tab, changed, and forgotten with all keys', async ({
	page,
	context,
	server,
	expectErrors
}) => {
	// the first request to this machine asks only whether anybody is there
	expectErrors(/404 \(Not Found\)/);
	await openForm(page);
	const form = page.getByRole('dialog');
	await test.step('it is set in the form, where it is too short at first', async () => {
		await fillConnection(page, {
			label: 'Sealed',
			url: server.base('whole'),
			key: { secret: CANARY, remember: true }
		});
		await form.getByLabel(en.models.keyPassphraseChoice).check();
		const field = form.getByLabel(en.models.passphraseNew);
		const again = form.getByLabel(en.models.passphraseRepeat);
		const save = form.getByRole('button', { name: en.app.save });
		await field.fill('short');
		await again.fill('short');
		await save.click();
		await expect(field).toBeFocused();
		await expect(field).toHaveAccessibleDescription(/at least 8 characters/);
		await field.fill(PASSPHRASE);
		await again.fill(`${PASSPHRASE}s`);
		await save.click();
		await expect(again).toBeFocused();
		await expect(again).toHaveAccessibleDescription(en.models.passphraseDiffers);
		await again.fill(PASSPHRASE);
		await saveConnection(page);
		await expect(connectionLine(page, 'Sealed')).toContainText(en.settings.keyPassphrase(CANARY_END));
		await testConnection(page, 'Sealed');
		await expect(report(page, 'Sealed')).toContainText('It answers.');
		expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${CANARY}`);
	});
	const other = await context.newPage();
	await test.step('another tab, and this one after a reload, is locked and says so', async () => {
		await other.goto('/settings');
		await page.reload();
		for (const tab of [page, other]) {
			await expect(tab.getByText(en.models.isLocked)).toBeVisible();
			await expect(connectionLine(tab, 'Sealed')).toContainText(en.settings.keyLocked);
			await expect(connectionLine(tab, 'Sealed')).not.toContainText(CANARY_END);
		}
		const posts = () => server.requests.filter(({ method }) => method === 'POST').length;
		const asked = posts();
		await testConnection(page, 'Sealed');
		await expect(report(page, 'Sealed')).toContainText(en.failure({ type: 'locked' }).what);
		expect(posts()).toBe(asked);
	});
	await test.step('a key that takes its place is kept under the passphrase, too', async () => {
		await page.getByRole('button', { name: `${en.settings.edit}: Sealed` }).click();
		await form.getByLabel(en.settings.keyNew).check();
		await expect(form.getByLabel(en.models.keyPassphraseChoice)).toBeChecked();
		await form.getByRole('button', { name: en.app.cancel }).click();
	});
	const unlock = async (tab: Page, passphrase: string): Promise<void> => {
		await tab.getByRole('button', { name: en.models.unlock }).click();
		const field = tab.getByRole('dialog').getByLabel(en.models.passphrase, { exact: true });
		await field.fill(passphrase);
		await field.press('Enter');
	};
	await test.step('a wrong one is said at the field; the right one opens this tab only', async () => {
		await unlock(page, `${PASSPHRASE}s`);
		const field = page.getByRole('dialog').getByLabel(en.models.passphrase, { exact: true });
		await expect(field).toHaveAccessibleDescription(en.models.wrongPassphrase);
		await expect(field).toBeFocused();
		await field.fill(PASSPHRASE);
		await field.press('Enter');
		await expect(page.getByRole('dialog')).toHaveCount(0);
		await expect(page.getByText(en.models.isUnlocked)).toBeVisible();
		await expect(connectionLine(page, 'Sealed')).toContainText(en.settings.keyPassphrase(CANARY_END));
		await expect(other.getByText(en.models.isLocked)).toBeVisible();
		await unlock(other, PASSPHRASE);
		await expect(other.getByText(en.models.isUnlocked)).toBeVisible();
	});
	await test.step('Lock locks every tab', async () => {
		await other.getByRole('button', { name: en.models.lock, exact: true }).click();
		for (const tab of [page, other]) await expect(tab.getByText(en.models.isLocked)).toBeVisible();
	});
	await test.step('a locked passphrase is given in the form, too', async () => {
		await page.getByRole('button', { name: en.settings.add }).click();
		await fillConnection(page, {
			label: 'Second',
			url: server.base('whole'),
			key: { secret: CANARY, remember: true }
		});
		await form.getByLabel(en.models.keyPassphraseChoice).check();
		await form.getByLabel(en.models.passphrase, { exact: true }).fill(PASSPHRASE);
		await saveConnection(page);
		await expect(connectionLine(page, 'Second')).toContainText(en.settings.keyPassphrase(CANARY_END));
		await expect(page.getByText(en.models.isUnlocked)).toBeVisible();
	});
	await test.step('it is changed: other tabs ask for the new one', async () => {
		await page.getByRole('button', { name: en.models.change }).click();
		await form.getByLabel(en.models.passphraseBefore).fill(PASSPHRASE);
		await form.getByLabel(en.models.passphraseNew).fill('eight lamps on the quay');
		await form.getByRole('button', { name: en.models.change }).click();
		await expect(form.getByLabel(en.models.passphraseRepeat)).toBeFocused();
		await form.getByLabel(en.models.passphraseRepeat).fill('eight lamps on the quay');
		await form.getByRole('button', { name: en.models.change }).click();
		await expect(page.getByRole('dialog')).toHaveCount(0);
		await testConnection(page, 'Sealed');
		await expect(report(page, 'Sealed')).toContainText('It answers.');
		await unlock(other, PASSPHRASE);
		await expect(other.getByRole('dialog').getByRole('alert')).toHaveText(en.models.wrongPassphrase);
		await other
			.getByRole('dialog')
			.getByLabel(en.models.passphrase, { exact: true })
			.fill('eight lamps on the quay');
		await other.keyboard.press('Enter');
		await expect(other.getByText(en.models.isUnlocked)).toBeVisible();
	});
	await test.step('nothing of it, nor of the key, lies in the vault or stands on the page', async () => {
		const bytes = await vaultBytes(page);
		// the look was real
		expect(bytes).toContain('iterations: 1000000');
		expect(bytes).toContain(server.base('whole'));
		for (const secret of [CANARY, CANARY.slice(3, 15), PASSPHRASE, 'lamps on the quay']) {
			expect(bytes).not.toContain(secret);
			expect(await page.content()).not.toContain(secret);
		}
	});
	await test.step('forgetting all keys forgets it, in every tab', async () => {
		await page.getByRole('button', { name: en.settings.forget }).click();
		await page.getByRole('alertdialog').getByRole('button', { name: en.settings.forget }).click();
		for (const tab of [page, other]) {
			await expect(connectionLine(tab, 'Sealed')).toContainText(en.settings.keyMissing);
			await expect(tab.getByText(en.models.isUnlocked)).toHaveCount(0);
			await expect(tab.getByText(en.models.isLocked)).toHaveCount(0);
		}
		expect(await vaultBytes(page)).not.toContain('iterations');
	});
});

test('a passphrase is set by a connection that was saved, and one without any key under it can be forgotten', async ({
	page,
	server
}) => {
	await openForm(page);
	const form = page.getByRole('dialog');
	const forget = page.getByRole('button', { name: en.settings.forget });
	await test.step('a wrong address leaves no passphrase behind', async () => {
		await fillConnection(page, {
			label: 'Sealed',
			url: 'http://elsewhere.example/v1',
			key: { secret: CANARY, remember: true }
		});
		await form.getByLabel(en.models.keyPassphraseChoice).check();
		await form.getByLabel(en.models.passphraseNew).fill(PASSPHRASE);
		await form.getByLabel(en.models.passphraseRepeat).fill(PASSPHRASE);
		await form.getByRole('button', { name: en.app.save }).click();
		await expect(form.getByLabel(en.settings.url)).toBeFocused();
		expect(await vaultBytes(page)).not.toContain('iterations');
		await form.getByLabel(en.settings.url).fill(server.base('whole'));
		await saveConnection(page);
		await expect(connectionLine(page, 'Sealed')).toContainText(en.settings.keyPassphrase(CANARY_END));
	});
	await test.step('its last connection deleted, it can still be forgotten', async () => {
		await page.getByRole('button', { name: `${en.settings.delete}: Sealed` }).click();
		await page.getByRole('alertdialog').getByRole('button', { name: en.settings.delete }).click();
		await expect(connectionLine(page, 'Sealed')).toHaveCount(0);
		await page.reload();
		await expect(page.getByText(en.models.isLocked)).toBeVisible();
		await forget.click();
		await page.getByRole('alertdialog').getByRole('button', { name: en.settings.forget }).click();
		await expect(page.getByText(en.models.isLocked)).toHaveCount(0);
		await expect(forget).toHaveCount(0);
		expect(await vaultBytes(page)).not.toContain('iterations');
	});
});

test('models are fetched, found by typing, chosen by keyboard or pointer, or typed as they are', async ({
	page,
	server,
	expectErrors
}) => {
	expectErrors(REFUSED);
	await openForm(page);
	const form = page.getByRole('dialog');
	await fillConnection(page, {
		label: 'Harbour',
		url: server.base('raw/models'),
		model: '',
		key: { secret: CANARY, remember: true }
	});
	const model = form.getByRole('combobox', { name: en.settings.model, exact: true });
	const list = form.getByRole('listbox');
	const fetchModels = form.getByRole('button', { name: en.models.fetch });
	await test.step('with window and price beside each', async () => {
		await fetchModels.click();
		await expect(form.getByText(en.models.fetched(83))).toBeVisible();
		await expect(model).toBeFocused();
		await expect(list).toHaveCount(0);
		await page.keyboard.press('ArrowDown');
		await expect(list.getByRole('option')).toHaveCount(50);
		await expect(form.getByText(en.models.moreMatches(33))).toBeVisible();
		await expect(list.getByRole('option', { name: /^harbour-large/ })).toContainText(
			'128k window · $3 in, $15 out'
		);
		await expect(list.getByRole('option', { name: /^harbour-small/ })).toContainText('8k window · free');
		const asked = server.requests.find(({ path }) => path.endsWith('/models'));
		expect(asked?.headers.authorization).toBe(`Bearer ${CANARY}`);
	});
	await test.step('by keyboard: typing narrows, arrows choose, Escape closes the list and not the form', async () => {
		await model.pressSequentially('HARB');
		await expect(list.getByRole('option')).toHaveCount(2);
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('ArrowDown');
		const active = list.getByRole('option', { selected: true });
		await expect(active).toContainText('harbour-small');
		expect(await model.getAttribute('aria-activedescendant')).toBe(await active.getAttribute('id'));
		await page.keyboard.press('Escape');
		await expect(list).toHaveCount(0);
		await expect(form).toBeVisible();
		await page.keyboard.press('ArrowUp');
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Home');
		await model.fill('small');
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Enter');
		await expect(model).toHaveValue('harbour-small');
		await expect(list).toHaveCount(0);
		await expect(form).toBeVisible();
	});
	await test.step('by pointer, for every task', async () => {
		const small = form.getByRole('combobox', { name: en.models.classifyModel });
		await small.click();
		await list.getByRole('option', { name: /^harbour-large/ }).click();
		await expect(small).toHaveValue('harbour-large');
		await expect(small).toBeFocused();
	});
	await test.step('or any name', async () => {
		await model.fill('my-own:latest');
		await expect(form.getByText(en.models.noSuchModel)).toBeVisible();
		await saveConnection(page);
		await expect(connectionLine(page, 'Harbour')).toContainText('my-own:latest');
		await page.getByRole('button', { name: `${en.settings.edit}: Harbour` }).click();
		await form.getByText(en.settings.more).click();
		await expect(form.getByLabel(en.models.classifyModel)).toHaveValue('harbour-large');
		await expect(form.getByLabel(en.models.copilotModel)).toHaveValue('');
		// the stored key is used, and is not in the page for that
		await fetchModels.click();
		await expect(form.getByText(en.models.fetched(83))).toBeVisible();
		expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${CANARY}`);
		expect(await page.content()).not.toContain(CANARY);
	});
	await test.step('what goes wrong is said', async () => {
		await form.getByLabel(en.settings.url).fill(server.base('raw/key-wanted'));
		await expect(form.getByText(en.models.fetched(83))).toHaveCount(0);
		await fetchModels.click();
		await expect(form.getByText(en.failure({ type: 'bad-key' }).what)).toBeVisible();
		await form.getByLabel(en.settings.url).fill(server.base('raw/no-models'));
		await fetchModels.click();
		await expect(form.getByText(en.models.fetched(0))).toBeVisible();
		await form.getByLabel(en.settings.url).fill('https://elsewhere.example/v1');
		await fetchModels.click();
		await expect(form.getByText(en.connectionRefusal({ type: 'key_for_other_origin' }))).toBeVisible();
	});
});

test('settings of a model are kept: tasks, window, limits, sampling and price', async ({ page, server }) => {
	await openForm(page);
	const form = page.getByRole('dialog');
	await fillConnection(page, { label: 'Set', url: server.base('whole') });
	const entered: readonly (readonly [string, string])[] = [
		[en.models.classifyModel, 'small-one'],
		[en.models.copilotModel, 'other-one'],
		[en.models.contextTokens, '32768'],
		[en.settings.maxOutputTokens, '700'],
		[en.settings.temperature, '0.85'],
		[en.models.topP, '0.9'],
		[en.models.priceIn, '0.25'],
		[en.models.priceOut, '1.5']
	];
	for (const [label, value] of entered) await form.getByLabel(label, { exact: true }).fill(value);
	await saveConnection(page);
	await page.reload();
	await page.getByRole('button', { name: `${en.settings.edit}: Set` }).click();
	await form.getByText(en.settings.more).click();
	for (const [label, value] of entered)
		await expect(form.getByLabel(label, { exact: true })).toHaveValue(value);
});

test('the provider is chosen with its address, and another one asks for the key again', async ({
	page,
	server
}) => {
	await openForm(page);
	const form = page.getByRole('dialog');
	const provider = form.getByLabel(en.models.provider);
	for (const [name, url] of [
		['Anthropic', 'https://api.anthropic.com/v1'],
		['OpenAI', 'https://api.openai.com/v1'],
		['Google Gemini', 'https://generativelanguage.googleapis.com/v1beta'],
		['OpenRouter', 'https://openrouter.ai/api/v1'],
		['LM Studio', 'http://localhost:1234/v1'],
		['llama.cpp server', 'http://localhost:8080/v1'],
		['vLLM', 'http://localhost:8000/v1'],
		['KoboldCpp', 'http://localhost:5001/v1'],
		['Groq', 'https://api.groq.com/openai/v1'],
		['Together', 'https://api.together.xyz/v1']
	] as const) {
		await provider.selectOption(name);
		if (!(await form.getByLabel(en.settings.url).isVisible())) await form.getByText(en.settings.more).click();
		await expect(form.getByLabel(en.settings.url)).toHaveValue(url);
		await expect(form.getByLabel(en.settings.label, { exact: true })).toHaveValue(name);
		const secret = form.getByLabel(en.settings.keySecret, { exact: true });
		if (url.startsWith('http:')) await expect(form.getByLabel(en.settings.keyNo)).toBeChecked();
		else await expect(secret).toBeVisible();
	}
	// a proxy of one's own, which speaks as the provider does
	await provider.selectOption('Anthropic');
	await form.getByLabel(en.settings.url).fill(server.base('whole'));
	await form.getByLabel(en.settings.keySecret, { exact: true }).fill(CANARY);
	await form.getByLabel(en.settings.model, { exact: true }).fill('harbour');
	await saveConnection(page);
	await page.getByRole('button', { name: `${en.settings.edit}: Anthropic` }).click();
	await expect(provider).toHaveValue('Anthropic');
	await provider.selectOption('OpenAI');
	await form.getByText(en.settings.more).click();
	await form.getByLabel(en.settings.url).fill(server.base('whole'));
	await form.getByRole('button', { name: en.app.save }).click();
	await expect(form.getByRole('alert')).toHaveText(en.connectionRefusal({ type: 'key_for_other_origin' }));
	await expect(form.getByLabel(en.settings.keySecret, { exact: true })).toBeFocused();
});

test('a test lists how far it came, and gives the command for a server of this machine', async ({
	page,
	origin,
	expectErrors
}) => {
	expectErrors(REFUSED);
	// the command is told by the port the server usually has
	const server = await startReplayServer({ port: 11434 });
	await page.goto('/settings');
	const checks = connectionLine(page, 'Ollama')
		.getByRole('list', { name: en.models.checks })
		.getByRole('listitem');
	const { check, checkState } = en.models;
	await addConnection(page, { label: 'Ollama', url: `${server.url}/no-cors/v1` });
	await testConnection(page, 'Ollama');
	await expect(report(page, 'Ollama')).toContainText(en.failure({ type: 'cors' }).what);
	await expect(checks).toHaveText([
		`${check.reachable}: ${checkState.ok}`,
		`${check.allowed}: ${checkState.failed}`,
		`${check.answers}: ${checkState.unknown}`
	]);
	const command = `OLLAMA_ORIGINS=${origin} ollama serve`;
	await expect(report(page, 'Ollama')).toContainText(command);
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.getByRole('button', { name: `${en.models.copy}: ${command}` }).click();
	await expect(footNote(page)).toContainText(en.models.copied);
	expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(command);
	await server.close();
	await testConnection(page, 'Ollama');
	await expect(report(page, 'Ollama')).toContainText(en.failure({ type: 'unreachable' }).what);
	await expect(checks).toHaveText([
		`${check.reachable}: ${checkState.failed}`,
		`${check.allowed}: ${checkState.unknown}`,
		`${check.answers}: ${checkState.unknown}`
	]);
	await expect(report(page, 'Ollama')).toContainText(command);
});

/** What OpenRouter is asked for a key, and answers. */
interface Asked {
	readonly code: string;
	readonly code_verifier: string;
	readonly code_challenge_method: string;
}

/** Stands in for openrouter.ai: sends back at once with a code, and trades it once. */
const openRouter = async (context: BrowserContext, answer?: (route: Route) => Promise<void>) => {
	const sent: URL[] = [];
	const traded: Asked[] = [];
	await context.route('https://openrouter.ai/**', async (route) => {
		const request = route.request();
		const url = new URL(request.url());
		const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-type' };
		if (url.pathname === '/auth') {
			sent.push(url);
			if (answer !== undefined) return answer(route);
			const back = new URL(url.searchParams.get('callback_url') ?? '');
			back.searchParams.set('code', `code-${String(sent.length)}`);
			return route.fulfill({ status: 302, headers: { location: back.href } });
		}
		if (request.method() === 'OPTIONS') return route.fulfill({ status: 204, headers: cors });
		if (url.pathname !== '/api/v1/auth/keys') return route.fulfill({ status: 404, headers: cors });
		const asked = request.postDataJSON() as Asked;
		const used = traded.some(({ code }) => code === asked.code);
		traded.push(asked);
		const challenge = createHash('sha256').update(asked.code_verifier).digest('base64url');
		const right = sent.some(({ searchParams }) => searchParams.get('code_challenge') === challenge);
		return route.fulfill(
			used || !right
				? {
						status: 403,
						headers: cors,
						json: { error: { code: 403, message: 'Invalid code or code_verifier' } }
					}
				: { status: 200, headers: cors, json: { key: CANARY, user_id: 'user_1' } }
		);
	});
	return { sent, traded };
};

test('signing in with OpenRouter brings a key into the vault, and nothing of it anywhere else', async ({
	page,
	context,
	origin,
	expectErrors
}) => {
	expectErrors(/403/);
	const written: string[] = [];
	page.on('console', (message) => written.push(message.text()));
	const { sent, traded } = await openRouter(context);
	await page.goto('/settings');
	const carrying: string[] = [];
	context.on('request', (request) => {
		const all = JSON.stringify([request.url(), request.headers(), request.postData()]);
		if (all.includes('code-1')) carrying.push(`${request.resourceType()} ${request.method()}`);
	});
	await page.getByRole('button', { name: en.models.signIn }).click();
	await expect(footNote(page)).toContainText(en.models.signedIn);
	const line = connectionLine(page, 'OpenRouter');
	await expect(line).toContainText(en.settings.inUse);
	await expect(line).toContainText(en.settings.keyRemembered(CANARY_END));
	expect(page.url()).toBe(`${origin}/settings`);
	expect(sent).toHaveLength(1);
	expect(Object.fromEntries(sent[0]?.searchParams ?? [])).toEqual({
		callback_url: `${origin}/settings`,
		code_challenge: expect.stringMatching(/^[\w-]{43}$/),
		code_challenge_method: 'S256'
	});
	expect(traded).toMatchObject([{ code: 'code-1', code_challenge_method: 'S256' }]);
	expect(traded[0]?.code_verifier).toMatch(/^[\w-]{43,128}$/);
	await expect(page.getByRole('button', { name: en.models.signIn })).toHaveCount(0);
	await test.step('neither key nor code stays where a page or a disk could show them', async () => {
		const storages = await page.evaluate(() =>
			JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])
		);
		for (const text of [await vaultBytes(page), await page.content(), storages, written.join('\n')]) {
			expect(text).not.toContain(CANARY);
			expect(text).not.toContain(traded[0]?.code_verifier);
		}
		expect(await vaultBytes(page)).toContain('openrouter');
		expect(await page.content()).not.toContain('code-1');
		await page.goto('/');
		await page.goBack();
		await expect(page).toHaveURL(`${origin}/settings`);
		// the way back itself, and the trade; neither an address nor a referrer of anything else
		expect(carrying.toSorted()).toEqual(['document GET', 'fetch POST']);
	});
	await test.step('the address that came back is worth nothing once more', async () => {
		await page.goto('/settings?code=code-1');
		await expect(footNote(page)).toContainText(en.models.signInElsewhere);
		expect(page.url()).toBe(`${origin}/settings`);
		expect(traded).toHaveLength(1);
		await expect(connectionLine(page, 'OpenRouter')).toHaveCount(1);
	});
	await test.step('a key that was lost is renewed, in the same connection', async () => {
		await page.getByRole('button', { name: en.settings.forget }).click();
		await page.getByRole('alertdialog').getByRole('button', { name: en.settings.forget }).click();
		await expect(line).toContainText(en.settings.keyMissing);
		await page.getByRole('button', { name: `${en.models.signInAgain}: OpenRouter` }).click();
		await expect(footNote(page)).toContainText(en.models.renewed('OpenRouter'));
		await expect(line).toHaveCount(1);
		await expect(line).toContainText(en.settings.keyRemembered(CANARY_END));
		await expect(page.getByRole('button', { name: en.models.signInAgain })).toHaveCount(0);
	});
});

test('a sign-in that fails says why and changes nothing', async ({ page, context, origin, expectErrors }) => {
	expectErrors(/403|502|ERR_FAILED|Failed to load/);
	let how: 'denied' | 'used' | 'redirected' = 'denied';
	await context.route('https://openrouter.ai/**', async (route) => {
		const url = new URL(route.request().url());
		const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-type' };
		if (url.pathname === '/auth')
			return route.fulfill({
				status: 302,
				headers: { location: `${origin}/settings?${how === 'denied' ? 'error=access_denied' : 'code=used'}` }
			});
		if (route.request().method() === 'OPTIONS') return route.fulfill({ status: 204, headers: cors });
		if (how === 'redirected')
			return route.fulfill({ status: 307, headers: { ...cors, location: 'https://evil.example/keys' } });
		return route.fulfill({ status: 403, headers: cors, json: { error: { message: 'used' } } });
	});
	const elsewhere: string[] = [];
	context.on('request', (request) => {
		if (request.url().includes('evil.example')) elsewhere.push(request.url());
	});
	for (const [way, sentence] of [
		['denied', en.models.signInDenied],
		['used', en.models.signInRefused],
		['redirected', en.models.signInFailed(en.failure({ type: 'unreachable' }).what)]
	] as const) {
		await test.step(way, async () => {
			how = way;
			await page.goto('/settings');
			await page.getByRole('button', { name: en.settings.add }).click();
			await page.getByLabel(en.models.provider).selectOption('OpenRouter');
			await page.getByRole('dialog').getByRole('button', { name: en.models.signIn }).click();
			await expect(footNote(page)).toContainText(sentence);
			expect(page.url()).toBe(`${origin}/settings`);
			await expect(connectionLine(page, 'OpenRouter')).toHaveCount(0);
		});
	}
	expect(elsewhere).toEqual([]);
});

for (const { name, width, height } of [
	{ name: 'phone', width: 390, height: 844 },
	{ name: 'desk', width: 1280, height: 800 }
]) {
	test.describe(name, () => {
		test.use({ viewport: { width, height } });
		test(`the screens of connections and keys on a ${name}`, async ({ page, server, expectErrors }) => {
			expectErrors(REFUSED);
			await openForm(page);
			const form = page.getByRole('dialog');
			await look(page, 'keys a new connection');
			for (const provider of ['Anthropic', 'OpenRouter', 'Ollama']) {
				await form.getByLabel(en.models.provider).selectOption(provider);
				await look(page, `keys a new connection to ${provider}`);
			}
			await fillConnection(page, {
				label: 'Harbour',
				url: server.base('raw/models'),
				model: '',
				key: { secret: CANARY, remember: true }
			});
			await form.getByLabel(en.models.keyPassphraseChoice).check();
			await look(page, 'keys a passphrase');
			await form.getByLabel(en.models.passphraseNew).fill(PASSPHRASE);
			await form.getByLabel(en.models.passphraseRepeat).fill(PASSPHRASE);
			await form.getByRole('button', { name: en.models.fetch }).click();
			await expect(form.getByText(en.models.fetched(83))).toBeVisible();
			await page.keyboard.press('ArrowDown');
			await expect(form.getByRole('listbox')).toBeVisible();
			await look(page, 'keys models to choose from');
			await page.keyboard.press('Enter');
			await form.getByLabel(en.models.priceOut).scrollIntoViewIfNeeded();
			await look(page, 'keys all of a connection');
			await saveConnection(page);
			await page.getByLabel(en.settings.connections).getByText(en.models.isUnlocked).scrollIntoViewIfNeeded();
			await addConnection(page, { label: 'Away', url: 'http://localhost:9/v1' });
			await testConnection(page, 'Away');
			await expect(report(page, 'Away')).toContainText(en.failure({ type: 'unreachable' }).what);
			await look(page, 'keys settings');
			await page.getByRole('button', { name: en.models.lock, exact: true }).click();
			await page.getByRole('button', { name: en.models.unlock }).click();
			await look(page, 'keys unlocking');
		});
	});
}
