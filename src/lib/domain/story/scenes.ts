// Scenes: what is played in one place, with whom, from when to when. One main scene is open at a time.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql, type Statement } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import { entitiesOf, entity, type Entity } from './people.ts';
import { containerCreated, containers, findPlace, placeName, placeNamed } from './places.ts';
import { clockOf, minutes, storyNow } from './story-now.ts';
import { newestTurnId, turns } from './turns.ts';

/**
 * `container_id` null: nobody has said where. `participants`: a JSON list of entities. `meanwhile`: you are not there.
 * `opened_turns`, `closed_turns`: how many turns the story had by then. `witnesses`: a JSON list of those who were there from
 * beginning to end; null while nobody has said what stays of it.
 */
export const scenes = defineTable(
	'scenes',
	`	stream text not null,
	scene_id text not null,
	position integer not null,
	container_id text,
	kind text not null check (kind in ('main', 'meanwhile')),
	participants text not null check (json_valid(participants)),
	opened_minutes integer not null,
	closed_minutes integer,
	summary text,
	opened_turns integer not null,
	closed_turns integer,
	witnesses text check (json_valid(witnesses)),
	primary key (stream, scene_id)`,
	{
		indexes: {
			scenes_by_position: '(stream, position)',
			scenes_told: '(stream, position) where summary is not null'
		},
		told: { key: ['scene_id'], name: 'opened_minutes', values: ['closed_minutes'] }
	}
);

/** How many turns a story has by now. For handlers. */
const turnsBy = (stream: string): Statement =>
	sql`coalesce((select turns from ${storyNow} where stream = ${stream}), 0)`;

const participants = z.array(entity).max(10);
const summary = z.string().trim().max(4000);

export const sceneOpened = defineEvent({
	kind: 'scene_opened',
	payload: z.object({ sceneId: id, containerId: id.nullable(), participants, minutes }),
	upcasts: [],
	writes: [scenes],
	reads: [storyNow],
	project: ({ stream, streamSeq, payload: scene }) => [
		sql`insert into ${scenes} (stream, scene_id, position, container_id, kind, participants, opened_minutes, closed_minutes,
				summary, opened_turns, closed_turns, witnesses)
			values (${stream}, ${scene.sceneId}, ${streamSeq}, ${scene.containerId}, 'main',
				${JSON.stringify(scene.participants)}, ${scene.minutes}, null, null, ${turnsBy(stream)}, null, null)`
	]
});

/**
 * Of those who take part in a scene, who was there at every turn of it: what stays of it tells of all of them. The guest is
 * whoever was that all along.
 */
const thereAllAlong = (stream: string): Statement =>
	sql`(select json_group_array(who order by who)
		from (select p.value as who, case p.value when 'you' then 1 when c.host_id then 2 else 4 end as bit
			from json_each(participants) p join ${chats} c on c.stream = ${stream}
			where p.value in ('you', c.host_id) or (p.value = c.guest_id and c.guest_since < scenes.position))
		where not exists (select 1 from ${turns} t where t.stream = ${stream} and t.number > opened_turns
			and t.meanwhile_id is null and t.present & bit = 0))`;

export const sceneClosed = defineEvent({
	kind: 'scene_closed',
	payload: z.object({ sceneId: id, minutes, summary: summary.nullable() }),
	upcasts: [],
	writes: [scenes],
	reads: [storyNow, turns, chats],
	named: (scene) => scene.summary ?? '',
	about: ({ stream, payload }) =>
		sql`select 1 from ${scenes} where stream = ${stream} and scene_id = ${payload.sceneId}`,
	project: ({ stream, payload: scene }) => [
		sql`update ${scenes} set closed_minutes = ${scene.minutes}, summary = ${scene.summary},
				closed_turns = ${turnsBy(stream)},
				witnesses = case when ${scene.summary} is not null then ${thereAllAlong(stream)} end
			where stream = ${stream} and scene_id = ${scene.sceneId}`
	]
});

const sceneRow = z.object({
	sceneId: z.string(),
	containerId: z.string().nullable(),
	participants: z.string().transform((json) => participants.parse(JSON.parse(json))),
	/** Position in the chat of the event that opened it. */
	position: z.number(),
	/** The story time it was opened at. */
	since: z.number()
});

export type OpenScene = z.output<typeof sceneRow>;

/** The main scene that is open, or null. The newest, where what was taken back has left two open. */
export const openScene = (read: Read, stream: string): OpenScene | null =>
	read.one(
		sceneRow,
		sql`select scene_id as sceneId, container_id as containerId, participants, position, opened_minutes as since
			from ${scenes} where stream = ${stream} and kind = 'main' and closed_minutes is null
			order by position desc limit 1`
	);

const stayedRow = z.object({
	sceneId: z.string(),
	place: z.string().nullable(),
	after: z.number(),
	text: z.string(),
	all: z.number()
});

/**
 * What stays of scenes that are over, for one who was there: the newest of those between two turns, oldest first, each with
 * the number of the turn it ended `after`. `beyond`: how many more there are. Reads scenes and containers.
 */
export const whatStays = (
	read: Read,
	stream: string,
	who: Entity,
	{ begins, ends }: { readonly begins: number; readonly ends: number },
	most: number
) => {
	const rows = read.all(
		stayedRow,
		sql`select s.scene_id as sceneId, c.name as place, s.closed_turns as after, s.summary as text,
				count(*) over () as "all"
			from ${scenes} s left join ${containers} c on c.stream = s.stream and c.container_id = s.container_id
			where s.stream = ${stream} and s.summary is not null and s.opened_turns >= ${begins - 1}
				and s.closed_turns <= ${ends} and exists (select 1 from json_each(s.witnesses) where value = ${who})
			order by s.position desc limit ${most}`
	);
	return {
		stayed: rows.map(({ all: _all, ...scene }) => scene).reverse(),
		beyond: (rows[0]?.all ?? 0) - rows.length
	};
};

/** Begins a scene in a place that is known or, by `placeName`, that may be new; without either, nobody says where. */
export const beginScene = defineCommand({
	name: 'open_scene',
	input: z.object({
		chatId: id,
		containerId: id.nullable().default(null),
		/** Looked at where no `containerId` is given. */
		placeName: placeName.nullable().default(null)
	}),
	reads: [chats, turns, scenes, containers, storyNow],
	decide: ({ chatId, containerId: given, placeName: named }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		if (given !== null && findPlace(read, stream, given) === null)
			return refuse({ type: 'place_unknown', chatId, containerId: given });
		const anchor = newestTurnId(read, stream);
		const { minutes: now } = clockOf(read, stream);
		const before = openScene(read, stream);
		const known = given ?? (named === null ? null : (placeNamed(read, stream, named)?.containerId ?? null));
		const made =
			known === null && named !== null
				? containerCreated({
						stream,
						anchor,
						payload: { containerId: world.newId(), name: named, description: '', parentId: null }
					})
				: null;
		const containerId = made?.payload.containerId ?? known;
		const sceneId = world.newId();
		return decided({
			events: [
				...(before === null
					? []
					: [
							sceneClosed({
								stream,
								anchor,
								payload: { sceneId: before.sceneId, minutes: now, summary: null }
							})
						]),
				...(made === null ? [] : [made]),
				sceneOpened({
					stream,
					anchor,
					payload: { sceneId, containerId, participants: [...entitiesOf(chat)], minutes: now }
				})
			],
			value: { sceneId, containerId }
		});
	}
});

/** Ends the scene that is open, with what came of it when somebody says so. */
export const closeScene = defineCommand({
	name: 'close_scene',
	input: z.object({ chatId: id, summary: summary.default('') }),
	reads: [chats, turns, scenes, storyNow],
	decide: ({ chatId, summary: told }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const open = openScene(read, stream);
		if (open === null) return refuse({ type: 'no_scene', chatId });
		return decided({
			events: [
				sceneClosed({
					stream,
					anchor: newestTurnId(read, stream),
					payload: {
						sceneId: open.sceneId,
						minutes: clockOf(read, stream).minutes,
						summary: told === '' ? null : told
					}
				})
			],
			value: { sceneId: open.sceneId }
		});
	}
});
