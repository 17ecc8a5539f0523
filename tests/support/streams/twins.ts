// Our own answers in the form of each provider: one for every kind that was ever recorded, with the quirks of the wire.
import type { EnteredProvider } from '../../../src/lib/worker/protocol.ts';
import type { Heard } from '../heard.ts';
import type { WireStream } from '../wire-streams.ts';

/** Pieces end anywhere, in the middle of an emoji too: servers do not care where a character ends. */
const pieces = (text: string, size = 7): readonly string[] =>
	Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size));

const STORY = 'The ferry leaves at nine. "You are late," says Mara, *and smiles*.\n\nRain.';
const SCRIPTS =
	'Family 👨‍👩‍👧‍👦, flag 🇺🇦, e\u0301, שלום \u200Fעולם, 日本語, \u2028 line, 𝒳, "quoted", back\\slash, \ttab.';
const THOUGHT = 'They want to know when it leaves.\nNine, then.';
const BEGUN = 'The ferry leaves at';
const OBJECT = '{"place":"the pier","sure":true}';

interface Told {
	readonly thought?: string;
	readonly text: string;
	/** In the provider's own words. Null: the stream ends without one. */
	readonly finish: string | null;
}

/** One provider's way to write: a stream, an error in the middle of one, and an error instead of one. */
interface Hand {
	readonly stream: (told: Told) => string;
	/** Written after the beginning of a stream. */
	readonly broken: (text: string) => string;
	readonly finish: { readonly stop: string; readonly length: string; readonly filter: string };
}

const data = (payload: unknown): string => `data: ${JSON.stringify(payload)}\n\n`;
const named = (payload: { readonly type: string } & Record<string, unknown>): string =>
	`event: ${payload.type}\n${data(payload)}`;

const anthropicOpen = (told: Pick<Told, 'thought' | 'text'>): string => {
	const block = (index: number, start: unknown, deltas: readonly unknown[]): string =>
		[
			named({ type: 'content_block_start', index, content_block: start }),
			...deltas.map((delta) => named({ type: 'content_block_delta', index, delta })),
			named({ type: 'content_block_stop', index })
		].join('');
	const usage = {
		input_tokens: 30,
		cache_read_input_tokens: 10,
		cache_creation_input_tokens: 2,
		output_tokens: 1
	};
	const message = {
		id: 'msg_own',
		type: 'message',
		role: 'assistant',
		model: 'claude-own',
		content: [],
		stop_reason: null
	};
	return [
		// real streams pad their JSON with blanks
		`event: message_start\ndata: ${JSON.stringify({ type: 'message_start', message: { ...message, usage } })}      \n\n`,
		'event: ping\ndata: {"type": "ping"}\n\n',
		...(told.thought === undefined
			? []
			: [
					block(0, { type: 'thinking', thinking: '', signature: '' }, [
						...pieces(told.thought).map((thinking) => ({ type: 'thinking_delta', thinking })),
						{ type: 'signature_delta', signature: 'c2lnbmVk' }
					])
				]),
		block(
			told.thought === undefined ? 0 : 1,
			{ type: 'text', text: '' },
			pieces(told.text).map((text) => ({ type: 'text_delta', text }))
		)
	].join('');
};

const ANTHROPIC: Hand = {
	stream: ({ thought, text, finish }) =>
		anthropicOpen({ text, ...(thought === undefined ? {} : { thought }) }) +
		(finish === null
			? ''
			: named({
					type: 'message_delta',
					delta: { stop_reason: finish, stop_sequence: null },
					usage: { output_tokens: 7 }
				}) + named({ type: 'message_stop' })),
	broken: (text) =>
		anthropicOpen({ text }) +
		named({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
	finish: { stop: 'end_turn', length: 'max_tokens', filter: 'refusal' }
};

const openAiOpen = ({ thought, text }: Pick<Told, 'thought' | 'text'>): string => {
	const response = {
		id: 'resp_own',
		object: 'response',
		created_at: 1_700_000_000,
		model: 'own',
		status: 'in_progress',
		output: []
	};
	const thinking =
		thought === undefined
			? []
			: [
					named({
						type: 'response.output_item.added',
						output_index: 0,
						item: { type: 'reasoning', id: 'rs_1', summary: [] }
					}),
					named({
						type: 'response.reasoning_summary_part.added',
						item_id: 'rs_1',
						output_index: 0,
						summary_index: 0,
						part: { type: 'summary_text', text: '' }
					}),
					...pieces(thought).map((delta) =>
						named({
							type: 'response.reasoning_summary_text.delta',
							item_id: 'rs_1',
							output_index: 0,
							summary_index: 0,
							delta,
							obfuscation: 'x8'
						})
					),
					named({
						type: 'response.reasoning_summary_part.done',
						item_id: 'rs_1',
						output_index: 0,
						summary_index: 0,
						part: { type: 'summary_text', text: thought }
					}),
					named({
						type: 'response.output_item.done',
						output_index: 0,
						item: { type: 'reasoning', id: 'rs_1', summary: [] }
					})
				];
	return [
		named({ type: 'response.created', sequence_number: 0, response }),
		named({ type: 'response.in_progress', sequence_number: 1, response }),
		...thinking,
		named({
			type: 'response.output_item.added',
			output_index: 1,
			item: { type: 'message', id: 'msg_1', status: 'in_progress', role: 'assistant', content: [] }
		}),
		named({
			type: 'response.content_part.added',
			item_id: 'msg_1',
			output_index: 1,
			content_index: 0,
			part: { type: 'output_text', text: '' }
		}),
		...pieces(text).map((delta) =>
			named({
				type: 'response.output_text.delta',
				item_id: 'msg_1',
				output_index: 1,
				content_index: 0,
				delta,
				logprobs: []
			})
		)
	].join('');
};

const OPENAI: Hand = {
	stream: ({ thought, text, finish }) => {
		const opened = openAiOpen({ text, ...(thought === undefined ? {} : { thought }) });
		if (finish === null) return opened;
		const whole = finish === 'completed';
		const usage = {
			input_tokens: 42,
			input_tokens_details: { cached_tokens: 10 },
			output_tokens: 7,
			total_tokens: 49
		};
		const item = {
			type: 'message',
			id: 'msg_1',
			status: 'completed',
			role: 'assistant',
			content: [{ type: 'output_text', text, annotations: [] }]
		};
		const response = {
			id: 'resp_own',
			object: 'response',
			created_at: 1_700_000_000,
			model: 'own',
			status: whole ? 'completed' : 'incomplete',
			incomplete_details: whole ? null : { reason: finish },
			output: [item],
			usage
		};
		return (
			opened +
			named({
				type: 'response.output_text.done',
				item_id: 'msg_1',
				output_index: 1,
				content_index: 0,
				text
			}) +
			named({ type: 'response.output_item.done', output_index: 1, item }) +
			named({ type: whole ? 'response.completed' : 'response.incomplete', sequence_number: 99, response })
		);
	},
	broken: (text) =>
		openAiOpen({ text }) +
		named({
			type: 'error',
			sequence_number: 50,
			error: { type: 'server_error', code: 'server_error', message: 'The server had an error', param: null }
		}),
	finish: { stop: 'completed', length: 'max_output_tokens', filter: 'content_filter' }
};

const geminiOpen = ({ thought, text }: Pick<Told, 'thought' | 'text'>): string => {
	// Gemini ends its lines as the old web did
	const chunk = (part: unknown): string =>
		`data: ${JSON.stringify({ candidates: [{ content: { parts: [part], role: 'model' }, index: 0 }], usageMetadata: { promptTokenCount: 42 } })}\r\n\r\n`;
	return [
		...pieces(thought ?? '').map((piece) => chunk({ text: piece, thought: true })),
		...pieces(text).map((piece) => chunk({ text: piece }))
	].join('');
};

const GOOGLE: Hand = {
	stream: ({ thought, text, finish }) => {
		const opened = geminiOpen({ text, ...(thought === undefined ? {} : { thought }) });
		if (finish === null) return opened;
		const last = {
			candidates: [
				{
					content: { parts: [{ text: '', thoughtSignature: 'c2lnbmVk' }], role: 'model' },
					finishReason: finish,
					index: 0
				}
			],
			usageMetadata: {
				promptTokenCount: 42,
				candidatesTokenCount: 5,
				thoughtsTokenCount: 2,
				totalTokenCount: 49,
				cachedContentTokenCount: 10
			}
		};
		return `${opened}data: ${JSON.stringify(last)}\r\n\r\n`;
	},
	broken: (text) =>
		geminiOpen({ text }) +
		data({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }),
	finish: { stop: 'STOP', length: 'MAX_TOKENS', filter: 'SAFETY' }
};

const chatOpen = ({ thought, text }: Pick<Told, 'thought' | 'text'>, field: string): string => {
	const chunk = (delta: unknown): string =>
		data({
			id: 'c',
			object: 'chat.completion.chunk',
			created: 1,
			model: 'own',
			choices: [{ index: 0, delta, finish_reason: null }]
		});
	return [
		chunk({ role: 'assistant', content: '' }),
		...pieces(thought ?? '').map((piece) => chunk({ content: null, [field]: piece })),
		...pieces(text).map((piece) => chunk({ content: piece }))
	].join('');
};

const chatHand = (field: string, extra: Readonly<Record<string, unknown>>, noise: string): Hand => ({
	stream: ({ thought, text, finish }) => {
		const opened = noise + chatOpen({ text, ...(thought === undefined ? {} : { thought }) }, field);
		if (finish === null) return opened;
		const usage = {
			prompt_tokens: 42,
			completion_tokens: 7,
			total_tokens: 49,
			prompt_tokens_details: { cached_tokens: 10 },
			...extra
		};
		return (
			opened +
			data({ choices: [{ index: 0, delta: {}, finish_reason: finish }] }) +
			data({ choices: [], usage }) +
			'data: [DONE]\n\n'
		);
	},
	broken: (text) =>
		chatOpen({ text }, field) + data({ error: { message: 'Provider disconnected', code: 502 } }),
	finish: { stop: 'stop', length: 'length', filter: 'content_filter' }
});

const HANDS: Readonly<Record<EnteredProvider, Hand>> = {
	anthropic: ANTHROPIC,
	openai: OPENAI,
	google: GOOGLE,
	openrouter: chatHand('reasoning', { cost: 0.000_25 }, ': OPENROUTER PROCESSING\n\n'),
	'openai-compatible': chatHand('reasoning_content', {}, '')
};

interface ErrorBody {
	readonly name: string;
	readonly status: number;
	readonly body: unknown;
	readonly end: Heard['end'];
	readonly retryAfterSeconds?: number;
}

const openAiError = (message: string, type: string, code: string | null) => ({
	error: { message, type, param: null, code }
});

const ERRORS: Readonly<Record<EnteredProvider, readonly ErrorBody[]>> = {
	anthropic: [
		{
			name: 'bad-key',
			status: 401,
			body: { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } },
			end: 'bad-key'
		},
		{
			name: 'error',
			status: 404,
			body: { type: 'error', error: { type: 'not_found_error', message: 'model: claude-own' } },
			end: 'wrong-model'
		},
		{
			name: 'rate-limit',
			status: 429,
			body: {
				type: 'error',
				error: { type: 'rate_limit_error', message: 'Too many requests. Try again in 21s.' }
			},
			end: 'rate-limited',
			retryAfterSeconds: 21
		},
		{
			name: 'overloaded',
			status: 529,
			body: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
			end: 'overloaded'
		}
	],
	openai: [
		{
			name: 'bad-key',
			status: 401,
			body: openAiError('Incorrect API key provided: own.', 'invalid_request_error', 'invalid_api_key'),
			end: 'bad-key'
		},
		{
			name: 'error',
			status: 400,
			body: openAiError(
				"Unsupported parameter: 'temperature' is not supported with this model.",
				'invalid_request_error',
				null
			),
			end: 'refused'
		},
		{
			name: 'rate-limit',
			status: 429,
			body: openAiError('Rate limit reached. Please try again in 1m30s.', 'requests', 'rate_limit_exceeded'),
			end: 'rate-limited',
			retryAfterSeconds: 90
		},
		{
			name: 'quota',
			status: 429,
			body: openAiError('You exceeded your current quota.', 'insufficient_quota', 'insufficient_quota'),
			end: 'quota'
		}
	],
	google: [
		{
			name: 'bad-key',
			status: 400,
			body: {
				error: {
					code: 400,
					message: 'API key not valid.',
					status: 'INVALID_ARGUMENT',
					details: [{ reason: 'API_KEY_INVALID' }]
				}
			},
			end: 'bad-key'
		},
		{
			name: 'error',
			status: 404,
			body: {
				error: { code: 404, message: 'models/own is not found for API version v1beta.', status: 'NOT_FOUND' }
			},
			end: 'wrong-model'
		},
		{
			name: 'rate-limit',
			status: 429,
			body: {
				error: {
					code: 429,
					message: 'Quota exceeded.',
					status: 'RESOURCE_EXHAUSTED',
					details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '17.5s' }]
				}
			},
			end: 'rate-limited',
			retryAfterSeconds: 17.5
		}
	],
	openrouter: [
		{
			name: 'bad-key',
			status: 401,
			body: { error: { message: 'No auth credentials found', code: 401 } },
			end: 'bad-key'
		},
		{
			name: 'rate-limit',
			status: 429,
			body: {
				error: {
					message: 'Provider returned error',
					code: 429,
					metadata: { raw: 'own/model is temporarily rate-limited upstream' }
				}
			},
			end: 'rate-limited'
		},
		{
			name: 'quota',
			status: 402,
			body: { error: { message: 'Insufficient credits', code: 402 } },
			end: 'quota'
		}
	],
	'openai-compatible': [
		{ name: 'bad-key', status: 401, body: { message: 'Unauthorized' }, end: 'bad-key' },
		{
			name: 'error',
			status: 400,
			body: {
				error: {
					code: 400,
					type: 'exceed_context_size_error',
					message: 'the request exceeds the available context size',
					n_prompt_tokens: 5000,
					n_ctx: 4096
				}
			},
			end: 'context-too-long'
		},
		{
			name: 'rate-limit',
			status: 429,
			body: { message: 'Requests rate limit exceeded' },
			end: 'rate-limited'
		}
	]
};

const FULL: Heard['tokens'] = [42, 7];

const twinsOf = (provider: EnteredProvider): readonly WireStream[] => {
	const hand = HANDS[provider];
	const cost = provider === 'openrouter' ? { costUsd: 0.000_25 } : {};
	const twin = (name: string, body: string, expected: Partial<Heard> & Pick<Heard, 'end'>): WireStream => ({
		name: `${provider}-${name}`,
		provider,
		answer: { body },
		expected: {
			text: '',
			reasoning: '',
			tokens: FULL,
			...(expected.tokens === null ? {} : cost),
			...expected
		}
	});
	const said = (name: string, text: string, thought?: string): WireStream =>
		twin(
			name,
			hand.stream({ text, finish: hand.finish.stop, ...(thought === undefined ? {} : { thought }) }),
			{
				text,
				reasoning: thought ?? '',
				end: 'done'
			}
		);
	return [
		said('text', STORY),
		said('unicode', SCRIPTS),
		said('reasoning', STORY, THOUGHT),
		said('structured', OBJECT),
		twin('length', hand.stream({ text: BEGUN, finish: hand.finish.length }), { text: BEGUN, end: 'length' }),
		twin('content-filter', hand.stream({ text: BEGUN, finish: hand.finish.filter }), {
			text: BEGUN,
			end: 'content-filter'
		}),
		twin('interrupted', hand.stream({ text: BEGUN, finish: null }), {
			text: BEGUN,
			end: 'interrupted',
			// Gemini counts as it goes
			tokens: provider === 'google' ? [42, 0] : null
		}),
		{
			...twin('stopped', '', { text: BEGUN, reasoning: THOUGHT, end: 'stopped', tokens: null }),
			answer: { body: hand.stream({ text: BEGUN, thought: THOUGHT, finish: null }), stays: 'speaking' },
			stopped: true
		},
		twin('error-midstream', hand.broken(BEGUN), { text: BEGUN, end: 'overloaded', tokens: null }),
		twin(
			'bare-error',
			`${hand.stream({ text: BEGUN, finish: null })}${JSON.stringify({ error: { type: 'overloaded_error', message: 'Overloaded', code: 503 } }, null, 2)}`,
			{
				text: BEGUN,
				end: 'overloaded',
				tokens: null
			}
		),
		...ERRORS[provider].map(({ name, status, body, end, retryAfterSeconds }): WireStream => ({
			name: `${provider}-${name}`,
			provider,
			answer: { status, contentType: 'application/json', body: JSON.stringify(body) },
			expected: {
				text: '',
				reasoning: '',
				tokens: null,
				end,
				...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds })
			}
		}))
	];
};

const anthropicText = ANTHROPIC.stream({ text: STORY, finish: 'end_turn' });
const gemini = (...chunks: readonly unknown[]): string => chunks.map(data).join('');
const USAGE = { promptTokenCount: 42, candidatesTokenCount: 7 };

/** What only one provider's streams have in them. */
const ODDITIES: readonly WireStream[] = [
	{
		name: 'anthropic-malformed',
		provider: 'anthropic',
		// a proxy that begins twice
		answer: { body: anthropicText.slice(0, anthropicText.indexOf('event: ping')) + anthropicText },
		expected: { text: STORY, reasoning: '', end: 'done', tokens: FULL }
	},
	{
		name: 'anthropic-window-full',
		provider: 'anthropic',
		answer: { body: ANTHROPIC.stream({ text: BEGUN, finish: 'model_context_window_exceeded' }) },
		expected: { text: BEGUN, reasoning: '', end: 'context-too-long', tokens: FULL }
	},
	{
		name: 'anthropic-json-tool',
		provider: 'anthropic',
		// the answer stands in a tool, of which a story knows nothing
		answer: {
			body:
				anthropicText.slice(0, anthropicText.indexOf('event: content_block_start')) +
				named({
					type: 'content_block_start',
					index: 0,
					content_block: { type: 'tool_use', id: 'toolu_own', name: 'json', input: {} }
				}) +
				pieces('{"elements": [{"location": "the pier", "temperature": 7}]}')
					.map((partial_json) =>
						named({
							type: 'content_block_delta',
							index: 0,
							delta: { type: 'input_json_delta', partial_json }
						})
					)
					.join('') +
				named({ type: 'content_block_stop', index: 0 }) +
				named({ type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 7 } }) +
				named({ type: 'message_stop' })
		},
		expected: { text: '', reasoning: '', end: 'done', tokens: FULL }
	},
	{
		name: 'google-prompt-blocked',
		provider: 'google',
		// without a last blank line
		answer: { body: gemini({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: USAGE }).trimEnd() },
		expected: { text: '', reasoning: '', end: 'content-filter', tokens: FULL }
	},
	{
		name: 'google-recitation',
		provider: 'google',
		answer: { body: GOOGLE.stream({ text: BEGUN, finish: 'RECITATION' }) },
		expected: { text: BEGUN, reasoning: '', end: 'content-filter', tokens: FULL }
	},
	{
		name: 'google-malformed',
		provider: 'google',
		answer: {
			body: gemini(
				{ candidates: [{ content: { role: 'model', parts: [{ text: BEGUN }] } }] },
				{
					candidates: [{ content: { role: 'model', parts: [{ text: '' }] }, finishReason: 'STOP' }],
					usageMetadata: USAGE
				}
			)
		},
		expected: { text: BEGUN, reasoning: '', end: 'done', tokens: FULL }
	},
	{
		name: 'google-bare-list',
		provider: 'google',
		answer: {
			contentType: 'application/json',
			body: JSON.stringify(
				pieces(STORY).map((text, at, all) => ({
					candidates: [
						{
							content: { role: 'model', parts: [{ text }] },
							...(at === all.length - 1 ? { finishReason: 'STOP' } : {})
						}
					],
					usageMetadata: USAGE
				})),
				null,
				2
			)
		},
		expected: { text: STORY, reasoning: '', end: 'done', tokens: FULL }
	},
	{
		name: 'openai-refusal',
		provider: 'openai',
		answer: {
			body: OPENAI.stream({ text: BEGUN, finish: 'completed' }).replaceAll(
				'response.output_text.delta',
				'response.refusal.delta'
			)
		},
		expected: { text: BEGUN, reasoning: '', end: 'content-filter', tokens: FULL }
	}
];

const PROVIDERS = Object.keys(HANDS) as readonly EnteredProvider[];

/** Every stream of our own. */
export const ownStreams: readonly WireStream[] = [...PROVIDERS.flatMap(twinsOf), ...ODDITIES];

/** A short stream of each wire, for cutting at every byte. `said` is what it says in all. */
export const shortStreams: readonly WireStream[] = PROVIDERS.map((provider) => {
	const text = 'Nine. 👋🏽';
	return {
		name: `${provider}-short`,
		provider,
		answer: { body: HANDS[provider].stream({ text, finish: HANDS[provider].finish.stop }) },
		expected: { text, reasoning: '', end: 'done', tokens: FULL }
	};
});

/** The first half of a longer stream of each wire: words have come, and the end has not. */
export const begunStreams: readonly (Pick<WireStream, 'provider'> & { readonly body: string })[] =
	PROVIDERS.map((provider) => {
		const text = JSON.stringify({ place: 'the pier, where the boats are. '.repeat(20), sure: true });
		const body = HANDS[provider].stream({ text, finish: HANDS[provider].finish.stop });
		return { provider, body: body.slice(0, body.length / 2) };
	});
