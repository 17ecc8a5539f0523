// Clamps what a classifier says of story events, promotes what was completed to memories, and lets expire what never began.
import type { World } from '../kernel/command.ts';
import type { EventDraft } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Table } from '../kernel/sql.ts';
import { cut, droppings, entityOf, within, type Around, type Known } from './around.ts';
import type { Transitions } from './classifiers.ts';
import { memories, memoryWritten } from './memories.ts';
import { OBSERVED, passing, type Clamped } from './observe.ts';
import { openScene, scenes } from './scenes.ts';
import {
	eventCancelled,
	eventCompleted,
	eventExpired,
	eventPlanned,
	eventStarted,
	storyEvents,
	storyEventStatus
} from './story-events.ts';
import { clockOf, STORY_MAX_MINUTES, storyNow } from './story-now.ts';

/** How many plans of one answer are taken. */
const PLANS_MAX = 5;
/** Nothing is planned further ahead than ten years. */
const AHEAD_MAX_MINUTES = 5_256_000;
/** A planned story event that did not begin until so long after its time never does. */
export const EXPIRES_AFTER_MINUTES = 24 * 60;

/** The tables all of this reads. */
export const TRANSITS: readonly Table[] = [storyEvents, memories, scenes, storyNow];

const openRow = z.object({
	eventId: z.string(),
	title: z.string(),
	status: storyEventStatus,
	plannedFor: z.number().nullable()
});

type OpenEvent = z.output<typeof openRow>;

/** The story events that are planned or going on, in the order they were planned. */
export const openEventsOf = (read: Read, stream: string): OpenEvent[] =>
	read.all(
		openRow,
		sql`select event_id as eventId, title, status, planned_for as plannedFor from ${storyEvents}
			where stream = ${stream} and status in ('planned', 'active') order by position, event_id`
	);

/** A memory of significance 2 for everybody who was there, once per story event. */
const promoted = (
	read: Read,
	world: Pick<World, 'newId'>,
	around: Around,
	event: OpenEvent,
	minutes: number
): readonly EventDraft[] => {
	const { stream, turnId, present, chat } = around;
	const lives = read.one(
		z.object({ n: z.number() }),
		sql`select 1 as n from ${memories} where stream = ${stream} and source_id = ${event.eventId}
			and source_kind = 'story_event' limit 1`
	);
	if (lives !== null) return [];
	const sceneId = around.meanwhileId ?? openScene(read, stream)?.sceneId ?? null;
	return (['you', 'host', 'guest'] as const).flatMap((who) => {
		const owner = entityOf(around, who);
		if (owner === null || !present[who]) return [];
		return [
			memoryWritten({
				stream,
				anchor: turnId,
				cause: turnId,
				payload: {
					memoryId: world.newId(),
					owner,
					text: event.title,
					significance: 2,
					witness: { ...present },
					guestId: present.guest ? chat.guestId : null,
					sceneId,
					minutes,
					source: { kind: 'story_event', id: event.eventId }
				}
			})
		];
	});
};

/**
 * What a turn planned, began, ended and called off; and what expires because the clock has passed it. `before`: what the
 * same answer says of the world, not yet written. `answer` null: the classifier failed, and the clock goes on all the same.
 */
export const transited = (
	read: Read,
	world: Pick<World, 'newId'>,
	around: Around,
	answer: Transitions | null,
	known: Known,
	before: readonly EventDraft[] = []
): Clamped => {
	const { stream, turnId } = around;
	const of = { stream, anchor: turnId, cause: turnId };
	const { list, drop } = droppings();
	const events: EventDraft[] = [];
	const minutes = Math.min(clockOf(read, stream).minutes + passing(before), STORY_MAX_MINUTES);
	const open = new Map(openEventsOf(read, stream).map((event) => [event.eventId, event]));
	const some = <T>(entries: readonly T[]): readonly T[] => entries.slice(0, OBSERVED.entries);

	/** The story event a handle stands for, while it is open. */
	const eventBy = (handle: string): OpenEvent | null => {
		const eventId = Object.hasOwn(known, handle) ? known[handle] : undefined;
		const event = eventId === undefined ? undefined : open.get(eventId);
		if (event === undefined) drop('event', eventId === undefined ? 'unknown' : 'over', handle);
		return event ?? null;
	};

	if (answer !== null) {
		// an end says more than a beginning: what was completed needs no start beside it
		for (const handle of some(answer.completed)) {
			const event = eventBy(handle);
			if (event === null) continue;
			open.delete(event.eventId);
			events.push(
				eventCompleted({ ...of, payload: { eventId: event.eventId, reason: '' } }),
				...promoted(read, world, around, event, minutes)
			);
		}
		for (const handle of some(answer.cancelled)) {
			const event = eventBy(handle);
			if (event === null) continue;
			open.delete(event.eventId);
			events.push(eventCancelled({ ...of, payload: { eventId: event.eventId, reason: '' } }));
		}
		for (const handle of some(answer.started)) {
			const event = eventBy(handle);
			if (event === null || event.status !== 'planned') continue;
			open.set(event.eventId, { ...event, status: 'active' });
			events.push(eventStarted({ ...of, payload: { eventId: event.eventId, reason: '' } }));
		}
		const titles = new Set([...open.values()].map(({ title }) => title.toLowerCase()));
		let planned = 0;
		for (const plan of some(answer.planned)) {
			const title = cut(plan.title, 200);
			if (title === '' || titles.has(title.toLowerCase())) continue;
			if (planned >= PLANS_MAX) {
				drop('event', 'too-many', title);
				break;
			}
			titles.add(title.toLowerCase());
			planned += 1;
			const plannedFor =
				plan.in_minutes === null
					? null
					: Math.min(minutes + within(plan.in_minutes, 0, AHEAD_MAX_MINUTES), STORY_MAX_MINUTES);
			events.push(
				eventPlanned({
					...of,
					payload: { eventId: world.newId(), kind: cut(plan.kind, 60), title, props: {}, plannedFor }
				})
			);
		}
	}
	for (const { eventId, status, plannedFor } of open.values())
		if (status === 'planned' && plannedFor !== null && plannedFor + EXPIRES_AFTER_MINUTES < minutes)
			events.push(eventExpired({ ...of, payload: { eventId, reason: '' } }));
	return { events, dropped: list };
};
