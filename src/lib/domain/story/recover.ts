// Recovery: what was cut out of stories is kept as copies, to look at, bring back, open as a branch, or delete for good.
import { decided, defineCommand } from '../kernel/command.ts';
import { commandLog, eventLog, recoveryCopy, recoveryEvent } from '../kernel/log.ts';
import type { LogChange } from '../kernel/log-change.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import {
	copiesOf,
	findCopy,
	isIntact,
	listCopies,
	readCopy,
	standingOf,
	type RecoveryCopy
} from '../kernel/recovery.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { chatStream, id, idOfStream } from '../streams.ts';
import { branchCreated, createdIn, ownToChat } from './branch.ts';
import { chats, findChat, title } from './chats.ts';
import { chatModels } from './chat-models.ts';
import { composers } from './composers.ts';
import { classifierRecords, forgetClassifierPrompts } from './classifier-records.ts';
import { forgetPrompts, promptRecords } from './prompt-records.ts';
import { replyJobs, unfinishedReply } from './reply-jobs.ts';
import { ACCOUNTS, forgetWhichChat } from './spending.ts';
import { assistantTurn, narratorTurn, turnEdited, userTurn } from './turns.ts';

/** Everything of a chat leaves the log for a recovery copy. */
export const deletingChat = (read: Read, stream: string, copyId: string, name: string): LogChange => ({
	kind: 'cut',
	stream,
	seqs: read
		.all(
			z.object({ seq: z.number() }),
			sql`select seq from ${eventLog} where stream = ${stream} order by stream_seq`
		)
		.map(({ seq }) => seq),
	copy: { copyId, kind: 'deleted', title: name }
});

/** Deletes a chat. It can be brought back until its copy is deleted too. What stands in its composer waits with it. */
export const deleteChat = defineCommand({
	name: 'delete_chat',
	input: z.object({ chatId: id }),
	reads: [chats, eventLog, replyJobs],
	notes: [replyJobs],
	decide: ({ chatId }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const { blocking, clearing } = unfinishedReply(read, stream);
		if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
		const copyId = world.newId();
		return decided({
			changes: [deletingChat(read, stream, copyId, chat.title)],
			notes: clearing,
			valueFrom: ({ rung }) => ({ copyId, chatId, rung })
		});
	}
});

/** The command that made a copy, while it could be undone: bringing the copy back undoes it. */
const cutBy = (read: Read, copyId: string): string | null =>
	read.one(
		z.object({ commandId: z.string() }),
		sql`select command_id as commandId from ${commandLog} where batch is not null and undone = 0
			and json_extract(takes_back, '$.copyId') = ${copyId}`
	)?.commandId ?? null;

/** What a copy is of: a chat, or a hand-off that came with a file and went again. */
const chatOf = (stream: string): string => idOfStream(stream) ?? '';

/**
 * Brings a copy back. `restore`: to where it was, refused when the story went on since. `branch`: as a chat of its own, as
 * it was before. `either`: the first that can be done.
 */
export const restoreCopy = defineCommand({
	name: 'restore_copy',
	input: z.object({
		copyId: id,
		as: z.enum(['either', 'restore', 'branch']).default('either'),
		title: title.optional()
	}),
	reads: [commandLog, eventLog, recoveryCopy, recoveryEvent, replyJobs],
	notes: [replyJobs],
	decide: ({ copyId, as, title: given }, read, world) => {
		const copy = findCopy(read, copyId);
		if (copy === null) return refuse({ type: 'copy_unknown', copyId });
		const standing = standingOf(read, copy);
		if (standing === 'none') return refuse({ type: 'copy_incomplete', copyId });
		const chatId = chatOf(copy.stream);
		if (as !== 'branch' && standing === 'restore') {
			const { blocking, clearing } = unfinishedReply(read, copy.stream);
			if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
			if (!isIntact(read, copy)) return refuse({ type: 'copy_incomplete', copyId });
			const cut = cutBy(read, copyId);
			return decided({
				changes: [{ kind: 'bring_back', copyId }],
				notes: clearing,
				...(cut === null ? {} : { undoes: cut }),
				valueFrom: ({ rung }) => ({ chatId, how: restored, rung })
			});
		}
		if (as === 'restore') return refuse({ type: 'story_went_on', chatId });
		// what later copies hold may be part of it
		const needed = copiesOf(read, copy.stream).filter((other) => other.cutSeq >= copy.cutSeq);
		if (!needed.every((other) => isIntact(read, other))) return refuse({ type: 'copy_incomplete', copyId });
		const created = createdIn(read, eventLog, copy.stream) ?? createdIn(read, recoveryEvent, copy.stream);
		if (created === null) return refuse({ type: 'copy_incomplete', copyId });
		const newChatId = world.newId();
		const change: LogChange = {
			kind: 'branch',
			from: copy.stream,
			to: chatStream(newChatId),
			created: branchCreated(created, { chatId: newChatId, title: given ?? copy.title, at: null }),
			leaveOut: [...ownToChat(read, eventLog, copy.stream), ...ownToChat(read, recoveryEvent, copy.stream)],
			copyId
		};
		return decided({
			changes: [change],
			valueFrom: ({ rung }) => ({ chatId: newChatId, how: branched, rung })
		});
	}
});

const restored: 'restored' | 'branched' = 'restored';
const branched: 'restored' | 'branched' = 'branched';

const forgetting = (copy: RecoveryCopy) => [
	sql`delete from ${recoveryEvent} where copy_id = ${copy.copyId}`,
	sql`delete from ${recoveryCopy} where copy_id = ${copy.copyId}`,
	// nobody can undo what cut it any more, and what was done before that comes next
	sql`update ${commandLog} set undone = 1 where batch is not null and json_extract(takes_back, '$.copyId') = ${copy.copyId}`,
	// what models were asked holds words of turns, those of the copy among them
	forgetPrompts(copy.stream),
	forgetClassifierPrompts(copy.stream),
	// what a deleted chat left besides its events
	...(copy.kind === 'deleted'
		? [
				sql`delete from ${composers} where stream = ${copy.stream}`,
				sql`delete from ${replyJobs} where stream = ${copy.stream}`,
				sql`delete from ${chatModels} where stream = ${copy.stream}`,
				...forgetWhichChat(copy.stream)
			]
		: [])
];

/** Deletes a copy for good. */
export const deleteCopy = defineCommand({
	name: 'delete_copy',
	input: z.object({ copyId: id }),
	reads: [recoveryCopy],
	notes: [
		recoveryCopy,
		recoveryEvent,
		commandLog,
		composers,
		replyJobs,
		chatModels,
		...ACCOUNTS,
		promptRecords,
		classifierRecords
	],
	purges: true,
	decide: ({ copyId }, read) => {
		const copy = findCopy(read, copyId);
		if (copy === null) return refuse({ type: 'copy_unknown', copyId });
		return decided({ notes: forgetting(copy), value: { copyId } });
	}
});

/** Deletes every copy for good. */
export const emptyRecovery = defineCommand({
	name: 'empty_recovery',
	input: z.object({}),
	reads: [recoveryCopy],
	notes: [
		recoveryCopy,
		recoveryEvent,
		commandLog,
		composers,
		replyJobs,
		chatModels,
		...ACCOUNTS,
		promptRecords,
		classifierRecords
	],
	purges: true,
	decide: (_, read) => {
		const copies = listCopies(read);
		return decided({ notes: copies.flatMap(forgetting), value: { copies: copies.length } });
	}
});

/** Every recovery copy, the newest first, and what can be done with it. `bytes`: of its events, roughly. */
export const recovery = defineQuery({
	name: 'recovery',
	input: z.object({}),
	reads: [recoveryCopy, recoveryEvent, eventLog, chats],
	answer: (read) =>
		listCopies(read).map((copy) => {
			const chatId = chatOf(copy.stream);
			return {
				copyId: copy.copyId,
				kind: copy.kind,
				chatId,
				/** As the chat is called now, or was when it was cut. */
				title: findChat(read, chatId)?.title ?? copy.title,
				at: copy.at,
				turns: copy.turns,
				events: copy.events,
				bytes: copy.bytes,
				restore: standingOf(read, copy)
			};
		})
});

/** What a narrator says, nobody in the story does. */
const spoken = z.object({
	turnId: z.string(),
	speaker: z.object({ name: z.string() }).default({ name: '' }),
	text: z.string()
});

type Role = 'user' | 'assistant' | 'narrator';

const ROLES: ReadonlyMap<string, Role> = new Map([
	[userTurn.kind, 'user'],
	[assistantTurn.kind, 'assistant'],
	[narratorTurn.kind, 'narrator']
]);

const edit = z.object({ turnId: z.string(), text: z.string() });

/** What is said in a copy, oldest first, with the words it had last; or null. `live` false: an alternative. */
export const copyTurns = defineQuery({
	name: 'copy',
	input: z.object({ copyId: id }),
	reads: [recoveryCopy, recoveryEvent],
	answer: (read, { copyId }) => {
		const found = findCopy(read, copyId);
		if (found === null) return null;
		const rows = readCopy(read, copyId);
		const payloadOf = (row: (typeof rows)[number]): unknown => JSON.parse(row.payload);
		const edits = new Map(
			rows.flatMap((row) => {
				const parsed =
					row.kind === turnEdited.kind && row.supersededBy === null ? edit.safeParse(payloadOf(row)) : null;
				return parsed?.success === true ? [[parsed.data.turnId, parsed.data.text] as const] : [];
			})
		);
		return {
			copyId,
			kind: found.kind,
			chatId: chatOf(found.stream),
			title: found.title,
			at: found.at,
			turns: rows.flatMap((row) => {
				const role = ROLES.get(row.kind);
				const said = role === undefined ? null : spoken.safeParse(payloadOf(row));
				if (role === undefined || said?.success !== true) return [];
				const { turnId, speaker, text } = said.data;
				return [
					{
						turnId,
						role,
						speakerName: speaker.name,
						text: edits.get(turnId) ?? text,
						at: row.at,
						live: row.supersededBy === null
					}
				];
			})
		};
	}
});
