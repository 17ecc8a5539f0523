// Says in one line why something about connections did not work.
import type { Refusal } from '#lib/domain/kernel/result.ts';
import type { ModelFailure } from '#lib/worker/protocol.ts';
import { words } from '../words/words.ts';

/** A model's failures are named with hyphens, the vault's refusals with underscores. */
const isFailure = (error: ModelFailure | Refusal): error is ModelFailure => !error.type.includes('_');

/** What happened and what to do. */
export const trouble = (error: ModelFailure | Refusal): string => {
	if (!isFailure(error)) return words.connectionRefusal(error);
	const { what, next } = words.failure(error);
	return error.said === undefined
		? `${what} ${next}`
		: `${what} ${next} ${words.settings.testSaid(error.said)}`;
};
