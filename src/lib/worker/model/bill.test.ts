// The bill of a reply: every request that cost something once, and none that did not.
import { expect, it } from 'vitest';
import { openBill } from './bill.ts';
import type { Meter } from './packing.ts';
import type { ProsePart } from './port.ts';

const text = (value: string): ProsePart => ({ kind: 'text', text: value });
const usage = (inputTokens: number | null, outputTokens: number | null): ProsePart => ({
	kind: 'usage',
	usage: { inputTokens, outputTokens, cacheReadTokens: null, cacheWriteTokens: null, costUsd: null }
});

const meterOf = () => {
	const learned: (readonly [number, number])[] = [];
	const meter: Meter = {
		room: 1000,
		ratio: 2,
		count: async () => null,
		learn: (...told) => void learned.push(told),
		learnWindow: () => undefined,
		costOf: ({ inputTokens, outputTokens }) => (inputTokens ?? 0) / 1000 + (outputTokens ?? 0) / 100
	};
	return { bill: openBill(meter), learned };
};

it('takes what the provider counted', () => {
	const { bill, learned } = meterOf();
	bill.sent(50);
	bill.heard(text('Yes.'));
	bill.heard(usage(90, 3));
	expect(bill.close(false)).toEqual({
		inputTokens: 90,
		outputTokens: 3,
		cacheReadTokens: null,
		costUsd: 0.12,
		estimated: false
	});
	expect(learned).toEqual([[50, 90]]);
});

it('adds up the requests of a reply, and learns from each by its own prompt', () => {
	const { bill, learned } = meterOf();
	bill.sent(500);
	bill.heard(usage(900, 0));
	bill.sent(50);
	bill.heard(text('Yes'));
	expect(bill.close(true)).toMatchObject({ inputTokens: 1000, estimated: true });
	expect(learned).toEqual([[500, 900]]);
});

it('has nothing of what was refused, nor of a wait that was stopped', () => {
	const { bill } = meterOf();
	bill.sent(500);
	bill.over();
	expect(bill.close(true)).toBeNull();
});

it('has what was sent when it is stopped before the first word, and what was thought when it broke', () => {
	const stopped = meterOf().bill;
	stopped.sent(50);
	expect(stopped.close(true)).toMatchObject({ inputTokens: 100, outputTokens: 0, estimated: true });
	const broken = meterOf().bill;
	broken.sent(50);
	broken.heard({ kind: 'reasoning', text: 'She would be glad of the lantern.' });
	expect(broken.close(false)?.outputTokens).toBeGreaterThan(5);
});

it('without a meter has only what is counted', () => {
	const bill = openBill(null);
	bill.sent(50);
	bill.heard(text('Yes.'));
	expect(bill.close(true)).toBeNull();
	const counted = openBill(null);
	counted.sent(50);
	counted.heard(usage(1, 2));
	expect(counted.close(false)).toMatchObject({ inputTokens: 1, costUsd: null });
});
