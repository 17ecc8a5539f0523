// Personas: who the player is. Several may exist; a chat uses one, or none.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { assetHash, id, LIBRARY } from '../streams.ts';
import { assets, avatarProblem } from './assets.ts';

export const yous = defineTable(
	'yous',
	`	stream text not null,
	you_id text not null,
	name text not null,
	description text not null,
	avatar text,
	created_at integer not null,
	changed_at integer not null,
	retired integer not null check (retired in (0, 1)),
	primary key (stream, you_id)`
);

const youFields = z.object({
	name: z.string().trim().min(1).max(120),
	/** What the bots may know about you: what the model is told. */
	description: z.string().max(20_000).default(''),
	avatar: assetHash.nullable().default(null)
});

export const youAuthored = defineEvent({
	kind: 'you_authored',
	payload: youFields.extend({ youId: id }),
	upcasts: [],
	writes: [yous],
	project: ({ stream, at, payload: you }) => [
		sql`insert into ${yous} (stream, you_id, name, description, avatar, created_at, changed_at, retired)
			values (${stream}, ${you.youId}, ${you.name}, ${you.description}, ${you.avatar}, ${at}, ${at}, 0)
			on conflict (stream, you_id) do update set name = excluded.name, description = excluded.description,
				avatar = excluded.avatar, changed_at = excluded.changed_at, retired = 0`
	]
});

export const youRetired = defineEvent({
	kind: 'you_retired',
	payload: z.object({ youId: id }),
	upcasts: [],
	writes: [yous],
	project: ({ stream, at, payload: { youId } }) => [
		sql`update ${yous} set retired = 1, changed_at = ${at} where stream = ${stream} and you_id = ${youId}`
	]
});

/** Creates a persona (no `youId`), or replaces one; authoring a retired one brings it back. */
export const authorYou = defineCommand({
	name: 'author_you',
	input: youFields.extend({ youId: id.optional() }),
	reads: [assets],
	decide: ({ youId: given, ...you }, read, world) => {
		const problem = avatarProblem(read, you.avatar);
		if (problem !== null) return refuse(problem);
		const youId = given ?? world.newId();
		return decided({
			events: [youAuthored({ stream: LIBRARY, payload: { youId, ...you } })],
			value: { youId }
		});
	}
});

export const retireYou = defineCommand({
	name: 'retire_you',
	input: z.object({ youId: id }),
	reads: [yous],
	decide: ({ youId }, read) => {
		const you = findYou(read, youId);
		if (you === null) return refuse({ type: 'you_unknown', youId });
		if (you.retired) return refuse({ type: 'you_retired', youId });
		return decided({ events: [youRetired({ stream: LIBRARY, payload: { youId } })], value: { youId } });
	}
});

const youRow = z.object({
	youId: z.string(),
	name: z.string(),
	description: z.string(),
	avatar: z.string().nullable(),
	changedAt: z.number(),
	retired: z.number().transform(Boolean)
});

export type You = z.output<typeof youRow>;

/** A persona, retired ones included, or null. */
export const findYou = (read: Read, youId: string): You | null =>
	read.one(
		youRow,
		sql`select you_id as youId, name, description, avatar, changed_at as changedAt, retired
			from ${yous} where stream = ${LIBRARY} and you_id = ${youId}`
	);

export const you = defineQuery({
	name: 'you',
	input: z.object({ youId: id }),
	reads: [yous],
	stream: () => LIBRARY,
	answer: (read, { youId }) => findYou(read, youId)
});

/** Personas that are not retired, by name. */
export const youList = defineQuery({
	name: 'yous',
	input: z.object({}),
	reads: [yous],
	stream: () => LIBRARY,
	answer: (read) =>
		read.all(
			youRow.omit({ changedAt: true, retired: true }),
			sql`select you_id as youId, name, description, avatar from ${yous}
				where stream = ${LIBRARY} and retired = 0 order by name collate nocase, you_id`
		)
});
