// Every provider's streams, our own and recorded, through the model worker of the built app under its own headers.
import { expect, test as base } from '../support/app.ts';
import { startReplayServer, type ReplayServer } from '../support/replay-server.ts';
import { hasRecordings } from '../support/wire-streams.ts';
import {
	catchModelWorker,
	expectedOf,
	playInPage,
	rawAnswers,
	streamsOf,
	tokensOf,
	workFor
} from '../support/wire-page.ts';

const test = base.extend<{ readonly server: ReplayServer }>({
	server: async ({}, use) => {
		const server = await startReplayServer({ raw: rawAnswers });
		await use(server);
		await server.close();
	}
});

/** What the browser itself writes when a server refuses. */
const REFUSED = /Failed to load resource/;

for (const provider of ['anthropic', 'openai', 'google', 'openrouter', 'openai-compatible'] as const) {
	test(`${provider}: every stream is heard whole and in pieces, and ends as it should`, async ({
		page,
		server,
		expectErrors
	}) => {
		expectErrors(REFUSED);
		expect(streamsOf(provider).length).toBeGreaterThan(hasRecordings ? 12 : 11);
		await page.addInitScript(catchModelWorker);
		await page.goto('/');
		await page.waitForFunction(() => window.stetModelWorker !== undefined);
		const work = workFor(server, provider);
		const played = await page.evaluate(playInPage, work);
		expect(played.map(({ usage: _, ...rest }) => rest)).toEqual(expectedOf(work));
		for (const { model, usage, end } of played) {
			const { tokens, costUsd } = tokensOf(model) ?? {};
			if (end !== 'whole' && end !== 'limit') continue;
			if (tokens != null)
				expect(usage, model).toMatchObject({ inputTokens: tokens[0], outputTokens: tokens[1] });
			if (costUsd !== undefined) expect(usage, model).toMatchObject({ costUsd });
		}
		for (const { headers, path, query, body } of server.requests) {
			expect(headers['user-agent']).toMatch(/^Mozilla\//);
			expect(headers.cookie ?? headers.referer).toBeUndefined();
			expect(`${path}${query}${body}`).not.toContain('canary');
		}
	});
}
