// Ends a sign-in at OpenRouter (PKCE): trades the code for a key, which goes straight into the vault.
import { z } from 'zod';
import { refuse, type Refusal, type Result } from '../../domain/kernel/result.ts';
import type { ConnectionInput, ConnectionSummary, ModelFailure } from '../protocol.ts';
import type { Surroundings } from './reachability.ts';
import type { Vault } from './vault.ts';

const API = 'https://openrouter.ai/api/v1';
/** OpenRouter's own choice of a model, until the person makes one. */
const ANY_MODEL = 'openrouter/auto';
const LIMIT_MS = 30_000;

const answer = z.object({ key: z.string().min(1) });

const connection = (id: string, secret: string, keep: 'remembered' | 'session'): ConnectionInput => ({
	id,
	isNew: true,
	provider: 'openrouter',
	label: 'OpenRouter',
	url: API,
	key: { kind: 'set', secret, keep },
	model: ANY_MODEL,
	taskModels: { classify: null, copilot: null },
	contextTokens: null,
	maxOutputTokens: 1024,
	temperature: null,
	topP: null,
	price: null
});

/** A connection as it stands, with another key. */
const renewed = (
	before: ConnectionSummary,
	secret: string,
	keep: 'remembered' | 'session'
): ConnectionInput => ({
	id: before.id,
	isNew: false,
	provider: 'openrouter',
	label: before.label,
	url: before.url,
	key: { kind: 'set', secret, keep },
	model: before.model,
	taskModels: before.taskModels,
	contextTokens: before.contextTokens,
	maxOutputTokens: before.maxOutputTokens,
	temperature: before.temperature,
	topP: before.topP,
	price: before.price
});

/**
 * A connection that is there under `id` gets the new key; else one is made and used, whose key is remembered on this
 * device, and kept for the session where nothing can be remembered. Refusals: sign_in_refused, offline, unreachable,
 * overloaded, not-an-api, those of `Vault.save`.
 */
export const finishSignIn = async (
	id: string,
	{ code, verifier }: { readonly code: string; readonly verifier: string },
	vault: Pick<Vault, 'connections' | 'save' | 'prefer'>,
	around: Pick<Surroundings, 'fetch' | 'online'>
): Promise<Result<ConnectionSummary, ModelFailure | Refusal>> => {
	const before = (await vault.connections()).find((one) => one.id === id);
	// a key of OpenRouter's goes to nobody else
	if (
		before !== undefined &&
		(before.provider !== 'openrouter' || new URL(before.url).origin !== new URL(API).origin)
	)
		return refuse({ type: 'sign_in_refused' });
	let key: string;
	try {
		const response = await around.fetch(`${API}/auth/keys`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ code, code_verifier: verifier, code_challenge_method: 'S256' }),
			// what answers elsewhere would get the code, or give a key of its own choosing
			redirect: 'error',
			credentials: 'omit',
			referrerPolicy: 'no-referrer',
			cache: 'no-store',
			signal: AbortSignal.timeout(LIMIT_MS)
		});
		if (!response.ok) {
			await response.body?.cancel();
			if (response.status >= 500 || response.status === 429)
				return refuse({ type: 'overloaded', status: response.status });
			return refuse({ type: 'sign_in_refused' });
		}
		const parsed = answer.safeParse(await response.json().catch(() => null));
		if (!parsed.success) return refuse({ type: 'not-an-api' });
		({ key } = parsed.data);
	} catch {
		return refuse({ type: around.online() ? 'unreachable' : 'offline' });
	}
	const save = (keep: 'remembered' | 'session') =>
		vault.save(before === undefined ? connection(id, key, keep) : renewed(before, key, keep));
	// one that was not to be remembered is not, and the way back here has locked the passphrase
	const lasting = before?.keep !== 'session' && before?.keep !== 'passphrase';
	const first = await save(lasting ? 'remembered' : 'session');
	const saved = !first.ok && first.error.type === 'vault_unavailable' ? await save('session') : first;
	if (saved.ok && before === undefined) await vault.prefer(id);
	return saved;
};
