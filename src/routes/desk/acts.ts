// What may be done with a hand-off as it stands: the buttons that are offered. The command asks the life cycle again.
import type { Queries } from '#lib/domain/vocabulary.ts';
import type { Member } from './acting.svelte.ts';

export type Act =
	| 'pick_up'
	| 'take_over'
	| 'wake'
	| 'resolve'
	| 'return'
	| 'hand_back'
	| 'assign'
	| 'snooze'
	| 'note'
	| 'priority'
	| 'reopen'
	| 'withdraw'
	| 'send';

type Card = Queries['queue']['answer']['cards'][number];

/** What the acts are told by. */
export interface Standing {
	readonly state: Card['state'];
	readonly owner: Card['owner'];
	readonly staleAt: Card['staleAt'];
	readonly raisedById: string;
}

export const standingOfCard = (card: Card): Standing => ({
	state: card.state,
	owner: card.owner,
	staleAt: card.staleAt,
	raisedById: card.raisedBy.memberId
});

/** The first is the one to do. */
export const actsOf = (of: Standing, me: Member | null, now: number): readonly Act[] => {
	if (me === null) return [];
	const raisedIt = of.raisedById === me.memberId;
	if (me.role === 'member') {
		if (!raisedIt) return [];
		return of.state === 'open' || of.state === 'snoozed' || of.state === 'claimed'
			? ['note', 'send', 'withdraw']
			: ['note', 'send'];
	}
	switch (of.state) {
		case 'open':
			return ['pick_up', 'assign', 'snooze', 'note', 'priority', 'send', 'withdraw'];
		case 'snoozed':
			return ['pick_up', 'wake', 'assign', 'snooze', 'note', 'priority', 'send', 'withdraw'];
		case 'claimed': {
			const mine = of.owner?.memberId === me.memberId;
			const keeps: readonly Act[] = [
				'resolve',
				'return',
				'hand_back',
				'assign',
				'note',
				'priority',
				'send',
				'withdraw'
			];
			if (mine) return keeps;
			const free = of.owner?.gone === true || (of.staleAt !== null && of.staleAt <= now);
			const others: readonly Act[] = me.role === 'admin' ? keeps : ['note', 'priority', 'send', 'withdraw'];
			return free ? ['take_over', ...others] : others;
		}
		case 'resolved':
			return ['reopen', 'note', 'send'];
		case 'with_ai':
		case 'withdrawn':
			return ['note', 'send'];
	}
};

/** The key of an act, in the queue and at a hand-off. */
export const KEY_OF: Readonly<Partial<Record<Act, string>>> = {
	pick_up: 'p',
	take_over: 'p',
	return: 'r',
	assign: 'a',
	snooze: 'h',
	note: 'n',
	resolve: 'e',
	send: 's'
};

/** The act a key means here, if any. */
export const actOfKey = (key: string, acts: readonly Act[]): Act | undefined =>
	acts.find((act) => KEY_OF[act] === key);
