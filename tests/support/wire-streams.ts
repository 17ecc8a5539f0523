// Answers of providers as they look on the wire, and what is to be heard of each: our own, and recorded ones beside us.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EnteredProvider } from '../../src/lib/worker/protocol.ts';
import type { Heard } from './heard.ts';
import type { RawAnswer } from './replay-server.ts';

export interface WireStream {
	/** Letters, digits and dashes. */
	readonly name: string;
	readonly provider: EnteredProvider;
	readonly answer: RawAnswer;
	/** The player presses Stop when the expected text was heard. */
	readonly stopped?: true;
	readonly expected: Heard;
}

type Json = Readonly<Record<string, unknown>>;

const record = (value: unknown): Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(record) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

interface Said {
	text: string;
	reasoning: string;
	tokens: [number, number] | null;
}

/** What a recording says, read plainly from its payloads: a second opinion to what our providers make of it. */
const READERS: Readonly<Record<EnteredProvider, (said: Said, payload: Json) => void>> = {
	anthropic: (said, payload) => {
		const delta = record(payload['delta']);
		said.text += text(delta['text']);
		said.reasoning += text(delta['thinking']);
		const start = record(record(payload['message'])['usage']);
		const usage = payload['type'] === 'message_delta' ? record(payload['usage']) : start;
		if (payload['type'] === 'message_start') said.tokens = [count(start['input_tokens']), 0];
		if (payload['type'] === 'message_delta')
			said.tokens = [count(usage['input_tokens']) || (said.tokens?.[0] ?? 0), count(usage['output_tokens'])];
	},
	openai: (said, payload) => {
		if (payload['type'] === 'response.output_text.delta') said.text += text(payload['delta']);
		if (payload['type'] === 'response.reasoning_summary_text.delta') said.reasoning += text(payload['delta']);
		const usage = record(record(payload['response'])['usage']);
		if ('input_tokens' in usage) said.tokens = [count(usage['input_tokens']), count(usage['output_tokens'])];
	},
	google: (said, payload) => {
		for (const part of list(record(list(payload['candidates'])[0]?.['content'])['parts']))
			said[part['thought'] === true ? 'reasoning' : 'text'] += text(part['text']);
		const usage = record(payload['usageMetadata']);
		if ('promptTokenCount' in usage)
			said.tokens = [
				count(usage['promptTokenCount']),
				count(usage['candidatesTokenCount']) + count(usage['thoughtsTokenCount'])
			];
	},
	openrouter: (said, payload) => READERS['openai-compatible'](said, payload),
	'openai-compatible': (said, payload) => {
		const choice = list(payload['choices'])[0] ?? {};
		const delta = record(choice['delta'] ?? choice['message']);
		said.text += text(delta['content']);
		said.reasoning += text(delta['reasoning']) || text(delta['reasoning_content']);
		const usage = record(payload['usage']);
		if ('prompt_tokens' in usage)
			said.tokens = [count(usage['prompt_tokens']), count(usage['completion_tokens'])];
	}
};

const RECORDED = fileURLToPath(new URL('../../../shared/fixtures/llm/', import.meta.url));
/** Recordings are other people's, and lie beside the repository on some machines only. */
export const hasRecordings = existsSync(RECORDED);

const read = (file: string): string => readFileSync(RECORDED + file, 'utf8');

/** One payload a line, as the wire would carry it. Of a file with several answers the last one: a server sends one. */
const fromChunks = (provider: EnteredProvider, file: string): string => {
	const all = read(file)
		.split('\n')
		.filter((line) => line.trim() !== '');
	const lines = all.slice(
		Math.max(
			0,
			all.findLastIndex((line) => line.startsWith('{"type":"response.created"'))
		)
	);
	const named = provider === 'anthropic' || provider === 'openai';
	const events = lines.map((line) => {
		const type = named ? `event: ${text(record(JSON.parse(line))['type'])}\n` : '';
		return `${type}data: ${line}\n\n`;
	});
	return events.join('') + (provider === 'openai-compatible' ? 'data: [DONE]\n\n' : '');
};

/** The first answer's body in an HTTP recording, where it stands as a single-quoted text. */
const bodyIn = (recording: string): string => {
	const answer = recording.slice(recording.indexOf('\n  response:'));
	const quoted = /^ {6}string: '((?:[^']|'')*)'/mu.exec(answer)?.[1] ?? '';
	// YAML folds lines: one line end is a blank, and each empty line an end
	return quoted
		.replaceAll("''", "'")
		.replace(
			/[ \t]*\n((?:[ \t]*\n)*)[ \t]*/gu,
			(_, empty: string) => '\n'.repeat(empty.split('\n').length - 1) || ' '
		);
};

const payloadsIn = (body: string): readonly Json[] =>
	body
		.split(/\r?\n/u)
		.filter((line) => line.startsWith('data:') && !line.includes('[DONE]'))
		.map((line) => record(JSON.parse(line.slice(5))));

type Ending = Pick<Heard, 'end'> & Partial<Heard>;

const nameOf = (file: string): string => file.replaceAll(/\W+/gu, '-');

const recorded = (
	provider: EnteredProvider,
	file: string,
	body: string,
	ending: Ending,
	answer: Partial<RawAnswer> = {}
): WireStream => {
	const said: Said = { text: '', reasoning: '', tokens: null };
	const payloads = answer.contentType === undefined ? payloadsIn(body) : [];
	for (const payload of payloads) READERS[provider](said, payload);
	return {
		name: nameOf(file),
		provider,
		answer: { body, ...answer },
		expected: { ...said, ...ending }
	};
};

const JSON_BODY = 'application/json';

const loadRecorded = (): readonly WireStream[] => {
	const chunks = (provider: EnteredProvider, file: string, ending: Ending) =>
		recorded(provider, file, fromChunks(provider, file), ending);
	const raw = (provider: EnteredProvider, file: string, ending: Ending) =>
		recorded(provider, file, read(file), ending);
	const error = (provider: EnteredProvider, file: string, status: number, body: string, ending: Ending) =>
		recorded(provider, file, body, { tokens: null, ...ending }, { status, contentType: JSON_BODY });

	const ollama = read('compat/vcr-ollama-local-json-schema.yaml');
	const ollamaAnswer = ollama.slice(ollama.indexOf('\n  response:'));
	const content = /content: '(.*)'/u.exec(ollamaAnswer)?.[1] ?? '';
	const reasoning = /reasoning: \|\s*(.*)/u.exec(ollamaAnswer)?.[1] ?? '';
	const message = { role: 'assistant', content, reasoning };
	const countTokens = read('anthropic/vcr-count-tokens-error.yaml');
	const openRouter = read('openrouter/vcr-429.yaml');
	const busy = /raw: '([^']*)'/u.exec(openRouter)?.[1] ?? '';

	return [
		chunks('anthropic', 'anthropic/text.chunks.txt', { end: 'done' }),
		chunks('anthropic', 'anthropic/json-output-format.chunks.txt', { end: 'done' }),
		// the answer stands in a tool that a story never offers
		chunks('anthropic', 'anthropic/json-tool.chunks.txt', { end: 'done' }),
		chunks('anthropic', 'anthropic/thinking.chunks.txt', { end: 'done' }),
		chunks('anthropic', 'anthropic/refusal.chunks.txt', { end: 'content-filter' }),
		chunks('anthropic', 'anthropic/duplicate-message-start.chunks.txt', { end: 'done' }),
		raw('anthropic', 'anthropic/incomplete-partial-json.sse.txt', { end: 'length' }),
		recorded('anthropic', 'anthropic/vcr-prompt.yaml', bodyIn(read('anthropic/vcr-prompt.yaml')), {
			end: 'done'
		}),
		error(
			'anthropic',
			'anthropic/vcr-count-tokens-error.yaml',
			404,
			JSON.stringify({
				type: 'error',
				error: { type: 'not_found_error', message: /message: '(.*)'/u.exec(countTokens)?.[1] }
			}),
			{ end: 'wrong-model' }
		),
		chunks('openai', 'openai/responses-error-midstream.chunks.txt', { end: 'quota', tokens: null }),
		chunks('openai', 'openai/responses-reasoning-encrypted.chunks.txt', { end: 'done' }),
		error(
			'openai',
			'openai/reasoning-model-temperature-error.json',
			400,
			read('openai/reasoning-model-temperature-error.json'),
			{
				end: 'refused'
			}
		),
		chunks('google', 'google/text.chunks.txt', { end: 'done' }),
		chunks('google', 'google/reasoning-gemini3.chunks.txt', { end: 'done' }),
		raw('google', 'google/stream-prompt-blocked-safety.sse.txt', { end: 'content-filter' }),
		raw('google', 'google/stream-recitation.sse.txt', { end: 'content-filter' }),
		raw('google', 'google/stream-finish-safety.sse.txt', { end: 'content-filter' }),
		// it names no reason to finish, so that nobody can tell it from one that broke off
		raw('google', 'google/stream-quotes-escaped.sse.txt', { end: 'interrupted' }),
		raw('google', 'google/stream-empty-text-part.sse.txt', { end: 'done' }),
		error('google', 'google/429-retry-info.json', 429, read('google/429-retry-info.json'), {
			end: 'rate-limited',
			retryAfterSeconds: 34.4
		}),
		error('google', 'google/bad-api-key.json', 400, read('google/bad-api-key.json'), { end: 'bad-key' }),
		error(
			'openrouter',
			'openrouter/vcr-429.yaml',
			429,
			JSON.stringify({ error: { code: 429, message: 'Provider returned error', metadata: { raw: busy } } }),
			{ end: 'rate-limited' }
		),
		chunks('openai-compatible', 'compat/mistral-text.chunks.txt', { end: 'done' }),
		chunks('openai', 'compat/lmstudio-responses-basic.chunks.txt', { end: 'done' }),
		recorded(
			'openai-compatible',
			'compat/vcr-ollama-local-json-schema.yaml',
			JSON.stringify({
				object: 'chat.completion',
				choices: [{ index: 0, message, finish_reason: 'stop' }],
				usage: { prompt_tokens: 136, completion_tokens: 15, total_tokens: 151 }
			}),
			{ text: content, reasoning, end: 'done', tokens: [136, 15] },
			{ contentType: JSON_BODY }
		)
	];
};

/** Every recording there is; empty where they are not beside the repository. */
export const recordedStreams: readonly WireStream[] = hasRecordings ? loadRecorded() : [];

/** What stands in the list beside the recordings: the name a recording has here, and what it is an example of. */
export const recordedIndex = (): readonly { readonly name: string; readonly category: string }[] =>
	list(JSON.parse(read('INDEX.json'))).map(({ file, category }) => ({
		name: nameOf(text(file)),
		category: text(category)
	}));
