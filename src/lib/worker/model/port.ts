// The port every source of replies answers to: real providers and the demo storyteller alike.
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type { ModelFailure } from '../protocol.ts';

/** Tokens as the provider counted them, whole numbers from 0; null where it said nothing of use. */
export interface Usage {
	readonly inputTokens: number | null;
	readonly outputTokens: number | null;
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

interface Capabilities {
	/** The name recorded with a reply. */
	readonly model: string;
}

export interface ProsePort {
	readonly capabilities: Capabilities;
	/**
	 * Streams one reply. Ends with exactly one `end` part and throws for no failure of a model; aborting the
	 * signal, or leaving the loop, closes the connection at once. One call is one request: retrying is the caller's.
	 */
	streamProse(request: ProseRequest, signal: AbortSignal): AsyncIterable<ProsePart>;
}
