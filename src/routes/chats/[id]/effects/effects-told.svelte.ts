// What the turns on the page brought about, asked for all of them at once.
import type { Queries } from '#lib/domain/vocabulary.ts';
import type { Client } from '#lib/worker/client.ts';
import { Live } from '../../../ui/live.svelte.ts';

export type TurnEffects = Queries['effects']['answer'][number];

/** The most turns one look tells of; a page never holds as many. */
const TURNS_MAX = 200;

export class EffectsTold {
	readonly #told: Live<'effects'>;
	readonly #byTurn: Readonly<Record<string, TurnEffects>> = $derived.by(() =>
		Object.fromEntries((this.#told.value ?? []).map((effects) => [effects.turnId, effects]))
	);

	/** `turnIds`: those on the page. Call during component set-up. */
	constructor(client: Client, chatId: string, turnIds: () => readonly string[]) {
		// the same turns in a new list are no new question
		const asked = $derived(turnIds().slice(-TURNS_MAX).join(' '));
		this.#told = new Live(client, 'effects', () =>
			asked === '' ? null : { chatId, turnIds: asked.split(' ') }
		);
	}

	/** Undefined as long as nobody has said, and where there is nothing. */
	of(turnId: string): TurnEffects | undefined {
		const told = this.#byTurn[turnId];
		return told === undefined || told.effects.length + told.failures.length === 0 ? undefined : told;
	}
}
