// Scenes elsewhere: what is played while you are not there, who plays it, and what came of it.
import { defineEvent } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { id } from '../streams.ts';
import type { Chat } from './chats.ts';
import { scenes } from './scenes.ts';
import { storyNow } from './story-now.ts';
import { turns } from './turns.ts';

/** Stands among participants, and as the speaker of a job, for the voice that is nobody's. */
export const NARRATOR = 'narrator';

/** The most turns a scene elsewhere is played for. */
const MEANWHILE_MAX_TURNS = 40;

/**
 * `opener`: the narrator's turn that begins it. `participants`: a JSON list of bots, and {@link NARRATOR}, in the order they
 * speak. `turn_limit`: how many turns it is played for. `ended`: why it did, null while it is played. `digest`: what came
 * of it, null before somebody said; `verdict`: what the player made of that. `last_turn`: the turn the digest hangs on.
 */
export const meanwhiles = defineTable(
	'meanwhiles',
	`	stream text not null,
	meanwhile_id text not null,
	position integer not null,
	opener text,
	place text not null,
	container_id text,
	participants text not null check (json_valid(participants)),
	premise text not null,
	turn_limit integer not null,
	ended text check (ended in ('hand', 'limit')),
	digest_id text,
	digest text,
	sources text not null check (json_valid(sources)),
	verdict text check (verdict in ('accepted', 'secret')),
	last_turn text,
	primary key (stream, meanwhile_id)`,
	{
		indexes: { meanwhiles_by_position: '(stream, position)' },
		told: { key: ['meanwhile_id'], name: 'place', values: ['ended', 'digest', 'verdict'] }
	}
);

const participant = z.union([z.literal(NARRATOR), id]);
const premise = z.string().trim().min(1).max(2000);
const place = z.string().trim().max(120);
const limit = z.number().int().min(1).max(MEANWHILE_MAX_TURNS);
const digestText = z.string().trim().min(1).max(4000);

export { digestText, limit as meanwhileLimit, place as meanwhilePlace, premise as meanwhilePremise };

export const meanwhileStarted = defineEvent({
	kind: 'meanwhile_scene_started',
	payload: z.object({
		meanwhileId: id,
		place,
		containerId: id.nullable(),
		participants: z.array(participant).min(1).max(3),
		premise,
		limit
	}),
	upcasts: [],
	writes: [meanwhiles, scenes],
	reads: [storyNow],
	named: (scene) => (scene.place === '' ? scene.premise : scene.place),
	project: ({ stream, streamSeq, anchor, payload: scene }) => [
		sql`insert into ${meanwhiles} (stream, meanwhile_id, position, opener, place, container_id, participants, premise,
				turn_limit, ended, digest_id, digest, sources, verdict, last_turn)
			values (${stream}, ${scene.meanwhileId}, ${streamSeq}, ${anchor}, ${scene.place}, ${scene.containerId},
				${JSON.stringify(scene.participants)}, ${scene.premise}, ${scene.limit}, null, null, null, '[]', null, null)`,
		sql`insert into ${scenes} (stream, scene_id, position, container_id, kind, participants, opened_minutes, closed_minutes,
				summary, opened_turns, closed_turns, witnesses)
			select stream, ${scene.meanwhileId}, ${streamSeq}, ${scene.containerId}, 'meanwhile',
				${JSON.stringify(scene.participants.filter((one) => one !== NARRATOR))}, minutes, null, null, turns, null, null
			from ${storyNow} where stream = ${stream}`
	]
});

const meanwhileRow = (stream: string, meanwhileId: string) =>
	sql`select 1 from ${meanwhiles} where stream = ${stream} and meanwhile_id = ${meanwhileId}`;

export const meanwhileEnded = defineEvent({
	kind: 'meanwhile_scene_ended',
	payload: z.object({ meanwhileId: id, why: z.enum(['hand', 'limit']) }),
	upcasts: [],
	writes: [meanwhiles, scenes],
	reads: [storyNow],
	about: ({ stream, payload }) => meanwhileRow(stream, payload.meanwhileId),
	project: ({ stream, payload: scene }) => [
		sql`update ${meanwhiles} set ended = ${scene.why} where stream = ${stream} and meanwhile_id = ${scene.meanwhileId}`,
		sql`update ${scenes} set closed_minutes = (select minutes from ${storyNow} where stream = ${stream})
			where stream = ${stream} and scene_id = ${scene.meanwhileId}`
	]
});

/** Belongs to the last turn of the scene: without that, it has not come to its end. */
export const digestCreated = defineEvent({
	kind: 'meanwhile_digest_created',
	payload: z.object({ digestId: id, meanwhileId: id, text: digestText, sources: z.array(id).max(200) }),
	upcasts: [],
	writes: [meanwhiles],
	named: ({ text }) => text,
	about: ({ stream, payload }) => meanwhileRow(stream, payload.meanwhileId),
	project: ({ stream, anchor, payload: digest }) => [
		sql`update ${meanwhiles} set digest_id = ${digest.digestId}, digest = ${digest.text},
				sources = ${JSON.stringify(digest.sources)}, verdict = null, last_turn = ${anchor}
			where stream = ${stream} and meanwhile_id = ${digest.meanwhileId}`
	]
});

/** The player accepted a digest, as it was or in other words, or keeps it secret. */
export const digestSettled = defineEvent({
	kind: 'meanwhile_digest_settled',
	payload: z.object({ digestId: id, verdict: z.enum(['accepted', 'secret']), text: digestText }),
	upcasts: [],
	writes: [meanwhiles],
	named: ({ text }) => text,
	about: ({ stream, payload }) =>
		sql`select 1 from ${meanwhiles} where stream = ${stream} and digest_id = ${payload.digestId}`,
	project: ({ stream, payload: settled }) => [
		sql`update ${meanwhiles} set verdict = ${settled.verdict}, digest = ${settled.text}
			where stream = ${stream} and digest_id = ${settled.digestId}`
	]
});

const row = z.object({
	meanwhileId: z.string(),
	opener: z.string().nullable(),
	place: z.string(),
	containerId: z.string().nullable(),
	participants: z.string().transform((json) => z.array(z.string()).parse(JSON.parse(json))),
	premise: z.string(),
	limit: z.number(),
	ended: z.enum(['hand', 'limit']).nullable(),
	digestId: z.string().nullable(),
	digest: z.string().nullable(),
	sources: z.string().transform((json) => z.array(z.string()).parse(JSON.parse(json))),
	verdict: z.enum(['accepted', 'secret']).nullable(),
	lastTurn: z.string().nullable()
});

export type Meanwhile = z.output<typeof row>;

/** Every scene elsewhere, in the order they began. */
export const meanwhilesOf = (read: Read, stream: string): Meanwhile[] =>
	read.all(
		row,
		sql`select meanwhile_id as meanwhileId, opener, place, container_id as containerId, participants, premise,
				turn_limit as "limit", ended, digest_id as digestId, digest, sources, verdict, last_turn as lastTurn
			from ${meanwhiles} where stream = ${stream} order by position`
	);

export const findMeanwhile = (read: Read, stream: string, meanwhileId: string): Meanwhile | null =>
	read.one(
		row,
		sql`select meanwhile_id as meanwhileId, opener, place, container_id as containerId, participants, premise,
				turn_limit as "limit", ended, digest_id as digestId, digest, sources, verdict, last_turn as lastTurn
			from ${meanwhiles} where stream = ${stream} and meanwhile_id = ${meanwhileId}`
	);

/** The scene elsewhere that is played now, or null; the newest, where what was taken back has left two open. */
export const openMeanwhile = (read: Read, stream: string): Meanwhile | null =>
	read.one(
		row,
		sql`select meanwhile_id as meanwhileId, opener, place, container_id as containerId, participants, premise,
				turn_limit as "limit", ended, digest_id as digestId, digest, sources, verdict, last_turn as lastTurn
			from ${meanwhiles} where stream = ${stream} and ended is null order by position desc limit 1`
	);

/** Of a scene elsewhere that somebody took part in; with null, of any. */
const tookPart = (who: string | null) =>
	who === null ? sql`true` : sql`${who} in (select value from json_each(participants))`;

const heardRow = z.object({ place: z.string(), told: z.string(), all: z.number() });

/**
 * What came of the newest scenes elsewhere that the player let themselves be told of: of those somebody took part in, or
 * with null, of any. `beyond`: how many more of them there are.
 */
export const heardOf = (read: Read, stream: string, who: string | null, most: number) => {
	const rows = read.all(
		heardRow,
		sql`select place, digest as told, count(*) over () as "all" from ${meanwhiles}
			where stream = ${stream} and digest is not null and verdict = 'accepted' and ${tookPart(who)}
			order by position desc limit ${most}`
	);
	return {
		heard: rows.map(({ place, told }) => ({ place, told })),
		beyond: (rows[0]?.all ?? 0) - rows.length
	};
};

const keptRow = z.object({ place: z.string(), all: z.number() });

/** The places of scenes that somebody took part in and that are kept from the player, the newest first; and how many more. */
export const keptFromPlayer = (read: Read, stream: string, who: string, most: number) => {
	const rows = read.all(
		keptRow,
		sql`select place, count(*) over () as "all" from ${meanwhiles}
			where stream = ${stream} and digest is not null and verdict = 'secret' and ${tookPart(who)}
			group by place order by max(position) desc limit ${most}`
	);
	return { places: rows.map(({ place }) => place), beyond: (rows[0]?.all ?? 0) - rows.length };
};

const playedRow = z.object({ turnId: z.string(), speakerId: z.string().nullable(), role: z.string() });

/** The turns of a scene elsewhere after the one that began it, oldest first. */
export const playedIn = (read: Read, stream: string, meanwhile: Meanwhile) =>
	read.all(
		playedRow,
		sql`select turn_id as turnId, speaker_id as speakerId, role from ${turns}
			where stream = ${stream} and meanwhile_id = ${meanwhile.meanwhileId}
				and turn_id is not ${meanwhile.opener}
				and number > coalesce((select number from ${turns} where stream = ${stream} and turn_id = ${meanwhile.opener}), 0)
			order by number`
	);

/** A turn, and where it begins a scene elsewhere, the turns of that: without its beginning there is none. */
export const withScene = (read: Read, stream: string, turnId: string): readonly string[] => [
	turnId,
	...read
		.all(
			z.object({ turnId: z.string() }),
			sql`select t.turn_id as turnId from ${meanwhiles} m join ${turns} t
					on t.stream = m.stream and t.meanwhile_id = m.meanwhile_id
				where m.stream = ${stream} and m.opener = ${turnId} and t.turn_id is not m.opener order by t.number`
		)
		.map((row) => row.turnId)
];

/**
 * Who plays a scene elsewhere now, in the order they speak: of those it began with, whoever is in the story still. A guest
 * whose coming was taken back since was never there, and the narrator speaks in its place.
 */
const castOf = (
	{ participants }: Meanwhile,
	{ hostId, guestId }: Pick<Chat, 'hostId' | 'guestId'>
): readonly string[] => {
	const here = participants.filter((one) => one === NARRATOR || one === hostId || one === guestId);
	return here.length < 2 && !here.includes(NARRATOR) ? [...here, NARRATOR] : here;
};

/** Who speaks after somebody in a scene elsewhere: they take turns. */
export const nextIn = (
	scene: Meanwhile,
	chat: Pick<Chat, 'hostId' | 'guestId'>,
	spoke: string | null
): string => {
	const cast = castOf(scene, chat);
	const at = spoke === null ? -1 : cast.indexOf(spoke);
	return cast[(at + 1) % cast.length] ?? NARRATOR;
};

/** Who spoke last in a scene elsewhere; null before anybody did. */
export const spokeLast = (read: Read, stream: string, meanwhile: Meanwhile): string | null => {
	const last = playedIn(read, stream, meanwhile).at(-1);
	return last === undefined ? null : last.role === 'narrator' ? NARRATOR : last.speakerId;
};
