// Asks again, before the first word only, when a provider is busy or the line broke. Waiting is told and can be stopped.
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type { ModelFailure } from '../protocol.ts';
import { pause, untilAborted, type Clock } from './clock.ts';
import type { ProsePart, ProsePort } from './port.ts';

const MOST_RETRIES = 3;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 20_000;
/** A provider that wants more patience than this is a failure with a countdown, not a wait. */
const LONGEST_ASKED_SECONDS = 60;

export interface RetryWorld {
	readonly clock: Clock;
	/** 0 ≤ x < 1. */
	readonly random: () => number;
	/** A wait begins. */
	readonly waiting: (ms: number, failure: ModelFailure) => void;
	/** A wait is over and the request goes out again. */
	readonly again: () => void;
}

/** Full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015), unless the provider named a time. */
const waitMs = (attempt: number, failure: ModelFailure, random: () => number): number => {
	const asked = failure.retryAfterSeconds;
	if (asked !== undefined) return asked * 1000 + random() * 250;
	return random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
};

/** How long to wait before the request goes out once more; null: it is left at that. `attempt` is 0 after the first one. */
export const waitBefore = (attempt: number, failure: ModelFailure, random: () => number): number | null =>
	attempt >= MOST_RETRIES || (failure.retryAfterSeconds ?? 0) > LONGEST_ASKED_SECONDS
		? null
		: waitMs(attempt, failure, random);

/**
 * Streams a reply and asks up to three times more while nothing was said. Never repeats a word: once text came, the
 * failure stands. Yields what the port yields, the last `end` included; `stopped` also when stopped while waiting, or
 * when the port itself does not react.
 */
export async function* streamWithRetry(
	port: ProsePort,
	request: ProseRequest,
	signal: AbortSignal,
	world: RetryWorld
): AsyncGenerator<ProsePart> {
	for (let attempt = 0; ; attempt += 1) {
		let spoke = false;
		let failed: Extract<ProsePart, { reason: 'failed' }> | null = null;
		for await (const part of stoppable(port.streamProse(request, signal), signal)) {
			if (part.kind === 'end' && part.reason === 'failed') {
				failed = part;
				break;
			}
			if (part.kind === 'text') spoke = true;
			yield part;
			if (part.kind === 'end') return;
		}
		if (failed === null) {
			// a port that ends without an end is cut off
			yield { kind: 'end', reason: 'failed', failure: { type: 'interrupted' }, again: false };
			return;
		}
		const ms = spoke || !failed.again ? null : waitBefore(attempt, failed.failure, world.random);
		if (ms === null) {
			yield failed;
			return;
		}
		world.waiting(ms, failed.failure);
		await pause(world.clock, ms, signal);
		if (signal.aborted) {
			yield { kind: 'end', reason: 'stopped' };
			return;
		}
		world.again();
	}
}

/** The same parts, but an abort ends it at once, even when the source never answers again. */
async function* stoppable(parts: AsyncIterable<ProsePart>, signal: AbortSignal): AsyncGenerator<ProsePart> {
	const source = parts[Symbol.asyncIterator]();
	let finished = false;
	try {
		for (;;) {
			const next = await untilAborted(source.next(), signal);
			if (next === 'aborted') break;
			if (next.done === true) {
				finished = true;
				return;
			}
			yield next.value;
		}
		yield { kind: 'end', reason: 'stopped' };
	} finally {
		// not awaited: a source that hangs would hang us
		if (!finished) source.return?.().catch(() => undefined);
	}
}
