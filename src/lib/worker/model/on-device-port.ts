// The browser's own model as a source of replies and decisions, over the page's side of it.
import * as Comlink from 'comlink';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type { OnDeviceHost, OnDevicePart, OnDeviceRequest } from '../on-device-protocol.ts';
import { decideWith } from './decide.ts';
import type { ModelMemory, ModelPort, ProsePart, Rung } from './port.ts';

/** Room left for the answer. The browser takes no limit; the model ends by itself. */
const OUTPUT_TOKENS = 1024;

const endOf = (part: Extract<OnDevicePart, { kind: 'end' }>): ProsePart =>
	part.reason === 'failed'
		? { kind: 'end', reason: 'failed', failure: part.failure, again: false }
		: { kind: 'end', reason: part.reason };

const toProse = (part: OnDevicePart): ProsePart => {
	if (part.kind === 'text') return part;
	if (part.kind === 'end') return endOf(part);
	return {
		kind: 'usage',
		usage: {
			inputTokens: part.inputTokens,
			outputTokens: part.outputTokens,
			cacheReadTokens: null,
			cacheWriteTokens: null,
			costUsd: 0
		}
	};
};

/** How long silence is borne, in milliseconds: a small machine reads a long prompt for a while. */
interface Patience {
	readonly firstChunkMs: number;
	readonly chunkMs: number;
}
const PATIENCE: Patience = { firstChunkMs: 300_000, chunkMs: 90_000 };

const STALLED: OnDevicePart = {
	kind: 'end',
	reason: 'failed',
	failure: { type: 'stalled' },
	schemaUnsupported: false
};

const CUT: OnDevicePart = {
	kind: 'end',
	reason: 'failed',
	failure: { type: 'interrupted' },
	schemaUnsupported: false
};

/** The pieces of one call, as they come; ends with exactly one `end`. Leaving the loop ends the call. */
const answering = async function* (
	host: Comlink.Remote<OnDeviceHost>,
	request: OnDeviceRequest,
	signal: AbortSignal,
	patience: Patience
): AsyncGenerator<OnDevicePart> {
	const call = crypto.randomUUID();
	const waiting: OnDevicePart[] = [];
	let wake: () => void = () => undefined;
	const put = (part: OnDevicePart): void => {
		waiting.push(part);
		wake();
	};
	let ended = false;
	let spoke = false;
	const stop = (): void => {
		void host.stop(call).catch(() => undefined);
		// what is stopped is over here, whatever the page still does
		put({ kind: 'end', reason: 'stopped' });
	};
	if (signal.aborted) {
		yield { kind: 'end', reason: 'stopped' };
		return;
	}
	signal.addEventListener('abort', stop, { once: true });
	host.answer(call, request, Comlink.proxy(put)).catch(() => put(CUT));
	try {
		for (;;) {
			const part = waiting.shift();
			if (part === undefined) {
				const ms = spoke ? patience.chunkMs : patience.firstChunkMs;
				let timer: ReturnType<typeof setTimeout> | undefined;
				const stalled = await new Promise<boolean>((resolve) => {
					wake = () => resolve(false);
					timer = setTimeout(() => resolve(true), ms);
				});
				clearTimeout(timer);
				if (!stalled) continue;
				// not ended there: leaving tells the page
				yield STALLED;
				return;
			}
			spoke = true;
			if (part.kind === 'end') ended = true;
			yield part;
			if (part.kind === 'end') return;
		}
	} finally {
		signal.removeEventListener('abort', stop);
		if (!ended) void host.stop(call).catch(() => undefined);
	}
};

/** Which form works, for this session: a browser's model changes with the browser. */
let remembered: Rung | null = null;
const REMEMBERED: ModelMemory = {
	rung: async () => remembered,
	keepRung: async (rung) => {
		remembered = rung;
	}
};

/** The forms the Prompt API takes an answer in: a schema (`responseConstraint`), or words. */
const RUNGS: readonly Rung[] = ['schema', 'prompt'];

/** The port over the page's side. `contextTokens`: the model's window. */
export const onDevicePort = (
	host: Comlink.Remote<OnDeviceHost>,
	contextTokens: number | null,
	patience: Patience = PATIENCE
): ModelPort => ({
	capabilities: { model: 'on-device', contextTokens, maxOutputTokens: OUTPUT_TOKENS },
	streamProse: async function* ({ instructions, messages }: ProseRequest, signal) {
		let said = false;
		for await (const part of answering(host, { instructions, messages, schema: null }, signal, patience)) {
			if (part.kind === 'text') said ||= /\S/u.test(part.text);
			if (part.kind === 'end' && part.reason === 'done' && !said) {
				yield { kind: 'end', reason: 'failed', failure: { type: 'empty' }, again: false };
				return;
			}
			yield toProse(part);
		}
	},
	decide: decideWith({
		rungs: RUNGS,
		memory: REMEMBERED,
		ask: async function* ({ instructions, messages, form }, signal) {
			const asked = { instructions, messages, schema: form?.schema ?? null };
			for await (const part of answering(host, asked, signal, patience)) {
				const told = toProse(part);
				if (part.kind === 'end' && part.reason === 'failed' && told.kind === 'end')
					yield { ...told, formRefused: part.schemaUnsupported };
				else yield told;
			}
		}
	}),
	count: ({ instructions, messages }) =>
		host.count({ instructions, messages, schema: null }).catch(() => null)
});
