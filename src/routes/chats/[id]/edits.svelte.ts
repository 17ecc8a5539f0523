// The turn whose words are edited, and what was typed in edits that were neither saved nor given up.
import type { Session } from '../../ui/session.svelte.ts';

export class Edits {
	/** The turn that is edited now. */
	turnId = $state<string | null>(null);
	/** What gets the focus when editing ends, when it was not begun at the turn itself. */
	from = $state.raw<HTMLElement | null>(null);
	/** By turn: another edit, or a look elsewhere, must not cost what was typed. */
	#typed = $state.raw<Readonly<Record<string, string>>>({});

	/** Call during component set-up. */
	constructor(session: Session) {
		$effect(() => (Object.keys(this.#typed).length > 0 ? session.hold() : undefined));
	}

	begin(turnId: string | null, from: HTMLElement | null = null): void {
		if (turnId === null) return;
		this.from = from;
		this.turnId = turnId;
	}

	close = (): void => {
		this.turnId = null;
	};

	/** What was typed in the edit of a turn; null where nothing waits. */
	of(turnId: string): string | null {
		return this.#typed[turnId] ?? null;
	}

	/** Null: it was saved or given up. */
	keep = (turnId: string, text: string | null): void => {
		const { [turnId]: _before, ...others } = this.#typed;
		this.#typed = text === null ? others : { ...others, [turnId]: text };
	};
}
