// Chats: created with their bot, persona and place; renamed; archived; listed on the home screen.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import { eventLog } from '../kernel/log.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { bots } from '../library/bots.ts';
import { chatStream, id } from '../streams.ts';
import { minutes, STORY_BEGINS_MINUTES, storyNow, timeAnchor, weather } from './story-now.ts';
import { newestTurnId, turns } from './turns.ts';

/** `guest_since`: the stream_seq of the event that brought the guest in. */
export const chats = defineTable(
	'chats',
	`	stream text not null primary key,
	chat_id text not null,
	kind text not null,
	title text not null,
	host_id text not null,
	host_name text not null,
	you_id text,
	you_name text,
	guest_id text,
	guest_name text,
	guest_since integer,
	place text,
	created_at integer not null,
	archived integer not null check (archived in (0, 1))`,
	{ told: { key: [], name: 'title', values: ['title', 'archived', 'guest_name'] } }
);

export const title = z.string().trim().min(1).max(200);

/** A `story` is played; a `case` is worked on, with the Copilot. */
const chatKind = z.enum(['story', 'case']);

/** What a chat begins with. */
export const creation = z.object({
	chatId: id,
	kind: chatKind,
	title,
	/** Names are copied, so that the log can be read without the library. */
	host: z.object({ botId: id, name: z.string() }),
	you: z.object({ youId: id, name: z.string() }).nullable(),
	/** Another bot that is there from the beginning. */
	guest: z.object({ botId: id, name: z.string() }).nullable(),
	/** What time it is when the story begins, what that hangs on, and how the weather is. */
	begins: z.object({ minutes, anchor: timeAnchor, weather }),
	/** Where the story begins, in the player's words. */
	place: z.string().nullable(),
	/**
	 * `branch`: `at` is the last turn it has in common with the chat it is a branch of. `continues`: another story with
	 * somebody who remembers the one it continues.
	 */
	origin: z.discriminatedUnion('kind', [
		z.object({ kind: z.literal('new') }),
		z.object({ kind: z.literal('branch'), of: id, at: id.nullable() }),
		z.object({ kind: z.literal('continues'), of: id })
	])
});

/** The first version had no guest and no clock. */
const withBeginning = (payload: unknown): unknown => ({
	...z.looseObject({}).parse(payload),
	guest: null,
	begins: { minutes: STORY_BEGINS_MINUTES, anchor: '', weather: '' }
});

export const chatCreated = defineEvent({
	kind: 'chat_created',
	payload: creation,
	upcasts: [withBeginning],
	writes: [chats, storyNow],
	named: (chat) => chat.title,
	project: ({ stream, streamSeq, at, payload: chat }) => [
		sql`insert into ${chats} (stream, chat_id, kind, title, host_id, host_name, you_id, you_name, guest_id, guest_name,
				guest_since, place, created_at, archived)
			values (${stream}, ${chat.chatId}, ${chat.kind}, ${chat.title}, ${chat.host.botId}, ${chat.host.name},
				${chat.you?.youId ?? null}, ${chat.you?.name ?? null}, ${chat.guest?.botId ?? null},
				${chat.guest?.name ?? null}, ${chat.guest === null ? null : streamSeq}, ${chat.place}, ${at}, 0)`,
		sql`insert into ${storyNow} (stream, turns, rounds, minutes, weather, anchor)
			values (${stream}, 0, 0, ${chat.begins.minutes}, ${chat.begins.weather}, ${chat.begins.anchor})`
	]
});

export const chatRenamed = defineEvent({
	kind: 'chat_renamed',
	payload: z.object({ title }),
	upcasts: [],
	writes: [chats],
	named: (chat) => chat.title,
	project: ({ stream, payload }) => [
		sql`update ${chats} set title = ${payload.title} where stream = ${stream}`
	]
});

export const chatArchived = defineEvent({
	kind: 'chat_archived',
	payload: z.object({ archived: z.boolean() }),
	upcasts: [],
	writes: [chats],
	project: ({ stream, payload }) => [
		sql`update ${chats} set archived = ${payload.archived ? 1 : 0} where stream = ${stream}`
	]
});

export const renameChat = defineCommand({
	name: 'rename_chat',
	input: z.object({ chatId: id, title }),
	reads: [chats, turns],
	decide: ({ chatId, title: to }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		return decided({
			events: [chatRenamed({ stream, anchor: newestTurnId(read, stream), payload: { title: to } })],
			// without the title: results of commands outlive a chat that is deleted for good
			value: { chatId }
		});
	}
});

/** Puts a chat away, or brings it back. */
export const archiveChat = defineCommand({
	name: 'archive_chat',
	input: z.object({ chatId: id, archived: z.boolean() }),
	reads: [chats, turns],
	decide: ({ chatId, archived }, read) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const events =
			chat.archived === archived
				? []
				: [chatArchived({ stream, anchor: newestTurnId(read, stream), payload: { archived } })];
		return decided({ events, value: { chatId, archived } });
	}
});

const chatRow = z.object({
	chatId: z.string(),
	kind: chatKind,
	title: z.string(),
	hostId: z.string(),
	hostName: z.string(),
	youId: z.string().nullable(),
	youName: z.string().nullable(),
	guestId: z.string().nullable(),
	guestName: z.string().nullable(),
	guestSince: z.number().nullable(),
	place: z.string().nullable(),
	createdAt: z.number(),
	archived: z.number().transform(Boolean)
});

export type Chat = z.output<typeof chatRow>;

export const findChat = (read: Read, chatId: string): Chat | null =>
	read.one(
		chatRow,
		sql`select chat_id as chatId, kind, title, host_id as hostId, host_name as hostName, you_id as youId,
				you_name as youName, guest_id as guestId, guest_name as guestName, guest_since as guestSince, place, created_at as createdAt, archived
			from ${chats} where stream = ${chatStream(chatId)}`
	);

/** A story is taken up where it stopped: the end of its last turn is shown, not its beginning. */
const HOME_LAST_WORDS_CHARS = 240;

/** Every chat, the one played last first, with its bot's present face and its last words. */
export const home = defineQuery({
	name: 'home',
	input: z.object({ archived: z.boolean().default(false) }),
	reads: [chats, turns, bots, eventLog],
	answer: (read, { archived }) =>
		read.all(
			z.object({
				chatId: z.string(),
				kind: chatKind,
				title: z.string(),
				hostName: z.string(),
				avatar: z.string().nullable(),
				turns: z.number(),
				lastWords: z.string().nullable(),
				lastSpeaker: z.string().nullable(),
				playedAt: z.number()
			}),
			sql`select c.chat_id as chatId, c.kind, c.title, coalesce(b.name, c.host_name) as hostName, b.avatar,
					coalesce(l.number, 0) as turns,
					(select substr(e.payload ->> '$.text', -${HOME_LAST_WORDS_CHARS}) from ${eventLog} e
						where e.stream = l.stream and e.stream_seq = l.text_at) as lastWords,
					case when l.role = 'user' then coalesce(c.you_name, '') else l.speaker_name end as lastSpeaker,
					coalesce(l.at, c.created_at) as playedAt
				from ${chats} c
				left join ${bots} b on b.stream = 'library' and b.bot_id = c.host_id
				left join ${turns} l on l.stream = c.stream
					and l.number = (select max(t.number) from ${turns} t where t.stream = c.stream)
				where c.archived = ${archived ? 1 : 0}
				order by playedAt desc, c.chat_id`
		)
});
