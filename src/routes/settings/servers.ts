// Who can be asked for replies: what the form is filled in with, and which kind of server a stored address is.
import type { EnteredProvider } from '#lib/worker/protocol.ts';
import { isThisMachine } from '../ui/local-network.ts';
import type { ServerKind } from '../words/en-models.ts';

export interface Server {
	/** A proper name, the same in every language; empty for any other server. */
	readonly name: string;
	readonly kind: ServerKind;
	readonly provider: EnteredProvider;
	readonly url: string;
	/** Whether it is on the player's own machine, and needs no key. */
	readonly local: boolean;
}

const hosted = (name: string, url: string): Server => ({
	name,
	kind: 'hosted',
	provider: 'openai-compatible',
	url,
	local: false
});

const local = (name: string, kind: ServerKind, port: number): Server => ({
	name,
	kind,
	provider: 'openai-compatible',
	url: `http://localhost:${String(port)}/v1`,
	local: true
});

/** Any server that speaks as OpenAI's does. */
export const OTHER: Server = {
	name: '',
	kind: 'other',
	provider: 'openai-compatible',
	url: '',
	local: false
};

export const servers: readonly Server[] = [
	{
		name: 'Anthropic',
		kind: 'anthropic',
		provider: 'anthropic',
		url: 'https://api.anthropic.com/v1',
		local: false
	},
	{ name: 'OpenAI', kind: 'openai', provider: 'openai', url: 'https://api.openai.com/v1', local: false },
	{
		name: 'Google Gemini',
		kind: 'google',
		provider: 'google',
		url: 'https://generativelanguage.googleapis.com/v1beta',
		local: false
	},
	{
		name: 'OpenRouter',
		kind: 'openrouter',
		provider: 'openrouter',
		url: 'https://openrouter.ai/api/v1',
		local: false
	},
	local('Ollama', 'ollama', 11434),
	local('LM Studio', 'lm-studio', 1234),
	local('llama.cpp server', 'llama-cpp', 8080),
	local('vLLM', 'vllm', 8000),
	local('KoboldCpp', 'koboldcpp', 5001),
	hosted('Groq', 'https://api.groq.com/openai/v1'),
	hosted('Mistral', 'https://api.mistral.ai/v1'),
	hosted('DeepSeek', 'https://api.deepseek.com/v1'),
	hosted('xAI', 'https://api.x.ai/v1'),
	hosted('Together', 'https://api.together.xyz/v1')
];

/** Where a server listens, whichever name of this machine it is called by. */
const place = (url: string): string => {
	const { hostname, host, port } = new URL(url);
	return isThisMachine(hostname) ? `:${port}` : host;
};

/** The server a stored connection is of; a provider spoken to at an address of one's own is still that provider. */
export const serverOf = ({ provider, url }: { readonly provider: string; readonly url: string }): Server => {
	const speaking = servers.filter((server) => server.provider === provider);
	if (provider !== 'openai-compatible') return speaking[0] ?? OTHER;
	return speaking.find((server) => URL.canParse(url) && place(server.url) === place(url)) ?? OTHER;
};
