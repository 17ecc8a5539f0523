// Placeholders: what stands where something is hidden, and whether two texts are the same but for what is hidden in them.

/** What something hidden is, as its placeholder says. */
export const HIDDEN_KINDS = ['SECRET', 'EMAIL', 'PHONE', 'IP', 'MAC', 'IBAN', 'CARD', 'WORD'] as const;
export type HiddenKind = (typeof HIDDEN_KINDS)[number];

/** Any placeholder, of whatever hand-off. */
export const PLACEHOLDER = new RegExp(`\\[(${HIDDEN_KINDS.join('|')})_(\\d{1,6})\\]`, 'g');

/**
 * Whether two texts may be the same words, with other things hidden in each: each placeholder stands for something that is
 * not empty. What is found not to be so was changed by somebody.
 */
export const mayBeSame = (one: string, other: string): boolean => {
	if (one === other) return true;
	return matches(one, other) || matches(other, one);
};

/** Whether `text` is `pattern` with something in the place of each of its placeholders. Takes the first fit of each part. */
const matches = (pattern: string, text: string): boolean => {
	const parts = pattern.split(new RegExp(PLACEHOLDER.source.replace(/\((?!\?)/g, '(?:'), 'g'));
	const first = parts[0] ?? '';
	const last = parts.at(-1) ?? '';
	const plain = text.replace(PLACEHOLDER, '\u0000');
	if (parts.length === 1) return plain === pattern;
	if (!plain.startsWith(first)) return false;
	let at = first.length;
	for (const part of parts.slice(1, -1)) {
		const next = plain.indexOf(part, at + 1);
		if (next === -1) return false;
		at = next + part.length;
	}
	return plain.length - last.length >= at + 1 && plain.endsWith(last);
};
