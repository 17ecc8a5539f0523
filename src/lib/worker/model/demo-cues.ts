// Plain cues the demo storyteller goes by: a kind or a hard word, a name, a place somebody goes to, a line that was spoken.
import { cleanName, hearWords, placePhrase, quotable } from './demo-echo.ts';

const READ_LIMIT = 4000;
const PLACE_WORDS = 5;

/** What there is in somebody's words. The first that fits counts, the hard ones before the kind ones. */
export type Cue = 'insult' | 'sorry' | 'thanks' | 'please' | 'question' | 'none';

const EDGE = '[\\p{L}\\p{N}_]';
const anyOf = (words: string): RegExp => new RegExp(`(?<!${EDGE})(?:${words})(?!${EDGE})`, 'iu');

const CUES: readonly (readonly [Cue, RegExp])[] = [
	[
		'insult',
		anyOf(
			'idiots?|stupid|fools?|morons?|liars?|shut up|hate you|despise you|pathetic|ugly|useless|coward|get lost|go to hell|disgusting|dummkopf|imbécile|estúpido'
		)
	],
	[
		'sorry',
		anyOf('sorry|apologi[sz]e|apologies|forgive me|my fault|entschuldigung|pardon|perdón|excusez-moi')
	],
	[
		'thanks',
		anyOf(
			"thanks|thank you|thx|grateful|bless you|you(?:’|')re very kind|danke|merci|gracias|grazie|obrigad[oa]"
		)
	],
	['please', anyOf("please|kindly|would you mind|if you don(?:’|')t mind|bitte|s’il vous plaît|por favor")]
];

/** Asides are no part of the story. */
const storyOf = (words: string): string => words.slice(0, READ_LIMIT).replace(/\(\([^]*?(?:\)\)|$)/gu, ' ');

export const cueOf = (words: string): Cue => {
	const story = storyOf(words);
	const found = CUES.find(([, pattern]) => pattern.test(story));
	if (found !== undefined) return found[0];
	return hearWords(words).kind === 'asked' ? 'question' : 'none';
};

/** The name, or the first word of it, stands in the words. Scripts without spaces know no borders of words. */
export const isNamed = (name: string, words: string): boolean => {
	const story = storyOf(words).toLowerCase();
	const clean = cleanName(name, '').toLowerCase();
	return [clean, clean.split(' ')[0] ?? ''].some((each) => {
		if (each === '') return false;
		const at = story.indexOf(each);
		if (at < 0) return false;
		if (!/^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]+$/u.test(each)) return true;
		return new RegExp(`(?<!${EDGE})${each}(?!${EDGE})`, 'u').test(story);
	});
};

const GO = 'go|head|walk|move|run|ride|drive|sail|travel|return|hurry|climb';
const GOES = 'goes|heads|walks|moves|runs|rides|drives|sails|travels|returns|hurries|climbs';
const WAY = '(?: (?:back|over|down|up|out|off|on|along|across|straight|all the way))*';
const TO = ' (?:to|into|onto|towards?) ';
const GOING = [
	`(?<!${EDGE})(?:let(?:’|')?s|let us|shall we|we should|we could|can we|i(?:’|')ll|i will|we(?:’|')ll|we will|i|we) (?:(?:all|both|now|just|then) )?(?:${GO})${WAY}${TO}`,
	`(?<!${EDGE})(?:i(?:’|')m|i am|we(?:’|')re|we are) (?:off|going|heading|walking|running|riding|driving|sailing|travelling|returning)${WAY}${TO}`,
	`\\*(?:${GO}|${GOES})${WAY}${TO}`
].map((pattern) => new RegExp(pattern, 'iu'));

/** Not gone to as to a place, or no other place than where one is. */
const NO_PLACE =
	/^(?:(?:the|my|your|our|a|an|his|her|their) )?(?:windows?|doors?|doorway|desk|table|chair|bed|sleep|work|wall|corner|fire|stove|counter|shelf|side|edge|you|me|him|her|us|them|it|this|that|there|here|see|find|get|look|ask|talk|speak|tell|be|do|take|have|make|one|two|war|pieces|hell)(?![\p{L}\p{N}])/iu;
const PLACE_ENDS =
	/[.,;:!?…\n*"“”()—–]|(?<![\p{L}\p{N}_])(?:and|but|or|then|so|because|with|before|after|when|while|where|until|if|now|today|tonight|tomorrow|together|please|first|again|at once|right away|for a|to)(?![\p{L}\p{N}_])/iu;

/** The place the player says somebody goes to, as the story may call it; null when none is, or it is `here` already. */
export const destinationOf = (words: string, here: string | null): string | null => {
	const story = storyOf(words).replace(/[^\S\n]+/gu, ' ');
	for (const pattern of GOING) {
		const found = pattern.exec(story);
		if (found === null) continue;
		const rest = story.slice(found.index + found[0].length, found.index + found[0].length + 200);
		const named = (rest.split(PLACE_ENDS)[0] ?? '').trim();
		const place = cleanName(named.split(' ').slice(0, PLACE_WORDS).join(' '), '');
		if (place === '' || NO_PLACE.test(place)) continue;
		const same = placePhrase(place).toLowerCase() === placePhrase(here).toLowerCase();
		return same ? null : place;
	}
	return null;
};

/** A word worth knowing a plan by. */
const TELLING_LETTERS = 5;
const wordsIn = (text: string): readonly string[] =>
	text
		.toLowerCase()
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== '');

/** The words touch on what the title is about: the thing of the chat, or a longer word that both have. */
export const touchesOn = (title: string, thing: string, names: readonly string[], words: string): boolean => {
	const said = new Set(wordsIn(storyOf(words)));
	const noun = wordsIn(thing).at(-1);
	const about = wordsIn(title);
	const ignored = new Set(names.flatMap(wordsIn));
	return about.some(
		(word) => said.has(word) && !ignored.has(word) && (word === noun || word.length > TELLING_LETTERS)
	);
};

/** A line somebody spoke in a reply, fit to be quoted; `chance` chooses one. Null when nobody spoke. */
export const lineOf = (reply: string, chance: number): string | null => {
	const lines = [...storyOf(reply).matchAll(/["“]([^"“”]{2,600})["”]/gu)]
		.flatMap(([, speech]) => [...(speech ?? '').matchAll(/[^.!?…。！？]+/gu)].map(([line]) => line))
		// what holds a quotation, or an end of one, is not quoted again
		.filter((line) => !/‘|(?<!\p{L})’|’(?!\p{L})/u.test(line))
		.map(quotable)
		.filter((line) => line !== null);
	return lines[Math.floor(chance * lines.length)] ?? null;
};
