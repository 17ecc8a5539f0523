// Two claims that meet: which counts, whichever side looks.
import { expect, test } from 'vitest';
import { settled, type Claim } from './pick-up-twice.ts';

const by = (memberId: string, at: number, eventId: string): Claim => ({
	eventId,
	at,
	episode: 1,
	actor: { memberId, name: memberId, role: 'engineer' }
});
const winner = (here: Claim, came: Claim): unknown => settled('handoff:x', here, came)?.payload;

test.each([
	['the first counts', by('b', 1, 'z'), by('a', 2, 'y')],
	['of two at one moment, the desk with the lower id', by('a', 5, 'z'), by('b', 5, 'y')],
	['whichever event has the lower id', by('a', 5, 'y'), by('b', 5, 'z')]
])('%s, on both sides', (_, has, other) => {
	const said = { actor: has.actor, other: other.actor, claimedAt: has.at };
	expect(winner(has, other)).toMatchObject(said);
	expect(winner(other, has)).toMatchObject(said);
});

test('claims of one person, or of two episodes, do not meet', () => {
	expect(settled('handoff:x', by('a', 1, 'x'), by('a', 2, 'y'))).toBeNull();
	expect(settled('handoff:x', by('a', 1, 'x'), { ...by('b', 2, 'y'), episode: 2 })).toBeNull();
});
