// An event's payload as people read it: JSON on many lines, with nothing in it that cannot be seen.

/** Controls and format characters, which reorder, hide or forge text, but for what lays the JSON out. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

const escaped = (character: string): string => {
	if (character === '\n' || character === '\t') return character;
	return Array.from(
		{ length: character.length },
		(_, at) => String.raw`\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
	).join('');
};

/** The stored JSON, laid out; still JSON. What is no JSON is shown as it is stored. */
export const showPayload = (stored: string): string => {
	let laidOut = stored;
	try {
		laidOut = JSON.stringify(JSON.parse(stored), null, 2);
	} catch {
		// damaged: that is what somebody came to see
	}
	return laidOut.replace(UNSEEN, escaped);
};
