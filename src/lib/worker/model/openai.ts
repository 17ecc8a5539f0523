// OpenAI's responses. Loaded lazily.
import { createOpenAI } from '@ai-sdk/openai';
import { createPort } from './provider-port.ts';
import { openAiResponses } from './wires.ts';

/** Makes the port of one connection and model. */
export const createOpenAiPort = createPort({
	provider: 'openai',
	wire: openAiResponses,
	rungs: ['schema', 'json', 'prompt'],
	// otherwise OpenAI keeps what was said for thirty days, to be fetched again
	options: { openai: { store: false } },
	// the library will not do without a key; the one that counts is added to what it sends
	model: (url, model, send) => createOpenAI({ baseURL: url, apiKey: '', fetch: send }).responses(model)
});
