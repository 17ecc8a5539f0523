// Turns: what was said. A user turn, the replies to it, and edits that keep the older text.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { TURN_MAX_CHARS } from './limits.ts';

/**
 * `position` is the stream_seq of the turn's event: it orders a chat and never moves. `number` counts the chat's turns
 * and `round` those of the player, up to and including this one, so that no query has to count a long chat.
 */
export const turns = defineTable(
	'turns',
	`	stream text not null,
	turn_id text not null,
	position integer not null,
	number integer not null,
	round integer not null,
	role text not null check (role in ('user', 'assistant')),
	reply_to text,
	speaker_id text,
	speaker_name text not null,
	text text not null,
	truncated integer not null check (truncated in (0, 1)),
	model text,
	input_tokens integer,
	output_tokens integer,
	edits integer not null,
	at integer not null,
	primary key (stream, turn_id)`,
	{ indexes: { turns_by_position: '(stream, position)', turns_by_reply: '(stream, reply_to, position)' } }
);

/** How many turns a chat has, and how many of them are the player's: what the next turn is numbered by. */
export const turnCounts = defineTable(
	'turn_counts',
	`	stream text not null primary key,
	turns integer not null,
	rounds integer not null`
);

/** Texts an edit replaced; revision 0 is what was first said. */
export const turnTexts = defineTable(
	'turn_texts',
	`	stream text not null,
	turn_id text not null,
	revision integer not null,
	text text not null,
	replaced_at integer not null,
	primary key (stream, turn_id, revision)`
);

const text = z
	.string()
	.max(TURN_MAX_CHARS)
	.refine((value) => value.trim() !== '', { error: 'is empty', params: { problem: 'required' } });

const tokens = z.number().int().nonnegative().nullable();

export const usage = z.object({ inputTokens: tokens, outputTokens: tokens }).nullable();

const countTurn = (stream: string, rounds: 0 | 1) =>
	sql`insert into ${turnCounts} (stream, turns, rounds) values (${stream}, 1, ${rounds})
		on conflict (stream) do update set turns = turns + 1, rounds = rounds + excluded.rounds`;

export const userTurn = defineEvent({
	kind: 'user_turn',
	payload: z.object({ turnId: id, speaker: z.object({ youId: id.nullable(), name: z.string() }), text }),
	upcasts: [],
	writes: [turns, turnCounts],
	project: ({ stream, streamSeq, at, payload: turn }) => [
		countTurn(stream, 1),
		sql`insert into ${turns} (stream, turn_id, position, number, round, role, reply_to, speaker_id, speaker_name, text,
				truncated, model, input_tokens, output_tokens, edits, at)
			select stream, ${turn.turnId}, ${streamSeq}, turns, rounds, 'user', null, ${turn.speaker.youId},
				${turn.speaker.name}, ${turn.text}, 0, null, null, null, 0, ${at}
			from ${turnCounts} where stream = ${stream}`
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
		usage
	}),
	upcasts: [],
	writes: [turns, turnCounts],
	project: ({ stream, streamSeq, at, payload: turn }) => [
		countTurn(stream, 0),
		sql`insert into ${turns} (stream, turn_id, position, number, round, role, reply_to, speaker_id, speaker_name, text,
				truncated, model, input_tokens, output_tokens, edits, at)
			select stream, ${turn.turnId}, ${streamSeq}, turns, rounds, 'assistant', ${turn.replyTo},
				${turn.speaker.botId}, ${turn.speaker.name}, ${turn.text}, ${turn.truncated ? 1 : 0}, ${turn.model},
				${turn.usage?.inputTokens ?? null}, ${turn.usage?.outputTokens ?? null}, 0, ${at}
			from ${turnCounts} where stream = ${stream}`
	]
});

export const turnEdited = defineEvent({
	kind: 'turn_edited',
	payload: z.object({ turnId: id, text }),
	upcasts: [],
	writes: [turns, turnTexts],
	project: ({ stream, at, payload: edit }) => [
		sql`insert into ${turnTexts} (stream, turn_id, revision, text, replaced_at)
			select stream, turn_id, edits, text, ${at} from ${turns} where stream = ${stream} and turn_id = ${edit.turnId}`,
		sql`update ${turns} set text = ${edit.text}, edits = edits + 1 where stream = ${stream} and turn_id = ${edit.turnId}`
	]
});

/** Changes the words of a turn; the older text is kept. Nothing is asked of a model. */
export const editTurn = defineCommand({
	name: 'edit_turn',
	input: z.object({ chatId: id, turnId: id, text }),
	reads: [turns],
	decide: ({ chatId, turnId, text: to }, read) => {
		const stream = chatStream(chatId);
		const turn = read.one(
			z.object({ text: z.string() }),
			sql`select text from ${turns} where stream = ${stream} and turn_id = ${turnId}`
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
		sql`select turn_id as turnId from ${turns} where stream = ${stream} order by position desc limit 1`
	)?.turnId ?? null;

const turnRow = z.object({
	turnId: z.string(),
	position: z.number(),
	role: z.enum(['user', 'assistant']),
	replyTo: z.string().nullable(),
	speakerId: z.string().nullable(),
	speakerName: z.string(),
	text: z.string(),
	truncated: z.number().transform(Boolean),
	model: z.string().nullable(),
	edits: z.number(),
	at: z.number()
});

const TRANSCRIPT_WINDOW_TURNS = 60;

/**
 * A window of a chat's turns, oldest first: the newest `limit`, the newest `limit` before position `before`, or all from
 * position `from` on (a window that stays where it is while the chat grows; `before` and `limit` are not heeded then).
 * `earlier` is how many turns lie before the window.
 */
export const transcript = defineQuery({
	name: 'transcript',
	input: z.object({
		chatId: id,
		from: z.number().int().positive().nullable().default(null),
		before: z.number().int().positive().nullable().default(null),
		limit: z.number().int().positive().max(1000).default(TRANSCRIPT_WINDOW_TURNS)
	}),
	reads: [turns],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId, from, before, limit }) => {
		const stream = chatStream(chatId);
		const window = read
			.all(
				turnRow,
				sql`select turn_id as turnId, position, role, reply_to as replyTo, speaker_id as speakerId,
						speaker_name as speakerName, text, truncated, model, edits, at
					from ${turns} where stream = ${stream} and position >= ${from ?? 0}
						and position < ${from === null ? (before ?? Number.MAX_SAFE_INTEGER) : Number.MAX_SAFE_INTEGER}
					order by position desc limit ${from === null ? limit : -1}`
			)
			.reverse();
		const first = window[0]?.turnId ?? null;
		const earlier =
			read.one(
				z.object({ n: z.number() }),
				sql`select number - 1 as n from ${turns} where stream = ${stream} and turn_id = ${first}`
			)?.n ?? 0;
		return { turns: window, earlier };
	}
});

/** Every text a turn had before its present one, oldest first. */
export const earlierTexts = defineQuery({
	name: 'earlier_texts',
	input: z.object({ chatId: id, turnId: id }),
	reads: [turnTexts],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId, turnId }) =>
		read.all(
			z.object({ revision: z.number(), text: z.string(), replacedAt: z.number() }),
			sql`select revision, text, replaced_at as replacedAt from ${turnTexts}
				where stream = ${chatStream(chatId)} and turn_id = ${turnId} order by revision`
		)
});
