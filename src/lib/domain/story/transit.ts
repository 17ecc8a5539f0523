// Clamps what a classifier says of story events, promotes what was completed to memories, and lets expire what never began.
import type { World } from '../kernel/command.ts';
import type { EventDraft } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Table } from '../kernel/sql.ts';
import { cut, droppings, within, type Around, type Known } from './around.ts';
import type { Transitions } from './classifiers.ts';
import { memories } from './memories.ts';
import { passing, some, type Clamped } from './observe.ts';
import { scenes } from './scenes.ts';
import {
	eventCancelled,
	eventCompleted,
	eventExpired,
	eventPlanned,
	eventStarted,
	storyEvents,
	storyEventStatus,
	TERMINAL
} from './story-events.ts';
import { expiredBy, findStoryEvent, promotion } from './story-plans.ts';
import { clockOf, STORY_MAX_MINUTES, storyNow } from './story-now.ts';

/** How many plans of one answer are taken. */
const PLANS_MAX = 5;
/** With how many of what is open a new plan is compared, lest it is made twice. */
const OPEN_COMPARED = 200;
/** Nothing is planned further ahead than ten years. */
const AHEAD_MAX_MINUTES = 5_256_000;
/** The tables all of this reads. */
export const TRANSITS: readonly Table[] = [storyEvents, memories, scenes, storyNow];

const openRow = z.object({
	eventId: z.string(),
	title: z.string(),
	status: storyEventStatus,
	position: z.number()
});

type OpenEvent = z.output<typeof openRow>;

/** The last of what is planned or going on, at most `most` of each, in the order they were planned. */
const newestOpen = (read: Read, stream: string, status: 'planned' | 'active', most: number) =>
	read.all(
		openRow,
		sql`select event_id as eventId, title, status, position from ${storyEvents}
			where stream = ${stream} and status = ${status} order by position desc, event_id desc limit ${most}`
	);

/** The story events that are planned or going on, in the order they were planned; at most the last `most` of them. */
export const openEvents = (read: Read, stream: string, most: number): readonly OpenEvent[] =>
	// by turns, so that each is read by the index from its end
	[...newestOpen(read, stream, 'planned', most), ...newestOpen(read, stream, 'active', most)]
		.sort((a, b) => a.position - b.position)
		.slice(-most);

/**
 * What a turn planned, began, ended and called off; and what expires because the clock has passed it. `before`: what the
 * same answer says of the world, not yet written. `answer` null: the classifier failed, and the clock goes on all the same.
 */
export const transited = (
	read: Read,
	world: World,
	around: Around,
	answer: Transitions | null,
	known: Known,
	before: readonly EventDraft[] = []
): Clamped => {
	const { stream, turnId } = around;
	const of = { stream, anchor: turnId, cause: turnId };
	const left = droppings();
	const { list, drop } = left;
	const events: EventDraft[] = [];
	const minutes = Math.min(clockOf(read, stream).minutes + passing(before), STORY_MAX_MINUTES);
	/** What became of those it speaks of. */
	const moved = new Map<string, 'over' | 'active'>();

	/** The story event a handle stands for, while it is open. */
	const eventBy = (handle: string): ReturnType<typeof findStoryEvent> => {
		const eventId = Object.hasOwn(known, handle) ? known[handle] : undefined;
		const found = eventId === undefined ? null : findStoryEvent(read, stream, eventId);
		const event =
			found === null || TERMINAL.includes(found.status) || moved.get(found.eventId) === 'over' ? null : found;
		if (event === null) drop('event', eventId === undefined ? 'unknown' : 'over', handle);
		return event;
	};

	if (answer !== null) {
		// an end says more than a beginning: what was completed needs no start beside it
		for (const handle of some(left, 'event', answer.completed)) {
			const event = eventBy(handle);
			if (event === null) continue;
			moved.set(event.eventId, 'over');
			events.push(
				eventCompleted({ ...of, payload: { eventId: event.eventId, reason: '', witnesses: null } }),
				...promotion(read, world, { chat: around.chat, present: around.present, ...event }, of)
			);
		}
		for (const handle of some(left, 'event', answer.cancelled)) {
			const event = eventBy(handle);
			if (event === null) continue;
			moved.set(event.eventId, 'over');
			events.push(
				eventCancelled({ ...of, payload: { eventId: event.eventId, reason: '', witnesses: null } })
			);
		}
		for (const handle of some(left, 'event', answer.started)) {
			const event = eventBy(handle);
			if (event === null || event.status !== 'planned' || moved.has(event.eventId)) continue;
			moved.set(event.eventId, 'active');
			events.push(eventStarted({ ...of, payload: { eventId: event.eventId, reason: '', witnesses: null } }));
		}
		const titles = new Set(
			openEvents(read, stream, OPEN_COMPARED)
				.filter(({ eventId }) => moved.get(eventId) !== 'over')
				.map(({ title }) => title.toLowerCase())
		);
		let planned = 0;
		for (const plan of some(left, 'event', answer.planned)) {
			const title = cut(plan.title, 200);
			if (title === '' || titles.has(title.toLowerCase())) continue;
			if (planned >= PLANS_MAX) {
				drop('event', 'too-many', title);
				continue;
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
					payload: {
						eventId: world.newId(),
						kind: cut(plan.kind, 60),
						title,
						props: {},
						plannedFor,
						witnesses: null
					}
				})
			);
		}
	}
	// nobody sees that nothing came of it
	for (const { eventId } of expiredBy(read, stream, minutes))
		if (!moved.has(eventId))
			events.push(eventExpired({ ...of, payload: { eventId, reason: '', witnesses: [] } }));
	return { events, dropped: list };
};
