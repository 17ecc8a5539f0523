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
const NOT_KEPT = /^(_headers|service-worker\.js|screenshot-.*|.*\/sqlite3-(worker1|opfs-async-proxy).*)$/;

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
		const kept = filesIn(BUILD).filter((file) => !NOT_KEPT.test(file) && file !== 'index.html');
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
	const node =
		readdirSync(join(site.root, '_app/immutable/nodes')).find((file) => file.startsWith('1.')) ?? '';
	const old = `/_app/immutable/nodes/${node}`;
	const next = '/_app/immutable/nodes/1.NEXT.js';
	try {
		await allowRegistration(page);
		await page.goto(site.origin);
		await install(page);

		// the next version: one file changes its content and so its name
		renameSync(join(site.root, old), join(site.root, next));
		for (const file of filesIn(site.root).filter((one) => /\.(js|html)$/.test(one))) {
			const text = readFileSync(join(site.root, file), 'utf8');
			if (text.includes(node)) writeFileSync(join(site.root, file), text.replaceAll(node, '1.NEXT.js'));
		}
		expect(existsSync(join(site.root, old))).toBe(false);
		await site.restart();

		await page.evaluate(async () => {
			const registration = await navigator.serviceWorker.ready;
			await registration.update();
			while (registration.waiting === null) await new Promise((done) => setTimeout(done, 20));
		});
		// it only waits: this page is still the old version's
		expect((await fetched(page, old)).status).toBe(200);

		await page.evaluate(async () => {
			const taken = new Promise((done) => {
				navigator.serviceWorker.addEventListener('controllerchange', done, { once: true });
			});
			(await navigator.serviceWorker.ready).waiting?.postMessage({ type: 'SKIP_WAITING' });
			await taken;
		});
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

test('the app can be installed: name, start, and icons of the sizes they claim', async ({
	page,
	request,
	origin
}) => {
	await page.goto(origin);
	const manifest = (await (await request.get(`${origin}/manifest.webmanifest`)).json()) as {
		readonly name: string;
		readonly start_url: string;
		readonly display: string;
		readonly icons: readonly { readonly src: string; readonly sizes: string; readonly purpose: string }[];
	};
	expect(manifest).toMatchObject({ name: 'Stet', start_url: '/', display: 'standalone' });
	expect(manifest.icons.map(({ purpose }) => purpose)).toContain('maskable');
	for (const { src, sizes } of manifest.icons.filter((icon) => icon.src.endsWith('.png'))) {
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
