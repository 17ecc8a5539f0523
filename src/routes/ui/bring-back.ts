// Brings a recovery copy back, and says how it came: to where it was, or as a story of its own.
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import { words } from '../words/words.ts';
import { plainName } from './plain.ts';
import type { Session } from './session.svelte.ts';

/** As many characters as a title may have. */
const TITLE_MAX = 200;

const cut = (title: string): string => {
	const whole = words.recovery.branchTitle(title);
	const over = whole.length - TITLE_MAX;
	return over <= 0 ? whole : words.recovery.branchTitle(`${title.slice(0, -over - 1)}…`);
};

/**
 * `as` left out: to where it was, or as a branch when the story went on since; a branch is opened. Answers whether it was
 * done; why not has been said.
 */
export const bringBack = async (
	session: Session,
	copy: { readonly copyId: string; readonly title: string },
	as: 'either' | 'branch' = 'either'
): Promise<boolean> => {
	const title = cut(copy.title);
	const back = await session.send('restore_copy', { copyId: copy.copyId, as, title });
	if (back === null) return false;
	const address = resolve('/chats/[id]', { id: back.chatId });
	if (back.how === 'branched') {
		await goto(address);
		session.say(words.recovery.branched(plainName(title)));
		return true;
	}
	const here = location.pathname === address;
	session.say(
		words.recovery.restored(plainName(copy.title)),
		'said',
		here ? null : { label: words.recovery.open, do: () => void goto(address) }
	);
	return true;
};
