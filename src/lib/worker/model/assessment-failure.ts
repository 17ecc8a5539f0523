// What a failed request is to an assessment: fewer kinds, each with one thing that a person can do, and whether to ask again.
import type { ModelFailure } from '../protocol.ts';

/** Why an assessment came to nothing. `cause`: what the model layer calls it, for the words and the next step. */
export interface AssessmentFailure {
	readonly type:
		| 'no_key'
		| 'offline'
		| 'auth'
		| 'rate_limited'
		| 'refused'
		| 'too_long'
		| 'invalid_output'
		| 'cancelled'
		| 'timeout'
		| 'model';
	readonly cause?: ModelFailure['type'];
	readonly retryAfterSeconds?: number;
	readonly said?: string;
}

const KINDS: Readonly<Record<ModelFailure['type'], AssessmentFailure['type']>> = {
	'bad-key': 'auth',
	'org-blocks-browser': 'auth',
	offline: 'offline',
	unreachable: 'offline',
	cors: 'offline',
	'local-network': 'offline',
	quota: 'rate_limited',
	'rate-limited': 'rate_limited',
	overloaded: 'rate_limited',
	'context-too-long': 'too_long',
	'content-filter': 'refused',
	'wrong-model': 'model',
	'not-an-api': 'model',
	refused: 'model',
	interrupted: 'offline',
	stalled: 'timeout',
	empty: 'invalid_output',
	'no-room': 'invalid_output',
	'no-key': 'no_key',
	locked: 'no_key',
	'not-downloaded': 'model',
	'invalid-output': 'invalid_output',
	'no-connection': 'no_key'
};

export const assessmentFailure = ({ type, retryAfterSeconds, said }: ModelFailure): AssessmentFailure => ({
	type: KINDS[type],
	cause: type,
	...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
	...(said === undefined ? {} : { said })
});

/** A pause may help; whatever else failed would fail again. */
const PASSING: readonly ModelFailure['type'][] = [
	'offline',
	'unreachable',
	'rate-limited',
	'overloaded',
	'interrupted',
	'stalled'
];

export const isPassing = ({ type }: ModelFailure): boolean => PASSING.includes(type);
