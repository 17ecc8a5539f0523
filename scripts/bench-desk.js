// Measures the desk in the built app, in two tabs: a raise, its card in the other tab, its brief, and a queue of a thousand.
import { createServer } from 'node:http';
import { connect } from './bench-streaming.js';
import { figure, quantile } from './figures.js';

/**
 * @typedef {import('./figures.js').Figure} Figure
 * @typedef {import('playwright').Page} Page
 */

const RAISES = 60;
/** The first ones find an app that has just begun. */
const WARM_UP = 5;
const BRIEFS = 30;
const OPENINGS = 7;
const KEYS = 60;
const KEY_EVERY_MS = 60;
const CARDS = 1000;
/** What happens elsewhere before the page is measured is over by then. */
const SETTLED_MS = 1500;

/** A model server on loopback that takes every request and never says a word. */
const startSilentModel = async () => {
	/** @type {() => void} */
	let isAsked = () => undefined;
	const asked = new Promise((resolve) => (isAsked = () => resolve(undefined)));
	const server = createServer((request, response) => {
		const cors = {
			'access-control-allow-origin': request.headers.origin ?? '*',
			'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
			'access-control-allow-private-network': 'true'
		};
		if (request.method === 'OPTIONS') return response.writeHead(204, cors).end();
		isAsked();
		response.writeHead(200, { ...cors, 'content-type': 'text/event-stream' }).flushHeaders();
		return undefined;
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('the server has no port');
	return {
		url: `http://127.0.0.1:${address.port}`,
		/** Somebody asked it something. */
		asked,
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve(undefined));
				server.closeAllConnections();
			})
	};
};

/**
 * Runs in a page, before anything of it: notes when each card was painted first, how long each key took to be, when the four
 * blocks of a brief stood there, and tasks that blocked. Times are since 1970: two tabs share that clock.
 */
const watch = () => {
	const now = () => performance.timeOrigin + performance.now();
	/** @type {Record<string, number>} */
	const cards = {};
	/** @type {number[]} */
	const keys = [];
	/** @type {number[]} */
	const blocked = [];
	/** @type {{ cards: typeof cards, keys: number[], blocked: number[], brief: number | null }} */
	const noted = { cards, keys, blocked, brief: null };
	Object.assign(window, { noted });
	/** @param {() => void} work */
	const afterPaint = (work) =>
		requestAnimationFrame(() => {
			const { port1, port2 } = new MessageChannel();
			port1.onmessage = work;
			port2.postMessage(null);
		});
	new MutationObserver(() => {
		for (const card of document.querySelectorAll('[data-card]')) {
			const id = card.getAttribute('data-card') ?? '';
			if (id in cards) continue;
			cards[id] = Infinity;
			afterPaint(() => (cards[id] = now()));
		}
		// problem, tried, assessment, start here
		if (noted.brief === null && location.pathname.startsWith('/handoffs/'))
			if (document.querySelectorAll('main section h2').length >= 4) {
				noted.brief = Infinity;
				afterPaint(() => (noted.brief = now()));
			}
	}).observe(document, { childList: true, subtree: true });
	addEventListener(
		'keydown',
		({ timeStamp }) => afterPaint(() => keys.push(performance.now() - timeStamp)),
		true
	);
	new PerformanceObserver((list) => {
		for (const { duration } of list.getEntries()) blocked.push(duration);
	}).observe({ type: 'longtask' });
};

/** @typedef {{ cards: Record<string, number>, keys: number[], blocked: number[], brief: number | null }} Noted */

/** What was noted. @param {Page} page @returns {Promise<Noted>} */
const taken = (page) =>
	page.evaluate(() => /** @type {{ noted: Noted }} */ (/** @type {unknown} */ (window)).noted);

/** @param {Page} page */
const forget = (page) =>
	page.evaluate(() => {
		const { noted } = /** @type {{ noted: Noted }} */ (/** @type {unknown} */ (window));
		noted.keys.length = 0;
		noted.blocked.length = 0;
		noted.brief = null;
	});

/** An engineer and a member; the tab acts as the engineer from its next page on. @param {Page} page */
const people = (page) =>
	page.evaluate(async () => {
		const { stet } = window;
		/** @param {string} name @param {'engineer' | 'member'} role */
		const who = async (name, role) => {
			const made = await stet?.dispatch('author_member', { name, role });
			if (made?.ok !== true) throw new Error(`no ${name}`);
			return made.value.memberId;
		};
		const dana = await who('Dana', 'engineer');
		localStorage.setItem('stet-member', dana);
		return { dana, mo: await who('Mo', 'member') };
	});

/**
 * Cases with two turns and a step each, by somebody.
 * @param {Page} page
 * @param {string} actor
 * @param {number} count
 */
const openCases = (page, actor, count) =>
	page.evaluate(async ([by, many]) => {
		const { stet } = window;
		if (stet === undefined) throw new Error('the console door is not open');
		/** @type {string[]} */
		const chats = [];
		for (let n = 0; n < many; n++) {
			const made = await stet.dispatch('create_case', {
				actor: by,
				title: `VPN drops every ${n} minutes`,
				requester: 'Sam Field',
				tags: ['vpn']
			});
			if (!made.ok) throw new Error(made.error.type);
			const { chatId } = made.value;
			const turn = await stet.dispatch('take_turn', {
				chatId,
				text: 'ERROR 809 after every reconnect. I restarted the gateway.',
				connectionId: 'demo'
			});
			if (!turn.ok) throw new Error(turn.error.type);
			const { jobId } = turn.value;
			await stet.dispatch('finish_reply', {
				jobId,
				text: 'Try another network.',
				ended: 'whole',
				model: 'bench',
				usage: null
			});
			await stet.dispatch('stop_stage', { jobId });
			await stet.dispatch('record_step', { actor: by, chatId, text: 'Restarted the gateway' });
			chats.push(chatId);
		}
		return chats;
	}, /** @type {const} */ ([actor, count]));

/**
 * Raises each case, and has each assessed by the model in use; the milliseconds of each raise, and when it began. A note to it
 * is the measure: as small a commit as the desk has.
 * @param {Page} page
 * @param {string} actor
 * @param {readonly string[]} chats
 */
const raiseAll = (page, actor, chats) =>
	page.evaluate(async ([by, all]) => {
		const { stet } = window;
		if (stet === undefined) throw new Error('the console door is not open');
		const raised = [];
		for (const chatId of all) {
			const before = performance.now();
			const made = await stet.dispatch('raise_handoff', { actor: by, chatId, reason: 'stuck' });
			const ms = performance.now() - before;
			if (!made.ok) throw new Error(made.error.type);
			const { handoffId } = made.value;
			await stet.dispatch('ask_assessment', { actor: by, handoffId });
			await new Promise((resolve) => setTimeout(resolve, 50));
			const noting = performance.now();
			await stet.dispatch('note_handoff', { actor: by, handoffId, text: 'The branch closes at five.' });
			raised.push({ handoffId, ms, at: performance.timeOrigin + before, noteMs: performance.now() - noting });
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		return raised;
	}, /** @type {const} */ ([actor, chats]));

/** Hand-offs of cases without a word, until so many wait. @param {Page} page @param {string} actor @param {number} count */
const fillQueue = (page, actor, count) =>
	page.evaluate(async ([by, many]) => {
		for (let n = 0; n < many; n++) {
			const made = await window.stet?.dispatch('create_case', {
				actor: by,
				title: `Printer ${n} prints hieroglyphs`,
				requester: 'Kim Hall'
			});
			if (made?.ok !== true) throw new Error('no case');
			const { chatId } = made.value;
			await window.stet?.dispatch('raise_handoff', { actor: by, chatId, priority: 1 + (n % 4) });
		}
	}, /** @type {const} */ ([actor, count]));

/**
 * From pressing the key that opens the brief of the first card until its four blocks are painted; and how long its question
 * takes alone.
 * @param {Page} page
 * @param {string} handoffId
 */
const briefs = async (page, handoffId) => {
	const [opened, asked] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
	for (let n = 0; n < BRIEFS + WARM_UP; n++) {
		await page.locator('[data-card]').first().focus();
		await forget(page);
		await page.evaluate(() => {
			const press = () =>
				document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'i', bubbles: true }));
			Object.assign(window, { pressedAt: performance.timeOrigin + performance.now() });
			press();
		});
		await page.waitForFunction(
			() =>
				/** @type {{ noted: Noted }} */ (/** @type {unknown} */ (window)).noted.brief !== null &&
				Number.isFinite(/** @type {{ noted: Noted }} */ (/** @type {unknown} */ (window)).noted.brief)
		);
		const pressed = await page.evaluate(
			() => /** @type {{ pressedAt: number }} */ (/** @type {unknown} */ (window)).pressedAt
		);
		opened.push(((await taken(page)).brief ?? NaN) - pressed);
		asked.push(
			await page.evaluate(async (id) => {
				const start = performance.now();
				await window.stet?.ask('handoff', { handoffId: id, now: Date.now() });
				return performance.now() - start;
			}, handoffId)
		);
		await page.goBack();
		await page.locator('[data-card]').first().waitFor();
		await page.waitForTimeout(100);
	}
	return { opened: opened.slice(WARM_UP), asked: asked.slice(WARM_UP) };
};

/**
 * The queue as it is now: how soon its first card is there, how long one move by a key takes, what blocked, how large it is.
 * @param {import('playwright').BrowserContext} context
 * @param {string} origin
 */
const queueAsItIs = async (context, origin) => {
	const opened = [];
	/** @type {number[]} */
	let keys = [];
	let [blocked, nodes] = [50, 0];
	for (let n = 0; n < OPENINGS; n++) {
		const page = await context.newPage();
		await page.addInitScript(watch);
		await page.goto(`${origin}/queue`);
		await page.locator('[data-card]').first().waitFor();
		const began = await page.evaluate(() => performance.timeOrigin);
		await page.waitForTimeout(SETTLED_MS);
		const { cards, blocked: tasks } = await taken(page);
		opened.push(Math.min(...Object.values(cards)) - began);
		blocked = Math.max(blocked, ...tasks);
		if (n === 0) {
			await page.locator('h1').focus();
			for (let at = 0; at < KEYS + WARM_UP; at++) {
				await page.keyboard.press('j');
				await page.waitForTimeout(KEY_EVERY_MS);
			}
			const noted = await taken(page);
			keys = noted.keys.slice(WARM_UP);
			blocked = Math.max(blocked, ...noted.blocked);
			nodes = await page.evaluate(() => document.querySelectorAll('*').length);
		}
		await page.close();
		// the tab's worker lets go of the files
		await new Promise((resolve) => setTimeout(resolve, 500));
	}
	return { opened: quantile(opened, 0.5), key: quantile(keys, 0.95), blocked, nodes };
};

/**
 * Measures the desk of an origin whose private file system is empty.
 * @param {import('playwright').BrowserContext} context
 * @param {string} origin
 * @returns {Promise<Figure[]>}
 */
export const measureDesk = async (context, origin) => {
	console.log('  working at the desk in the built app …');
	const model = await startSilentModel();
	try {
		const raising = await context.newPage();
		await connect(raising, origin, model.url);
		const { mo } = await people(raising);
		const chats = await openCases(raising, mo, RAISES + WARM_UP);
		const looking = await context.newPage();
		await looking.addInitScript(watch);
		await looking.goto(`${origin}/queue`);
		await looking.locator('h1').waitFor();
		await looking.waitForTimeout(SETTLED_MS);
		await raiseAll(raising, mo, chats.slice(0, WARM_UP));
		// from here on a model is asked that never answers
		await model.asked;
		const raised = await raiseAll(raising, mo, chats.slice(WARM_UP));
		await looking.waitForTimeout(SETTLED_MS);
		const { cards } = await taken(looking);
		const seen = raised.flatMap(({ handoffId, at }) => {
			const shown = cards[handoffId];
			// the list shows a page; what is further down was not painted
			return shown === undefined ? [] : [shown - at];
		});
		if (seen.length < RAISES / 2) throw new Error('cards were not shown');
		const raises = raised.map(({ ms }) => ms);
		const { opened, asked } = await briefs(looking, raised[0]?.handoffId ?? '');
		await looking.close();
		const few = await queueAsItIs(context, origin);
		console.log('  filling the queue …');
		await fillQueue(raising, mo, CARDS - chats.length);
		const many = await queueAsItIs(context, origin);
		await raising.close();
		const against = `the same with ${chats.length} in the queue`;
		return [
			figure({
				name: 'raise_commit_p95_ms',
				value: quantile(raises, 0.95),
				unit: 'ms',
				baseline: quantile(
					raised.map(({ noteMs }) => noteMs),
					0.95
				),
				against: 'a note to it',
				limits: [['value', '≤', 100]]
			}),
			figure({
				name: 'card_other_tab_p95_ms',
				value: quantile(seen, 0.95),
				unit: 'ms',
				baseline: quantile(raises, 0.95),
				against: 'the raise alone',
				limits: [['value', '≤', 150]]
			}),
			figure({
				name: 'brief_open_p95_ms',
				value: quantile(opened, 0.95),
				unit: 'ms',
				baseline: quantile(asked, 0.95),
				against: 'its question alone',
				limits: [['value', '≤', 100]]
			}),
			figure({
				name: 'queue_1000_first_card_ms',
				value: many.opened,
				unit: 'ms',
				baseline: few.opened,
				against,
				limits: [
					['ratio', '≤', 1.5],
					['value', '≤', 500]
				]
			}),
			figure({
				name: 'queue_1000_key_p95_ms',
				value: many.key,
				unit: 'ms',
				baseline: few.key,
				against,
				limits: [['value', '≤', 50]]
			}),
			figure({
				name: 'queue_1000_longest_task_ms',
				// the browser tells of tasks longer than 50 ms only
				value: many.blocked,
				unit: 'ms',
				baseline: few.blocked,
				against,
				limits: [['ratio', '≤', 1.5]]
			}),
			figure({
				name: 'queue_1000_dom_nodes',
				value: many.nodes,
				unit: 'nodes',
				baseline: few.nodes,
				against,
				limits: [['ratio', '≤', 3]]
			})
		];
	} finally {
		await model.stop();
	}
};
