// What a screen reader is told of replies: once for each, how it ended, in this tab or another.
import { untrack } from 'svelte';
import { words } from '../../words/words.ts';
import type { Reply } from './reply.svelte.ts';
import type { TranscriptWindow } from './window.svelte.ts';

export interface AnnouncedOf {
	/** How the words are. */
	readonly saying: () => Reply['state'];
	readonly newest: () => TranscriptWindow['newest'];
	/** The host's name. */
	readonly host: () => string;
}

export class Announced {
	text = $state('');
	#before: Reply['state'] = 'none';
	/** The newest turn when a reply was begun. */
	#newestBefore: string | null = null;
	readonly #of: AnnouncedOf;

	/** Call during component set-up. */
	constructor(of: AnnouncedOf) {
		this.#of = of;
		$effect(() => {
			const state = of.saying();
			untrack(() => {
				if (state === 'running') {
					this.text = '';
					this.#newestBefore = of.newest()?.turnId ?? null;
				} else if (this.#before === 'running') this.text = this.#ending(state);
				this.#before = state;
			});
		});
	}

	#ending(state: Reply['state']): string {
		// the offer says for itself what happened
		if (state === 'failed' || state === 'cut') return '';
		const newest = this.#of.newest();
		const host = this.#of.host();
		if (newest?.role !== 'assistant' || newest.turnId === this.#newestBefore)
			return words.chat.notReplied(host);
		return newest.truncated ? words.chat.stoppedAt(host) : words.chat.replied(host);
	}
}
