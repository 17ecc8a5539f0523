// Alternatives: the replies to one turn, of which one is live. The events that say in the log which took whose place.
import { defineEvent } from '../kernel/event.ts';
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { id } from '../streams.ts';
import { assistantTurn } from './turns.ts';
import { undone } from './undone.ts';

/** A new reply stands where others stood. It changes nothing by itself: it says in the log what happened. */
export const turnRegenerated = defineEvent({
	kind: 'turn_regenerated',
	payload: z.object({ turnId: id, instead: z.array(id) }),
	upcasts: [],
	writes: [],
	project: () => []
});

/** The player went back to a reply that was written before. */
export const alternativeChosen = defineEvent({
	kind: 'alternative_chosen',
	payload: z.object({ turnId: id, instead: z.array(id) }),
	upcasts: [],
	writes: [],
	project: () => []
});

/** Superseded by an event of one of these kinds, a reply is an alternative to the one that is live. */
const SWAPS = [assistantTurn.kind, alternativeChosen.kind, undone.kind];

/**
 * The replies to a turn that can be chosen, the live one among them, oldest first. What was deleted is none; what was
 * undone is one, for an undo by mistake must cost nothing. An interjection is none: it goes and comes with its reply.
 */
export const alternativesOf = (read: Read, stream: string, group: string): readonly string[] =>
	read
		.all(
			z.object({ turnId: z.string() }),
			sql`select e.anchor as turnId from ${eventLog} e left join ${eventLog} s on s.seq = e.superseded_by
				where e.stream = ${stream} and e.cause = ${group} and e.opens_turn = 1
					and e.payload ->> '$.interjectionOf' is null and (s.seq is null or s.kind in (select value from json_each(${JSON.stringify(SWAPS)})))
				order by e.seq`
		)
		.map(({ turnId }) => turnId);
