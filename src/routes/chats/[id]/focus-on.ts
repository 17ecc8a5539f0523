// Puts the focus on a turn's button for another reply, or on the turn, once the page shows it.
import { tick } from 'svelte';

export const focusOn = async (turnId: string): Promise<void> => {
	await tick();
	const turn = document.getElementById(`turn-${turnId}`);
	const target = turn?.querySelector<HTMLElement>('[data-regenerate]') ?? turn;
	if (target == null) return;
	if (target === turn) target.tabIndex = -1;
	target.focus({ preventScroll: true });
};
