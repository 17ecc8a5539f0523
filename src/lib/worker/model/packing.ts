// Makes a prompt fit its model, and makes it shorter once when the provider says that it does not.
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type { PromptShare } from '../../domain/story/prompt-parts.ts';
import { pause, systemClock } from './clock.ts';
import type { ModelPort, ProsePart, ProsePort, Usage } from './port.ts';
import { streamWithRetry, type RetryWorld } from './retry.ts';

/** How prompts for one model are measured. Tokens are the model's own, unless they are called estimated. */
export interface Meter {
	/** How many a prompt may have. */
	readonly room: number;
	/** How many of them one estimated token is, as learned so far. */
	readonly ratio: number;
	readonly count: ModelPort['count'];
	/** Told what an estimate turned out to be. */
	readonly learn: (estimated: number, actual: number) => void;
	/** Told the window that a refusal named: the next prompt has no more room than that. */
	readonly learnWindow: (tokens: number) => void;
	/** US dollars, or null where no price is known. */
	readonly costOf: (usage: Usage) => number | null;
}

/** A prompt, and how many estimated tokens it has. */
export interface Packed {
	readonly request: ProseRequest;
	readonly estimate: number;
	/** What each part of it took. */
	readonly parts: readonly PromptShare[];
}

/** Builds the prompt anew for so much room; null when the reply is not wanted any more. */
export type Pack = (room: { readonly tokens: number; readonly ratio: number }) => Promise<Packed | null>;

/** Below this share of the room, an estimate is good enough. */
const NEAR = 0.85;
/** An exact count is a help, and is not waited for. */
const COUNT_LIMIT_MS = 3000;
/** What is left free below a limit the provider named, and what is tried where it named none. */
const BELOW_LIMIT = 0.92;
const ANOTHER_TRY = 0.6;

/** In steps: what is learned from each reply must not move the place where history is cut, which is kept in caches. */
const steady = (ratio: number): number => Math.min(10, Math.max(0.1, Math.ceil(ratio * 20) / 20));

/** The first prompt: by estimate, and near the edge by the provider's own count where it has one. */
export const packFirst = async (pack: Pack, meter: Meter, signal: AbortSignal): Promise<Packed | null> => {
	const packed = await pack({ tokens: meter.room, ratio: steady(meter.ratio) });
	if (packed === null || packed.estimate * meter.ratio <= meter.room * NEAR) return packed;
	const late = new AbortController();
	const counted = await Promise.race([
		meter.count(packed.request, AbortSignal.any([signal, late.signal])).catch(() => null),
		pause(systemClock, COUNT_LIMIT_MS, signal).then(() => null)
	]);
	late.abort();
	if (counted === null || packed.estimate === 0) return packed;
	meter.learn(packed.estimate, counted);
	return counted <= meter.room
		? packed
		: pack({ tokens: meter.room, ratio: steady(counted / packed.estimate) });
};

/**
 * Streams a reply as {@link streamWithRetry} does. When the provider says before the first word that the prompt is too
 * long, a shorter one is built from the numbers it gave and sent, once. `sent` is told each prompt.
 */
export async function* streamPacked(
	port: ProsePort,
	first: Packed,
	again: { readonly pack: Pack; readonly meter: Meter } | null,
	signal: AbortSignal,
	world: RetryWorld & { readonly sent: (packed: Packed) => void }
): AsyncGenerator<ProsePart> {
	let spoke = false;
	if (!signal.aborted) world.sent(first);
	for await (const part of streamWithRetry(port, first.request, signal, world)) {
		if (part.kind === 'text') spoke = true;
		const tooLong =
			part.kind === 'end' && part.reason === 'failed' && part.failure.type === 'context-too-long';
		if (!tooLong || spoke || again === null) {
			yield part;
			continue;
		}
		const shorter = await again.pack(lessRoom(first.estimate, again.meter, port, part.failure));
		if (shorter === null || shorter.estimate >= first.estimate) {
			yield part;
			return;
		}
		if (!signal.aborted) world.sent(shorter);
		yield* streamWithRetry(port, shorter.request, signal, world);
		return;
	}
}

/** Room for a prompt after one of so many estimated tokens was too long, from the numbers the provider gave, if any. */
export const lessRoom = (
	estimate: number,
	{ ratio, learnWindow }: Pick<Meter, 'ratio' | 'learnWindow'>,
	port: Pick<ProsePort, 'capabilities'>,
	{ limitTokens, sentTokens }: { readonly limitTokens?: number; readonly sentTokens?: number }
): { readonly tokens: number; readonly ratio: number } => {
	if (limitTokens !== undefined) learnWindow(limitTokens);
	const real = steady(sentTokens === undefined || estimate === 0 ? ratio : sentTokens / estimate);
	const { maxOutputTokens } = port.capabilities;
	const tokens =
		limitTokens === undefined
			? estimate * real * ANOTHER_TRY
			: (limitTokens - Math.min(maxOutputTokens, limitTokens / 2)) * BELOW_LIMIT;
	// never as long as what was refused
	return { tokens: Math.max(1, Math.floor(Math.min(tokens, estimate * real * BELOW_LIMIT))), ratio: real };
};
