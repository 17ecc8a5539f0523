// A prompt that fits: by estimate, by count near the edge, and once more when the provider says that it does not.
import { proseStory } from '#tests/support/prose-story.ts';
import { describe, expect, it } from 'vitest';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type { ModelFailure } from '../protocol.ts';
import { systemClock } from './clock.ts';
import { packFirst, streamPacked, type Meter, type Pack, type Packed } from './packing.ts';
import type { ProsePart, ProsePort } from './port.ts';

const request = (instructions: string): ProseRequest => ({
	jobId: 'j',
	chatId: 'c',
	turnId: 't',
	alternative: 0,
	instructions,
	messages: [{ role: 'user', text: 'Hello.' }],
	steady: { messages: 0, chars: 0 },
	story: proseStory({ bot: '', you: '', place: null, turn: 1, words: '' })
});

/** A story so long that it always fills its room: as many estimated tokens as fit. */
const packer = (longest = Infinity) => {
	const rooms: { tokens: number; ratio: number }[] = [];
	const pack: Pack = async (room) => {
		rooms.push(room);
		const estimate = Math.min(longest, Math.floor(room.tokens / room.ratio));
		return { request: request(String(estimate)), estimate, parts: [] };
	};
	return { rooms, pack };
};

const meterOf = (more: Partial<Meter> = {}) => {
	const learned: (readonly [number, number])[] = [];
	const meter: Meter = {
		room: 1000,
		ratio: 1,
		count: async () => null,
		learn: (...told) => void learned.push(told),
		learnWindow: () => undefined,
		costOf: () => null,
		...more
	};
	return { meter, learned };
};

const signal = new AbortController().signal;

describe('the first prompt', () => {
	it('is as estimated where there is room', async () => {
		const { pack, rooms } = packer(500);
		const { meter } = meterOf({ ratio: 1.5, count: () => Promise.reject(new Error('nobody asked')) });
		expect((await packFirst(pack, meter, signal))?.estimate).toBe(500);
		expect(rooms).toEqual([{ tokens: 1000, ratio: 1.5 }]);
	});

	it('is counted near the edge, and built anew when it does not fit', async () => {
		const { pack, rooms } = packer();
		const { meter, learned } = meterOf({ count: async () => 1250 });
		expect((await packFirst(pack, meter, signal))?.estimate).toBe(800);
		expect(rooms.map(({ ratio }) => ratio)).toEqual([1, 1.25]);
		expect(learned).toEqual([[1000, 1250]]);
	});

	it.each([
		['counts less', async () => 990],
		['does not count', async () => null],
		['fails to count', () => Promise.reject(new Error('down'))]
	])('stands when the provider %s', async (_, count) => {
		const { pack, rooms } = packer();
		expect((await packFirst(pack, meterOf({ count }).meter, signal))?.estimate).toBe(1000);
		expect(rooms).toHaveLength(1);
	});

	it('is not wanted any more when the job is gone', async () => {
		expect(await packFirst(async () => null, meterOf().meter, signal)).toBeNull();
	});
});

describe('a prompt that the provider finds too long', () => {
	const stream = async (
		failure: ModelFailure,
		{ window = 600, words = '', pack = packer(), ratio = 1 } = {}
	): Promise<{
		parts: readonly ProsePart[];
		sent: readonly Packed[];
		rooms: readonly { tokens: number }[];
	}> => {
		const port: ProsePort = {
			capabilities: { model: 'm', contextTokens: null, maxOutputTokens: 100 },
			async *streamProse({ instructions }) {
				if (words !== '') yield { kind: 'text', text: words };
				if (Number(instructions) * ratio > window)
					yield { kind: 'end', reason: 'failed', failure, again: false };
				else {
					yield { kind: 'text', text: 'Yes.' };
					yield { kind: 'end', reason: 'done' };
				}
			}
		};
		const parts: ProsePart[] = [];
		const sent: Packed[] = [];
		const first = { request: request('1000'), estimate: 1000, parts: [] };
		const world = {
			clock: systemClock,
			random: () => 0,
			waiting: () => undefined,
			again: () => undefined,
			sent: (packed: Packed) => void sent.push(packed)
		};
		const again = { pack: pack.pack, meter: meterOf().meter };
		for await (const part of streamPacked(port, first, again, signal, world)) parts.push(part);
		return { parts, sent, rooms: pack.rooms };
	};
	const tooLong: ModelFailure = { type: 'context-too-long' };
	const ended = (parts: readonly ProsePart[]) => {
		const end = parts.at(-1);
		return end?.kind === 'end' && end.reason === 'failed'
			? end.failure.type
			: end?.kind === 'end' && end.reason;
	};

	it('is sent again by the numbers it gave', async () => {
		const { parts, sent, rooms } = await stream(
			{ ...tooLong, limitTokens: 800, sentTokens: 1300 },
			{ window: 700, ratio: 1.3 }
		);
		expect(ended(parts)).toBe('done');
		expect(rooms).toEqual([{ tokens: 644, ratio: 1.3 }]);
		expect(sent.map(({ estimate }) => estimate)).toEqual([1000, 495]);
	});

	it('is sent again much shorter where it gave none', async () => {
		const { parts, sent } = await stream(tooLong);
		expect(ended(parts)).toBe('done');
		expect(sent[1]?.estimate).toBe(600);
	});

	it('is sent again once only', async () => {
		const { parts, sent } = await stream(tooLong, { window: 10 });
		expect(ended(parts)).toBe('context-too-long');
		expect(sent).toHaveLength(2);
	});

	it('is not sent again after a word, nor as long as it was', async () => {
		expect((await stream(tooLong, { words: 'Yes' })).sent).toHaveLength(1);
		const same = { rooms: [], pack: async () => ({ request: request('1000'), estimate: 1000, parts: [] }) };
		const { parts, sent } = await stream(tooLong, { pack: same });
		expect(ended(parts)).toBe('context-too-long');
		expect(sent).toHaveLength(1);
	});
});
