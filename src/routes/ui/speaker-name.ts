// What the speaker of a turn is called: a player without a name is you, and a narrator has none.
import { words } from '../words/words.ts';
import { plainName } from './plain.ts';

export const speakerName = (turn: {
	readonly role: 'user' | 'assistant' | 'narrator';
	readonly speakerName: string;
}): string => {
	if (turn.role === 'narrator') return words.chat.narrator;
	const name = plainName(turn.speakerName);
	return name === '' ? words.chat.you : name;
};
