// What crosses between the model worker and the page for the browser's own model, which only a page can reach.
import type { ProseRequest } from '../domain/story/prompt.ts';
import type { ModelFailure, OnDeviceAvailability } from './protocol.ts';

/** One call: all of its own prompt, and the JSON schema the answer has to follow, if any. */
export interface OnDeviceRequest extends Pick<ProseRequest, 'instructions' | 'messages'> {
	readonly schema: unknown;
}

/** A piece of an answer. The last one is an `end`. Tokens as the browser counts them, null where it does not. */
export type OnDevicePart =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'usage'; readonly inputTokens: number; readonly outputTokens: number | null }
	| { readonly kind: 'end'; readonly reason: 'done' | 'stopped' }
	/** `schemaUnsupported`: the same without the schema may do. */
	| {
			readonly kind: 'end';
			readonly reason: 'failed';
			readonly failure: ModelFailure;
			readonly schemaUnsupported: boolean;
	  };

/** What the page does for the model worker of its tab, exposed by Comlink on a MessagePort. */
export interface OnDeviceHost {
	/** Tells how the model stands now, and whenever that changes. */
	follow(tell: (availability: OnDeviceAvailability) => void): void;
	/** The size of the model's window; null where the browser does not say. Asks for no download. */
	contextTokens(): Promise<number | null>;
	/** Answers in a session of its own, which is gone afterwards. Everything comes through `tell`, in order. */
	answer(call: string, request: OnDeviceRequest, tell: (part: OnDevicePart) => void): Promise<void>;
	/** The tokens of a prompt; null where they cannot be had. */
	count(request: OnDeviceRequest): Promise<number | null>;
	/** Ends one call of `answer`, at once. */
	stop(call: string): void;
}
