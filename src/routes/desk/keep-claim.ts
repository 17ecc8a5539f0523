// Shows that whoever holds a hand-off is still at it, while they are: a claim nobody minds may be taken over.
import type { Session } from '../ui/session.svelte.ts';

/** Far less than after what a claim is stale. */
const AT_MOST_EVERY_MS = 2 * 60_000;

/** Watches for somebody at the page; `held`: the hand-off and who holds it here, or null. Returns how to stop. */
export const keepClaim = (
	session: Session,
	held: () => { readonly actor: string; readonly handoffId: string } | null
): (() => void) => {
	let last = Date.now();
	const stir = () => {
		const claim = held();
		if (claim === null || Date.now() - last < AT_MOST_EVERY_MS) return;
		last = Date.now();
		// refused when somebody else has it by now, which the page says already
		void session.trySend('renew_claim', claim);
	};
	addEventListener('pointerdown', stir);
	addEventListener('keydown', stir);
	return () => {
		removeEventListener('pointerdown', stir);
		removeEventListener('keydown', stir);
	};
};
