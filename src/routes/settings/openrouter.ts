// Signing in with OpenRouter (OAuth with PKCE): the way there, and what came back with the address.
import { resolve } from '$app/paths';
import type { ConnectionSummary } from '#lib/worker/protocol.ts';

const VERIFIER = 'stet-openrouter-verifier';
const RENEWS = 'stet-openrouter-renews';
const VERIFIER_BYTES = 48;

const base64Url = (bytes: Uint8Array): string =>
	btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replace(/=+$/u, '');

/** Whether a key got by signing in would be for this connection: it is OpenRouter's own address, and no proxy's. */
export const signsIn = ({ provider, url }: Pick<ConnectionSummary, 'provider' | 'url'>): boolean =>
	provider === 'openrouter' && URL.canParse(url) && new URL(url).origin === 'https://openrouter.ai';

/**
 * Leaves for OpenRouter. The verifier stays in this tab; what comes back is worth nothing without it. `renews`: the
 * connection that gets the new key; null for a new one.
 */
export const beginSignIn = async (renews: string | null): Promise<void> => {
	const verifier = base64Url(crypto.getRandomValues(new Uint8Array(VERIFIER_BYTES)));
	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
	sessionStorage.setItem(VERIFIER, verifier);
	if (renews === null) sessionStorage.removeItem(RENEWS);
	else sessionStorage.setItem(RENEWS, renews);
	const address = new URL('https://openrouter.ai/auth');
	address.searchParams.set('callback_url', location.origin + resolve('/settings'));
	address.searchParams.set('code_challenge', base64Url(new Uint8Array(digest)));
	address.searchParams.set('code_challenge_method', 'S256');
	location.assign(address);
};

/** What a sign-in that was begun in this tab left here, once: a second attempt needs another verifier. */
export const takeBegun = (): { readonly verifier: string; readonly renews: string | null } | null => {
	const verifier = sessionStorage.getItem(VERIFIER);
	const renews = sessionStorage.getItem(RENEWS);
	sessionStorage.removeItem(VERIFIER);
	sessionStorage.removeItem(RENEWS);
	return verifier === null ? null : { verifier, renews };
};
