// A text shown slice by slice: each slice is a little more of it, and in the end it is the whole.
import { expect, test } from 'vitest';
import { HOSTILE, HUGE } from '#tests/support/hostile/corpus.ts';
import { createMarkdownReader, readMarkdown } from './markdown-reader.ts';
import { firstOf, weightOf } from './markdown-slices.ts';
import type { Block, Inline } from './markdown.ts';

const textOf = (part: Block | Inline): string => {
	if ('children' in part) return part.children.map(textOf).join('');
	if (part.kind === 'list') return part.items.flatMap(({ children }) => children.map(textOf)).join('');
	if (part.kind === 'table') return [part.head, ...part.rows].flat(2).map(textOf).join('');
	return 'text' in part ? part.text : '';
};

const shownIn = (blocks: readonly Block[]): string => blocks.map(textOf).join('');

const weightOfAll = (blocks: readonly Block[]): number =>
	blocks.reduce((sum, block) => sum + weightOf(block), 0);

const ALL = HOSTILE.map(({ text }) => text).join('\n\n');
const TEXTS = {
	all: ALL,
	...Object.fromEntries(Object.entries(HUGE).map(([name, make]) => [name, make(20_000)]))
};

test.each(Object.entries(TEXTS))('slice by slice, %s becomes the whole of it', (_name, text) => {
	const whole = readMarkdown(text);
	for (const slice of [15, 200]) {
		const read = createMarkdownReader();
		let reading = read(text, { slice });
		let shown = '';
		for (let looks = 1; !reading.whole; looks += 1) {
			expect(looks).toBeLessThan(2_000);
			expect(weightOfAll(reading.blocks)).toBeLessThanOrEqual(looks * slice + 0.001);
			const now = shownIn(reading.blocks);
			expect(now.startsWith(shown)).toBe(true);
			shown = now;
			reading = read(text, { slice });
		}
		expect(reading.blocks).toEqual(whole);
	}
});

test('another text is begun anew, and one that goes on is not', () => {
	const paragraphs = Array.from({ length: 50 }, (_, n) => `*Line* ${String(n)}.`);
	const read = createMarkdownReader();
	const slice = 20;
	while (!read(paragraphs.join('\n\n'), { slice }).whole);
	expect(read([...paragraphs, 'End.'].join('\n\n'), { slice })).toMatchObject({ whole: true });
	expect(read([...paragraphs, 'End.'].reverse().join('\n\n'), { slice })).toMatchObject({ whole: false });
});

test('what fits is there as it is, and of the block after it the beginning', () => {
	const blocks = readMarkdown('one **two**\n\n- a\n- b\n- c');
	const first = firstOf(blocks, weightOfAll(blocks.slice(0, 1)) + 5);
	expect(first[0]).toBe(blocks[0]);
	expect(first[1]).toMatchObject({ kind: 'list', items: [{}, {}] });
	expect(firstOf(blocks, 1_000)).toBe(blocks);
});
