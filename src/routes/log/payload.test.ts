import { expect, test } from 'vitest';
import { showPayload } from './payload.ts';

test('a payload is laid out, and is the same JSON', () => {
	const payload = { turnId: 't', text: 'one\ntwo\t“three”', at: 3, list: [1, { a: null }] };
	const shown = showPayload(JSON.stringify(payload));
	expect(shown.split('\n').length).toBeGreaterThan(5);
	expect(JSON.parse(shown)).toEqual(payload);
});

test('what cannot be seen is written out, and is still the same JSON', () => {
	const payload = { text: '\u202eevil\u200b\u{e0041}\u0007\ufeff\u2028' };
	const shown = showPayload(JSON.stringify(payload));
	expect(shown).not.toMatch(/[\u202e\u200b\u{e0041}\u0007\ufeff\u2028]/u);
	expect(shown).toContain(String.raw`\u202eevil\u200b`);
	expect(JSON.parse(shown)).toEqual(payload);
});

test('what is no JSON is shown as it is stored', () => {
	expect(showPayload('{"turnId":')).toBe('{"turnId":');
});
