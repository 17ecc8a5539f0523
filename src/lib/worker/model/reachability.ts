// Finds out why nothing came back: browsers give one bare TypeError for being offline, unreachable or refused by CORS.
import type { ModelFailure } from '../protocol.ts';
import { isLoopback } from './address.ts';

/** What the diagnosis asks of its surroundings. */
export interface Surroundings {
	readonly fetch: typeof fetch;
	/** What `navigator.onLine` says; true where it is not known. */
	readonly online: () => boolean;
	/** State of the permission to reach this machine, or null where none is needed or the browser knows none. */
	readonly loopbackPermission: () => Promise<'granted' | 'denied' | 'prompt' | null>;
}

/** These answer a wrong key without CORS headers, so that the browser hides the 401 (seen 2026). */
const HIDE_WRONG_KEY: ReadonlySet<string> = new Set(['api.openai.com', 'api.cerebras.ai']);
const PROBE_LIMIT_MS = 5000;

/**
 * Names the reason for a request that failed without an answer. Sends one request without key, cookies or body to the
 * connection's own base address, in a mode that succeeds for any reachable server; so it tells "refused to us" from "not
 * there". That mode follows redirects and knows no other way: a base address that redirects to another host, as the root
 * of an API more often does, still has that host asked, without key or referrer.
 */
export const diagnoseSilence = async (
	url: string,
	keySent: boolean,
	signal: AbortSignal,
	around: Surroundings
): Promise<ModelFailure> => {
	const { hostname } = new URL(url);
	const local = isLoopback(hostname);
	if (!local && !around.online()) return { type: 'offline' };
	const permission = local ? await around.loopbackPermission() : null;
	if (permission === 'denied') return { type: 'local-network' };
	try {
		const answer = await around.fetch(url, {
			mode: 'no-cors',
			cache: 'no-store',
			credentials: 'omit',
			referrerPolicy: 'no-referrer',
			signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_LIMIT_MS)])
		});
		await answer.body?.cancel();
	} catch {
		// a worker cannot bring up the question: until the page did, nothing local answers
		return { type: permission === 'prompt' ? 'local-network' : 'unreachable' };
	}
	return { type: keySent && HIDE_WRONG_KEY.has(hostname) ? 'bad-key' : 'cors' };
};

/** The worker's real surroundings. */
export const browserSurroundings = (): Surroundings => ({
	fetch: (input, init) => fetch(input, init),
	online: () => navigator.onLine,
	loopbackPermission: async () => {
		// served from this machine ourselves, we need no permission to reach it
		if (isLoopback(location.hostname)) return null;
		for (const name of ['loopback-network', 'local-network-access']) {
			try {
				// newer than TypeScript's list of permission names
				const status = await navigator.permissions.query({ name: name as PermissionName });
				return status.state;
			} catch {
				continue;
			}
		}
		return null;
	}
});
