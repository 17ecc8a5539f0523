// Facts for requests that tests make by hand: an ordinary reply of the host, alone with the player.
import type { ProseRequest } from '../../src/lib/domain/story/prompt.ts';

export const proseStory = (facts: Partial<ProseRequest['story']> = {}): ProseRequest['story'] => {
	const bot = facts.bot ?? 'Mara';
	const turn = facts.turn ?? 1;
	return {
		kind: 'story',
		bot,
		you: 'Ada',
		place: null,
		turn,
		said: turn * 2 - 1,
		first: turn === 1,
		words: '',
		speaker: 'host',
		host: bot,
		guest: null,
		present: { you: true, host: true, guest: false },
		interjection: false,
		meanwhile: false,
		heard: facts.words ?? '',
		minutes: 540,
		weather: '',
		...facts
	};
};
