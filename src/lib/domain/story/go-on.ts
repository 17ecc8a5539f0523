// Continue: a reply that broke off goes on where it stopped. What there is stays whatever becomes of the rest.
import { decided, defineCommand } from '../kernel/command.ts';
import { eventLog } from '../kernel/log.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { groupOf, liveTurn } from '../kernel/turns-of-log.ts';
import { bots, findBot } from '../library/bots.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import { connectionId, endJob, jobOfStream, newJob, replyJobs, saidIn } from './reply-jobs.ts';
import { turns, wordsRow } from './turns.ts';

/**
 * Asks the model to go on with the draft of a reply that was cut off; without one, with the newest turn, when that is an
 * unfinished reply. The whole, old words and new, then is the reply; beside a turn that stands it is an alternative.
 */
export const continueReply = defineCommand({
	name: 'continue_reply',
	/** `jobId`: the reply that was cut off, or null to go on with a turn: what was seen when it was asked for. */
	input: z.object({ chatId: id, jobId: id.nullable().default(null), connectionId }),
	reads: [chats, turns, bots, replyJobs, eventLog],
	notes: [replyJobs],
	decide: ({ chatId, jobId: seen, connectionId: connection }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		if (findBot(read, chat.hostId) === null) return refuse({ type: 'bot_unknown', botId: chat.hostId });
		const stream = chatStream(chatId);
		const before = jobOfStream(read, stream);
		// asked for twice, or by a tab that has not seen what became of it
		const drafts = before?.stage === 'draft' && before.state === 'open';
		if (
			before !== null &&
			(drafts || (before.jobId !== seen && (before.state === 'open' || saidIn(before) !== '')))
		)
			return refuse({ type: 'reply_unfinished', chatId, jobId: before.jobId });
		const jobId = world.newId();
		const job = { jobId, stream, connectionId: connection, now: world.now };
		if (before !== null && saidIn(before) !== '')
			return decided({
				notes: [
					endJob(before.jobId),
					newJob({
						...job,
						turnId: before.turnId,
						// words that are in no turn, whatever it went on from
						goesOn: { text: before.text, stands: false },
						stage: before.stage,
						speakerId: before.speakerId,
						meanwhileId: before.meanwhileId,
						earlier: before.earlier,
						...(before.primaryId === null ? {} : { primaryId: before.primaryId }),
						...(before.replaces ? { replaces: { note: before.note, edited: before.edited } } : {})
					})
				],
				value: { jobId }
			});
		const newest = read.one(
			z.object({
				turnId: z.string(),
				replyTo: z.string().nullable(),
				speakerId: z.string().nullable(),
				/** The reply it was put in to; null where it is none that was put in. */
				putInTo: z.string().nullable(),
				truncated: z.number().transform(Boolean),
				text: wordsRow
			}),
			sql`select turn_id as turnId, reply_to as replyTo, speaker_id as speakerId,
					case when interjection_of is null then null else
						(select p.turn_id from ${turns} p where p.stream = t.stream and p.reply_to = t.reply_to
							and p.interjection_of is null order by p.position desc limit 1) end as putInTo,
					truncated, (select e.payload ->> '$.text' from ${eventLog} e
						where e.stream = t.stream and e.stream_seq = t.text_at) as text
				from ${turns} t where t.stream = ${stream} order by number desc limit 1`
		);
		if (newest?.truncated !== true || newest.replyTo === null)
			return refuse({ type: 'nothing_to_continue', chatId });
		const answered = liveTurn(read, stream, newest.replyTo);
		if (answered === null) return refuse({ type: 'nothing_to_continue', chatId });
		return decided({
			notes: [
				...(before === null ? [] : [endJob(before.jobId)]),
				newJob({
					...job,
					turnId: groupOf(answered),
					goesOn: { text: newest.text, stands: true },
					speakerId: newest.speakerId,
					...(newest.putInTo === null ? {} : { stage: 'interject' as const, primaryId: newest.putInTo }),
					replaces: { note: null, edited: null }
				})
			],
			value: { jobId }
		});
	}
});
