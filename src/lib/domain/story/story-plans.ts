// Story events by hand: planned, moved on, taken a step back; what completing one leaves behind; and all of them listed.
import { decided, defineCommand, type World } from '../kernel/command.ts';
import type { EventDraft } from '../kernel/event.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { activities, presentWith } from './activity.ts';
import { chats, findChat, type Chat } from './chats.ts';
import { BY_HAND, byHand } from './knowing.ts';
import { memories, memoryForgotten, memoryWritten } from './memories.ts';
import { openScene, scenes } from './scenes.ts';
import {
	eventPlanned,
	eventReason,
	eventReplanned,
	eventStatusReverted,
	eventTitle,
	FORWARD,
	forwardStatus,
	props,
	storyEventKind,
	storyEvents,
	storyEventStatus,
	storyEventSteps,
	TERMINAL
} from './story-events.ts';
import { clockOf, minutes, storyNow } from './story-now.ts';
import { newestTurnId, turns, type Present } from './turns.ts';

/** How long after its time a plan may still begin, in minutes of story time. */
export const GRACE_MINUTES = 24 * 60;

const foundRow = z.object({ eventId: z.string(), title: z.string(), status: storyEventStatus });

/** A story event of a chat; null when there is none of that id. */
export const findStoryEvent = (read: Read, stream: string, eventId: string) =>
	read.one(
		foundRow,
		sql`select event_id as eventId, title, status from ${storyEvents}
			where stream = ${stream} and event_id = ${eventId}`
	);

/** The plans whose time is over at a moment: they were not begun, and the grace has passed. Oldest first. */
export const expiredBy = (read: Read, stream: string, now: number) =>
	read.all(
		foundRow,
		sql`select event_id as eventId, title, status from ${storyEvents}
			where stream = ${stream} and status = 'planned' and planned_for + ${GRACE_MINUTES} < ${now} order by position`
	);

/** Ids of the memories a story event became that are not forgotten. */
const promoted = (read: Read, stream: string, eventId: string): readonly string[] =>
	read
		.all(
			z.object({ memoryId: z.string() }),
			sql`select memory_id as memoryId from ${memories}
				where stream = ${stream} and source_id = ${eventId} and source_kind = 'story_event' and forgotten = 0
				order by position`
		)
		.map(({ memoryId }) => memoryId);

/**
 * What completing a story event leaves behind: an important memory for each who was there, once, and none as long as one of
 * an earlier completion lives. For the command that completes it, in one batch with that. Reads memories, scenes, story_now.
 */
export const promotion = (
	read: Read,
	world: World,
	{ chat, present, eventId, title }: { chat: Chat; present: Present; eventId: string; title: string },
	{ anchor, cause }: { anchor: string | null; cause: string | null }
): readonly EventDraft[] => {
	const stream = chatStream(chat.chatId);
	if (promoted(read, stream, eventId).length > 0) return [];
	const guestId = present.guest ? chat.guestId : null;
	const witness = { ...present, guest: guestId !== null };
	const owners = [...(present.you ? ['you' as const] : []), ...(present.host ? [chat.hostId] : []), guestId];
	const { minutes: now } = clockOf(read, stream);
	const sceneId = openScene(read, stream)?.sceneId ?? null;
	return owners
		.filter((owner) => owner !== null)
		.map((owner) =>
			memoryWritten({
				stream,
				anchor,
				cause,
				payload: {
					memoryId: world.newId(),
					owner,
					text: title,
					significance: 2,
					witness,
					guestId,
					sceneId,
					minutes: now,
					source: { kind: 'story_event', id: eventId }
				}
			})
		);
};

export const planEvent = defineCommand({
	name: 'plan_event',
	input: z.object({
		chatId: id,
		title: eventTitle,
		kind: storyEventKind.default(''),
		props: props.default({}),
		plannedFor: minutes.nullable().default(null)
	}),
	reads: [chats, turns, ...BY_HAND],
	decide: ({ chatId, ...plan }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const eventId = world.newId();
		const payload = { eventId, ...plan, witnesses: [...byHand(read, chat)] };
		return decided({
			events: [eventPlanned({ stream, anchor: newestTurnId(read, stream), payload })],
			value: { eventId }
		});
	}
});

/** Tells otherwise what a story event is called, what kind of thing it is, and when it is to be. */
export const replanEvent = defineCommand({
	name: 'replan_event',
	input: z.object({
		chatId: id,
		eventId: id,
		title: eventTitle,
		kind: storyEventKind,
		plannedFor: minutes.nullable()
	}),
	reads: [turns, storyEvents],
	decide: ({ chatId, eventId, ...plan }, read) => {
		const stream = chatStream(chatId);
		const before = read.one(
			z.object({ title: z.string(), kind: z.string(), plannedFor: z.number().nullable() }),
			sql`select title, kind, planned_for as plannedFor from ${storyEvents}
				where stream = ${stream} and event_id = ${eventId}`
		);
		if (before === null) return refuse({ type: 'story_event_unknown', chatId, eventId });
		const same =
			before.title === plan.title && before.kind === plan.kind && before.plannedFor === plan.plannedFor;
		return decided({
			events: same
				? []
				: [eventReplanned({ stream, anchor: newestTurnId(read, stream), payload: { eventId, ...plan } })],
			value: { eventId }
		});
	}
});

/** Moves a story event on. Completed, it is remembered by who is with the host now. */
export const moveEvent = defineCommand({
	name: 'move_event',
	input: z.object({ chatId: id, eventId: id, to: forwardStatus, reason: eventReason.default('') }),
	reads: [...new Set([chats, turns, storyEvents, memories, scenes, activities, storyNow, ...BY_HAND])],
	decide: ({ chatId, eventId, to, reason }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const found = findStoryEvent(read, stream, eventId);
		if (found === null) return refuse({ type: 'story_event_unknown', chatId, eventId });
		const { title, status } = found;
		if (TERMINAL.includes(status)) return refuse({ type: 'story_event_over', chatId, eventId, status });
		if (status === to) return decided({ value: { eventId } });
		const anchor = newestTurnId(read, stream);
		const witnesses = [...byHand(read, chat)];
		const moved = FORWARD[to]({ stream, anchor, payload: { eventId, reason, witnesses } });
		const present = presentWith(read, chat, chat.hostId);
		return decided({
			events:
				to === 'completed'
					? [moved, ...promotion(read, world, { chat, present, eventId, title }, { anchor, cause: null })]
					: [moved],
			value: { eventId }
		});
	}
});

const stepRow = z.object({ before: storyEventStatus, after: storyEventStatus });

/** The last step of a story event that was not taken back by hand. */
const lastStep = (read: Read, stream: string, eventId: string) =>
	read.one(
		stepRow,
		sql`select before, after from ${storyEventSteps}
			where +stream = ${stream} and event_id = ${eventId} and reverted_at is null order by position desc limit 1`
	);

/** Takes the last step of a story event back by hand. What it was remembered by when it was completed is forgotten. */
export const revertEvent = defineCommand({
	name: 'revert_event',
	input: z.object({ chatId: id, eventId: id }),
	reads: [turns, storyEvents, storyEventSteps, memories],
	decide: ({ chatId, eventId }, read) => {
		const stream = chatStream(chatId);
		if (findStoryEvent(read, stream, eventId) === null)
			return refuse({ type: 'story_event_unknown', chatId, eventId });
		const step = lastStep(read, stream, eventId);
		if (step === null) return refuse({ type: 'nothing_to_revert', chatId, eventId });
		const anchor = newestTurnId(read, stream);
		const forgotten = step.after === 'completed' ? promoted(read, stream, eventId) : [];
		return decided({
			events: [
				eventStatusReverted({ stream, anchor, payload: { eventId, priorStatus: step.before } }),
				...forgotten.map((memoryId) => memoryForgotten({ stream, anchor, payload: { memoryId } }))
			],
			value: { eventId, status: step.before }
		});
	}
});

const listedRow = z.object({
	eventId: z.string(),
	position: z.number(),
	kind: z.string(),
	title: z.string(),
	props: z.string().transform((json) => props.parse(JSON.parse(json))),
	status: storyEventStatus,
	plannedFor: z.number().nullable(),
	startedAt: z.number().nullable(),
	completedAt: z.number().nullable(),
	turnId: z.string().nullable(),
	/** It can be taken a step back. */
	steps: z.number(),
	/** Of its last step: why, empty where nobody said, and when; null before it went on at all. */
	reason: z
		.string()
		.nullable()
		.transform((words) => words ?? ''),
	movedAt: z.number().nullable()
});

/** How many are listed of each status, the last planned; the rest are counted. */
const LISTED_MAX = 100;

/**
 * The story events of a chat: those that are planned or under way, in the order they were planned in, and by status those
 * that are over, the last planned first; `open` and the counts are of all. `steps`: how many can be taken back.
 */
export const storyEventList = defineQuery({
	name: 'story_events',
	input: z.object({ chatId: id }),
	reads: [storyEvents, storyEventSteps],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId }) => {
		const stream = chatStream(chatId);
		const last = sql`from ${storyEventSteps} s
			where +s.stream = e.stream and s.event_id = e.event_id and s.reverted_at is null
			order by s.position desc limit 1`;
		const columns = sql`e.event_id as eventId, e.position, e.kind, e.title, e.props, e.status, e.planned_for as plannedFor,
			e.started_at as startedAt, e.completed_at as completedAt, e.turn_id as turnId,
			(select count(*) from ${storyEventSteps} s
				where +s.stream = e.stream and s.event_id = e.event_id and s.reverted_at is null) as steps,
			(select s.reason ${last}) as reason, (select s.minutes ${last}) as movedAt`;
		const newest = (status: z.output<typeof storyEventStatus>) => ({
			count:
				read.one(
					z.object({ n: z.number() }),
					sql`select count(*) as n from ${storyEvents} where stream = ${stream} and status = ${status}`
				)?.n ?? 0,
			events: read.all(
				listedRow,
				sql`select ${columns} from ${storyEvents} e where e.stream = ${stream} and e.status = ${status}
					order by e.position desc limit ${LISTED_MAX}`
			)
		});
		const planned = newest('planned');
		const active = newest('active');
		return {
			open: planned.count + active.count,
			active: [...planned.events, ...active.events].sort((a, b) => a.position - b.position),
			completed: newest('completed'),
			cancelled: newest('cancelled'),
			expired: newest('expired')
		};
	}
});
