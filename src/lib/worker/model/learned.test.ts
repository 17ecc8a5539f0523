// What was learned about a model lasts, belongs to one origin and model, and never stands in the way.
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelInfo } from '../protocol.ts';
import { openLearned } from './learned.ts';
import { openVaultStore } from './vault-store.ts';

const ORIGIN = 'https://api.example.org';

beforeEach(() => {
	vi.stubGlobal('indexedDB', new IDBFactory());
	return () => vi.unstubAllGlobals();
});

const info = (id: string, contextTokens: number | null): ModelInfo => ({
	id,
	name: id,
	contextTokens,
	maxOutputTokens: null,
	price: { input: 1, output: 2, cacheRead: null, cacheWrite: null }
});

describe('the form of answers', () => {
	it('is kept for one origin and model, beyond the worker', async () => {
		const learned = openLearned(openVaultStore());
		await learned.memory(ORIGIN, 'a').keepRung('json');
		const later = openLearned(openVaultStore());
		expect(await later.memory(ORIGIN, 'a').rung()).toBe('json');
		expect(await later.memory(ORIGIN, 'b').rung()).toBeNull();
		expect(await later.memory('https://other.example', 'a').rung()).toBeNull();
	});

	it('and the ratio do not write over each other', async () => {
		const learned = openLearned(openVaultStore());
		await Promise.all([
			learned.memory(ORIGIN, 'a').keepRung('prompt'),
			learned.learnRatio(ORIGIN, 'a', 1000, 2000),
			learned.memory(ORIGIN, 'a').keepRung('json'),
			learned.learnRatio(ORIGIN, 'a', 1000, 2000)
		]);
		expect(await learned.memory(ORIGIN, 'a').rung()).toBe('json');
		expect(await learned.ratio(ORIGIN, 'a')).toBeGreaterThan(1.5);
	});
});

describe('how a model counts', () => {
	it.each([
		['gpt-4o', 1.05],
		['o3', 1.05],
		['openai/gpt-5-mini', 1.05],
		['claude-3-5-sonnet-latest', 1.1],
		['claude-sonnet-4-20250514', 1.1],
		['claude-sonnet-4-6', 1.1],
		['claude-opus-4-7', 1.45],
		['claude-opus-4-8', 1.45],
		['claude-fable-5', 1.45],
		['anthropic/claude-sonnet-4.5', 1.1],
		['anthropic/claude-opus-4.8', 1.45],
		['gemini-2.5-flash', 1.1],
		['llama-3.3-70b', 1.15],
		['google3', 1.15]
	])('%s begins at %d', async (model, ratio) => {
		expect(await openLearned(openVaultStore()).ratio(ORIGIN, model)).toBe(ratio);
	});

	it('comes near to what is counted, and stays there', async () => {
		const learned = openLearned(openVaultStore());
		for (let turn = 0; turn < 20; turn += 1) await learned.learnRatio(ORIGIN, 'm', 1000, 1400);
		expect(await learned.ratio(ORIGIN, 'm')).toBeCloseTo(1.4, 2);
		await learned.learnRatio(ORIGIN, 'm', 1000, 1000);
		expect(await learned.ratio(ORIGIN, 'm')).toBeCloseTo(1.28, 2);
	});

	it.each([
		[1000, 1_000_000, 2.5],
		[1_000_000, 1000, 0.7]
	])('never leaves its bounds (%d for %d)', async (estimated, actual, bound) => {
		const learned = openLearned(openVaultStore());
		for (let turn = 0; turn < 40; turn += 1) await learned.learnRatio(ORIGIN, 'm', estimated, actual);
		expect(await learned.ratio(ORIGIN, 'm')).toBeCloseTo(bound, 3);
	});

	it.each([
		[0, 100],
		[10, 12],
		[1000, 0],
		[NaN, 1000],
		[1000, NaN],
		[1000, Infinity],
		[-1000, -1000]
	])('learns nothing from %d for %d', async (estimated, actual) => {
		const learned = openLearned(openVaultStore());
		await learned.learnRatio(ORIGIN, 'm', estimated, actual);
		expect(await learned.ratio(ORIGIN, 'm')).toBe(1.15);
	});
});

describe('a list that was fetched', () => {
	it('is kept in place of the one before', async () => {
		const learned = openLearned(openVaultStore());
		await learned.keepList(ORIGIN, [info('a', 8192), info('b', null)]);
		expect(await learned.sizes(ORIGIN, 'a')).toEqual(info('a', 8192));
		expect(await learned.sizes(ORIGIN, 'c')).toBeNull();
		expect(await learned.sizes('https://other.example', 'a')).toBeNull();
		await learned.keepList(ORIGIN, [info('c', 1024)]);
		expect(await learned.sizes(ORIGIN, 'a')).toBeNull();
		expect((await openLearned(openVaultStore()).sizes(ORIGIN, 'c'))?.contextTokens).toBe(1024);
	});
});

describe('a shelf that is not as it should be', () => {
	it('costs only what cannot be read', async () => {
		const store = await openVaultStore();
		await store.write([
			{ shelf: 'learned', key: `${ORIGIN}\na`, value: { rung: 'telepathy', ratio: 1.3 } },
			{ shelf: 'learned', key: `${ORIGIN}\nb`, value: { rung: 'json', ratio: 77 } },
			{ shelf: 'learned', key: `${ORIGIN}\nc`, value: 'nonsense' },
			{ shelf: 'learned', key: ORIGIN, value: { no: 'list' } }
		]);
		const learned = openLearned(Promise.resolve(store));
		expect([await learned.memory(ORIGIN, 'a').rung(), await learned.ratio(ORIGIN, 'a')]).toEqual([null, 1.3]);
		expect([await learned.memory(ORIGIN, 'b').rung(), await learned.ratio(ORIGIN, 'b')]).toEqual([
			'json',
			1.15
		]);
		expect([await learned.memory(ORIGIN, 'c').rung(), await learned.ratio(ORIGIN, 'c')]).toEqual([
			null,
			1.15
		]);
		expect(await learned.sizes(ORIGIN, 'a')).toBeNull();
	});

	it('is as good as empty when it breaks', async () => {
		const learned = openLearned(Promise.reject(new Error('no disk')));
		expect(await learned.ratio(ORIGIN, 'gpt-4o')).toBe(1.05);
		expect(await learned.memory(ORIGIN, 'a').rung()).toBeNull();
		await learned.memory(ORIGIN, 'a').keepRung('json');
		await learned.learnRatio(ORIGIN, 'a', 1000, 1000);
		await learned.keepList(ORIGIN, [info('a', 1)]);
		await learned.learnWindow(ORIGIN, 'a', 4096);
		expect([await learned.sizes(ORIGIN, 'a'), await learned.window(ORIGIN, 'a')]).toEqual([null, null]);
	});

	it('keeps the window that a refusal named, by model, beside the rest', async () => {
		const store = await openVaultStore();
		const learned = openLearned(Promise.resolve(store));
		await learned.memory(ORIGIN, 'a').keepRung('json');
		await learned.learnWindow(ORIGIN, 'a', 4096);
		for (const no of [12, 4096.5, NaN]) await learned.learnWindow(ORIGIN, 'a', no);
		const again = openLearned(Promise.resolve(store));
		expect([await again.window(ORIGIN, 'a'), await again.window(ORIGIN, 'b')]).toEqual([4096, null]);
		expect(await again.memory(ORIGIN, 'a').rung()).toBe('json');
	});
});
