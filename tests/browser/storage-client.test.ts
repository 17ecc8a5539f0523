// The screens' door in a real page: real workers, put away and brought back as the browser does it.
import { afterAll, describe, expect, it, vi } from 'vitest';
import { connect, type Client } from '#lib/worker/client.ts';
import type { StorageStatus } from '#lib/worker/protocol.ts';

const client = connect('a-tab');

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

/** Workers started in `work` fail as one does whose script cannot be fetched, when `which` is in their name. */
const withoutWorker = async (which: string, work: (broken: Client) => Promise<void>): Promise<void> => {
	const Real = globalThis.Worker;
	globalThis.Worker = class extends Real {
		constructor(url: string | URL, options?: WorkerOptions) {
			super(options?.name === which ? new URL('/is-not-there.js', location.href) : url, options);
		}
	};
	try {
		await work(connect('a-tab'));
	} finally {
		globalThis.Worker = Real;
	}
};

describe('a worker that does not load', () => {
	it('of the model: calls are rejected, before and after it is noticed, and storage goes on', async () => {
		await withoutWorker('stet-model', async (broken) => {
			const before = [broken.connections(), broken.play('job'), broken.testConnection('demo')];
			for (const call of before) await expect(call).rejects.toThrow(/did not load/);
			await expect(broken.connections()).rejects.toThrow(/did not load/);
			await expect(broken.play('job')).rejects.toThrow(/did not load/);
			expect(await broken.ask('bots', {})).toEqual(expect.any(Array));
		});
	});

	it('of storage: says so, and rejects what is asked of it, memory too', async () => {
		await withoutWorker('stet-log', async (broken) => {
			const asked = broken.ask('bots', {});
			await expect(asked).rejects.toThrow(/did not load/);
			expect(broken.status()).toMatchObject({ state: 'unavailable', reason: 'no-worker' });
			await expect(broken.startInMemory()).rejects.toThrow(/did not load/);
			await expect(broken.dispatch('author_bot', { name: 'Ada' })).rejects.toThrow(/did not load/);
		});
	});
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
		const stored = await client.putAsset(new Blob(['picture'], { type: 'image/png' }));
		if (!stored.ok) throw new Error(stored.error.type);
		const hash = stored.value;
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

	it('leaves the workers to the browser when the page is not kept, so that its last words are still written', async () => {
		const before = (await client.ask('bots', {})).length;
		dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false }));
		expect(await client.dispatch('author_bot', { name: 'last words' })).toMatchObject({ ok: true });
		expect(await client.ask('bots', {})).toHaveLength(before + 1);
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

describe('a verification', () => {
	it('answers a report, also when it is asked for twice, and null at once to who calls it off', async () => {
		await ready();
		const calling = new AbortController();
		const seen: number[] = [];
		const reports = [client.verify(({ done }) => seen.push(done)), client.verify()];
		const off = client.verify(() => undefined, calling.signal);
		calling.abort();
		expect(await off).toBeNull();
		for (const report of reports) expect(await report).toMatchObject({ differences: [] });
		expect(seen.every(Number.isInteger)).toBe(true);
		expect(await client.verify(() => undefined, calling.signal)).toBeNull();
		expect(await client.verify()).toMatchObject({ differences: [] });
	});
});
