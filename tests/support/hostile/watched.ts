// Watches what text of others does to the page, and puts such text into a story, for the tests of hostile text.
import type { BrowserContext, Page } from '@playwright/test';
import { test as base } from '../app.ts';

/** What a turn is made of: our own elements, none of which loads, runs or opens anything. */
const TURN_ELEMENTS = [
	...['P', 'EM', 'STRONG', 'DEL', 'CODE', 'PRE', 'BR', 'HR', 'BLOCKQUOTE', 'UL', 'OL', 'LI', 'SPAN', 'BDI'],
	...['DIV', 'TABLE', 'THEAD', 'TBODY', 'TR', 'TH', 'TD', 'BUTTON']
];
const TURN_ATTRIBUTES = [
	'class',
	'dir',
	'type',
	'role',
	'aria-label',
	'aria-level',
	'tabindex',
	'scope',
	'start'
];

interface Watch {
	/** Requests to anywhere but the app, and to the allowed server when there is one. */
	readonly strangers: () => readonly string[];
	/** What was seen that must never be: code that ran, violations, elements and attributes of no turn. */
	readonly seen: () => Promise<readonly string[]>;
}

interface Watched {
	readonly watch: (allowed?: string) => Promise<Watch>;
}

const watchOver = async (context: BrowserContext, page: Page, allowed: readonly string[]): Promise<Watch> => {
	const addresses: string[] = [];
	context.on('request', (request) => addresses.push(request.url()));
	const happened: string[] = [];
	page.on('dialog', (dialog) => {
		happened.push(`dialog: ${dialog.message()}`);
		void dialog.dismiss();
	});
	context.on('page', () => happened.push('a window opened'));
	page.on('framenavigated', (frame) => {
		if (frame.parentFrame() !== null) happened.push(`a frame: ${frame.url()}`);
	});
	await context.addInitScript(
		([elements, attributes]) => {
			const seen = new Set<string>();
			Object.assign(window, { seenHere: seen });
			Object.defineProperty(window, 'pwned', { set: () => seen.add('code ran') });
			document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
				seen.add(`violation: ${effectiveDirective} ${blockedURI}`)
			);
			const look = (root: Element): void => {
				for (const element of [root, ...root.querySelectorAll('*')]) {
					for (const { name } of element.attributes)
						if (name.startsWith('on')) seen.add(`attribute ${name} of ${element.tagName}`);
					if (element.closest('.prose') === null || element.matches('.prose')) continue;
					if (!elements.includes(element.tagName)) seen.add(`element ${element.tagName}`);
					for (const { name } of element.attributes)
						if (!attributes.includes(name)) seen.add(`attribute ${name} in a turn`);
				}
			};
			new MutationObserver((changes) => {
				for (const { addedNodes } of changes)
					for (const node of addedNodes) if (node instanceof Element) look(node);
			}).observe(document, { childList: true, subtree: true });
		},
		[TURN_ELEMENTS, TURN_ATTRIBUTES] as const
	);
	return {
		strangers: () =>
			addresses.filter(
				(address) =>
					!/^(blob|data):/.test(address) && !allowed.some((origin) => address.startsWith(`${origin}/`))
			),
		seen: async () => [
			...happened,
			...(await page.evaluate(() => [...(window as unknown as { seenHere: Set<string> }).seenHere]))
		]
	};
};

/** The end-to-end tests' `test` with somebody who watches. */
export const test = base.extend<Watched>({
	watch: async ({ context, page, origin }, use) => {
		await use((allowed) => watchOver(context, page, allowed === undefined ? [origin] : [origin, allowed]));
	}
});

/** Turns of the story, one by one, without asking anybody. Resolves to their ids. */
export const tell = (page: Page, chatId: string, texts: readonly string[]): Promise<readonly string[]> =>
	page.evaluate(
		async ([id, all]) => {
			const { stet } = window;
			if (stet === undefined) throw new Error('the console door is not open');
			const told: string[] = [];
			for (let at = 0; at < all.length; at += 2) {
				const own = await stet.dispatch('take_turn', {
					chatId: id,
					text: all[at] ?? '',
					connectionId: 'demo'
				});
				if (!own.ok) throw new Error(`${own.error.type}: ${all[at] ?? ''}`);
				const reply = await stet.dispatch('finish_reply', {
					jobId: own.value.jobId,
					text: all[at + 1] ?? 'end.',
					ended: 'whole',
					model: null,
					usage: null
				});
				if (!reply.ok) throw new Error(`${reply.error.type}: ${all[at + 1] ?? ''}`);
				await stet.dispatch('stop_stage', { jobId: own.value.jobId });
				told.push(own.value.turnId, reply.value.turnId);
			}
			return told;
		},
		[chatId, texts] as const
	);
