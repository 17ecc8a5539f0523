// Gathers what one reply is asked with: what its speaker was there for, feels and remembers, and nothing of anybody else's.
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Table } from '../kernel/sql.ts';
import { bots, findBot } from '../library/bots.ts';
import { findYou, yous } from '../library/personas.ts';
import { chatStream } from '../streams.ts';
import { activities, presentWith } from './activity.ts';
import type { Asked } from './asked-reply.ts';
import { authorNotes } from './author-note.ts';
import { chats, type Chat } from './chats.ts';
import { edgeHistory, edges } from './edges.ts';
import { meanwhiles } from './meanwhile-scenes.ts';
import { memories } from './memories.ts';
import { people, type Entity } from './people.ts';
import { containers } from './places.ts';
import { buildPrompt, type Prompt } from './prompt.ts';
import type { NewestTurns, ToldTurn } from './prompt-history.ts';
import { NAMELESS_PLAYER, type Sheet } from './prompt-rules.ts';
import { recall } from './recall.ts';
import { standingOf } from './reply-standing.ts';
import { scenes, whatStays } from './scenes.ts';
import { storyEvents } from './story-events.ts';
import { storyNow } from './story-now.ts';
import { threads } from './threads.ts';
import { turns, wordsRow, type Present } from './turns.ts';

/** Every table that is read for a prompt. */
export const PROMPT_READS: readonly Table[] = [
	chats,
	turns,
	bots,
	yous,
	eventLog,
	activities,
	scenes,
	containers,
	storyNow,
	edges,
	edgeHistory,
	memories,
	storyEvents,
	threads,
	meanwhiles,
	authorNotes
];

const placeInStory = z.object({ number: z.number(), round: z.number() });

const placeOfTurn = (read: Read, stream: string, turnId: string) =>
	read.one(
		placeInStory,
		sql`select number, round from ${turns} where stream = ${stream} and turn_id = ${turnId}`
	);

/** The number of the first turn after a position of the chat: found by index, however long ago that is. */
const firstTurnSince = (read: Read, stream: string, since: number): number | null => {
	const turn = read.one(
		z.object({ turnId: z.string() }),
		sql`select anchor as turnId from ${eventLog} where stream = ${stream} and stream_seq >= ${since} and opens_turn = 1
				and superseded_by is null
			order by stream_seq limit 1`
	);
	return turn === null ? null : (placeOfTurn(read, stream, turn.turnId)?.number ?? null);
};

const hasModelSpoken = (read: Read, stream: string, before: number): boolean =>
	read.one(
		z.object({ number: z.number() }),
		sql`select number from ${turns} where stream = ${stream} and number < ${before} and model is not null limit 1`
	) !== null;

/** The narrator's part of the cast. */
const NARRATING: Sheet = {
	name: 'the narrator',
	description: 'Nobody in the story: the voice that tells what happens around those who are.',
	scenario: '',
	examples: ''
};

/** The player's part of the cast, where they have no persona. */
const PLAYER: Sheet = { name: NAMELESS_PLAYER, description: '', scenario: '', examples: '' };

const NOBODY: Present = { you: false, host: false, guest: false };

/** How much is recalled before it is seen what fits: what does not is told to whoever inspects the prompt. */
const RECALL_COUNT = 24;
const RECALL_TOKENS = 2000;
/** Of so many scenes that are over what stays is told at most. */
const SCENES_TOLD = 40;

/** The prompt of one reply; null when what it is about is gone. Reads {@link PROMPT_READS}. */
export const promptFor = (read: Read, asked: Asked): Prompt | null => {
	const { chat, speakerId, as } = asked;
	const stream = chatStream(chat.chatId);
	const answered = placeOfTurn(read, stream, asked.turnId);
	const last = as.kind === 'interjection' ? placeOfTurn(read, stream, as.after) : answered;
	const host = findBot(read, chat.hostId);
	const guest = chat.guestId === null ? null : findBot(read, chat.guestId);
	const isGuest = speakerId !== null && speakerId === chat.guestId;
	const you = chat.youId === null ? null : findYou(read, chat.youId);
	const drafts = as.kind === 'draft';
	const speaker =
		speakerId === null
			? NARRATING
			: drafts
				? { ...PLAYER, ...(you ?? {}) }
				: isGuest
					? guest
					: speakerId === chat.hostId
						? host
						: null;
	if (answered === null || last === null || host === null || speaker === null) return null;
	const begins = beginsFor(read, asked);
	const there = whoIsThere(read, chat, speakerId, as);
	const standing = standingOf(read, asked, there, speaker.name);
	const others = [
		...(host === speaker ? [] : [{ ...host, there: there.host }]),
		...(guest === null || guest === speaker ? [] : [{ ...guest, there: there.guest }])
	].filter((each) => as.kind !== 'meanwhile' || each.there);
	return buildPrompt({
		...asked,
		chatId: chat.chatId,
		turnId: as.kind === 'interjection' ? as.after : asked.turnId,
		answers: asked.turnId,
		kind: as.kind,
		cast: {
			kind: chat.kind,
			speaker,
			others,
			you: drafts ? null : you,
			scenario: host.scenario,
			without: drafts ? 'spoken-for' : as.kind === 'meanwhile' ? 'absent' : null
		},
		standing,
		span: { begins: Math.min(begins, answered.number), ends: last.number },
		newest: newestOf(read, asked, {
			begins: Math.min(begins, answered.number),
			answered: answered.number,
			last: last.number
		}),
		scenes:
			// in a scene elsewhere nothing else is told
			speakerId === null || as.kind === 'meanwhile'
				? { stayed: [], beyond: 0 }
				: whatStays(read, stream, speakerId, { begins, ends: last.number }, SCENES_TOLD),
		recall: (cue) =>
			speakerId === null
				? { recalled: [], beyond: 0 }
				: recall(read, {
						stream,
						entity: speakerId,
						cue,
						turn: answered.number,
						count: RECALL_COUNT,
						tokens: RECALL_TOKENS
					}),
		story: {
			kind: chat.kind,
			bot: speaker.name,
			you: you?.name ?? '',
			place: standing.place?.name ?? null,
			turn: answered.round,
			said: last.number,
			first: !hasModelSpoken(read, stream, answered.number),
			speaker: drafts ? 'you' : isGuest ? 'guest' : 'host',
			host: host.name,
			guest: guest?.name ?? null,
			present: there,
			interjection: as.kind === 'interjection',
			meanwhile: as.kind === 'meanwhile',
			minutes: standing.clock.minutes,
			weather: standing.clock.weather
		}
	});
};

/** The number of the first turn that may be told. */
const beginsFor = (read: Read, { chat, speakerId, turnId, as }: Asked): number => {
	const stream = chatStream(chat.chatId);
	if (as.kind === 'meanwhile') return placeOfTurn(read, stream, as.begunBy)?.number ?? 1;
	if (speakerId !== chat.guestId) return 1;
	// who came in after all that was said is told only what is answered
	return firstTurnSince(read, stream, chat.guestSince ?? 0) ?? placeOfTurn(read, stream, turnId)?.number ?? 1;
};

const whoIsThere = (read: Read, chat: Chat, speakerId: string | null, as: Asked['as']): Present => {
	if (as.kind !== 'meanwhile') return speakerId === null ? NOBODY : presentWith(read, chat, speakerId);
	const has = (who: Entity | null): boolean => who !== null && as.participants.includes(who);
	return { you: false, host: has(chat.hostId), guest: has(chat.guestId) };
};

const turnRow = z.object({
	turnId: z.string(),
	number: z.number(),
	role: z.enum(['user', 'assistant', 'narrator']),
	speakerId: z.string().nullable(),
	speakerName: z.string(),
	untold: z.enum(['hidden', 'not_there', 'elsewhere']).nullable(),
	text: wordsRow
});

/** Bits of `turns.present`. */
const YOU_BIT = 1;
const HOST_BIT = 2;
const GUEST_BIT = 4;

/**
 * Turns of the chat as its speaker may know them. What is answered, and what was said since, is told in any case: it was said
 * to the speaker.
 */
const newestOf = (
	read: Read,
	{ chat, speakerId, as }: Asked,
	{ answered, last, begins }: { readonly answered: number; readonly last: number; readonly begins: number }
): NewestTurns => {
	const stream = chatStream(chat.chatId);
	const bit = as.kind === 'draft' ? YOU_BIT : speakerId === chat.guestId ? GUEST_BIT : HOST_BIT;
	const meanwhileId = as.kind === 'meanwhile' ? as.meanwhileId : null;
	const { you, host, guest } = people(read, chat);
	const names = new Map([host, ...(guest === null ? [] : [guest])].map(({ entity, name }) => [entity, name]));
	// nobody has spoken to whoever drafts: the newest turn may be one the player was not there for
	const addressed = as.kind === 'draft' ? sql`false` : sql`number >= ${answered}`;
	const untold =
		meanwhileId === null
			? sql`case when ${addressed} then null when hidden = 1 then 'hidden'
					when meanwhile_id is not null then 'elsewhere' when present & ${bit} = 0 then 'not_there' end`
			: sql`case when meanwhile_id is not ${meanwhileId} then 'elsewhere' when hidden = 1 then 'hidden' end`;
	return (count) =>
		read
			.all(
				turnRow,
				// the words of what is not told are not even read
				sql`select turn_id as turnId, number, role, speaker_id as speakerId, speaker_name as speakerName, untold,
						case when untold is null then (select e.payload ->> '$.text' from ${eventLog} e
							where e.stream = t.stream and e.stream_seq = t.text_at) end as text
					from (select *, ${untold} as untold from ${turns}
						where stream = ${stream} and number <= ${last} and number >= ${Math.max(begins, last - count + 1)}) t
					order by number`
			)
			.map(({ speakerName, ...turn }): ToldTurn => ({
				...turn,
				// whoever speaks for the player has said what the player said
				...(as.kind === 'draft' && turn.role === 'user' ? { speakerId } : {}),
				name:
					turn.role === 'user'
						? you.name
						: turn.role === 'assistant'
							? (names.get(turn.speakerId ?? '') ?? speakerName)
							: ''
			}));
};
