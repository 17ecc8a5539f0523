// Who replies: the bot the player speaks to by name, else the one spoken to last, else the host.

/** A bot that can be spoken to. */
export interface Addressee {
	readonly botId: string;
	readonly name: string;
}

/** Longer words are not searched to their end: whoever is spoken to is named at the beginning. */
const READ_MAX_CHARS = 4000;

const escaped = (name: string): string => name.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');

/** Where a name first stands as a word of its own; -1 where it does not. Scripts without spaces know no word borders. */
const foundAt = (words: string, name: string): number => {
	if (name === '') return -1;
	const spaced = !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(name);
	const pattern = spaced
		? new RegExp(`(?<![\\p{L}\\p{N}_])${escaped(name)}(?![\\p{L}\\p{N}_])`, 'iu')
		: new RegExp(escaped(name), 'iu');
	return words.search(pattern);
};

/**
 * The bot named first in the player's words, by its whole name or the first word of it; null when none is. Asides in
 * `((double brackets))` are not part of the story.
 */
export const addressedIn = (words: string, bots: readonly Addressee[]): string | null => {
	const story = words.slice(0, READ_MAX_CHARS).replace(/\(\([^]*?(?:\)\)|$)/gu, ' ');
	const firstNames = bots.map(({ name }) => name.trim().split(/\s+/u)[0] ?? '');
	const found = bots.flatMap(({ botId, name }, i) => {
		const first = firstNames[i] ?? '';
		// a first name two bots share names neither
		const short = firstNames.filter((other) => other.toLowerCase() === first.toLowerCase()).length === 1;
		const places = [name.trim(), ...(short ? [first] : [])]
			.map((each) => foundAt(story, each))
			.filter((at) => at >= 0);
		return places.length === 0 ? [] : [{ botId, at: Math.min(...places) }];
	});
	return found.toSorted((a, b) => a.at - b.at)[0]?.botId ?? null;
};

/** Who replies to the player's words. `last`: who was spoken to last, if it can still be. */
export const primarySpeaker = (given: {
	readonly words: string;
	readonly host: Addressee;
	/** A guest who is where the host is; null when nobody else could reply. */
	readonly guest: Addressee | null;
	readonly last: string | null;
}): string => {
	const { words, host, guest, last } = given;
	if (guest === null) return host.botId;
	return addressedIn(words, [host, guest]) ?? (last === guest.botId ? guest.botId : host.botId);
};
