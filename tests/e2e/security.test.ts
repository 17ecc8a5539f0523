// What the headers forbid, tried: each planted escape must be seen to fail under the headers the built app is served with.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { headersFor, parseHeaderRules } from '../../scripts/header-rules.js';
import { startServer } from '../../scripts/serve.js';
import { expect, test } from '../support/app.ts';

const BUILD = fileURLToPath(new URL('../../build', import.meta.url));
const POLICY = 'content-security-policy';

const workerFile = (name: string): string => {
	const file = readdirSync(join(BUILD, '_app/immutable/workers')).find((entry) =>
		entry.startsWith(`${name}.worker-`)
	);
	if (file === undefined) throw new Error(`the build has no ${name} worker`);
	return `/_app/immutable/workers/${file}`;
};

/** Somebody else's server, on this machine under a name no policy allows. Counts who reached it, by host name. */
const startStranger = async (): Promise<{
	readonly port: number;
	readonly heard: string[];
	readonly stop: () => void;
}> => {
	const heard: string[] = [];
	const server = createServer((request, response) => {
		heard.push(request.headers.host ?? '');
		response
			.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/javascript' })
			.end('self.reached = 1;');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('the server has no port');
	return {
		port: address.port,
		heard,
		stop: () => {
			server.close();
			server.closeAllConnections();
		}
	};
};

/** Runs code in a worker that is served from the app's own worker file, so under that worker's real headers. */
const inWorker = async (page: Page, name: string, code: string): Promise<unknown> => {
	const root = mkdtempSync(join(tmpdir(), 'stet-planted-'));
	cpSync(BUILD, root, { recursive: true });
	writeFileSync(
		join(root, workerFile(name)),
		`self.onmessage = async () => postMessage(await (async () => { ${code} })());`
	);
	const server = await startServer({ root });
	try {
		// before the app can make its own policy of that name, which would refuse nothing here but be out of reach
		await page.addInitScript(() => {
			const { trustedTypes } = window as unknown as {
				trustedTypes: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } };
			};
			Object.assign(window, {
				planted: trustedTypes.createPolicy('stet-script-url', { createScriptURL: (url: string) => url })
			});
		});
		await page.goto(`${server.origin}/`);
		return await page.evaluate(
			(url) =>
				new Promise((resolve, reject) => {
					const { planted } = window as unknown as { planted: { createScriptURL(url: string): string } };
					const worker = new Worker(planted.createScriptURL(url), { type: 'module' });
					worker.onmessage = ({ data }) => {
						resolve(data);
					};
					worker.onerror = (event) => {
						reject(new Error(event.message));
					};
					worker.postMessage(0);
				}),
			workerFile(name)
		);
	} finally {
		await server.stop();
		rmSync(root, { recursive: true, force: true });
	}
};

test.describe('headers as served', () => {
	test('the page, a deep link, each worker and each file come with the one policy meant for it', async ({
		request
	}) => {
		const rules = parseHeaderRules(readFileSync(join(BUILD, '_headers'), 'utf8'));
		const expected: Readonly<Record<string, RegExp>> = {
			'/': /script-src 'self' 'sha256-[^;]+; style-src.*require-trusted-types-for 'script'.*frame-ancestors 'none'$/,
			[workerFile('log')]:
				/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; require-trusted/,
			[workerFile('model')]:
				/^default-src 'none'; script-src 'self'; connect-src 'self' https: http:\/\/localhost:\*.*trusted-types 'none'$/,
			[workerFile('line')]:
				/^default-src 'none'; script-src 'self'; connect-src 'self' https: http:\/\/localhost:\*.*trusted-types 'none'$/,
			'/line-scope.js': /^default-src 'none'; frame-ancestors 'none'$/,
			'/service-worker.js': /^default-src 'none'; script-src 'self'; connect-src 'self'; require-trusted/,
			'/icon.svg': /^default-src 'none'; frame-ancestors 'none'$/
		};
		for (const [path, policy] of Object.entries(expected)) {
			const response = await request.get(path);
			expect(response.status(), path).toBe(200);
			const headers = response.headersArray().filter(({ name }) => name.toLowerCase() === POLICY);
			expect(headers, path).toHaveLength(1);
			expect(headers[0]?.value, path).toMatch(policy);
			expect(headers[0]?.value, path).toBe(headersFor(rules, path).get(POLICY));
			expect(response.headers()['x-content-type-options'], path).toBe('nosniff');
			expect(response.headers()['referrer-policy'], path).toBe('no-referrer');
			expect(response.headers()['cross-origin-opener-policy'], path).toBe('same-origin');
			expect(response.headers()['permissions-policy'], path).toContain('loopback-network=(self)');
		}
	});

	test('hashed files are kept for ever; the page, the workers and the service worker are asked for again', async ({
		request
	}) => {
		const cacheOf = async (path: string): Promise<string | undefined> =>
			(await request.get(path)).headers()['cache-control'];
		const entry = readdirSync(join(BUILD, '_app/immutable/entry'))[0] ?? '';
		expect(await cacheOf(`/_app/immutable/entry/${entry}`)).toContain('immutable');
		for (const path of ['/', '/service-worker.js', '/manifest.webmanifest', workerFile('log')]) {
			expect(await cacheOf(path), path).toBe('no-cache');
		}
	});

	test('another spelling of a worker’s address does not shake off its policy', async ({
		request,
		origin
	}) => {
		const path = workerFile('log');
		const response = await request.get(`${origin}${path.replace('.worker', '%2Eworker')}`);
		expect(response.headers()[POLICY]).toContain("'wasm-unsafe-eval'");
	});
});

test.describe('the page', () => {
	test('starts without an error under its headers', async ({ page, origin }) => {
		await page.goto(origin);
		await expect(page.locator('h1').first()).toBeVisible();
	});

	test('reaches servers of this machine by their usual names, and nobody else', async ({
		page,
		origin,
		expectErrors
	}) => {
		expectErrors(
			/violates the following Content Security Policy directive: "connect-src/,
			/other\.localhost/
		);
		const stranger = await startStranger();
		try {
			await page.goto(origin);
			const attempt = (url: string): Promise<string> =>
				page.evaluate(
					(address) =>
						fetch(address).then(
							() => 'reached',
							() => 'refused'
						),
					url
				);
			expect(await attempt(`http://localhost:${stranger.port}/`)).toBe('reached');
			expect(await attempt(`http://other.localhost:${stranger.port}/`)).toBe('refused');
			expect(stranger.heard).toEqual([`localhost:${stranger.port}`]);
		} finally {
			stranger.stop();
		}
	});

	test('is shown in nobody else’s frame', async ({ page, origin, expectErrors }) => {
		// the stranger's page is gone before its icon is asked for
		expectErrors(/frame-ancestors|X-Frame-Options/, /favicon\.ico/);
		const other = createServer((_request, response) => {
			response.writeHead(200, { 'content-type': 'text/html' }).end(`<iframe src="${origin}"></iframe>`);
		});
		await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
		const address = other.address();
		if (address === null || typeof address === 'string') throw new Error('the server has no port');
		try {
			await page.goto(`http://localhost:${address.port}/`);
			const frame = page.frames()[1];
			await expect.poll(() => frame?.url()).toBe('chrome-error://chromewebdata/');
		} finally {
			other.close();
			other.closeAllConnections();
		}
	});

	test('runs no script that was not built with it', async ({ page, origin, expectErrors }) => {
		expectErrors(/Content Security Policy/, /TrustedScript|TrustedHTML|unsafe-eval/);
		await page.goto(origin);
		const outcome = await page.evaluate(async () => {
			// what the debugger calls itself may eval; what a timer calls may not
			await new Promise((resolve) => setTimeout(resolve));
			const tried = (attempt: () => unknown): string => {
				try {
					attempt();
					return 'ran';
				} catch (error) {
					return error instanceof Error ? error.name : 'thrown';
				}
			};
			const inline = document.createElement('script');
			inline.append('window.planted = true');
			document.body.append(inline);
			const attribute = document.createElement('button');
			attribute.setAttribute('title', 'x');
			document.body.append(attribute);
			return {
				inline: 'planted' in window,
				innerHTML: tried(() => {
					attribute.innerHTML = '<img src=x onerror="window.planted = true">';
				}),
				handler: tried(() => {
					attribute.setAttribute('onclick', 'window.planted = true');
				}),
				eval: tried(() => (0, eval)('window.planted = true')),
				// eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is planted to be refused
				function: tried(() => new Function('return 1')),
				worker: tried(() => new Worker('/service-worker.js')),
				planted: 'planted' in window
			};
		});
		expect(outcome).toEqual({
			inline: false,
			innerHTML: 'TypeError',
			handler: 'TypeError',
			eval: 'EvalError',
			function: 'EvalError',
			worker: 'TypeError',
			planted: false
		});
	});
});

test.describe('workers', () => {
	const escape = (port: number): string => `
		const tried = (attempt) => Promise.resolve().then(attempt).then(() => 'ran', (error) => error.name);
		return {
			stranger: await tried(() => fetch('http://other.localhost:${port}/')),
			loopback: await tried(() => fetch('http://localhost:${port}/')),
			own: await tried(() => fetch('/')),
			imported: await tried(() => import('http://localhost:${port}/x.js')),
			eval: await tried(() => (0, eval)('1')),
			wasm: await tried(() => WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))),
			nested: await tried(() => new Worker('/service-worker.js')),
			policy: await tried(() => trustedTypes.createPolicy('planted', { createScriptURL: (url) => url })),
			socket: await tried(() => new Promise((resolve, reject) => {
				const socket = new WebSocket('ws://other.localhost:${port}/');
				socket.onopen = resolve;
				socket.onerror = () => reject(new TypeError('refused'));
			}))
		};`;

	test('a planted log worker cannot send anything anywhere', async ({ page, expectErrors }) => {
		expectErrors(/./);
		const stranger = await startStranger();
		try {
			expect(await inWorker(page, 'log', escape(stranger.port))).toEqual({
				stranger: 'TypeError',
				loopback: 'TypeError',
				own: 'ran',
				imported: 'TypeError',
				eval: 'EvalError',
				wasm: 'ran',
				nested: 'TypeError',
				policy: 'TypeError',
				socket: 'TypeError'
			});
			expect(stranger.heard).toEqual([]);
		} finally {
			stranger.stop();
		}
	});

	for (const name of ['model', 'line'])
		test(`a planted ${name} worker reaches servers of this machine, but runs no code from them`, async ({
			page,
			expectErrors
		}) => {
			expectErrors(/./);
			const stranger = await startStranger();
			try {
				expect(await inWorker(page, name, escape(stranger.port))).toEqual({
					stranger: 'TypeError',
					loopback: 'ran',
					own: 'ran',
					imported: 'TypeError',
					eval: 'EvalError',
					wasm: 'CompileError',
					nested: 'TypeError',
					policy: 'TypeError',
					socket: 'TypeError'
				});
				expect(stranger.heard).toEqual([`localhost:${stranger.port}`]);
			} finally {
				stranger.stop();
			}
		});
});
