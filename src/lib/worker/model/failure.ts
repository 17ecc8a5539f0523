// Tells what went wrong with a request: from an error and what was seen on the wire to a ModelFailure.
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type { ModelFailure } from '../protocol.ts';
import { readContextNumbers } from './context-numbers.ts';
import { isRecord, type WireNotes } from './event-stream.ts';
import { scrubSaid } from './scrub.ts';

/** What is known about the request that failed. */
interface FailedRequest extends Readonly<WireNotes> {
	readonly secret: string | null;
	readonly request: Pick<ProseRequest, 'instructions' | 'messages'> | null;
	/** A word of the reply was already said. */
	readonly spoke: boolean;
}

/** A failure, and whether asking again soon may help. */
interface Verdict {
	readonly failure: ModelFailure;
	readonly again: boolean;
	/** The provider does not take the form that was asked for: a schema, or JSON at all. */
	readonly formRefused: boolean;
	/** And it is, or may be, only this schema that is not taken: that says nothing of the form with another one. */
	readonly schemaRefused: boolean;
}

/** `network`: nothing came back at all, so that only a probe can tell why. */
type Judgement = Verdict | 'network';

type FailureType = ModelFailure['type'];

interface Told {
	readonly status: number | null;
	readonly code: string;
	readonly said: string;
	/** Everything that was sent about it, as text. */
	readonly body: string;
	readonly retryAfterSeconds: number | null;
	/** The provider itself reported it, in an answer or in the stream. */
	readonly fromProvider: boolean;
}

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
	const whole: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
	// the last event of OpenAI's responses has the error inside of the response
	const outer = isRecord(whole) && isRecord(whole['response']) ? whole['response'] : whole;
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

const readRetryAfter = (headers: unknown, body: string): number | null => {
	const given = isRecord(headers) ? text(headers['retry-after']) : '';
	if (/^\d+(?:\.\d+)?$/u.test(given)) return Number(given);
	// Gemini's RetryInfo, also behind OpenAI-compatible fronts
	const delay = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/u.exec(body)?.[1];
	if (delay !== undefined) return Number(delay);
	// where the header is hidden from browsers, the sentence says it
	const told = /try again in (?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)(ms|s))?/iu.exec(body);
	if (told === null) return null;
	const [, hours = '0', minutes = '0', rest = '0', unit] = told;
	const seconds = Number(hours) * 3600 + Number(minutes) * 60 + Number(rest) / (unit === 'ms' ? 1000 : 1);
	return seconds > 0 ? seconds : null;
};

const readError = (error: unknown): Told => {
	const nothing = { status: null, code: '', body: '', retryAfterSeconds: null };
	if (!isRecord(error)) return { ...nothing, said: text(error), fromProvider: true };
	const sent = text(error['responseBody']);
	const body = readBody(sent);
	const numericCode = typeof error['code'] === 'number' ? error['code'] : null;
	const status = typeof error['statusCode'] === 'number' ? error['statusCode'] : numericCode;
	const data = error['data'];
	const own = isRecord(data) && isRecord(data['error']) ? data['error'] : error;
	const all = sent === '' ? JSON.stringify(isRecord(data) ? data : own) : sent;
	return {
		status,
		code: `${body.code} ${text(own['code'])} ${text(own['type'])}`.trim().toLowerCase(),
		said: body.said === '' ? text(own['message']) || text(error['message']) : body.said,
		body: all,
		retryAfterSeconds: readRetryAfter(error['responseHeaders'], all),
		fromProvider: !(error instanceof Error) || body.json || 'type' in error || 'code' in error
	};
};

const QUOTA =
	/insufficient[_ ](?:quota|balance|credit|funds)|exceeded your current quota|billing|out of credit|credit balance|any credits|payment required|spending limit|more credits/iu;
/** A limit per day is one that waiting a minute does not help. */
const PER_DAY = /per ?day\b|PerDay|daily (?:limit|quota)/iu;
const CONTEXT =
	/context_length_exceeded|exceed_context_size|context[ _](?:length|window|size|limit|the overflows)|maximum (?:context|prompt length|model length)|maximum number of tokens allowed|prompt is too long|too large for model with|too many (?:input )?tokens|input (?:is )?too long|inputs?` tokens|reduce the length/iu;
const MODEL =
	/model_not_found|invalid_model|\bmodels?\b.{0,200}?(?:not found|not exist|does ?n[o']t exist|unknown|invalid|not available|not supported|no access|not loaded|decommissioned|no longer (?:supported|available)|not have access)|(?:invalid|unknown|no such|unsupported|not a valid|unable to access) model|no endpoints found|no models? (?:is |are )?loaded|not_found_error model:/isu;
const FILTER =
	/content[_ ]?(?:filter|policy|management)|moderation|flagged|\bsafety\b|responsible_ai|usage (?:guidelines|polic)|prohibited_content/iu;
const KEY =
	/api[_ ]?key|api_key_invalid|unauthori[sz]ed|unregistered callers|authentication|credentials|invalid[_ ]token|permission/iu;
const REGION = /\b(?:country|region|territory|location)\b/iu;
const PARAMETER = /unsupported[_ ](?:parameter|value)|unknown[_ ]parameter|unrecognized request argument/iu;
const CORS_BLOCKED = /CORS requests are not allowed/iu;
const OVERLOAD = /overloaded|server[_ ]error|unavailable|capacity|internal error|bad gateway|timeout/iu;
const RATE = /rate[_ -]?limit|too many requests|resource_exhausted/iu;
const FORM =
	/response[_ ]?format|response[_ ]?(?:json[_ ]?)?schema|response[_ ]?mime[_ ]?type|json[_ ]?(?:schema|object|mode|validate)|structured[_ ]?outputs?|output_config|output_format|text\.format|grammar|\bschema\b/iu;
const FORM_NAMED =
	/response[_ ]?format|response[_ ]?(?:json[_ ]?)?schema|response[_ ]?mime[_ ]?type|json[_ ]?(?:schema|object|mode)|structured[_ ]?outputs?|output_config|output_format|text\.format/iu;
const THIS_SCHEMA =
	/\binvalid (?:json )?schema|\bschema\b.{0,80}\b(?:invalid|not valid|too (?:complex|deep|large|long|many))\b|additionalProperties|json[_ ]?validate|grammar/iu;

/** Which failure a status and the provider's own words mean. */
const typeOf = (told: Told, keySent: boolean, streaming: boolean): FailureType => {
	const words = `${told.code} ${told.said}`;
	const status = told.status ?? 0;
	const badKey = keySent ? 'bad-key' : 'no-key';
	if (CORS_BLOCKED.test(words)) return 'org-blocks-browser';
	// a provider that says when to come back means a limit per minute, whatever it calls it
	const temporary =
		status === 429 &&
		told.retryAfterSeconds !== null &&
		!told.code.includes('insufficient') &&
		!PER_DAY.test(told.body);
	if (status === 402 || (QUOTA.test(words) && !temporary)) return 'quota';
	if (status === 401) return badKey;
	if (status === 429 || (streaming && RATE.test(words)))
		return PER_DAY.test(told.body) ? 'quota' : 'rate-limited';
	// some servers run over their window with a 500
	if (CONTEXT.test(words) || status === 413) return 'context-too-long';
	if (status >= 500 || status === 408 || status === 409) return 'overloaded';
	if (PARAMETER.test(words)) return 'refused';
	if (MODEL.test(words)) return 'wrong-model';
	if (status === 403) {
		if (FILTER.test(words)) return 'content-filter';
		// a wall in front of the provider says nothing of the key
		if (REGION.test(words) || /^\s*(?:<|$)/u.test(told.body)) return 'refused';
		return keySent ? 'bad-key' : KEY.test(words) ? 'no-key' : 'refused';
	}
	// a 404 or 405 that names no model is a wrong path: another kind of server, or a missing /v1
	if (status === 404 || status === 405) return 'not-an-api';
	if (FILTER.test(words)) return 'content-filter';
	if (status >= 400)
		return KEY.test(words) && /invalid|incorrect|not valid|missing|expired/iu.test(words)
			? badKey
			: 'refused';
	if (streaming && OVERLOAD.test(words)) return 'overloaded';
	return 'interrupted';
};

const AGAIN: ReadonlySet<FailureType> = new Set(['rate-limited', 'overloaded', 'interrupted']);

const verdict = (type: FailureType, told: Told | null, about: FailedRequest): Verdict => {
	const said = told === null ? undefined : scrubSaid(told.said, about.secret, about.request);
	const status = told?.status ?? null;
	const asked =
		status !== null && status >= 400 && status < 500 && ![401, 402, 408, 413, 429].includes(status);
	const words = told === null ? '' : `${told.code} ${told.said}`;
	const formRefused = asked && FORM.test(words);
	return {
		failure: {
			type,
			...(status === null || status < 400 ? {} : { status }),
			...(type === 'context-too-long' && told !== null ? readContextNumbers(told.said, told.body) : {}),
			...(said === undefined ? {} : { said }),
			...(told?.retryAfterSeconds == null ? {} : { retryAfterSeconds: told.retryAfterSeconds })
		},
		again: AGAIN.has(type),
		formRefused,
		schemaRefused: formRefused && (!FORM_NAMED.test(words) || THIS_SCHEMA.test(words))
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
	if (/InvalidResponseData|EmptyResponseBody|NoOutputGenerated/u.test(name))
		return verdict(about.spoke || !about.ended ? 'interrupted' : 'empty', null, about);
	const told = readError(error);
	if (told.status !== null && told.status >= 400) {
		return verdict(typeOf(told, about.secret !== null, about.answered && about.spoke), told, about);
	}
	// the connection broke after the answer had begun; the library's own words about that are no news
	if (!about.answered) return 'network';
	if (told.status !== null || !told.fromProvider) return verdict('interrupted', null, about);
	return verdict(typeOf(told, about.secret !== null, true), told, about);
};
