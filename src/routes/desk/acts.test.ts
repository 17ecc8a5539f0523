// What is offered with a hand-off: to whom, in which state.
import { describe, expect, it } from 'vitest';
import { actOfKey, actsOf, type Standing } from './acts.ts';

const MO = { memberId: 'mo', name: 'Mo', role: 'member', retired: false } as const;
const DANA = { memberId: 'dana', name: 'Dana', role: 'engineer', retired: false } as const;
const ADA = { memberId: 'ada', name: 'Ada', role: 'admin', retired: false } as const;
const standing = (of: Partial<Standing>): Standing => ({
	state: 'open',
	owner: null,
	staleAt: null,
	raisedById: 'mo',
	...of
});
const held = { state: 'claimed', owner: { memberId: 'dana', name: 'Dana', gone: false } } as const;

describe('what is offered', () => {
	it('offers a member only what is their own', () => {
		expect(actsOf(standing({}), MO, 0)).toEqual(['note', 'send', 'withdraw']);
		expect(actsOf(standing({ raisedById: 'dana' }), MO, 0)).toEqual([]);
		expect(actsOf(standing({ state: 'resolved' }), MO, 0)).toEqual(['note', 'send']);
		expect(actsOf(standing({}), null, 0)).toEqual([]);
	});

	it('offers the owner to end it, others to write, and an admin both', () => {
		expect(actsOf(standing(held), DANA, 0)).toContain('resolve');
		expect(actsOf(standing(held), { ...DANA, memberId: 'eve' }, 0)).toEqual([
			'note',
			'priority',
			'send',
			'withdraw'
		]);
		expect(actsOf(standing(held), ADA, 0)).toContain('return');
	});

	it('offers to take over what nobody minds any more', () => {
		const eve = { ...DANA, memberId: 'eve' };
		expect(actsOf(standing({ ...held, staleAt: 5 }), eve, 4)[0]).toBe('note');
		expect(actsOf(standing({ ...held, staleAt: 5 }), eve, 5)[0]).toBe('take_over');
		expect(actsOf(standing({ ...held, owner: { ...held.owner, gone: true } }), eve, 0)[0]).toBe('take_over');
	});

	it('offers Withdraw to who raised it and to the desk, while there is something to withdraw, and to nobody else', () => {
		const max = { ...MO, memberId: 'max' };
		const among = (of: Partial<Standing>) =>
			[MO, max, DANA, ADA].map((me) => actsOf(standing(of), me, 0).includes('withdraw'));
		for (const on of [{}, { state: 'snoozed' }, held] as const)
			expect(among(on)).toEqual([true, false, true, true]);
		for (const state of ['resolved', 'with_ai', 'withdrawn'] as const)
			expect(among({ state })).toEqual([false, false, false, false]);
	});

	it('gives a key to what is offered, and to nothing else', () => {
		expect(actOfKey('p', actsOf(standing({}), DANA, 0))).toBe('pick_up');
		expect(actOfKey('e', actsOf(standing({}), DANA, 0))).toBeUndefined();
		expect(actOfKey('x', actsOf(standing({}), DANA, 0))).toBeUndefined();
	});
});
