// Live: a query's answer that keeps itself up to date, for as long as the component that made it lives.
import { untrack } from 'svelte';
import type { Queries } from '#lib/domain/vocabulary.ts';
import type { Client } from '#lib/worker/client.ts';

type Name = keyof Queries;

/** `value` is undefined until the first answer and stays while a new input is asked; `failed`: why the last look failed. */
export class Live<N extends Name> {
	value = $state.raw<Queries[N]['answer'] | undefined>(undefined);
	/** What `value` answers: while something else is asked already, it still answers what was asked before. */
	answers = $state.raw<Queries[N]['input'] | null>(null);
	failed = $state<string | null>(null);

	/** `input` is re-read when state in it changes; null means: ask nothing. Call during component set-up. */
	constructor(client: Client, name: N, input: () => Queries[N]['input'] | null) {
		$effect(() => {
			const asked = input();
			untrack(() => (this.failed = null));
			if (asked === null) {
				this.value = undefined;
				this.answers = null;
				return undefined;
			}
			return client.watch(
				name,
				asked,
				(answer) => {
					this.value = answer;
					this.answers = asked;
					this.failed = null;
				},
				(error) => (this.failed = error.message)
			);
		});
	}
}
