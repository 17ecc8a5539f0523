import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayOf, fromTo, hourOf, momentOf, shortSpanOf, spanOf } from './en-story-time.ts';

const DAY = 24 * 60;

describe('a moment of a story', () => {
	test('is a day from 1 and an hour as a clock shows it', () => {
		expect(momentOf(0)).toBe('Day 1, 00:00');
		expect(momentOf(DAY - 1)).toBe('Day 1, 23:59');
		expect(momentOf(DAY)).toBe('Day 2, 00:00');
		expect(momentOf(999 * DAY + 65)).toBe('Day 1,000, 01:05');
	});

	test('tells any two minutes apart, and gives both back', () => {
		fc.assert(
			fc.property(fc.nat({ max: 100_000_000 }), (minutes) => {
				const [hours = NaN, mins = NaN] = hourOf(minutes).split(':').map(Number);
				expect((dayOf(minutes) - 1) * DAY + hours * 60 + mins).toBe(minutes);
			})
		);
	});
});

describe('from one moment to another', () => {
	test('the day is said only when it changes', () => {
		expect(fromTo(0, 60)).toBe('00:00 → 01:00');
		expect(fromTo(DAY - 60, DAY)).toBe('Day 1, 23:00 → Day 2, 00:00');
		expect(fromTo(DAY + 60, 60), 'back').toBe('Day 2, 01:00 → Day 1, 01:00');
	});
});

describe('a span', () => {
	test('has its two largest units, one and many', () => {
		expect(spanOf(0)).toBe('no time');
		expect(spanOf(1)).toBe('1 minute');
		expect(spanOf(90)).toBe('1 hour 30 minutes');
		expect(spanOf(2 * DAY + 61)).toBe('2 days 1 hour');
		expect(spanOf(DAY + 1)).toBe('1 day 1 minute');
	});

	test('is short on small print up to a day', () => {
		expect(shortSpanOf(10)).toBe('10 min');
		expect(shortSpanOf(60)).toBe('1 h');
		expect(shortSpanOf(95)).toBe('1 h 35 min');
		expect(shortSpanOf(3 * DAY)).toBe('3 days');
	});
});
