// Rewind: the story goes back to a turn; what came after goes into a recovery copy. Deleting takes one turn back.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import { eventLog, logRow } from '../kernel/log.ts';
import type { LogChange } from '../kernel/log-change.ts';
import { defineQuery, type Look, type Read, type ToldRow } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { liveTurn, tailAfter, type TurnOfLog } from '../kernel/turns-of-log.ts';
import { bots } from '../library/bots.ts';
import { yous } from '../library/personas.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat, type Chat } from './chats.ts';
import { allOf, withInterjections } from './interjections.ts';
import { meanwhiles, withScene } from './meanwhile-scenes.ts';
import { namesIn } from './names.ts';
import { isAbout, jobOfStream, replyJobs, unfinishedReply } from './reply-jobs.ts';
import { turns } from './turns.ts';

/** One turn was taken out of the story, with what it had brought about. It says so in the log, and changes nothing else. */
export const turnDeleted = defineEvent({
	kind: 'turn_deleted',
	payload: z.object({ turnId: id }),
	upcasts: [],
	writes: [],
	project: () => []
});

/** What rewinding to a turn does to the log. Null when nothing comes after it. */
const rewinding = (
	read: Read,
	stream: string,
	turn: TurnOfLog,
	copyId: string,
	title: string
): { readonly change: LogChange; readonly turns: number; readonly events: number } | null => {
	const { seqs, turns: gone } = tailAfter(read, stream, turn);
	if (seqs.length === 0) return null;
	return {
		change: { kind: 'cut', stream, seqs, copy: { copyId, kind: 'rewind', title } },
		turns: gone.length,
		events: seqs.length
	};
};

/** What a plan was made on: the newest event of a stream, and how many there are, for some may come back below it. */
const headOf = (read: Read, stream: string): string =>
	read.one(
		z.object({ head: z.string() }),
		sql`select event_id || ' ' || (select count(*) from ${eventLog} where stream = ${stream}) as head
			from ${eventLog} where stream = ${stream} order by stream_seq desc limit 1`
	)?.head ?? '';

const basedOn = z.string().max(100).nullable().default(null);

/**
 * Goes back to a turn: everything anchored after it leaves the log for a recovery copy, whose id is the answer. `basedOn`
 * is what the plan said: when something was added since, it is refused, for the plan does not hold any more.
 */
export const rewind = defineCommand({
	name: 'rewind',
	input: z.object({ chatId: id, turnId: id, basedOn }),
	reads: [chats, eventLog, replyJobs],
	notes: [replyJobs],
	decide: ({ chatId, turnId, basedOn: plannedOn }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const turn = liveTurn(read, stream, turnId);
		if (turn === null) return refuse({ type: 'turn_unknown', chatId, turnId });
		const { blocking, clearing } = unfinishedReply(read, stream);
		if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
		if (plannedOn !== null && plannedOn !== headOf(read, stream))
			return refuse({ type: 'moved_on', chatId, turnId });
		const copyId = world.newId();
		const plan = rewinding(read, stream, turn, copyId, chat.title);
		if (plan === null) return refuse({ type: 'nothing_to_rewind', chatId, turnId });
		return decided({
			changes: [plan.change],
			notes: clearing,
			valueFrom: ({ rung }) => ({ copyId, turns: plan.turns, events: plan.events, rung })
		});
	}
});

const deleting = (read: Read, stream: string, turnId: string): LogChange => ({
	kind: 'supersede',
	stream,
	seqs: allOf(read, stream, withScene(read, stream, turnId)),
	by: { event: 0 }
});

/**
 * Takes one turn out of the story, with what it brought about and what was put in to it; the one that begins a scene
 * elsewhere takes the scene along. Later turns stay; what they say is not asked anew.
 */
export const deleteTurn = defineCommand({
	name: 'delete_turn',
	input: z.object({ chatId: id, turnId: id, basedOn }),
	reads: [chats, eventLog, replyJobs, meanwhiles, turns],
	notes: [replyJobs],
	decide: ({ chatId, turnId, basedOn: plannedOn }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		if (liveTurn(read, stream, turnId) === null) return refuse({ type: 'turn_unknown', chatId, turnId });
		const { blocking, clearing } = unfinishedReply(read, stream);
		if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
		if (plannedOn !== null && plannedOn !== headOf(read, stream))
			return refuse({ type: 'moved_on', chatId, turnId });
		const job = jobOfStream(read, stream);
		const gone = withInterjections(read, stream, withScene(read, stream, turnId));
		// what is looked for in another turn is still to be found
		const goesOn = job !== null && !isAbout(job, gone);
		return decided({
			changes: [deleting(read, stream, turnId)],
			events: [turnDeleted({ stream, anchor: turnId, payload: { turnId } })],
			notes: goesOn ? [] : clearing,
			valueFrom: ({ rung }) => ({ turnId, rung })
		});
	}
});

/** How many events of one kind a plan names; the rest are counted. */
const NAMED = 12;

/** What leaves, by kind: how many are live, superseded and orphaned, and the newest live ones by name. */
const listed = (read: Read, look: Look, seqs: readonly number[]) => {
	const kinds = new Map<
		string,
		{ kind: string; live: number; superseded: number; orphaned: number; names: string[] }
	>();
	for (const row of read.all(
		logRow,
		sql`select seq, event_id as eventId, stream, stream_seq as streamSeq, anchor, cause, opens_turn as opensTurn, batch,
				kind, v, payload, at, superseded_by as supersededBy
			from ${eventLog} where seq in (select value from json_each(${JSON.stringify(seqs)})) order by seq desc`
	)) {
		const entry = kinds.get(row.kind) ?? { kind: row.kind, live: 0, superseded: 0, orphaned: 0, names: [] };
		kinds.set(row.kind, entry);
		if (row.supersededBy !== null) {
			entry.superseded += 1;
			continue;
		}
		const { name, orphaned } = look.describe(row);
		if (orphaned) entry.orphaned += 1;
		else entry.live += 1;
		if (!orphaned && name !== '' && entry.names.length < NAMED) entry.names.push(name);
	}
	// what a reader knows by name comes before what only the log knows
	return [...kinds.values()].sort((a, b) => Number(b.names.length > 0) - Number(a.names.length > 0));
};

/** Rows that belong to the story's people are told by what those are called; a nameless player stays `you`. */
const withNames = (read: Read, chat: Chat, rows: readonly ToldRow[]): readonly ToldRow[] => {
	const called = namesIn(read, chat);
	const nameOf = (who: string): string => called(who) || who;
	return rows.map((row) => {
		const { source, target, entity } = row.key;
		if (typeof entity === 'string') return { ...row, name: nameOf(entity) };
		return typeof source === 'string' && typeof target === 'string'
			? { ...row, name: `${nameOf(source)} → ${nameOf(target)}` }
			: row;
	});
};

/**
 * What rewinding to a turn, or deleting it, would take back, made by the very change that would be carried out. Null when
 * the turn is not in the story. `gone` is empty when nothing comes after it. `changes`: what else would be otherwise.
 */
export const plan = defineQuery({
	name: 'plan',
	input: z.object({ chatId: id, turnId: id, what: z.enum(['rewind', 'delete']) }),
	reads: [chats, eventLog, bots, yous, meanwhiles, turns],
	answer: (read, { chatId, turnId, what }, look) => {
		const chat = findChat(read, chatId);
		const stream = chatStream(chatId);
		const turn = liveTurn(read, stream, turnId);
		if (chat === null || turn === null) return null;
		const change =
			what === 'delete'
				? deleting(read, stream, turnId)
				: (rewinding(read, stream, turn, 'plan', chat.title)?.change ?? null);
		const seqs = change !== null && 'seqs' in change ? change.seqs : [];
		return {
			basedOn: headOf(read, stream),
			turns:
				what === 'delete'
					? withInterjections(read, stream, withScene(read, stream, turnId))
					: tailAfter(read, stream, turn).turns,
			gone: listed(read, look, seqs),
			changes: change === null ? [] : withNames(read, chat, look.rehearse([change]))
		};
	}
});
