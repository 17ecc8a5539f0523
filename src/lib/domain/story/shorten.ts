// Shortens a text to so many estimated tokens, at the end of a sentence where one is near.
import { estimateTokens } from './tokens.ts';

const MARK = ' …';
/** Each try is cut by a little more than the estimate asks for: few tries are enough. */
const SAFE = 0.95;

/** The last sentence or line that ends in the second half of a text, or its last whole word. */
const whole = (text: string): string => {
	const half = text.slice(Math.floor(text.length / 2));
	const ends = [...half.matchAll(/[.!?…。！？"”»](?=\s)|\n/gu)];
	const last = ends.at(-1);
	if (last !== undefined) return text.slice(0, text.length - half.length + last.index + last[0].length);
	const space = text.lastIndexOf(' ');
	return space > text.length / 2 ? text.slice(0, space) : text;
};

/** The text where it fits; else its beginning with a mark, or nothing where not even that fits. */
export const shorten = (text: string, tokens: number): string => {
	let size = estimateTokens(text);
	if (size <= tokens) return text;
	let short = text;
	while (size > tokens) {
		const chars = Math.floor(short.length * Math.min(SAFE, (tokens / size) * SAFE));
		if (chars < 1) return '';
		// a pair of surrogates stays whole
		const cut = short.slice(0, chars).replace(/[\uD800-\uDBFF]$/u, '');
		short = whole(cut).trimEnd();
		if (short === '') return '';
		size = estimateTokens(short + MARK);
	}
	return short + MARK;
};
