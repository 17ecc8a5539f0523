// What the desk is doing with an open chat: handing it on, or writing a step down from one of its turns.
import type { Client } from '#lib/worker/client.ts';
import type { Queries } from '#lib/domain/vocabulary.ts';
import { Live } from '../ui/live.svelte.ts';
import { Clock } from './clock.svelte.ts';

interface Told {
	readonly turnId: string;
	readonly text: string;
}

export class ChatDesk {
	readonly chatId: string;
	readonly clock = new Clock();
	readonly #handoffs: Live<'handoffs_of_chat'>;
	raising = $state(false);
	/** The turn a step is written down from. */
	step = $state.raw<Told | null>(null);
	keysShown = $state(false);
	/** How often somebody said something here since the page was opened. */
	spoken = $state(0);

	/** Call during component set-up. */
	constructor(client: Client, chatId: string) {
		this.chatId = chatId;
		this.#handoffs = new Live(client, 'handoffs_of_chat', () => ({ chatId, now: this.clock.now }));
	}

	/** The newest hand-off of the chat; undefined while that is not known, and where there never was one. */
	get handoff(): Queries['handoffs_of_chat']['answer'][number] | undefined {
		return this.#handoffs.value?.[0];
	}

	/** It waits or somebody is at it: it is not handed on twice. */
	get handedOn(): boolean {
		const state = this.handoff?.state;
		return state === 'open' || state === 'snoozed' || state === 'claimed';
	}

	/** There is something to show of it. */
	get wanted(): boolean {
		return this.handoff !== undefined || this.raising;
	}
}
