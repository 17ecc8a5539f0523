// What the model worker and its line worker say to each other: plain data, and a body that is handed over.

/** A request as it may go over the line; all else that a request has is fixed by {@link STRICT}. */
export interface LineRequest {
	readonly address: string;
	readonly method: string;
	readonly headers: readonly (readonly [string, string])[];
	readonly body: string | null;
	readonly cache: RequestCache;
}

/** How every request with a key leaves: without cookies or referrer, and never on to where an answer points. */
export const STRICT = {
	credentials: 'omit',
	redirect: 'error',
	referrerPolicy: 'no-referrer'
} as const satisfies RequestInit;

/** `id`: chosen by who asks. `hang-up`: nobody listens any more, whether the answer has come, comes, or is to come. */
export type ToLine =
	| { readonly kind: 'ask'; readonly id: number; readonly request: LineRequest }
	| { readonly kind: 'hang-up'; readonly id: number };

/** An answer's head, and its body as it comes in. */
export interface LineAnswer {
	readonly kind: 'answered';
	readonly id: number;
	readonly status: number;
	readonly statusText: string;
	readonly headers: readonly (readonly [string, string])[];
	readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
}

/** `ready` is the first word. `failed`: nothing came back, and what the browser says of it. */
export type FromLine =
	| { readonly kind: 'ready' }
	| LineAnswer
	| { readonly kind: 'failed'; readonly id: number; readonly message: string };
