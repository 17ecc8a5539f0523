// Known models are told apart from their relatives, and an answer costs what its parts cost.
import { describe, expect, it } from 'vitest';
import type { Provider } from '../protocol.ts';
import { costOf, enteredPrice, knownModel } from './known-models.ts';
import type { Usage } from './port.ts';

describe('known models', () => {
	it.each<readonly [Provider, string, number, number]>([
		['anthropic', 'claude-sonnet-4-5', 200_000, 3],
		['anthropic', 'claude-sonnet-4-5-20250929', 200_000, 3],
		['anthropic', 'claude-opus-4-20250514', 200_000, 15],
		['anthropic', 'claude-opus-4-1-20250805', 200_000, 15],
		['anthropic', 'claude-opus-4-5', 200_000, 5],
		['anthropic', 'claude-3-5-haiku-latest', 200_000, 0.8],
		['openai', 'gpt-4o', 128_000, 2.5],
		['openai', 'gpt-4o-2024-08-06', 128_000, 2.5],
		['openai', 'gpt-4o-mini', 128_000, 0.15],
		['openai', 'gpt-5-mini-2025-08-07', 400_000, 0.25],
		['google', 'gemini-2.5-flash', 1_048_576, 0.3],
		['google', 'models/gemini-2.5-flash-lite', 1_048_576, 0.1],
		['google', 'gemini-3-pro-preview', 1_048_576, 2],
		['google', 'gemini-2.5-pro-preview-05-06', 1_048_576, 1.25]
	])('%s %s', (provider, model, contextTokens, input) => {
		expect(knownModel(provider, model)).toMatchObject({ id: model, contextTokens, price: { input } });
	});

	it.each<readonly [Provider, string]>([
		['anthropic', 'claude-opus-4-8'],
		['anthropic', 'claude-sonnet-5'],
		['anthropic', 'claude'],
		['openai', 'gpt-5.9'],
		['openai', 'gpt-5-chat-search'],
		['openai', 'gpt-4'],
		['google', 'gemini-2.5-flash-image'],
		['openrouter', 'anthropic/claude-sonnet-4.5'],
		['openai-compatible', 'gpt-4o'],
		['demo', 'demo']
	])('nothing is made up for %s %s', (provider, model) => {
		expect(knownModel(provider, model)).toBeNull();
	});
});

describe('what an answer costs', () => {
	const usage = (given: Partial<Usage>): Usage => ({
		inputTokens: null,
		outputTokens: null,
		cacheReadTokens: null,
		cacheWriteTokens: null,
		costUsd: null,
		...given
	});
	const price = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 };
	const plain = { input: 3, output: 15, cacheRead: null, cacheWrite: null };

	it.each([
		['input and output', { inputTokens: 1_000_000, outputTokens: 100_000 }, price, 4.5],
		[
			'a cache read, which is part of the input',
			{ inputTokens: 1_000_000, cacheReadTokens: 900_000 },
			price,
			0.57
		],
		[
			'a cache written',
			{ inputTokens: 1_000_000, cacheReadTokens: 500_000, cacheWriteTokens: 400_000 },
			price,
			1.95
		],
		['a cache without a price of its own', { inputTokens: 1_000_000, cacheReadTokens: 900_000 }, plain, 3],
		['more read than there was', { inputTokens: 1_000_000, cacheReadTokens: 2_000_000 }, price, 0.3],
		['output alone', { outputTokens: 1_000_000 }, price, 15],
		['what the provider says', { inputTokens: 1, outputTokens: 1, costUsd: 0.25 }, price, 0.25],
		['nothing', { inputTokens: 0, outputTokens: 0 }, price, 0]
	])('%s', (_, given, at, dollars) => {
		expect(costOf(usage(given), at)).toBeCloseTo(dollars, 10);
	});

	it('is not known where nothing was counted', () => {
		expect(costOf(usage({}), price)).toBeNull();
	});
});

describe('a price that a person entered', () => {
	const own = { input: 6, output: 30 };

	it('takes what a cache costs from the price that is known, in proportion', () => {
		const known = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 };
		expect(enteredPrice(own, 'openrouter', known)).toEqual({ ...own, cacheRead: 0.6, cacheWrite: 7.5 });
	});

	it('takes it from the provider’s rule where the model is not known', () => {
		const price = enteredPrice(own, 'anthropic', null);
		expect(price.cacheRead).toBeCloseTo(0.6);
		expect(price.cacheWrite).toBeCloseTo(7.5);
	});

	it.each([null, { input: 0, output: 0, cacheRead: 0, cacheWrite: null }])(
		'makes nothing up where neither says anything: %j',
		(known) => {
			expect(enteredPrice(own, 'openai-compatible', known)).toEqual({
				...own,
				cacheRead: null,
				cacheWrite: null
			});
		}
	);
});
