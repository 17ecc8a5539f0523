// Asks a provider which models it has, how large they are and what they cost.
import { z } from 'zod';
import { ok, refuse, type Result } from '../../domain/kernel/result.ts';
import type { EnteredProvider, ModelFailure, ModelInfo, Price } from '../protocol.ts';
import { accessHeaders } from './access.ts';
import { judge } from './failure.ts';
import { guardFetch } from './guarded-fetch.ts';
import { knownModel } from './known-models.ts';
import { diagnoseSilence, type Surroundings } from './reachability.ts';

interface Listing {
	readonly provider: EnteredProvider;
	readonly url: string;
	readonly secret: string | null;
}

/** More than this is no list to choose from; OpenRouter has some hundreds. */
const MOST_MODELS = 2000;
const MOST_PAGES = 10;
const MOST_CHARACTERS = 20_000_000;
const PATIENCE_MS = 30_000;
const MILLION = 1_000_000;

const id = z.string().min(1).max(200);
const name = z.string().min(1).max(200).nullish().catch(null);
/** Servers write sizes as they like: what is no count of tokens is not known. */
const size = z.coerce.number().int().positive().nullish().catch(null);
/** US dollars for one token, written as text; below zero where the price is not fixed. */
const perToken = z.coerce.number().min(0).max(1).nullish().catch(null);

const compatible = z.object({
	id,
	name,
	context_length: size,
	max_context_length: size,
	loaded_context_length: size,
	max_model_len: size,
	context_window: size,
	max_completion_tokens: size,
	top_provider: z.object({ context_length: size, max_completion_tokens: size }).nullish().catch(null),
	meta: z.object({ n_ctx: size, n_ctx_train: size }).nullish().catch(null),
	pricing: z
		.object({
			prompt: perToken,
			completion: perToken,
			input_cache_read: perToken,
			input_cache_write: perToken
		})
		.nullish()
		.catch(null)
});
const anthropic = z.object({
	id,
	display_name: name,
	max_input_tokens: size,
	max_tokens: size
});
const google = z.object({
	name: id,
	displayName: name,
	inputTokenLimit: size,
	outputTokenLimit: size,
	supportedGenerationMethods: z.array(z.string()).nullish().catch(null)
});

const page = z.object({
	data: z.array(z.unknown()).nullish(),
	models: z.array(z.unknown()).nullish(),
	has_more: z.boolean().nullish().catch(null),
	last_id: z.string().nullish().catch(null),
	nextPageToken: z.string().nullish().catch(null)
});
type Page = z.output<typeof page>;

const perMillion = (price: number | null | undefined): number | null =>
	price == null ? null : Math.round(price * MILLION * 1e6) / 1e6;

const priceOf = (told: z.output<typeof compatible>['pricing']): Price | null => {
	const [input, output] = [perMillion(told?.prompt), perMillion(told?.completion)];
	if (input === null || output === null) return null;
	return {
		input,
		output,
		cacheRead: perMillion(told?.input_cache_read),
		cacheWrite: perMillion(told?.input_cache_write)
	};
};

/** What is no text generator by its name: a list for choosing a storyteller is better without. */
const NO_WRITER =
	/embed|whisper|(?:^|[-/])tts|moderation|dall-e|transcribe|realtime|rerank|(?:^|[-/])(?:sora|imagen|veo)/iu;

const ofCompatible = (entry: unknown): ModelInfo | null => {
	const read = compatible.safeParse(entry);
	if (!read.success) return null;
	const told = read.data;
	return {
		id: told.id,
		name: told.name ?? told.id,
		contextTokens:
			// what is loaded counts before what the model could do
			told.loaded_context_length ??
			told.meta?.n_ctx ??
			told.max_model_len ??
			told.context_length ??
			told.top_provider?.context_length ??
			told.context_window ??
			told.max_context_length ??
			told.meta?.n_ctx_train ??
			null,
		maxOutputTokens: told.top_provider?.max_completion_tokens ?? told.max_completion_tokens ?? null,
		price: priceOf(told.pricing)
	};
};

const ofAnthropic = (entry: unknown): ModelInfo | null => {
	const read = anthropic.safeParse(entry);
	if (!read.success) return null;
	const { id: model, display_name, max_input_tokens, max_tokens } = read.data;
	return {
		id: model,
		name: display_name ?? model,
		contextTokens: max_input_tokens ?? null,
		maxOutputTokens: max_tokens ?? null,
		price: null
	};
};

const ofGoogle = (entry: unknown): ModelInfo | null => {
	const read = google.safeParse(entry);
	if (!read.success) return null;
	const told = read.data;
	if (told.supportedGenerationMethods?.includes('generateContent') !== true) return null;
	const model = told.name.replace(/^models\//u, '');
	return {
		id: model,
		name: told.displayName ?? model,
		contextTokens: told.inputTokenLimit ?? null,
		maxOutputTokens: told.outputTokenLimit ?? null,
		price: null
	};
};

interface Form {
	readonly read: (entry: unknown) => ModelInfo | null;
	/** The query of the first page, and of the one after `before`; null when there is none. */
	readonly query: (before: Page | null) => string | null;
}

const onePage = (before: Page | null): string | null => (before === null ? '' : null);
const COMPATIBLE: Form = { read: ofCompatible, query: onePage };

const FORMS: Readonly<Record<EnteredProvider, Form>> = {
	anthropic: {
		read: ofAnthropic,
		query: (before) => {
			if (before === null) return '?limit=1000';
			if (before.has_more !== true || before.last_id == null) return null;
			return `?limit=1000&after_id=${encodeURIComponent(before.last_id)}`;
		}
	},
	google: {
		read: ofGoogle,
		query: (before) => {
			if (before === null) return '?pageSize=1000';
			if (before.nextPageToken == null || before.nextPageToken === '') return null;
			return `?pageSize=1000&pageToken=${encodeURIComponent(before.nextPageToken)}`;
		}
	},
	openai: COMPATIBLE,
	openrouter: COMPATIBLE,
	'openai-compatible': COMPATIBLE
};

/** What the provider does not tell is filled in from what is known. */
const filledIn = (provider: EnteredProvider, info: ModelInfo): ModelInfo => {
	const known = knownModel(provider, info.id);
	return {
		...info,
		contextTokens: info.contextTokens ?? known?.contextTokens ?? null,
		maxOutputTokens: info.maxOutputTokens ?? known?.maxOutputTokens ?? null,
		price: info.price ?? known?.price ?? null
	};
};

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare;

/**
 * The models of an endpoint, sorted by id, at most two thousand. What cannot be read is left out. Refusals are those of
 * asking for a reply; a server that answers with something else has no list: `not-an-api`.
 */
export const listModels = async (
	{ provider, url, secret }: Listing,
	around: Surroundings
): Promise<Result<readonly ModelInfo[], ModelFailure>> => {
	const { origin } = new URL(url);
	const { read, query } = FORMS[provider];
	const send = guardFetch(origin, accessHeaders(provider, secret), around.fetch);
	const patience = AbortSignal.timeout(PATIENCE_MS);
	const notes = { answered: false, notAnApi: false, ended: false };
	const failed = async (error: unknown): Promise<Result<never, ModelFailure>> => {
		if (patience.aborted) return refuse({ type: 'stalled' });
		const judged = judge(error, { ...notes, secret, request: null, spoke: false });
		return refuse(
			judged === 'network'
				? await diagnoseSilence(url, secret !== null, new AbortController().signal, around)
				: judged.failure
		);
	};

	const found = new Map<string, ModelInfo>();
	let before: Page | null = null;
	try {
		for (let pages = 0; pages < MOST_PAGES && found.size < MOST_MODELS; pages += 1) {
			const asked = query(before);
			if (asked === null) break;
			const answer = await send(`${url}/models${asked}`, { signal: patience });
			notes.answered = true;
			const body = (await answer.text()).slice(0, MOST_CHARACTERS);
			if (!answer.ok)
				return await failed({
					statusCode: answer.status,
					responseBody: body,
					responseHeaders: Object.fromEntries(answer.headers)
				});
			const list: Page | null = readPage(body);
			const entries: readonly unknown[] | null | undefined = list?.data ?? list?.models;
			if (list === null || entries == null) return refuse({ type: 'not-an-api' });
			for (const entry of entries) {
				const info = read(entry);
				if (info !== null && !NO_WRITER.test(info.id)) found.set(info.id, filledIn(provider, info));
			}
			before = list;
		}
	} catch (error) {
		return failed(error);
	}
	return ok([...found.values()].sort((a, b) => byName(a.id, b.id)).slice(0, MOST_MODELS));
};

const readPage = (body: string): Page | null => {
	try {
		const parsed: unknown = JSON.parse(body);
		// some servers leave the frame away
		return page.safeParse(Array.isArray(parsed) ? { data: parsed } : parsed).data ?? null;
	} catch {
		return null;
	}
};
