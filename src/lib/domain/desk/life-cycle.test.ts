// Every state × act × role of the life cycle, said by hand; and handlers that hold to the same table.
import { describe, expect, test } from 'vitest';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import { createRead } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import type { Role } from '../library/members.ts';
import {
	ACTS,
	becomes,
	episodeOf,
	legal,
	next,
	STATES,
	type Act,
	type Standing,
	type State
} from './life-cycle.ts';

const standing = (state: State, owner = 'owner'): Standing => ({
	state,
	episode: 2,
	owner: state === 'claimed' ? { memberId: owner, name: 'Olga' } : null,
	claimedAt: state === 'claimed' ? 7 : null,
	raisedBy: 'raiser'
});

/** Who may act: who raised it (a plain member), another member, its owner, another engineer, an admin. */
const DOERS = {
	raiser: { memberId: 'raiser', role: 'member' },
	stranger: { memberId: 'stranger', role: 'member' },
	owner: { memberId: 'owner', role: 'engineer' },
	engineer: { memberId: 'engineer', role: 'engineer' },
	admin: { memberId: 'admin', role: 'admin' }
} as const satisfies Record<string, { memberId: string; role: Role }>;
type Who = keyof typeof DOERS;
const WHO = Object.keys(DOERS) as Who[];

const TO = { memberId: 'other', role: 'engineer' } as const;

const outcome = (state: State, act: Act, who: Who): string => {
	const came = next(standing(state), act, {
		...DOERS[who],
		...(act === 'reassign' ? { to: TO } : {}),
		...(act === 'take_over' ? { stale: true } : {})
	});
	return came.ok ? `→ ${came.state}` : came.error.type;
};

const three = (came: string): string[] => [came, came, came];
const five = (came: string): string[] => [...three(came), came, came];

// columns: raiser, stranger, owner, engineer, admin
const NO = 'member_may_not';
const table: Readonly<Record<Act, Readonly<Record<State, readonly string[]>>>> = {
	raise: {
		open: five('still_open'),
		snoozed: five('still_open'),
		claimed: five('still_open'),
		with_ai: five('→ open'),
		resolved: five('→ open'),
		withdrawn: five('withdrawn')
	},
	assess: own('→ open', '→ snoozed', '→ claimed', '→ with_ai', '→ resolved', '→ withdrawn'),
	fail_assessment: own('→ open', '→ snoozed', '→ claimed', '→ with_ai', '→ resolved', '→ withdrawn'),
	note: own('→ open', '→ open', '→ claimed', '→ with_ai', '→ resolved', '→ withdrawn'),
	withdraw: own('→ withdrawn', '→ withdrawn', '→ withdrawn', 'with_ai', 'resolved', 'withdrawn'),
	claim: desk('→ claimed', '→ claimed', three('already_claimed'), 'with_ai', 'resolved'),
	renew: desk('not_claimed', 'not_claimed', ['→ claimed', 'not_yours', 'not_yours'], 'with_ai', 'resolved'),
	take_over: desk(
		'not_claimed',
		'not_claimed',
		['yours_already', '→ claimed', '→ claimed'],
		'with_ai',
		'resolved'
	),
	return: desk('not_claimed', '→ open', ['→ open', 'not_yours', '→ open'], 'with_ai', 'resolved'),
	reassign: desk('→ claimed', '→ claimed', ['→ claimed', 'not_yours', '→ claimed'], 'with_ai', 'resolved'),
	change_priority: desk('→ open', '→ open', three('→ claimed'), 'with_ai', 'resolved'),
	snooze: desk('→ snoozed', '→ snoozed', three('already_claimed'), 'with_ai', 'resolved'),
	hand_back: desk(
		'not_claimed',
		'not_claimed',
		['→ with_ai', 'not_yours', '→ with_ai'],
		'with_ai',
		'resolved'
	),
	resolve: desk(
		'not_claimed',
		'not_claimed',
		['→ resolved', 'not_yours', '→ resolved'],
		'with_ai',
		'resolved'
	),
	reopen: desk('still_open', 'still_open', three('still_open'), 'with_ai', '→ open')
};

/** Members may, with what they raised; the desk with everything. */
function own(...outcomes: string[]): Record<State, string[]> {
	return Object.fromEntries(
		STATES.map((state, i) => {
			const came = outcomes[i] ?? '';
			return [state, [came, NO, came, came, came]];
		})
	) as Record<State, string[]>;
}

/** Members may not at all. `claimed`: for the owner, another engineer, an admin. */
function desk(
	open: string,
	snoozed: string,
	claimed: string[],
	withAi: string,
	resolved: string
): Record<State, string[]> {
	const all = (came: string): string[] => [NO, NO, came, came, came];
	return {
		open: all(open),
		snoozed: all(snoozed),
		claimed: [NO, NO, ...claimed],
		with_ai: all(withAi),
		resolved: all(resolved),
		withdrawn: all('withdrawn')
	};
}

describe.each(ACTS)('%s', (act) => {
	test.each(STATES)('in state %s', (state) => {
		expect(WHO.map((who) => outcome(state, act, who))).toEqual(table[act][state]);
	});
});

test('a claim that lost is told who won, and when', () => {
	const lost = next(standing('claimed'), 'claim', DOERS.engineer);
	expect(lost).toEqual({ ok: false, error: { type: 'already_claimed', by: 'Olga', at: 7 } });
});

test('a claim is not taken over while its owner is at it', () => {
	const early = next(standing('claimed'), 'take_over', { ...DOERS.engineer, stale: false });
	expect(early).toEqual({ ok: false, error: { type: 'not_stale', by: 'Olga' } });
});

test('nobody is given a hand-off who may not own one, nor who has it', () => {
	for (const state of ['open', 'claimed'] as const)
		expect(
			next(standing(state), 'reassign', { ...DOERS.owner, to: { memberId: 'x', role: 'member' } })
		).toEqual({ ok: false, error: { type: 'may_not_own' } });
	expect(
		next(standing('claimed'), 'reassign', { ...DOERS.owner, to: { memberId: 'owner', role: 'engineer' } })
	).toMatchObject({ ok: false, error: { type: 'already_claimed' } });
});

test('a raise and a reopening begin the next episode, and nothing else does', () => {
	expect(ACTS.filter((act) => episodeOf(act, { episode: 2 }) === 3)).toEqual(['raise', 'reopen']);
});

test('as a condition on rows it says the same, of every state, act, doer, receiver, and of no other episode', async () => {
	const db = await openMemory();
	try {
		const read = createRead(db);
		const said = z.object({ ok: z.number().nullable(), state: z.string().nullable() });
		for (const state of STATES)
			for (const owner of ['owner', 'admin'])
				for (const act of ACTS)
					for (const who of WHO)
						for (const to of [TO, { memberId: 'x', role: 'member' }, DOERS.owner] as const)
							for (const stale of [true, false]) {
								const row = standing(state, owner);
								const doer = { ...DOERS[who], ...(act === 'reassign' ? { to } : {}), stale };
								const decided = next(row, act, doer);
								const asked = (episode: number) =>
									read.one(
										said,
										sql`select (${legal(act, doer, episode)}) as ok, ${becomes(act)} as state
											from (select ${state} as state, ${row.owner?.memberId ?? null} as owner,
												${row.raisedBy} as raised_by, ${row.episode} as episode)`
									);
								const right = asked(episodeOf(act, row));
								const told = `${state} ${act} ${who}`;
								expect(right?.ok === 1, told).toBe(decided.ok);
								if (decided.ok) expect(right?.state, told).toBe(decided.state);
								const late = ['assess', 'fail_assessment', 'note'].includes(act);
								if (!late) expect(asked(episodeOf(act, row) + 1)?.ok === 1, told).toBe(false);
							}
	} finally {
		db.close();
	}
});
