// Small decisions by the browser's own model: under a schema where the browser takes one, else asked for in words.
import { z } from 'zod';
import type { OnDevicePart, OnDeviceRequest } from '../on-device-protocol.ts';
import type { ModelFailure } from '../protocol.ts';
import type { Decision, DecideRequest, Usage, Via } from './port.ts';

/** What came of one call. */
interface Heard {
	readonly text: string;
	readonly usage: Usage | null;
	readonly failure: ModelFailure | null;
	readonly schemaUnsupported: boolean;
}

const listen = async (parts: AsyncIterable<OnDevicePart>): Promise<Heard> => {
	let text = '';
	let usage: Usage | null = null;
	for await (const part of parts) {
		if (part.kind === 'text') text += part.text;
		else if (part.kind === 'usage')
			usage = {
				inputTokens: part.inputTokens,
				outputTokens: part.outputTokens,
				cacheReadTokens: null,
				cacheWriteTokens: null,
				costUsd: 0
			};
		else if (part.reason === 'failed')
			return { text, usage, failure: part.failure, schemaUnsupported: part.schemaUnsupported };
		else if (part.reason === 'stopped')
			return { text, usage, failure: { type: 'interrupted' }, schemaUnsupported: false };
	}
	return { text, usage, failure: null, schemaUnsupported: false };
};

/** The outermost object in what was said, which may have words or a fence around it. */
const parse = (said: string): unknown => {
	const [from, to] = [said.indexOf('{'), said.lastIndexOf('}')];
	if (from === -1 || to < from) return undefined;
	try {
		return JSON.parse(said.slice(from, to + 1));
	} catch {
		return undefined;
	}
};

/** Asks with the schema; in words where the browser does not take that schema; else the fallback, with the reason. */
export const decideOnDevice = async <T>(
	{ instructions, data, schema, fallback }: DecideRequest<T>,
	ask: (request: OnDeviceRequest) => AsyncIterable<OnDevicePart>
): Promise<Decision<T>> => {
	const constraint = z.toJSONSchema(schema);
	const messages = [{ role: 'user', text: data }] as const;
	let via: Via = 'schema';
	let heard = await listen(ask({ instructions, messages, schema: constraint }));
	if (heard.schemaUnsupported) {
		via = 'prompt';
		const told = `${instructions}\n\nAnswer with one JSON object that follows this JSON schema, and nothing else:\n${JSON.stringify(constraint)}`;
		heard = await listen(ask({ instructions: told, messages, schema: null }));
	}
	const { usage, failure } = heard;
	if (failure !== null) return { value: fallback, via: 'fallback', usage, failure };
	const value = schema.safeParse(parse(heard.text));
	return value.success
		? { value: value.data, via, usage, failure: null }
		: { value: fallback, via: 'fallback', usage, failure: { type: 'invalid-output' } };
};
