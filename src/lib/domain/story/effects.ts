// Effects: what a turn brought about, as a list under it; and one of them taken back by hand.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import { eventLog, logRow, type LogRow } from '../kernel/log.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { bots } from '../library/bots.ts';
import { yous } from '../library/personas.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import { classifierFailed, classifierFailures, failuresOf } from './classifier-failures.ts';
import { digestCreated } from './meanwhile-scenes.ts';
import { memories, memoryWritten } from './memories.ts';
import { namesIn } from './names.ts';
import { containers, findPlace } from './places.ts';
import { replyJobs, unfinishedReply } from './reply-jobs.ts';
import { eventCompleted, storyEvents } from './story-events.ts';
import { findStoryEvent } from './story-plans.ts';
import { SUMMING_UP, summingUp } from './summing-up.ts';
import { findThread, threads } from './threads.ts';
import { turns } from './turns.ts';

/** One effect of a turn was taken back by hand. It says so in the log, and changes nothing else. */
export const effectUndone = defineEvent({
	kind: 'effect_undone',
	payload: z.object({ eventId: id, kind: z.string().max(60) }),
	upcasts: [],
	writes: [],
	project: () => [],
	named: ({ kind }) => kind
});

/** What a payload may name by an id, and what the ids of each are called. A kind that names no more of these says no more. */
const ofId = z.string().optional().catch(undefined);
const subjects = z.object({
	owner: ofId,
	// of a memory it is what that was made of, and no person
	source: ofId,
	target: ofId,
	entity: ofId,
	containerId: ofId,
	memoryId: ofId,
	eventId: ofId,
	threadId: ofId
});

type Finder = (of: string) => string | undefined;

/** What the things an effect is about are called now, by what they are to it; what is gone has no name. */
const namesOf = (
	find: Readonly<Record<'who' | 'place' | 'memory' | 'storyEvent' | 'thread', Finder>>,
	payload: unknown
): Readonly<Record<string, string>> => {
	const { owner, source, target, entity, ...about } = subjects.safeParse(payload).data ?? {};
	const found: readonly (readonly [role: string, of: string | undefined, find: Finder])[] = [
		['owner', owner, find.who],
		['source', source, find.who],
		['target', target, find.who],
		['entity', entity, find.who],
		['place', about.containerId, find.place],
		['memory', about.memoryId, find.memory],
		['storyEvent', about.eventId, find.storyEvent],
		['thread', about.threadId, find.thread]
	];
	return Object.fromEntries(
		found.flatMap(([role, of, called]) => {
			const name = of === undefined ? undefined : called(of);
			return name === undefined || name === '' ? [] : [[role, name]];
		})
	);
};

/** The live effects of a turn, in the order of the log. */
const effectsOf = (read: Read, stream: string, turnId: string): LogRow[] =>
	read.all(
		logRow,
		sql`select seq, event_id as eventId, stream, stream_seq as streamSeq, anchor, cause, opens_turn as opensTurn, batch,
				kind, v, payload, at, superseded_by as supersededBy
			from ${eventLog} where anchor = ${turnId} and +stream = ${stream} and cause = anchor and opens_turn = 0
				and superseded_by is null order by seq`
	);

const roundRow = z.object({ round: z.number() });

/**
 * What each of some turns brought about, in their order; nothing for a turn that is not in the story. `provisional`: the
 * story has not gone on since, so asking again would take it back. `payload` as this version has it, null where it is of a
 * kind this version does not know. `names`: what the things it is about are called. `failures`: what could not be noticed.
 */
export const effectList = defineQuery({
	name: 'effects',
	input: z.object({ chatId: id, turnIds: z.array(id).max(200) }),
	reads: [eventLog, chats, bots, yous, turns, containers, memories, storyEvents, threads, classifierFailures],
	answer: (read, { chatId, turnIds }, look) => {
		const chat = findChat(read, chatId);
		if (chat === null) return [];
		const stream = chatStream(chatId);
		const nameOf = namesIn(read, chat);
		const find = {
			who: nameOf,
			place: (of: string) => findPlace(read, stream, of)?.name,
			memory: (of: string) => memoryWords(read, stream, of),
			storyEvent: (of: string) => findStoryEvent(read, stream, of)?.title,
			thread: (of: string) => findThread(read, stream, of)?.text
		};
		const newest = read.one(
			roundRow,
			sql`select round from ${turns} where stream = ${stream} order by number desc limit 1`
		);
		return turnIds.map((turnId) => {
			const turn = read.one(
				roundRow,
				sql`select round from ${turns} where stream = ${stream} and turn_id = ${turnId}`
			);
			const there = turn === null ? [] : effectsOf(read, stream, turnId);
			return {
				turnId,
				provisional: turn !== null && turn.round === newest?.round,
				effects: there
					// what went wrong is told apart from what came of it
					.filter(({ kind }) => kind !== classifierFailed.kind)
					.map((row) => {
						const payload = look.payload(row);
						return { eventId: row.eventId, kind: row.kind, payload, names: namesOf(find, payload) };
					}),
				failures: turn === null ? [] : failuresOf(read, stream, turnId)
			};
		});
	}
});

const memoryWords = (read: Read, stream: string, memoryId: string): string | undefined =>
	read.one(
		z.object({ text: z.string() }),
		sql`select text from ${memories} where stream = ${stream} and memory_id = ${memoryId}`
	)?.text;

/** Which id of an effect says what memories were made of it. */
const SOURCE_OF: Readonly<Record<string, string>> = {
	[eventCompleted.kind]: '$.eventId',
	[digestCreated.kind]: '$.digestId'
};

/** What goes with an effect: the memories that were made of it by the same words, and what sums up a scene that it ended. */
const goesWith = (read: Read, effect: LogRow): readonly number[] => {
	const source = SOURCE_OF[effect.kind];
	const memoriesOf =
		source === undefined
			? []
			: read.all(
					z.object({ seq: z.number() }),
					sql`select seq from ${eventLog} where anchor = ${effect.anchor} and +stream = ${effect.stream}
						and batch = ${effect.batch} and kind = ${memoryWritten.kind} and superseded_by is null
						and payload ->> '$.source.id' = ${effect.payload} ->> ${source} order by seq`
				);
	return [effect.seq, ...memoriesOf.map(({ seq }) => seq), ...summingUp(read, effect.stream, [effect])];
};

/** Takes one effect of a turn back. What was built on it folds to nothing as long as it is gone. */
export const undoEffect = defineCommand({
	name: 'undo_effect',
	input: z.object({ chatId: id, eventId: id }),
	reads: [chats, eventLog, replyJobs, ...SUMMING_UP],
	decide: ({ chatId, eventId }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const effect = read.one(
			logRow,
			sql`select seq, event_id as eventId, stream, stream_seq as streamSeq, anchor, cause, opens_turn as opensTurn, batch,
					kind, v, payload, at, superseded_by as supersededBy
				from ${eventLog} where stream = ${stream} and event_id = ${eventId} and cause = anchor and opens_turn = 0
					and superseded_by is null`
		);
		if (effect === null) return refuse({ type: 'effect_unknown', chatId, eventId });
		const { blocking } = unfinishedReply(read, stream);
		if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
		const { anchor, kind } = effect;
		return decided({
			changes: [{ kind: 'supersede', stream, seqs: goesWith(read, effect), by: { event: 0 } }],
			events: [effectUndone({ stream, anchor, payload: { eventId, kind } })],
			valueFrom: ({ rung }) => ({ eventId, kind, rung })
		});
	}
});
