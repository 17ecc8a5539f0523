// Measures the built app itself, as a person opens it: how soon a story is there, how large, and what a reply costs.
import { figure, quantile } from './figures.js';

/**
 * @typedef {import('./figures.js').Figure} Figure
 * @typedef {{ readonly long: string, readonly short: string }} Chats
 */

const OPENINGS = 9;
const REPLIES = 60;
const WARM_UP_REPLIES = 5;

/** Runs in the page before the app: notes when the first words of a story were painted, in ms since navigation. */
const noteFirstText = () => {
	const observer = new MutationObserver(() => {
		const words = document.querySelector('article[id^="turn-"] .words');
		if ((words?.textContent ?? '').trim() === '') return;
		observer.disconnect();
		requestAnimationFrame(() => {
			const { port1, port2 } = new MessageChannel();
			// after the frame was painted
			port1.onmessage = () => performance.mark('first-text');
			port2.postMessage(null);
		});
	});
	observer.observe(document, { childList: true, subtree: true, characterData: true });
};

/**
 * Opens a story in a new tab.
 * @param {import('playwright').BrowserContext} context
 * @param {string} address
 */
const openStory = async (context, address) => {
	const page = await context.newPage();
	await page.addInitScript(noteFirstText);
	await page.goto(address);
	const mark = await page.waitForFunction(() => performance.getEntriesByName('first-text')[0]?.startTime);
	return { page, ms: /** @type {number} */ (await mark.jsonValue()) };
};

/**
 * Everything of a reply but the model, on a page that shows the story: the player's turn is stored, the request made,
 * the reply stored, and shown. The milliseconds of each.
 * @param {import('playwright').Page} page
 * @param {string} chatId
 * @param {number} count
 * @returns {Promise<number[]>}
 */
const replies = (page, chatId, count) =>
	page.evaluate(async ([chat, times]) => {
		const { stet } = window;
		if (stet === undefined) throw new Error('the console door is not open');
		/** @param {string} turnId */
		const shown = (turnId) =>
			new Promise((resolve, reject) => {
				setTimeout(() => reject(new Error(`turn ${turnId} was not shown`)), 20_000);
				const look = () => {
					if (document.getElementById(`turn-${turnId}`) === null) return;
					observer.disconnect();
					resolve(undefined);
				};
				const observer = new MutationObserver(look);
				observer.observe(document, { childList: true, subtree: true });
				look();
			});
		const taken = [];
		for (let n = 0; n < times; n++) {
			const start = performance.now();
			const turn = await stet.dispatch('take_turn', {
				chatId: chat,
				text: 'The keeper counts slow waves. '.repeat(8),
				connectionId: 'demo'
			});
			if (!turn.ok) throw new Error(turn.error.type);
			const { jobId } = turn.value;
			if ((await stet.ask('stage_request', { jobId })) === null) throw new Error('no request');
			const reply = await stet.dispatch('finish_reply', {
				jobId,
				text: 'Somebody hums an old tune about harbour lights. '.repeat(16),
				ended: 'whole',
				model: 'bench',
				usage: null
			});
			if (!reply.ok) throw new Error(reply.error.type);
			// what comes after a reply asks a model, and is not what is measured
			await stet.dispatch('stop_stage', { jobId });
			await shown(reply.value.turnId);
			taken.push(performance.now() - start);
			await new Promise((resolve) => setTimeout(resolve, 30));
		}
		return taken;
	}, /** @type {const} */ ([chatId, count]));

/**
 * Measures the app of an origin whose private file system holds the two chats.
 * @param {import('playwright').BrowserContext} context
 * @param {string} origin
 * @param {Chats} chats
 * @returns {Promise<Figure[]>}
 */
export const measureApp = async (context, origin, chats) => {
	console.log('  opening stories in the built app …');
	/** @type {Record<keyof Chats, number[]>} */
	const opened = { long: [], short: [] };
	const nodes = { long: 0, short: 0 };
	// the first visit installs the app; it is not measured
	const first = await openStory(context, `${origin}/chats/${chats.short}`);
	await first.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
	await first.page.close();
	for (let n = 0; n < OPENINGS; n++) {
		for (const size of /** @type {const} */ (['long', 'short'])) {
			const { page, ms } = await openStory(context, `${origin}/chats/${chats[size]}`);
			opened[size].push(ms);
			if (n === 0) {
				await page.waitForTimeout(1500);
				nodes[size] = await page.evaluate(() => document.querySelectorAll('*').length);
			}
			await page.close();
			// the tab's worker lets go of the files
			await new Promise((resolve) => setTimeout(resolve, 500));
		}
	}

	/** @param {keyof Chats} size */
	const overhead = async (size) => {
		const { page } = await openStory(context, `${origin}/chats/${chats[size]}`);
		await page.waitForTimeout(1500);
		const times = (await replies(page, chats[size], WARM_UP_REPLIES + REPLIES)).slice(WARM_UP_REPLIES);
		await page.close();
		return quantile(times, 0.95);
	};
	const long = await overhead('long');
	const short = await overhead('short');
	const [openLong, openShort] = [quantile(opened.long, 0.5), quantile(opened.short, 0.5)];
	const against = 'the same in the short story';
	return [
		figure({
			name: 'reply_overhead_p95_ms',
			value: long,
			unit: 'ms',
			baseline: short,
			against,
			limits: [['value', '≤', 60]]
		}),
		figure({
			name: 'open_chat_10k_vs_100',
			value: openLong,
			unit: 'ms',
			baseline: openShort,
			against,
			limits: [
				['ratio', '≤', 1.5],
				['value', '≤', 300]
			]
		}),
		figure({
			name: 'dom_nodes_10k',
			value: nodes.long,
			unit: 'nodes',
			baseline: nodes.short,
			against,
			limits: [['value', '≤', 2000]]
		})
	];
};
