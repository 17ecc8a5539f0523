// What the demo storyteller drafts for the player: a gesture and a few words, to be changed or thrown away.
import type { ProseRequest } from '../../domain/story/prompt.ts';
import { filler } from './demo-cast.ts';
import { randomFrom } from './demo-chance.ts';
import { cleanName, placePhrase } from './demo-echo.ts';

const DOES = [
	'I take a step closer',
	'I look round {place} before I answer',
	'I wait until it is quiet',
	'I turn it over in my mind',
	'I lean against the wall and fold my arms',
	'I hold out an open hand',
	'I cannot help smiling',
	'I shake my head, slowly'
] as const;

const SAYS = [
	'Tell me the part you have left out, {bot}.',
	'Then let us go and see for ourselves.',
	'I believe you. I only wish that I did not.',
	'And if I said no, {bot}?',
	'Give me a moment. There is something that does not fit.',
	'You have done this before, have you not?',
	'I will come along, on one condition.',
	'Show me, {bot}. Words are cheap at {place}.'
] as const;

const from = (lines: readonly [string, ...string[]], chance: number): string =>
	lines[Math.floor(chance * lines.length)] ?? lines[0];

/** A turn for the player. Another job asked at the same place brings another one. */
export const demoDraft = ({ jobId, story }: ProseRequest): string => {
	const random = randomFrom(`${jobId}/draft`);
	const fill = filler({ bot: cleanName(story.host, 'friend'), place: placePhrase(story.place) });
	return fill(`*${from(DOES, random())}.* "${from(SAYS, random())}"`);
};
