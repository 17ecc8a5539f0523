// Where tests have requests of decisions written down: nowhere, or to be looked at.
import type { ProsePart, Tally, Usage } from '../../src/lib/worker/model/port.ts';

const add = (a: number | null, b: number | null): number | null => (a === null ? b : a + (b ?? 0));

/** What requests took together. */
const sum = (before: Usage | null, more: Usage): Usage =>
	before === null
		? more
		: {
				inputTokens: add(before.inputTokens, more.inputTokens),
				outputTokens: add(before.outputTokens, more.outputTokens),
				cacheReadTokens: add(before.cacheReadTokens, more.cacheReadTokens),
				cacheWriteTokens: add(before.cacheWriteTokens, more.cacheWriteTokens),
				costUsd: add(before.costUsd, more.costUsd)
			};

/** For tests that do not ask what anything took. */
export const uncounted: Tally = { sent: () => undefined, heard: () => undefined, over: () => undefined };

/** Adds up what providers counted, and says how many requests left and how many of them came to an end. */
export const keepTally = (): Tally & {
	readonly usage: () => Usage | null;
	readonly requests: () => { readonly sent: number; readonly over: number };
} => {
	let usage: Usage | null = null;
	let sent = 0;
	let over = 0;
	return {
		sent: () => void (sent += 1),
		heard: (part: ProsePart) => {
			if (part.kind === 'usage') usage = sum(usage, part.usage);
		},
		over: () => void (over += 1),
		usage: () => usage,
		requests: () => ({ sent, over })
	};
};

/** What a scripted model counts for every answer. */
const COUNTED: Usage = {
	inputTokens: 9,
	outputTokens: 1,
	cacheReadTokens: 0,
	cacheWriteTokens: null,
	costUsd: null
};

/** One request that was answered, and counted by its provider. */
export const tellCounted = (tally: Tally): void => {
	tally.sent(9);
	tally.heard({ kind: 'usage', usage: COUNTED });
	tally.over();
};
