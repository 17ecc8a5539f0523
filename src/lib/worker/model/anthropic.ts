// Anthropic's messages. Loaded lazily.
import { createAnthropic } from '@ai-sdk/anthropic';
import { isRecord } from './event-stream.ts';
import { createPort } from './provider-port.ts';
import { anthropicMessages } from './wires.ts';

/** Makes the port of one connection and model. */
export const createAnthropicPort = createPort({
	provider: 'anthropic',
	wire: anthropicMessages,
	// there is no form of "some JSON" between a schema and words
	rungs: ['schema', 'prompt'],
	cacheMark: { anthropic: { cacheControl: { type: 'ephemeral' } } },
	// the library will not do without a key; the one that counts is added to what it sends
	model: (url, model, send) => createAnthropic({ baseURL: url, apiKey: '', fetch: send })(model),
	count: async (model, { instructions, messages }, ask) => {
		const counted = await ask('/messages/count_tokens', {
			model,
			...(instructions === '' ? {} : { system: instructions }),
			messages: messages.map(({ role, text }) => ({ role, content: text }))
		});
		return isRecord(counted) ? counted['input_tokens'] : null;
	}
});
