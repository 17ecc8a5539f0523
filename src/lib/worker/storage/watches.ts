// Live queries: asks again when what an answer depends on has changed, and tells only answers that differ.
import type { Change } from '../../domain/kernel/app.ts';
import type { WatchAnswer } from '../protocol.ts';
import { equal } from './equal.ts';
import type { Looked } from './tab-messages.ts';

export interface Watches {
	/** Starts a watch; the first answer follows. The returned function ends it: nothing is told after it. */
	watch(name: string, input: unknown, tell: (answer: WatchAnswer) => void): () => void;
	/** Wakes the watches a change concerns; null wakes all. */
	changed(change: Change | null): void;
}

/**
 * Keeps the live queries of one tab. Each asks one question at a time, so its answers are told in the order of the
 * states they describe; changes that arrive meanwhile are taken together and asked about once more. `inTurn` runs what
 * it is given a little later, one after the other: what a person waits for goes before what a screen shows anew.
 */
export const createWatches = (
	look: (name: string, input: unknown) => Promise<Looked>,
	inTurn: (run: () => void) => void
): Watches => {
	interface Watch {
		readonly name: string;
		readonly input: unknown;
		readonly tell: (answer: WatchAnswer) => void;
		scope: Looked['scope'];
		told: WatchAnswer | null;
		/** Its turn to ask is still to come. */
		due: boolean;
		asking: boolean;
		/** Something changed while its answer was on its way. */
		stale: boolean;
	}
	const watches = new Set<Watch>();

	const ask = async (watch: Watch): Promise<void> => {
		watch.asking = true;
		watch.stale = false;
		let answer: WatchAnswer;
		try {
			const { value, scope } = await look(watch.name, watch.input);
			watch.scope = scope;
			answer = { ok: true, value };
		} catch (error) {
			answer = { ok: false, message: error instanceof Error ? error.message : String(error) };
		}
		watch.asking = false;
		if (!watches.has(watch)) return;
		if (watch.told === null || !equal(watch.told, answer)) {
			watch.told = answer;
			watch.tell(answer);
		}
		if (isStale(watch)) wake(watch);
	};

	const isStale = (watch: Watch): boolean => watch.stale;

	const wake = (watch: Watch): void => {
		if (watch.asking) {
			watch.stale = true;
			return;
		}
		if (watch.due) return;
		watch.due = true;
		inTurn(() => {
			watch.due = false;
			if (watches.has(watch)) void ask(watch);
		});
	};

	const concerns = ({ scope, asking }: Watch, change: Change | null): boolean => {
		if (change === null || scope === null) return true;
		// the scope of the answer under way is not known before it is there
		if (asking) return true;
		if (!scope.tables.some((table) => change.tables.includes(table))) return false;
		// a change that names no stream may concern any
		return scope.stream === null || change.streams.length === 0 || change.streams.includes(scope.stream);
	};

	return {
		watch: (name, input, tell) => {
			const watch: Watch = {
				name,
				input,
				tell,
				scope: null,
				told: null,
				due: false,
				asking: false,
				stale: false
			};
			watches.add(watch);
			void ask(watch);
			return () => {
				watches.delete(watch);
			};
		},
		changed: (change) => {
			for (const watch of watches) if (concerns(watch, change)) wake(watch);
		}
	};
};
