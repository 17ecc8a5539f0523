// Who replies to the player's words.
import { describe, expect, it } from 'vitest';
import { addressedIn, primarySpeaker } from './speaker.ts';

const MARA = { botId: 'mara', name: 'Mara Velt' };
const EDDA = { botId: 'edda', name: 'Edda' };
const BOTH = [MARA, EDDA];

describe('whom words are said to', () => {
	it.each([
		['"Edda, is it true?"', 'edda'],
		['"Mara, ask Edda."', 'mara'],
		['EDDA!', 'edda'],
		['*looks at Mara Velt*', 'mara'],
		['"Well?"', null],
		['Eddas boat, Maraschino', null],
		['((Edda should reply)) Mara?', 'mara'],
		['((Edda', null],
		['', null]
	])('%s', (words, expected) => {
		expect(addressedIn(words, BOTH)).toBe(expected);
	});

	it.each([
		['埃达，是真的吗？', '埃达'],
		['(A+)?', 'A+'],
		['Anne-Marie?', 'Anne-Marie'],
		[String.raw`is it \^$.*+?()[]{}|/-&~#, then`, String.raw`\^$.*+?()[]{}|/-&~#`],
		['¿Íñigo?', 'íñigo']
	])('finds names in any script, and as they stand: %s', (words, name) => {
		expect(addressedIn(words, [{ botId: 'x', name }])).toBe('x');
	});

	it('takes no first name two share, and no empty one', () => {
		const twins = [MARA, { botId: 'other', name: 'Mara Holm' }, { botId: 'none', name: ' ' }];
		expect(addressedIn('Mara?', twins)).toBeNull();
		expect(addressedIn('Mara Holm?', twins)).toBe('other');
	});
});

describe('the primary reply', () => {
	it('is the host’s where nobody else is', () => {
		expect(primarySpeaker({ words: 'Edda?', host: MARA, guest: null, last: 'edda' })).toBe('mara');
	});

	it('is of who is named, else of who was spoken to last, else the host’s', () => {
		const given = { host: MARA, guest: EDDA };
		expect(primarySpeaker({ ...given, words: 'Mara?', last: 'edda' })).toBe('mara');
		expect(primarySpeaker({ ...given, words: 'And?', last: 'edda' })).toBe('edda');
		expect(primarySpeaker({ ...given, words: 'And?', last: 'gone' })).toBe('mara');
		expect(primarySpeaker({ ...given, words: 'And?', last: null })).toBe('mara');
	});
});
