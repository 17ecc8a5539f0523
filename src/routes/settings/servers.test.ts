// A stored address is recognised as the server it is of.
import { expect, it } from 'vitest';
import { isLocal } from '../ui/local-network.ts';
import { servers, serverOf } from './servers.ts';

it.each(servers)('$name is known again by what the form fills in', (server) => {
	expect(serverOf(server)).toBe(server);
	expect(isLocal(server.url)).toBe(server.local);
});

it.each([
	['openai-compatible', 'http://127.0.0.1:11434/v1', 'ollama'],
	['openai-compatible', 'http://localhost:9999/v1', 'other'],
	['openai-compatible', 'https://api.mistral.ai/v2', 'hosted'],
	// the same server, spoken to in another way
	['openai-compatible', 'https://openrouter.ai/api/v1', 'other'],
	['anthropic', 'https://proxy.example/anthropic', 'anthropic'],
	['openai-compatible', 'no address', 'other']
])('%s at %s is %s', (provider, url, kind) => {
	expect(serverOf({ provider, url }).kind).toBe(kind);
});
