// Finds in the player's words what the demo storyteller can say back, in any script and at any length.

/** What the player did, and a short piece of it that is safe inside a sentence of ours. */
export type Heard =
	{ readonly kind: 'said' | 'asked' | 'done'; readonly echo: string } | { readonly kind: 'silent' };

const READ_LIMIT = 2000;
const MOST_WORDS = 9;
const MOST_CHARACTERS = 56;
const NAME_CHARACTERS = 48;

const QUESTION_END = /[?？؟⸮]\s*$/u;
const SOMETHING = /[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** One line without markup, quotation marks, control and formatting characters; joiners inside words and emoji stay. */
const plain = (text: string): string =>
	text
		.replace(/\p{Surrogate}/gu, '')
		.replace(/[*_`~#<>[\]{}()|\\"“”„«»‘]/gu, ' ')
		.replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
		.replace(/\s+/gu, ' ')
		.trim();

/** Cuts between characters as people see them, never inside an emoji or a surrogate pair. */
const cut = (text: string, most: number): string => {
	let kept = '';
	let count = 0;
	// no character worth keeping whole is longer than this
	for (const { segment } of graphemes.segment(text.slice(0, most * 32))) {
		if (count === most) return `${kept.trimEnd()}…`;
		kept += segment;
		count += 1;
	}
	return kept;
};

const shorten = (sentence: string): string => {
	const words = sentence.split(' ');
	if (words.length <= MOST_WORDS) return cut(sentence, MOST_CHARACTERS);
	return cut(
		`${words
			.slice(0, MOST_WORDS)
			.join(' ')
			.replace(/[\p{P}\s]+$/u, '')}…`,
		MOST_CHARACTERS
	);
};

/** A name as it can stand in a sentence; `fallback` when nothing of it is left. */
export const cleanName = (name: string, fallback: string): string => {
	const clean = cut(plain(name.slice(0, READ_LIMIT)), NAME_CHARACTERS);
	return SOMETHING.test(clean) ? clean : fallback;
};

/** A line as it can stand in single quotation marks inside a sentence of ours; null when nothing of it is left. */
export const quotable = (line: string): string | null => {
	const short = shorten(plain(line).replace(/[\p{Po}\p{Pd}\s]+$/u, ''));
	return SOMETHING.test(short) ? short : null;
};

/** Listens to the player's words. Asides in `((double brackets))` are not part of the story and are passed over. */
export const hearWords = (words: string): Heard => {
	const story = words.slice(0, READ_LIMIT).replace(/\(\([^]*?(?:\)\)|$)/gu, ' ');
	const spoken = story.replace(/\*[^*]*\*/gu, '\n');
	const acted = [...story.matchAll(/\*([^*]*)\*/gu)].map((match) => match[1] ?? '').join('\n');
	const done = !SOMETHING.test(spoken) && SOMETHING.test(acted);
	const sentences = [...(done ? acted : spoken).matchAll(/[^.!?…。！？؟⸮\n]+[.!?…。！？؟⸮]*/gu)]
		.map(([sentence]) => plain(sentence))
		.filter((sentence) => SOMETHING.test(sentence));
	const question = done ? undefined : sentences.findLast((sentence) => QUESTION_END.test(sentence));
	if (question !== undefined) {
		const mark = /[？؟⸮]\s*$/u.exec(question)?.[0].trim() ?? '?';
		const short = shorten(question.replace(/[\p{P}\s]+$/u, ''));
		return { kind: 'asked', echo: short.endsWith('…') ? short : short + mark };
	}
	const chosen = sentences.slice(0, 3).toSorted((a, b) => b.length - a.length)[0];
	if (chosen === undefined) return { kind: 'silent' };
	const short = quotable(chosen);
	return short === null ? { kind: 'silent' } : { kind: done ? 'done' : 'said', echo: short };
};

/** A place as a noun phrase in the middle of a sentence: "on the roof" → "the roof", "harbour" → "the harbour". */
export const placePhrase = (place: string | null): string => {
	const clean = place === null ? '' : cleanName(place, '');
	if (clean === '') return 'this place';
	const bare = clean.replace(
		/^(?:in|on|at|by|near|inside|under|behind|outside|within|aboard)\s+(?=\S)/iu,
		''
	);
	if (/^(?:the|this|that|my|your|our|his|her|its|their)\s/iu.test(bare))
		return bare.replace(/^The\s/u, 'the ');
	const named = bare.replace(/^(?:an?|some)\s+(?=\S)/iu, '');
	return /^[a-z]/u.test(named) ? `the ${named}` : named;
};
