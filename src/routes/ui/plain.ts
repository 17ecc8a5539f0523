// Names and labels from outside are shown without characters that reorder, hide or forge text.

// First what may stay: a regional flag made of tags, and a joiner where writing needs one (emoji families, Arabic and
// Indic scripts). Then what may not: bidi controls and isolates, zero-width and filling characters, controls, tag
// characters, marks that pick a variant where there is nothing to pick, halves of characters.
const JOINING = String.raw`[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Mongolian}\p{Script=Syriac}]`;
const KEPT = String.raw`\u{1f3f4}[\u{e0061}-\u{e007a}]{1,8}\u{e007f}|(?<=[\p{Extended_Pictographic}\u{fe0f}\p{Emoji_Modifier}])\u{200d}(?=\p{Extended_Pictographic})|(?<=${JOINING})[\u{200c}\u{200d}](?=${JOINING})|(?<=[\p{Emoji}\p{Script=Han}\p{Script=Mongolian}])[\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}\u{180b}-\u{180d}]`;
const FORGING = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u{2028}\u{2029}\u{2800}]`;
const KEPT_OR_FORGING = new RegExp(`(${KEPT})|${FORGING}`, 'gu');

/** More accents than any writing puts on one letter only hide the lines around it. */
const PILED_MARKS = /(\p{M}{6})\p{M}+/gu;

/** The words of a turn on one line, as a name for it: without the marks of speech, action and headings. */
export const plainWords = (text: string): string => plainName(text.replace(/[*_#>`]/g, ''));

/** A name or label on one line, with nothing in it that a reader cannot see. Text of turns is not touched by this. */
export const plainName = (name: string): string =>
	name
		.replace(/[\n\t]/g, ' ')
		.replace(KEPT_OR_FORGING, (_found, kept: string | undefined) => kept ?? '')
		.replace(PILED_MARKS, '$1')
		.replace(/\s+/gu, ' ')
		.trim();
