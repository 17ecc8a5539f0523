// What time alone makes of a hand-off: overdue, stale, awake again. Never stored: told from a row and the moment.
import { sql, type Statement } from '../kernel/sql.ts';
import { turns } from '../story/turns.ts';
import { chatStream, handoffStream } from '../streams.ts';
import { handoffHistory, type Handoff } from './handoffs.ts';
import type { State } from './life-cycle.ts';
import { PICK_UP_WITHIN_MS, pickUpWithin } from './priority.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How long an owner may do nothing before others may take over, in minutes: as it is set, and between what. */
export const STALE_MINUTES = { usual: 30, least: 5, most: 4 * 24 * 60 } as const;

/** After that nobody is alerted any more, whatever state it is in: what nobody minded for a week is no alarm. */
const ALERTS_END_MS = 7 * DAY_MS;

type Timed = Pick<Handoff, 'state' | 'snoozedUntil' | 'priority' | 'queuedAt' | 'activeAt' | 'raisedAt'>;

/** The state as it is at a moment: one that slept long enough is open again without anybody doing anything. */
export const effectiveState = (row: Pick<Timed, 'state' | 'snoozedUntil'>, now: number): State =>
	row.state === 'snoozed' && (row.snoozedUntil ?? 0) <= now ? 'open' : row.state;

/** Since when it waits to be picked up: since it was raised or returned, or since it woke. */
export const waitsSince = (row: Timed): number =>
	row.state === 'snoozed' ? Math.max(row.queuedAt, row.snoozedUntil ?? 0) : row.queuedAt;

/** When somebody should have picked it up; null while it does not wait. */
export const dueAt = (row: Timed, now: number): number | null =>
	effectiveState(row, now) === 'open' ? waitsSince(row) + pickUpWithin(row.priority) : null;

/** When its claim goes stale unless its owner does something; null while nobody holds it. */
export const staleAt = (row: Pick<Timed, 'state' | 'activeAt'>, staleMinutes: number): number | null =>
	row.state === 'claimed' ? row.activeAt + staleMinutes * MINUTE_MS : null;

export const isStale = (
	row: Pick<Timed, 'state' | 'activeAt'>,
	staleMinutes: number,
	now: number
): boolean => {
	const at = staleAt(row, staleMinutes);
	return at !== null && at <= now;
};

/** Whether anybody may be alerted of it: it waits, and has not done so for ever. */
export const mayAlert = (row: Timed, now: number): boolean =>
	effectiveState(row, now) === 'open' && waitsSince(row) + ALERTS_END_MS > now;

/**
 * When a sleeper wakes: when its time has come, or when a person says something in its chat before that, for whoever put it to
 * sleep did not know it. What is said and rewound was not said. Null for what does not sleep.
 */
const WAKES_AT = sql`case when state = 'snoozed' then min(snoozed_until, coalesce(
	(select min(t.at) from ${turns} t where t.stream = ${chatStream('')} || chat_id and t.role = 'user'
		and t.at > (select max(s.at) from ${handoffHistory} s
			where s.stream = ${handoffStream('')} || handoff_id and s.kind = 'handoff_snoozed' and s.void = 0)),
	snoozed_until)) end`;

/** What {@link rowsThat} reads beside the rows it is about. */
export const TIMERS_READ = [turns, handoffHistory] as const;

const WAIT_SINCE = sql`max(queued_at, coalesce(${WAKES_AT}, 0))`;

/** The same as conditions on rows of hand-offs, for queries that must not read every one. */
export const rowsThat = {
	wait: (now: number): Statement => sql`(state = 'open' or (state = 'snoozed' and ${WAKES_AT} <= ${now}))`,
	sleep: (now: number): Statement => sql`(state = 'snoozed' and ${WAKES_AT} > ${now})`,
	wakeAt: WAKES_AT,
	waitSince: WAIT_SINCE,
	dueAt: sql`(${WAIT_SINCE} + json_extract(${JSON.stringify(PICK_UP_WITHIN_MS)}, '$.' || '"' || priority || '"'))`,
	areOverdue: (now: number): Statement => sql`(${rowsThat.wait(now)} and ${rowsThat.dueAt} <= ${now})`,
	mayAlert: (now: number): Statement =>
		sql`(${rowsThat.wait(now)} and ${rowsThat.waitSince} > ${now - ALERTS_END_MS})`
} as const;
