// What stands in the queue on the screen: new cards wait while somebody is at the list, and nothing moves under them.
import { describe, expect, it } from 'vitest';
import { arranged, arrived, unseen, type Card } from './queue-order.ts';

const card = (handoffId: string): Card => ({
	handoffId,
	chatId: handoffId,
	chatKind: 'case',
	title: handoffId,
	requester: '',
	tags: [],
	intent: 'escalate',
	reason: 'stuck',
	note: '',
	priority: 3,
	state: 'open',
	episode: 1,
	raisedBy: { memberId: 'm', name: 'Mo' },
	raisedAt: 0,
	waitsSince: 0,
	dueAt: null,
	owner: null,
	pickedUpTwice: null,
	claimedAt: null,
	staleAt: null,
	snoozedUntil: null,
	notes: 0,
	assessment: null,
	assessmentFailed: null,
	assessing: false,
	endedAt: null,
	endedCode: ''
});
const cards = (...ids: readonly string[]) => ids.map(card);
const told = (shown: ReturnType<typeof arranged>) =>
	shown.map(({ card: { handoffId }, gone, fresh }) => `${handoffId}${gone ? '-' : ''}${fresh ? '+' : ''}`);

describe('the queue on the screen', () => {
	it('shows all at first, and nothing of it as new', () => {
		expect(told(arranged(null, cards('a', 'b'), false))).toEqual(['a', 'b']);
		expect(told(arranged(null, cards('a'), true))).toEqual(['a']);
	});

	it('puts what comes where it belongs, and marks it, while nobody is at the list', () => {
		const first = arranged(null, cards('b', 'c'), false);
		expect(told(arranged(first, cards('a', 'b', 'c'), false))).toEqual(['a+', 'b', 'c']);
	});

	it('lets what comes wait, and what left stay, while somebody is at the list', () => {
		const first = arranged(null, cards('b', 'c'), false);
		const now = cards('a', 'c');
		const held = arranged(first, now, true);
		expect(told(held)).toEqual(['b-', 'c']);
		expect(unseen(held, now)).toBe(1);
		expect(told(arranged(held, now, false))).toEqual(['a+', 'c']);
	});

	it('takes a card back that left and came again', () => {
		const gone = arranged(arranged(null, cards('b'), false), [], true);
		expect(told(gone)).toEqual(['b-']);
		expect(told(arranged(gone, cards('b'), true))).toEqual(['b']);
	});

	it('shows the first card of an empty queue at once', () => {
		expect(told(arranged(arranged(null, [], false), cards('a'), true))).toEqual(['a+']);
	});

	it('goes on below what is shown when there is more to show, for nothing moves by that', () => {
		const first = arranged(null, cards('a', 'b'), true);
		const now = cards('new', 'a', 'c', 'd');
		const held = arranged(first, now, true);
		expect(told(held)).toEqual(['a', 'b-', 'c', 'd']);
		expect(unseen(held, now)).toBe(1);
	});
});

describe('what came', () => {
	const known = ['a', 'b'];
	const ids = (list: readonly Card[]) => list.map(({ handoffId }) => handoffId);

	it('is whatever was not there, where all were shown', () => {
		expect(ids(arrived(known, false, cards('x', 'a', 'b', 'y')))).toEqual(['x', 'y']);
	});

	it('is not what only moved up onto the page because another left', () => {
		expect(ids(arrived(known, true, cards('b', 'c')))).toEqual([]);
		expect(ids(arrived(known, true, cards('x', 'b', 'c')))).toEqual(['x']);
		expect(ids(arrived(known, true, cards('c', 'd')))).toEqual([]);
	});
});
