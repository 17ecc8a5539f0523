// Hand-offs as they stand: the tables that are folded from their streams, and how one is found and read.
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql, type Statement } from '../kernel/sql.ts';
import { handoffStream } from '../streams.ts';
import { STATES, type Standing } from './life-cycle.ts';

/**
 * `raised_by`: who raised the episode that is on. `queued_at`: since when it waits. `active_at`: when its owner did something
 * last. `facts_at`: the version of the raise whose payload holds the facts of the brief. `assessed`: the number of the newest
 * assessment, 0 for none; `assessment_failed`: why the newest attempt came to nothing, null when it came to something.
 */
export const handoffs = defineTable(
	'handoffs',
	`	stream text not null primary key,
	handoff_id text not null,
	chat_id text not null,
	chat_kind text not null,
	title text not null,
	requester text not null,
	tags text not null,
	intent text not null,
	reason text not null,
	note text not null,
	priority integer not null,
	state text not null check (state in ('open', 'snoozed', 'claimed', 'with_ai', 'resolved', 'withdrawn')),
	episode integer not null,
	raised_by text not null,
	raised_by_name text not null,
	raised_at integer not null,
	queued_at integer not null,
	owner text,
	owner_name text,
	claimed_at integer,
	active_at integer not null,
	snoozed_until integer,
	snooze_why text not null,
	facts_at integer not null,
	head_turn text,
	head_turns integer not null,
	head_digest text not null,
	assessed integer not null,
	assessment_failed text,
	ended_at integer,
	ended_code text not null,
	ended_note text not null`,
	{
		indexes: {
			handoffs_in_queue: '(state, priority, queued_at, handoff_id)',
			handoffs_by_chat: '(chat_id, raised_at)',
			handoffs_by_raiser: '(raised_by, state, priority, queued_at, handoff_id)',
			handoffs_by_owner: '(owner, priority, queued_at, handoff_id) where owner is not null'
		}
	}
);

/**
 * Everything that was ever done to a hand-off. `version` is the event's place in the stream. `void`: it was not legal in the
 * state it met, and changed nothing. `said`: what a person would be told of it, as JSON; facts and assessments stay in the log.
 */
export const handoffHistory = defineTable(
	'handoff_history',
	`	stream text not null,
	version integer not null,
	kind text not null,
	episode integer not null,
	actor_id text not null,
	actor_name text not null,
	actor_role text not null,
	said text not null,
	at integer not null,
	void integer not null check (void in (0, 1)),
	primary key (stream, version)`,
	{
		indexes: {
			handoff_history_by_time: '(at)',
			handoff_history_raises: "(actor_id, stream) where kind = 'handoff_raised' and void = 0"
		}
	}
);

/** What people wrote to each other about a hand-off. */
export const handoffNotes = defineTable(
	'handoff_notes',
	`	stream text not null,
	note_id text not null,
	version integer not null,
	episode integer not null,
	author text not null,
	author_name text not null,
	text text not null,
	at integer not null,
	primary key (stream, note_id)`
);

/**
 * Every assessment, numbered from 1; none takes the place of another. Its words are at `$.body` of the event that has its
 * `version`. `basis`: the number of the one a person edited.
 */
export const handoffAssessments = defineTable(
	'handoff_assessments',
	`	stream text not null,
	number integer not null,
	version integer not null,
	episode integer not null,
	made_by text not null check (made_by in ('ai', 'person')),
	author_name text not null,
	model text,
	key text not null,
	basis integer,
	statements integer not null,
	traced integer not null,
	quotes integer not null,
	quotes_found integer not null,
	head_digest text not null,
	head_turns integer not null,
	at integer not null,
	primary key (stream, number)`
);

const text = (name: string): Statement => ({ text: name, values: [] });

/** The columns of {@link handoffRow}, but for until when it sleeps. */
const COLUMNS =
	text(`handoff_id as handoffId, chat_id as chatId, chat_kind as chatKind, title, requester, tags, intent, reason,
	note, priority, state, episode, raised_by as raisedBy, raised_by_name as raisedByName, raised_at as raisedAt,
	queued_at as queuedAt, owner as ownerId, owner_name as ownerName, claimed_at as claimedAt, active_at as activeAt,
	snooze_why as snoozeWhy, facts_at as factsAt, head_turn as headTurn,
	head_turns as headTurns, head_digest as headDigest, assessed, assessment_failed as assessmentFailed,
	ended_at as endedAt, ended_code as endedCode, ended_note as endedNote`);

const handoffRow = z
	.object({
		handoffId: z.string(),
		chatId: z.string(),
		chatKind: z.enum(['story', 'case']),
		title: z.string(),
		requester: z.string(),
		tags: z.string().transform((json) => z.array(z.string()).parse(JSON.parse(json))),
		intent: z.enum(['escalate', 'pass']),
		reason: z.enum(['asked', 'stuck', 'policy', 'risk']),
		note: z.string(),
		priority: z.number(),
		state: z.enum(STATES),
		episode: z.number(),
		raisedBy: z.string(),
		raisedByName: z.string(),
		raisedAt: z.number(),
		queuedAt: z.number(),
		ownerId: z.string().nullable(),
		ownerName: z.string().nullable(),
		claimedAt: z.number().nullable(),
		activeAt: z.number(),
		snoozedUntil: z.number().nullable(),
		snoozeWhy: z.string(),
		factsAt: z.number(),
		headTurn: z.string().nullable(),
		headTurns: z.number(),
		headDigest: z.string(),
		assessed: z.number(),
		assessmentFailed: z.string().nullable(),
		endedAt: z.number().nullable(),
		endedCode: z.string(),
		endedNote: z.string()
	})
	.transform(({ ownerId, ownerName, ...row }) => ({
		...row,
		owner: ownerId === null ? null : { memberId: ownerId, name: ownerName ?? '' }
	}));

/** A hand-off as its events left it. What time alone makes of it: `timers.ts`. */
export type Handoff = z.output<typeof handoffRow>;

/**
 * Hand-offs by a statement's own conditions, order and limit. `snoozedUntil`: until when they sleep, where that is to be told
 * by more than the moment that was chosen.
 */
export const handoffsWhere = (
	read: Read,
	rest: Statement,
	snoozedUntil: Statement = sql`snoozed_until`
): readonly Handoff[] =>
	read.all(handoffRow, sql`select ${COLUMNS}, ${snoozedUntil} as snoozedUntil from ${handoffs} ${rest}`);

export const findHandoff = (read: Read, handoffId: string): Handoff | null =>
	handoffsWhere(read, sql`where stream = ${handoffStream(handoffId)}`)[0] ?? null;

/** The hand-off of a chat that is not over for good: one that is open, or that a next raise goes on with. */
export const handoffOfChat = (read: Read, chatId: string): Handoff | null =>
	handoffsWhere(
		read,
		sql`where chat_id = ${chatId} and state <> 'withdrawn' order by raised_at desc, handoff_id limit 1`
	)[0] ?? null;

export const standingOf = ({ state, episode, owner, claimedAt, raisedBy }: Handoff): Standing => ({
	state,
	episode,
	owner,
	claimedAt,
	raisedBy
});
