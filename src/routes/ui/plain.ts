// Names and labels from outside are shown without characters that reorder, hide or forge text.

// Bidi controls and isolates, zero-width characters and joiners, the byte-order mark, C0/C1 controls, and tag characters.
const FORGING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/** A name or label on one line, with nothing in it that a reader cannot see. Text of turns is not touched by this. */
export const plainName = (name: string): string => name.replace(FORGING, '').replace(/\s+/gu, ' ').trim();
