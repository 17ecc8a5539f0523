// The port every source of replies answers to: real providers, the model in the browser and the demo storyteller alike.
import type { z } from 'zod';
import type { StoryFacts } from '../../domain/story/classifiers.ts';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type { ModelFailure } from '../protocol.ts';

/**
 * Tokens as the provider counted them, whole numbers from 0; null where it said nothing of use. What was read from a
 * cache or written to one is part of `inputTokens`. `costUsd`: what the provider itself says it costs.
 */
export interface Usage {
	readonly inputTokens: number | null;
	readonly outputTokens: number | null;
	readonly cacheReadTokens: number | null;
	readonly cacheWriteTokens: number | null;
	readonly costUsd: number | null;
}

/** How a reply ended. A failure is a value, not a throw: it is a state of the world, not a defect. */
export type ProseEnd =
	/** `done`: the model finished. `length`: it reached the token limit. `stopped`: the signal was aborted. */
	| { readonly kind: 'end'; readonly reason: 'done' | 'length' | 'stopped' }
	/** `again`: worth asking once more, if no word was said yet. */
	| {
			readonly kind: 'end';
			readonly reason: 'failed';
			readonly failure: ModelFailure;
			readonly again: boolean;
	  };

/** A piece of a reply. `reasoning` is the model's thinking and never part of the text. */
export type ProsePart =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'reasoning'; readonly text: string }
	| { readonly kind: 'usage'; readonly usage: Usage }
	| ProseEnd;

/** Where requests are written down as they leave and are answered, so that what they took is known whenever they end. */
export interface Tally {
	/** A request leaves, of so many estimated tokens. */
	sent(estimate: number): void;
	heard(part: ProsePart): void;
	/** The request that was on its way is over: nothing more comes of it. */
	over(): void;
}

/** A small decision. The answer has the shape of `schema`; what does not become that becomes `fallback`. */
export interface DecideRequest<T> {
	/** What the decision is called, such as `title`: letters and underscores. */
	readonly name: string;
	readonly instructions: string;
	/** What is decided about: data, never instructions. */
	readonly data: string;
	/** Flat: all keys required, nullable instead of optional, no unions, no records. */
	readonly schema: z.ZodType<T>;
	readonly fallback: T;
	readonly maxOutputTokens: number;
	/** Facts in the clear, for the demo storyteller, which reads no prompt; null where a decision is about no reply. */
	readonly story: StoryFacts | null;
	/** Every request of the ladder is put down here; one that is stopped stays open. */
	readonly tally: Tally;
	/**
	 * Told all of the answer so far, whenever more of it came; an empty text while the model thinks. An answer that is asked for
	 * once more begins anew. Only for showing: what counts is the decision.
	 */
	readonly hear?: (text: string) => void;
}

/** How an answer was had: the rung of the ladder. `repair`: its JSON had to be mended, or was asked for once more. */
export type Via = 'schema' | 'json' | 'prompt' | 'repair' | 'fallback';

export interface Decision<T> {
	readonly value: T;
	readonly via: Via;
	/** With `fallback`: why. */
	readonly failure: ModelFailure | null;
	/** With `failure`: worth asking once more after a while. */
	readonly again?: boolean;
	/** With `fallback`: what the model said last, where that was no answer. */
	readonly raw?: string;
}

interface Capabilities {
	/** The name recorded with a reply. */
	readonly model: string;
	/** Tokens of prompt and reply together; null where nobody knows. */
	readonly contextTokens: number | null;
	readonly maxOutputTokens: number;
}

export interface ModelPort {
	readonly capabilities: Capabilities;
	/**
	 * Streams one reply. Ends with exactly one `end` part and throws for no failure of a model; aborting the
	 * signal, or leaving the loop, closes the connection at once, in Firefox with the next byte (decisions/0018). One call is
	 * one request: retrying is the caller's.
	 */
	streamProse(request: ProseRequest, signal: AbortSignal): AsyncIterable<ProsePart>;
	/** Never throws: what fails is the fallback, with the reason. Waiting and asking again is the caller's. */
	decide<T>(request: DecideRequest<T>, signal: AbortSignal): Promise<Decision<T>>;
	/** The exact tokens of a prompt, from an endpoint that costs nothing; null where there is none or it fails. */
	count(request: ProseRequest, signal: AbortSignal): Promise<number | null>;
}

/** What it takes to stream replies. */
export type ProsePort = Pick<ModelPort, 'capabilities' | 'streamProse'>;

/** What it takes to play a turn through all of its stages. */
export type TurnPort = Pick<ModelPort, 'capabilities' | 'streamProse' | 'decide'>;

/** How a connection's answers are wrung out of it best, once known. */
export type Rung = 'schema' | 'json' | 'prompt';

/** What was found out about one model of one origin. Lasts as the vault does. */
export interface ModelMemory {
	rung(): Promise<Rung | null>;
	keepRung(rung: Rung): Promise<void>;
}

/** One model of one connection, as an adapter needs it. */
export interface Endpoint {
	/** Base address without a trailing slash, such as `https://api.mistral.ai/v1`. */
	readonly url: string;
	readonly model: string;
	readonly secret: string | null;
	readonly contextTokens: number | null;
	readonly maxOutputTokens: number;
	/** As long as a decision may be, where somebody said so or it is known: each asks for what it needs, and no more than this. */
	readonly maxDecisionTokens?: number;
	readonly temperature: number | null;
	readonly topP: number | null;
}
