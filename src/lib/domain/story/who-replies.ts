// Who replies in a chat, as it stands: whom the player asks for, or who is spoken to among those who are there.
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { presentWith } from './activity.ts';
import type { Chat } from './chats.ts';
import { people } from './people.ts';
import { primarySpeaker } from './speaker.ts';
import { chatStream } from '../streams.ts';
import { turns } from './turns.ts';

/**
 * The bot that replies; null when `asked` is not in the chat. `before`: the number of the turn that is answered, or null for
 * one that is about to be said. Reads bots, yous, activities, scenes and turns.
 */
export const speakerFor = (
	read: Read,
	chat: Chat,
	{
		words,
		asked,
		before
	}: { readonly words: string; readonly asked: string | null; readonly before: number | null }
): string | null => {
	if (asked !== null) return asked === chat.hostId || asked === chat.guestId ? asked : null;
	if (chat.guestId === null) return chat.hostId;
	const { host, guest } = people(read, chat);
	const there = guest !== null && presentWith(read, chat, 'you').guest;
	// whoever replied last is who was spoken to last: by name, by the player's choice, or by going on with the same
	const last = read.one(
		z.object({ speakerId: z.string().nullable() }),
		sql`select speaker_id as speakerId from ${turns}
			where stream = ${chatStream(chat.chatId)} and role = 'assistant' and interjection_of is null
				and meanwhile_id is null and (${before} is null or number < ${before})
			order by number desc limit 1`
	);
	return primarySpeaker({
		words,
		host: { botId: chat.hostId, name: host.name },
		guest: there ? { botId: chat.guestId, name: guest.name } : null,
		last: last?.speakerId ?? null
	});
};
