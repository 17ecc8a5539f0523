// Stop in a stock Firefox, against a real server that says nothing more: its connection is hung up all the same.
import type { Page } from 'puppeteer-core';
import { expect } from 'vitest';
import { test } from '../support/firefox.ts';
import { proseStory } from '../support/prose-story.ts';
import { startReplayServer, type RawAnswer, type ReplayServer } from '../support/replay-server.ts';
import { streamed } from '../support/scripted-model.ts';
import { catchModelWorker, KEY, lineInPage, playInPage, type Played } from '../support/wire-page.ts';

declare global {
	interface Window {
		/** The app's own policy for addresses of workers, kept for the test. */
		stetScriptUrl?: { createScriptURL(url: string): string };
	}
}

const HALF = 'data: {"choices":[{"index":0,"delta":{"content":"She nods"},"finish_reason":null}]}\n\n';

/** How a server says nothing: not even that it heard, nothing after its headers, no more after some words. */
const SILENCES: Readonly<Record<string, RawAnswer & { readonly kept: string }>> = {
	mute: { body: '', stays: 'mute', kept: '' },
	silent: { body: '', stays: 'silent', kept: '' },
	half: { body: HALF, stays: 'silent', kept: 'She nods' }
};

/** Opens the app, and resolves when its requests go over the line under a service worker that keeps the app. */
const openApp = async (page: Page, origin: string): Promise<void> => {
	await page.goto(origin);
	await page.waitForFunction(() => window.stetModelWorker !== undefined);
	await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
	await page.waitForFunction(() => window.stetLineWorker !== undefined);
	expect(await page.evaluate(lineInPage)).toBe(true);
};

/** Asks for a reply in each kind of silence, presses Stop once all were heard, and sees each connection closed. */
const stopInSilence = async (page: Page, server: ReplayServer): Promise<void> => {
	const before = server.requests.length;
	const asked = () => server.requests.slice(before);
	const kinds = Object.keys(SILENCES);
	const playing = page.evaluate(playInPage, {
		provider: 'openai-compatible' as const,
		secret: KEY,
		urls: [server.base('raw/by-model')],
		models: kinds.map((model) => ({ model, stopAt: null })),
		story: proseStory({ words: 'Well?' })
	});
	await expect.poll(() => asked().length, { timeout: 20_000 }).toBe(kinds.length);
	// what was said already is heard before Stop
	await page.waitForFunction(() => window.stetHeard?.includes('She nods'));
	expect(asked().map(({ closedAt }) => closedAt)).toEqual(kinds.map(() => null));
	await page.evaluate(() => window.stetStopAll?.());
	const played: readonly Played[] = await playing;
	expect(played.map(({ model, text }) => [model, text])).toEqual(
		kinds.map((model) => [model, SILENCES[model]?.kept])
	);
	await expect
		.poll(() => asked().filter(({ closedAt }) => closedAt === null), { timeout: 20_000 })
		.toEqual([]);
	expect(asked().every(({ closedEarly }) => closedEarly)).toBe(true);
};

test('Stop hangs up on a server that says nothing: before its headers, after them, and in the middle of its words', async ({
	page,
	origin,
	errors
}) => {
	const server = await startReplayServer({ raw: SILENCES });
	try {
		await page.evaluateOnNewDocument(catchModelWorker);
		await openApp(page, origin);
		await stopInSilence(page, server);
		// as most people come: a service worker keeps the page from its beginning
		await openApp(page, origin);
		await stopInSilence(page, server);
		expect(errors).toEqual([]);
	} finally {
		await server.close();
	}
});

test('it still does when a new version of the app takes over while the page is open', async ({
	page,
	origin,
	errors
}) => {
	const server = await startReplayServer({ raw: SILENCES });
	try {
		await page.evaluateOnNewDocument(catchModelWorker);
		await page.evaluateOnNewDocument(() => {
			interface Types {
				createPolicy(name: string, rules: object): { createScriptURL(url: string): string };
			}
			const { trustedTypes } = window as unknown as { readonly trustedTypes: Types };
			const create = trustedTypes.createPolicy.bind(trustedTypes);
			trustedTypes.createPolicy = (name, rules) => {
				const made = create(name, rules);
				if (name === 'stet-script-url') window.stetScriptUrl = made;
				return made;
			};
		});
		await openApp(page, origin);
		await page.evaluate(async () => {
			const script = window.stetScriptUrl?.createScriptURL('/service-worker.js?next') ?? '';
			const taken = new Promise((resolve) => {
				navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
			});
			const registration = await navigator.serviceWorker.register(script);
			while (registration.waiting === null) await new Promise((resolve) => setTimeout(resolve, 20));
			registration.waiting.postMessage({ type: 'SKIP_WAITING' });
			await taken;
		});
		await stopInSilence(page, server);
		expect(errors).toEqual([]);
	} finally {
		await server.close();
	}
});

test('where the line worker cannot be loaded, a reply comes without it', async ({
	page,
	site,
	errors,
	relaunch
}) => {
	const text = 'She nods.';
	const server = await startReplayServer({
		raw: { whole: (request) => streamed('openai-compatible', text, request) }
	});
	try {
		await page.evaluateOnNewDocument(catchModelWorker);
		await openApp(page, site.origin);
		await site.stop();
		const away = await relaunch();
		await away.evaluateOnNewDocument(catchModelWorker);
		await away.goto(site.origin);
		await away.waitForFunction(() => window.stetModelWorker !== undefined);
		await away.waitForFunction(() => window.stetLineWorker !== undefined);
		expect(await away.evaluate(lineInPage)).toBe(false);
		const played = await away.evaluate(playInPage, {
			provider: 'openai-compatible' as const,
			secret: KEY,
			urls: [server.base('raw/by-model')],
			models: [{ model: 'whole', stopAt: null }],
			story: proseStory({ words: 'Well?' })
		});
		expect(played.map((one) => [one.text, one.end])).toEqual([[text, 'whole']]);
		expect(errors).toEqual([]);
	} finally {
		await server.close();
	}
});
