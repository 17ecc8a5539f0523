// What each provider says when something is wrong, and which failure that is: bodies as they really look, one row each.
import { describe, expect, it } from 'vitest';
import type { ModelFailure } from '../protocol.ts';
import { judge } from './failure.ts';

const KEY = 'sk-canary-7f3a9b1c2d4e5f60718293a4b5c6d7e8';

const ABOUT = { answered: true, notAnApi: false, ended: false, spoke: false, secret: KEY, request: null };

const answer = (statusCode: number, body: unknown, responseHeaders: Record<string, string> = {}) =>
	Object.assign(new Error('Bad Request'), {
		name: 'AI_APICallError',
		statusCode,
		responseBody: typeof body === 'string' ? body : JSON.stringify(body),
		responseHeaders
	});

const judged = (error: unknown, about: Partial<typeof ABOUT | { secret: null }> = {}) => {
	const verdict = judge(error, { ...ABOUT, ...about });
	if (verdict === 'network') throw new Error('no verdict');
	return verdict;
};

const openAi = (message: string, type: string, code: string | null = null) => ({
	error: { message, type, param: null, code }
});
const anthropic = (type: string, message: string) => ({
	type: 'error',
	error: { type, message },
	request_id: 'req_011'
});
const google = (code: number, status: string, message: string, details: readonly unknown[] = []) => ({
	error: { code, message, status, details }
});
const retryInfo = (retryDelay: string) => ({
	'@type': 'type.googleapis.com/google.rpc.RetryInfo',
	retryDelay
});
const quotaFailure = (quotaId: string) => ({
	'@type': 'type.googleapis.com/google.rpc.QuotaFailure',
	violations: [{ quotaId }]
});

type Row = readonly [
	provider: string,
	status: number,
	body: unknown,
	expected: ModelFailure['type'] | (Partial<ModelFailure> & { readonly again?: boolean })
];

const ROWS: Readonly<Record<string, readonly Row[]>> = {
	'a bad key': [
		[
			'OpenAI',
			401,
			openAi('Incorrect API key provided: sk-ab**cd.', 'invalid_request_error', 'invalid_api_key'),
			'bad-key'
		],
		['Anthropic', 401, anthropic('authentication_error', 'invalid x-api-key'), 'bad-key'],
		[
			'Anthropic without leave',
			403,
			anthropic('permission_error', 'Your API key does not have permission to use the specified resource.'),
			'bad-key'
		],
		[
			'Gemini',
			400,
			google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
				{ reason: 'API_KEY_INVALID' }
			]),
			'bad-key'
		],
		[
			'Gemini, expired',
			400,
			google(400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.'),
			'bad-key'
		],
		[
			'Gemini, leaked',
			403,
			google(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked. Please use another API key.'),
			'bad-key'
		],
		['OpenRouter', 401, { error: { message: 'No auth credentials found', code: 401 } }, 'bad-key'],
		['Groq', 401, openAi('Invalid API Key', 'invalid_request_error', 'invalid_api_key'), 'bad-key'],
		['Mistral', 401, { message: 'Unauthorized', request_id: 'x' }, 'bad-key'],
		[
			'DeepSeek',
			401,
			openAi(
				'Authentication Fails, Your api key: ****1234 is invalid',
				'authentication_error',
				'invalid_request_error'
			),
			'bad-key'
		],
		[
			'xAI',
			400,
			{ code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***yz.' },
			'bad-key'
		],
		['vLLM', 401, { error: 'Unauthorized' }, 'bad-key'],
		[
			'llama.cpp',
			401,
			{ error: { code: 401, message: 'Invalid API Key', type: 'authentication_error' } },
			'bad-key'
		]
	],
	'an organisation that blocks browsers': [
		[
			'Anthropic',
			401,
			anthropic(
				'authentication_error',
				'CORS requests are not allowed for this Organization because of its data retention settings'
			),
			'org-blocks-browser'
		],
		[
			'Anthropic, forbidden',
			403,
			anthropic('permission_error', 'CORS requests are not allowed for this Organization'),
			'org-blocks-browser'
		]
	],
	'no money': [
		[
			'OpenAI',
			429,
			openAi(
				'You exceeded your current quota, please check your plan and billing details.',
				'insufficient_quota',
				'insufficient_quota'
			),
			'quota'
		],
		[
			'Anthropic',
			400,
			anthropic(
				'invalid_request_error',
				'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.'
			),
			'quota'
		],
		[
			'OpenRouter',
			402,
			{ error: { message: 'Insufficient credits. Add more using https://openrouter.ai/credits', code: 402 } },
			'quota'
		],
		[
			'OpenRouter, for this much',
			402,
			{ error: { message: 'This request requires more credits, or fewer max_tokens.', code: 402 } },
			'quota'
		],
		[
			'Gemini, for the day',
			429,
			google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
				quotaFailure('GenerateRequestsPerDayPerProjectPerModel-FreeTier'),
				retryInfo('30s')
			]),
			'quota'
		],
		['DeepSeek', 402, openAi('Insufficient Balance', 'unknown_error', 'invalid_request_error'), 'quota'],
		['xAI', 403, { code: 'no', error: "Your newly created team doesn't have any credits yet." }, 'quota']
	],
	'a limit of requests': [
		[
			'OpenAI',
			429,
			openAi(
				'Rate limit reached for gpt-4o in organization org-x on tokens per min. Please try again in 6m0.5s.',
				'tokens',
				'rate_limit_exceeded'
			),
			{ type: 'rate-limited', again: true, retryAfterSeconds: 360.5 }
		],
		[
			'Anthropic',
			429,
			anthropic(
				'rate_limit_error',
				'This request would exceed your organization’s rate limit of 50,000 input tokens per minute.'
			),
			{ type: 'rate-limited', again: true }
		],
		[
			'Gemini',
			429,
			google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
				quotaFailure('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'),
				retryInfo('34.4s')
			]),
			{ type: 'rate-limited', again: true, retryAfterSeconds: 34.4 }
		],
		[
			'OpenRouter',
			429,
			{
				error: {
					message: 'Provider returned error',
					code: 429,
					metadata: { raw: 'some/model:free is temporarily rate-limited upstream', provider_name: 'Google' }
				}
			},
			{
				type: 'rate-limited',
				again: true,
				said: 'Provider returned error some/model:free is temporarily rate-limited upstream'
			}
		],
		[
			'Groq',
			429,
			openAi('Rate limit reached for model x. Please try again in 350ms.', 'tokens', 'rate_limit_exceeded'),
			{ type: 'rate-limited', again: true, retryAfterSeconds: 0.35 }
		],
		['Mistral', 429, { message: 'Requests rate limit exceeded' }, { type: 'rate-limited', again: true }]
	],
	'too much to do': [
		['Anthropic', 529, anthropic('overloaded_error', 'Overloaded'), { type: 'overloaded', again: true }],
		[
			'OpenAI',
			503,
			openAi('The server is currently overloaded with other requests.', 'server_error'),
			{ type: 'overloaded', again: true }
		],
		[
			'Gemini',
			503,
			google(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
			{ type: 'overloaded', again: true }
		],
		[
			'OpenRouter',
			502,
			{ error: { message: 'Provider returned error', code: 502 } },
			{ type: 'overloaded', again: true }
		],
		[
			'llama.cpp, loading',
			503,
			{ error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
			{ type: 'overloaded', again: true }
		],
		['a proxy', 504, '<html><title>504 Gateway Time-out</title></html>', { type: 'overloaded', again: true }]
	],
	'a prompt that is too long': [
		[
			'llama.cpp',
			400,
			{
				error: {
					code: 400,
					message: 'the request exceeds the available context size, try increasing it',
					type: 'exceed_context_size_error',
					n_prompt_tokens: 5123,
					n_ctx: 4096
				}
			},
			{ type: 'context-too-long', limitTokens: 4096, sentTokens: 5123, again: false }
		],
		[
			'llama.cpp, older',
			500,
			{
				error: {
					code: 500,
					message:
						'request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it',
					type: 'server_error'
				}
			},
			{ type: 'context-too-long', limitTokens: 4096, sentTokens: 5000 }
		],
		[
			'OpenAI',
			400,
			openAi(
				"This model's maximum context length is 8192 tokens. However, your messages resulted in 9321 tokens. Please reduce the length of the messages.",
				'invalid_request_error',
				'context_length_exceeded'
			),
			{ type: 'context-too-long', limitTokens: 8192, sentTokens: 9321 }
		],
		[
			'OpenAI responses',
			400,
			openAi(
				'Your input exceeds the context window of this model. Please adjust your input and try again.',
				'invalid_request_error',
				'context_length_exceeded'
			),
			{ type: 'context-too-long' }
		],
		[
			'Anthropic',
			400,
			anthropic('invalid_request_error', 'prompt is too long: 210,042 tokens > 200,000 maximum'),
			{ type: 'context-too-long', limitTokens: 200_000, sentTokens: 210_042 }
		],
		[
			'Anthropic with the reply',
			400,
			anthropic(
				'invalid_request_error',
				'input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length or `max_tokens` and try again'
			),
			{ type: 'context-too-long', limitTokens: 200_000, sentTokens: 188_240 }
		],
		[
			'vLLM',
			400,
			{
				object: 'error',
				message:
					"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion). Please reduce the length of the messages or completion.",
				type: 'BadRequestError',
				code: 400
			},
			{ type: 'context-too-long', limitTokens: 4096, sentTokens: 4000 }
		],
		[
			'vLLM, newer',
			400,
			{
				error: {
					message:
						"'max_tokens' or 'max_completion_tokens' is too large: 4000. This model's maximum context length is 4096 tokens and your request has 500 input tokens (4000 > 4096 - 500).",
					type: 'BadRequestError',
					code: 400
				}
			},
			{ type: 'context-too-long', limitTokens: 4096, sentTokens: 500 }
		],
		[
			'OpenRouter',
			400,
			{
				error: {
					code: 400,
					message:
						"This endpoint's maximum context length is 32768 tokens. However, you requested about 40123 tokens (39123 of text input, 1000 in the output). Please reduce the length of either one."
				}
			},
			{ type: 'context-too-long', limitTokens: 32_768, sentTokens: 39_123 }
		],
		[
			'Mistral',
			400,
			{
				object: 'error',
				message:
					'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
				type: 'invalid_request_prompt',
				code: 3051
			},
			{ type: 'context-too-long', limitTokens: 32_768, sentTokens: 40_000 }
		],
		[
			'Gemini',
			400,
			google(
				400,
				'INVALID_ARGUMENT',
				'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'
			),
			{ type: 'context-too-long', limitTokens: 1_048_576, sentTokens: 1_200_000 }
		],
		[
			'xAI',
			400,
			{
				code: 'x',
				error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens."
			},
			{ type: 'context-too-long', limitTokens: 131_072, sentTokens: 537_812 }
		],
		[
			'LM Studio',
			400,
			{
				error:
					'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens'
			},
			{ type: 'context-too-long', limitTokens: 4096, sentTokens: 5000 }
		],
		[
			'Together',
			422,
			openAi(
				'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 4000 `inputs` tokens and 1000 `max_new_tokens`',
				'invalid_request_error'
			),
			{ type: 'context-too-long', limitTokens: 4097, sentTokens: 4000 }
		],
		[
			'Groq',
			413,
			openAi(
				'Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 7321',
				'tokens',
				'rate_limit_exceeded'
			),
			{ type: 'context-too-long', limitTokens: 6000, sentTokens: 7321 }
		],
		['a proxy', 413, '<html>413 Request Entity Too Large</html>', { type: 'context-too-long' }]
	],
	'words it will not take': [
		[
			'OpenAI',
			400,
			openAi(
				'Your request was flagged as potentially violating our usage policy.',
				'invalid_request_error',
				'content_policy_violation'
			),
			'content-filter'
		],
		[
			'Azure',
			400,
			openAi(
				"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
				'invalid_request_error',
				'content_filter'
			),
			'content-filter'
		],
		[
			'Anthropic',
			400,
			anthropic('invalid_request_error', 'Output blocked by content filtering policy'),
			'content-filter'
		],
		[
			'OpenRouter',
			403,
			{
				error: {
					code: 403,
					message: 'Your chosen model requires moderation and your input was flagged',
					metadata: { reasons: ['x'] }
				}
			},
			'content-filter'
		],
		['xAI', 403, { code: 'x', error: 'Content violates usage guidelines.' }, 'content-filter']
	],
	'a model that is not there': [
		[
			'OpenAI',
			404,
			openAi(
				'The model `gpt-9` does not exist or you do not have access to it.',
				'invalid_request_error',
				'model_not_found'
			),
			'wrong-model'
		],
		[
			'OpenAI, of a project',
			403,
			openAi('Project `p` does not have access to model `gpt-9`', 'invalid_request_error', 'model_not_found'),
			'wrong-model'
		],
		['Anthropic', 404, anthropic('not_found_error', 'model: claude-nowhere'), 'wrong-model'],
		[
			'Gemini',
			404,
			google(
				404,
				'NOT_FOUND',
				'models/gemini-x is not found for API version v1beta, or is not supported for generateContent.'
			),
			'wrong-model'
		],
		[
			'OpenRouter',
			400,
			{ error: { message: 'nobody/nothing is not a valid model ID', code: 400 } },
			'wrong-model'
		],
		[
			'OpenRouter, nobody has it',
			404,
			{ error: { message: 'No endpoints found for nobody/nothing.', code: 404 } },
			'wrong-model'
		],
		[
			'Mistral',
			400,
			{ object: 'error', message: 'Invalid model: nothing', type: 'invalid_model', code: '1500' },
			'wrong-model'
		],
		[
			'DeepSeek',
			400,
			openAi('Model Not Exist', 'invalid_request_error', 'invalid_request_error'),
			'wrong-model'
		],
		[
			'Groq',
			400,
			openAi(
				'The model `old` has been decommissioned and is no longer supported.',
				'invalid_request_error',
				'model_decommissioned'
			),
			'wrong-model'
		],
		['Ollama', 404, openAi('model "nothing" not found, try pulling it first', 'api_error'), 'wrong-model'],
		[
			'vLLM',
			404,
			{ object: 'error', message: 'The model `nothing` does not exist.', type: 'NotFoundError', code: 404 },
			'wrong-model'
		],
		[
			'LM Studio',
			400,
			{
				error: {
					message: 'No models loaded. Please load a model in the developer page.',
					type: 'invalid_request_error'
				}
			},
			'wrong-model'
		],
		[
			'Together',
			404,
			openAi('Unable to access model nothing.', 'invalid_request_error', 'model_not_available'),
			'wrong-model'
		]
	],
	'something it does not take': [
		[
			'OpenAI',
			400,
			openAi(
				"Unsupported parameter: 'temperature' is not supported with this model.",
				'invalid_request_error'
			),
			{ type: 'refused', again: false }
		],
		[
			'OpenAI, a value',
			400,
			openAi(
				"Unsupported value: 'temperature' does not support 0.7 with this model.",
				'invalid_request_error',
				'unsupported_value'
			),
			'refused'
		],
		[
			'OpenAI, too long a reply',
			400,
			openAi(
				'max_tokens is too large: 100000. This model supports at most 16384 completion tokens.',
				'invalid_request_error'
			),
			'refused'
		],
		['Anthropic', 400, anthropic('invalid_request_error', 'temperature: range: 0..1'), 'refused'],
		[
			'Gemini, from here',
			400,
			google(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
			'refused'
		],
		[
			'OpenAI, from here',
			403,
			openAi(
				'Country, region, or territory not supported',
				'request_forbidden',
				'unsupported_country_region_territory'
			),
			'refused'
		],
		['a wall in front of it', 403, '<html><title>Attention Required!</title></html>', 'refused']
	],
	'no API there': [
		['a wrong path', 404, { detail: 'Not Found' }, 'not-an-api'],
		['a page', 404, '<html>nothing here</html>', 'not-an-api'],
		['a server that takes no POST', 405, { detail: 'Method Not Allowed' }, 'not-an-api']
	]
};

describe('what a provider answers', () => {
	for (const [what, rows] of Object.entries(ROWS)) {
		it.each(rows)(`${what}: %s (%i)`, (_, status, body, expected) => {
			const verdict = judged(answer(status, body));
			const { again, ...failure } =
				typeof expected === 'string' ? { type: expected } : { again: undefined, ...expected };
			expect(verdict.failure).toMatchObject(failure);
			expect(verdict.failure.status).toBe(status);
			if (again !== undefined) expect(verdict.again).toBe(again);
		});
	}

	it('reads the header where it is shown', () => {
		const verdict = judged(answer(429, openAi('Slow down.', 'requests'), { 'retry-after': '7' }));
		expect(verdict.failure).toMatchObject({ type: 'rate-limited', retryAfterSeconds: 7 });
	});

	it.each([
		[401, openAi('You did not provide an API key.', 'invalid_request_error')],
		[400, google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.')],
		[403, google(403, 'PERMISSION_DENIED', "Method doesn't allow unregistered callers. Please use API Key.")]
	])('asks for a key where none was sent (%i)', (status, body) => {
		expect(judged(answer(status, body), { secret: null }).failure.type).toBe('no-key');
	});

	it.each([
		[400, 'This model does not support response format `json_schema`. See supported models.'],
		[400, 'This response_format type is unavailable now'],
		[400, "'response_format.type' must be 'json_schema' or 'text'"],
		[404, 'No endpoints found that support the requested structured outputs'],
		[400, 'failed to parse grammar'],
		[400, 'Invalid schema for response_format: additionalProperties is required'],
		[422, 'output_config.format: Extra inputs are not permitted']
	])('knows that the form was refused (%i, %s)', (status, message) => {
		expect(judged(answer(status, openAi(message, 'invalid_request_error'))).formRefused).toBe(true);
	});

	it.each([
		['This model does not support response format `json_schema`. See supported models.', false],
		["'response_format.type' must be 'json_schema' or 'text'", false],
		['No endpoints found that support the requested structured outputs', false],
		['output_config.format: Extra inputs are not permitted', false],
		["Invalid schema for response_format 'place': additionalProperties is required", true],
		['response_format: the schema is too complex', true],
		['failed to parse grammar', true],
		['The database schema is out of date', true]
	])('tells a form that is not taken from a schema that is not (%s)', (message, schemaRefused) => {
		expect(judged(answer(400, openAi(message, 'invalid_request_error')))).toMatchObject({
			formRefused: true,
			schemaRefused
		});
	});

	it.each([
		[400, "Unsupported parameter: 'temperature' is not supported with this model."],
		[401, 'Invalid API key for this schema'],
		[429, 'Rate limit of json_object requests'],
		[500, 'grammar server error']
	])('does not take everything for that (%i, %s)', (status, message) => {
		expect(judged(answer(status, openAi(message, 'invalid_request_error'))).formRefused).toBe(false);
	});
});

describe('what a provider says in the middle of a stream', () => {
	const streamed = (error: Record<string, unknown>): Error =>
		Object.assign(new Error(String(error['message'])), { name: 'AI_StreamProviderError', ...error });

	it.each([
		[
			'Anthropic',
			streamed({ type: 'overloaded_error', message: 'Overloaded', statusCode: 529 }),
			'overloaded',
			true
		],
		[
			'Anthropic, a limit',
			streamed({ type: 'rate_limit_error', message: 'Too fast', statusCode: 429 }),
			'rate-limited',
			true
		],
		[
			'OpenAI',
			streamed({
				type: 'server_error',
				code: 'server_error',
				message: 'The server had an error',
				statusCode: 500
			}),
			'overloaded',
			true
		],
		[
			'OpenAI, no money',
			streamed({
				type: 'insufficient_quota',
				code: 'insufficient_quota',
				message: 'You exceeded your current quota',
				statusCode: 429
			}),
			'quota',
			false
		],
		[
			'Gemini',
			streamed({ type: 'UNAVAILABLE', code: 503, message: 'The model is overloaded.', statusCode: 503 }),
			'overloaded',
			true
		],
		['OpenRouter', { code: 502, message: 'Provider disconnected unexpectedly' }, 'overloaded', true],
		['OpenRouter, a limit', { code: 429, message: 'Rate limit exceeded' }, 'rate-limited', true],
		[
			'llama.cpp',
			{
				code: 400,
				type: 'exceed_context_size_error',
				message: 'the request exceeds the available context size',
				n_prompt_tokens: 5000,
				n_ctx: 4096
			},
			'context-too-long',
			false
		]
	])('%s', (_, error, type, again) => {
		const verdict = judged(error, { spoke: true });
		expect([verdict.failure.type, verdict.again]).toEqual([type, again]);
	});

	it('reads the numbers there too', () => {
		expect(
			judged({
				code: 400,
				type: 'exceed_context_size_error',
				message: 'too long',
				n_prompt_tokens: 5000,
				n_ctx: 4096
			}).failure
		).toMatchObject({ limitTokens: 4096, sentTokens: 5000 });
	});

	it('waits as long as Gemini asks for there', () => {
		const error = streamed({
			message: 'quota',
			statusCode: 429,
			data: google(429, 'RESOURCE_EXHAUSTED', 'x', [retryInfo('12s')]).error
		});
		expect(judged(error).failure).toMatchObject({ type: 'rate-limited', retryAfterSeconds: 12 });
	});

	it.each([
		['AI_InvalidResponseDataError', { spoke: true }, 'interrupted', true],
		['AI_InvalidResponseDataError', { spoke: false }, 'interrupted', true],
		['AI_NoOutputGeneratedError', { spoke: false, ended: true }, 'empty', false],
		['AI_JSONParseError', { spoke: true }, 'interrupted', true],
		['AI_JSONParseError', { spoke: false }, 'not-an-api', false],
		['AI_TypeValidationError', { spoke: false }, 'not-an-api', false],
		['Error', { notAnApi: true }, 'not-an-api', false]
	])('%s (%o) is %s', (name, about, type, again) => {
		const verdict = judged(Object.assign(new Error('x'), { name }), about);
		expect([verdict.failure.type, verdict.again]).toEqual([type, again]);
	});

	it('says nothing where nothing came back', () => {
		expect(judge(new TypeError('Failed to fetch'), { ...ABOUT, answered: false })).toBe('network');
	});
});

it('keeps the key and the prompt to itself', () => {
	const request = {
		instructions: '',
		messages: [{ role: 'user' as const, text: 'Who lit the lamp in the tower tonight?' }]
	};
	const said = `Bad key ${KEY} in: Who lit the lamp in the tower tonight?`;
	const verdict = judge(answer(400, openAi(said, 'invalid_request_error')), { ...ABOUT, request });
	expect(JSON.stringify(verdict)).not.toContain('canary');
	expect(JSON.stringify(verdict)).not.toContain('tower');
});
