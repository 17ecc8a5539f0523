// The end-to-end tests' `test`: a browser with a disk of its own, and no error that nobody expected.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, chromium, type BrowserContext, type BrowserContextOptions } from '@playwright/test';
import { CHROMIUM_ARGS, chromiumPath } from '../../scripts/browser.js';

interface AppFixtures {
	/** Where the built app is served under its own headers, such as `http://127.0.0.1:40001`. */
	readonly origin: string;
	/** Declares errors a test provokes; every other console error, page error or policy violation fails it. */
	readonly expectErrors: (...patterns: readonly RegExp[]) => void;
	/** Closes the browser as a person would and opens it again with the same disk. Old pages are gone. */
	readonly relaunch: () => Promise<BrowserContext>;
}

interface Profile {
	/** Where the browser keeps everything, on this disk. */
	readonly folder: string;
	readonly launch: () => Promise<BrowserContext>;
	/** The newest. */
	readonly current: () => BrowserContext;
	readonly expected: RegExp[];
}

/** Playwright's `test` with the app's fixtures. OPFS in a `page` here is on disk, as it is for people. */
export const test = base.extend<AppFixtures & { readonly profile: Profile }>({
	origin: async ({}, use) => {
		const origin = process.env['STET_ORIGIN'];
		if (origin === undefined) throw new Error('tests/support/serve-build.ts did not run');
		await use(origin);
	},
	baseURL: async ({ origin }, use) => {
		await use(origin);
	},
	profile: async ({ baseURL, viewport, colorScheme, reducedMotion, hasTouch, isMobile, locale }, use) => {
		const folder = mkdtempSync(join(tmpdir(), 'stet-profile-'));
		const expected: RegExp[] = [];
		const unexpected = new Set<string>();
		const options: BrowserContextOptions = Object.fromEntries(
			Object.entries({ baseURL, viewport, colorScheme, reducedMotion, hasTouch, isMobile, locale }).filter(
				([, value]) => value !== undefined
			)
		);
		let context: BrowserContext | undefined;
		const launch = async (): Promise<BrowserContext> => {
			await context?.close();
			context = await chromium.launchPersistentContext(folder, {
				...options,
				executablePath: chromiumPath(),
				args: CHROMIUM_ARGS
			});
			const note = (message: string): void => {
				if (!expected.some((pattern) => pattern.test(message))) unexpected.add(message);
			};
			context.on('console', (message) => {
				if (message.type() === 'error') note(`${message.text()} (${message.location().url})`);
			});
			context.on('weberror', (error) => {
				note(error.error().stack ?? error.error().message);
			});
			return context;
		};
		await launch();
		await use({
			folder,
			launch,
			expected,
			current: () => {
				if (context === undefined) throw new Error('the browser is not open');
				return context;
			}
		});
		await context?.close();
		rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
		if (unexpected.size > 0) throw new Error(`Errors nobody expected:\n${[...unexpected].join('\n')}`);
	},
	context: async ({ profile }, use) => {
		await use(profile.current());
	},
	page: async ({ context }, use) => {
		// a persistent context opens with one empty page
		await use(context.pages()[0] ?? (await context.newPage()));
	},
	expectErrors: async ({ profile }, use) => {
		await use((...patterns) => {
			profile.expected.push(...patterns);
		});
	},
	relaunch: async ({ profile }, use) => {
		await use(() => profile.launch());
	}
});

export { expect } from '@playwright/test';
