// The numbers of the desk over a stretch of time: reads histories, and leaves the definitions to metrics.ts.
import { eventLog } from '../kernel/log.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Statement } from '../kernel/sql.ts';
import { role } from '../library/members.ts';
import { turns, wordsRow } from '../story/turns.ts';
import { chatStream } from '../streams.ts';
import { cases } from './cases.ts';
import { handoffAssessments, handoffHistory, handoffs } from './handoffs.ts';
import {
	conflictRate,
	depthAt,
	episodesOf,
	quantiles,
	shareKnown,
	shareOf,
	verifiedRate,
	type History,
	type Said
} from './metrics.ts';
import { HOLDS, stretchesOf, type Happened } from './stretches.ts';

/** As many points as a chart shows. */
const POINTS = 60;
/** Who had this many owners went from hand to hand. */
const PING_PONG_OWNERS = 3;

/** What the history keeps of an event, as far as it is measured. */
const told = z.object({
	reason: z.string().optional(),
	toId: z.string().optional(),
	hasId: z.string().optional(),
	priority: z.number().optional(),
	until: z.number().optional(),
	by: z.enum(['ai', 'person']).optional()
});

const happenedRow = z.object({
	handoffId: z.string(),
	chatId: z.string(),
	kind: z.string(),
	episode: z.number(),
	actorId: z.string(),
	role,
	said: z.string().transform((json) => told.parse(JSON.parse(json))),
	at: z.number(),
	void: z.number().transform(Boolean),
	quotes: z.number().nullable(),
	quotesFound: z.number().nullable(),
	startHere: z.string().nullable(),
	/** With one that was put to sleep: when a person next said something in its chat, which wakes it. */
	spokenAt: z.number().nullable()
});

/** The histories of hand-offs that something happened to until `to`, and that were not over before `from`. */
const historiesOf = (read: Read, from: number, to: number): readonly History[] => {
	const rows = read.all(
		happenedRow,
		sql`select h.handoff_id as handoffId, h.chat_id as chatId, e.kind, e.episode, e.actor_id as actorId,
				e.actor_role as role, e.said, e.at, e.void, a.quotes, a.quotes_found as quotesFound,
				case when a.number is not null then (select l.payload ->> '$.body.start_here.step' from ${eventLog} l
					where l.stream = e.stream and l.stream_seq = e.version) end as startHere,
				case when e.kind = 'handoff_snoozed' then (select min(t.at) from ${turns} t
					where t.stream = ${chatStream('')} || h.chat_id and t.role = 'user' and t.at > e.at) end as spokenAt
			from ${handoffs} h join ${handoffHistory} e on e.stream = h.stream
				left join ${handoffAssessments} a on a.stream = e.stream and a.version = e.version
			where e.at <= ${to} and (h.ended_at is null or h.ended_at >= ${from})
			order by h.handoff_id, e.version`
	);
	const byId = new Map<string, { readonly chatId: string; readonly events: Happened[] }>();
	for (const { handoffId, chatId, said, quotes, quotesFound, startHere, spokenAt, ...event } of rows) {
		const of = byId.get(handoffId) ?? { chatId, events: [] };
		of.events.push({
			...event,
			...said,
			...(spokenAt === null ? {} : { until: Math.min(said.until ?? Infinity, spokenAt) }),
			...(quotes === null ? {} : { quotes: { all: quotes, found: quotesFound ?? 0 } }),
			...(startHere === null ? {} : { startHere })
		});
		byId.set(handoffId, of);
	}
	return [...byId].map(([handoffId, { chatId, events }]) => ({
		handoffId,
		events,
		said: saidWhileHeld(read, chatId, events, to)
	}));
};

/** What members of the desk said in the chat since somebody first had the hand-off. A turn that says not whose it is, is nobody's. */
const saidWhileHeld = (
	read: Read,
	chatId: string,
	events: readonly Happened[],
	to: number
): readonly Said[] => {
	const first = events.find(({ kind, void: isVoid }) => HOLDS.has(kind) && !isVoid);
	return first === undefined
		? []
		: read.all(
				z.object({ byId: z.string(), at: z.number(), text: wordsRow }),
				sql`select e.payload ->> '$.memberId' as byId, t.at, e.payload ->> '$.text' as text
					from ${turns} t join ${eventLog} e on e.stream = t.stream and e.stream_seq = t.position
					where t.stream = ${chatStream(chatId)} and t.role = 'user' and t.at between ${first.at} and ${to}
						and e.payload ->> '$.memberId' is not null
					order by t.number`
			);
};

const count = (read: Read, statement: Statement): number =>
	read.one(z.object({ n: z.number() }), statement)?.n ?? 0;

/**
 * The desk from `from` to `to` (milliseconds since 1970 UTC). Durations are of the episodes that were raised in that time, and
 * null until both their ends exist.
 */
export const deskMetrics = defineQuery({
	name: 'desk_metrics',
	input: z.object({ from: z.number().int(), to: z.number().int() }),
	reads: [handoffs, handoffHistory, handoffAssessments, turns, cases, eventLog],
	answer: (read, { from, to }) => {
		const histories = historiesOf(read, from, to);
		const episodes = histories
			.flatMap((history) => episodesOf(history, to))
			.filter(({ raisedAt }) => raisedAt >= from);
		const events = histories.flatMap((history) => history.events).filter(({ at }) => at >= from);
		const closed = sql`select k.stream from ${cases} k where k.resolved_at >= ${from} and k.resolved_at <= ${to}`;
		const closedCases = count(read, sql`select count(*) as n from (${closed})`);
		const stretches = histories.flatMap((history) => stretchesOf(history.events, to));
		const points = Math.max(1, Math.min(POINTS, Math.ceil((to - from) / 3_600_000)));
		return {
			episodes,
			pickUp: quantiles(episodes.map(({ pickUpMs }) => pickUpMs)),
			firstAction: quantiles(episodes.map(({ firstActionMs }) => firstActionMs)),
			resolve: quantiles(episodes.map(({ resolveMs }) => resolveMs)),
			held: quantiles(episodes.map(({ heldMs }) => (heldMs === 0 ? null : heldMs))),
			slept: quantiles(episodes.map(({ sleptMs }) => (sleptMs === 0 ? null : sleptMs))),
			assessed: quantiles(episodes.map(({ assessedMs }) => assessedMs)),
			/** What was taken up again was not handed on again. */
			raised: episodes.filter(({ reopening }) => !reopening).length,
			/** Cases that were handed on among those that were closed. */
			escalationRate:
				closedCases === 0
					? null
					: count(
							read,
							sql`select count(*) as n from (${closed}) c
								where exists (select 1 from ${handoffs} h where 'chat:' || h.chat_id = c.stream)`
						) / closedCases,
			reopenRate: shareKnown(episodes.map(({ reopened }) => reopened)),
			returnRate: shareOf(episodes, ({ returned }) => returned),
			pingPongRate: shareOf(episodes, ({ owners }) => owners >= PING_PONG_OWNERS),
			overdueRate: shareOf(episodes, ({ overdue }) => overdue),
			/** Known only of claims that came from elsewhere, for one that comes too late here is refused and not written. */
			claimConflictRate: conflictRate(events),
			assessmentReadyRate: shareKnown(episodes.map(({ readyAtPickUp }) => readyAtPickUp)),
			quotesVerifiedRate: verifiedRate(events),
			editedRate: shareKnown(episodes.map(({ edited }) => edited)),
			startHereRate: shareKnown(episodes.map(({ startedHere }) => startedHere)),
			depth: Array.from({ length: points + 1 }, (_, i) =>
				depthAt(stretches, Math.round(from + ((to - from) * i) / points))
			)
		};
	}
});
