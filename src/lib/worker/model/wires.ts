// The four protocols as event streams: what ends them, and what a whole answer or a stray error would be in them.
import { isRecord, type Wire, type WireEvent } from './event-stream.ts';

const event = (data: unknown, type: string | null = null): WireEvent => ({
	type,
	data: JSON.stringify(data)
});
const named = (data: { readonly type: string } & Readonly<Record<string, unknown>>): WireEvent =>
	event(data, data.type);
const records = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
	Array.isArray(value) ? value.filter(isRecord) : [];
const words = (value: unknown): string =>
	typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** OpenAI's chat completions, which most other servers speak. */
export const chatCompletions: Wire = {
	fromWhole: (body) => {
		const [first] = isRecord(body) ? records(body['choices']) : [];
		if (!isRecord(body) || first === undefined || !isRecord(first['message'])) return null;
		const { message, ...rest } = first;
		return [
			event({ ...body, object: 'chat.completion.chunk', choices: [{ ...rest, delta: message }] }),
			{ type: null, data: '[DONE]' }
		];
	},
	fromError: (error) => event({ error }),
	standing: (told, data) => {
		if (told.data === '[DONE]') return 'last';
		const [choice] = isRecord(data) ? records(data['choices']) : [];
		return typeof choice?.['finish_reason'] === 'string' ? 'finish' : 'more';
	}
};

/** Anthropic's messages. */
export const anthropicMessages: Wire = {
	fromWhole: (body) => {
		if (!isRecord(body) || body['type'] !== 'message' || !Array.isArray(body['content'])) return null;
		const { content, stop_reason, stop_sequence, stop_details, ...message } = body;
		const blocks = records(content).flatMap((block, index): WireEvent[] => {
			const delta =
				block['type'] === 'text'
					? { type: 'text_delta', text: words(block['text']) }
					: block['type'] === 'thinking'
						? { type: 'thinking_delta', thinking: words(block['thinking']) }
						: block['type'] === 'tool_use'
							? { type: 'input_json_delta', partial_json: JSON.stringify(block['input'] ?? {}) }
							: null;
			if (delta === null) return [];
			const opened =
				block['type'] === 'text'
					? { type: 'text', text: '' }
					: block['type'] === 'thinking'
						? { type: 'thinking', thinking: '', signature: '' }
						: { ...block, input: {} };
			return [
				named({ type: 'content_block_start', index, content_block: opened }),
				named({ type: 'content_block_delta', index, delta }),
				named({ type: 'content_block_stop', index })
			];
		});
		const usage = isRecord(body['usage']) ? body['usage'] : { input_tokens: 0, output_tokens: 0 };
		const delta = { stop_reason, stop_sequence, ...(stop_details == null ? {} : { stop_details }) };
		return [
			named({ type: 'message_start', message: { ...message, usage, content: [], stop_reason: null } }),
			...blocks,
			named({ type: 'message_delta', delta, usage }),
			named({ type: 'message_stop' })
		];
	},
	fromError: (error) =>
		named({
			type: 'error',
			error: { ...error, type: words(error['type']) || 'api_error', message: words(error['message']) }
		}),
	standing: (_, data) => {
		if (!isRecord(data)) return 'more';
		if (data['type'] === 'message_stop') return 'last';
		return data['type'] === 'message_delta' ? 'finish' : 'more';
	}
};

/** OpenAI's responses. */
export const openAiResponses: Wire = {
	fromWhole: (body) => {
		if (!isRecord(body) || body['object'] !== 'response' || !Array.isArray(body['output'])) return null;
		const said = records(body['output']).flatMap((item, output_index): WireEvent[] => {
			const item_id = words(item['id']) || `item_${output_index}`;
			const added = (open: Readonly<Record<string, unknown>>): WireEvent =>
				named({ type: 'response.output_item.added', output_index, item: { ...item, id: item_id, ...open } });
			const done = named({ type: 'response.output_item.done', output_index, item: { ...item, id: item_id } });
			if (item['type'] === 'reasoning')
				return [
					added({ summary: [] }),
					...records(item['summary']).flatMap((part, summary_index) => [
						named({ type: 'response.reasoning_summary_part.added', item_id, output_index, summary_index }),
						named({
							type: 'response.reasoning_summary_text.delta',
							item_id,
							output_index,
							summary_index,
							delta: words(part['text'])
						}),
						named({ type: 'response.reasoning_summary_part.done', item_id, output_index, summary_index })
					]),
					done
				];
			if (item['type'] !== 'message') return [];
			return [
				added({ content: [] }),
				...records(item['content']).map((part) =>
					part['type'] === 'refusal'
						? named({ type: 'response.refusal.delta', item_id, output_index, delta: words(part['refusal']) })
						: named({ type: 'response.output_text.delta', item_id, output_index, delta: words(part['text']) })
				),
				done
			];
		});
		const kind =
			body['status'] === 'failed' || body['status'] === 'incomplete' ? body['status'] : 'completed';
		// the library insists on these
		const created = {
			id: words(body['id']) || 'response',
			created_at: typeof body['created_at'] === 'number' ? body['created_at'] : 0,
			model: words(body['model'])
		};
		return [
			named({ type: 'response.created', response: created }),
			...said,
			named({ type: `response.${kind}`, sequence_number: 0, response: body })
		];
	},
	fromError: (error) =>
		named({
			type: 'error',
			sequence_number: 0,
			error: {
				...error,
				type: words(error['type']) || 'error',
				code: words(error['code']) || null,
				message: words(error['message'])
			}
		}),
	standing: (_, data) =>
		isRecord(data) && /^response\.(?:completed|incomplete|failed)$/u.test(words(data['type']))
			? 'last'
			: 'more'
};

/** Gemini's own. */
export const geminiContent: Wire = {
	// without `alt=sse` it answers with one list of what would have been the events
	fromWhole: (body) => {
		const chunks = records(Array.isArray(body) ? body : [body]);
		const known = chunks.filter((chunk) => 'candidates' in chunk || 'promptFeedback' in chunk);
		return known.length === 0 ? null : chunks.map((chunk) => event(chunk));
	},
	fromError: (error) => event({ error }),
	standing: (_, data) => {
		if (!isRecord(data)) return 'more';
		const [candidate] = records(data['candidates']);
		const blocked = isRecord(data['promptFeedback']) ? words(data['promptFeedback']['blockReason']) : '';
		return typeof candidate?.['finishReason'] === 'string' || blocked !== '' ? 'finish' : 'more';
	}
};
