// What is entered under “More” of a connection, and what is saved of it.
import type { ConnectionInput, ConnectionSummary } from '#lib/worker/protocol.ts';

const DEFAULT_MAX_TOKENS = 1024;

/** A number field that is empty holds null. */
export interface MoreEntry {
	classifyModel: string;
	copilotModel: string;
	contextTokens: number | null;
	maxOutputTokens: number | null;
	temperature: number | null;
	topP: number | null;
	priceIn: number | null;
	priceOut: number | null;
}

/** Of a connection as it is; null: of a new one. */
export const moreOf = (connection: ConnectionSummary | null): MoreEntry => ({
	classifyModel: connection?.taskModels.classify ?? '',
	copilotModel: connection?.taskModels.copilot ?? '',
	contextTokens: connection?.contextTokens ?? null,
	maxOutputTokens: connection?.maxOutputTokens ?? DEFAULT_MAX_TOKENS,
	temperature: connection?.temperature ?? null,
	topP: connection?.topP ?? null,
	priceIn: connection?.price?.input ?? null,
	priceOut: connection?.price?.output ?? null
});

const named = (model: string): string | null => (model.trim() === '' ? null : model.trim());

/** A price is known by both its numbers. */
export const moreInput = (
	entry: MoreEntry
): Pick<
	ConnectionInput,
	'taskModels' | 'contextTokens' | 'maxOutputTokens' | 'temperature' | 'topP' | 'price'
> => ({
	taskModels: { classify: named(entry.classifyModel), copilot: named(entry.copilotModel) },
	contextTokens: entry.contextTokens,
	maxOutputTokens: entry.maxOutputTokens ?? DEFAULT_MAX_TOKENS,
	temperature: entry.temperature,
	topP: entry.topP,
	price:
		entry.priceIn === null || entry.priceOut === null
			? null
			: { input: entry.priceIn, output: entry.priceOut }
});
