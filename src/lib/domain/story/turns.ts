// Turns: what was said. The player's, the replies to it, what a narrator says, and edits that keep the older text.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import { eventLog } from '../kernel/log.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { TURN_MAX_CHARS } from './limits.ts';
import { countTurn, storyNow } from './story-now.ts';

/**
 * `position` is the stream_seq of the turn's event. `number` orders a chat: it counts the turns from 1 without a gap, and
 * `round` those that begin a group, up to and including this one, so that no query has to count a long chat.
 * `interjection_of`: the bot whose reply another bot put in a word after. `present`: who is there, as bits (1 you, 2 the
 * host, 4 the guest). `story_minutes`: what time it is in the story. `hidden`: no model is told of it.
 *
 * The words stay in the log: they are half of all there is, and a row that holds them overflows its page. `text_at` is
 * the stream_seq of the event that holds them, at `$.text` of its payload as stored. Upcasts never reach a stored payload,
 * so the words must stay at that place in every version of {@link HOLDS_WORDS}.
 */
export const turns = defineTable(
	'turns',
	`	stream text not null,
	turn_id text not null,
	position integer not null,
	number integer not null,
	round integer not null,
	role text not null check (role in ('user', 'assistant', 'narrator')),
	reply_to text,
	speaker_id text,
	speaker_name text not null,
	text_at integer not null,
	truncated integer not null check (truncated in (0, 1)),
	model text,
	input_tokens integer,
	output_tokens integer,
	edits integer not null,
	interjection_of text,
	meanwhile_id text,
	present integer not null check (present between 0 and 7),
	story_minutes integer not null,
	hidden integer not null check (hidden in (0, 1)),
	at integer not null,
	primary key (stream, turn_id)`,
	{
		indexes: {
			turns_by_number: '(stream, number)',
			turns_by_reply: '(stream, reply_to, position)',
			turns_by_meanwhile: '(stream, meanwhile_id, number) where meanwhile_id is not null'
		}
	}
);

/** The words of a turn as read from the log; empty where the event that held them is damaged, lest a chat cannot be read. */
export const wordsRow = z
	.string()
	.nullable()
	.transform((words) => words ?? '');

/** Where the texts are that an edit replaced, as in {@link turns}; revision 0 is what was first said. */
export const turnTexts = defineTable(
	'turn_texts',
	`	stream text not null,
	turn_id text not null,
	revision integer not null,
	text_at integer not null,
	replaced_at integer not null,
	primary key (stream, turn_id, revision)`
);

const text = z
	.string()
	.max(TURN_MAX_CHARS)
	.refine((value) => value.trim() !== '', { error: 'is empty', params: { problem: 'required' } });

const tokens = z.number().int().nonnegative().nullable();

/** US dollars; null where no price is known. */
const costUsd = z.number().nonnegative().max(1_000_000).nullable();

/** `cacheReadTokens` are part of `inputTokens`. `estimated`: counted by us, because the provider did not get to it. */
const usage = z
	.object({
		inputTokens: tokens,
		outputTokens: tokens,
		cacheReadTokens: tokens,
		costUsd,
		estimated: z.boolean()
	})
	.nullable();

export type Usage = NonNullable<z.output<typeof usage>>;

/** The same as it is told, and as the first version of a turn stored it: without what nobody knew. */
export const toldUsage = z
	.object({
		inputTokens: tokens,
		outputTokens: tokens,
		cacheReadTokens: tokens.default(null),
		costUsd: costUsd.default(null),
		estimated: z.boolean().default(false)
	})
	.nullable();

/** The first version counted tokens and nothing else. */
const withCost = (payload: unknown): unknown => {
	const turn = z.looseObject({ usage: z.unknown() }).parse(payload);
	return { ...turn, usage: toldUsage.parse(turn.usage) };
};

/** Who is there when something is said. The guest is whoever is the guest then. */
export const present = z.object({ you: z.boolean(), host: z.boolean(), guest: z.boolean() });

export type Present = z.output<typeof present>;

/** The first versions knew no places: everybody was where the story was. */
const EVERYBODY: Present = { you: true, host: true, guest: true };

const presentBits = ({ you, host, guest }: Present): number =>
	(you ? 1 : 0) + (host ? 2 : 0) + (guest ? 4 : 0);

const withPresent = (payload: unknown): unknown => ({
	...z.looseObject({}).parse(payload),
	present: EVERYBODY
});

/** No reply was an interjection, or part of a scene elsewhere, before there were such. */
const inTheMainStory = (payload: unknown): unknown => ({
	...z.looseObject({}).parse(payload),
	interjectionOf: null,
	meanwhileId: null,
	present: EVERYBODY
});

const NAME_CHARS = 60;

/** The first words of a text, in one line, for lists. */
const opening = (words: string): string => {
	const line = words.replace(/\s+/g, ' ').trim();
	return line.length > NAME_CHARS ? `${line.slice(0, NAME_CHARS)}…` : line;
};

/** How a turn is called in a list: who spoke, and the first words. */
const openingWords = (turn: {
	readonly speaker: { readonly name: string };
	readonly text: string;
}): string => (turn.speaker.name === '' ? opening(turn.text) : `${turn.speaker.name}: ${opening(turn.text)}`);

export const userTurn = defineEvent({
	kind: 'user_turn',
	payload: z.object({
		turnId: id,
		speaker: z.object({ youId: id.nullable(), name: z.string() }),
		/** Which member of the desk said it, in a case. Not there where nobody was chosen, and in older events. */
		memberId: id.optional(),
		text,
		present
	}),
	upcasts: [withPresent],
	writes: [turns, storyNow],
	opensTurn: true,
	named: openingWords,
	project: ({ stream, streamSeq, at, payload: turn }) => [
		countTurn(stream, 1),
		sql`insert into ${turns} (stream, turn_id, position, number, round, role, reply_to, speaker_id, speaker_name, text_at,
				truncated, model, input_tokens, output_tokens, edits, interjection_of, meanwhile_id, present, story_minutes,
				hidden, at)
			select stream, ${turn.turnId}, ${streamSeq}, turns, rounds, 'user', null, ${turn.speaker.youId},
				${turn.speaker.name}, ${streamSeq}, 0, null, null, null, 0, null, null, ${presentBits(turn.present)}, minutes,
				0, ${at}
			from ${storyNow} where stream = ${stream}`
	]
});

export const assistantTurn = defineEvent({
	kind: 'assistant_turn',
	payload: z.object({
		turnId: id,
		/** The user turn it answers; null for a greeting. */
		replyTo: id.nullable(),
		speaker: z.object({ botId: id, name: z.string() }),
		text,
		/** Stopped or cut: not all of what the model would have said. */
		truncated: z.boolean(),
		/** The model's own name, or null when a person wrote the words. */
		model: z.string().nullable(),
		usage,
		/** The bot that spoke before it in the same group, when it only puts in a word. */
		interjectionOf: id.nullable(),
		/** The scene elsewhere it is part of. */
		meanwhileId: id.nullable(),
		present
	}),
	upcasts: [withCost, inTheMainStory],
	writes: [turns, storyNow],
	opensTurn: true,
	named: openingWords,
	project: ({ stream, streamSeq, at, payload: turn }) => [
		countTurn(stream, 0),
		sql`insert into ${turns} (stream, turn_id, position, number, round, role, reply_to, speaker_id, speaker_name, text_at,
				truncated, model, input_tokens, output_tokens, edits, interjection_of, meanwhile_id, present, story_minutes,
				hidden, at)
			select stream, ${turn.turnId}, ${streamSeq}, turns, rounds, 'assistant', ${turn.replyTo},
				${turn.speaker.botId}, ${turn.speaker.name}, ${streamSeq}, ${turn.truncated ? 1 : 0}, ${turn.model},
				${turn.usage?.inputTokens ?? null}, ${turn.usage?.outputTokens ?? null}, 0, ${turn.interjectionOf},
				${turn.meanwhileId}, ${presentBits(turn.present)}, minutes, 0, ${at}
			from ${storyNow} where stream = ${stream}`
	]
});

/** What nobody in the story says: that time passes, or where a scene elsewhere begins. It may be answered. */
export const narratorTurn = defineEvent({
	kind: 'narrator_turn',
	payload: z.object({ turnId: id, text, meanwhileId: id.nullable(), present }),
	upcasts: [],
	writes: [turns, storyNow],
	opensTurn: true,
	named: (turn) => opening(turn.text),
	project: ({ stream, streamSeq, cause, at, payload: turn }) => [
		countTurn(stream, cause === null ? 1 : 0),
		sql`insert into ${turns} (stream, turn_id, position, number, round, role, reply_to, speaker_id, speaker_name, text_at,
				truncated, model, input_tokens, output_tokens, edits, interjection_of, meanwhile_id, present, story_minutes,
				hidden, at)
			select stream, ${turn.turnId}, ${streamSeq}, turns, rounds, 'narrator', ${cause}, null, '', ${streamSeq}, 0, null,
				null, null, 0, null, ${turn.meanwhileId}, ${presentBits(turn.present)}, minutes, 0, ${at}
			from ${storyNow} where stream = ${stream}`
	]
});

export const turnEdited = defineEvent({
	kind: 'turn_edited',
	payload: z.object({ turnId: id, text }),
	upcasts: [],
	writes: [turns, turnTexts],
	named: ({ text: to }) => opening(to),
	about: ({ stream, payload: edit }) =>
		sql`select 1 from ${turns} where stream = ${stream} and turn_id = ${edit.turnId}`,
	project: ({ stream, streamSeq, at, payload: edit }) => [
		sql`insert into ${turnTexts} (stream, turn_id, revision, text_at, replaced_at)
			select stream, turn_id, edits, text_at, ${at} from ${turns} where stream = ${stream} and turn_id = ${edit.turnId}`,
		sql`update ${turns} set text_at = ${streamSeq}, edits = edits + 1
			where stream = ${stream} and turn_id = ${edit.turnId}`
	]
});

/** The kinds whose events hold the words of a turn. */
export const HOLDS_WORDS = [userTurn, assistantTurn, narratorTurn, turnEdited] as const;

/** Changes the words of a turn; the older text is kept. Nothing is asked of a model. */
export const editTurn = defineCommand({
	name: 'edit_turn',
	input: z.object({ chatId: id, turnId: id, text }),
	reads: [turns, eventLog],
	decide: ({ chatId, turnId, text: to }, read) => {
		const stream = chatStream(chatId);
		const turn = read.one(
			z.object({ text: wordsRow }),
			sql`select (select e.payload ->> '$.text' from ${eventLog} e
					where e.stream = t.stream and e.stream_seq = t.text_at) as text
				from ${turns} t where t.stream = ${stream} and t.turn_id = ${turnId}`
		);
		if (turn === null) return refuse({ type: 'turn_unknown', chatId, turnId });
		const events =
			turn.text === to ? [] : [turnEdited({ stream, anchor: turnId, payload: { turnId, text: to } })];
		return decided({ events, value: { turnId } });
	}
});

/** The id of a chat's newest turn, or null: the anchor of what a person changes by hand. */
export const newestTurnId = (read: Read, stream: string): string | null =>
	read.one(
		z.object({ turnId: z.string() }),
		sql`select turn_id as turnId from ${turns} where stream = ${stream} order by number desc limit 1`
	)?.turnId ?? null;

/** Every text a turn had before its present one, oldest first. */
export const earlierTexts = defineQuery({
	name: 'earlier_texts',
	input: z.object({ chatId: id, turnId: id }),
	reads: [turnTexts, eventLog],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId, turnId }) =>
		read.all(
			z.object({ revision: z.number(), text: wordsRow, replacedAt: z.number() }),
			sql`select revision, (select e.payload ->> '$.text' from ${eventLog} e
					where e.stream = t.stream and e.stream_seq = t.text_at) as text,
					replaced_at as replacedAt
				from ${turnTexts} t where t.stream = ${chatStream(chatId)} and t.turn_id = ${turnId} order by revision`
		)
});
