import { expect, test } from 'vitest';
import { plainName } from './plain.ts';

test('a name shows nothing that reorders, hides or forges text', () => {
	expect(plainName('Ma\u202era\u2066\u200b \u{e0041}Quill\n\ufeff')).toBe('Mara Quill');
});

test('a name in any script, with marks and emoji, stays as it is', () => {
	for (const name of [
		'Мара',
		'مارا',
		'魔羅',
		'Zoë',
		'नमस्ते',
		'🏴 Captain 🦜',
		'👩‍🚀 Ada',
		'🏴󠁧󠁢󠁳󠁣󠁴󠁿 Isla',
		'می‌خواهم'
	])
		expect(plainName(name)).toBe(name);
});

test.each([
	['deprecated controls', 'a\u206a\u206fb'],
	['a soft hyphen', 'a\u00adb'],
	['fillers', 'a\u115f\u1160\u3164\uffa0\u034fb'],
	['an empty pattern of braille', 'a\u2800b'],
	['half a character', 'a\ud800b'],
	['line and paragraph separators', 'a\u2028\u2029b'],
	['annotations', 'a\ufff9\ufffbb'],
	['variants of nothing', 'a\ufe01\u{e0100}b'],
	['tags without a flag', 'a\u{e0001}\u{e0068}\u{e007f}b'],
	['bytes hidden as variants', `a${'\u{e0110}'.repeat(50)}b`]
])('a name hides no %s', (_what, name) => {
	expect(plainName(name)).toBe('ab');
});

test('a flag made of tags carries no message', () => {
	expect(plainName(`🏴${'\u{e0061}'.repeat(50)}\u{e007f}`)).toBe('🏴');
});

test('accents in a pile stay few', () => {
	expect(plainName(`h${'\u0301'.repeat(60)}e`)).toBe(`h${'\u0301'.repeat(6)}e`);
});

test('variants that writing needs stay', () => {
	for (const name of ['❤️ Ada', '1️⃣ One', '葛\u{e0100}城', 'ﷺ', 'Ầ́', 'กี่']) expect(plainName(name)).toBe(name);
});
