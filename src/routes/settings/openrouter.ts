// Signing in with OpenRouter (OAuth with PKCE): the way there, and what came back with the address.
import { resolve } from '$app/paths';

const VERIFIER = 'stet-openrouter-verifier';
const VERIFIER_BYTES = 48;

const base64Url = (bytes: Uint8Array): string =>
	btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replace(/=+$/u, '');

/** Leaves for OpenRouter. The verifier stays in this tab; what comes back is worth nothing without it. */
export const beginSignIn = async (): Promise<void> => {
	const verifier = base64Url(crypto.getRandomValues(new Uint8Array(VERIFIER_BYTES)));
	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
	sessionStorage.setItem(VERIFIER, verifier);
	const address = new URL('https://openrouter.ai/auth');
	address.searchParams.set('callback_url', location.origin + resolve('/settings'));
	address.searchParams.set('code_challenge', base64Url(new Uint8Array(digest)));
	address.searchParams.set('code_challenge_method', 'S256');
	location.assign(address);
};

/** The verifier of a sign-in that was begun in this tab, once: a second attempt needs another one. */
export const takeVerifier = (): string | null => {
	const verifier = sessionStorage.getItem(VERIFIER);
	sessionStorage.removeItem(VERIFIER);
	return verifier;
};
