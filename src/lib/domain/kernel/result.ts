// What a command answers: a value, or a typed refusal. Plain data, so that it crosses workers and tabs whole.

/** The domain says no. `type` names why; the other fields say what about. Nothing was written. */
export interface Refusal {
	readonly type: string;
	readonly [detail: string]: unknown;
}

export type Result<T, E extends Refusal = Refusal> =
	{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const refuse = <const E extends Refusal>(error: E): { readonly ok: false; readonly error: E } => ({
	ok: false,
	error
});
