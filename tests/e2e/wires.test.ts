// Every provider's streams, our own and recorded, in Chromium: through the model worker of the built app, and at the port
// it hears them through, both under the app's own headers.
import { expect, test as base } from '../support/app.ts';
import { startReplayServer, type ReplayServer } from '../support/replay-server.ts';
import {
	catchModelWorker,
	expectedOf,
	playInPage,
	PROVIDERS,
	rawAnswers,
	seenOf,
	streamsOf,
	workFor
} from '../support/wire-page.ts';
import { startWireSite, toHear, type WireSite } from '../support/wire-site.ts';
import { hasRecordings } from '../support/wire-streams.ts';

const test = base.extend<{ readonly server: ReplayServer }, { readonly site: WireSite }>({
	server: async ({}, use) => {
		const server = await startReplayServer({ raw: rawAnswers });
		await use(server);
		await server.close();
	},
	site: [
		async ({}, use) => {
			const site = await startWireSite();
			await use(site);
			await site.stop();
		},
		{ scope: 'worker' }
	]
});

/** What the browser itself writes when a server refuses. */
const REFUSED = /Failed to load resource/;

for (const provider of PROVIDERS) {
	test(`${provider}: every stream is heard whole and in pieces, ends as it should, and is paid for as it was counted`, async ({
		page,
		server,
		expectErrors
	}) => {
		expectErrors(REFUSED);
		expect(streamsOf(provider).length).toBeGreaterThan(hasRecordings ? 13 : 12);
		await page.addInitScript(catchModelWorker);
		await page.goto('/');
		await page.waitForFunction(() => window.stetModelWorker !== undefined);
		const work = workFor(server, provider);
		const played = await page.evaluate(playInPage, work);
		expect(seenOf(played)).toEqual(expectedOf(work));
		await expect.poll(() => server.requests.filter(({ closedAt }) => closedAt === null)).toEqual([]);
		for (const { headers, path, query, body } of server.requests) {
			expect(headers['user-agent']).toMatch(/^Mozilla\//);
			expect(headers.cookie ?? headers.referer).toBeUndefined();
			expect(`${path}${query}${body}`).not.toContain('canary');
		}
	});

	test(`${provider}: thoughts, and the count of what failed or was stopped, are at the port as the stream says`, async ({
		page,
		server,
		site,
		expectErrors
	}) => {
		expectErrors(REFUSED);
		await page.goto(site.origin);
		await page.waitForFunction(() => window.stetListen !== undefined);
		const all = toHear(server, provider);
		const heard = await page.evaluate(
			(questions) => window.stetListen?.(questions),
			all.map(({ question }) => question)
		);
		expect(heard?.map((one, at) => [all[at]?.name, one])).toEqual(
			all.map(({ name, stream }) => [name, stream.expected])
		);
	});
}

test('the page of the ports has the app’s own policies', async ({ request, page, origin, site }) => {
	const policy = async (address: string): Promise<string | undefined> =>
		(await request.get(address)).headers()['content-security-policy'];
	const workerOf = async (at: string): Promise<string> => {
		const asked = page.waitForRequest(/\/workers\/model\.worker-[\w-]+\.js$/);
		await page.goto(at);
		return (await asked).url();
	};
	expect(await policy(site.origin)).toBe(await policy(origin));
	expect(await policy(await workerOf(site.origin))).toBe(await policy(await workerOf(origin)));
	expect(await policy(await workerOf(origin))).toContain('connect-src');
});
