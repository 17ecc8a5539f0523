// Memories: what somebody in the story remembers, who else was there, and how much it matters.
import { defineEvent } from '../kernel/event.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql, type Statement } from '../kernel/sql.ts';
import { id } from '../streams.ts';
import { chats } from './chats.ts';
import { gramsOf } from './grams.ts';
import { entity, type Entity } from './people.ts';
import { storyEvents } from './story-events.ts';
import { minutes, storyNow } from './story-now.ts';
import { present as witness, turns } from './turns.ts';

/** Longest text of one memory, in UTF-16 units. */
export const MEMORY_MAX_CHARS = 2000;

/**
 * What somebody remembers, from the owner's point of view. `position` is the stream_seq of the event that wrote it,
 * `memory_seq` its seq: the row's number in the full-text index, which never leaves the database. `grams` is for that
 * index only. `guest_id`: who the guest was. `turn_id` caused it; null when it was written by hand. `number`: which turn
 * the story was at, for how long ago it was.
 */
export const memories = defineTable(
	'memories',
	`	stream text not null,
	memory_id text not null,
	position integer not null,
	memory_seq integer not null,
	owner text not null,
	text text not null,
	grams text not null,
	significance integer not null check (significance between 0 and 3),
	witness_you integer not null check (witness_you in (0, 1)),
	witness_host integer not null check (witness_host in (0, 1)),
	witness_guest integer not null check (witness_guest in (0, 1)),
	guest_id text,
	scene_id text,
	minutes integer not null,
	source_kind text,
	source_id text,
	turn_id text,
	number integer not null,
	pinned integer not null check (pinned in (0, 1)),
	forgotten integer not null check (forgotten in (0, 1)),
	edits integer not null,
	at integer not null,
	primary key (stream, memory_id)`,
	{
		indexes: {
			memories_by_position: '(stream, forgotten, position)',
			memories_pinned: '(stream, position) where pinned = 1',
			memories_by_seq: '(memory_seq)',
			memories_by_source: "(stream, source_id) where source_kind = 'story_event'"
		},
		told: { key: ['memory_id'], name: 'text', values: ['text', 'significance', 'pinned', 'forgotten'] },
		// the name of the stream is among the words, so that a search meets the rows of no other chat
		fullText: { columns: ['stream', 'text', 'grams'], rowid: 'memory_seq' }
	}
);

/** 0 passing, 1 worth keeping, 2 important, 3 changes everything. */
export const significance = z.number().int().min(0).max(3);

/** What is remembered; not empty. */
export const memoryText = z
	.string()
	.max(MEMORY_MAX_CHARS)
	.refine((value) => value.trim() !== '', { error: 'is empty', params: { problem: 'required' } });

const memoryRow = (stream: string, memoryId: string) =>
	sql`select 1 from ${memories} where stream = ${stream} and memory_id = ${memoryId}`;

/**
 * A story event is remembered once by each as long as it is completed, and not at all when that was taken back: whatever was
 * set aside and brought back since, in whichever order.
 */
const isNew = (stream: string, owner: Entity, eventId: string): Statement =>
	sql`exists (select 1 from ${storyEvents} where stream = ${stream} and event_id = ${eventId} and status = 'completed')
		and not exists (select 1 from ${memories} where stream = ${stream} and source_id = ${eventId}
			and source_kind = 'story_event' and owner = ${owner} and forgotten = 0)`;

/** Of a row of {@link memories}: no other like it lives that was made of the same story event. */
export const isAlone: Statement = sql`(source_kind is not 'story_event' or not exists (select 1 from ${memories} other
	where other.stream = ${memories}.stream and other.source_id = ${memories}.source_id
		and other.source_kind = 'story_event' and other.owner = ${memories}.owner and other.forgotten = 0
		and other.memory_id <> ${memories}.memory_id))`;

const flag = (value: boolean): 0 | 1 => (value ? 1 : 0);

export const memoryWritten = defineEvent({
	kind: 'memory_written',
	payload: z.object({
		memoryId: id,
		owner: entity,
		text: memoryText,
		significance,
		witness,
		/** Who the guest among the witnesses was. */
		guestId: id.nullable(),
		sceneId: id.nullable(),
		minutes,
		/** What it was made of; null when it was noticed in a turn or written by hand. */
		source: z.object({ kind: z.enum(['story_event', 'digest', 'carried']), id }).nullable()
	}),
	upcasts: [],
	writes: [memories],
	reads: [turns, storyNow, storyEvents],
	named: ({ text }) => text,
	about: ({ stream, payload }) => memoryRow(stream, payload.memoryId),
	project: ({ seq, stream, streamSeq, cause, at, payload: memory }) => [
		sql`insert into ${memories} (stream, memory_id, position, memory_seq, owner, text, grams, significance, witness_you,
				witness_host, witness_guest, guest_id, scene_id, minutes, source_kind, source_id, turn_id, number, pinned,
				forgotten, edits, at)
			select ${stream}, ${memory.memoryId}, ${streamSeq}, ${seq}, ${memory.owner}, ${memory.text},
				${gramsOf(memory.text)}, ${memory.significance}, ${flag(memory.witness.you)}, ${flag(memory.witness.host)},
				${flag(memory.witness.guest)}, ${memory.guestId}, ${memory.sceneId}, ${memory.minutes},
				${memory.source?.kind ?? null}, ${memory.source?.id ?? null}, ${cause},
				coalesce((select number from ${turns} where stream = ${stream} and turn_id = ${cause}),
					(select turns from ${storyNow} where stream = ${stream}), 0),
				0, 0, 0, ${at}
			where ${memory.source?.kind === 'story_event' ? isNew(stream, memory.owner, memory.source.id) : sql`true`}`
	]
});

export const memoryEdited = defineEvent({
	kind: 'memory_edited',
	payload: z.object({ memoryId: id, text: memoryText, significance, witness }),
	upcasts: [],
	writes: [memories],
	named: ({ text }) => text,
	about: ({ stream, payload }) => memoryRow(stream, payload.memoryId),
	project: ({ stream, payload: memory }) => [
		sql`update ${memories} set text = ${memory.text}, grams = ${gramsOf(memory.text)},
				significance = ${memory.significance}, witness_you = ${flag(memory.witness.you)},
				witness_host = ${flag(memory.witness.host)}, witness_guest = ${flag(memory.witness.guest)}, edits = edits + 1
			where stream = ${stream} and memory_id = ${memory.memoryId}`
	]
});

/** Not recalled any more, and not listed. The row stays, so that what was said of it has its subject. */
export const memoryForgotten = defineEvent({
	kind: 'memory_forgotten',
	payload: z.object({ memoryId: id }),
	upcasts: [],
	writes: [memories],
	about: ({ stream, payload }) => memoryRow(stream, payload.memoryId),
	project: ({ stream, payload }) => [
		sql`update ${memories} set forgotten = 1, pinned = 0
			where stream = ${stream} and memory_id = ${payload.memoryId}`
	]
});

/**
 * A person has it remembered again. Not beside another memory of its owner that was made of the same story event: that is
 * remembered once.
 */
export const memoryRemembered = defineEvent({
	kind: 'memory_remembered',
	payload: z.object({ memoryId: id }),
	upcasts: [],
	writes: [memories],
	about: ({ stream, payload }) => memoryRow(stream, payload.memoryId),
	project: ({ stream, payload }) => [
		sql`update ${memories} set forgotten = 0
			where stream = ${stream} and memory_id = ${payload.memoryId} and ${isAlone}`
	]
});

/** Pinned, it is recalled whatever is spoken of. */
export const memoryPinned = defineEvent({
	kind: 'memory_pinned',
	payload: z.object({ memoryId: id, pinned: z.boolean() }),
	upcasts: [],
	writes: [memories],
	about: ({ stream, payload }) => memoryRow(stream, payload.memoryId),
	project: ({ stream, payload }) => [
		sql`update ${memories} set pinned = ${flag(payload.pinned)}
			where stream = ${stream} and memory_id = ${payload.memoryId} and forgotten = 0`
	]
});

/**
 * Whether somebody may recall a row `m` of {@link memories}: it is their own, or they were there. Everything that shows a
 * bot what is remembered asks by this condition. Reads chats.
 */
export const recallable = (who: Entity): Statement =>
	sql`(m.owner = ${who}
		or (m.witness_you = 1 and ${who} = 'you')
		or (m.witness_host = 1 and ${who} = (select c.host_id from ${chats} c where c.stream = m.stream))
		or (m.witness_guest = 1 and ${who} = m.guest_id))`;
