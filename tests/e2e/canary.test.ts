// One key, known beforehand, looked for in everything the app keeps, shows, sends, says or hands out: it is in none of it, in
// no spelling. (That it is sealed, and goes to its own server, connections.test.ts says.)
import { gunzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { en } from '../../src/routes/words/en.ts';
import { expect, test } from '../support/app.ts';
import { startPacedServer } from '../support/paced-server.ts';
import { addConnection, beginStory, say, storedReplies, useConnection } from '../support/screens.ts';

const CANARY = 'sk-canary-Zq7Lw2XnB9vT4rKdM8sPfHy3';
/** In the clear in what every dump must hold, so that an empty look cannot pass. */
const MARK = 'Lantern-of-the-canary-story';

const utf16 = (text: string, swapped: boolean): Buffer => {
	const bytes = Buffer.from(text, 'utf16le');
	return swapped ? bytes.swap16() : bytes;
};

/** The spellings a key could lie in, as bytes. Base64 thrice: it depends on what stood before. */
const SPELLINGS: readonly Buffer[] = [
	Buffer.from(CANARY),
	Buffer.from(encodeURIComponent(CANARY)),
	Buffer.from(Array.from(CANARY).reverse().join('')),
	utf16(CANARY, false),
	utf16(CANARY, true),
	...['hex', 'base64'].map((as) => Buffer.from(Buffer.from(CANARY).toString(as as 'hex'))),
	Buffer.from(Buffer.from(CANARY).toString('hex').toUpperCase()),
	Buffer.from(Buffer.from(CANARY).toString('base64url').slice(0, -2)),
	...['', 'x', 'xx'].map((before) =>
		// the first and last letters also hold bits of the neighbours
		Buffer.from(Buffer.from(`${before}${CANARY}`).toString('base64').slice(4, -4))
	),
	// the part that no mask shows
	Buffer.from(CANARY.slice(4, -5))
];

const holdsKey = (bytes: Buffer): boolean => SPELLINGS.some((spelling) => bytes.includes(spelling));

/** Everything the origin stores, by where it lies: base64 of its bytes, each string in it as UTF-8. */
const dump = (page: Page): Promise<Readonly<Record<string, string>>> =>
	page.evaluate(async () => {
		const found: Record<string, string> = {};
		const base64 = async (part: BlobPart[]): Promise<string> => {
			const reader = new FileReader();
			await new Promise((resolve) => {
				reader.onload = resolve;
				reader.readAsDataURL(new Blob(part));
			});
			return (typeof reader.result === 'string' ? reader.result : '').replace(/^[^,]*,/, '');
		};
		const partsOf = (value: unknown, seen = new Set<unknown>()): BlobPart[] => {
			if (seen.has(value)) return [];
			if (typeof value === 'object') seen.add(value);
			if (value instanceof Blob || value instanceof ArrayBuffer) return [value];
			if (ArrayBuffer.isView(value)) return [new Uint8Array(value.buffer.slice(0) as ArrayBuffer)];
			if (value instanceof CryptoKey) return [`key that ${value.extractable ? 'leaves' : 'stays'}`];
			if (value instanceof Map || value instanceof Set)
				return [...value].flatMap((inner) => partsOf(inner, seen));
			if (typeof value === 'object' && value !== null)
				return Object.entries(value).flatMap(([name, inner]) => [`\n${name}: `, ...partsOf(inner, seen)]);
			return [String(value)];
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
		for (const { name } of await indexedDB.databases()) {
			if (name === undefined) continue;
			const database = await done(indexedDB.open(name));
			for (const shelf of database.objectStoreNames) {
				const store = database.transaction(shelf).objectStore(shelf);
				const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
				found[`indexedDB ${name} ${shelf}`] = await base64(partsOf([keys, values]));
			}
			database.close();
		}
		for (const name of await caches.keys()) {
			const cache = await caches.open(name);
			const parts: BlobPart[] = [];
			for (const request of await cache.keys()) {
				const answer = await cache.match(request);
				parts.push(`\n${request.url} ${JSON.stringify([...request.headers])}`);
				if (answer !== undefined) parts.push(JSON.stringify([...answer.headers]), await answer.blob());
			}
			found[`cache ${name}`] = await base64(parts);
		}
		const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
			for await (const entry of folder.values()) {
				const at = `${path}/${entry.name}`;
				if (entry instanceof FileSystemDirectoryHandle) await walk(entry, at);
				else if (entry instanceof FileSystemFileHandle) {
					// a file that a worker has open cannot be read whole everywhere; that it was skipped must be seen
					const file = await entry.getFile();
					found[`opfs ${at}`] = await base64([await file.arrayBuffer()]);
				}
			}
		};
		await walk(await navigator.storage.getDirectory(), '');
		for (const [name, store] of Object.entries({ localStorage, sessionStorage }))
			found[name] = await base64([JSON.stringify(Object.entries(store))]);
		found['page'] = await base64([
			document.documentElement.outerHTML,
			...[...document.querySelectorAll('input, textarea')].map((field) =>
				field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? `\n${field.value}` : ''
			),
			`\n${document.title} ${location.href} ${document.cookie} ${JSON.stringify(history.state)} ${window.name}`
		]);
		return found;
	});

/** A library's file, as the page's own door gives it. */
const takenOut = async (page: Page, as: 'stet' | 'jsonl'): Promise<Buffer> => {
	const text = await page.evaluate(async (form) => {
		const taken = await window.stet?.takeOut({ what: { kind: 'library' }, as: form, passphrase: '' });
		if (taken?.ok !== true) throw new Error('nothing was taken out');
		const reader = new FileReader();
		await new Promise((resolve) => {
			reader.onload = resolve;
			reader.readAsDataURL(taken.value.file);
		});
		return (typeof reader.result === 'string' ? reader.result : '').replace(/^[^,]*,/, '');
	}, as);
	return Buffer.from(text, 'base64');
};

test('[I10] the key is in no table, file, log line, error, address, page, cache or database, in no spelling', async ({
	page,
	context,
	expectErrors
}) => {
	expectErrors(/401/);
	expect(holdsKey(Buffer.from(`{"key":"${CANARY}"}`))).toBe(true);
	expect(holdsKey(Buffer.from(Buffer.from(`{"a":"${CANARY}"}`).toString('base64')))).toBe(true);
	expect(holdsKey(Buffer.from(MARK))).toBe(false);
	const server = await startPacedServer(['Once ', 'and ', 'no ', 'more.'], 1);
	const said: string[] = [];
	const addresses: string[] = [];
	context.on('console', (message) => said.push(message.text()));
	context.on('weberror', (error) => said.push(error.error().stack ?? ''));
	context.on('request', (request) => {
		addresses.push(request.url());
		const toServer = request.url().startsWith(new URL(server.url).origin);
		if (!toServer) addresses.push(JSON.stringify(request.headers()), request.postData() ?? '');
	});
	try {
		await page.goto('/settings');
		await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
		const key = { secret: CANARY, remember: true };
		await addConnection(page, { label: 'Paced', url: server.url, key });
		await useConnection(page, 'Paced');
		const chatId = await beginStory(page, 'Ada', MARK);
		await page.goto(`/chats/${chatId}`);
		await say(page, 'Hello?');
		// the greeting is one
		await storedReplies(page, chatId, 2);

		await page.goto('/settings');
		await addConnection(page, { label: 'Refusing', url: server.refusing, key });
		await useConnection(page, 'Refusing');
		await page.goto(`/chats/${chatId}`);
		await say(page, 'Again?');
		await expect(page.getByText(en.failure({ type: 'bad-key' }).what)).toBeVisible();
		const carried = server.requests.filter((request) => request.includes(`Bearer ${CANARY}`));
		expect(carried.length, 'the key was in use').toBeGreaterThan(1);

		for (const path of [`/chats/${chatId}`, '/settings', '/log', `/log?chat=${chatId}`, '/recovery']) {
			await page.goto(path);
			await page.waitForFunction(() => window.stet !== undefined);
			await expect(page.locator('h1').first()).toBeVisible();
			const stores = Object.entries(await dump(page)).map(
				([name, bytes]) => [name, Buffer.from(bytes, 'base64')] as const
			);
			for (const kind of [
				'indexedDB stet-vault',
				'cache ',
				'opfs /',
				'localStorage',
				'sessionStorage',
				'page'
			])
				expect(
					stores.some(([name]) => name.startsWith(kind)),
					kind
				).toBe(true);
			expect(
				stores.some(([name, bytes]) => name.startsWith('opfs') && bytes.includes(MARK)),
				'the library was read'
			).toBe(true);
			expect(
				stores.some(([name, bytes]) => name.startsWith('indexedDB stet-vault') && bytes.includes(server.url)),
				'the vault was read'
			).toBe(true);
			expect(
				stores.filter(([, bytes]) => holdsKey(bytes)).map(([name]) => name),
				path
			).toEqual([]);
		}
		const image = gunzipSync(await takenOut(page, 'stet'));
		const lines = await takenOut(page, 'jsonl');
		for (const file of [image, lines]) {
			expect(file.includes(MARK)).toBe(true);
			expect(holdsKey(file)).toBe(false);
		}
		const log = await page.evaluate(
			async (id) =>
				JSON.stringify([
					await window.stet?.ask('events', { chatId: id }),
					await window.stet?.ask('chat', { chatId: id })
				]),
			chatId
		);
		expect(log).toContain('Again?');
		expect(holdsKey(Buffer.from(log))).toBe(false);
		expect(addresses.length).toBeGreaterThan(10);
		expect([...addresses, ...said].filter((text) => holdsKey(Buffer.from(text)))).toEqual([]);
	} finally {
		await server.stop();
	}
});
