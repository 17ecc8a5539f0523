// Memories by hand: written, changed, pinned and forgotten; and all of them, to look through.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Statement } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat, type Chat } from './chats.ts';
import { allWordsOf } from './grams.ts';
import {
	isAlone,
	memories,
	memoryEdited,
	memoryForgotten,
	memoryPinned,
	memoryRemembered,
	memoryText,
	memoryWritten,
	recallable,
	significance
} from './memories.ts';
import { entitiesOf, entity, type Entity } from './people.ts';
import { openScene, scenes } from './scenes.ts';
import { clockOf, storyNow } from './story-now.ts';
import { newestTurnId, present as witness, turns, type Present } from './turns.ts';

/** Whose memory it is was there; `guestId`: who the guest among the witnesses was. */
const isWitness = (owner: Entity, was: Present, chat: Chat, guestId: string | null): boolean =>
	owner === 'you' ? was.you : owner === chat.hostId ? was.host : owner === guestId && was.guest;

export const writeMemory = defineCommand({
	name: 'write_memory',
	input: z.object({
		chatId: id,
		owner: entity,
		text: memoryText,
		significance: significance.default(1),
		witness
	}),
	reads: [chats, turns, scenes, storyNow],
	decide: ({ chatId, owner, text, significance: matters, witness: was }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		if (!entitiesOf(chat).includes(owner)) return refuse({ type: 'owner_unknown', chatId, owner });
		const there = { ...was, guest: was.guest && chat.guestId !== null };
		if (!isWitness(owner, there, chat, chat.guestId)) return refuse({ type: 'not_a_witness', chatId, owner });
		const stream = chatStream(chatId);
		const memoryId = world.newId();
		return decided({
			events: [
				memoryWritten({
					stream,
					anchor: newestTurnId(read, stream),
					payload: {
						memoryId,
						owner,
						text,
						significance: matters,
						witness: there,
						guestId: there.guest ? chat.guestId : null,
						sceneId: openScene(read, stream)?.sceneId ?? null,
						minutes: clockOf(read, stream).minutes,
						source: null
					}
				})
			],
			value: { memoryId }
		});
	}
});

const bool = z.number().transform(Boolean);

const keptRow = z.object({
	owner: z.string(),
	text: z.string(),
	significance: z.number(),
	you: bool,
	host: bool,
	guest: bool,
	guestId: z.string().nullable(),
	pinned: bool
});

/** A memory that is not forgotten; null for any other. */
const findMemory = (read: Read, stream: string, memoryId: string) =>
	read.one(
		keptRow,
		sql`select owner, text, significance, witness_you as you, witness_host as host, witness_guest as guest,
				guest_id as guestId, pinned
			from ${memories} where stream = ${stream} and memory_id = ${memoryId} and forgotten = 0`
	);

export const editMemory = defineCommand({
	name: 'edit_memory',
	input: z.object({ chatId: id, memoryId: id, text: memoryText, significance, witness }),
	reads: [chats, turns, memories],
	decide: ({ chatId, memoryId, text, significance: matters, witness: was }, read) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const before = findMemory(read, stream, memoryId);
		if (before === null) return refuse({ type: 'memory_unknown', chatId, memoryId });
		const { owner, guestId } = before;
		const there = { ...was, guest: was.guest && guestId !== null };
		// one who has left the story was written down as the guest, or is the memory's owner all the same
		if (!isWitness(owner, there, chat, guestId)) return refuse({ type: 'not_a_witness', chatId, owner });
		const isSame =
			before.text === text &&
			before.significance === matters &&
			before.you === there.you &&
			before.host === there.host &&
			before.guest === there.guest;
		const payload = { memoryId, text, significance: matters, witness: there };
		return decided({
			events: isSame ? [] : [memoryEdited({ stream, anchor: newestTurnId(read, stream), payload })],
			value: { memoryId }
		});
	}
});

export const forgetMemory = defineCommand({
	name: 'forget_memory',
	input: z.object({ chatId: id, memoryId: id }),
	reads: [turns, memories],
	decide: ({ chatId, memoryId }, read) => {
		const stream = chatStream(chatId);
		if (findMemory(read, stream, memoryId) === null)
			return refuse({ type: 'memory_unknown', chatId, memoryId });
		return decided({
			events: [memoryForgotten({ stream, anchor: newestTurnId(read, stream), payload: { memoryId } })],
			value: { memoryId }
		});
	}
});

/** Has remembered again what was forgotten. */
export const rememberAgain = defineCommand({
	name: 'remember_again',
	input: z.object({ chatId: id, memoryId: id }),
	reads: [turns, memories],
	decide: ({ chatId, memoryId }, read) => {
		const stream = chatStream(chatId);
		const found = read.one(
			z.object({ n: z.number() }),
			sql`select 1 as n from ${memories}
				where stream = ${stream} and memory_id = ${memoryId} and forgotten = 1 and ${isAlone}`
		);
		if (found === null) return refuse({ type: 'memory_unknown', chatId, memoryId });
		return decided({
			events: [memoryRemembered({ stream, anchor: newestTurnId(read, stream), payload: { memoryId } })],
			value: { memoryId }
		});
	}
});

export const pinMemory = defineCommand({
	name: 'pin_memory',
	input: z.object({ chatId: id, memoryId: id, pinned: z.boolean().default(true) }),
	reads: [turns, memories],
	decide: ({ chatId, memoryId, pinned }, read) => {
		const stream = chatStream(chatId);
		const before = findMemory(read, stream, memoryId);
		if (before === null) return refuse({ type: 'memory_unknown', chatId, memoryId });
		const payload = { memoryId, pinned };
		return decided({
			events:
				before.pinned === pinned
					? []
					: [memoryPinned({ stream, anchor: newestTurnId(read, stream), payload })],
			value: { memoryId, pinned }
		});
	}
});

const listedRow = z
	.object({
		memoryId: z.string(),
		position: z.number(),
		owner: z.string(),
		text: z.string(),
		significance: z.number(),
		you: bool,
		host: bool,
		guest: bool,
		guestId: z.string().nullable(),
		sceneId: z.string().nullable(),
		minutes: z.number(),
		sourceKind: z.enum(['story_event', 'digest', 'carried']).nullable(),
		sourceId: z.string().nullable(),
		turnId: z.string().nullable(),
		pinned: bool,
		edits: z.number(),
		at: z.number()
	})
	.transform(({ you, host, guest, sourceKind, sourceId, ...row }) => ({
		...row,
		witness: { you, host, guest },
		source: sourceKind === null || sourceId === null ? null : { kind: sourceKind, id: sourceId }
	}));

const PAGE_MEMORIES = 50;

/**
 * A page of a chat's memories, the newest first, before position `before`. `of`: only what that one may recall; `search`:
 * only those that hold all of these words, the last one perhaps not to its end. What is forgotten is not among them;
 * with `forgotten`, nothing else is.
 * `counts`: of all, whatever is searched for.
 */
export const memoryList = defineQuery({
	name: 'memories',
	input: z.object({
		chatId: id,
		of: entity.nullable().default(null),
		search: z.string().max(500).default(''),
		forgotten: z.boolean().default(false),
		before: z.number().int().positive().nullable().default(null),
		limit: z.number().int().positive().max(200).default(PAGE_MEMORIES)
	}),
	reads: [memories, chats],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId, of, search, forgotten, before, limit }) => {
		const stream = chatStream(chatId);
		const words = allWordsOf(stream, search);
		const found =
			words === null
				? sql`true`
				: sql`m.memory_seq in (select rowid from memories_fts where memories_fts match ${words})`;
		const rows = read.all(
			listedRow,
			sql`select m.memory_id as memoryId, m.position, m.owner, m.text, m.significance, m.witness_you as you,
					m.witness_host as host, m.witness_guest as guest, m.guest_id as guestId, m.scene_id as sceneId, m.minutes,
					m.source_kind as sourceKind, m.source_id as sourceId, m.turn_id as turnId, m.pinned, m.edits, m.at
				from ${memories} m
				where m.stream = ${stream} and m.forgotten = ${forgotten ? 1 : 0} and m.position < ${before ?? Number.MAX_SAFE_INTEGER}
					and ${found} and ${of === null ? sql`true` : recallable(of)}
				order by m.position desc limit ${limit + 1}`
		);
		const count = (which: Statement): number =>
			read.one(
				z.object({ n: z.number() }),
				sql`select count(*) as n from ${memories} where stream = ${stream} and ${which}`
			)?.n ?? 0;
		return {
			more: rows.length > limit,
			// each counted in an index, where all at once would read every memory
			counts: {
				all: count(sql`forgotten = 0`),
				pinned: count(sql`pinned = 1`),
				forgotten: count(sql`forgotten = 1`)
			},
			memories: rows.slice(0, limit)
		};
	}
});
