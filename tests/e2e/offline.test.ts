// The app on the device: it starts with no network, under the same policies, and never loses code under an open tab.
import {
	cpSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { filesIn, pagePolicy, WORKER_POLICIES } from '../../scripts/headers.js';
import { startServer } from '../../scripts/serve.js';
import { expect, test } from '../support/app.ts';

const BUILD = fileURLToPath(new URL('../../build', import.meta.url));
const NOT_KEPT =
	/^(_headers|(service-worker|line-scope)\.js|screenshot-.*|.*\/(sqlite3-(worker1|opfs-async-proxy)|line\.worker-).*)$/;

/** A build of its own for a test that changes it, served at one address whatever lies there. */
const ownSite = async (): Promise<{
	readonly root: string;
	readonly origin: string;
	readonly restart: () => Promise<void>;
	readonly stop: () => Promise<void>;
}> => {
	const root = mkdtempSync(join(tmpdir(), 'stet-site-'));
	cpSync(BUILD, root, { recursive: true });
	let server = await startServer({ root });
	const { origin } = server;
	let running = true;
	const stop = async (): Promise<void> => {
		if (running) await server.stop();
		running = false;
	};
	return {
		root,
		origin,
		stop: async () => {
			await stop();
			rmSync(root, { recursive: true, force: true });
		},
		restart: async () => {
			await stop();
			server = await startServer({ root, port: Number(new URL(origin).port) });
			running = true;
		}
	};
};

/** Makes the test's page able to register the service worker even where the app did not. */
const allowRegistration = (page: Page): Promise<unknown> =>
	page.addInitScript(() => {
		const { trustedTypes } = window as unknown as {
			trustedTypes: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } };
		};
		const create = trustedTypes.createPolicy.bind(trustedTypes);
		const own = create('stet-script-url', { createScriptURL: (url: string) => url });
		trustedTypes.createPolicy = (name, rules) => (name === 'stet-script-url' ? own : create(name, rules));
		Object.assign(window, { own });
	});

/** Registers the service worker and waits until it serves this page. */
const install = (page: Page): Promise<void> =>
	page.evaluate(async () => {
		const { own } = window as unknown as { own: { createScriptURL(url: string): string } };
		await navigator.serviceWorker.register(own.createScriptURL('/service-worker.js'));
		await navigator.serviceWorker.ready;
		while (navigator.serviceWorker.controller === null) await new Promise((done) => setTimeout(done, 20));
	});

const fetched = (
	page: Page,
	path: string
): Promise<{ readonly status: number; readonly policy: string | null; readonly text: string }> =>
	page.evaluate(async (address) => {
		// what the browser itself still has in its own cache proves nothing
		const response = await fetch(address, { cache: 'no-store' });
		return {
			status: response.status,
			policy: response.headers.get('content-security-policy'),
			text: await response.text()
		};
	}, path);

/**
 * Makes the next version in a site's folder: one file that is loaded late changes its content and so its name.
 * @returns the paths of that file before and after
 */
const deploy = async (
	site: { readonly root: string; readonly restart: () => Promise<void> },
	name: string
): Promise<{ readonly before: string; readonly after: string }> => {
	const folder = '_app/immutable/nodes';
	const node = readdirSync(join(site.root, folder)).find((file) => file.startsWith('1.')) ?? '';
	const next = `1.${name}.js`;
	renameSync(join(site.root, folder, node), join(site.root, folder, next));
	for (const file of filesIn(site.root).filter((one) => /\.(js|html)$/.test(one))) {
		const text = readFileSync(join(site.root, file), 'utf8');
		if (text.includes(node)) writeFileSync(join(site.root, file), text.replaceAll(node, next));
	}
	expect(existsSync(join(site.root, folder, node))).toBe(false);
	await site.restart();
	return { before: `/${folder}/${node}`, after: `/${folder}/${next}` };
};

/** Looks for a new version, and resolves when it waits. */
const waitForVersion = (page: Page): Promise<void> =>
	page.evaluate(async () => {
		const registration = await navigator.serviceWorker.ready;
		await registration.update();
		while (registration.waiting === null) await new Promise((done) => setTimeout(done, 20));
	});

/** Lets the version that waits take over, and resolves when it has. */
const takeVersion = (page: Page): Promise<void> =>
	page.evaluate(async () => {
		const taken = new Promise((done) => {
			navigator.serviceWorker.addEventListener('controllerchange', done, { once: true });
		});
		(await navigator.serviceWorker.ready).waiting?.postMessage({ type: 'SKIP_WAITING' });
		await taken;
	});

/** Whether a file is on the device, whichever version it belongs to. */
const isKept = (page: Page, path: string): Promise<boolean> =>
	page.evaluate(async (address) => (await caches.match(address, { ignoreSearch: true })) !== undefined, path);

/** Loads the page anew until the device holds a file no more: each new page is a look at what may go. */
const expectForgotten = async (page: Page, path: string): Promise<void> => {
	const keptAfterReload = async (): Promise<boolean> => {
		await page.reload();
		return isKept(page, path);
	};
	await expect.poll(keptAfterReload, { message: `${path} goes` }).toBe(false);
};

/** Opens the app with its server gone: it starts, and each file it may load later is there. */
const expectWhole = async (page: Page, origin: string, files: readonly string[]): Promise<void> => {
	expect((await page.goto(origin))?.fromServiceWorker()).toBe(true);
	await expect(page.locator('h1').first()).toBeVisible();
	for (const file of files) expect((await fetched(page, `/${file}`)).status, file).toBe(200);
};

const keptOf = (root: string): readonly string[] =>
	filesIn(root).filter((file) => !NOT_KEPT.test(file) && file !== 'index.html');

test('after one visit everything is on the device, SQLite and the workers included, with the headers it came with', async ({
	page,
	expectErrors
}) => {
	// the deep link is to no chat there is
	expectErrors(/Not found: \/chats\/1/);
	const site = await ownSite();
	try {
		await allowRegistration(page);
		await page.goto(site.origin);
		await install(page);
		await site.stop();

		await page.goto(site.origin);
		await expect(page.locator('h1').first()).toBeVisible();
		expect((await page.goto(`${site.origin}/chats/1`))?.fromServiceWorker()).toBe(true);
		const html = readFileSync(join(BUILD, 'index.html'), 'utf8');
		expect((await fetched(page, '/')).policy).toBe(pagePolicy(html));
		const kept = keptOf(BUILD);
		expect(kept.some((file) => file.endsWith('.wasm'))).toBe(true);
		for (const file of kept) {
			const { status, policy } = await fetched(page, `/${file}`);
			expect(status, file).toBe(200);
			const worker = /([a-z]+)\.worker-[\w-]+\.js$/.exec(file)?.[1];
			if (worker !== undefined) expect(policy, file).toBe(WORKER_POLICIES[worker]);
		}
	} finally {
		await site.stop();
	}
});

test('a page from the device is held to its policy like one from the network', async ({
	page,
	expectErrors
}) => {
	expectErrors(/Content Security Policy/);
	const site = await ownSite();
	try {
		await allowRegistration(page);
		await page.goto(site.origin);
		await install(page);
		await site.stop();
		const answer = await page.goto(site.origin);
		expect(answer?.fromServiceWorker()).toBe(true);
		const violated = await page.evaluate(
			() =>
				new Promise<string>((resolve) => {
					document.addEventListener('securitypolicyviolation', (event) => {
						if (event.disposition === 'enforce') resolve(event.effectiveDirective);
					});
					fetch('http://other.localhost:9/').catch(() => undefined);
				})
		);
		expect(violated).toBe('connect-src');
	} finally {
		await site.stop();
	}
});

test('a new version waits; when it takes over, an open tab of the old one keeps its files until it is gone', async ({
	page,
	context,
	expectErrors
}) => {
	// the tab that is left behind asks the new server for things it no longer has
	expectErrors(/404/);
	const site = await ownSite();
	try {
		await allowRegistration(page);
		await page.goto(site.origin);
		await install(page);

		const { before: old, after: next } = await deploy(site, 'NEXT');
		await waitForVersion(page);
		// it only waits: this page is still the old version's
		expect((await fetched(page, old)).status).toBe(200);

		await takeVersion(page);
		const second = await context.newPage();
		await second.goto(site.origin);
		expect((await fetched(second, next)).status).toBe(200);
		expect((await fetched(page, old)).status, 'the tab that was open').toBe(200);

		await page.close();
		// a new page is when the files are looked over, and a closed one may be known a moment longer
		const afterReload = async (): Promise<number> => {
			await second.reload();
			return (await fetched(second, old)).status;
		};
		await expect.poll(afterReload, { message: 'once it is closed its files go' }).toBe(404);
		expect((await fetched(second, next)).status).toBe(200);
	} finally {
		await site.stop();
	}
});

test('a version that waits keeps its files, however often the app is opened meanwhile, and is whole when it takes over', async ({
	page,
	context
}) => {
	const site = await ownSite();
	try {
		await allowRegistration(page);
		await page.goto(site.origin);
		await install(page);
		const { after } = await deploy(site, 'NEXT');
		await waitForVersion(page);

		// the tab of the first visit, the only one written down as old, is gone with this
		await page.reload();
		const second = await context.newPage();
		await second.goto(site.origin);
		await second.close();
		await page.reload();

		await takeVersion(page);
		const files = keptOf(site.root);
		expect(files).toContain(after.slice(1));
		await site.stop();
		await expectWhole(page, site.origin, files);
	} finally {
		await site.stop();
	}
});

test('three versions in a row, with a tab left behind on the first: the last is whole, and of the others nothing stays', async ({
	page,
	context,
	expectErrors
}) => {
	// the tab that is left behind asks the new server for things it no longer has
	expectErrors(/404/);
	const site = await ownSite();
	try {
		await allowRegistration(page);
		await page.goto(site.origin);
		await install(page);
		const first = await deploy(site, 'SECOND');
		await waitForVersion(page);
		await takeVersion(page);
		const tab = await context.newPage();
		await allowRegistration(tab);
		await tab.goto(site.origin);
		const second = await deploy(site, 'THIRD');
		await waitForVersion(tab);
		expect(await isKept(tab, first.before), 'the tab on the first version is open').toBe(true);

		// now no old tab holds the second version back from clearing up, only the third that waits
		await page.close();
		await tab.reload();
		await tab.reload();
		expect(await isKept(tab, second.after), 'of the version that waits').toBe(true);

		await takeVersion(tab);
		const files = keptOf(site.root);
		await site.stop();
		await expectWhole(tab, site.origin, files);
		await expectForgotten(tab, first.before);
		await expectForgotten(tab, second.before);
		await expectWhole(tab, site.origin, files);
	} finally {
		await site.stop();
	}
});

interface Picture {
	readonly src: string;
	readonly sizes: string;
	readonly type: string;
}

test('the app can be installed: name, start, and pictures of the types and sizes they claim', async ({
	page,
	request,
	origin
}) => {
	await page.goto(origin);
	const manifest = (await (await request.get(`${origin}/manifest.webmanifest`)).json()) as {
		readonly name: string;
		readonly start_url: string;
		readonly display: string;
		readonly icons: readonly (Picture & { readonly purpose: string })[];
		readonly screenshots: readonly Picture[];
	};
	expect(manifest).toMatchObject({ name: 'Stet', start_url: '/', display: 'standalone' });
	expect(manifest.icons.map(({ purpose }) => purpose)).toContain('maskable');
	expect(manifest.screenshots.length).toBeGreaterThan(0);
	for (const { src, sizes, type } of [...manifest.icons, ...manifest.screenshots]) {
		expect((await request.get(`${origin}${src}`)).headers()['content-type'], src).toBe(type);
		if (sizes === 'any') continue;
		const size = await page.evaluate(async (address) => {
			const image = new Image();
			image.src = address;
			await image.decode();
			return `${image.naturalWidth}x${image.naturalHeight}`;
		}, src);
		expect(size, src).toBe(sizes);
	}
	const session = await page.context().newCDPSession(page);
	const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
	expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual([]);
});

test('Chromium hangs up by itself: nothing is registered or started for that', async ({ page, origin }) => {
	await page.goto(origin);
	const started = (name: string): boolean => page.workers().some((worker) => worker.url().includes(name));
	await expect.poll(() => started('/model.worker-')).toBe(true);
	const scopes = await page.evaluate(async () => {
		await navigator.serviceWorker.ready;
		return (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname);
	});
	expect(scopes).toEqual(['/']);
	expect(started('/line.worker-')).toBe(false);
});
