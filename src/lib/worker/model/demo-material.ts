// What the demo finds in the material of an assessment: the turns by their marks, the facts, and words that can be quoted.
import { QUOTE_MAX_CHARS } from '../../domain/desk/assessment-answer.ts';

export interface ToldTurn {
	readonly alias: string;
	readonly person: boolean;
	readonly speaker: string;
	readonly text: string;
}

const codeIn = (data: string): string | undefined => /^=== (\S+) facts$/mu.exec(data)?.[1];

/** The turns of a prompt, found by its marks. */
export const turnsIn = (data: string): readonly ToldTurn[] => {
	const code = codeIn(data);
	if (code === undefined) return [];
	return data.split(new RegExp(`^=== ${code} `, 'mu')).flatMap((part) => {
		const end = part.indexOf('\n');
		const [, alias, by, speaker = ''] = /^(T\d+) · (\S+) · ([^·\n]*)/u.exec(part) ?? [];
		if (alias === undefined || end === -1) return [];
		return [{ alias, person: by === 'person', speaker: speaker.trim(), text: part.slice(end + 1).trimEnd() }];
	});
};

/** The lines of facts that stand before the transcript. */
export const factsIn = (data: string): readonly string[] => {
	const code = codeIn(data);
	return code === undefined
		? []
		: (data.split(`=== ${code} transcript`)[0] ?? '').split('\n').filter((line) => !line.startsWith('=== '));
};

/** Words as they may be quoted: from their beginning, no longer than quotes are, and the last one whole. */
export const cutToQuote = (text: string): string =>
	(text.length <= QUOTE_MAX_CHARS ? text : text.slice(0, QUOTE_MAX_CHARS).replace(/\s+\S*$/u, ''))
		.replace(/[\uD800-\uDBFF]$/u, '')
		.trim();

/** The first sentence of a text, as it stands there. */
export const sentence = (text: string): string => {
	const line = text.split('\n').find((each) => /\p{L}/u.test(each)) ?? '';
	return cutToQuote(/^.*?[.!?…]["”’'*_)]*(?=\s|$)/u.exec(line.trim())?.[0] ?? line.trim());
};

/** A reference to a turn by words that stand in it. */
export const quoting = ({ alias, text }: ToldTurn, words = sentence(text)) => {
	const quote = cutToQuote(words);
	return { turn: alias, quote: quote === '' ? null : quote };
};
