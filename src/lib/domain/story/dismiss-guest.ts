// A guest leaves the story: not in the middle of a word, nor out of a scene elsewhere that it plays.
import { decided, defineCommand } from '../kernel/command.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import { meanwhiles, openMeanwhile } from './meanwhile-scenes.ts';
import { guestLeft } from './people.ts';
import { jobOfStream, replyJobs } from './reply-jobs.ts';
import { isProse } from './stages.ts';
import { newestTurnId, turns } from './turns.ts';

/** The guest leaves the story; what it said and remembers stays. Refused while it speaks or is about to. */
export const dismissGuest = defineCommand({
	name: 'dismiss_guest',
	input: z.object({ chatId: id }),
	reads: [chats, turns, replyJobs, meanwhiles],
	decide: ({ chatId }, read) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const { guestId } = chat;
		if (guestId === null) return refuse({ type: 'no_guest', chatId });
		const stream = chatStream(chatId);
		// nobody else can say what it was to say: the words, or the scene, would never come to an end
		const job = jobOfStream(read, stream);
		if (job?.state === 'open' && isProse(job.stage) && job.speakerId === guestId)
			return refuse({ type: 'reply_unfinished', chatId, jobId: job.jobId });
		const elsewhere = openMeanwhile(read, stream);
		if (elsewhere?.participants.includes(guestId) === true)
			return refuse({ type: 'meanwhile_running', chatId, meanwhileId: elsewhere.meanwhileId });
		return decided({
			events: [guestLeft({ stream, anchor: newestTurnId(read, stream), payload: { botId: guestId } })],
			value: { chatId, botId: guestId }
		});
	}
});
