// Names and labels from outside are shown without characters that reorder, hide or forge text.

// First what may stay: a regional flag made of tags, and a joiner where writing needs one (emoji families, Arabic and
// Indic scripts). Then what may not: bidi controls and isolates, zero-width characters, controls, tag characters.
const JOINING = String.raw`[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Mongolian}\p{Script=Syriac}]`;
const KEPT = String.raw`\u{1f3f4}[\u{e0061}-\u{e007a}]+\u{e007f}|(?<=[\p{Extended_Pictographic}\u{fe0f}\p{Emoji_Modifier}])\u{200d}(?=\p{Extended_Pictographic})|(?<=${JOINING})[\u{200c}\u{200d}](?=${JOINING})`;
const FORGING = String.raw`[\u{0}-\u{1f}\u{7f}-\u{9f}\u{61c}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{2069}\u{feff}\u{e0000}-\u{e007f}]`;
const KEPT_OR_FORGING = new RegExp(`(${KEPT})|${FORGING}`, 'gu');

/** The words of a turn on one line, as a name for it: without the marks of speech, action and headings. */
export const plainWords = (text: string): string => plainName(text.replace(/[*_#>`]/g, ''));

/** A name or label on one line, with nothing in it that a reader cannot see. Text of turns is not touched by this. */
export const plainName = (name: string): string =>
	name
		.replace(/[\n\t]/g, ' ')
		.replace(KEPT_OR_FORGING, (_found, kept: string | undefined) => kept ?? '')
		.replace(/\s+/gu, ' ')
		.trim();
