// Edges: what one in the story feels for another. Every change is kept with its reason; the values are their sum.
import { defineEvent } from '../kernel/event.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { entity } from './people.ts';
import { STORY_BEGINS_MINUTES, storyNow } from './story-now.ts';

/** What `source` feels for `target`: all changes added up. */
export const edges = defineTable(
	'edges',
	`	stream text not null,
	source text not null,
	target text not null,
	affinity integer not null,
	trust integer not null,
	updates integer not null,
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

export const edgeUpdate = defineEvent({
	kind: 'edge_update',
	payload: z.object({
		source: entity,
		target: entity,
		affinity: delta,
		trust: delta,
		reason: z.string().max(500),
		/** What the source now knows of the target. */
		facts: z.array(z.string().max(200)).max(3)
	}),
	upcasts: [],
	writes: [edges, edgeHistory],
	reads: [storyNow],
	named: ({ reason }) => reason,
	project: ({ stream, streamSeq, cause, at, payload: edge }) => [
		sql`insert into ${edges} (stream, source, target, affinity, trust, updates)
			values (${stream}, ${edge.source}, ${edge.target}, ${edge.affinity}, ${edge.trust}, 1)
			on conflict (stream, source, target) do update set affinity = affinity + excluded.affinity,
				trust = trust + excluded.trust, updates = updates + 1`,
		sql`insert into ${edgeHistory} (stream, position, source, target, affinity, trust, reason, facts, turn_id, minutes, at)
			values (${stream}, ${streamSeq}, ${edge.source}, ${edge.target}, ${edge.affinity}, ${edge.trust},
				${edge.reason}, ${JSON.stringify(edge.facts)}, ${cause},
				coalesce((select minutes from ${storyNow} where stream = ${stream}), ${STORY_BEGINS_MINUTES}), ${at})`
	]
});
