// Takes a model's thinking out of the beginning of a reply, for servers that leave it in the text between <think> tags.
import type { ProsePart } from './port.ts';

const OPEN = '<think>';
const CLOSE = '</think>';
/** More blanks than this before the first word are no indentation of a tag. */
const MOST_BLANKS = 1000;

type Said = Extract<ProsePart, { kind: 'text' | 'reasoning' }>;

export interface OpeningThought {
	/** What can be told after one more piece of text; a tag may lie across pieces, and is held back until it is whole. */
	add(piece: string): readonly Said[];
	/**
	 * What is still held, once nothing more comes. A thought that never closed was text after all where the model finished, and
	 * is given back; where it was `cut`, it was a thought.
	 */
	finish(cut: boolean): readonly Said[];
}

/** How much of `tag` the text may end in the middle of. */
const heldBack = (text: string, tag: string): number => {
	for (let length = Math.min(tag.length - 1, text.length); length > 0; length -= 1)
		if (tag.startsWith(text.slice(-length))) return length;
	return 0;
};

const part = (kind: Said['kind'], text: string): readonly Said[] => (text === '' ? [] : [{ kind, text }]);

/**
 * Splits one reply. Only a `<think>` that opens it, after nothing but blanks, is a tag; anywhere else it is a word of the
 * story. What is between the tags is reasoning, all else is text, to the last character.
 */
export const splitOpeningThought = (): OpeningThought => {
	let stage: 'before' | 'within' | 'after' = 'before';
	/** Everything up to the decision: what is given back if the thought never closes. */
	let whole = '';
	/** The end of a thought that may be the beginning of its closing tag. */
	let held = '';

	const think = (piece: string): readonly Said[] => {
		const text = held + piece;
		const end = text.indexOf(CLOSE);
		if (end === -1) {
			const keep = heldBack(text, CLOSE);
			held = text.slice(text.length - keep);
			return part('reasoning', text.slice(0, text.length - keep));
		}
		stage = 'after';
		return [...part('reasoning', text.slice(0, end)), ...part('text', text.slice(end + CLOSE.length))];
	};

	return {
		add: (piece) => {
			if (stage === 'after') return part('text', piece);
			whole += piece;
			if (stage === 'within') return think(piece);
			const opening = whole.trimStart();
			if (opening.startsWith(OPEN)) {
				stage = 'within';
				return think(opening.slice(OPEN.length));
			}
			if (OPEN.startsWith(opening) && whole.length <= MOST_BLANKS) return [];
			stage = 'after';
			return part('text', whole);
		},
		finish: (cut) => {
			const was = stage;
			stage = 'after';
			if (was === 'after') return [];
			return was === 'within' && cut ? part('reasoning', held) : part('text', whole);
		}
	};
};
