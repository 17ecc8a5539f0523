// What the rows of a transcript look like, by what their turns are.
import { expect, test } from 'vitest';
import { rowKinds, writingKinds } from './row-kind.ts';
import type { Turn } from './slice.ts';

const turn = (with_: Partial<Turn>): Turn => ({
	turnId: 'one',
	number: 1,
	role: 'assistant',
	replyTo: null,
	speakerId: null,
	speakerName: '',
	text: '',
	truncated: false,
	model: null,
	edits: 0,
	interjectionOf: null,
	meanwhileId: null,
	hidden: false,
	minutes: 540,
	at: 0,
	siblings: [],
	askable: false,
	skips: [],
	...with_
});

const skip = {
	turnId: 'one',
	kind: 'elision' as const,
	fromMinutes: 540,
	toMinutes: 600,
	label: ''
};

test('an ordinary turn is drawn as turns are', () => {
	expect(rowKinds(turn({}))).toEqual([]);
});

test('a skip is one where a narrator says it; a reply that skips time stays a reply', () => {
	expect(rowKinds(turn({ role: 'narrator', skips: [skip] }))).toEqual(['skip']);
	expect(rowKinds(turn({ role: 'assistant', skips: [skip] }))).toEqual([]);
	expect(rowKinds(turn({ role: 'narrator' }))).toEqual([]);
});

test('a word put in, a scene elsewhere and what is hidden are told apart, and together', () => {
	expect(rowKinds(turn({ interjectionOf: 'mara', hidden: true }))).toEqual(['interjection', 'hidden']);
	expect(rowKinds(turn({ meanwhileId: 'there' }))).toEqual(['meanwhile']);
});

test('words that are being written are drawn as the turn they become', () => {
	expect(writingKinds(null)).toEqual([]);
	expect(writingKinds({ stage: 'reply', meanwhileId: null })).toEqual([]);
	expect(writingKinds({ stage: 'observe', meanwhileId: null })).toEqual([]);
	expect(writingKinds({ stage: 'interject', meanwhileId: null })).toEqual(['interjection']);
	expect(writingKinds({ stage: 'observe2', meanwhileId: null })).toEqual(['interjection']);
	expect(writingKinds({ stage: 'reply', meanwhileId: 'there' })).toEqual(['meanwhile']);
});
