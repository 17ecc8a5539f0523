// Alerts: which hand-offs somebody may be told of, once each and once more when overdue, never after somebody picked them up.
import { decided, defineCommand } from '../kernel/command.ts';
import { eventLog } from '../kernel/log.ts';
import { defineQuery } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { actingAs, members } from '../library/members.ts';
import { id } from '../streams.ts';
import { handoffHistory, handoffs } from './handoffs.ts';
import { rowsThat, TIMERS_READ } from './timers.ts';

/**
 * Events somebody on this device was told of, and when last. The id is the event's, so that no reload and no second tab tells it
 * again.
 */
export const alertsTold = defineTable(
	'alerts_told',
	`	event_id text not null primary key,
	at integer not null`,
	{ role: 'workspace' }
);

const ALERTS_MAX = 50;

/**
 * What is to be told now to whoever watches the queue: each hand-off that waits, by the event that put it there, unless that
 * was told; and once more when nobody picked it up in time. Asked again at the moment an alert fires, it is the check that nobody has it by now. That somebody
 * raised or reopened it is no news to them; that it wakes, or that nobody came, is.
 */
export const alerts = defineQuery({
	name: 'alerts',
	input: z.object({ actor: id, now: z.number().int() }),
	reads: [members, handoffs, alertsTold, eventLog, ...TIMERS_READ],
	answer: (read, { actor: memberId, now }) => {
		const actor = actingAs(read, memberId);
		if (actor === null || actor.role === 'member') return [];
		return read.all(
			z.object({
				eventId: z.string(),
				handoffId: z.string(),
				title: z.string(),
				priority: z.number(),
				overdue: z.number().transform(Boolean)
			}),
			sql`select e.event_id as eventId, h.handoff_id as handoffId, h.title, h.priority,
					${rowsThat.areOverdue(now)} as overdue
				from ${handoffs} h
				join ${handoffHistory} y on y.stream = h.stream and y.version = (select max(version) from ${handoffHistory}
					where stream = h.stream and void = 0
						and kind in ('handoff_raised', 'handoff_reopened', 'handoff_snoozed'))
				join ${eventLog} e on e.stream = y.stream and e.stream_seq = y.version
				where ${rowsThat.mayAlert(now)}
					and (y.actor_id <> ${memberId} or y.kind = 'handoff_snoozed' or ${rowsThat.areOverdue(now)})
					and not exists (select 1 from ${alertsTold} a where a.event_id = e.event_id
						and (a.at >= ${rowsThat.dueAt} or not ${rowsThat.areOverdue(now)}))
				order by h.priority, h.queued_at, h.handoff_id limit ${ALERTS_MAX}`
		);
	}
});

/** Somebody was told: these are not told again on this device, but when they become overdue. `at`: by the teller's clock. */
export const tellAlerts = defineCommand({
	name: 'tell_alerts',
	input: z.object({
		eventIds: z.array(id).min(1).max(ALERTS_MAX),
		at: z.number().int().nullable().default(null)
	}),
	notes: [alertsTold],
	repeatable: true,
	decide: ({ eventIds, at }, _, world) =>
		decided({
			notes: eventIds.map(
				(eventId) =>
					sql`insert into ${alertsTold} (event_id, at) values (${eventId}, ${at ?? world.now})
						on conflict (event_id) do update set at = max(at, excluded.at)`
			),
			value: { told: eventIds.length }
		})
});
