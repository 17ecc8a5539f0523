// Replies: the player says something, or asks for a reply; a durable job is made of it, that whoever sees it plays.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineQuery } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { eventLog } from '../kernel/log.ts';
import { bots, findBot } from '../library/bots.ts';
import { findYou, yous } from '../library/personas.ts';
import { chatStream, id } from '../streams.ts';
import { activities, presentWith } from './activity.ts';
import { chatModels, chosenModel } from './chat-models.ts';
import { chats, findChat } from './chats.ts';
import { composerOf, composers } from './composers.ts';
import { TURN_MAX_CHARS } from './limits.ts';
import { meanwhiles, openMeanwhile } from './meanwhile-scenes.ts';
import {
	connectionId,
	endJob,
	jobOfStream,
	newJob,
	replyInTheWay,
	replyJobs,
	saidIn,
	unkept
} from './reply-jobs.ts';
import { scenes } from './scenes.ts';
import { classifierOf } from './stages.ts';
import { narratorTurn, turns, userTurn, wordsRow } from './turns.ts';
import { speakerFor } from './who-replies.ts';

/**
 * The player says something; a reply to it is asked for. One reply at a time in a chat; one that failed without a word is
 * given up, for whoever speaks on has done with waiting for it.
 */
export const takeTurn = defineCommand({
	name: 'take_turn',
	input: z.object({
		chatId: id,
		text: z
			.string()
			.max(TURN_MAX_CHARS)
			.refine((value) => value.trim() !== '', { error: 'is empty', params: { problem: 'required' } }),
		connectionId,
		/** Who is to reply, whoever is spoken to: the host or the guest. */
		speaker: id.nullable().default(null),
		/** `narrator`: nobody in the story says it; it tells what happens. */
		as: z.enum(['you', 'narrator']).default('you'),
		/** Who of the desk says it; in a story nobody does. */
		memberId: id.nullable().default(null)
	}),
	reads: [chats, yous, bots, replyJobs, activities, scenes, turns, meanwhiles],
	notes: [replyJobs, composers],
	decide: ({ chatId, text, connectionId: connection, speaker, as, memberId }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		if (as === 'narrator' && chat.kind === 'case') return refuse({ type: 'not_in_a_case', chatId });
		const stream = chatStream(chatId);
		const elsewhere = openMeanwhile(read, stream);
		if (elsewhere !== null)
			return refuse({ type: 'meanwhile_running', chatId, meanwhileId: elsewhere.meanwhileId });
		const { blocking, clearing } = replyInTheWay(read, stream);
		if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
		const speakerId = speakerFor(read, chat, { words: text, asked: speaker, before: null });
		if (speakerId === null) return refuse({ type: 'speaker_unknown', chatId, botId: speaker ?? chat.hostId });
		if (findBot(read, speakerId) === null) return refuse({ type: 'bot_unknown', botId: speakerId });
		const you = chat.youId === null ? null : findYou(read, chat.youId);
		const turnId = world.newId();
		const jobId = world.newId();
		const present = presentWith(read, chat, 'you');
		return decided({
			events: [
				as === 'narrator'
					? narratorTurn({ stream, anchor: turnId, payload: { turnId, text, meanwhileId: null, present } })
					: userTurn({
							stream,
							anchor: turnId,
							payload: {
								turnId,
								speaker: { youId: chat.youId, name: you?.name ?? chat.youName ?? '' },
								...(memberId === null || chat.kind !== 'case' ? {} : { memberId }),
								text,
								present
							}
						})
			],
			notes: [
				...clearing,
				newJob({ jobId, stream, turnId, connectionId: connection, now: world.now, speakerId }),
				sql`delete from ${composers} where stream = ${stream}`
			],
			value: { turnId, jobId }
		});
	}
});

/**
 * Asks for a reply to the newest turn, when it is the player's or the narrator's and has none; an unfinished attempt is
 * given up, and what there is of it is kept until the new one has ended with words. One that was to take a reply's place, or to put in a word, or plays a scene elsewhere, and a draft of the player's
 * own words, is tried again as it was asked for.
 */
export const askReply = defineCommand({
	name: 'ask_reply',
	input: z.object({ chatId: id, connectionId, speaker: id.nullable().default(null) }),
	reads: [chats, turns, bots, yous, replyJobs, activities, scenes, eventLog],
	notes: [replyJobs],
	decide: ({ chatId, connectionId: connection, speaker }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const newest = read.one(
			z.object({
				turnId: z.string(),
				role: z.string(),
				replyTo: z.string().nullable(),
				number: z.number(),
				meanwhileId: z.string().nullable(),
				text: wordsRow
			}),
			sql`select turn_id as turnId, role, reply_to as replyTo, number, meanwhile_id as meanwhileId,
					(select e.payload ->> '$.text' from ${eventLog} e
						where e.stream = t.stream and e.stream_seq = t.text_at) as text
				from ${turns} t where t.stream = ${stream} order by number desc limit 1`
		);
		const before = jobOfStream(read, stream);
		// what comes after a reply is asked again by itself, and what is written elsewhere goes on by itself
		if (before !== null && classifierOf(before.stage) !== null)
			return refuse({ type: 'reply_unfinished', chatId, jobId: before.jobId });
		const again =
			before !== null && (before.replaces || before.stage !== 'reply' || before.meanwhileId !== null)
				? before
				: null;
		const unanswered =
			newest !== null && newest.role !== 'assistant' && newest.replyTo === null && newest.meanwhileId === null
				? newest.turnId
				: null;
		const turnId = again?.turnId ?? unanswered;
		if (turnId === null) return refuse({ type: 'nothing_to_answer', chatId });
		const speakerId =
			speaker === null && before !== null && before.turnId === turnId
				? (before.speakerId ?? chat.hostId)
				: speakerFor(read, chat, {
						words: newest?.text ?? '',
						asked: speaker,
						before: newest?.number ?? null
					});
		if (speakerId === null) return refuse({ type: 'speaker_unknown', chatId, botId: speaker ?? chat.hostId });
		if (again?.meanwhileId == null && again?.stage !== 'draft' && findBot(read, speakerId) === null)
			return refuse({ type: 'bot_unknown', botId: speakerId });
		const jobId = world.newId();
		return decided({
			notes: [
				...(before === null ? [] : [endJob(before.jobId)]),
				newJob({
					jobId,
					stream,
					turnId,
					connectionId: connection,
					now: world.now,
					speakerId,
					...(again === null ? {} : { stage: again.stage, meanwhileId: again.meanwhileId }),
					...(again?.primaryId == null ? {} : { primaryId: again.primaryId }),
					note: again?.note ?? null,
					...(before?.turnId === turnId ? { earlier: unkept(before) } : {}),
					...(again?.replaces === true ? { replaces: { note: again.note, edited: again.edited } } : {})
				})
			],
			value: { jobId }
		});
	}
});

/** A chat's head: who, where, the reply being written if any, and what stands in the composer. */
export const chat = defineQuery({
	name: 'chat',
	input: z.object({ chatId: id }),
	reads: [chats, bots, yous, replyJobs, composers, chatModels],
	answer: (read, { chatId }) => {
		const found = findChat(read, chatId);
		if (found === null) return null;
		const stream = chatStream(chatId);
		const host = findBot(read, found.hostId);
		const you = found.youId === null ? null : findYou(read, found.youId);
		const job = jobOfStream(read, stream);
		const standing = composerOf(read, stream);
		return {
			...found,
			host: { botId: found.hostId, name: host?.name ?? found.hostName, avatar: host?.avatar ?? null },
			you:
				found.youId === null
					? null
					: { youId: found.youId, name: you?.name ?? found.youName ?? '', avatar: you?.avatar ?? null },
			reply:
				job === null
					? null
					: {
							jobId: job.jobId,
							turnId: job.turnId,
							replaces: job.replaces,
							/** Where it stands, from the reply to the last of what that brings about. */
							stage: job.stage,
							/** The reply it became, once it is one. */
							primaryId: job.primaryId,
							/** Whose words they are, in a stage of words. */
							speakerId: job.speakerId ?? found.hostId,
							meanwhileId: job.meanwhileId,
							state: job.state,
							failure: job.failure,
							/** What is there of it that is nowhere else. */
							text: saidIn(job),
							/** There are words of an earlier try. */
							earlier: job.earlier !== null
						},
			/** Models of its own; null: those of the connection in use. */
			models: {
				prose: chosenModel(read, stream, 'prose'),
				classify: chosenModel(read, stream, 'classify'),
				copilot: chosenModel(read, stream, 'copilot')
			},
			composer: standing.text,
			/** What stood in the composer before a draft did; null where no draft does. */
			typed: standing.before,
			/** That draft as it came. */
			drafted: standing.drafted
		};
	}
});
