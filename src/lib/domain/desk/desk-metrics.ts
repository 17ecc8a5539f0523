// The numbers of the desk over a stretch of time: reads histories, and leaves the definitions to metrics.ts.
import { defineQuery, type Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Statement } from '../kernel/sql.ts';
import { role } from '../library/members.ts';
import { turns } from '../story/turns.ts';
import { cases } from './cases.ts';
import { handoffAssessments, handoffHistory, handoffs } from './handoffs.ts';
import { depthAt, episodesOf, quantiles, shareOf, type Happened, type History } from './metrics.ts';

/** As many points as a chart shows. */
const POINTS = 60;
/** Who had this many owners went from hand to hand. */
const PING_PONG_OWNERS = 3;

const happenedRow = z.object({
	handoffId: z.string(),
	chatId: z.string(),
	kind: z.string(),
	episode: z.number(),
	actorId: z.string(),
	role,
	said: z
		.string()
		.transform((json) =>
			z.object({ reason: z.string().optional(), toId: z.string().optional() }).parse(JSON.parse(json))
		),
	at: z.number(),
	void: z.number().transform(Boolean),
	quotes: z.number().nullable(),
	quotesFound: z.number().nullable()
});

/** The histories of hand-offs that something happened to until `to`, and that were not over before `from`. */
const historiesOf = (read: Read, from: number, to: number): readonly History[] => {
	const rows = read.all(
		happenedRow,
		sql`select h.handoff_id as handoffId, h.chat_id as chatId, e.kind, e.episode, e.actor_id as actorId,
				e.actor_role as role, e.said, e.at, e.void, a.quotes, a.quotes_found as quotesFound
			from ${handoffs} h join ${handoffHistory} e on e.stream = h.stream
				left join ${handoffAssessments} a on a.stream = e.stream and a.version = e.version
			where e.at <= ${to} and (h.ended_at is null or h.ended_at >= ${from})
			order by h.handoff_id, e.version`
	);
	const byId = new Map<string, { readonly chatId: string; readonly events: Happened[] }>();
	for (const { handoffId, chatId, said, quotes, quotesFound, ...event } of rows) {
		const of = byId.get(handoffId) ?? { chatId, events: [] };
		of.events.push({
			...event,
			...(said.reason === undefined ? {} : { reason: said.reason }),
			...(said.toId === undefined ? {} : { toId: said.toId }),
			...(quotes === null ? {} : { quotes: { all: quotes, found: quotesFound ?? 0 } })
		});
		byId.set(handoffId, of);
	}
	return [...byId].map(([handoffId, { chatId, events }]) => ({
		handoffId,
		events,
		turnsAt: saidAfterClaims(read, chatId, events)
	}));
};

/** When the person first said something in the chat after each claim. */
const saidAfterClaims = (read: Read, chatId: string, events: readonly Happened[]): readonly number[] =>
	events
		.filter(({ kind }) => kind === 'handoff_claimed' || kind === 'handoff_taken_over')
		.flatMap(({ at }) => {
			const row = read.one(
				z.object({ at: z.number().nullable() }),
				sql`select min(at) as at from ${turns}
					where stream = ${`chat:${chatId}`} and role = 'user' and at > ${at}`
			);
			return row?.at == null ? [] : [row.at];
		});

const count = (read: Read, statement: Statement): number =>
	read.one(z.object({ n: z.number() }), statement)?.n ?? 0;

/**
 * The desk from `from` to `to` (milliseconds since 1970 UTC). Durations are of the episodes that were raised in that time, and
 * null until both their ends exist.
 */
export const deskMetrics = defineQuery({
	name: 'desk_metrics',
	input: z.object({ from: z.number().int(), to: z.number().int() }),
	reads: [handoffs, handoffHistory, handoffAssessments, turns, cases],
	answer: (read, { from, to }) => {
		const histories = historiesOf(read, from, to);
		const episodes = histories
			.flatMap((history) => episodesOf(history, to))
			.filter(({ raisedAt }) => raisedAt >= from);
		const events = histories.flatMap((history) => history.events).filter(({ at }) => at >= from);
		const claims = events.filter(({ kind }) => kind === 'handoff_claimed');
		const quotes = events.flatMap((event) => event.quotes ?? []);
		const quoted = quotes.reduce((sum, { all }) => sum + all, 0);
		const closed = sql`select k.stream from ${cases} k where k.resolved_at >= ${from} and k.resolved_at <= ${to}`;
		const closedCases = count(read, sql`select count(*) as n from (${closed})`);
		const points = Math.max(1, Math.min(POINTS, Math.ceil((to - from) / 3_600_000)));
		return {
			episodes: episodes.map((episode) => episode),
			pickUp: quantiles(episodes.map(({ pickUpMs }) => pickUpMs)),
			firstAction: quantiles(episodes.map(({ firstActionMs }) => firstActionMs)),
			resolve: quantiles(episodes.map(({ resolveMs }) => resolveMs)),
			held: quantiles(episodes.map(({ heldMs }) => (heldMs === 0 ? null : heldMs))),
			slept: quantiles(episodes.map(({ sleptMs }) => (sleptMs === 0 ? null : sleptMs))),
			raised: episodes.length,
			/** Cases that were handed on among those that were closed. */
			escalationRate:
				closedCases === 0
					? null
					: count(
							read,
							sql`select count(*) as n from (${closed}) c
								where exists (select 1 from ${handoffs} h where 'chat:' || h.chat_id = c.stream)`
						) / closedCases,
			reopenRate: shareOf(
				episodes.filter(({ reopened }) => reopened !== null),
				({ reopened }) => reopened === true
			),
			returnRate: shareOf(episodes, ({ returned }) => returned),
			pingPongRate: shareOf(episodes, ({ owners }) => owners >= PING_PONG_OWNERS),
			/** Claims that came too late, among all: known only of those that came from elsewhere, for here none is written. */
			claimConflictRate: shareOf(claims, (claim) => claim.void),
			assessmentReadyRate: shareOf(
				episodes.filter(({ readyAtPickUp }) => readyAtPickUp !== null),
				({ readyAtPickUp }) => readyAtPickUp === true
			),
			quotesVerifiedRate: quoted === 0 ? null : quotes.reduce((sum, { found }) => sum + found, 0) / quoted,
			depth: Array.from({ length: points + 1 }, (_, i) =>
				depthAt(histories, Math.round(from + ((to - from) * i) / points))
			)
		};
	}
});
