// Regenerate: another reply to the newest turn takes the old one's place, which stays an alternative. Choosing goes back.
import { decided, defineCommand } from '../kernel/command.ts';
import type { EventDraft } from '../kernel/event.ts';
import { eventLog } from '../kernel/log.ts';
import type { LogChange } from '../kernel/log-change.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import {
	answersTo,
	broughtAboutBy,
	findTurn,
	groupOf,
	liveTurn,
	newestTurn,
	setAsideWith
} from '../kernel/turns-of-log.ts';
import { bots, findBot } from '../library/bots.ts';
import { yous } from '../library/personas.ts';
import { chatStream, id } from '../streams.ts';
import { activities } from './activity.ts';
import { alternativeChosen, alternativesOf, turnRegenerated } from './alternatives.ts';
import { chats, findChat } from './chats.ts';
import { interjectionsTo } from './interjections.ts';
import { TURN_MAX_CHARS } from './limits.ts';
import { connectionId, newJob, replyJobs, unfinishedReply, type ReplyJob } from './reply-jobs.ts';
import { scenes } from './scenes.ts';
import { turnEdited, turns, wordsRow } from './turns.ts';
import { speakerFor } from './who-replies.ts';

const NOTE_MAX_CHARS = 2000;

/**
 * Asks for another reply to the newest turn: as it is, with a note to the model, or with other words for the player's
 * turn. Until it is whole nothing changes. `turnId`: the player's turn or a live reply to it.
 */
export const regenerate = defineCommand({
	name: 'regenerate',
	input: z.object({
		chatId: id,
		turnId: id,
		connectionId,
		note: z.string().max(NOTE_MAX_CHARS).default(''),
		text: z
			.string()
			.max(TURN_MAX_CHARS)
			.refine((value) => value.trim() !== '', { error: 'is empty', params: { problem: 'required' } })
			.optional(),
		/** Who is to reply; left out, who did, unless the words are other ones. */
		speaker: id.nullable().default(null)
	}),
	reads: [chats, turns, bots, yous, replyJobs, eventLog, activities, scenes],
	notes: [replyJobs],
	decide: ({ chatId, turnId, connectionId: connection, note, text, speaker }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const turn = liveTurn(read, stream, turnId);
		if (turn === null) return refuse({ type: 'turn_unknown', chatId, turnId });
		const { blocking, clearing } = unfinishedReply(read, stream);
		if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
		const group = groupOf(turn);
		if (!isNewestGroup(read, stream, group)) return refuse({ type: 'not_newest', chatId, turnId });
		const answered = read.one(
			z.object({
				role: z.string(),
				number: z.number(),
				meanwhileId: z.string().nullable(),
				speakerId: z.string().nullable(),
				text: wordsRow
			}),
			sql`select role, number, meanwhile_id as meanwhileId,
					(select p.speaker_id from ${turns} p where p.stream = t.stream and p.reply_to = t.turn_id
						and p.role = 'assistant' and p.interjection_of is null order by p.position desc limit 1) as speakerId,
					(select e.payload ->> '$.text' from ${eventLog} e
					where e.stream = t.stream and e.stream_seq = t.text_at) as text
				from ${turns} t where t.stream = ${stream} and t.turn_id = ${group}`
		);
		if (answered === null || answered.role === 'assistant' || answered.meanwhileId !== null)
			return refuse({ type: 'nothing_to_answer', chatId });
		const jobId = world.newId();
		const edited = text === undefined || text === answered.text ? null : text;
		const did = answered.speakerId;
		const stays = did !== null && (did === chat.hostId || did === chat.guestId);
		const speakerId =
			speaker === null && edited === null && stays
				? did
				: speakerFor(read, chat, { words: text ?? answered.text, asked: speaker, before: answered.number });
		if (speakerId === null) return refuse({ type: 'speaker_unknown', chatId, botId: speaker ?? chat.hostId });
		if (findBot(read, speakerId) === null) return refuse({ type: 'bot_unknown', botId: speakerId });
		return decided({
			notes: [
				...clearing,
				newJob({
					jobId,
					stream,
					turnId: group,
					connectionId: connection,
					now: world.now,
					speakerId,
					replaces: { note: note.trim() === '' ? null : note, edited }
				})
			],
			value: { jobId }
		});
	}
});

/** What it takes for a whole reply of a regenerating job to stand where the live ones stood. */
export const takingThePlace = (
	read: Read,
	{ stream, turnId: group, edited, stage, primaryId }: ReplyJob,
	reply: EventDraft<{ readonly turnId: string }>
): {
	readonly changes: readonly LogChange[];
	readonly events: readonly EventDraft[];
	readonly instead: readonly string[];
	/** How much else goes with those: all that they brought about. */
	readonly effects: number;
} => {
	// a reply takes its interjection along; an interjection stands only in its own place
	const instead =
		stage === 'interject'
			? interjectionsTo(read, stream, primaryId === null ? [] : [primaryId])
			: liveAnswers(read, stream, group);
	const { turnId } = reply.payload;
	const seqs = broughtAboutBy(read, stream, instead);
	const edits =
		edited === null ? [] : [turnEdited({ stream, anchor: group, payload: { turnId: group, text: edited } })];
	return {
		instead,
		effects: seqs.length - instead.length,
		changes: [{ kind: 'supersede', stream, seqs, by: { event: edits.length } }],
		events: [
			...edits,
			reply,
			turnRegenerated({ stream, anchor: turnId, payload: { turnId, instead: [...instead] } })
		]
	};
};

/** Takes up a reply that was written before, with all it had brought about; the live one becomes an alternative. */
export const chooseAlternative = defineCommand({
	name: 'choose_alternative',
	input: z.object({ chatId: id, turnId: id }),
	reads: [chats, replyJobs, eventLog],
	notes: [replyJobs],
	decide: ({ chatId, turnId }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const turn = findTurn(read, stream, turnId);
		const siblings = turn === null ? [] : alternativesOf(read, stream, groupOf(turn));
		if (turn === null || !siblings.includes(turnId))
			return refuse({ type: 'alternative_unknown', chatId, turnId });
		const { blocking, clearing } = unfinishedReply(read, stream);
		if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
		const group = groupOf(turn);
		if (!isNewestGroup(read, stream, group)) return refuse({ type: 'not_newest', chatId, turnId });
		const instead = liveAnswers(read, stream, group);
		if (turn.supersededBy === null)
			return decided({ value: { turnId, instead: [] as readonly string[], rung: null } });
		return decided({
			changes: [
				{
					kind: 'supersede',
					stream,
					seqs: broughtAboutBy(read, stream, instead),
					by: { event: 0 }
				},
				{ kind: 'restore', stream, seqs: setAsideWith(read, stream, turn) }
			],
			events: [alternativeChosen({ stream, anchor: turnId, payload: { turnId, instead: [...instead] } })],
			notes: clearing,
			valueFrom: ({ rung }) => ({ turnId, instead, rung })
		});
	}
});

const isNewestGroup = (read: Read, stream: string, group: string): boolean => {
	const newest = newestTurn(read, stream);
	return newest !== null && groupOf(newest) === group;
};

const liveAnswers = (read: Read, stream: string, group: string): readonly string[] =>
	answersTo(read, stream, group)
		.filter((answer) => answer.supersededBy === null)
		.map((answer) => answer.turnId);
