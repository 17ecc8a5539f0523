// Words for the full-text index, in whatever language: those between spaces, and pairs of letters where there are none.

/** A run of letters and digits, which the index takes for one word. */
const RUN = /[\p{L}\p{M}\p{N}\p{Co}]+/gu;

/** Letters that are written without spaces, or glued to what surrounds them. */
const UNSPACED =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々]+/gu;

/** Whether a text has any such letter. */
const HAS_UNSPACED = new RegExp(UNSPACED.source, 'u');

/** A run as pairs of neighbouring letters; a letter that stands alone is left alone. */
const pairs = (run: string): string[] => {
	const letters = Array.from(run);
	return letters.length < 2 ? letters : letters.slice(1).map((letter, i) => `${letters[i] ?? ''}${letter}`);
};

/** The parts of a run that is not all written with spaces; null when it is one word. */
const partsOf = (run: string): string[] | null => {
	const unspaced = run.match(UNSPACED);
	if (unspaced === null) return null;
	return [...run.split(UNSPACED).filter((word) => word !== ''), ...unspaced.flatMap(pairs)];
};

/** What the index holds of a text besides its words between spaces, parted by spaces; empty for most languages. */
export const gramsOf = (text: string): string =>
	HAS_UNSPACED.test(text) ? (text.match(RUN) ?? []).flatMap((run) => partsOf(run) ?? []).join(' ') : '';

/** The words of a text as the index knows them, in their order. */
const wordsOf = (text: string): string[] => (text.match(RUN) ?? []).flatMap((run) => partsOf(run) ?? [run]);

/** As SQLite's full-text search writes words: nothing in them is a sign of its language. */
const quoted = (word: string): string => `"${word.replaceAll('"', '""')}"`;

// enough to tell what is spoken of; the last words said come last in a cue
const CUE_WORDS = 40;

/** The last words of a text, each once. */
export const cueOf = (text: string): readonly string[] =>
	[...new Set(wordsOf(text).reverse())].slice(0, CUE_WORDS);

/**
 * Narrows a search to a stream by the last word of its name: all of it would have to be met in its order in every row.
 * Whoever asks must compare the stream too, for another's name may end in the same.
 */
const within = (stream: string, rest: string): string =>
	`stream : ${quoted(wordsOf(stream).at(-1) ?? '')} AND {text grams} : (${rest})`;

/** A search for rows of a stream that hold any of some words, at least one. */
export const anyOf = (stream: string, words: readonly string[]): string =>
	within(stream, words.map(quoted).join(' OR '));

/** A search for rows of a stream that hold all words of a text, the last of them perhaps not to its end; null without a word. */
export const allWordsOf = (stream: string, text: string): string | null => {
	const words = [...new Set(wordsOf(text))];
	return words.length === 0
		? null
		: within(
				stream,
				words.map((word, i) => `${quoted(word)}${i === words.length - 1 ? ' *' : ''}`).join(' AND ')
			);
};
