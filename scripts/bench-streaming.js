// Measures the built app while a reply streams: how soon a token is on the screen, and a pressed key; and what blocks the page.
import { createServer } from 'node:http';
import { figure, quantile } from './figures.js';

/** @typedef {import('./figures.js').Figure} Figure */

const TOKENS = 400;
const TOKEN_EVERY_MS = 25;
const TOKENS_OF_A_PARAGRAPH = 40;
const KEYS = 120;
const KEY_EVERY_MS = 40;
/** The first ones find an app that has just begun. */
const WARM_UP = 20;

const now = () => performance.timeOrigin + performance.now();

/** Each token says its number, so that it is known when it was sent and when it is seen. @param {number} n */
const token = (n) => `w${n} ${n % TOKENS_OF_A_PARAGRAPH === TOKENS_OF_A_PARAGRAPH - 1 ? '\n\n' : ''}`;

/** @param {string} content @param {'stop' | null} finish */
const chunk = (content, finish) =>
	`data: ${JSON.stringify({
		id: 'bench',
		object: 'chat.completion.chunk',
		created: 1,
		model: 'bench',
		choices: [{ index: 0, delta: finish === null ? { content } : {}, finish_reason: finish }]
	})}\n\n`;

/** A model server on loopback that notes when it said what; its root is a page that shows nothing. */
const startModel = async () => {
	/** @type {number[]} */
	const sent = [];
	const server = createServer((request, response) => {
		const cors = {
			'access-control-allow-origin': request.headers.origin ?? '*',
			'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
			'access-control-allow-private-network': 'true'
		};
		if (request.method === 'OPTIONS') return response.writeHead(204, cors).end();
		if (request.method !== 'POST')
			return response
				.writeHead(200, { ...cors, 'content-type': 'text/html' })
				.end('<!doctype html><title>Bench</title><main></main>');
		request.resume();
		request.on('end', () => {
			sent.length = 0;
			response.writeHead(200, { ...cors, 'content-type': 'text/event-stream' });
			const timer = setInterval(() => {
				if (sent.length < TOKENS) {
					sent.push(now());
					response.write(chunk(token(sent.length - 1), null));
					return;
				}
				clearInterval(timer);
				response.end(`${chunk('', 'stop')}data: [DONE]\n\n`);
			}, TOKEN_EVERY_MS);
			response.on('close', () => clearInterval(timer));
		});
		return undefined;
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('the server has no port');
	return {
		url: `http://127.0.0.1:${address.port}`,
		sent,
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve(undefined));
				server.closeAllConnections();
			})
	};
};

/**
 * Runs in a page, before anything of it: notes when each token was painted first, how long each key took to be, and tasks
 * that blocked.
 */
const watch = () => {
	/** @type {Array<readonly [token: number, at: number]>} */
	const painted = [];
	/** @type {number[]} */
	const keys = [];
	/** @type {number[]} */
	const blocked = [];
	const noted = { painted, keys, blocked };
	Object.assign(window, { noted });
	/** @param {() => void} work */
	const afterPaint = (work) =>
		requestAnimationFrame(() => {
			const { port1, port2 } = new MessageChannel();
			port1.onmessage = work;
			port2.postMessage(null);
		});
	/** @type {Set<string>} */
	const seen = new Set();
	/** @param {string} text */
	const look = (text) => {
		for (const [, n = ''] of text.matchAll(/\bw(\d+)\b/g)) {
			if (seen.has(n)) continue;
			seen.add(n);
			afterPaint(() => painted.push([Number(n), performance.timeOrigin + performance.now()]));
		}
	};
	new MutationObserver((records) => {
		for (const { target, addedNodes } of records) {
			if (target instanceof Text) look(target.data);
			for (const node of addedNodes) look(node.textContent ?? '');
		}
	}).observe(document, { childList: true, subtree: true, characterData: true });
	addEventListener(
		'keydown',
		({ timeStamp }) => afterPaint(() => keys.push(performance.now() - timeStamp)),
		true
	);
	new PerformanceObserver((list) => {
		for (const { duration } of list.getEntries()) blocked.push(duration);
	}).observe({ type: 'longtask' });
};

/** What was noted since it was asked last. @param {import('playwright').Page} page */
const taken = (page) =>
	page.evaluate(() => {
		const { noted } =
			/** @type {{ noted: { painted: Array<readonly [number, number]>, keys: number[], blocked: number[] } }} */ (
				/** @type {unknown} */ (window)
			);
		const copy = structuredClone(noted);
		noted.painted.length = 0;
		noted.keys.length = 0;
		noted.blocked.length = 0;
		return copy;
	});

/**
 * From when each token was sent until it was painted.
 * @param {ReadonlyArray<readonly [token: number, at: number]>} painted
 * @param {readonly number[]} sent
 */
const delays = (painted, sent) =>
	painted.flatMap(([n, seen]) => {
		const at = sent[n];
		return n < WARM_UP || at === undefined ? [] : [seen - at];
	});

/**
 * The same stream in a page of its own that puts each token on the screen as it comes: when they arrive, and are painted.
 * @param {import('playwright').BrowserContext} context
 * @param {Awaited<ReturnType<typeof startModel>>} model
 */
const bare = async (context, model) => {
	const page = await context.newPage();
	await page.addInitScript(watch);
	await page.goto(model.url);
	const arrived = await page.evaluate(async () => {
		const { body } = await fetch('/', { method: 'POST' });
		if (body === null) throw new Error('nothing came');
		/** @type {Array<readonly [token: number, at: number]>} */
		const times = [];
		const reader = body.pipeThrough(new TextDecoderStream()).getReader();
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return times;
			for (const [, n] of value.matchAll(/\bw(\d+)\b/g)) {
				times.push([Number(n), performance.timeOrigin + performance.now()]);
				document.querySelector('main')?.append(`w${n} `);
			}
		}
	});
	const { painted } = await taken(page);
	await page.close();
	return { arrived: delays(arrived, model.sent), painted: delays(painted, model.sent) };
};

/** @param {import('playwright').Page} page */
const pressKeys = async (page) => {
	await page.getByRole('textbox', { name: 'Your turn' }).focus();
	for (let n = 0; n < KEYS; n++) {
		await page.keyboard.press('abcdefgh '[n % 9] ?? 'a');
		await page.waitForTimeout(KEY_EVERY_MS);
	}
	const { keys, blocked } = await taken(page);
	return { times: keys.slice(WARM_UP), blocked };
};

/**
 * Adds a model server to an app that has no connection yet, and takes it into use.
 * @param {import('playwright').Page} page
 * @param {string} origin
 * @param {string} url
 */
export const connect = async (page, origin, url) => {
	await page.goto(`${origin}/settings`);
	await page.getByRole('button', { name: 'Add a connection' }).click();
	const form = page.getByRole('dialog');
	await form.locator('#connection-server').selectOption('another');
	await form.locator('#connection-url').fill(`${url}/v1`);
	await form.locator('#connection-model').fill('bench');
	await form.getByText('More settings').click();
	await form.locator('#connection-label').fill('Bench');
	await form.getByLabel('No key').check();
	await form.getByRole('button', { name: 'Save' }).click();
	await form.waitFor({ state: 'hidden' });
	// it is taken into use by itself, a moment later
	await page.getByRole('listitem').filter({ hasText: 'Bench' }).getByText('In use').waitFor();
};

/**
 * Measures a story of an origin whose private file system holds it.
 * @param {import('playwright').BrowserContext} context
 * @param {string} origin
 * @param {string} chatId
 * @returns {Promise<Figure[]>}
 */
export const measureStreaming = async (context, origin, chatId) => {
	console.log('  streaming replies in the built app …');
	const model = await startModel();
	try {
		const { arrived, painted } = await bare(context, model);
		const page = await context.newPage();
		await page.addInitScript(watch);
		await connect(page, origin, model.url);
		await page.goto(`${origin}/chats/${chatId}`);
		const send = page.getByRole('button', { name: 'Send' });
		await send.waitFor();
		await page.evaluate(
			(id) => window.stet?.dispatch('change_chat_settings', { chatId: id, classifiers: 'off' }),
			chatId
		);
		const stop = page.getByRole('button', { name: 'Stop' });
		const ask = async () => {
			await page.getByRole('textbox', { name: 'Your turn' }).fill('The keeper counts slow waves.');
			await send.click();
			await stop.waitFor();
		};
		const quiet = await pressKeys(page);
		await page.getByRole('textbox', { name: 'Your turn' }).fill('');
		await taken(page);

		await ask();
		await stop.waitFor({ state: 'hidden' });
		const streamed = await taken(page);
		const shown = delays(streamed.painted, model.sent);
		if (shown.length === 0) throw new Error('no token was seen');

		await page.reload();
		await send.waitFor();
		await taken(page);
		await ask();
		const pressed = await pressKeys(page);
		await page.close();

		// what the way from the server takes, and how far two clocks are apart, is no work of ours
		const way = quantile(arrived, 0.5);
		return [
			figure({
				name: 'stream_overhead_p95_ms',
				value: quantile(shown, 0.95) - way,
				unit: 'ms',
				baseline: quantile(painted, 0.95) - way,
				against: 'a page that shows what it fetches',
				limits: [['value', '≤', 32]]
			}),
			figure({
				name: 'key_to_paint_p95_ms',
				value: quantile(pressed.times, 0.95),
				unit: 'ms',
				baseline: quantile(quiet.times, 0.95),
				against: 'while nothing streams',
				limits: [['value', '≤', 50]]
			}),
			figure({
				name: 'longest_task_ms',
				// the browser tells of tasks longer than 50 ms only
				value: Math.max(50, ...streamed.blocked, ...pressed.blocked),
				unit: 'ms',
				baseline: 50,
				against: 'the shortest that counts as long',
				limits: [['value', '≤', 50]]
			})
		];
	} finally {
		await model.stop();
	}
};
