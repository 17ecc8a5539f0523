// A model that says what a script tells it to, in a provider's own wire form; and what it was asked, read from the wire.
import { instructionsFor } from '../../src/lib/domain/story/classifier-prompts.ts';
import { CLASSIFIERS, type ClassifierName } from '../../src/lib/domain/story/classifiers.ts';
import type { RawAnswer, RecordedRequest } from './replay-server.ts';

export type ScriptedWire = 'openai-compatible' | 'anthropic';

/** A request as it came over the wire. */
export interface WireAsked {
	/** A classifier, or words. */
	readonly name: ClassifierName | 'words';
	readonly system: string;
	readonly messages: readonly { readonly role: string; readonly text: string }[];
	/** The form of answer the provider is held to, in its own words; null where there is none. */
	readonly form: unknown;
	readonly body: string;
}

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text of a message, which is one, or comes in parts. */
const textIn = (content: unknown): string =>
	typeof content === 'string'
		? content
		: Array.isArray(content)
			? content
					.map((part: unknown) => (isJson(part) && typeof part['text'] === 'string' ? part['text'] : ''))
					.join('')
			: '';

const isClassifier = (name: string): name is ClassifierName => Object.hasOwn(CLASSIFIERS, name);

const nameOf = (system: string): WireAsked['name'] =>
	Object.keys(CLASSIFIERS)
		.filter(isClassifier)
		.find((name) => system.startsWith(instructionsFor(name))) ?? 'words';

/** What was asked, whichever of the two forms it came in. */
export const askedOf = (wire: ScriptedWire, { body }: Pick<RecordedRequest, 'body'>): WireAsked => {
	const json: unknown = JSON.parse(body);
	if (!isJson(json)) throw new Error('a request without a body');
	const said = (Array.isArray(json['messages']) ? json['messages'] : [])
		.filter(isJson)
		.map(({ role, content }) => ({ role: String(role), text: textIn(content) }));
	const [first, ...rest] = said;
	const system = wire === 'anthropic' ? textIn(json['system']) : (first?.text ?? '');
	return {
		name: nameOf(system),
		system,
		messages: wire === 'anthropic' ? said : rest,
		form: json[wire === 'anthropic' ? 'output_config' : 'response_format'] ?? null,
		body
	};
};

/** In pieces, as models write. */
const piecesOf = (text: string): readonly string[] => text.match(/[^]{1,9}/gu) ?? [];

const compatible = (text: string, tokens: number, ends: boolean): string => {
	const chunk = (choices: readonly unknown[], usage?: unknown): string =>
		`data: ${JSON.stringify({
			id: 'chatcmpl-1',
			object: 'chat.completion.chunk',
			created: 1,
			model: 'scripted',
			choices,
			...(usage === undefined ? {} : { usage })
		})}\n\n`;
	return [
		...piecesOf(text).map((content) => chunk([{ index: 0, delta: { content }, finish_reason: null }])),
		...(ends
			? [
					chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
					chunk([], { prompt_tokens: tokens, completion_tokens: 9, total_tokens: tokens + 9 }),
					'data: [DONE]\n\n'
				]
			: [])
	].join('');
};

const anthropic = (text: string, tokens: number, ends: boolean): string => {
	const event = (type: string, rest: Json): string =>
		`event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
	return [
		event('message_start', {
			message: {
				id: 'msg_1',
				type: 'message',
				role: 'assistant',
				model: 'scripted',
				content: [],
				stop_reason: null,
				stop_sequence: null,
				usage: { input_tokens: tokens, output_tokens: 1 }
			}
		}),
		event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
		...piecesOf(text).map((piece) =>
			event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } })
		),
		...(ends
			? [
					event('content_block_stop', { index: 0 }),
					event('message_delta', {
						delta: { stop_reason: 'end_turn', stop_sequence: null },
						usage: { output_tokens: 9 }
					}),
					event('message_stop', {})
				]
			: [])
	].join('');
};

/** A stream that says a text; one that does not end falls silent after it, until the client hangs up. */
export const streamed = (
	wire: ScriptedWire,
	text: string,
	{ body }: Pick<RecordedRequest, 'body'>,
	ends = true
): RawAnswer => {
	// about as many tokens as models count
	const tokens = Math.ceil(body.length / 4);
	return {
		body: (wire === 'anthropic' ? anthropic : compatible)(text, tokens, ends),
		...(ends ? {} : { stays: 'silent' as const })
	};
};
