// The screens' door in a real page: real workers, put away and brought back as the browser does it.
import { afterAll, describe, expect, it, vi } from 'vitest';
import { connect } from '#lib/worker/client.ts';
import type { StorageStatus } from '#lib/worker/protocol.ts';

const client = connect();

const ready = async (): Promise<void> => {
	await expect.poll(() => client.status().state, { timeout: 15_000 }).toBe('ready');
};

const putAway = (): void => {
	dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
};

const bringBack = (): void => {
	dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
};

afterAll(async () => {
	putAway();
	const root = await navigator.storage.getDirectory();
	await vi.waitFor(() => root.removeEntry('stet', { recursive: true }));
});

describe('the client', () => {
	it('tells the status at once and when it changes, until told to stop', async () => {
		const told: StorageStatus['state'][] = [];
		const stop = client.onStatus(({ state }) => told.push(state));
		expect(told).toHaveLength(1);
		await ready();
		expect(told.at(-1)).toBe('ready');
		stop();
	});

	it('sends a command, answers the same id with the first result, and refuses in type', async () => {
		const id = crypto.randomUUID();
		const first = await client.dispatch('author_bot', { name: 'Ada' }, id);
		expect(first).toMatchObject({ ok: true });
		expect(await client.dispatch('author_bot', { name: 'Ada' }, id)).toEqual(first);
		expect(await client.dispatch('author_bot', { name: '' })).toMatchObject({
			ok: false,
			error: { type: 'invalid_input', field: 'name' }
		});
		expect((await client.ask('bots', {})).map(({ name }) => name)).toEqual(['Ada']);
	});

	it('rejects a question it does not know, and tells a watch of it', async () => {
		const name = 'nonsense' as 'bots';
		await expect(client.ask(name, {})).rejects.toThrow(/no query "nonsense"/);
		const failed: string[] = [];
		const stop = client.watch(
			name,
			{},
			() => failed.push('an answer'),
			(error) => failed.push(error.message)
		);
		await expect.poll(() => failed).toEqual([expect.stringMatching(/no query "nonsense"/)]);
		stop();
	});

	it('keeps a picture under its hash', async () => {
		const hash = await client.putAsset(new Blob(['picture'], { type: 'image/png' }));
		expect(hash).toMatch(/^[0-9a-f]{64}$/);
		const kept = await client.ask('asset', { hash });
		expect(kept?.mediaType).toBe('image/png');
	});

	it('goes on with its watches, its calls and its model when the page comes back', async () => {
		const counts: number[] = [];
		const stop = client.watch('bots', {}, (bots) => counts.push(bots.length));
		await expect.poll(() => counts.at(-1)).toBe(1);
		putAway();
		// asked while the page is away, by code that the browser lets finish
		const answered = client.dispatch('author_bot', { name: 'Bea' });
		bringBack();
		expect(client.status()).toEqual({ state: 'opening' });
		await ready();
		expect(await answered).toMatchObject({ ok: true });
		await expect.poll(() => counts.at(-1), { timeout: 15_000 }).toBe(2);
		expect(await client.connections()).not.toHaveLength(0);
		stop();
		await client.dispatch('author_bot', { name: 'Cleo' });
		expect(await client.ask('bots', {})).toHaveLength(3);
		expect(counts.at(-1)).toBe(2);
	});

	it('does a command once that was on its way when the page was put away (I7)', async () => {
		const before = (await client.ask('bots', {})).length;
		const answers = [0, 1, 2, 3, 4].map((n) =>
			client.dispatch('author_bot', { name: `on the way ${String(n)}` })
		);
		await answers[0];
		putAway();
		bringBack();
		await Promise.all(answers);
		expect(await client.ask('bots', {})).toHaveLength(before + 5);
	});
});
