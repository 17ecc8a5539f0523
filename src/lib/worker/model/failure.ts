// Tells what went wrong with a request: from an error and what was seen on the wire to a ModelFailure.
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type { ModelFailure } from '../protocol.ts';
import { scrubSaid } from './scrub.ts';

/** What is known about the request that failed. */
interface FailedRequest {
	readonly origin: string;
	readonly secret: string | null;
	readonly request: Pick<ProseRequest, 'instructions' | 'messages'> | null;
	/** A word of the reply was already said. */
	readonly spoke: boolean;
	readonly answered: boolean;
	readonly notAnApi: boolean;
}

/** A failure, and whether asking again soon may help. */
interface Verdict {
	readonly failure: ModelFailure;
	readonly again: boolean;
}

/** `network`: nothing came back at all, so that only a probe can tell why. */
type Judgement = Verdict | 'network';

type FailureType = ModelFailure['type'];

interface Told {
	readonly status: number | null;
	readonly code: string;
	readonly said: string;
	readonly retryAfterSeconds: number | null;
	/** The provider itself reported it, in an answer or in the stream. */
	readonly fromProvider: boolean;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;
const text = (value: unknown): string =>
	typeof value === 'string' || typeof value === 'number' ? String(value) : '';

const readBody = (
	body: unknown
): { readonly said: string; readonly code: string; readonly json: boolean } => {
	if (typeof body !== 'string' || body.trim() === '') return { said: '', code: '', json: false };
	let parsed: unknown;
	try {
		parsed = JSON.parse(body);
	} catch {
		return { said: /^\s*</u.test(body) ? '' : body, code: '', json: false };
	}
	const outer: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
	if (!isRecord(outer)) return { said: text(outer), code: '', json: true };
	const inner = isRecord(outer['error']) ? outer['error'] : outer;
	const metadata = isRecord(inner['metadata']) ? text(inner['metadata']['raw']) : '';
	const said = [inner['message'], outer['message'], outer['detail'], outer['error']]
		.map(text)
		.find((piece) => piece !== '');
	return {
		said: [said ?? '', metadata].filter((piece) => piece !== '').join(' '),
		code: [inner['code'], inner['type'], inner['status']].map(text).join(' '),
		json: true
	};
};

const retryAfter = (headers: unknown, body: unknown): number | null => {
	const given = isRecord(headers) ? text(headers['retry-after']) : '';
	if (/^\d+(?:\.\d+)?$/u.test(given)) return Number(given);
	// Gemini's RetryInfo, also behind OpenAI-compatible fronts
	const told = typeof body === 'string' ? /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/u.exec(body) : null;
	return told === null ? null : Number(told[1]);
};

const readError = (error: unknown): Told => {
	if (!isRecord(error))
		return { status: null, code: '', said: text(error), retryAfterSeconds: null, fromProvider: true };
	const body = readBody(error['responseBody']);
	const numericCode = typeof error['code'] === 'number' ? error['code'] : null;
	const status = typeof error['statusCode'] === 'number' ? error['statusCode'] : numericCode;
	const own = isRecord(error['data']) && isRecord(error['data']['error']) ? error['data']['error'] : error;
	return {
		status,
		code: `${body.code} ${text(own['code'])} ${text(own['type'])}`.trim().toLowerCase(),
		said: body.said === '' ? text(error['message']) : body.said,
		retryAfterSeconds: retryAfter(error['responseHeaders'], error['responseBody']),
		fromProvider: !(error instanceof Error) || body.json || 'type' in error || 'code' in error
	};
};

const QUOTA =
	/insufficient[_ ](?:quota|balance|credit|funds)|exceeded your current quota|billing|out of credit|credit balance|payment required|spending limit|more credits/iu;
const CONTEXT =
	/context_length_exceeded|exceed_context_size|context[ _](?:length|window|size)|maximum context|prompt is too long|too many (?:input )?tokens|input (?:is )?too long|reduce the length/iu;
const MODEL =
	/model_not_found|\bmodel\b.{0,200}?(?:not found|not exist|does ?n[o']t exist|unknown|invalid|not available|not supported|no access|not loaded)|(?:invalid|unknown|no such|unsupported|not a valid) model/isu;
const FILTER = /content[_ ]?(?:filter|policy|management)|moderation|flagged|safety|responsible_ai/iu;
const KEY =
	/api[_ ]?key|api_key_invalid|unauthori[sz]ed|authentication|credentials|invalid[_ ]token|permission/iu;
const CORS_BLOCKED = /CORS requests are not allowed/iu;
const OVERLOAD = /overloaded|server[_ ]error|unavailable|capacity|internal error|bad gateway|timeout/iu;
const RATE = /rate[_ -]?limit|too many requests|resource_exhausted/iu;

/** Which failure a status and the provider's own words mean. */
const typeOf = (told: Told, keySent: boolean, streaming: boolean): FailureType => {
	const words = `${told.code} ${told.said}`;
	const status = told.status ?? 0;
	if (CORS_BLOCKED.test(words)) return 'org-blocks-browser';
	// a provider that says when to come back means a limit per minute, whatever it calls it
	const temporary = status === 429 && told.retryAfterSeconds !== null && !told.code.includes('insufficient');
	if (status === 402 || (QUOTA.test(words) && !temporary)) return 'quota';
	if (status === 401) return keySent ? 'bad-key' : 'no-key';
	if (status === 429 || (streaming && RATE.test(words))) return 'rate-limited';
	if (status >= 500 || status === 408 || status === 409) return 'overloaded';
	if (CONTEXT.test(words) || status === 413) return 'context-too-long';
	if (status === 403) {
		if (FILTER.test(words)) return 'content-filter';
		return keySent ? 'bad-key' : 'refused';
	}
	if (MODEL.test(words)) return 'wrong-model';
	// a 404 or 405 that names no model is a wrong path: another kind of server, or a missing /v1
	if (status === 404 || status === 405) return 'not-an-api';
	if (FILTER.test(words)) return 'content-filter';
	if (status >= 400)
		return KEY.test(words) && /invalid|incorrect|not valid|missing/iu.test(words) ? 'bad-key' : 'refused';
	if (streaming && OVERLOAD.test(words)) return 'overloaded';
	return 'interrupted';
};

const AGAIN: ReadonlySet<FailureType> = new Set(['rate-limited', 'overloaded', 'interrupted']);

const verdict = (type: FailureType, told: Told | null, about: FailedRequest): Verdict => {
	const said = told === null ? undefined : scrubSaid(told.said, about.secret, about.request);
	const status = told?.status ?? null;
	return {
		failure: {
			type,
			...(status === null || status < 400 ? {} : { status }),
			...(said === undefined ? {} : { said }),
			...(told?.retryAfterSeconds == null ? {} : { retryAfterSeconds: told.retryAfterSeconds })
		},
		again: AGAIN.has(type)
	};
};

/**
 * Judges an error thrown or streamed while asking a provider. Reads errors by shape, so that the provider library
 * need not be loaded; nothing of the request body it may carry is kept.
 */
export const judge = (error: unknown, about: FailedRequest): Judgement => {
	if (about.notAnApi) return verdict('not-an-api', null, about);
	const name = isRecord(error) ? text(error['name']) : '';
	// an event that is no JSON, or of no known shape
	if (/TypeValidation|JSONParse/u.test(name))
		return verdict(about.spoke ? 'interrupted' : 'not-an-api', null, about);
	// the stream ended without saying why
	if (/InvalidResponseData|EmptyResponseBody/u.test(name))
		return verdict(about.spoke ? 'interrupted' : 'empty', null, about);
	const told = readError(error);
	if (told.status !== null && told.status >= 400) {
		return verdict(typeOf(told, about.secret !== null, about.answered && about.spoke), told, about);
	}
	// the connection broke after the answer had begun; the library's own words about that are no news
	if (!about.answered) return 'network';
	if (told.status !== null || !told.fromProvider) return verdict('interrupted', null, about);
	return verdict(typeOf(told, about.secret !== null, true), told, about);
};
