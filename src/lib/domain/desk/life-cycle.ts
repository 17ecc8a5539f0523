// The life cycle of a hand-off: one table of what may be done in which state and by whom, for decisions and handlers alike.
import { refuse } from '../kernel/result.ts';
import { sql, type Statement } from '../kernel/sql.ts';
import type { Role } from '../library/members.ts';

export const STATES = ['open', 'snoozed', 'claimed', 'with_ai', 'resolved', 'withdrawn'] as const;
export type State = (typeof STATES)[number];

export const ACTS = [
	'raise',
	'assess',
	'fail_assessment',
	'claim',
	'renew',
	'take_over',
	'return',
	'reassign',
	'note',
	'change_priority',
	'snooze',
	'hand_back',
	'resolve',
	'reopen',
	'withdraw',
	'settle_pick_up',
	'send'
] as const;
export type Act = (typeof ACTS)[number];

interface Rule {
	/** What each state becomes; one that is not here refuses the act. */
	readonly from: Readonly<Partial<Record<State, State>>>;
	/** `anybody`: any member. `own`: whoever raised it, and the desk. `desk`: engineers and admins. */
	readonly who: 'anybody' | 'own' | 'desk';
	/**
	 * Who must hold it while it is claimed. `owner`: who acts. `keeper`: who acts, or an admin does. `other`: somebody else.
	 * Null: it does not matter.
	 */
	readonly holder: 'owner' | 'keeper' | 'other' | null;
	/** `this`: it is of the episode that is on. `next`: it begins another. `any`: it may be of an earlier one, and come late. */
	readonly episode: 'this' | 'next' | 'any';
}

const EVERYWHERE = {
	open: 'open',
	snoozed: 'snoozed',
	claimed: 'claimed',
	with_ai: 'with_ai',
	resolved: 'resolved',
	withdrawn: 'withdrawn'
} as const;

/** What is done to a hand-off that sleeps wakes it. */
const RULES: Readonly<Record<Act, Rule>> = {
	raise: { from: { with_ai: 'open', resolved: 'open' }, who: 'anybody', holder: null, episode: 'next' },
	assess: { from: EVERYWHERE, who: 'own', holder: null, episode: 'any' },
	fail_assessment: { from: EVERYWHERE, who: 'own', holder: null, episode: 'any' },
	claim: { from: { open: 'claimed', snoozed: 'claimed' }, who: 'desk', holder: null, episode: 'this' },
	renew: { from: { claimed: 'claimed' }, who: 'desk', holder: 'owner', episode: 'this' },
	take_over: { from: { claimed: 'claimed' }, who: 'desk', holder: 'other', episode: 'this' },
	return: { from: { claimed: 'open', snoozed: 'open' }, who: 'desk', holder: 'keeper', episode: 'this' },
	reassign: {
		from: { open: 'claimed', snoozed: 'claimed', claimed: 'claimed' },
		who: 'desk',
		holder: 'keeper',
		episode: 'this'
	},
	note: { from: { ...EVERYWHERE, snoozed: 'open' }, who: 'own', holder: null, episode: 'any' },
	change_priority: {
		from: { open: 'open', snoozed: 'open', claimed: 'claimed' },
		who: 'desk',
		holder: null,
		episode: 'this'
	},
	snooze: { from: { open: 'snoozed', snoozed: 'snoozed' }, who: 'desk', holder: null, episode: 'this' },
	hand_back: { from: { claimed: 'with_ai' }, who: 'desk', holder: 'keeper', episode: 'this' },
	resolve: { from: { claimed: 'resolved' }, who: 'desk', holder: 'keeper', episode: 'this' },
	reopen: { from: { resolved: 'open' }, who: 'desk', holder: null, episode: 'next' },
	withdraw: {
		from: { open: 'withdrawn', snoozed: 'withdrawn', claimed: 'withdrawn' },
		who: 'own',
		holder: null,
		episode: 'this'
	},
	settle_pick_up: { from: { claimed: 'claimed' }, who: 'desk', holder: null, episode: 'this' },
	send: { from: EVERYWHERE, who: 'own', holder: null, episode: 'any' }
};

/** A hand-off as the life cycle sees it. */
export interface Standing {
	readonly state: State;
	readonly episode: number;
	/** Who holds it: while it is claimed, and only then. */
	readonly owner: { readonly memberId: string; readonly name: string } | null;
	readonly claimedAt: number | null;
	/** Who raised the episode that is on. */
	readonly raisedBy: string;
}

/** Who does it, and what the act itself says that the table asks about. */
export interface Doer {
	readonly memberId: string;
	readonly role: Role;
	/** With `reassign`: to whom. */
	readonly to?: { readonly memberId: string; readonly role: Role };
	/** With `take_over`: its owner has done nothing for long, or is at the desk no more. */
	readonly stale?: boolean;
}

const isOfTheDesk = (role: Role): boolean => role !== 'member';

/** What a state that refuses an act is called when it does. */
const closed = (state: State, act: Act, { owner, claimedAt }: Standing) => {
	switch (state) {
		case 'resolved':
			return refuse({ type: 'resolved' });
		case 'withdrawn':
			return refuse({ type: 'withdrawn' });
		case 'with_ai':
			return refuse({ type: 'with_ai' });
		case 'claimed':
			return act === 'raise' || act === 'reopen'
				? refuse({ type: 'still_open' })
				: refuse({ type: 'already_claimed', by: owner?.name ?? '', at: claimedAt ?? 0 });
		case 'open':
		case 'snoozed':
			return act === 'raise' || act === 'reopen'
				? refuse({ type: 'still_open' })
				: refuse({ type: 'not_claimed' });
	}
};

/** The state an act leads to, or why it may not be. Who may do it at all is asked before how it stands. */
export const next = (standing: Standing, act: Act, doer: Doer) => {
	const rule = RULES[act];
	const own = standing.raisedBy === doer.memberId;
	if (rule.who === 'desk' && !isOfTheDesk(doer.role)) return refuse({ type: 'member_may_not', act });
	if (rule.who === 'own' && !own && !isOfTheDesk(doer.role)) return refuse({ type: 'member_may_not', act });
	if (doer.to !== undefined && !isOfTheDesk(doer.to.role)) return refuse({ type: 'may_not_own' });
	const state = rule.from[standing.state];
	if (state === undefined) return closed(standing.state, act, standing);
	if (standing.state === 'claimed') {
		const holds = standing.owner?.memberId === doer.memberId;
		const by = standing.owner?.name ?? '';
		if (rule.holder === 'owner' && !holds) return refuse({ type: 'not_yours', by });
		if (rule.holder === 'keeper' && !holds && doer.role !== 'admin') return refuse({ type: 'not_yours', by });
		if (rule.holder === 'other' && holds) return refuse({ type: 'yours_already' });
		if (act === 'take_over' && doer.stale !== true) return refuse({ type: 'not_stale', by });
		if (act === 'reassign' && doer.to?.memberId === standing.owner?.memberId)
			return refuse({ type: 'already_claimed', by, at: standing.claimedAt ?? 0 });
	}
	return { ok: true as const, state };
};

/** The episode an act belongs to when it is done now. */
export const episodeOf = (act: Act, { episode }: Pick<Standing, 'episode'>): number =>
	RULES[act].episode === 'next' ? episode + 1 : episode;

/**
 * The same table as a condition on a row of hand-offs, for handlers: what is not legal in the state it meets is void.
 * `episode` is the one the event says it is of.
 */
export const legal = (act: Act, doer: Doer, episode: number): Statement => {
	const rule = RULES[act];
	const never = sql`false`;
	if (rule.who === 'desk' && !isOfTheDesk(doer.role)) return never;
	if (doer.to !== undefined && !isOfTheDesk(doer.to.role)) return never;
	if (act === 'take_over' && doer.stale !== true) return never;
	const states = JSON.stringify(STATES.filter((state) => rule.from[state] !== undefined));
	const own = rule.who === 'own' && !isOfTheDesk(doer.role) ? sql`raised_by = ${doer.memberId}` : sql`true`;
	const holder =
		rule.holder === 'other'
			? sql`owner <> ${doer.memberId}`
			: rule.holder === 'owner' || (rule.holder === 'keeper' && doer.role !== 'admin')
				? sql`owner = ${doer.memberId}`
				: sql`true`;
	const another = doer.to === undefined ? sql`true` : sql`owner is not ${doer.to.memberId}`;
	const on =
		rule.episode === 'any'
			? sql`true`
			: rule.episode === 'next'
				? sql`episode = ${episode - 1}`
				: sql`episode = ${episode}`;
	return sql`state in (select value from json_each(${states})) and ${own} and (state <> 'claimed' or ${holder})
		and ${another} and ${on}`;
};

/** What a state becomes by an act, as an expression over a row of hand-offs; only where {@link legal}. */
export const becomes = (act: Act): Statement =>
	sql`json_extract(${JSON.stringify(RULES[act].from)}, '$.' || state)`;
