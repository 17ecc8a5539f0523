// What is about to be taken back: a rewind or a deletion that is being looked at, and the way back to where the page stood.
import { tick } from 'svelte';
import type { Queries } from '#lib/domain/vocabulary.ts';
import { focusOn } from './focus-on.ts';
import type { Turn } from './slice.ts';

type Scene = Queries['meanwhiles']['answer'][number];

export class TakingBack {
	now = $state.raw<{ readonly turn: Turn; readonly what: 'rewind' | 'delete' } | null>(null);
	/** Where the page stood when it was asked what shall go. */
	#stoodAt = 0;
	readonly #scenes: () => readonly Scene[];

	/** `scenes`: those elsewhere. */
	constructor(scenes: () => readonly Scene[]) {
		this.#scenes = scenes;
	}

	begin(turn: Turn, what: 'rewind' | 'delete'): void {
		if (this.now === null) this.#stoodAt = scrollY;
		this.now = { turn, what };
	}

	async end(done: boolean): Promise<void> {
		const turnId = this.now?.turn.turnId;
		this.now = null;
		await tick();
		if (!done) scrollTo({ top: this.#stoodAt });
		if (turnId !== undefined) await focusOn(turnId);
	}

	/** Whether a turn would go. */
	takes(turn: Turn): boolean {
		if (this.now === null) return false;
		const { turn: at, what } = this.now;
		if (what === 'rewind') return turn.number > at.number;
		// with the beginning of a scene elsewhere goes the scene
		const scene = this.#scenes().find(({ opener }) => opener === at.turnId);
		return turn.turnId === at.turnId || (scene !== undefined && turn.meanwhileId === scene.meanwhileId);
	}
}
