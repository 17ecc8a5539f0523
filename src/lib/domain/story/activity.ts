// Activity: where everybody is and what they are doing there; and so, who is with whom.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat, type Chat } from './chats.ts';
import { entitiesOf, entity, type Entity } from './people.ts';
import { containers, findPlace } from './places.ts';
import { openScene, scenes } from './scenes.ts';
import { newestTurnId, turns, type Present } from './turns.ts';

/** What each is doing now. `since`: position in the chat of what said so; `container_id` null: wherever the scene is. */
export const activities = defineTable(
	'activities',
	`	stream text not null,
	entity text not null,
	container_id text,
	posture text not null,
	action text not null,
	attention text not null,
	mood text not null,
	since integer not null,
	primary key (stream, entity)`,
	{ told: { key: ['entity'], name: 'entity', values: ['posture', 'action', 'attention', 'mood'] } }
);

const posture = z.string().trim().max(120);
const action = z.string().trim().max(500);
const attention = z.string().trim().max(200);
const mood = z.string().trim().max(120);

export const activityChanged = defineEvent({
	kind: 'activity_changed',
	/** All of what somebody is doing, and not only what is new; empty: nothing is said of it. */
	payload: z.object({ entity, containerId: id.nullable(), posture, action, attention, mood }),
	upcasts: [],
	writes: [activities],
	named: (now) => [now.action, now.posture, now.mood, now.attention].find((each) => each !== '') ?? '',
	project: ({ stream, streamSeq, payload: now }) => [
		sql`insert into ${activities} (stream, entity, container_id, posture, action, attention, mood, since)
			values (${stream}, ${now.entity}, ${now.containerId}, ${now.posture}, ${now.action}, ${now.attention}, ${now.mood},
				${streamSeq})
			on conflict (stream, entity) do update set container_id = excluded.container_id, posture = excluded.posture,
				action = excluded.action, attention = excluded.attention, mood = excluded.mood, since = excluded.since`
	]
});

const activityRow = z.object({
	entity: z.string(),
	containerId: z.string().nullable(),
	posture: z.string(),
	action: z.string(),
	attention: z.string(),
	mood: z.string(),
	since: z.number()
});

export type Activity = z.output<typeof activityRow>;

/** What everybody of whom something was said is doing, by entity; who left is among them. */
export const activitiesOf = (read: Read, stream: string): ReadonlyMap<string, Activity> =>
	new Map(
		read
			.all(
				activityRow,
				sql`select entity, container_id as containerId, posture, action, attention, mood, since from ${activities}
					where stream = ${stream} order by entity`
			)
			.map((row) => [row.entity, row])
	);

/** The place each of a chat is in; null where nobody has said. */
export interface Whereabouts {
	readonly you: string | null;
	readonly host: string | null;
	readonly guest: string | null;
}

/**
 * Where everybody is: where their activity says, unless a scene that they take part in was opened since, which took them
 * along; else where the open scene is. Reads activities and scenes.
 */
export const whereabouts = (read: Read, chat: Chat): Whereabouts => {
	const stream = chatStream(chat.chatId);
	const doing = activitiesOf(read, stream);
	const scene = openScene(read, stream);
	const whereIs = (who: string): string | null => {
		const own = doing.get(who);
		const takenAlong =
			scene !== null &&
			scene.position > (own?.since ?? 0) &&
			(own === undefined || scene.participants.includes(who));
		return takenAlong ? scene.containerId : (own?.containerId ?? scene?.containerId ?? null);
	};
	return {
		you: whereIs('you'),
		host: whereIs(chat.hostId),
		guest: chat.guestId === null ? null : whereIs(chat.guestId)
	};
};

/** Whether two places are one. Where nobody has said, nobody is apart. */
export const together = (a: string | null, b: string | null): boolean => a === null || b === null || a === b;

/** Who shares the place of one of a chat, that one among them. Reads activities and scenes. */
export const presentWith = (read: Read, chat: Chat, who: Entity): Present => {
	const at = whereabouts(read, chat);
	const place = who === 'you' ? at.you : who === chat.hostId ? at.host : at.guest;
	return {
		you: who === 'you' || together(place, at.you),
		host: who === chat.hostId || together(place, at.host),
		guest: chat.guestId !== null && (who === chat.guestId || together(place, at.guest))
	};
};

/** Says by hand where somebody is and what they are doing; what is not said stays. */
export const setActivity = defineCommand({
	name: 'set_activity',
	input: z.object({
		chatId: id,
		entity,
		/** Null: wherever the scene is. */
		containerId: id.nullable().optional(),
		posture: posture.optional(),
		action: action.optional(),
		attention: attention.optional(),
		mood: mood.optional()
	}),
	reads: [chats, turns, containers, activities, scenes],
	decide: ({ chatId, entity: who, containerId, ...said }, read) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		if (!entitiesOf(chat).includes(who)) return refuse({ type: 'entity_unknown', chatId, entity: who });
		const stream = chatStream(chatId);
		if (containerId !== undefined && containerId !== null && findPlace(read, stream, containerId) === null)
			return refuse({ type: 'place_unknown', chatId, containerId });
		const before = activitiesOf(read, stream).get(who);
		const at = whereabouts(read, chat);
		const place = who === 'you' ? at.you : who === chat.hostId ? at.host : at.guest;
		const payload = {
			entity: who,
			containerId: containerId === undefined ? place : containerId,
			posture: said.posture ?? before?.posture ?? '',
			action: said.action ?? before?.action ?? '',
			attention: said.attention ?? before?.attention ?? '',
			mood: said.mood ?? before?.mood ?? ''
		};
		return decided({
			events: [activityChanged({ stream, anchor: newestTurnId(read, stream), payload })],
			value: { chatId }
		});
	}
});
