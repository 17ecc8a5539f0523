// Edges: what one in the story feels for another. Every change is kept with its reason; the values are their sum.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { bots } from '../library/bots.ts';
import { yous } from '../library/personas.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import { namesIn } from './names.ts';
import { entitiesOf, entity, type Entity } from './people.ts';
import { STORY_BEGINS_MINUTES, storyNow } from './story-now.ts';
import { newestTurnId, turns } from './turns.ts';

/** What `source` feels for `target`: all changes added up. `facts`: how many things the source has learnt of the target. */
export const edges = defineTable(
	'edges',
	`	stream text not null,
	source text not null,
	target text not null,
	affinity integer not null,
	trust integer not null,
	updates integer not null,
	facts integer not null,
	primary key (stream, source, target)`,
	{ told: { key: ['source', 'target'], name: 'source', values: ['affinity', 'trust'] } }
);

/** Every change by itself. `facts`: what the source learnt of the target by it, a JSON array. `turn_id` caused it. */
export const edgeHistory = defineTable(
	'edge_history',
	`	stream text not null,
	position integer not null,
	source text not null,
	target text not null,
	affinity integer not null,
	trust integer not null,
	reason text not null,
	facts text not null,
	turn_id text,
	minutes integer not null,
	at integer not null,
	primary key (stream, position)`,
	{ indexes: { edge_history_by_edge: '(stream, source, target, position)' } }
);

/** How far one change may move a feeling. */
export const EDGE_DELTA_MAX = 10;

const delta = z.number().int().min(-EDGE_DELTA_MAX).max(EDGE_DELTA_MAX);

const reason = z.string().max(500);

const facts = z.array(z.string().max(200)).max(3);

export const edgeUpdate = defineEvent({
	kind: 'edge_update',
	payload: z.object({
		source: entity,
		target: entity,
		affinity: delta,
		trust: delta,
		reason,
		/** What the source now knows of the target. */
		facts
	}),
	upcasts: [],
	writes: [edgeHistory, edges],
	reads: [storyNow],
	named: ({ reason }) => reason,
	project: ({ stream, streamSeq, cause, at, payload: edge }) => [
		sql`insert into ${edges} (stream, source, target, affinity, trust, updates, facts)
			values (${stream}, ${edge.source}, ${edge.target}, ${edge.affinity}, ${edge.trust}, 1, ${edge.facts.length})
			on conflict (stream, source, target) do update set affinity = affinity + excluded.affinity,
				trust = trust + excluded.trust, updates = updates + 1, facts = facts + excluded.facts`,
		sql`insert into ${edgeHistory} (stream, position, source, target, affinity, trust, reason, facts, turn_id, minutes, at)
			values (${stream}, ${streamSeq}, ${edge.source}, ${edge.target}, ${edge.affinity}, ${edge.trust},
				${edge.reason}, ${JSON.stringify(edge.facts)}, ${cause},
				coalesce((select minutes from ${storyNow} where stream = ${stream}), ${STORY_BEGINS_MINUTES}), ${at})`
	]
});

/** Changes by hand what one feels for another. */
export const changeEdge = defineCommand({
	name: 'change_edge',
	input: z.object({
		chatId: id,
		source: entity,
		target: entity,
		affinity: delta.default(0),
		trust: delta.default(0),
		reason: reason.default(''),
		facts: facts.default([])
	}),
	reads: [chats, turns],
	decide: ({ chatId, ...edge }, read) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stranger = [edge.source, edge.target].find((who) => !entitiesOf(chat).includes(who));
		if (stranger !== undefined) return refuse({ type: 'entity_unknown', chatId, entity: stranger });
		if (edge.source === edge.target) return refuse({ type: 'edge_to_itself', chatId, entity: edge.source });
		const stream = chatStream(chatId);
		const isNothing = edge.affinity === 0 && edge.trust === 0 && edge.facts.length === 0;
		return decided({
			events: isNothing ? [] : [edgeUpdate({ stream, anchor: newestTurnId(read, stream), payload: edge })],
			value: { chatId }
		});
	}
});

const changeRow = z.object({
	position: z.number(),
	affinity: z.number(),
	trust: z.number(),
	reason: z.string(),
	facts: z.string().transform((json) => facts.parse(JSON.parse(json))),
	turnId: z.string().nullable(),
	minutes: z.number(),
	at: z.number()
});

/** A page of an edge's changes, the newest first, before position `before`. */
const changesOf = (
	read: Read,
	stream: string,
	{ source, target, before, limit }: { source: Entity; target: Entity; before: number | null; limit: number }
) => {
	const rows = read.all(
		changeRow,
		sql`select position, affinity, trust, reason, facts, turn_id as turnId, minutes, at from ${edgeHistory}
			where stream = ${stream} and source = ${source} and target = ${target}
				and position < ${before ?? Number.MAX_SAFE_INTEGER}
			order by position desc limit ${limit + 1}`
	);
	return { more: rows.length > limit, changes: rows.slice(0, limit) };
};

const FIRST_CHANGES = 5;

/** What everybody feels for everybody, of whom anything was noticed, with the newest changes of each. */
export const edgeList = defineQuery({
	name: 'edges',
	input: z.object({ chatId: id }),
	reads: [chats, bots, yous, edges, edgeHistory],
	answer: (read, { chatId }) => {
		const chat = findChat(read, chatId);
		if (chat === null) return { edges: [] };
		const stream = chatStream(chatId);
		const nameOf = namesIn(read, chat);
		return {
			edges: read
				.all(
					z.object({
						source: z.string(),
						target: z.string(),
						affinity: z.number(),
						trust: z.number(),
						updates: z.number()
					}),
					sql`select source, target, affinity, trust, updates from ${edges} where stream = ${stream}
						order by source, target`
				)
				.map((edge) => ({
					...edge,
					sourceName: nameOf(edge.source),
					targetName: nameOf(edge.target),
					history: changesOf(read, stream, { ...edge, before: null, limit: FIRST_CHANGES })
				}))
		};
	}
});

/** The changes of one edge, a page at a time. */
export const edgeChanges = defineQuery({
	name: 'edge_history',
	input: z.object({
		chatId: id,
		source: entity,
		target: entity,
		before: z.number().int().positive().nullable().default(null),
		limit: z.number().int().positive().max(200).default(50)
	}),
	reads: [edgeHistory],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId, ...page }) => changesOf(read, chatStream(chatId), page)
});
