// What nobody means well by: each text of the hostile corpus ends as words, all of them, in a time that fits its length.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOSTILE, HUGE } from '#tests/support/hostile/corpus.ts';
import { createMarkdownReader, readMarkdown } from './markdown-reader.ts';
import type { Block, Inline } from './markdown.ts';

type Part = Block | Inline;

/** A part and everything in it, each with how deep it stands. */
const partsIn = (parts: readonly Part[], depth = 1): readonly (readonly [Part, number])[] =>
	parts.flatMap((part) => [[part, depth] as const, ...partsIn(insideOf(part), depth + 1)]);

const insideOf = (part: Part): readonly Part[] => {
	if ('children' in part) return part.children;
	if (part.kind === 'list') return part.items.flatMap(({ children }) => children);
	return part.kind === 'table' ? [part.head, ...part.rows].flat(2) : [];
};

/** What a page shows of it, as Markdown.svelte does, and the address that the dialog of a link shows. */
const shownIn = (parts: readonly Part[]): string =>
	partsIn(parts)
		.map(([part]) => {
			if (part.kind === 'link') return ` ${part.host} ${part.href} `;
			if (part.kind === 'image') return part.alt;
			if (part.kind === 'code') return 'label' in part ? `${part.label}\n${part.text}` : part.text;
			return 'text' in part ? part.text : ' ';
		})
		.join('');

const wordsIn = (text: string): readonly string[] => text.match(/[\p{L}\p{M}\p{N}]{2,}/gu) ?? [];

const KINDS = [
	...['text', 'code', 'em', 'strong', 'del', 'break', 'link', 'image'],
	...['paragraph', 'heading', 'quote', 'list', 'table', 'plain', 'rule']
];

/** What is wrong with a part; an expectation for each of a million would take longer than reading them. */
const wrongWith = (part: Part, depth: number): string | null => {
	if (!KINDS.includes(part.kind)) return `kind ${part.kind}`;
	if (depth >= 40) return 'too deep';
	if (part.kind !== 'link') return 'href' in part ? 'an address' : null;
	const url = new URL(part.href);
	if (!['http:', 'https:'].includes(url.protocol)) return `scheme of ${part.href}`;
	if (url.username !== '' || url.password !== '') return `a name in ${part.href}`;
	if (part.host !== url.host || !/^[\w.:[\]-]+$/.test(part.host)) return `host ${part.host}`;
	return partsIn(part.children).some(([inner]) => inner.kind === 'link') ? 'a link in a link' : null;
};

const expectHarmless = (blocks: readonly Block[]): void => {
	expect(partsIn(blocks).flatMap(([part, depth]) => wrongWith(part, depth) ?? [])).toEqual([]);
};

/** The text arriving in so many characters at a time, and what the reader says at its end. */
const streamed = (text: string, step: number): readonly Block[] => {
	const read = createMarkdownReader();
	for (let at = step; at < text.length; at += step) read(text.slice(0, at), { growing: true });
	return read(text).blocks;
};

test('the corpus is as large as promised', () => {
	expect(HOSTILE.length).toBeGreaterThanOrEqual(150);
	expect(new Set(HOSTILE.map(({ name }) => name)).size).toBe(HOSTILE.length);
});

describe('hostile text', () => {
	test.each(HOSTILE)('$name is words and nothing more', ({ text, hidden = [] }) => {
		const blocks = readMarkdown(text);
		expectHarmless(blocks);
		const shown = shownIn(blocks).normalize().toLowerCase();
		const missing = wordsIn(text.normalize()).filter((word) => !shown.includes(word.toLowerCase()));
		expect(missing.filter((word) => !hidden.includes(word))).toEqual([]);
	});

	test.each(HOSTILE)('$name reads the same piece by piece', ({ text }) => {
		// a text that has ended: a star still open would be shown as closed
		const whole = `${text}\n\nend.`;
		for (const step of [1, 7]) expect(streamed(whole, step)).toEqual(readMarkdown(whole));
	});

	test('all of it in one text is still all of it', () => {
		const text = HOSTILE.map((one) => one.text).join('\n\n');
		const blocks = readMarkdown(text);
		expectHarmless(blocks);
		expect(streamed(text, 997)).toEqual(blocks);
	});
});

describe('a link', () => {
	const linkOf = (text: string) => {
		const found = partsIn(readMarkdown(text)).find(([part]) => part.kind === 'link')?.[0];
		if (found?.kind !== 'link') throw new Error('no link');
		return found;
	};

	test.each([
		['[bank](https://bank.example@evil.example/)', 'evil.example', 'https://evil.example/'],
		['[bank](https://a:b@evil.example:8443/x)', 'evil.example:8443', 'https://evil.example:8443/x'],
		['[bank](https://bank.example\\\\@evil.example/)', 'bank.example', 'https://bank.example/@evil.example/'],
		['[apple](https://аррӏе.example/)', 'xn--80ak6aa92e.example', 'https://xn--80ak6aa92e.example/'],
		['[ip](http://0x7f.1/)', '127.0.0.1', 'http://127.0.0.1/'],
		['www.evil.example', 'www.evil.example', 'http://www.evil.example/']
	])('%s is shown to lead to %s', (text, host, href) => {
		expect(linkOf(text)).toMatchObject({ host, href });
	});
});

/** Milliseconds, the best of several: what else the machine does only adds. */
const cost = (run: () => unknown): number => {
	let best = Infinity;
	for (let round = 0; round < 3; round += 1) {
		const from = performance.now();
		run();
		best = Math.min(best, performance.now() - from);
	}
	return best;
};

/** Below this, a clock says more about the machine than about the text. */
const NOISE_MS = 25;
const PIECES = 16;
const TRIES = 4;

describe.each(Object.entries(HUGE))('a huge text: %s', (_name, make) => {
	test('is harmless, whole, and as deep as a page can bear', () => {
		for (const chars of [3_000, 40_000]) {
			const text = make(chars);
			const blocks = readMarkdown(text);
			expectHarmless(blocks);
			expect(streamed(`${text}\n\nend.`, 1_777)).toEqual(readMarkdown(`${text}\n\nend.`));
		}
	});

	test('twice the length is not more than about twice the work, whole and in pieces, up to a million', () => {
		for (const [half, full] of [
			[40_000, 80_000],
			[500_000, 1_000_000]
		] as const) {
			const [small, large] = [make(half), make(full)];
			for (const read of [readMarkdown, (text: string) => streamed(text, Math.ceil(text.length / PIECES))])
				// what grows faster does so in every try; what else the machine did does not
				expect(
					Array.from({ length: TRIES }).some(
						() => cost(() => read(large)) < 3 * cost(() => read(small)) + NOISE_MS
					)
				).toBe(true);
		}
	});
});

test('ten thousand of anything deep is shown as it was written', () => {
	for (const name of ['quotes in quotes', 'lists in lists on one line', 'numbered lists in lists']) {
		const text = HUGE[name]?.(10_000) ?? '';
		expect(shownIn(readMarkdown(text)), name).toContain(text.slice(0, 100));
		expect(Math.max(...partsIn(readMarkdown(text)).map(([, depth]) => depth))).toBeLessThan(3);
	}
});

test('whatever is put together of marks, it is read, whole and in pieces alike', () => {
	const marks = fc.constantFrom(
		...[
			'*',
			'**',
			'_',
			'~~',
			'`',
			'```',
			'[',
			']',
			'(',
			')',
			'![',
			'<',
			'>',
			'&',
			'\\',
			'|',
			'|-|',
			'#',
			'-',
			'1.'
		],
		...[
			'\n',
			'\n\n',
			'\r',
			'\t',
			'    ',
			' ',
			'a',
			'http://a.b',
			':',
			'"',
			'<div>',
			'---',
			'\u202e',
			'\ud800',
			'\0'
		]
	);
	fc.assert(
		fc.property(fc.array(marks, { maxLength: 80 }), fc.integer({ min: 1, max: 30 }), (parts, step) => {
			const text = `${parts.join('')}\n\nend.`;
			const blocks = readMarkdown(text);
			expectHarmless(blocks);
			expect(streamed(text, step)).toEqual(blocks);
		}),
		{ numRuns: 1_000 }
	);
});
