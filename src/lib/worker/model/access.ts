// The headers that let a request in, for each provider: the only place where a key is written into one.
import type { EnteredProvider } from '../protocol.ts';

/** Nothing else may carry a key: what a library sets of these is taken out. */
export const KEY_HEADERS = ['authorization', 'x-api-key', 'x-goog-api-key'] as const;

type AccessHeaders = Readonly<Record<string, string>>;

const bearer = (secret: string): AccessHeaders => ({ authorization: `Bearer ${secret}` });

const KEYS: Readonly<Record<EnteredProvider, (secret: string) => AccessHeaders>> = {
	anthropic: (secret) => ({ 'x-api-key': secret }),
	// never as `?key=`: addresses are kept in logs
	google: (secret) => ({ 'x-goog-api-key': secret }),
	openai: bearer,
	openrouter: bearer,
	'openai-compatible': bearer
};

/** Anthropic refuses browsers without the first: it says that the key is the user's own, which here it is. */
const ANTHROPIC: AccessHeaders = {
	'anthropic-dangerous-direct-browser-access': 'true',
	'anthropic-version': '2023-06-01'
};

/** Everything a provider wants to see besides the body. Without a key, none is sent. */
export const accessHeaders = (provider: EnteredProvider, secret: string | null): AccessHeaders => ({
	...(provider === 'anthropic' ? ANTHROPIC : {}),
	...(secret === null ? {} : KEYS[provider](secret))
});
