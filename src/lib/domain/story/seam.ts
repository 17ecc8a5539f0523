// Where a reply that broke off goes on. Apart from the command, so that the model worker need not load tables.

/** A model often says its last words again before it goes on: as many of them are looked for, in UTF-16 units. */
const SEAM_CHARS = 400;
/** Fewer that agree may be chance. */
const LEAST_REPEATED_CHARS = 12;

/** Whether more of `after` has to be known before {@link seam} can tell where it joins `before`. */
export const isSeamOpen = (before: string, after: string): boolean => {
	const start = after.trimStart();
	return start.length < LEAST_REPEATED_CHARS || before.slice(-SEAM_CHARS).includes(start);
};

/**
 * What of `after` to add to `before`, so that they read as one text: without what it says again, and with a space where
 * a sentence has ended, or another begins.
 */
export const seam = (before: string, after: string): string => {
	const start = after.trimStart();
	let repeated = 0;
	for (let n = Math.min(SEAM_CHARS, before.length, start.length); n >= LEAST_REPEATED_CHARS; n -= 1)
		if (before.endsWith(start.slice(0, n))) {
			repeated = n;
			break;
		}
	if (repeated > 0) return start.slice(repeated);
	if (/\s$/u.test(before)) return after.replace(/^[ \t]+/u, '');
	const sentence = /[.!?…:;,"”*)]$/u.test(before) && /^[\p{L}\p{N}"“*(]/u.test(after);
	// no word goes on with a capital letter
	const word = /[\p{Ll}\p{N}]$/u.test(before) && /^["“*(]?\p{Lu}/u.test(after);
	return sentence || word ? ` ${after}` : after;
};
