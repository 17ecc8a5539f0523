// A skip by hand: a narrator says that time has passed, and a reply to that may be asked for.
import { decided, defineCommand } from '../kernel/command.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { bots, findBot } from '../library/bots.ts';
import { chatStream, id } from '../streams.ts';
import { activities, presentWith } from './activity.ts';
import { chats, findChat } from './chats.ts';
import { timeSkipElision, timeSkipJump } from './clock.ts';
import { connectionId, newJob, replyJobs, replyInTheWay } from './reply-jobs.ts';
import { scenes } from './scenes.ts';
import { clockOf, minutes, storyNow } from './story-now.ts';
import { narratorTurn } from './turns.ts';

const said = {
	chatId: id,
	/** What the narrator says of it. */
	label: z.string().trim().min(1).max(500),
	/** Where a reply to it is asked for; null: nowhere. */
	connectionId: connectionId.nullable().default(null)
};

/** Skips some time. By `elision` so much passes, by `jump` it is so late; earlier only as a `flashback`. */
export const skipTime = defineCommand({
	name: 'skip_time',
	input: z.discriminatedUnion('kind', [
		z.object({ kind: z.literal('elision'), minutes, ...said }),
		z.object({ kind: z.literal('jump'), to: minutes, flashback: z.boolean().default(false), ...said })
	]),
	reads: [chats, bots, replyJobs, storyNow, activities, scenes],
	notes: [replyJobs],
	decide: (skip, read, world) => {
		const { chatId, label, connectionId: connection } = skip;
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		if (chat.kind === 'case') return refuse({ type: 'not_in_a_case', chatId });
		const stream = chatStream(chatId);
		const { blocking, clearing } = replyInTheWay(read, stream);
		if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
		if (connection !== null && findBot(read, chat.hostId) === null)
			return refuse({ type: 'bot_unknown', botId: chat.hostId });
		const { minutes: now } = clockOf(read, stream);
		if (skip.kind === 'jump' && skip.to < now && !skip.flashback)
			return refuse({ type: 'clock_goes_back', chatId, minutes: now, to: skip.to });
		const turnId = world.newId();
		const of = { stream, anchor: turnId, cause: turnId };
		const jobId = connection === null ? null : world.newId();
		return decided({
			events: [
				narratorTurn({
					stream,
					anchor: turnId,
					payload: { turnId, text: label, meanwhileId: null, present: presentWith(read, chat, 'you') }
				}),
				skip.kind === 'elision'
					? timeSkipElision({ ...of, payload: { minutes: skip.minutes, label } })
					: timeSkipJump({ ...of, payload: { to: skip.to, label, flashback: skip.flashback } })
			],
			notes: [
				...clearing,
				...(connection === null || jobId === null
					? []
					: [newJob({ jobId, stream, turnId, connectionId: connection, now: world.now })])
			],
			value: { turnId, jobId }
		});
	}
});
