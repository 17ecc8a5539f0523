// Words for the full-text index of languages written without spaces between them: pairs of neighbouring letters.

/** Runs of letters that are written without spaces, or glued to what surrounds them. */
const UNSPACED =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々]+/gu;

/** A run as pairs of neighbouring letters; a letter that stands alone is left alone. */
const pairs = (run: string): string[] => {
	const letters = [...run];
	return letters.length < 2 ? letters : letters.slice(1).map((letter, i) => `${letters[i] ?? ''}${letter}`);
};

/** What the index holds besides the words between spaces, parted by spaces; empty for most languages. */
export const gramsOf = (text: string): string => (text.match(UNSPACED) ?? []).flatMap(pairs).join(' ');

/** Words between spaces and signs, without the runs that {@link gramsOf} takes apart. */
export const spacedWords = (text: string): string[] =>
	text.replace(UNSPACED, ' ').match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
