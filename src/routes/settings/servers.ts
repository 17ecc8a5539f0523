// Addresses of servers that speak the OpenAI-compatible protocol, to fill in the form with.

export interface Server {
	readonly name: string;
	readonly url: string;
	/** Whether it is on the player's own machine, and needs no key. */
	readonly local: boolean;
}

export const servers: readonly Server[] = [
	{ name: 'Ollama', url: 'http://localhost:11434/v1', local: true },
	{ name: 'LM Studio', url: 'http://localhost:1234/v1', local: true },
	{ name: 'llama.cpp server', url: 'http://localhost:8080/v1', local: true },
	{ name: 'KoboldCpp', url: 'http://localhost:5001/v1', local: true },
	{ name: 'vLLM', url: 'http://localhost:8000/v1', local: true },
	{ name: 'OpenAI', url: 'https://api.openai.com/v1', local: false },
	{ name: 'OpenRouter', url: 'https://openrouter.ai/api/v1', local: false },
	{ name: 'Mistral', url: 'https://api.mistral.ai/v1', local: false },
	{ name: 'DeepSeek', url: 'https://api.deepseek.com/v1', local: false },
	{ name: 'Groq', url: 'https://api.groq.com/openai/v1', local: false },
	{ name: 'xAI', url: 'https://api.x.ai/v1', local: false },
	{ name: 'Together', url: 'https://api.together.xyz/v1', local: false }
];
