// The silent witness of a reply: the other bot, when it shares the place of the one who spoke.
import type { Read } from '../kernel/query.ts';
import { presentWith } from './activity.ts';
import type { Around } from './around.ts';
import { settingsOf } from './chat-settings.ts';

/**
 * Who listened to a reply and may put in a word; null when nobody could, or the player wants none of it. Reads activities,
 * scenes and the settings of chats.
 */
export const silentWitness = (
	read: Read,
	around: Around
): { readonly role: 'host' | 'guest'; readonly botId: string; readonly name: string } | null => {
	const { chat, people, speaker, stream } = around;
	if (chat.guestId === null || people.guest === null || speaker === null) return null;
	// nobody is interrupted: what breaks off may go on, and is the newest turn as long as nobody else has spoken
	if (around.unfinished) return null;
	if (around.interjection || around.meanwhileId !== null || !settingsOf(read, stream).interjections)
		return null;
	const [role, other] =
		speaker === 'host' ? (['guest', chat.guestId] as const) : (['host', chat.hostId] as const);
	const spoke = speaker === 'host' ? chat.hostId : chat.guestId;
	// there when it was said, and there still
	if (!around.present[role] || !presentWith(read, chat, spoke)[role]) return null;
	return { role, botId: other, name: people[role]?.name ?? '' };
};
