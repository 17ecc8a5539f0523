// Branch: a new chat with the story up to a turn. Both go on by themselves.
import { decided, defineCommand } from '../kernel/command.ts';
import type { EventDraft } from '../kernel/event.ts';
import { eventLog } from '../kernel/log.ts';
import type { LogChange } from '../kernel/log-change.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { liveTurn, tailAfter } from '../kernel/turns-of-log.ts';
import { chatStream, id } from '../streams.ts';
import { chatArchived, chatCreated, chatRenamed, chats, creation, findChat, title } from './chats.ts';

/** The first event of a branch: the chat's own, with another id, title and origin. */
export const branchCreated = (
	created: z.output<typeof creation>,
	to: { readonly chatId: string; readonly title: string; readonly at: string | null }
): EventDraft =>
	chatCreated({
		stream: chatStream(to.chatId),
		payload: {
			...created,
			chatId: to.chatId,
			title: to.title,
			origin: { kind: 'branch', of: created.chatId, at: to.at }
		}
	});

/** What a chat was created with, as its log says; null when it has none. */
export const createdIn = (read: Read, table: typeof eventLog, stream: string) => {
	const row = read.one(
		z.object({ payload: z.string(), v: z.number() }),
		sql`select payload, v from ${table} where stream = ${stream} and kind = ${chatCreated.kind} order by seq limit 1`
	);
	return row === null ? null : creation.parse(chatCreated.revive(JSON.parse(row.payload), row.v));
};

/** Seqs of what was done to a chat as a whole: a branch has a title of its own, and is put away by itself. */
export const ownToChat = (read: Read, table: typeof eventLog, stream: string): number[] =>
	read
		.all(
			z.object({ seq: z.number() }),
			sql`select seq from ${table} where stream = ${stream} and kind in (${chatRenamed.kind}, ${chatArchived.kind})`
		)
		.map(({ seq }) => seq);

/** Makes a new chat of the story up to and including a turn. Turns keep their ids; the old chat stays as it is. */
export const branch = defineCommand({
	name: 'branch',
	input: z.object({ chatId: id, turnId: id, title: title.optional() }),
	reads: [chats, eventLog],
	decide: ({ chatId, turnId, title: given }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const turn = liveTurn(read, stream, turnId);
		const created = createdIn(read, eventLog, stream);
		if (turn === null || created === null) return refuse({ type: 'turn_unknown', chatId, turnId });
		const newChatId = world.newId();
		const change: LogChange = {
			kind: 'branch',
			from: stream,
			to: chatStream(newChatId),
			created: branchCreated(created, { chatId: newChatId, title: given ?? chat.title, at: turnId }),
			leaveOut: [...tailAfter(read, stream, turn).seqs, ...ownToChat(read, eventLog, stream)],
			copyId: null
		};
		return decided({ changes: [change], value: { chatId: newChatId } });
	}
});
