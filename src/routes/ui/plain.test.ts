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
