// Story events: what is planned in the story, and what becomes of it. Every step can be taken back by hand.
import { defineEvent } from '../kernel/event.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { id } from '../streams.ts';
import { besides, thoseThere, withoutWitnesses, witnesses, WITNESSED_BY } from './knowing.ts';
import { minutes, STORY_BEGINS_MINUTES, storyNow } from './story-now.ts';

/**
 * Moments are minutes of story time. `position` is the stream_seq of the event that planned it. `witnesses`: a JSON list of
 * those who know of it.
 */
export const storyEvents = defineTable(
	'story_events',
	`	stream text not null,
	event_id text not null,
	position integer not null,
	kind text not null,
	title text not null,
	props text not null,
	status text not null check (status in ('planned', 'active', 'completed', 'cancelled', 'expired')),
	planned_for integer,
	started_at integer,
	completed_at integer,
	turn_id text,
	witnesses text not null check (json_valid(witnesses)),
	primary key (stream, event_id)`,
	{
		indexes: { story_events_by_status: '(stream, status, position)' },
		told: { key: ['event_id'], name: 'title', values: ['status', 'started_at', 'completed_at'] }
	}
);

/**
 * Every transition that took place, with the status and the moments before it. `reverted_at`: the position of the event
 * that took it back by hand.
 */
export const storyEventSteps = defineTable(
	'story_event_steps',
	`	stream text not null,
	position integer not null,
	event_id text not null,
	before text not null,
	after text not null,
	started_before integer,
	completed_before integer,
	reason text not null,
	turn_id text,
	minutes integer not null,
	reverted_at integer,
	primary key (stream, position)`,
	// without the stream: the key begins with that, and SQLite would walk all steps of a chat by it
	{ indexes: { story_event_steps_by_event: '(event_id, position)' } }
);

export const storyEventStatus = z.enum(['planned', 'active', 'completed', 'cancelled', 'expired']);

type StoryEventStatus = z.output<typeof storyEventStatus>;

/** A status that nothing but a person's hand leaves again. */
export const TERMINAL: readonly StoryEventStatus[] = ['completed', 'cancelled', 'expired'];

/** What a story event is called. */
export const eventTitle = z
	.string()
	.max(200)
	.refine((value) => value.trim() !== '', { error: 'is empty', params: { problem: 'required' } });

/** Why it went on; empty where nobody said. */
export const eventReason = z.string().max(500);

/** What sort of thing it is, in free words. */
export const storyEventKind = z.string().max(60);

/** What else is known of it, in the player's or the model's words. */
export const props = z
	.record(z.string().max(60), z.string().max(200))
	.refine((value) => Object.keys(value).length <= 12, {
		error: 'are too many',
		params: { problem: 'too_big' }
	});

export const eventPlanned = defineEvent({
	kind: 'event_planned',
	payload: z.object({
		eventId: id,
		kind: storyEventKind,
		title: eventTitle,
		props,
		plannedFor: minutes.nullable(),
		witnesses
	}),
	upcasts: [withoutWitnesses],
	writes: [storyEvents],
	reads: WITNESSED_BY,
	named: ({ title }) => title,
	project: ({ stream, streamSeq, anchor, cause, payload: plan }) => [
		sql`insert into ${storyEvents} (stream, event_id, position, kind, title, props, status, planned_for, started_at,
				completed_at, turn_id, witnesses)
			values (${stream}, ${plan.eventId}, ${streamSeq}, ${plan.kind}, ${plan.title}, ${JSON.stringify(plan.props)},
				'planned', ${plan.plannedFor}, null, null, ${cause}, ${thoseThere(stream, anchor, plan)})`
	]
});

const storyEventRow = (stream: string, eventId: string) =>
	sql`select 1 from ${storyEvents} where stream = ${stream} and event_id = ${eventId}`;

/** A person tells otherwise what it is, or when it is to be. */
export const eventReplanned = defineEvent({
	kind: 'event_replanned',
	payload: z.object({
		eventId: id,
		kind: storyEventKind,
		title: eventTitle,
		plannedFor: minutes.nullable()
	}),
	upcasts: [],
	writes: [storyEvents],
	named: ({ title }) => title,
	about: ({ stream, payload }) => storyEventRow(stream, payload.eventId),
	project: ({ stream, payload: plan }) => [
		sql`update ${storyEvents} set kind = ${plan.kind}, title = ${plan.title}, planned_for = ${plan.plannedFor}
			where stream = ${stream} and event_id = ${plan.eventId}`
	]
});

const minutesNow = (stream: string) =>
	sql`coalesce((select minutes from ${storyNow} where stream = ${stream}), ${STORY_BEGINS_MINUTES})`;

/** A status a story event moves on to. */
export const forwardStatus = storyEventStatus.exclude(['planned']);

/** A transition forward: it leaves a terminal status alone, and an event that is not there. */
const defineForward = <const K extends string>(kind: K, after: z.output<typeof forwardStatus>) =>
	defineEvent({
		kind,
		payload: z.object({ eventId: id, reason: eventReason, witnesses }),
		upcasts: [withoutWitnesses],
		writes: [storyEvents, storyEventSteps],
		reads: [storyNow, ...WITNESSED_BY],
		named: ({ reason: why }) => why,
		about: ({ stream, payload }) => storyEventRow(stream, payload.eventId),
		project: ({ stream, streamSeq, anchor, cause, payload: { eventId, reason: why, ...step } }) => [
			sql`insert into ${storyEventSteps} (stream, position, event_id, before, after, started_before, completed_before,
					reason, turn_id, minutes, reverted_at)
				select stream, ${streamSeq}, event_id, status, ${after}, started_at, completed_at, ${why}, ${cause},
					${minutesNow(stream)}, null
				from ${storyEvents}
				where stream = ${stream} and event_id = ${eventId} and status in ('planned', 'active') and status <> ${after}`,
			// the row is as the step found it, so that the same condition holds for both or for neither
			sql`update ${storyEvents} set status = ${after},
					started_at = case ${after} when 'active' then ${minutesNow(stream)} else started_at end,
					completed_at = case ${after} when 'completed' then ${minutesNow(stream)} else completed_at end,
					witnesses = ${besides(thoseThere(stream, anchor, step))}
				where stream = ${stream} and event_id = ${eventId} and status in ('planned', 'active') and status <> ${after}`
		]
	});

export const eventStarted = defineForward('event_started', 'active');
export const eventCompleted = defineForward('event_completed', 'completed');
export const eventCancelled = defineForward('event_cancelled', 'cancelled');
export const eventExpired = defineForward('event_expired', 'expired');

/**
 * A person takes the last step back by hand, whatever the status is now. The moments are again what they were before
 * that step; where no step is known that began at this status, what can not have been yet is emptied.
 */
export const eventStatusReverted = defineEvent({
	kind: 'event_status_reverted',
	payload: z.object({ eventId: id, priorStatus: storyEventStatus }),
	upcasts: [],
	writes: [storyEvents, storyEventSteps],
	about: ({ stream, payload }) => storyEventRow(stream, payload.eventId),
	project: ({ stream, streamSeq, payload: { eventId, priorStatus } }) => [
		sql`update ${storyEvents} set status = ${priorStatus},
				started_at = case when ${priorStatus} = 'planned' then null else started_at end,
				completed_at = case when ${priorStatus} in ('planned', 'active') then null else completed_at end
			where stream = ${stream} and event_id = ${eventId}`,
		sql`update ${storyEvents} as e set started_at = s.started_before, completed_at = s.completed_before
			from ${storyEventSteps} s
			where e.stream = ${stream} and e.event_id = ${eventId} and s.stream = e.stream and s.before = ${priorStatus}
				and s.position = (select max(position) from ${storyEventSteps}
					where +stream = ${stream} and event_id = ${eventId} and reverted_at is null)`,
		sql`update ${storyEventSteps} set reverted_at = ${streamSeq}
			where stream = ${stream} and position = (select max(position) from ${storyEventSteps}
				where +stream = ${stream} and event_id = ${eventId} and reverted_at is null)`
	]
});

/** The transition that leads to a status. */
export const FORWARD = {
	active: eventStarted,
	completed: eventCompleted,
	cancelled: eventCancelled,
	expired: eventExpired
} as const;
