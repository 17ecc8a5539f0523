// What words or a decision took, over all requests: as the provider counted, else as we count what was sent and said.
import { estimateTokens } from '../../domain/story/tokens.ts';
import type { Spent } from './ending.ts';
import type { Meter } from './packing.ts';
import type { Tally, Usage } from './port.ts';

interface Bill extends Tally {
	/** Ends the bill; null where there is nothing anybody would charge for. `stopped`: by the player, in mid-request. */
	close(stopped: boolean): Spent | null;
}

/** More of a reply than this is not looked at for counting it. */
const COUNTED_MAX_CHARS = 2_000_000;

const sum = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a + b);

const together = (a: Spent | null, b: Spent): Spent =>
	a === null
		? b
		: {
				inputTokens: sum(a.inputTokens, b.inputTokens),
				outputTokens: sum(a.outputTokens, b.outputTokens),
				cacheReadTokens: sum(a.cacheReadTokens, b.cacheReadTokens),
				costUsd: sum(a.costUsd, b.costUsd),
				estimated: a.estimated || b.estimated
			};

/** Opens the bill of one reply. `meter` null: only what a provider itself counts is on it. */
export const openBill = (meter: Pick<Meter, 'ratio' | 'learn' | 'costOf'> | null): Bill => {
	let total: Spent | null = null;
	let request: { readonly estimate: number; usage: Usage | null; said: string; answered: boolean } | null =
		null;

	const counted = (usage: Usage): Spent => {
		const { inputTokens, outputTokens, cacheReadTokens } = usage;
		const costUsd = usage.costUsd ?? meter?.costOf(usage) ?? null;
		return { inputTokens, outputTokens, cacheReadTokens, costUsd, estimated: false };
	};
	const estimated = (
		estimate: number,
		said: string,
		{ ratio, costOf }: Pick<Meter, 'ratio' | 'costOf'>
	): Spent => {
		const tokens = {
			inputTokens: Math.round(estimate * ratio),
			outputTokens: Math.round(estimateTokens(said) * ratio),
			cacheReadTokens: null
		};
		const costUsd = costOf({ ...tokens, cacheWriteTokens: null, costUsd: null });
		return { ...tokens, costUsd, estimated: true };
	};
	const settle = (charged: boolean): void => {
		if (request === null) return;
		const { estimate, usage, said, answered } = request;
		request = null;
		if (usage !== null) {
			total = together(total, counted(usage));
			if (usage.inputTokens !== null) meter?.learn(estimate, usage.inputTokens);
		} else if (meter !== null && (answered || charged))
			total = together(total, estimated(estimate, said, meter));
	};

	return {
		sent: (estimate) => {
			settle(false);
			request = { estimate, usage: null, said: '', answered: false };
		},
		// refused before the first word: nothing was done that anybody would charge for
		over: () => settle(false),
		heard: (part) => {
			if (request === null) return;
			if (part.kind === 'usage') request.usage = part.usage;
			else if (part.kind !== 'end') {
				request.answered = true;
				if (request.said.length < COUNTED_MAX_CHARS) request.said += part.text;
			}
		},
		close: (stopped) => {
			settle(stopped);
			return total;
		}
	};
};

/** Opens the bill of a decision. Nothing is learned of it: the form of its answer is counted by providers in ways of their own. */
export const openDecisionBill = (meter: Meter | null): Bill =>
	openBill(meter === null ? null : { ...meter, learn: () => undefined });
