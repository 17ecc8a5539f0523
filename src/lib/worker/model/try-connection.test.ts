// The trial of a connection ends, whatever a model goes on with.
import { expect, it } from 'vitest';
import { systemClock, type Clock } from './clock.ts';
import type { ProsePart } from './port.ts';
import { testPort } from './try-connection.ts';

const capabilities = { model: 'm', contextTokens: null, maxOutputTokens: 32 };

it.each([
	['reasoning', 'hmm ', ''],
	['text', ' ', '']
] as const)('endless %s is left, and is an answer', async (kind, piece, said) => {
	let heard = 0;
	let left = false;
	const streamProse = async function* (): AsyncGenerator<ProsePart> {
		try {
			// nobody sends for good in a test that must end
			for (; heard < 100_000; heard += 100) yield { kind, text: piece.repeat(100 / piece.length) };
			yield { kind: 'end', reason: 'failed', failure: { type: 'stalled' }, again: false };
		} finally {
			left = true;
		}
	};
	expect(
		await testPort({ capabilities, streamProse }, systemClock, new AbortController().signal)
	).toMatchObject({
		ok: true,
		value: { said }
	});
	expect(heard).toBeLessThan(50_000);
	expect(left).toBe(true);
});

/** A server that says nothing until somebody hangs up. */
const silent = async function* (_request: unknown, signal: AbortSignal): AsyncGenerator<ProsePart> {
	await new Promise<void>((resolve) => {
		if (signal.aborted) resolve();
		signal.addEventListener('abort', () => resolve());
	});
	yield { kind: 'end', reason: 'stopped' };
};

it('a server that is silent is left after a while', async () => {
	const waits: number[] = [];
	const clock: Clock = {
		now: () => 0,
		later: (ms, run) => {
			waits.push(ms);
			queueMicrotask(run);
			return () => undefined;
		}
	};
	const { signal } = new AbortController();
	expect(await testPort({ capabilities, streamProse: silent }, clock, signal)).toEqual({
		ok: false,
		error: { type: 'stalled' }
	});
	expect(waits).toEqual([120_000]);
});

it('a test that is called off hangs up, and leaves no timer', async () => {
	let timers = 0;
	const clock: Clock = {
		now: () => 0,
		later: () => {
			timers += 1;
			return () => (timers -= 1);
		}
	};
	const stop = new AbortController();
	const tested = testPort({ capabilities, streamProse: silent }, clock, stop.signal);
	stop.abort();
	expect(await tested).toMatchObject({ ok: false });
	expect(timers).toBe(0);
});
