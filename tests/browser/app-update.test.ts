// When a new version takes over: never under a running reply, never twice, never by itself.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Workbox } from 'workbox-window';
import { AppUpdate } from '../../src/routes/ui/app-update.svelte.ts';

/** Stands for the browser's side of an update: says what happened, and counts how often it was asked to take over. */
const startBrowser = (update: AppUpdate, { controlled }: { readonly controlled: boolean }) => {
	const listeners = new Map<string, () => void>();
	let asked = 0;
	const source = {
		addEventListener: (name: string, listener: () => void) => void listeners.set(name, listener),
		messageSkipWaiting: () => {
			asked += 1;
		}
	} as unknown as Pick<Workbox, 'addEventListener' | 'messageSkipWaiting'>;
	update.follow(source, controlled);
	return {
		waits: () => listeners.get('waiting')?.(),
		takesOver: () => listeners.get('controlling')?.(),
		asked: () => asked
	};
};

let reloads: number;
let update: AppUpdate;

beforeEach(() => {
	reloads = 0;
	update = new AppUpdate(() => {
		reloads += 1;
	});
});

describe('an update', () => {
	test('is offered and waits to be wanted', () => {
		const browser = startBrowser(update, { controlled: true });
		expect(update.updateReady).toBe(false);
		browser.waits();
		expect([update.updateReady, update.wanted, browser.asked(), reloads]).toEqual([true, false, 0, 0]);
	});

	test('takes over when wanted, and loads the page once', () => {
		const browser = startBrowser(update, { controlled: true });
		browser.waits();
		update.apply(false);
		update.apply(false);
		expect([browser.asked(), reloads]).toEqual([1, 0]);
		browser.takesOver();
		browser.takesOver();
		update.apply(false);
		expect([browser.asked(), reloads]).toEqual([1, 1]);
	});

	test('waits for a running reply', () => {
		const browser = startBrowser(update, { controlled: true });
		browser.waits();
		update.apply(true);
		expect([update.wanted, browser.asked()]).toEqual([true, 0]);
		update.apply(false);
		expect(browser.asked()).toBe(1);
	});

	test('waits for a reply that began while it was taking over', () => {
		const browser = startBrowser(update, { controlled: true });
		browser.waits();
		update.apply(false);
		update.apply(true);
		browser.takesOver();
		expect(reloads).toBe(0);
		update.apply(false);
		expect(reloads).toBe(1);
	});

	test('asked for in another tab is offered here, and does not load this page by itself', () => {
		const browser = startBrowser(update, { controlled: true });
		browser.takesOver();
		expect([update.updateReady, reloads]).toEqual([true, 0]);
		update.apply(false);
		expect([browser.asked(), reloads]).toEqual([0, 1]);
	});

	test('cannot be applied when there is none', () => {
		startBrowser(update, { controlled: true });
		update.apply(false);
		expect([update.wanted, reloads]).toEqual([false, 0]);
	});
});

test('the first service worker of a first visit is no update', () => {
	const browser = startBrowser(update, { controlled: false });
	browser.takesOver();
	expect(update.updateReady).toBe(false);
	browser.takesOver();
	expect(update.updateReady).toBe(true);
});

test('the browser’s offer to install is kept for our button and used once', async () => {
	let prompts = 0;
	const offer = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
		prompt: () => Promise.resolve(prompts++)
	});
	update.offerInstall(offer);
	expect([update.canInstall, offer.defaultPrevented]).toEqual([true, true]);
	await update.install();
	await update.install();
	expect([update.canInstall, prompts]).toEqual([false, 1]);
});
