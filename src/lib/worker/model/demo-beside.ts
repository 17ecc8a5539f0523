// What the demo storyteller says beside its replies: a witness's short word, and the turns of a scene without the player.
import { APART_DOES, APART_SAYS, APART_TOLD, BREAKS_IN, STIRS } from './demo-beside-lines.ts';
import { castOf } from './demo-cast.ts';
import { randomFrom } from './demo-chance.ts';

export interface Beside {
	readonly chatId: string;
	/** Seeds: the turn that is answered, and which of the replies to it this is. */
	readonly turnId: string;
	readonly alternative: number;
	/** Where in the order of phrases: no two turns of a chat share a number. */
	readonly step: number;
	/** Who speaks; null: the narrator of a scene. */
	readonly bot: string | null;
	/** Who replied before, or who else is in the scene. */
	readonly other: string | null;
	readonly you: string;
	readonly place: string | null;
}

/** A witness puts in a word: a sentence or two. */
export const demoInterjectionText = (beside: Beside): string => {
	const { turnId, alternative, step } = beside;
	const random = randomFrom(`${turnId}/${alternative}/beside`);
	const { say } = castOf({ ...beside, bot: beside.bot ?? '' });
	const stirs = `*${say(STIRS, 'stirs', step, random())}*`;
	const words = `"${say(BREAKS_IN, 'breaks-in', step, random())}"`;
	return random() < 0.5 ? `${stirs} ${words}` : `${words} ${stirs}`;
};

/** One turn of a scene without the player. */
export const demoApartText = (beside: Beside): string => {
	const { turnId, alternative, step, bot } = beside;
	const random = randomFrom(`${turnId}/${alternative}/apart`);
	const { say } = castOf({ ...beside, bot: bot ?? '' });
	if (bot === null) return say(APART_TOLD, 'apart-told', step, random());
	const does = `*${say(APART_DOES, 'apart-does', step, random())}*`;
	const words = `"${say(APART_SAYS, 'apart-says', step, random())}"`;
	return random() < 0.5 ? `${does} ${words}` : `${words} ${does}`;
};
