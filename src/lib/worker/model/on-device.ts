// The browser's own model as a source of replies: asks the page of this tab, which alone can reach it.
import * as Comlink from 'comlink';
import { ok, refuse, type Result } from '../../domain/kernel/result.ts';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type {
	OnDeviceAvailability,
	OnDeviceHost,
	OnDevicePart,
	OnDeviceRequest
} from '../on-device-protocol.ts';
import type { ModelFailure } from '../protocol.ts';
import { decideOnDevice } from './on-device-decide.ts';
import type { ModelPort, ProsePart } from './port.ts';

/** How long a page may take to say how its model stands, before the connections are listed without it. */
const ANSWER_LIMIT_MS = 3000;
/** Room left for the answer. The browser takes no limit; the model ends by itself. */
const OUTPUT_TOKENS = 1024;

/** The browser's own model, as the model worker knows it. */
export interface OnDevice {
	/** Where the page answers, as an {@link OnDeviceHost} exposed by Comlink. Never called where there is no such model. */
	connect(port: MessagePort): void;
	/** Whether there is one, or could be after a download. */
	offered(): Promise<boolean>;
	/** Called when that, or what there is of it, changes. */
	onChange(listener: () => void): void;
	/** Refusals: not-downloaded, no-connection. */
	open(): Promise<Result<ModelPort, ModelFailure>>;
}

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
	signal: AbortSignal
): AsyncGenerator<OnDevicePart> {
	const call = crypto.randomUUID();
	const waiting: OnDevicePart[] = [];
	let wake: () => void = () => undefined;
	const put = (part: OnDevicePart): void => {
		waiting.push(part);
		wake();
	};
	let ended = false;
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
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
				continue;
			}
			if (part.kind === 'end') ended = true;
			yield part;
			if (part.kind === 'end') return;
		}
	} finally {
		signal.removeEventListener('abort', stop);
		if (!ended) void host.stop(call).catch(() => undefined);
	}
};

const portOn = (host: Comlink.Remote<OnDeviceHost>, contextTokens: number | null): ModelPort => ({
	capabilities: { model: 'on-device', contextTokens, maxOutputTokens: OUTPUT_TOKENS },
	streamProse: async function* ({ instructions, messages }: ProseRequest, signal) {
		let said = false;
		for await (const part of answering(host, { instructions, messages, schema: null }, signal)) {
			if (part.kind === 'text') said ||= /\S/u.test(part.text);
			if (part.kind === 'end' && part.reason === 'done' && !said) {
				yield { kind: 'end', reason: 'failed', failure: { type: 'empty' }, again: false };
				return;
			}
			yield toProse(part);
		}
	},
	decide: (request, signal) => decideOnDevice(request, (asked) => answering(host, asked, signal)),
	count: ({ instructions, messages }) =>
		host.count({ instructions, messages, schema: null }).catch(() => null)
});

/** The model worker's side. Nothing is known until the page is connected. */
export const openOnDevice = (): OnDevice => {
	let host: Comlink.Remote<OnDeviceHost> | null = null;
	let known: OnDeviceAvailability | null = null;
	let told: () => void = () => undefined;
	const first = new Promise<void>((resolve) => {
		told = resolve;
	});
	const listeners = new Set<() => void>();

	const stands = async (): Promise<OnDeviceAvailability> => {
		if (host === null) return 'unavailable';
		if (known === null)
			await Promise.race([first, new Promise((resolve) => setTimeout(resolve, ANSWER_LIMIT_MS))]);
		return known ?? 'unavailable';
	};

	return {
		connect: (port) => {
			const remote = Comlink.wrap<OnDeviceHost>(port);
			host = remote;
			void remote
				.follow(
					Comlink.proxy((availability) => {
						if (availability === known) return;
						known = availability;
						told();
						for (const listener of listeners) listener();
					})
				)
				.catch(() => undefined);
		},
		offered: async () => (await stands()) !== 'unavailable',
		onChange: (listener) => void listeners.add(listener),
		open: async () => {
			const now = await stands();
			if (host === null || now === 'unavailable') return refuse({ type: 'no-connection' });
			if (now !== 'available') return refuse({ type: 'not-downloaded' });
			return ok(portOn(host, await host.contextTokens().catch(() => null)));
		}
	};
};
