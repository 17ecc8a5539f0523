// Where a reply that broke off goes on. Apart from the command, so that the model worker need not load tables.

/** A model often says its last words again before it goes on: as many of them are looked for, in UTF-16 units. */
const SEAM_CHARS = 400;
/** Fewer that agree may be chance. */
const LEAST_REPEATED_CHARS = 12;

/** Whether more of `after` has to be known before {@link seam} can tell where it joins `before`. */
export const isSeamOpen = (before: string, after: string): boolean => {
	const start = after.trimStart();
	return start.length < LEAST_REPEATED_CHARS || before.trimEnd().slice(-SEAM_CHARS).includes(start);
};

/**
 * What of `after` to add to `before`, so that they read as one text: without what it says again, and with a space between
 * words. A model is asked to begin with the last words (`prompt.ts`), so one that does not has begun another word.
 */
export const seam = (before: string, after: string): string => {
	const start = after.trimStart();
	const end = before.trimEnd();
	for (let n = Math.min(SEAM_CHARS, end.length, start.length); n >= LEAST_REPEATED_CHARS; n -= 1)
		if (end.endsWith(start.slice(0, n))) {
			const rest = start.slice(n);
			return /\s$/u.test(before) ? rest.replace(/^[ \t]+/u, '') : rest;
		}
	if (/\s$/u.test(before)) return after.replace(/^[ \t]+/u, '');
	return isApart(before, after) ? ` ${after}` : after;
};

const isApart = (before: string, after: string): boolean => {
	if (!/^["“*(]?[\p{L}\p{N}]/u.test(after)) return false;
	// of scripts that write words apart
	if (/[\p{L}\p{N}]$/u.test(before)) return !/[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}]$/u.test(before);
	if (/\d[.,]$/u.test(before)) return !/^\d/u.test(after);
	const [mark = ''] = before.slice(-1);
	if (mark === '"' || mark === '*') return isClosed(before, mark);
	return /[.!?…:;,”)]/u.test(mark);
};

/** Whether the last of these marks in the paragraph closes what another has opened. */
const isClosed = (text: string, mark: string): boolean =>
	text.slice(text.lastIndexOf('\n\n') + 1).split(mark).length % 2 === 1;
