// Small decisions are found in whatever a model wraps them in, and nothing is found where nothing is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readAnswer } from './read-answer.ts';

const PLACE = z.object({ place: z.string(), sure: z.boolean(), people: z.array(z.string()).max(20) });
const RIGHT = { place: 'the pier', sure: true, people: ['Mara'] };
const JSON_RIGHT = JSON.stringify(RIGHT);

describe('reading an answer', () => {
	it.each([
		['as it should be', JSON_RIGHT],
		['fenced', `\`\`\`json\n${JSON_RIGHT}\n\`\`\``],
		['with a preamble', `Sure! Here is the {object} you asked for:\n${JSON_RIGHT}`],
		['with an afterword', `${JSON_RIGHT}\nI chose the pier because of {the rain}.`],
		[
			'after a thought',
			`<think>Maybe {"place":"the inn","sure":false,"people":[]}? No.</think>\n${JSON_RIGHT}`
		],
		['after a thought that opened elsewhere', `It could be {"place": 1}.</think>${JSON_RIGHT}`],
		['after another attempt', `{"place":"the inn","sure":false,"people":[]}\nWait, no:\n${JSON_RIGHT}`],
		['after a brace that opens nothing', `A brace: {\n\n${JSON_RIGHT}`],
		['with more in it than was asked', JSON.stringify({ ...RIGHT, why: 'the rain' })]
	])('%s', (_, said) => {
		expect(readAnswer(said, PLACE)).toEqual({ ok: true, value: RIGHT, mended: false });
	});

	it('knows braces and quotes inside of strings', () => {
		const place = 'a sign: "}{" \\ </think> <think>';
		const said = `Well: ${JSON.stringify({ ...RIGHT, place })}.`;
		expect(readAnswer(said, PLACE)).toMatchObject({ ok: true, value: { place }, mended: false });
	});

	it.each([
		['single quotes', "{'place': 'the pier', 'sure': true, 'people': ['Mara']}"],
		['bare keys', '{place: "the pier", sure: true, people: ["Mara"]}'],
		['a trailing comma', '{"place": "the pier", "sure": true, "people": ["Mara",],}'],
		['Python', '{"place": "the pier", "sure": True, "people": ["Mara"]}'],
		['a comment', '{"place": "the pier", // where\n"sure": true, "people": ["Mara"]}'],
		['a line end in a string', '{"place": "the pier", "sure": true, "people": ["Mara"\n}']
	])('mends %s', (_, said) => {
		expect(readAnswer(`Here: ${said}`, PLACE)).toEqual({ ok: true, value: RIGHT, mended: true });
	});

	it.each([
		['words', 'It is the pier.', false],
		['nothing', '', false],
		['a list', '["the pier"]', false],
		['an object cut off', '{"place": "the pier", "sure": tr', false],
		['another shape', '{"place": 7, "sure": true, "people": []}', true],
		['a thought alone', '<think>{"place":"the inn","sure":false,"people":[]}</think>', false]
	])('finds no answer in %s', (_, said, found) => {
		expect(readAnswer(said, PLACE)).toMatchObject({ ok: false, found });
	});

	it('says what is wrong in words that can be sent back', () => {
		const read = readAnswer('{"place": 7, "sure": true, "people": []}', PLACE);
		expect(read).toMatchObject({ ok: false, issue: expect.stringContaining('place') });
	});

	it('makes nothing of keys that mean something to JavaScript', () => {
		const read = readAnswer(`{"__proto__": {"sure": true}, "constructor": 1, ${JSON_RIGHT.slice(1)}`, PLACE);
		expect(read).toEqual({ ok: true, value: RIGHT, mended: false });
		expect(Object.getPrototypeOf(read.ok ? read.value : null)).toBe(Object.prototype);
	});

	const answers = fc.record({
		place: fc.string({ unit: 'binary' }),
		sure: fc.boolean(),
		people: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 })
	});

	it('finds any answer in any prose around it that has no braces', () => {
		const prose = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[{}<>]/gu, ''));
		fc.assert(
			fc.property(answers, prose, prose, fc.boolean(), (value, before, after, spaced) => {
				const read = readAnswer(before + JSON.stringify(value, null, spaced ? 2 : 0) + after, PLACE);
				expect(read).toEqual({ ok: true, value, mended: false });
			})
		);
	});

	it('never throws, and gives nothing that is not of the shape', () => {
		const bits = fc.constantFrom(
			'{',
			'}',
			'"',
			'\\',
			'[',
			']',
			':',
			',',
			'<think>',
			'</think>',
			'place',
			'\n',
			JSON_RIGHT
		);
		fc.assert(
			fc.property(fc.array(fc.oneof(bits, fc.string()), { maxLength: 60 }), (pieces) => {
				const read = readAnswer(pieces.join(''), PLACE);
				if (read.ok) expect(PLACE.safeParse(read.value).success).toBe(true);
			}),
			{ numRuns: 500 }
		);
	});

	it.each([
		['braces', '{'.repeat(300_000)],
		['pairs', '{}'.repeat(150_000)],
		['quotes in braces', '{"'.repeat(150_000)],
		['thoughts', '<think></think>'.repeat(20_000)],
		['thoughts that never close', '<think>'.repeat(40_000)]
	])('comes to an end on very many %s', (_, said) => {
		expect(readAnswer(said, PLACE).ok).toBe(false);
	});
});
