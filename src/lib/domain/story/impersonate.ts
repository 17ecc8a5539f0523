// Impersonate: a model drafts the player's own turn into the composer. It is never sent by itself, and is no event.
import { decided, defineCommand } from '../kernel/command.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import { composerOf, composers, putDraft } from './composers.ts';
import { meanwhiles, openMeanwhile } from './meanwhile-scenes.ts';
import {
	connectionId,
	draftText,
	endJob,
	findJob,
	newJob,
	replyInTheWay,
	replyJobs,
	saidIn
} from './reply-jobs.ts';
import { spending, spent } from './spending.ts';
import { newestTurnId, toldUsage, turns } from './turns.ts';

/**
 * Asks a model for what the player might say next. What stands in the composer tells it what is meant. It is the chat's
 * job as a reply would be, so that Stop works in any tab.
 */
export const impersonate = defineCommand({
	name: 'impersonate',
	input: z.object({ chatId: id, connectionId }),
	reads: [chats, replyJobs, turns, meanwhiles, composers],
	notes: [replyJobs],
	decide: ({ chatId, connectionId: connection }, read, world) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const elsewhere = openMeanwhile(read, stream);
		if (elsewhere !== null)
			return refuse({ type: 'meanwhile_running', chatId, meanwhileId: elsewhere.meanwhileId });
		const { blocking, clearing } = replyInTheWay(read, stream);
		if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
		const after = newestTurnId(read, stream);
		if (after === null) return refuse({ type: 'nothing_to_answer', chatId });
		const { text, before, drafted } = composerOf(read, stream);
		// another draft is made from what the first was made from
		const typed = text === drafted ? (before ?? '') : text;
		const jobId = world.newId();
		return decided({
			notes: [
				...clearing,
				newJob({
					jobId,
					stream,
					turnId: after,
					connectionId: connection,
					now: world.now,
					stage: 'draft',
					speakerId: 'you',
					note: typed.trim() === '' ? null : typed
				})
			],
			value: { jobId }
		});
	}
});

/**
 * The draft has ended, and stands in the composer; without a word, that stays as it was. `text` left out takes what was kept
 * of it: whoever wrote it is gone.
 */
export const finishDraft = defineCommand({
	name: 'finish_draft',
	input: z.object({
		jobId: id,
		text: draftText.nullable().default(null),
		model: z.string().max(200).nullable().default(null),
		usage: toldUsage.default(null)
	}),
	reads: [replyJobs],
	notes: [replyJobs, composers, spending],
	decide: ({ jobId, text: said, model, usage }, read) => {
		const job = findJob(read, jobId);
		if (job?.stage !== 'draft') return refuse({ type: 'job_unknown', jobId });
		const text = said ?? saidIn(job);
		return decided({
			notes: [
				...spent({ ...job, model, usage }, null),
				...(text.trim() === '' ? [] : [putDraft(job.stream, text)]),
				endJob(jobId)
			],
			value: { jobId }
		});
	}
});
