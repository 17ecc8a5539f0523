// The `test` of tests/firefox: a stock Firefox with a fresh profile, driven through WebDriver BiDi, at the built app.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { test as base } from 'vitest';
import { findFirefox } from '../../scripts/browser.js';
import { startServer } from '../../scripts/serve.js';

interface FirefoxFixtures {
	/** The built app under its own headers: where it is, and how to take it away and bring it back. */
	readonly site: Site;
	readonly origin: string;
	readonly page: Page;
	/** Closes the browser and opens it again with the same profile. Old pages are gone. */
	readonly relaunch: () => Promise<Page>;
	/** A Firefox with a profile of its own: another device. The one before is closed. */
	readonly anotherDevice: () => Promise<Page>;
	/** Where downloads go, without a question. */
	readonly downloads: string;
	/** What the page threw or wrote to the console as an error, so far; policy violations are among it. */
	readonly errors: readonly string[];
}

interface Site {
	readonly origin: string;
	stop(): Promise<void>;
	start(): Promise<void>;
}

interface Noted {
	readonly noted: string[];
	readonly launch: (profile?: 'first' | 'second') => Promise<Page>;
}

const firefox = findFirefox();

const withFirefox = base.extend<FirefoxFixtures & Noted>({
	noted: async ({}, use) => {
		await use([]);
	},
	errors: async ({ noted }, use) => {
		await use(noted);
	},
	site: async ({}, use) => {
		const root = fileURLToPath(new URL('../../build', import.meta.url));
		let server = await startServer({ root });
		const { origin } = server;
		let running = true;
		const stop = async (): Promise<void> => {
			if (running) await server.stop();
			running = false;
		};
		await use({
			origin,
			stop,
			start: async () => {
				await stop();
				server = await startServer({ root, port: Number(new URL(origin).port) });
				running = true;
			}
		});
		await stop();
	},
	origin: async ({ site }, use) => {
		await use(site.origin);
	},
	downloads: async ({}, use) => {
		const folder = mkdtempSync(join(tmpdir(), 'stet-downloads-'));
		await use(folder);
		rmSync(folder, { recursive: true, force: true });
	},
	launch: async ({ noted, downloads }, use) => {
		const profiles = {
			first: mkdtempSync(join(tmpdir(), 'stet-firefox-')),
			second: mkdtempSync(join(tmpdir(), 'stet-firefox-'))
		};
		let browser: Browser | null = null;
		await use(async (profile = 'first') => {
			await browser?.close();
			browser = await puppeteer.launch({
				browser: 'firefox',
				executablePath: firefox ?? '',
				headless: true,
				userDataDir: profiles[profile],
				extraPrefsFirefox: {
					'browser.download.folderList': 2,
					'browser.download.dir': downloads,
					'browser.download.useDownloadDir': true,
					'browser.download.always_ask_before_handling_new_types': false,
					'browser.download.alwaysOpenPanel': false
				}
			});
			const page = await browser.newPage();
			page.on('pageerror', (error) => {
				noted.push(String(error));
			});
			page.on('console', (message) => {
				if (message.type() === 'error') noted.push(message.text());
			});
			return page;
		});
		await (browser as Browser | null)?.close();
		for (const profile of Object.values(profiles))
			rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
	},
	page: async ({ launch }, use) => {
		await use(await launch());
	},
	relaunch: async ({ launch }, use) => {
		await use(() => launch());
	},
	anotherDevice: async ({ launch }, use) => {
		await use(() => launch('second'));
	}
});

/** vitest's `test` with the fixtures, or its `skip` where there is no Firefox. */
export const test = withFirefox.skipIf(firefox === undefined);
