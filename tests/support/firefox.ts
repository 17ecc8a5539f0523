// The `test` of tests/firefox: a stock Firefox with a fresh profile, driven through WebDriver BiDi, at the built app.
import { fileURLToPath } from 'node:url';
import puppeteer, { type Page } from 'puppeteer-core';
import { test as base } from 'vitest';
import { findFirefox } from '../../scripts/browser.js';
import { startServer } from '../../scripts/serve.js';

interface FirefoxFixtures {
	/** Where the built app is served under its own headers. */
	readonly origin: string;
	readonly page: Page;
	/** What the page threw or wrote to the console as an error, so far; policy violations are among it. */
	readonly errors: readonly string[];
}

interface Noted {
	readonly noted: string[];
}

const firefox = findFirefox();

const withFirefox = base.extend<FirefoxFixtures & Noted>({
	noted: async ({}, use) => {
		await use([]);
	},
	errors: async ({ noted }, use) => {
		await use(noted);
	},
	origin: async ({}, use) => {
		const { origin, stop } = await startServer({
			root: fileURLToPath(new URL('../../build', import.meta.url))
		});
		await use(origin);
		await stop();
	},
	page: async ({ noted }, use) => {
		const browser = await puppeteer.launch({
			browser: 'firefox',
			executablePath: firefox ?? '',
			headless: true
		});
		try {
			const page = await browser.newPage();
			page.on('pageerror', (error) => {
				noted.push(String(error));
			});
			page.on('console', (message) => {
				if (message.type() === 'error') noted.push(message.text());
			});
			await use(page);
		} finally {
			await browser.close();
		}
	}
});

/** vitest's `test` with the fixtures, or its `skip` where there is no Firefox. */
export const test = withFirefox.skipIf(firefox === undefined);
