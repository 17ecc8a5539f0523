// Gemini by its own protocol. Loaded lazily.
import { createGoogle } from '@ai-sdk/google';
import { isRecord } from './event-stream.ts';
import { createPort } from './provider-port.ts';
import { geminiContent } from './wires.ts';

const ROLES = { user: 'user', assistant: 'model' } as const;

/** Makes the port of one connection and model. */
export const createGooglePort = createPort({
	provider: 'google',
	wire: geminiContent,
	rungs: ['schema', 'json', 'prompt'],
	// the library will not do without a key; the one that counts is added to what it sends
	model: (url, model, send) => createGoogle({ baseURL: url, apiKey: '', fetch: send })(model),
	count: async (model, { instructions, messages }, ask) => {
		const name = model.includes('/') ? model : `models/${model}`;
		const counted = await ask(`/${name}:countTokens`, {
			generateContentRequest: {
				model: name,
				...(instructions === '' ? {} : { systemInstruction: { parts: [{ text: instructions }] } }),
				contents: messages.map(({ role, text }) => ({ role: ROLES[role], parts: [{ text }] }))
			}
		});
		return isRecord(counted) ? counted['totalTokens'] : null;
	}
});
