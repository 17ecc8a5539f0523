// Every server that speaks OpenAI's chat completions, OpenRouter among them. Loaded lazily.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { createPort } from './provider-port.ts';
import { chatCompletions } from './wires.ts';

/** OpenAI's newer models refuse `max_tokens`, which every other server expects. */
const forOpenAi = ({ max_tokens, ...body }: Record<string, unknown>): Record<string, unknown> =>
	max_tokens === undefined ? body : { ...body, max_completion_tokens: max_tokens };

/** Makes the port of one connection and model. */
export const createOpenAiCompatible = createPort({
	provider: 'openai-compatible',
	wire: chatCompletions,
	rungs: ['schema', 'json', 'prompt'],
	model: (url, model, send) =>
		createOpenAICompatible({
			name: 'compatible',
			baseURL: url,
			includeUsage: true,
			// a schema is only given where it is to be sent
			supportsStructuredOutputs: true,
			fetch: send,
			...(new URL(url).hostname === 'api.openai.com' ? { transformRequestBody: forOpenAi } : {})
		}).chatModel(model)
});
