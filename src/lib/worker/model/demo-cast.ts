// Who and what the demo storyteller's sentences are about: names, the place, and the thing that runs through a chat.
import type { StoryFacts } from '../../domain/story/classifiers.ts';
import { halves, hash } from './demo-chance.ts';
import { cleanName, placePhrase } from './demo-echo.ts';
import { THINGS, type Phrases } from './demo-lines.ts';

export const capital = (text: string): string => text.replace(/^[\p{L}]/u, (first) => first.toUpperCase());

/** The thing that runs through a chat. */
export const thingOf = (chatId: string): string =>
	THINGS[hash(`${chatId}/thing`) % THINGS.length] ?? 'the brass key';

/** Fills placeholders in one pass, so that braces in names or words are never taken for ours. */
export const filler =
	(words: Readonly<Record<string, string>>) =>
	(text: string): string =>
		text.replace(/\{(\w+)\}/gu, (whole, key: string) => words[key] ?? whole);

/** What stands for {bot} and {other} where nobody by that name is. */
const NOBODY = { bot: 'The storyteller', other: 'somebody else' } as const;

export interface Cast {
	/** A sentence of two halves. `lone` has what only this sentence needs, such as {line}. */
	readonly say: (phrases: Phrases, slot: string, step: number, chance: number, more?: Given) => string;
	readonly fill: (text: string, more?: Given) => string;
	readonly thing: string;
}

type Given = Readonly<Record<string, string>>;

/** Speaks of the cast of a chat: who replied, who else is there. */
export const castOf = (given: {
	readonly chatId: string;
	readonly bot: string;
	readonly you: string;
	readonly other: string | null;
	readonly place: string | null;
}): Cast => {
	const thing = thingOf(given.chatId);
	const place = placePhrase(given.place);
	const bot = cleanName(given.bot, NOBODY.bot);
	// a player without a name is not spoken to here but spoken of
	const you = cleanName(given.you, 'the stranger');
	const other = cleanName(given.other ?? '', NOBODY.other);
	const words: Given = {
		bot,
		Bot: capital(bot),
		you,
		You: capital(you),
		other,
		Other: capital(other),
		place,
		Place: capital(place),
		thing,
		Thing: capital(thing)
	};
	const fill = (text: string, more: Given = {}): string => filler({ ...words, ...more })(text);
	return {
		thing,
		fill,
		say: (phrases, slot, step, chance, more = {}) => {
			const [first, second] = halves(phrases, slot, step, given.chatId, chance);
			return fill(`${first}${phrases.joined ?? ', and '}${second}.`, more);
		}
	};
};

/** The cast of a decision: {bot} spoke the reply, {other} is the second bot, there or not. */
export const castOfFacts = (facts: StoryFacts): Cast =>
	castOf({ ...facts, other: facts.speaker === 'host' ? facts.guest : facts.host });
