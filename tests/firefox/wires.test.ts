// Every provider's streams, our own and recorded, in a stock Firefox: through the model worker of the built app, and at
// the port it hears them through.
import { expect } from 'vitest';
import { test } from '../support/firefox.ts';
import { startReplayServer } from '../support/replay-server.ts';
import {
	catchModelWorker,
	expectedOf,
	lineInPage,
	playInPage,
	PROVIDERS,
	rawAnswers,
	seenOf,
	workFor
} from '../support/wire-page.ts';
import { startWireSite, toHear } from '../support/wire-site.ts';

test('every stream of every provider is heard whole and in pieces, ends as it should, and is paid for as it was counted', async ({
	page,
	origin,
	errors
}) => {
	const server = await startReplayServer({ raw: rawAnswers });
	try {
		await page.evaluateOnNewDocument(catchModelWorker);
		await page.goto(origin);
		await page.waitForFunction(() => window.stetModelWorker !== undefined);
		await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
		// from here on, what the worker asks passes by the line worker
		await page.waitForFunction(() => window.stetLineWorker !== undefined);
		expect(await page.evaluate(lineInPage)).toBe(true);
		for (const provider of PROVIDERS) {
			const work = workFor(server, provider);
			const played = await page.evaluate(playInPage, work);
			expect(seenOf(played)).toEqual(expectedOf(work));
		}
		await expect.poll(() => server.requests.filter(({ closedAt }) => closedAt === null)).toEqual([]);
		for (const { headers, path, query, body } of server.requests) {
			// a library's own name here would make Firefox ask for leave that servers do not give
			expect(headers['user-agent']).toMatch(/^Mozilla\//);
			expect(headers.cookie ?? headers.referer).toBeUndefined();
			expect(`${path}${query}${body}`).not.toContain('canary');
		}
		expect(errors).toEqual([]);
	} finally {
		await server.close();
	}
});

test('thoughts, and the count of what failed or was stopped, are at the port as the stream says', async ({
	page,
	errors
}) => {
	const server = await startReplayServer({ raw: rawAnswers });
	const site = await startWireSite();
	try {
		await page.goto(site.origin);
		await page.waitForFunction(() => window.stetListen !== undefined);
		for (const provider of PROVIDERS) {
			const all = toHear(server, provider);
			const heard = await page.evaluate(
				(questions) => window.stetListen?.(questions),
				all.map(({ question }) => question)
			);
			expect(heard?.map((one, at) => [all[at]?.name, one])).toEqual(
				all.map(({ name, stream }) => [name, stream.expected])
			);
		}
		expect(errors).toEqual([]);
	} finally {
		await site.stop();
		await server.close();
	}
});
