// What surrounds a turn whose effects are looked for: who was really there, what is known, and what handles stand for.
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Table } from '../kernel/sql.ts';
import { chatStream } from '../streams.ts';
import { bots } from '../library/bots.ts';
import { yous } from '../library/personas.ts';
import { chats, findChat, type Chat } from './chats.ts';
import { WHO, type Who } from './classifiers.ts';
import { people, type Entity, type People } from './people.ts';
import { newestTurnId, turns, type Present } from './turns.ts';

/** The turn that is looked at, and who was there. */
export interface Around {
	readonly chat: Chat;
	readonly stream: string;
	readonly people: People;
	readonly turnId: string;
	readonly round: number;
	/** Who spoke it; null: the narrator, or a guest who has left since. */
	readonly speaker: 'host' | 'guest' | null;
	/** As they were called then; empty: the narrator. */
	readonly speakerName: string;
	readonly present: Present;
	/** Nothing was played since: where everybody is and what time it is may be said by it. */
	readonly newest: boolean;
	/** The scene elsewhere it is part of: you are not there, and the clock of the story does not follow it. */
	readonly meanwhileId: string | null;
	readonly interjection: boolean;
	/** Its words broke off, and may go on yet. */
	readonly unfinished: boolean;
}

/** The tables {@link lookAround} reads. */
export const AROUND: readonly Table[] = [chats, bots, yous, turns];

const turnRow = z.object({
	position: z.number(),
	round: z.number(),
	role: z.enum(['user', 'assistant', 'narrator']),
	speakerId: z.string().nullable(),
	speakerName: z.string(),
	interjectionOf: z.string().nullable(),
	meanwhileId: z.string().nullable(),
	truncated: z.number().transform(Boolean),
	present: z.number()
});

/** Null when the turn is not in the story any more. */
export const lookAround = (read: Read, stream: string, turnId: string): Around | null => {
	const found = findChat(read, stream.slice(chatStream('').length));
	const turn = read.one(
		turnRow,
		sql`select position, round, role, speaker_id as speakerId, speaker_name as speakerName,
				interjection_of as interjectionOf, meanwhile_id as meanwhileId, truncated, present
			from ${turns} where stream = ${stream} and turn_id = ${turnId}`
	);
	if (found === null || turn === null) return null;
	// whoever came after the turn has nothing to do with it: who was called the guest in it is somebody else
	const chat =
		found.guestSince !== null && found.guestSince > turn.position
			? { ...found, guestId: null, guestName: null, guestSince: null }
			: found;
	const guest = (turn.present & 4) !== 0 && chat.guestId !== null;
	return {
		chat,
		stream,
		people: people(read, chat),
		turnId,
		round: turn.round,
		speaker:
			turn.role !== 'assistant'
				? null
				: turn.speakerId === chat.hostId
					? 'host'
					: turn.speakerId === chat.guestId
						? 'guest'
						: null,
		speakerName: turn.role === 'narrator' ? '' : turn.speakerName,
		present: { you: (turn.present & 1) !== 0, host: (turn.present & 2) !== 0, guest },
		newest: newestTurnId(read, stream) === turnId,
		meanwhileId: turn.meanwhileId,
		interjection: turn.interjectionOf !== null,
		unfinished: turn.truncated
	};
};

const isWho = (said: string): said is Who => WHO.some((who) => who === said);

/** Who a classifier means; null for nobody of this story. Models write "You" and "the host" too. */
export const whoIs = (said: string): Who | null => {
	const plain = said
		.trim()
		.toLowerCase()
		.replace(/^the\s+/u, '');
	return isWho(plain) ? plain : null;
};

/** The one in the role, as events name it; null where there is none. */
export const entityOf = ({ chat }: Pick<Around, 'chat'>, who: Who): Entity | null =>
	who === 'you' ? 'you' : who === 'host' ? chat.hostId : chat.guestId;

/** What is called by a handle in a request, and comes back by it: handle → id. Only of this request, and looked up anew. */
export const known = z.record(z.string().max(20), z.string().max(100));
export type Known = z.output<typeof known>;

/** Why something a classifier said was left out. Codes: screens have the sentence. */
export type DropReason =
	'unknown' | 'not-there' | 'empty' | 'too-many' | 'too-much' | 'no-change' | 'past' | 'pinned' | 'over';

/**
 * Something a classifier said that was left out, or made smaller. `said`: a short piece of it, for a person to see. `times`:
 * how often in all, where it was not once.
 */
export interface Dropped {
	readonly what: 'memory' | 'edge' | 'activity' | 'place' | 'time' | 'thread' | 'event';
	readonly why: DropReason;
	readonly said: string;
	readonly times?: number;
}

const SAID_MAX_CHARS = 80;
/** So many of one sort are told in their words; more are counted. */
const TOLD_OF_A_SORT = 3;
/** The most notes there can be: a few of each sort of what, for each sort of why. */
export const DROPPED_MAX = 200;

/** Cut between characters, never inside a surrogate pair, and without blanks at its ends. */
export const cut = (text: string, most: number): string => {
	const trimmed = text.trim();
	if (trimmed.length <= most) return trimmed;
	const end = trimmed.charCodeAt(most - 1);
	return trimmed.slice(0, end >= 0xd800 && end <= 0xdbff ? most - 1 : most).trim();
};

/** A list of what was left out, as it grows: a few of each sort by their words, and the last of them for all others. */
export const droppings = () => {
	const list: Dropped[] = [];
	return {
		list,
		drop: (what: Dropped['what'], why: DropReason, said: string, times = 1): void => {
			if (times < 1) return;
			const same = list.filter((one) => one.what === what && one.why === why);
			const last = same.length < TOLD_OF_A_SORT && said !== '' ? undefined : same.at(-1);
			if (last === undefined)
				list.push({ what, why, said: cut(said, SAID_MAX_CHARS), ...(times === 1 ? {} : { times }) });
			else list[list.indexOf(last)] = { ...last, times: (last.times ?? 1) + times };
		}
	};
};
export type Droppings = ReturnType<typeof droppings>;

/** A whole number within bounds, whatever was said. */
export const within = (value: number, least: number, most: number): number =>
	Number.isFinite(value) ? Math.min(most, Math.max(least, Math.round(value))) : Math.max(least, 0);
