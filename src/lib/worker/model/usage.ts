// What several requests took together. A file of its own: who adds up needs nothing of who asks.
import type { Usage } from './port.ts';

const add = (a: number | null, b: number | null): number | null => (a === null ? b : a + (b ?? 0));

/** What requests took together. */
export const sum = (before: Usage | null, more: Usage): Usage =>
	before === null
		? more
		: {
				inputTokens: add(before.inputTokens, more.inputTokens),
				outputTokens: add(before.outputTokens, more.outputTokens),
				cacheReadTokens: add(before.cacheReadTokens, more.cacheReadTokens),
				cacheWriteTokens: add(before.cacheWriteTokens, more.cacheWriteTokens),
				costUsd: add(before.costUsd, more.costUsd)
			};
