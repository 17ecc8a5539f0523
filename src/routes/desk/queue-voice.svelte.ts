// What is said of the queue to those who do not see it: once for all that came within a moment. A list that speaks by itself
// would read all of its buttons.
import { untrack } from 'svelte';
import type { Queries } from '#lib/domain/vocabulary.ts';
import type { Live } from '../ui/live.svelte.ts';
import { plainName } from '../ui/plain.ts';
import { deskWords } from '../words/desk-words.ts';
import { arrived, type Card } from './queue-order.ts';

const SPOKEN_AFTER_MS = 2000;

/** Which list an answer is of, and which part of it. */
export const partOf = (asked: Queries['queue']['input'] | null): string =>
	asked === null ? '' : [asked.actor, asked.filter, asked.offset, asked.limit].join(' ');

export class QueueVoice {
	/** The newest sentence. */
	spoken = $state('');
	#known: { readonly of: string; readonly ids: readonly string[]; readonly cut: boolean } | null = null;
	#came: Card[] = [];
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** Call during component set-up. */
	constructor(found: Live<'queue'>) {
		$effect(() => {
			const answer = found.value;
			const asked = found.answers;
			untrack(() => {
				if (answer === undefined) return;
				const which = partOf(asked);
				const before = this.#known?.of === which ? this.#known : null;
				this.#known = {
					of: which,
					ids: answer.cards.map(({ handoffId }) => handoffId),
					cut: answer.total > (asked?.offset ?? 0) + answer.cards.length
				};
				if (before === null) return;
				this.#came.push(...arrived(before.ids, before.cut, answer.cards));
				if (this.#came.length === 0) return;
				this.#timer ??= setTimeout(() => this.#speak(found.value?.total ?? 0), SPOKEN_AFTER_MS);
			});
		});
		$effect(() => () => clearTimeout(this.#timer));
	}

	#speak(total: number): void {
		const said = deskWords.queue;
		const came = this.#came;
		this.#came = [];
		this.#timer = undefined;
		const [first] = came;
		if (first === undefined) return;
		this.spoken =
			came.length === 1
				? said.spoken(deskWords.pressing[first.priority] ?? '', plainName(first.title), total)
				: said.spokenMany(came.length, total);
	}
}
