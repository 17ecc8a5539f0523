// Every provider's streams, our own and recorded, through the model worker of the built app in a stock Firefox.
import { expect } from 'vitest';
import { test } from '../support/firefox.ts';
import { startReplayServer } from '../support/replay-server.ts';
import {
	catchModelWorker,
	expectedOf,
	playInPage,
	rawAnswers,
	tokensOf,
	workFor
} from '../support/wire-page.ts';

test('every stream of every provider is heard whole and in pieces, and ends as it should', async ({
	page,
	origin,
	errors
}) => {
	const server = await startReplayServer({ raw: rawAnswers });
	try {
		await page.evaluateOnNewDocument(catchModelWorker);
		await page.goto(origin);
		await page.waitForFunction(() => window.stetModelWorker !== undefined);
		for (const provider of ['anthropic', 'openai', 'google', 'openrouter', 'openai-compatible'] as const) {
			const work = workFor(server, provider);
			const played = await page.evaluate(playInPage, work);
			expect(played.map(({ usage: _, ...rest }) => rest)).toEqual(expectedOf(work));
			for (const { model, usage, end } of played) {
				const tokens = tokensOf(model)?.tokens;
				if ((end === 'whole' || end === 'limit') && tokens != null)
					expect(usage, model).toMatchObject({ inputTokens: tokens[0], outputTokens: tokens[1] });
			}
		}
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
