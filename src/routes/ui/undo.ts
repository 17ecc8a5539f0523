// Undo: takes back what this tab did last, from its keys or a button, and says what that was.
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import { page } from '$app/state';
import type { Commands } from '#lib/domain/vocabulary.ts';
import { words } from '../words/words.ts';
import type { Session } from './session.svelte.ts';

const TYPED_IN = 'textarea, select, [contenteditable]:not([contenteditable="false"])';
const NOT_TYPED_IN = ['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit'];

/** Whether the keys pressed mean undo, and not what is typed somewhere, nor something behind a dialog. */
export const asksForUndo = (event: KeyboardEvent): boolean => {
	const { key, code, ctrlKey, metaKey, shiftKey, altKey, repeat, target } = event;
	if (event.defaultPrevented || repeat || shiftKey || altKey || ctrlKey === metaKey) return false;
	// where no Latin letter is on the key, its place is what counts
	const isZ = key.toLowerCase() === 'z' || (code === 'KeyZ' && !/^[a-z]$/i.test(key));
	if (!isZ || !(target instanceof Element)) return false;
	if (target instanceof HTMLInputElement && !NOT_TYPED_IN.includes(target.type)) return false;
	return (
		target.closest(TYPED_IN) === null &&
		document.querySelector('[role=dialog], [role=alertdialog], [data-deciding]') === null
	);
};

let running = false;

/**
 * Takes back the last thing this tab did to the log, and says what it was, or why not. `only`: the command that is to be
 * taken back; when something else was done since, nothing is.
 */
export const undoLast = async (session: Session, only?: keyof Commands): Promise<void> => {
	if (running) return;
	running = true;
	try {
		if (only !== undefined) {
			const next = await session.attempt(() => session.client.ask('undoable', { tab: session.tab }));
			if (next !== null && next.command !== only) {
				session.say(words.undo.notLast);
				return;
			}
		}
		const result = await session.trySend('undo_last', { tab: session.tab });
		if (result === null) return;
		if (!result.ok) {
			if (result.error.type === 'nothing_to_undo') session.say(words.undo.nothing);
			else session.say(words.refusal(result.error), 'wrong');
			return;
		}
		const { command, chatId } = result.value;
		const elsewhere = chatId !== null && page.params.id !== chatId && (await isThere(session, chatId));
		session.say(
			words.undo.tookBack(command),
			'said',
			elsewhere
				? { label: words.undo.goThere, do: () => void goto(resolve('/chats/[id]', { id: chatId })) }
				: null
		);
	} finally {
		running = false;
	}
};

const isThere = async (session: Session, chatId: string): Promise<boolean> =>
	(await session.client.ask('chat', { chatId }).catch(() => null)) !== null;
