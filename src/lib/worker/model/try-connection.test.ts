// The trial of a connection ends, whatever a model goes on with.
import { expect, it } from 'vitest';
import { systemClock } from './clock.ts';
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
	expect(await testPort({ capabilities, streamProse }, systemClock)).toMatchObject({
		ok: true,
		value: { said }
	});
	expect(heard).toBeLessThan(50_000);
	expect(left).toBe(true);
});
