// The queue: which hand-offs are where for whom, said in one place, and the cards that are shown of them, a page at a time.
import { defineQuery, type Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Statement } from '../kernel/sql.ts';
import { actingAs, members, type Actor } from '../library/members.ts';
import { LIBRARY, handoffStream, id } from '../streams.ts';
import { assessmentJobOf, assessmentJobs } from './assessment-jobs.ts';
import {
	handoffAssessments,
	handoffHistory,
	handoffNotes,
	handoffs,
	handoffsWhere,
	type Handoff
} from './handoffs.ts';
import { pickedUpTwice } from './pick-up-twice.ts';
import { deskSettings, deskSettingsNow } from './settings.ts';
import { dueAt, effectiveState, rowsThat, staleAt, TIMERS_READ, waitsSince } from './timers.ts';

/**
 * `waiting`: nobody has it, or who has it is at the desk no more. `mine`: the actor holds it. `held`: somebody does.
 * `snoozed`, `with_ai`: as they say. `over`: resolved or withdrawn. `raised`: by the actor, wherever it is. `all`: every one.
 */
export const queueFilter = z.enum(['waiting', 'mine', 'held', 'snoozed', 'with_ai', 'over', 'raised', 'all']);

export type QueueFilter = z.output<typeof queueFilter>;

/** Who holds it worked at this desk and does no more. Who never did is at another one: they sent a file of what they did. */
const leftTheDesk = sql`owner in (select member_id from ${members}
	where stream = ${LIBRARY} and (retired = 1 or role = 'member'))`;

/** What puts a hand-off where; a plain member sees only what they raised. */
const belongs = (filter: QueueFilter, { memberId, role }: Actor, now: number): Statement => {
	// whoever raised it again, who did before sees how it goes on
	const raised = sql`(raised_by = ${memberId} or stream in (select stream from ${handoffHistory}
		where actor_id = ${memberId} and kind = 'handoff_raised' and void = 0))`;
	const places: Readonly<Record<QueueFilter, Statement>> = {
		waiting: sql`(${rowsThat.wait(now)} or (state = 'claimed' and ${leftTheDesk}))`,
		mine: sql`owner = ${memberId}`,
		held: sql`state = 'claimed' and not ${leftTheDesk}`,
		snoozed: rowsThat.sleep(now),
		with_ai: sql`state = 'with_ai'`,
		over: sql`state in ('resolved', 'withdrawn')`,
		raised,
		all: sql`true`
	};
	return role === 'member' ? sql`${places[filter]} and ${raised}` : places[filter];
};

const count = (read: Read, where: Statement): number =>
	read.one(z.object({ n: z.number() }), sql`select count(*) as n from ${handoffs} where ${where}`)?.n ?? 0;

const newestAssessment = z.object({ number: z.number(), statements: z.number(), traced: z.number() });

/** A hand-off as it stands at a moment, and what a card says of it. */
const cardOf = (read: Read, row: Handoff, now: number, staleMinutes: number) => {
	const stream = handoffStream(row.handoffId);
	return {
		handoffId: row.handoffId,
		chatId: row.chatId,
		chatKind: row.chatKind,
		title: row.title,
		requester: row.requester,
		tags: row.tags,
		intent: row.intent,
		reason: row.reason,
		note: row.note,
		priority: row.priority,
		state: effectiveState(row, now),
		episode: row.episode,
		raisedBy: { memberId: row.raisedBy, name: row.raisedByName },
		raisedAt: row.raisedAt,
		waitsSince: waitsSince(row),
		/** When somebody should have picked it up; null while it does not wait. */
		dueAt: dueAt(row, now),
		/** Who holds it; `gone`: they are at the desk no more, and anybody may take over. */
		owner: row.owner === null ? null : { ...row.owner, gone: isOwnerGone(read, row) },
		/** Two people claimed it, and their files met: who has it, and who had it too. */
		pickedUpTwice: pickedUpTwice(read, row),
		claimedAt: row.claimedAt,
		staleAt: staleAt(row, staleMinutes),
		snoozedUntil: row.state === 'snoozed' ? row.snoozedUntil : null,
		notes:
			read.one(
				z.object({ n: z.number() }),
				sql`select count(*) as n from ${handoffNotes} where stream = ${stream}`
			)?.n ?? 0,
		/** The newest assessment; null while there is none. */
		assessment: read.one(
			newestAssessment,
			sql`select number, statements, traced from ${handoffAssessments}
				where stream = ${stream} order by number desc limit 1`
		),
		assessmentFailed: row.assessmentFailed,
		/** A model is at it now, or will be in a moment. */
		assessing: assessmentJobOf(read, row.handoffId)?.state === 'open',
		endedAt: row.endedAt,
		endedCode: row.endedCode
	};
};

/** Who holds it worked at this desk and does no more. */
export const isOwnerGone = (read: Read, { owner }: Pick<Handoff, 'owner'>): boolean =>
	owner !== null &&
	read.one(
		z.object({ one: z.number() }),
		sql`select 1 as one from ${members} where stream = ${LIBRARY} and member_id = ${owner.memberId}
			and (retired = 1 or role = 'member')`
	) !== null;

export type Card = ReturnType<typeof cardOf>;

/**
 * One page of cards, the most pressing first, then the one that waits longest. `now` is the asker's moment: what slept wakes
 * by it. Nothing for an actor who is no member.
 */
export const queue = defineQuery({
	name: 'queue',
	input: z.object({
		actor: id,
		filter: queueFilter.default('waiting'),
		now: z.number().int(),
		offset: z.number().int().min(0).default(0),
		limit: z.number().int().min(1).max(200).default(50)
	}),
	reads: [members, handoffs, handoffNotes, handoffAssessments, assessmentJobs, deskSettings, ...TIMERS_READ],
	answer: (read, { actor: memberId, filter, now, offset, limit }) => {
		const actor = actingAs(read, memberId);
		if (actor === null) return { cards: [] as Card[], total: 0, wakesAt: null as number | null };
		const where = belongs(filter, actor, now);
		const { staleMinutes } = deskSettingsNow(read);
		return {
			cards: handoffsWhere(
				read,
				sql`where ${where} order by priority, ${rowsThat.waitSince}, handoff_id limit ${limit} offset ${offset}`,
				rowsThat.wakeAt
			).map((row) => cardOf(read, row, now, staleMinutes)),
			total: count(read, where),
			/** When the next sleeper wakes: until then the answer is the same if nothing is done. */
			wakesAt:
				read.one(
					z.object({ at: z.number().nullable() }),
					sql`select min(${rowsThat.wakeAt}) as at from ${handoffs} where ${rowsThat.sleep(now)}`
				)?.at ?? null
		};
	}
});

/** How many hand-offs are where, for titles and badges; and how long the oldest has waited. */
export const queueCounts = defineQuery({
	name: 'queue_counts',
	input: z.object({ actor: id, now: z.number().int() }),
	reads: [members, handoffs, deskSettings, ...TIMERS_READ],
	answer: (read, { actor: memberId, now }) => {
		const actor = actingAs(read, memberId);
		const none = { waiting: 0, mine: 0, held: 0, snoozed: 0, overdue: 0, stale: 0 };
		if (actor === null) return { ...none, oldestSince: null as number | null };
		const of = (filter: QueueFilter) => belongs(filter, actor, now);
		const { staleMinutes } = deskSettingsNow(read);
		return {
			waiting: count(read, of('waiting')),
			mine: count(read, of('mine')),
			held: count(read, of('held')),
			snoozed: count(read, of('snoozed')),
			overdue: count(read, sql`${of('waiting')} and ${rowsThat.areOverdue(now)}`),
			stale: count(read, sql`${of('held')} and active_at <= ${now - staleMinutes * 60_000}`),
			oldestSince:
				read.one(
					z.object({ at: z.number().nullable() }),
					sql`select min(${rowsThat.waitSince}) as at from ${handoffs} where ${of('waiting')}`
				)?.at ?? null
		};
	}
});
