// What screens ask about one hand-off: its facts, notes, history and assessments, and whether the chat went on since.
import { eventLog } from '../kernel/log.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { actingAs, members } from '../library/members.ts';
import { chats, findChat } from '../story/chats.ts';
import { turns } from '../story/turns.ts';
import { chatStream, handoffStream, id } from '../streams.ts';
import { refsOf } from './assessment-shape.ts';
import { headOf } from './facts.ts';
import { facts, type Facts } from './facts-shape.ts';
import { handoffId, perhapsHandoffId } from './handoff-id.ts';
import {
	findHandoff,
	handoffAssessments,
	handoffHistory,
	handoffNotes,
	handoffs,
	handoffsWhere,
	type Handoff
} from './handoffs.ts';
import { pickedUpTwice } from './pick-up-twice.ts';
import { isOwnerGone } from './queue.ts';
import { deskSettings, deskSettingsNow } from './settings.ts';
import { standing, versionsOf } from './standing-assessment.ts';
import { dueAt, effectiveState, rowsThat, staleAt, TIMERS_READ, waitsSince } from './timers.ts';

const historyRow = z.object({
	version: z.number(),
	kind: z.string(),
	episode: z.number(),
	actor: z.string(),
	role: z.string(),
	said: z.string().transform((json) => z.looseObject({}).parse(JSON.parse(json))),
	at: z.number(),
	/** It was not legal in the state it met, and changed nothing. */
	void: z.number().transform(Boolean)
});

const noteRow = z.object({
	noteId: z.string(),
	author: z.object({ memberId: z.string(), name: z.string() }),
	text: z.string(),
	episode: z.number(),
	at: z.number()
});

const assessmentRow = z.object({
	number: z.number(),
	version: z.number(),
	episode: z.number(),
	by: z.enum(['ai', 'person']),
	author: z.string(),
	model: z.string().nullable(),
	key: z.string(),
	basis: z.number().nullable(),
	statements: z.number(),
	traced: z.number(),
	quotes: z.number(),
	quotesFound: z.number(),
	digest: z.string(),
	turns: z.number(),
	at: z.number()
});

const factsAt = (read: Read, { handoffId: of, factsAt: version }: Handoff): Facts | null => {
	const row = read.one(
		z.object({ facts: z.string().nullable() }),
		sql`select payload -> '$.facts' as facts from ${eventLog}
			where stream = ${handoffStream(of)} and stream_seq = ${version}`
	);
	return row?.facts == null ? null : facts.parse(JSON.parse(row.facts));
};

/** The turns among those named that are in the chat no more: rewound, deleted, or another reply stands in their place. */
const goneFrom = (
	read: Read,
	chatId: string,
	named: readonly (string | null | undefined)[]
): readonly string[] =>
	read
		.all(
			z.object({ turnId: z.string() }),
			sql`select distinct value as turnId
				from json_each(${JSON.stringify(named.filter((turnId) => turnId != null))}) r
				where not exists (select 1 from ${turns} t where t.stream = ${chatStream(chatId)} and t.turn_id = r.value)`
		)
		.map(({ turnId }) => turnId);

/** The turns the facts point to. */
const namedBy = (told: Facts | null) => [
	...(told?.steps ?? []).map(({ turnId }) => turnId),
	...(told?.errors ?? []).flatMap(({ first, last }) => [first, last]),
	...(told?.looseEnds ?? []).map(({ turnId }) => turnId),
	told?.lastUserTurn?.turnId,
	told?.lastProposal?.turnId
];

/** Whether the chat is as it was when something was made of it, and how many turns came since. */
const since = (
	now: { readonly digest: string; readonly turns: number },
	then: { readonly digest: string; readonly turns: number }
) => ({ stale: now.digest !== then.digest, newerTurns: Math.max(0, now.turns - then.turns) });

/** Whether it is somebody's to read: a plain member watches only what they raised. Who is nobody yet is kept from nothing. */
const mayRead = (read: Read, row: Handoff, memberId: string | null): boolean =>
	memberId === null ||
	actingAs(read, memberId)?.role !== 'member' ||
	row.raisedBy === memberId ||
	// who raised it once sees how it goes on, whoever raised it again
	read.one(
		z.object({ one: z.number() }),
		sql`select 1 as one from ${handoffHistory} where actor_id = ${memberId} and stream = ${handoffStream(row.handoffId)}
			and kind = 'handoff_raised' and void = 0 limit 1`
	) !== null;

/** Whether a hand-off is the actor's to read; null where there is none to be read. */
export const handoffForWhom = defineQuery({
	name: 'handoff_for_whom',
	input: z.object({ handoffId: perhapsHandoffId, actor: id }),
	reads: [members, handoffs, handoffHistory],
	answer: (read, { handoffId: of, actor: memberId }) => {
		const row = of === null ? null : findHandoff(read, of);
		return row === null ? null : { yours: mayRead(read, row, memberId) };
	}
});

/**
 * Everything about a hand-off; null for an unknown id, for what is no id, and for what is not the actor's to read, where one is
 * named. `now` is the asker's moment.
 */
export const handoff = defineQuery({
	name: 'handoff',
	input: z.object({
		handoffId: perhapsHandoffId,
		actor: id.nullable().default(null),
		now: z.number().int()
	}),
	reads: [
		members,
		chats,
		turns,
		eventLog,
		handoffs,
		handoffHistory,
		handoffNotes,
		handoffAssessments,
		deskSettings
	],
	answer: (read, { handoffId: of, actor: memberId, now }) => {
		const row =
			of === null
				? undefined
				: handoffsWhere(read, sql`where stream = ${handoffStream(of)}`, rowsThat.wakeAt)[0];
		if (row === undefined || !mayRead(read, row, memberId)) return null;
		const stream = handoffStream(row.handoffId);
		const told = factsAt(read, row);
		const { staleMinutes } = deskSettingsNow(read);
		const head = headOf(read, row.chatId);
		return {
			...row,
			state: effectiveState(row, now),
			waitsSince: waitsSince(row),
			dueAt: dueAt(row, now),
			staleAt: staleAt(row, staleMinutes),
			owner: row.owner === null ? null : { ...row.owner, gone: isOwnerGone(read, row) },
			/** Two people claimed it, and their files met: who has it, and who had it too. Both are to be told. */
			pickedUpTwice: pickedUpTwice(read, row),
			/** The chat is on this device, and was not deleted. */
			chatIsHere: findChat(read, row.chatId) !== null,
			facts: told,
			/** Turns among those named that are in the chat no more. */
			gone: goneFrom(read, row.chatId, namedBy(told)),
			chatSince: since(head, { digest: row.headDigest, turns: row.headTurns }),
			notes: read.all(
				z
					.object({
						noteId: z.string(),
						author: z.string(),
						authorName: z.string(),
						text: z.string(),
						episode: z.number(),
						at: z.number()
					})
					.transform(({ author, authorName, ...note }) =>
						noteRow.parse({ ...note, author: { memberId: author, name: authorName } })
					),
				sql`select note_id as noteId, author, author_name as authorName, text, episode, at from ${handoffNotes}
					where stream = ${stream} order by version`
			),
			history: read.all(
				historyRow,
				sql`select version, kind, episode, actor_name as actor, actor_role as role, said, at, void from ${handoffHistory}
					where stream = ${stream} order by version`
			),
			/** The newest first. */
			assessments: read
				.all(
					assessmentRow,
					sql`select number, version, episode, made_by as by, author_name as author, model, key, basis, statements,
							traced, quotes, quotes_found as quotesFound, head_digest as digest, head_turns as turns, at
						from ${handoffAssessments} where stream = ${stream} order by number desc`
				)
				.map((made) => ({ ...made, ...since(head, made) }))
		};
	}
});

/**
 * The words of one assessment, by its number; where none is said, what stands: the newest, with what people wrote into it on
 * top. Null while there is none.
 */
export const handoffAssessment = defineQuery({
	name: 'handoff_assessment',
	input: z.object({ handoffId, number: z.number().int().min(1).nullable().default(null) }),
	reads: [handoffs, handoffAssessments, turns, eventLog],
	answer: (read, { handoffId: of, number }) => {
		const row = findHandoff(read, of);
		const made = row === null ? null : standing(versionsOf(read, of), number);
		if (row === null || made === null) return null;
		/** Turns it rests on that are in the chat no more. */
		const gone = goneFrom(
			read,
			row.chatId,
			[...refsOf(made.body), ...(made.beneath === null ? [] : refsOf(made.beneath.body))].map(
				({ turn }) => turn
			)
		);
		return { ...made, gone };
	}
});

/** The hand-offs of a chat, the newest first; each with how it stands at `now`. */
export const handoffsOfChat = defineQuery({
	name: 'handoffs_of_chat',
	input: z.object({ chatId: id, now: z.number().int() }),
	reads: [members, handoffs, deskSettings, ...TIMERS_READ],
	answer: (read, { chatId, now }) => {
		const { staleMinutes } = deskSettingsNow(read);
		return handoffsWhere(
			read,
			sql`where chat_id = ${chatId} order by raised_at desc, handoff_id`,
			rowsThat.wakeAt
		).map((row) => ({
			handoffId: row.handoffId,
			chatId: row.chatId,
			title: row.title,
			chatKind: row.chatKind,
			state: effectiveState(row, now),
			priority: row.priority,
			episode: row.episode,
			raisedBy: row.raisedByName,
			raisedById: row.raisedBy,
			raisedAt: row.raisedAt,
			waitsSince: waitsSince(row),
			owner: row.owner === null ? null : { ...row.owner, gone: isOwnerGone(read, row) },
			claimedAt: row.claimedAt,
			staleAt: staleAt(row, staleMinutes),
			endedAt: row.endedAt,
			endedCode: row.endedCode,
			endedNote: row.endedNote
		}));
	}
});
