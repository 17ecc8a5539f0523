// A thought at the beginning of a reply is told apart from its text; everything else is text, wherever the pieces break.
import { describe, expect, it } from 'vitest';
import { splitOpeningThought } from './opening-thought.ts';

const pieces = (text: string, size: number): readonly string[] =>
	Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size));

const split = (text: string, size: number, cut = false) => {
	const thought = splitOpeningThought();
	const parts = [...pieces(text, size).flatMap((piece) => thought.add(piece)), ...thought.finish(cut)];
	const joined = (kind: string) =>
		parts
			.filter((part) => part.kind === kind)
			.map((part) => part.text)
			.join('');
	return { text: joined('text'), reasoning: joined('reasoning') };
};

describe.each([1, 2, 3, 7, 1000])('in pieces of %i', (size) => {
	it.each([
		['<think>Hm.</think>Hello.', 'Hello.', 'Hm.'],
		[' \n<think>\nHm < 3 </thin </think>\n\nHello.', '\n\nHello.', '\nHm < 3 </thin '],
		['<think></think>Hello.', 'Hello.', ''],
		['<think>a</think>b<think>c</think>d', 'b<think>c</think>d', 'a'],
		['<think>a</think>', '', 'a']
	])('%j opens with a thought', (said, text, reasoning) => {
		expect(split(said, size)).toEqual({ text, reasoning });
	});

	it.each([
		'He wrote <think> on the wall. And then he left.',
		'He wrote <think>go</think> on the wall.',
		'</think> was all she said.',
		'<thinking aloud> she said.',
		'<thin ice>',
		'\n\n<Think>',
		' <thi',
		'   ',
		''
	])('%j is text to the last character', (said) => {
		expect(split(said, size)).toEqual({ text: said, reasoning: '' });
	});

	it.each([' <think> was the first word on the wall.', '<think>', '<think>Hm.</think'])(
		'%j never closes and is given back',
		(said) => {
			expect(split(said, size).text).toBe(said);
		}
	);

	it.each([
		['<think>Hm.</think', '', 'Hm.</think'],
		['<think>She would be', '', 'She would be'],
		[' <thi', ' <thi', ''],
		['Hello', 'Hello', ''],
		['<think>a</think>Hel', 'Hel', 'a']
	])('%j that was cut off is no more than it was', (said, text, reasoning) => {
		expect(split(said, size, true)).toEqual({ text, reasoning });
	});
});
