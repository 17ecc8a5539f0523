// The recipes of HOSTING.md on the servers they are for: a real nginx and a real Caddy send what our own server sends, and
// the app plays there, offline too, and lets nothing out.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesIn } from '../../scripts/headers.js';
import { parseHeaderRules } from '../../scripts/header-rules.js';
import { expect, test } from '../support/app.ts';
import { findProgram, startRealServer, type RealServer } from '../support/real-servers.ts';
import { beginDemo, replied, say, story } from '../support/story.ts';

const BUILD = fileURLToPath(new URL('../../build', import.meta.url));
const NAVIGATION = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

const names = [
	...new Set(
		parseHeaderRules(readFileSync(join(BUILD, '_headers'), 'utf8')).flatMap(({ headers }) =>
			headers.map(([name]) => name.toLowerCase())
		)
	)
];

/** Every file of the build, and every other kind of address there is. */
const PATHS = [
	...filesIn(BUILD)
		.filter((file) => file !== 'index.html')
		.map((file) => `/${file}`),
	...[
		'/',
		'/index.html',
		'/chats',
		'/chats/1',
		'/chats/1/',
		'/settings?code=1',
		'/bots/no/such',
		'/nonsense'
	],
	...['/_app/immutable/chunks/gone.js', '/_app/immutable/workers/log.worker-gone.js', '/_app/gone.json'],
	...['/gone.png', '/favicon.ico', '/_headers', '/.env', '/chats/1.html']
];

const workerFile = (name: string): string => {
	const file = filesIn(BUILD).find((one) => one.includes(`/workers/${name}.worker-`));
	if (file === undefined) throw new Error(`the build has no ${name} worker`);
	return `/${file}`;
};

interface Answer {
	readonly status: number;
	readonly type: string | null;
	readonly headers: Readonly<Record<string, string | null>>;
}

const answerOf = async (origin: string, path: string): Promise<Answer> => {
	const response = await fetch(`${origin}${path}`, { headers: NAVIGATION, redirect: 'manual' });
	await response.arrayBuffer();
	return {
		status: response.status,
		// the words of a refusal are each server's own
		type: response.ok ? (response.headers.get('content-type')?.split(';')[0] ?? null) : null,
		headers: Object.fromEntries(names.map((name) => [name, response.headers.get(name)]))
	};
};

/** Said by a worker that was planted under the app's own name, so under that worker's real headers. */
const ESCAPE = `self.onmessage = async () => {
	const tried = (attempt) => Promise.resolve().then(attempt).then(() => 'ran', (error) => error.name);
	postMessage({
		stranger: await tried(() => fetch('http://other.localhost:9/')),
		own: await tried(() => fetch('/')),
		eval: await tried(() => (0, eval)('1'))
	});
};`;

for (const server of ['nginx', 'caddy'] as const satisfies readonly RealServer[]) {
	test.describe(server, () => {
		test.skip(findProgram(server) === null, `${server} is not installed`);

		test('sends for every kind of address what our own server sends', async ({ origin }) => {
			const site = await startRealServer(server, BUILD);
			try {
				expect(names).toContain('content-security-policy');
				for (const path of PATHS)
					expect(await answerOf(site.origin, path), path).toEqual(await answerOf(origin, path));
			} finally {
				await site.stop();
			}
		});

		test('the app starts, plays the demo, and opens again without the server', async ({ page }) => {
			const site = await startRealServer(server, BUILD);
			try {
				await page.goto(site.origin);
				await beginDemo(page);
				await say(page, 'Who is at the door?');
				await replied(page, 3);
				await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
				await site.stop();
				expect((await page.reload())?.fromServiceWorker()).toBe(true);
				await expect(story(page).turns).toHaveCount(3);
				await say(page, 'And then?');
				await replied(page, 5);
			} finally {
				await site.stop();
			}
		});

		test('planted code sends nothing out, from the page or from a worker', async ({ page, expectErrors }) => {
			expectErrors(/./);
			const root = mkdtempSync(join(tmpdir(), 'stet-planted-'));
			cpSync(BUILD, root, { recursive: true });
			for (const name of ['log', 'model', 'travel']) writeFileSync(join(root, workerFile(name)), ESCAPE);
			const site = await startRealServer(server, root);
			const sent: string[] = [];
			page.context().on('request', (request) => sent.push(request.url()));
			try {
				await page.addInitScript(() => {
					const { trustedTypes } = window as unknown as {
						trustedTypes: {
							createPolicy(name: string, rules: object): { createScriptURL(url: string): string };
						};
					};
					Object.assign(window, {
						planted: trustedTypes.createPolicy('stet-script-url', { createScriptURL: (url: string) => url })
					});
				});
				await page.goto(site.origin);
				expect(
					await page.evaluate(() =>
						fetch('http://other.localhost:9/').then(
							() => 'ran',
							(error: unknown) => (error instanceof Error ? error.name : 'thrown')
						)
					)
				).toBe('TypeError');
				for (const name of ['log', 'model', 'travel']) {
					const outcome = await page.evaluate(
						(url) =>
							new Promise((resolve, reject) => {
								const { planted } = window as unknown as {
									planted: { createScriptURL(url: string): string };
								};
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
					expect(outcome, name).toEqual({ stranger: 'TypeError', own: 'ran', eval: 'EvalError' });
				}
				const violations = await page.evaluate(async () => {
					const seen: string[] = [];
					document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
						seen.push(effectiveDirective)
					);
					await fetch('http://other.localhost:9/').catch(() => undefined);
					await new Promise((resolve) => setTimeout(resolve, 100));
					return seen;
				});
				// by the policy in the page, and by the one it came with
				expect(violations).toEqual(['connect-src', 'connect-src']);
			} finally {
				await site.stop();
				rmSync(root, { recursive: true, force: true });
			}
		});
	});
}
