// Many tabs in a real browser: real locks, channel and files; each worker stands for a tab of its own.
import * as Comlink from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import type { LogPort, WatchAnswer } from '#lib/worker/protocol.ts';
import {
	author,
	folders,
	names,
	newScope,
	openTab,
	removeAll,
	waitMs,
	type TestTab
} from '#tests/support/worker-tabs.ts';

afterEach(removeAll);

describe('tabs of one browser', () => {
	it('started at once, again and again, have one leader and one library', async () => {
		for (let round = 0; round < 15; round++) {
			const scope = newScope();
			const tabs = await Promise.all([openTab(scope), openTab(scope)]);
			await Promise.all(tabs.map((tab, n) => author(tab, `from ${String(n)}`)));
			await Promise.all(tabs.map((tab) => tab.until('ready')));
			const roles = tabs
				.map((tab) => tab.status())
				.map((status) => (status?.state === 'ready' ? status.role : null));
			expect(roles.sort()).toEqual(['follower', 'leader']);
			for (const tab of tabs) expect((await names(tab)).sort()).toEqual(['from 0', 'from 1']);
			expect((await folders()).filter((name) => name === `stet-${scope}`)).toHaveLength(1);
			for (const { worker } of tabs) worker.terminate();
		}
	}, 60_000);

	it('find what was kept when all are closed and one is opened again', async () => {
		const scope = newScope();
		const first = await openTab(scope);
		await author(first, 'Ada');
		first.worker.terminate();
		const second = await openTab(scope);
		expect(await names(second)).toEqual(['Ada']);
	});

	it('do every acknowledged command exactly once while leaders are killed under load (I7)', async () => {
		const scope = newScope();
		const survivor = await openTab(scope);
		await survivor.until('ready', 'leader');
		// the survivor gives leadership away each round, and takes it over from the killed tab
		const acknowledged: string[] = [];
		let sent = 0;
		for (let round = 0; round < 8; round++) {
			await survivor.api.setVisible(false);
			const victim = await openTab(scope);
			await victim.until('ready', 'leader');
			const calls: Promise<unknown>[] = [];
			for (let n = 0; n < 60; n++) {
				const name = `bot ${String(sent++)}`;
				calls.push(author(survivor, name).then(() => acknowledged.push(name)));
				if (n === 10 + round * 6) {
					// in the middle of its work
					setTimeout(() => {
						victim.worker.terminate();
					}, round * 3);
				}
				if (n % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
			}
			await Promise.all(calls);
			await survivor.api.setVisible(true);
			await survivor.until('ready', 'leader');
		}
		const kept = await names(survivor);
		expect(acknowledged).toHaveLength(sent);
		expect(kept).toHaveLength(sent);
		expect(new Set(kept)).toEqual(new Set(acknowledged));
	}, 90_000);

	it('say that the leader sleeps, take nothing from it, and go on when it wakes', async () => {
		const scope = newScope();
		const leader = await openTab(scope);
		await leader.until('ready', 'leader');
		const follower = await openTab(scope);
		await follower.until('ready', 'follower');
		void leader.api.block(7000);
		const answered = author(follower, 'Ada');
		await follower.until('asleep');
		await follower.until('ready', 'follower');
		expect(await answered).toMatchObject({ ok: true });
		expect(await names(follower)).toEqual(['Ada']);
	}, 30_000);

	it('give the files to the tab the person looks at, and lose no call on the way', async () => {
		const scope = newScope();
		const a = await openTab(scope);
		await a.until('ready', 'leader');
		const hidden = await openTab(scope, { visible: false });
		const b = await openTab(scope, { visible: false });
		await Promise.all([hidden.until('ready', 'follower'), b.until('ready', 'follower')]);
		const calls = Array.from({ length: 20 }, (_, n) =>
			author([a, b, hidden][n % 3] ?? a, `bot ${String(n)}`)
		);
		await Promise.all([a.api.setVisible(false), b.api.setVisible(true)]);
		await b.until('ready', 'leader');
		await Promise.all(calls);
		await a.until('ready', 'follower');
		await hidden.until('ready', 'follower');
		expect(await names(a)).toHaveLength(20);
		// and there it stays
		const changes = [a, b, hidden].map(({ statuses }) => statuses.length);
		await author(hidden, 'last');
		await new Promise((resolve) => setTimeout(resolve, 1500));
		expect([a, b, hidden].map(({ statuses }) => statuses.length)).toEqual(changes);
	}, 30_000);

	it('refuse a tab of another version before it writes anything', async () => {
		const scope = newScope();
		const old = await openTab(scope, { protocol: 1 });
		await author(old, 'Ada');
		const newer = await openTab(scope, { protocol: 2 });
		await newer.until('other-version');
		expect(newer.status()).toEqual({ state: 'other-version', newer: 'this' });
		const waiting = author(newer, 'Bea');
		expect(await names(old)).toEqual(['Ada']);
		await old.api.stop();
		await newer.until('ready', 'leader');
		expect(await waiting).toMatchObject({ ok: true });
		expect(await names(newer)).toEqual(['Ada', 'Bea']);
	}, 30_000);
});

describe('a watch', () => {
	it('tells every tab each new state, in order, and nothing after it has ended', async () => {
		const scope = newScope();
		const a = await openTab(scope);
		await a.until('ready', 'leader');
		const b = await openTab(scope);
		await b.until('ready', 'follower');
		const told = new Map<TestTab, number[]>();
		for (const tab of [a, b]) {
			const counts: number[] = [];
			told.set(tab, counts);
			await tab.api.watch(
				1,
				'bots',
				{},
				Comlink.proxy((answer: WatchAnswer) => {
					counts.push(answer.ok ? (answer.value as unknown[]).length : -1);
				})
			);
		}
		const calls: Promise<unknown>[] = [];
		for (let n = 0; n < 30; n++) calls.push(author(n % 2 === 0 ? a : b, `bot ${String(n)}`));
		await Promise.all(calls);
		for (const counts of told.values()) {
			await expect.poll(() => counts.at(-1), { timeout: waitMs }).toBe(30);
			expect(counts).toEqual([...counts].sort((x, y) => x - y));
			expect(new Set(counts).size).toBe(counts.length);
		}
		await b.api.unwatch(1);
		await author(a, 'one more');
		await expect.poll(() => told.get(a)?.at(-1), { timeout: waitMs }).toBe(31);
		expect(told.get(b)?.at(-1)).toBe(30);
	}, 30_000);
});

it('keeps bytes under their hash, and gives them to every tab', async () => {
	const scope = newScope();
	const a = await openTab(scope);
	await a.until('ready', 'leader');
	const b = await openTab(scope);
	const bytes = new TextEncoder().encode('picture');
	const hash = '2cea274d0bedc39ec4ab6ba9e59ec889e3ed6fb56a1cf088a64d9b383378dc97';
	expect(await b.api.putAsset(bytes, 'image/png')).toEqual({ ok: true, value: hash });
	expect(await a.api.ask('asset', { hash })).toMatchObject({ mediaType: 'image/png', bytes });
});

it('refuses bytes that are no picture, or too many, and stores nothing', async () => {
	const tab = await openTab(newScope());
	expect(await tab.api.putAsset(new TextEncoder().encode('<svg/>'), 'image/svg+xml')).toEqual({
		ok: false,
		error: { type: 'avatar_not_a_picture', mediaType: 'image/svg+xml' }
	});
	const many = new Uint8Array(2_000_001);
	const hash = [...new Uint8Array(await crypto.subtle.digest('SHA-256', many))]
		.map((byte) => byte.toString(16).padStart(2, '0'))
		.join('');
	expect(await tab.api.putAsset(many, 'image/png')).toEqual({
		ok: false,
		error: { type: 'avatar_too_large', bytes: 2_000_001, maxBytes: 2_000_000 }
	});
	expect(await tab.api.ask('asset', { hash })).toBeNull();
});

it('answers the model worker on its port, and carries news and signals between tabs', async () => {
	const scope = newScope();
	const a = await openTab(scope);
	const b = await openTab(scope);
	await b.until('ready');
	const { port1, port2 } = new MessageChannel();
	await a.api.connectModel(Comlink.transfer(port1, [port1]));
	const log = Comlink.wrap<LogPort>(port2);
	const signals: unknown[] = [];
	const news: unknown[] = [];
	await log.onSignal(Comlink.proxy((signal) => signals.push(signal)));
	await b.api.onNews(Comlink.proxy((one) => news.push(one)));
	expect(
		await log.dispatch({ id: crypto.randomUUID(), name: 'author_bot', input: { name: 'Ada' } })
	).toMatchObject({ ok: true });
	expect(await log.ask('bots', {})).toMatchObject([{ name: 'Ada' }]);
	await log.tell({ kind: 'ended', jobId: 'j', chatId: 'c' });
	await b.api.signal({ kind: 'stop', jobId: 'j' });
	await expect.poll(() => signals).toEqual([{ kind: 'stop', jobId: 'j' }]);
	await expect.poll(() => news).toEqual([{ kind: 'ended', jobId: 'j', chatId: 'c' }]);
});

/** How many files below a folder hold the words. */
const filesWith = async (directory: FileSystemDirectoryHandle, words: string): Promise<number> => {
	let found = 0;
	for await (const handle of directory.values())
		if (handle instanceof FileSystemDirectoryHandle) found += await filesWith(handle, words);
		else if (handle instanceof FileSystemFileHandle) {
			const text = new TextDecoder('latin1').decode(await (await handle.getFile()).arrayBuffer());
			if (text.includes(words)) found += 1;
		}
	return found;
};

it('leaves no byte of what was deleted for good in any file, while they are open', async () => {
	const scope = newScope();
	const tab = await openTab(scope);
	const send = async (name: string, input: unknown): Promise<Record<string, string>> => {
		const result = await tab.api.dispatch({ id: crypto.randomUUID(), name, input });
		if (!result.ok) throw new Error(result.error.type);
		return result.value as Record<string, string>;
	};
	const words = 'what nobody may read any more';
	const { botId } = await send('author_bot', { name: 'Ada' });
	const { chatId } = await send('create_chat', { botId });
	for (let n = 0; n < 20; n++) {
		const { jobId } = await send('take_turn', { chatId, text: `${words} `.repeat(40), connectionId: 'demo' });
		await send('finish_reply', { jobId, text: words, ended: 'whole', model: null, usage: null });
		await send('stop_stage', { jobId });
	}
	await send('rename_chat', { chatId, title: words });
	const { copyId } = await send('delete_chat', { chatId });
	const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(`stet-${scope}`);
	expect(await filesWith(folder, words)).toBeGreaterThan(0);
	await send('delete_copy', { copyId });
	expect(await filesWith(folder, words)).toBe(0);
});
