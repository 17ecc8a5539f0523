// The transcript: turns as screens show them, any part of a chat at the same cost.
import { eventLog } from '../kernel/log.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { answersTo, findTurn, groupOf, liveTurn } from '../kernel/turns-of-log.ts';
import { alternativesOf } from './alternatives.ts';
import { skipsAt, timeSkips } from './clock.ts';
import { spentOn, turnSpending } from './spending.ts';
import { toldUsage, turns, wordsRow } from './turns.ts';

const turnRow = z.object({
	turnId: z.string(),
	/** 1 for the oldest turn of the chat. */
	number: z.number(),
	role: z.enum(['user', 'assistant', 'narrator']),
	replyTo: z.string().nullable(),
	speakerId: z.string().nullable(),
	speakerName: z.string(),
	text: wordsRow,
	truncated: z.number().transform(Boolean),
	model: z.string().nullable(),
	edits: z.number(),
	/** The bot whose reply it was said after, when it only puts in a word. */
	interjectionOf: z.string().nullable(),
	/** The scene elsewhere it is part of. */
	meanwhileId: z.string().nullable(),
	/** No model is told of it. */
	hidden: z.number().transform(Boolean),
	/** What time it was in the story. */
	minutes: z.number(),
	at: z.number()
});

const newestRow = turnRow.pick({ turnId: true, number: true, role: true, replyTo: true, truncated: true });

const TRANSCRIPT_WINDOW_TURNS = 60;

/**
 * A window of a chat's turns, oldest first: `limit` turns from number `from` on, or the newest `limit`. With it what
 * the end of the chat is, wherever the window stands: `total` turns, the newest of them, and the player's newest.
 */
export const transcript = defineQuery({
	name: 'transcript',
	input: z.object({
		chatId: id,
		from: z.number().int().positive().nullable().default(null),
		limit: z.number().int().positive().max(1000).default(TRANSCRIPT_WINDOW_TURNS)
	}),
	reads: [turns, eventLog, timeSkips],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId, from, limit }) => {
		const stream = chatStream(chatId);
		const newest = read.one(
			newestRow,
			sql`select turn_id as turnId, number, role, reply_to as replyTo, truncated from ${turns}
				where stream = ${stream} order by number desc limit 1`
		);
		const total = newest?.number ?? 0;
		const first = from ?? Math.max(1, total - limit + 1);
		const lastOwn = read.one(
			z.object({ turnId: z.string() }),
			sql`select turn_id as turnId from ${turns}
				where stream = ${stream} and role = 'user' order by number desc limit 1`
		);
		return {
			turns: asShown(
				read,
				stream,
				read.all(
					turnRow,
					sql`select turn_id as turnId, number, role, reply_to as replyTo, speaker_id as speakerId,
						speaker_name as speakerName,
						(select e.payload ->> '$.text' from ${eventLog} e
							where e.stream = t.stream and e.stream_seq = t.text_at) as text,
						truncated, model, edits, interjection_of as interjectionOf, meanwhile_id as meanwhileId, hidden,
						story_minutes as minutes, at
					from ${turns} t where t.stream = ${stream} and number >= ${first} and number < ${first + limit}
					order by number`
				)
			),
			total,
			newest,
			lastOwn: lastOwn?.turnId ?? null
		};
	}
});

/** One turn, wherever in its chat it stands; null when it is not there. */
export const turn = defineQuery({
	name: 'turn',
	input: z.object({ chatId: id, turnId: id }),
	reads: [turns, eventLog, timeSkips],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId, turnId }) => {
		const found = read.one(
			turnRow,
			sql`select turn_id as turnId, number, role, reply_to as replyTo, speaker_id as speakerId,
					speaker_name as speakerName,
					(select e.payload ->> '$.text' from ${eventLog} e
						where e.stream = t.stream and e.stream_seq = t.text_at) as text,
					truncated, model, edits, interjection_of as interjectionOf, meanwhile_id as meanwhileId, hidden,
					story_minutes as minutes, at
				from ${turns} t where t.stream = ${chatStream(chatId)} and t.turn_id = ${turnId}`
		);
		return found === null ? null : (asShown(read, chatStream(chatId), [found])[0] ?? null);
	}
});

/**
 * What a reply came from and what it took; null for a turn that is not there, or that a person wrote. `spent`: all that was
 * asked for it, its words and what they brought about; `group`: the same of the whole turn group, replies that were
 * replaced among it.
 */
export const turnSource = defineQuery({
	name: 'turn_source',
	input: z.object({ chatId: id, turnId: id }),
	reads: [turns, eventLog, turnSpending],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId, turnId }) => {
		const stream = chatStream(chatId);
		const found = read.one(
			z.object({ model: z.string().nullable(), at: z.number(), usage: z.string().nullable() }),
			sql`select model, at, (select e.payload -> '$.usage' from ${eventLog} e
					where e.stream = t.stream and e.stream_seq = t.position) as usage
				from ${turns} t where t.stream = ${stream} and t.turn_id = ${turnId}`
		);
		if (found?.model == null) return null;
		const parsed = toldUsage.safeParse(found.usage === null ? null : JSON.parse(found.usage));
		const turn = findTurn(read, stream, turnId);
		const group = turn === null ? turnId : groupOf(turn);
		const all = [group, ...answersTo(read, stream, group).map((answer) => answer.turnId)];
		return {
			model: found.model,
			at: found.at,
			usage: parsed.data ?? null,
			spent: spentOn(read, stream, [turnId]),
			group: spentOn(read, stream, all)
		};
	}
});

/**
 * The turns, each with the replies that can be chosen in its place, itself among them, oldest first; none where there is
 * no choice. `askable`: it is a reply, and what it answers is still there, so that another can be asked for. An
 * interjection is neither by itself. `skips`: the time that was left out at it.
 */
const asShown = (read: Read, stream: string, rows: readonly z.output<typeof turnRow>[]) => {
	const left = skipsAt(
		read,
		stream,
		rows.map(({ turnId }) => turnId)
	);
	return rows.map((row) => {
		const answers = row.interjectionOf === null ? row.replyTo : null;
		const siblings = answers === null ? [] : alternativesOf(read, stream, answers);
		const askable = answers !== null && liveTurn(read, stream, answers) !== null;
		const skips = left.filter(({ turnId }) => turnId === row.turnId);
		return { ...row, siblings: siblings.length > 1 ? siblings : [], askable, skips };
	});
};
