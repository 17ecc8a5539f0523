// The event log of a chat, as people look at it: what happened, when, why, and whether it still counts.
import { eventLog, logRow } from '../kernel/log.ts';
import { defineQuery } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';

const PAGE_EVENTS = 100;

/**
 * A page of a chat's events, the newest first, before position `before`; `kinds` empty means all. `n` is the position in
 * the chat. `effects`: how many events the turn it opens caused. `by`: position of the event that took its place, 0 when
 * that is not in the log any more. `payload` as stored.
 */
export const events = defineQuery({
	name: 'events',
	input: z.object({
		chatId: id,
		kinds: z.array(z.string().max(60)).max(60).default([]),
		before: z.number().int().positive().nullable().default(null),
		limit: z.number().int().positive().max(500).default(PAGE_EVENTS)
	}),
	// whether an event is orphaned is told by rows of any table of the chat; all of them change with the log
	reads: [eventLog],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId, kinds, before, limit }, look) => {
		const stream = chatStream(chatId);
		const wanted = JSON.stringify(kinds);
		const rows = read.all(
			logRow,
			sql`select seq, event_id as eventId, stream, stream_seq as streamSeq, anchor, cause, opens_turn as opensTurn, batch,
					kind, v, payload, at, superseded_by as supersededBy
				from ${eventLog} where stream = ${stream} and stream_seq < ${before ?? Number.MAX_SAFE_INTEGER}
					and (${kinds.length} = 0 or kind in (select value from json_each(${wanted})))
				order by stream_seq desc limit ${limit + 1}`
		);
		const place = (seq: number | null): number | null =>
			seq === null
				? null
				: (read.one(
						z.object({ n: z.number() }),
						sql`select stream_seq as n from ${eventLog} where seq = ${seq}`
					)?.n ?? 0);
		const effectsOf = (turnId: string): number =>
			read.one(
				z.object({ n: z.number() }),
				sql`select count(*) as n from ${eventLog}
					where anchor = ${turnId} and +stream = ${stream} and cause = anchor`
			)?.n ?? 0;
		return {
			more: rows.length > limit,
			kinds: read.all(
				z.object({ kind: z.string(), count: z.number() }),
				sql`select kind, count(*) as count from ${eventLog} where stream = ${stream} group by kind order by kind`
			),
			events: rows.slice(0, limit).map((row) => {
				const { name, orphaned } = look.describe(row);
				return {
					eventId: row.eventId,
					n: row.streamSeq,
					kind: row.kind,
					at: row.at,
					anchor: row.anchor,
					cause: row.cause,
					opensTurn: row.opensTurn,
					effects: row.opensTurn && row.anchor !== null ? effectsOf(row.anchor) : 0,
					state:
						row.supersededBy !== null
							? ('superseded' as const)
							: orphaned
								? ('orphaned' as const)
								: ('live' as const),
					by: place(row.supersededBy),
					name,
					payload: row.payload
				};
			})
		};
	}
});
