// What is heard of one stream at the port of a provider, with the words it is asked by: in Node and in browsers alike.
import type { ProseRequest } from '../../src/lib/domain/story/prompt.ts';
import type { ProseEnd, ProsePart, ProsePort } from '../../src/lib/worker/model/port.ts';
import type { ModelFailure } from '../../src/lib/worker/protocol.ts';
import { proseStory } from './prose-story.ts';

/** What a provider makes of an answer. */
export interface Heard {
	readonly text: string;
	readonly reasoning: string;
	/** How it ends, or why it failed. */
	readonly end: Exclude<ProseEnd['reason'], 'failed'> | ModelFailure['type'];
	/** Null: nothing was counted, or it ended before it was told. */
	readonly tokens: readonly [input: number | null, output: number | null] | null;
	readonly costUsd?: number;
	readonly retryAfterSeconds?: number;
}

export const ASKED: ProseRequest = {
	jobId: 'job-1',
	chatId: 'chat-1',
	turnId: 'turn-1',
	alternative: 0,
	instructions: 'You keep the lighthouse.',
	messages: [{ role: 'user', text: 'When does the ferry leave?' }],
	steady: { messages: 0, chars: 0 },
	story: proseStory({ words: 'When does the ferry leave?' })
};

/**
 * Everything one reply consists of. `stopAt`: Stop is pressed when so many characters of text were heard; null: never.
 */
export const partsOf = async (port: ProsePort, stopAt: number | null): Promise<readonly ProsePart[]> => {
	const parts: ProsePart[] = [];
	const stop = new AbortController();
	let said = 0;
	for await (const part of port.streamProse(ASKED, stop.signal)) {
		parts.push(part);
		if (part.kind === 'text') said += part.text.length;
		if (stopAt !== null && said >= stopAt) stop.abort();
	}
	return parts;
};

/** Throws when the parts do not end as the port promises. */
export const heardIn = (parts: readonly ProsePart[]): Heard => {
	const end = parts.at(-1);
	if (end?.kind !== 'end' || parts.filter(({ kind }) => kind === 'end').length > 1)
		throw new Error(`not one end, at the end: ${parts.map(({ kind }) => kind).join(' ')}`);
	const usage = parts.find((part) => part.kind === 'usage')?.usage ?? null;
	const failure = end.reason === 'failed' ? end.failure : null;
	return {
		text: parts.map((part) => (part.kind === 'text' ? part.text : '')).join(''),
		reasoning: parts.map((part) => (part.kind === 'reasoning' ? part.text : '')).join(''),
		end: end.reason === 'failed' ? end.failure.type : end.reason,
		tokens: usage === null ? null : [usage.inputTokens, usage.outputTokens],
		...(usage?.costUsd == null ? {} : { costUsd: usage.costUsd }),
		...(failure?.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: failure.retryAfterSeconds })
	};
};
