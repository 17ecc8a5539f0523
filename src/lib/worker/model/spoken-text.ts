// Gathers the words of one reply and hands them on in small batches that never split a character's surrogate pair.
import type { Clock } from './clock.ts';

export interface SpokenText {
	/** Everything said so far that was handed on. */
	said(): string;
	add(piece: string): void;
	/** Hands on what is held back. Nothing may be added after. */
	finish(): void;
}

const endsInHighSurrogate = (text: string): boolean => {
	const last = text.charCodeAt(text.length - 1);
	return last >= 0xd800 && last <= 0xdbff;
};

/** The first `max` UTF-16 units of a text, or one less where that would split a character's surrogate pair. */
export const cutText = (text: string, max: number): string => {
	if (text.length <= max) return text;
	const cut = text.slice(0, max);
	return endsInHighSurrogate(cut) ? cut.slice(0, -1) : cut;
};

/**
 * Hands a piece on at once, and what comes within `everyMs` of it together. `offset` is the length of all text before
 * `delta`, in UTF-16 units; `start` is text that was said before. A high surrogate waits for its other half; a half that
 * never finds one becomes U+FFFD, of equal length.
 */
export const gatherText = (
	clock: Clock,
	everyMs: number,
	tell: (offset: number, delta: string) => void,
	start = ''
): SpokenText => {
	let said = start;
	let held = '';
	let callOff: (() => void) | null = null;
	let handedOnAt = -Infinity;

	const handOn = (all: boolean): void => {
		callOff?.();
		callOff = null;
		const keep = !all && endsInHighSurrogate(held) ? held.slice(-1) : '';
		const delta = held.slice(0, held.length - keep.length).replace(/\p{Surrogate}/gu, '\uFFFD');
		held = keep;
		if (delta === '') return;
		handedOnAt = clock.now();
		const offset = said.length;
		said += delta;
		tell(offset, delta);
	};

	return {
		said: () => said,
		add: (piece) => {
			held += piece;
			if (callOff !== null) return;
			const wait = handedOnAt + everyMs - clock.now();
			if (wait <= 0) handOn(false);
			else callOff = clock.later(wait, () => handOn(false));
		},
		finish: () => handOn(true)
	};
};
