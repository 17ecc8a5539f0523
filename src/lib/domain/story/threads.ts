// Threads: loose ends of a story, and how they were tied.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import {
	besides,
	BY_HAND,
	byHand,
	thoseThere,
	withoutWitnesses,
	witnesses,
	WITNESSED_BY
} from './knowing.ts';
import { newestTurnId, turns } from './turns.ts';

/** `turn_id`: the turn at which it was opened. `witnesses`: a JSON list of those who know of it. */
export const threads = defineTable(
	'threads',
	`	stream text not null,
	thread_id text not null,
	position integer not null,
	text text not null,
	status text not null check (status in ('open', 'closed')),
	outcome text not null,
	turn_id text,
	witnesses text not null check (json_valid(witnesses)),
	primary key (stream, thread_id)`,
	{
		indexes: { threads_by_status: '(stream, status, position)' },
		told: { key: ['thread_id'], name: 'text', values: ['text', 'status'] }
	}
);

const threadText = z.string().trim().min(1).max(500);
const outcome = z.string().trim().max(500);

const subject = (stream: string, threadId: string) =>
	sql`select 1 from ${threads} where stream = ${stream} and thread_id = ${threadId}`;

export const threadOpened = defineEvent({
	kind: 'thread_opened',
	payload: z.object({ threadId: id, text: threadText, witnesses }),
	upcasts: [withoutWitnesses],
	writes: [threads],
	reads: WITNESSED_BY,
	named: ({ text }) => text,
	project: ({ stream, streamSeq, anchor, payload: thread }) => [
		sql`insert into ${threads} (stream, thread_id, position, text, status, outcome, turn_id, witnesses)
			values (${stream}, ${thread.threadId}, ${streamSeq}, ${thread.text}, 'open', '', ${anchor},
				${thoseThere(stream, anchor, thread)})`
	]
});

export const threadUpdated = defineEvent({
	kind: 'thread_updated',
	payload: z.object({ threadId: id, text: threadText, witnesses }),
	upcasts: [withoutWitnesses],
	writes: [threads],
	reads: WITNESSED_BY,
	named: ({ text }) => text,
	about: ({ stream, payload }) => subject(stream, payload.threadId),
	project: ({ stream, anchor, payload: thread }) => [
		sql`update ${threads} set text = ${thread.text}, witnesses = ${besides(thoseThere(stream, anchor, thread))}
			where stream = ${stream} and thread_id = ${thread.threadId}`
	]
});

export const threadClosed = defineEvent({
	kind: 'thread_closed',
	payload: z.object({ threadId: id, outcome }),
	upcasts: [],
	writes: [threads],
	named: (thread) => thread.outcome,
	about: ({ stream, payload }) => subject(stream, payload.threadId),
	project: ({ stream, payload: thread }) => [
		sql`update ${threads} set status = 'closed', outcome = ${thread.outcome}
			where stream = ${stream} and thread_id = ${thread.threadId}`
	]
});

/** A person opens it again by hand: how it came out is not so after all. */
export const threadReopened = defineEvent({
	kind: 'thread_reopened',
	payload: z.object({ threadId: id }),
	upcasts: [],
	writes: [threads],
	about: ({ stream, payload }) => subject(stream, payload.threadId),
	project: ({ stream, payload: thread }) => [
		sql`update ${threads} set status = 'open', outcome = ''
			where stream = ${stream} and thread_id = ${thread.threadId}`
	]
});

const threadRow = z.object({
	threadId: z.string(),
	text: z.string(),
	status: z.enum(['open', 'closed']),
	outcome: z.string()
});

export type Thread = z.output<typeof threadRow>;

/** The newest loose ends of a status, at most `most` of them, in the order in which they were opened. */
export const newestThreads = (
	read: Read,
	stream: string,
	status: Thread['status'],
	most: number
): readonly Thread[] =>
	read
		.all(
			threadRow,
			sql`select thread_id as threadId, text, status, outcome from ${threads}
				where stream = ${stream} and status = ${status} order by position desc, thread_id desc limit ${most}`
		)
		.reverse();

/** How many loose ends there are, listed or not. */
export const countThreads = (
	read: Read,
	stream: string
): { readonly open: number; readonly closed: number } => {
	const of = (status: Thread['status']): number =>
		read.one(
			z.object({ n: z.number() }),
			sql`select count(*) as n from ${threads} where stream = ${stream} and status = ${status}`
		)?.n ?? 0;
	return { open: of('open'), closed: of('closed') };
};

/** One loose end, open or not. */
export const findThread = (read: Read, stream: string, threadId: string): Thread | null =>
	read.one(
		threadRow,
		sql`select thread_id as threadId, text, status, outcome from ${threads}
			where stream = ${stream} and thread_id = ${threadId}`
	);

/** Notes a loose end. */
export const openThread = defineCommand({
	name: 'open_thread',
	input: z.object({ chatId: id, text: threadText }),
	reads: [chats, turns, ...BY_HAND],
	decide: ({ chatId, text }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const threadId = world.newId();
		const payload = { threadId, text, witnesses: [...byHand(read, chat)] };
		return decided({
			events: [threadOpened({ stream, anchor: newestTurnId(read, stream), payload })],
			value: { threadId }
		});
	}
});

/** Tells a loose end otherwise. */
export const updateThread = defineCommand({
	name: 'update_thread',
	input: z.object({ chatId: id, threadId: id, text: threadText }),
	reads: [chats, turns, threads, ...BY_HAND],
	decide: ({ chatId, threadId, text }, read) => {
		const stream = chatStream(chatId);
		const chat = findChat(read, chatId);
		const thread = findThread(read, stream, threadId);
		if (chat === null || thread === null) return refuse({ type: 'thread_unknown', chatId, threadId });
		if (thread.text === text) return decided({ value: { threadId } });
		const payload = { threadId, text, witnesses: [...byHand(read, chat)] };
		return decided({
			events: [threadUpdated({ stream, anchor: newestTurnId(read, stream), payload })],
			value: { threadId }
		});
	}
});

/** Ties a loose end. */
export const closeThread = defineCommand({
	name: 'close_thread',
	input: z.object({ chatId: id, threadId: id, outcome: outcome.default('') }),
	reads: [turns, threads],
	decide: ({ chatId, threadId, outcome: came }, read) => {
		const stream = chatStream(chatId);
		const thread = findThread(read, stream, threadId);
		if (thread === null) return refuse({ type: 'thread_unknown', chatId, threadId });
		if (thread.status === 'closed') return refuse({ type: 'thread_closed', chatId, threadId });
		return decided({
			events: [
				threadClosed({ stream, anchor: newestTurnId(read, stream), payload: { threadId, outcome: came } })
			],
			value: { threadId }
		});
	}
});

/** Opens a loose end again that was tied. */
export const reopenThread = defineCommand({
	name: 'reopen_thread',
	input: z.object({ chatId: id, threadId: id }),
	reads: [turns, threads],
	decide: ({ chatId, threadId }, read) => {
		const stream = chatStream(chatId);
		const thread = findThread(read, stream, threadId);
		if (thread === null) return refuse({ type: 'thread_unknown', chatId, threadId });
		return decided({
			events:
				thread.status === 'open'
					? []
					: [threadReopened({ stream, anchor: newestTurnId(read, stream), payload: { threadId } })],
			value: { threadId }
		});
	}
});
