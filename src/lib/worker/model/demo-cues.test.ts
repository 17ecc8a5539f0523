// The cues the demo goes by: plain ones, found in any script, and nothing where there is nothing.
import { describe, expect, it } from 'vitest';
import { cueOf, destinationOf, isNamed, lineOf, touchesOn } from './demo-cues.ts';

describe('a cue', () => {
	it.each([
		['Thank you, Mara.', 'thanks'],
		['Merci !', 'thanks'],
		['((thanks for the fish)) Hm.', 'none'],
		['Could you please tell me?', 'please'],
		['I apologise.', 'sorry'],
		['Sorry, you idiot.', 'insult'],
		['A foolish thought, a thankless task', 'none'],
		['Where is it?', 'question'],
		['', 'none'],
		['*nods*', 'none']
	])('of %j is %s', (words, cue) => {
		expect(cueOf(words)).toBe(cue);
	});
});

describe('a name', () => {
	it.each([
		['Tobias Reed', 'Tobias?', true],
		['Tobias Reed', '*looks at tobias reed*', true],
		['Tobias', 'Tobiasson came', false],
		['Tobias', '((Tobias should speak))', false],
		['艾莉', '你好艾莉！', true],
		['Łukasz', 'łukasz, wait', true],
		['A+ (.*)', 'nothing of the sort', false],
		['🦊', 'hello 🦊', true],
		['', 'anything', false],
		['   ', 'anything', false]
	])('%j in %j: %s', (name, words, named) => {
		expect(isNamed(name, words)).toBe(named);
	});
});

describe('where the player goes', () => {
	it.each([
		['Let’s go to the pier.', 'the pier'],
		["let's all head back over to the Salt Market, Mara", 'the Salt Market'],
		['Shall we walk to the lighthouse and look at it?', 'the lighthouse'],
		['Come on, we should run into the woods now!', 'the woods'],
		['*walks down to the old quay, slowly*', 'the old quay'],
		['*goes to the window*', null],
		['I will go to sleep.', null],
		['I go to you.', null],
		['I’m off to Lisbon', 'Lisbon'],
		['I walk to a small church on the hill with one bell', 'a small church on the'],
		['She went to the pier.', null],
		['I would not go to the pier.', null],
		['Let’s go to the harbour.', null],
		['((let’s go to the pier))', null],
		['', null]
	])('%j: %j', (words, place) => {
		expect(destinationOf(words, 'the harbour')).toBe(place);
	});
});

describe('a plan', () => {
	const touched = (words: string): boolean =>
		touchesOn(
			'Ask Mara where the brass key was that winter',
			'the brass key',
			['Mara', 'Winterbourne'],
			words
		);

	it.each([
		['What about the KEY?', true],
		['That winter …', true],
		['Mara, where was that?', false],
		['Nothing.', false],
		['((the key))', false]
	])('is touched on by %j: %s', (words, found) => {
		expect(touched(words)).toBe(found);
	});
});

describe('a line of a reply', () => {
	it.each([
		['*nods* "I never found out why."', 'I never found out why'],
		['“Not tonight,” she says.', 'Not tonight'],
		['"You say ‘where is it?’, and I think so. It is late."', 'It is late'],
		['"Don’t."', 'Don’t'],
		['*nods*', null],
		['"…"', null],
		['((“An aside.”))', null],
		['', null]
	])('of %j is %j', (reply, line) => {
		expect(lineOf(reply, 0)).toBe(line);
	});

	it('is chosen by chance, among all', () => {
		const reply = '"One. Two. Three."';
		expect([0, 0.4, 0.99].map((chance) => lineOf(reply, chance))).toEqual(['One', 'Two', 'Three']);
	});
});
