// What is known of models without asking: sizes, and prices for the account. A provider's own list says it better.
import type { ModelInfo, Price, Provider } from '../protocol.ts';
import type { Usage } from './port.ts';

/** Beginning of the id, context, longest reply, and US dollars for a million tokens: in, out, cache read, cache write. */
type Row = readonly [
	prefix: string,
	contextTokens: number,
	maxOutputTokens: number | null,
	input: number,
	output: number,
	cacheRead: number | null,
	cacheWrite: number | null
];

/*
 * List prices as the providers published them at the end of 2025; models that came later are left to the provider's
 * list or to the price a person enters, rather than guessed. Dearer bands (Gemini and Sonnet above 200 000 tokens),
 * batches and discounts are not in it: the account says "about".
 */
const ANTHROPIC: readonly Row[] = [
	['claude-opus-4-5', 200_000, 64_000, 5, 25, 0.5, 6.25],
	['claude-opus-4-1', 200_000, 32_000, 15, 75, 1.5, 18.75],
	['claude-opus-4', 200_000, 32_000, 15, 75, 1.5, 18.75],
	['claude-sonnet-4-5', 200_000, 64_000, 3, 15, 0.3, 3.75],
	['claude-sonnet-4', 200_000, 64_000, 3, 15, 0.3, 3.75],
	['claude-haiku-4-5', 200_000, 64_000, 1, 5, 0.1, 1.25],
	['claude-3-7-sonnet', 200_000, 64_000, 3, 15, 0.3, 3.75],
	['claude-3-5-sonnet', 200_000, 8192, 3, 15, 0.3, 3.75],
	['claude-3-5-haiku', 200_000, 8192, 0.8, 4, 0.08, 1],
	['claude-3-opus', 200_000, 4096, 15, 75, 1.5, 18.75],
	['claude-3-haiku', 200_000, 4096, 0.25, 1.25, 0.03, 0.3]
];
const OPENAI: readonly Row[] = [
	['gpt-5.1', 400_000, 128_000, 1.25, 10, 0.125, null],
	['gpt-5-mini', 400_000, 128_000, 0.25, 2, 0.025, null],
	['gpt-5-nano', 400_000, 128_000, 0.05, 0.4, 0.005, null],
	['gpt-5', 400_000, 128_000, 1.25, 10, 0.125, null],
	['gpt-4.1-mini', 1_047_576, 32_768, 0.4, 1.6, 0.1, null],
	['gpt-4.1-nano', 1_047_576, 32_768, 0.1, 0.4, 0.025, null],
	['gpt-4.1', 1_047_576, 32_768, 2, 8, 0.5, null],
	['gpt-4o-mini', 128_000, 16_384, 0.15, 0.6, 0.075, null],
	['gpt-4o', 128_000, 16_384, 2.5, 10, 1.25, null],
	['o3', 200_000, 100_000, 2, 8, 0.5, null],
	['o4-mini', 200_000, 100_000, 1.1, 4.4, 0.275, null]
];
const GOOGLE: readonly Row[] = [
	['gemini-3-pro', 1_048_576, 65_536, 2, 12, 0.2, null],
	['gemini-2.5-pro', 1_048_576, 65_536, 1.25, 10, 0.125, null],
	['gemini-2.5-flash-lite', 1_048_576, 65_536, 0.1, 0.4, 0.01, null],
	['gemini-2.5-flash', 1_048_576, 65_536, 0.3, 2.5, 0.03, null],
	['gemini-2.0-flash', 1_048_576, 8192, 0.1, 0.4, 0.025, null]
];

const TABLES: Readonly<Partial<Record<Provider, readonly Row[]>>> = {
	anthropic: ANTHROPIC,
	openai: OPENAI,
	google: GOOGLE
};

/** What may follow a known name without making it another model: a date, a revision, or that it is the latest. */
const REVISION =
	/^(?:-(?:latest|preview|exp|\d{3}|\d{8}|\d{4}-\d{2}-\d{2}|preview-\d{2}-(?:\d{2}|\d{4})))?$/u;

/**
 * Sizes and price of a model, by the longest name its id begins with; null for one that is not known, a new version of
 * a known one included.
 */
export const knownModel = (provider: Provider, model: string): ModelInfo | null => {
	const id = model.replace(/^models\//u, '');
	const rows = (TABLES[provider] ?? []).filter(
		([prefix]) => id.startsWith(prefix) && REVISION.test(id.slice(prefix.length))
	);
	const [row] = [...rows].sort(([a], [b]) => b.length - a.length);
	if (row === undefined) return null;
	const [, contextTokens, maxOutputTokens, input, output, cacheRead, cacheWrite] = row;
	return {
		id: model,
		name: model,
		contextTokens,
		maxOutputTokens,
		price: { input, output, cacheRead, cacheWrite }
	};
};

/** What a cache costs, as a share of the input, where a provider has one rule for all its models. */
const CACHE_SHARES: Readonly<Partial<Record<Provider, { readonly read: number; readonly write: number }>>> = {
	anthropic: { read: 0.1, write: 1.25 }
};

/**
 * The price a person entered, with what he did not say of caches: the same share of the input as in the price `known` of
 * the model, else as the provider has it for all of its own. Without either, a cache costs what the input does.
 */
export const enteredPrice = (
	{ input, output }: Pick<Price, 'input' | 'output'>,
	provider: Provider,
	known: Price | null
): Price => {
	const shares = CACHE_SHARES[provider];
	const at = (cached: number | null | undefined, share: number | undefined): number | null =>
		known !== null && known.input > 0 && cached != null
			? (input * cached) / known.input
			: share === undefined
				? null
				: input * share;
	return {
		input,
		output,
		cacheRead: at(known?.cacheRead, shares?.read),
		cacheWrite: at(known?.cacheWrite, shares?.write)
	};
};

const MILLION = 1_000_000;

/**
 * What an answer costs in US dollars: what the provider says, else by `price`. Tokens read from a cache or written to
 * one are part of the input and priced apart, where there is a price for that. Null where nothing was counted.
 */
export const costOf = (usage: Usage, price: Price): number | null => {
	if (usage.costUsd !== null) return usage.costUsd;
	if (usage.inputTokens === null && usage.outputTokens === null) return null;
	const input = usage.inputTokens ?? 0;
	const read = Math.min(usage.cacheReadTokens ?? 0, input);
	const write = Math.min(usage.cacheWriteTokens ?? 0, input - read);
	return (
		((input - read - write) * price.input +
			read * (price.cacheRead ?? price.input) +
			write * (price.cacheWrite ?? price.input) +
			(usage.outputTokens ?? 0) * price.output) /
		MILLION
	);
};
