// What a test of a connection found, as a short list: how far a request came, and where it ended.
import type { ConnectionSummary, ModelFailure } from '#lib/worker/protocol.ts';
import { isLocal } from '../ui/local-network.ts';

/** How a test ended. */
export type Tested =
	| { readonly ok: true; readonly firstWordMs: number; readonly said: string }
	| { readonly ok: false; readonly failure: ModelFailure };

type CheckName = 'online' | 'reachable' | 'allowed' | 'key' | 'answers';

/** `unknown`: the test ended before it, or what came back does not tell. */
export interface Check {
	readonly name: CheckName;
	readonly state: 'ok' | 'failed' | 'unknown';
}

const ORDER: readonly CheckName[] = ['online', 'reachable', 'allowed', 'key', 'answers'];

/** Where each failure ends a request. What is not named here is the model's. */
const ENDS_AT: Readonly<Partial<Record<ModelFailure['type'], CheckName>>> = {
	offline: 'online',
	unreachable: 'reachable',
	'local-network': 'reachable',
	cors: 'allowed',
	'org-blocks-browser': 'allowed',
	'bad-key': 'key',
	'no-key': 'key',
	locked: 'key'
};

/** These come before a server looks at the key, or instead. */
const KEY_UNKNOWN: ReadonlySet<ModelFailure['type']> = new Set(['not-an-api', 'overloaded', 'stalled']);

/** These are found without asking anybody; a key that is wanted is said by a status. */
const isUnasked = ({ type, status }: ModelFailure): boolean =>
	type === 'locked' || type === 'no-connection' || (type === 'no-key' && status === undefined);

/** The checks of one test. `failure`: null when the model answered. */
export const checks = (
	{ provider, url, key }: Pick<ConnectionSummary, 'provider' | 'url' | 'key'>,
	failure: ModelFailure | null
): readonly Check[] => {
	// what is built in is reached by nothing
	if (provider === 'demo' || provider === 'on-device')
		return [{ name: 'answers', state: failure === null ? 'ok' : 'failed' }];
	const end: CheckName = failure === null ? 'answers' : (ENDS_AT[failure.type] ?? 'answers');
	const at = ORDER.indexOf(end);
	return ORDER.filter((name) => {
		// this machine is there without a network
		if (name === 'online') return !isLocal(url) || end === 'online';
		return name !== 'key' || key !== 'none' || end === 'key';
	}).map((name) => {
		if (failure === null) return { name, state: 'ok' };
		if (name === end) return { name, state: 'failed' };
		const unknown =
			isUnasked(failure) || ORDER.indexOf(name) > at || (name === 'key' && KEY_UNKNOWN.has(failure.type));
		return { name, state: unknown ? 'unknown' : 'ok' };
	});
};
