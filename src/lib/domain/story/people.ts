// People: who a story is played with. You, the host, and a guest who may come and go; and what each is called today.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { bots, COPILOT_ID, findBot } from '../library/bots.ts';
import { findYou } from '../library/personas.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat, type Chat } from './chats.ts';
import { newestTurnId, turns } from './turns.ts';

/** Somebody in a story: the player, or a bot by its id. */
export const entity = z.union([z.literal('you'), id]);

export type Entity = z.output<typeof entity>;

export const guestJoined = defineEvent({
	kind: 'guest_joined',
	payload: z.object({ bot: z.object({ botId: id, name: z.string() }) }),
	upcasts: [],
	writes: [chats],
	named: ({ bot }) => bot.name,
	project: ({ stream, streamSeq, payload: { bot } }) => [
		sql`update ${chats} set guest_id = ${bot.botId}, guest_name = ${bot.name}, guest_since = ${streamSeq}
			where stream = ${stream}`
	]
});

export const guestLeft = defineEvent({
	kind: 'guest_left',
	payload: z.object({ botId: id }),
	upcasts: [],
	writes: [chats],
	about: ({ stream, payload }) =>
		sql`select 1 from ${chats} where stream = ${stream} and guest_id = ${payload.botId}`,
	project: ({ stream, payload }) => [
		sql`update ${chats} set guest_id = null, guest_name = null, guest_since = null
			where stream = ${stream} and guest_id = ${payload.botId}`
	]
});

/** A second bot comes into the story. */
export const inviteGuest = defineCommand({
	name: 'invite_guest',
	input: z.object({ chatId: id, botId: id }),
	reads: [chats, bots, turns],
	decide: ({ chatId, botId }, read) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		if (chat.kind === 'case') return refuse({ type: 'not_in_a_case', chatId });
		const bot = findBot(read, botId);
		if (bot === null || bot.retired || botId === COPILOT_ID) return refuse({ type: 'bot_unknown', botId });
		if (botId === chat.hostId) return refuse({ type: 'bot_is_host', chatId, botId });
		if (chat.guestId !== null) return refuse({ type: 'guest_present', chatId, botId: chat.guestId });
		const stream = chatStream(chatId);
		return decided({
			events: [
				guestJoined({
					stream,
					anchor: newestTurnId(read, stream),
					payload: { bot: { botId, name: bot.name } }
				})
			],
			value: { chatId, botId }
		});
	}
});

export interface Person {
	readonly entity: Entity;
	/** As the library says today, or as the chat was told when the library has it no more; empty for a nameless player. */
	readonly name: string;
	readonly avatar: string | null;
}

export interface People {
	readonly you: Person & { readonly entity: 'you' };
	readonly host: Person;
	/** `since`: position in the chat of what brought the guest in. */
	readonly guest: (Person & { readonly since: number }) | null;
}

/** Who a chat is played with. Reads bots and yous. */
export const people = (read: Read, chat: Chat): People => {
	const you = chat.youId === null ? null : findYou(read, chat.youId);
	const bot = (botId: string, told: string | null): Person => {
		const found = findBot(read, botId);
		return { entity: botId, name: found?.name ?? told ?? '', avatar: found?.avatar ?? null };
	};
	return {
		you: { entity: 'you', name: you?.name ?? chat.youName ?? '', avatar: you?.avatar ?? null },
		host: bot(chat.hostId, chat.hostName),
		guest:
			chat.guestId === null ? null : { ...bot(chat.guestId, chat.guestName), since: chat.guestSince ?? 0 }
	};
};

/** Everybody in a chat now. */
export const entitiesOf = ({ hostId, guestId }: Chat): readonly Entity[] =>
	guestId === null ? ['you', hostId] : ['you', hostId, guestId];
