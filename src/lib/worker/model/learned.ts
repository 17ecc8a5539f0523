// What was found out about models by asking them: the form of answers they take, how they count, how large they are.
import { z } from 'zod';
import type { ModelInfo } from '../protocol.ts';
import type { ModelMemory, Rung } from './port.ts';
import type { VaultStore } from './vault-store.ts';

export interface Learned {
	memory(origin: string, model: string): ModelMemory;
	/** By how much tokenx is to be multiplied for this model: 0.7 to 2.5. */
	ratio(origin: string, model: string): Promise<number>;
	/** Takes in one exact count. Does nothing where the numbers say nothing. */
	learnRatio(origin: string, model: string, estimated: number, actual: number): Promise<void>;
	/** How much the model reads at once, in tokens, as a refusal named it; null where none did. */
	window(origin: string, model: string): Promise<number | null>;
	/** Takes in the window that a refusal named. */
	learnWindow(origin: string, model: string, tokens: number): Promise<void>;
	/** What the provider's own list said last, or null. */
	sizes(origin: string, model: string): Promise<ModelInfo | null>;
	/** Keeps a list that was fetched, in place of the one before. */
	keepList(origin: string, infos: readonly ModelInfo[]): Promise<void>;
}

const LEAST_RATIO = 0.7;
const MOST_RATIO = 2.5;
/** How much the newest count weighs. */
const WEIGHT = 0.3;
/** Shorter prompts say more about the frame around them than about the tokens in them. */
const LEAST_TOKENS = 50;

/** A refusal that names less is about something else. */
const LEAST_WINDOW_TOKENS = 256;

const RUNGS = ['schema', 'json', 'prompt'] as const satisfies readonly Rung[];
/** Each part by itself: one that cannot be read, perhaps from another version, costs only itself. */
const entry = z.object({
	rung: z.enum(RUNGS).nullable().catch(null),
	ratio: z.number().min(LEAST_RATIO).max(MOST_RATIO).nullable().catch(null),
	window: z.number().int().min(LEAST_WINDOW_TOKENS).nullable().catch(null)
});
type Entry = z.output<typeof entry>;
const NOTHING: Entry = { rung: null, ratio: null, window: null };

const size = z.number().int().positive().nullable();
const dollars = z.number().nonnegative();
const listed = z.array(
	z.object({
		id: z.string(),
		name: z.string(),
		contextTokens: size,
		maxOutputTokens: size,
		price: z
			.object({
				input: dollars,
				output: dollars,
				cacheRead: dollars.nullable(),
				cacheWrite: dollars.nullable()
			})
			.nullable()
	})
);

/** Claude counts more tokens for the same words since 4.7. */
const isNewerClaude = (model: string): boolean => {
	const version = /claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/u.exec(model);
	if (version === null) return false;
	const [, major = '0', minor = '0'] = version;
	return Number(major) > 4 || (Number(major) === 4 && Number(minor) > 6);
};

/** Where nothing was counted yet: measured on recorded answers, by family. */
const seedOf = (model: string): number => {
	const name = model.toLowerCase();
	if (name.includes('claude')) return isNewerClaude(name) ? 1.45 : 1.1;
	if (name.includes('gemini')) return 1.1;
	return /(?:^|\/)(?:gpt|chatgpt|o\d)/u.test(name) ? 1.05 : 1.15;
};

const clamp = (ratio: number): number => Math.min(MOST_RATIO, Math.max(LEAST_RATIO, ratio));

/** Opens the shelf of what was learned. A shelf that cannot be read or written is like an empty one: nothing waits on it. */
export const openLearned = (opening: Promise<VaultStore>): Learned => {
	/** Changes of one worker, one after the other: each reads what the one before wrote. */
	let queue: Promise<unknown> = Promise.resolve();

	// no address or model has a line end in it
	const keyOf = (origin: string, model: string): string => `${origin}\n${model}`;

	const read = async (key: string): Promise<Entry> => {
		try {
			return entry.safeParse(await (await opening).get('learned', key)).data ?? NOTHING;
		} catch {
			return NOTHING;
		}
	};

	const change = (key: string, how: (before: Entry) => Entry): Promise<void> => {
		const changed = queue.then(async () => {
			const store = await opening;
			await store.write([{ shelf: 'learned', key, value: how(await read(key)) }]);
		});
		queue = changed.catch(() => undefined);
		return changed.catch(() => undefined);
	};

	const ratio = async (origin: string, model: string): Promise<number> =>
		(await read(keyOf(origin, model))).ratio ?? seedOf(model);

	return {
		memory: (origin, model) => {
			const key = keyOf(origin, model);
			return {
				rung: async () => (await read(key)).rung,
				keepRung: (rung) => change(key, (before) => ({ ...before, rung }))
			};
		},
		ratio,
		learnRatio: async (origin, model, estimated, actual) => {
			const seen = actual / estimated;
			if (!(estimated >= LEAST_TOKENS) || !(actual >= LEAST_TOKENS) || !Number.isFinite(seen)) return;
			await change(keyOf(origin, model), (before) => ({
				...before,
				ratio: clamp((before.ratio ?? seedOf(model)) * (1 - WEIGHT) + clamp(seen) * WEIGHT)
			}));
		},
		window: async (origin, model) => (await read(keyOf(origin, model))).window,
		learnWindow: async (origin, model, tokens) => {
			if (!Number.isInteger(tokens) || tokens < LEAST_WINDOW_TOKENS) return;
			await change(keyOf(origin, model), (before) => ({ ...before, window: tokens }));
		},
		sizes: async (origin, model) => {
			try {
				const list = listed.safeParse(await (await opening).get('learned', origin)).data ?? [];
				return list.find(({ id }) => id === model) ?? null;
			} catch {
				return null;
			}
		},
		keepList: async (origin, infos) => {
			try {
				await (await opening).write([{ shelf: 'learned', key: origin, value: infos }]);
			} catch {
				// it can be fetched again
			}
		}
	};
};
