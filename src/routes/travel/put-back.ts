// Puts a library that was kept back in use.
import type { Session } from '../ui/session.svelte.ts';
import { fileWords } from '../words/file-words.ts';

/** Says how it went. */
export const putBack = async (session: Session, name: string): Promise<void> => {
	const done = await session.attempt(() => session.client.restoreKept(name));
	if (done === true) session.say(fileWords.bringIn.putBack);
	else if (done === false) session.say(fileWords.bringIn.putBackGone, 'wrong');
};

/** The one that was replaced last. */
export const putBackReplaced = async (session: Session): Promise<void> => {
	const state = await session.attempt(() => session.client.backupState());
	if (state === null) return;
	const [newest] = state.kept
		.filter(({ why }) => why === 'replaced')
		.toSorted((one, other) => other.at - one.at);
	if (newest === undefined) session.say(fileWords.bringIn.putBackGone, 'wrong');
	else await putBack(session, newest.name);
};
