// Places: where a story is played, one inside another.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import { newestTurnId, turns } from './turns.ts';

/** `parent_id`: the place it is in; one that is not there any more is as good as none. */
export const containers = defineTable(
	'containers',
	`	stream text not null,
	container_id text not null,
	position integer not null,
	name text not null,
	description text not null,
	parent_id text,
	primary key (stream, container_id)`,
	{ told: { key: ['container_id'], name: 'name', values: ['name', 'description'] } }
);

export const PLACE_NAME_MAX_CHARS = 120;

export const placeName = z.string().trim().min(1).max(PLACE_NAME_MAX_CHARS);
const description = z.string().trim().max(2000);

const place = z.object({ containerId: id, name: placeName, description, parentId: id.nullable() });

export const containerCreated = defineEvent({
	kind: 'container_created',
	payload: place,
	upcasts: [],
	writes: [containers],
	named: ({ name }) => name,
	project: ({ stream, streamSeq, payload: made }) => [
		sql`insert into ${containers} (stream, container_id, position, name, description, parent_id)
			values (${stream}, ${made.containerId}, ${streamSeq}, ${made.name}, ${made.description}, ${made.parentId})`
	]
});

export const containerChanged = defineEvent({
	kind: 'container_changed',
	payload: place,
	upcasts: [],
	writes: [containers],
	named: ({ name }) => name,
	about: ({ stream, payload }) =>
		sql`select 1 from ${containers} where stream = ${stream} and container_id = ${payload.containerId}`,
	// what was decided once may come back beside what was decided since: no place may come to lie in itself by that
	project: ({ stream, payload: to }) => [
		sql`with recursive above (container_id) as (
				select container_id from ${containers} where stream = ${stream} and container_id = ${to.parentId}
				union
				select c.parent_id from above a join ${containers} c on c.stream = ${stream} and c.container_id = a.container_id
			)
			update ${containers} set name = ${to.name}, description = ${to.description},
				parent_id = case when exists (select 1 from above where container_id = ${to.containerId})
					then parent_id else ${to.parentId} end
			where stream = ${stream} and container_id = ${to.containerId}`
	]
});

const placeRow = z.object({
	containerId: z.string(),
	name: z.string(),
	description: z.string(),
	parentId: z.string().nullable()
});

export type Place = z.output<typeof placeRow>;

/** Every place of a story, in the order they were first named. */
export const places = (read: Read, stream: string): Place[] =>
	read.all(
		placeRow,
		sql`select container_id as containerId, name, description, parent_id as parentId from ${containers}
			where stream = ${stream} order by position, container_id`
	);

export const findPlace = (read: Read, stream: string, containerId: string): Place | null =>
	read.one(
		placeRow,
		sql`select container_id as containerId, name, description, parent_id as parentId from ${containers}
			where stream = ${stream} and container_id = ${containerId}`
	);

/** The place of that name, whatever its capitals; the oldest where several have it. */
export const placeNamed = (read: Read, stream: string, name: string): Place | null =>
	places(read, stream).find((each) => folded(each.name) === folded(name)) ?? null;

const folded = (name: string): string => name.trim().toLowerCase();

/** Whether `containerId` is the place itself or one that it lies in, however deep. */
const liesIn = (all: readonly Place[], from: string, containerId: string): boolean => {
	const parents = new Map(all.map((each) => [each.containerId, each.parentId]));
	const seen = new Set<string>();
	for (let at: string | null = from; at !== null && !seen.has(at); at = parents.get(at) ?? null) {
		if (at === containerId) return true;
		seen.add(at);
	}
	return false;
};

/** Names a new place. */
export const makePlace = defineCommand({
	name: 'make_place',
	input: z.object({
		chatId: id,
		name: placeName,
		description: description.default(''),
		parentId: id.nullable().default(null)
	}),
	reads: [chats, turns, containers],
	decide: ({ chatId, name, description: told, parentId }, read, world) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		if (parentId !== null && findPlace(read, stream, parentId) === null)
			return refuse({ type: 'place_unknown', chatId, containerId: parentId });
		const containerId = world.newId();
		return decided({
			events: [
				containerCreated({
					stream,
					anchor: newestTurnId(read, stream),
					payload: { containerId, name, description: told, parentId }
				})
			],
			value: { containerId }
		});
	}
});

/** Calls a place otherwise, tells it otherwise, or puts it into another. What is not said stays. */
export const changePlace = defineCommand({
	name: 'change_place',
	input: z.object({
		chatId: id,
		containerId: id,
		name: placeName.optional(),
		description: description.optional(),
		parentId: id.nullable().optional()
	}),
	reads: [chats, turns, containers],
	decide: ({ chatId, containerId, name, description: told, parentId }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const all = places(read, stream);
		const before = all.find((each) => each.containerId === containerId);
		if (before === undefined) return refuse({ type: 'place_unknown', chatId, containerId });
		const after = {
			containerId,
			name: name ?? before.name,
			description: told ?? before.description,
			parentId: parentId === undefined ? before.parentId : parentId
		};
		const into = after.parentId;
		if (into !== null && into !== before.parentId) {
			if (!all.some((each) => each.containerId === into))
				return refuse({ type: 'place_unknown', chatId, containerId: into });
			if (liesIn(all, into, containerId))
				return refuse({ type: 'place_in_itself', chatId, containerId, parentId: into });
		}
		const same =
			after.name === before.name &&
			after.description === before.description &&
			after.parentId === before.parentId;
		return decided({
			events: same ? [] : [containerChanged({ stream, anchor: newestTurnId(read, stream), payload: after })],
			value: { containerId }
		});
	}
});
