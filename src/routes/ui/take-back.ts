// Carries a plan out, a rewind or a deletion, and offers to undo it.
import type { Queries } from '#lib/domain/vocabulary.ts';
import { words } from '../words/words.ts';
import { bringBack } from './bring-back.ts';
import type { Session } from './session.svelte.ts';
import { undoLast } from './undo.ts';

export interface TakeBack {
	readonly chatId: string;
	readonly turnId: string;
	readonly what: 'rewind' | 'delete';
	/** The story's, for a copy that has to be opened as a branch. */
	readonly title: string;
}

/**
 * Does exactly what the plan says. `moved_on`: something was added since, and the plan has to be looked at again. Why it
 * was not done otherwise has been said.
 */
export const takeBack = async (
	session: Session,
	{ chatId, turnId, what, title }: TakeBack,
	plan: NonNullable<Queries['plan']['answer']>
): Promise<'done' | 'moved_on' | 'not done'> => {
	const input = { chatId, turnId, basedOn: plan.basedOn };
	const result =
		what === 'rewind' ? await session.trySend('rewind', input) : await session.trySend('delete_turn', input);
	if (result === null) return 'not done';
	if (!result.ok) {
		if (result.error.type === 'moved_on') return 'moved_on';
		session.say(words.refusal(result.error), 'wrong');
		return 'not done';
	}
	const { value } = result;
	if ('copyId' in value)
		session.say(words.plan.rewound(value.turns), 'said', {
			label: words.undo.action,
			do: () => void bringBack(session, { copyId: value.copyId, title })
		});
	else
		session.say(words.plan.deleted, 'said', {
			label: words.undo.action,
			do: () => void undoLast(session, 'delete_turn')
		});
	return 'done';
};
