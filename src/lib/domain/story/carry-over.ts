// Another story with somebody: what they remember and feel goes along, as copies that are the new chat's own events.
import type { World } from '../kernel/command.ts';
import type { EventDraft } from '../kernel/event.ts';
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Table } from '../kernel/sql.ts';
import { chatStream } from '../streams.ts';
import type { Chat } from './chats.ts';
import { EDGE_DELTA_MAX, edgeHistory, edgeUpdate } from './edges.ts';
import { memories, memoryEdited, memoryForgotten, memoryPinned, memoryWritten } from './memories.ts';
import { turns } from './turns.ts';

/** The tables {@link carriedOver} reads. */
export const CARRIES: readonly Table[] = [memories, edgeHistory, turns, eventLog];

/** So many of the newest changes of a feeling are carried with their reasons; what came before, as its sum. */
const CHANGES_CARRIED = 50;

/** Who is who in the new story. */
interface Into {
	readonly stream: string;
	readonly youId: string | null;
	readonly minutes: number;
}

/**
 * What the host of a chat takes along into another story: its own memories, unless forgotten, and what it feels. What the
 * newest reply brought about is provisional still, and stays behind as if it had not been. Another persona is somebody the
 * host does not know. Reads {@link CARRIES}.
 */
export const carriedOver = (
	read: Read,
	world: Pick<World, 'newId'>,
	from: Chat,
	into: Into
): readonly EventDraft[] => {
	const stream = chatStream(from.chatId);
	const provisional = read
		.all(
			z.object({ turnId: z.string() }),
			sql`select turn_id as turnId from ${turns} where stream = ${stream} and round =
				(select round from ${turns} where stream = ${stream} order by number desc limit 1)`
		)
		.map(({ turnId }) => turnId);
	const about = { stream, host: from.hostId, provisional: JSON.stringify(provisional) };
	const samePersona = from.youId === into.youId;
	return [
		...memoriesOf(read, about).flatMap(({ memoryId: source, pinned, witness, ...memory }): EventDraft[] => {
			const memoryId = world.newId();
			return [
				memoryWritten({
					stream: into.stream,
					payload: {
						...memory,
						memoryId,
						owner: from.hostId,
						witness: { ...witness, you: witness.you && samePersona },
						// a place and an hour of another story
						sceneId: null,
						minutes: into.minutes,
						source: { kind: 'carried', id: source }
					}
				}),
				...(pinned ? [memoryPinned({ stream: into.stream, payload: { memoryId, pinned: true } })] : [])
			];
		}),
		...feelingsOf(read, about)
			.filter(({ target }) => target !== 'you' || samePersona)
			.map((payload) => edgeUpdate({ stream: into.stream, payload }))
	];
};

interface About {
	readonly stream: string;
	readonly host: string;
	/** Turns whose effects stay behind: a JSON list. */
	readonly provisional: string;
}

const bool = z.number().transform(Boolean);

const keptRow = z
	.object({
		memoryId: z.string(),
		text: z.string(),
		significance: z.number(),
		you: bool,
		host: bool,
		guest: bool,
		guestId: z.string().nullable(),
		forgotten: bool,
		pinned: bool
	})
	.transform(({ you, host, guest, ...memory }) => ({ ...memory, witness: { you, host, guest } }));

/** What the host remembers, the oldest first. */
const memoriesOf = (read: Read, { stream, host, provisional }: About) => {
	const touched = new Set(
		read
			.all(
				z.object({ memoryId: z.string() }),
				sql`select payload ->> '$.memoryId' as memoryId from ${eventLog}
					where anchor in (select value from json_each(${provisional})) and +stream = ${stream} and cause = anchor
						and superseded_by is null and kind in (${memoryEdited.kind}, ${memoryForgotten.kind})`
			)
			.map(({ memoryId }) => memoryId)
	);
	return read
		.all(
			keptRow,
			sql`select memory_id as memoryId, text, significance, witness_you as you, witness_host as host,
					witness_guest as guest, guest_id as guestId, forgotten, pinned
				from ${memories} where stream = ${stream} and owner = ${host}
					and (forgotten = 0 or memory_id in (select value from json_each(${JSON.stringify([...touched])})))
					and (turn_id is null or turn_id not in (select value from json_each(${provisional})))
				order by position`
		)
		.flatMap(({ forgotten, ...memory }) =>
			touched.has(memory.memoryId)
				? asItWas(read, { stream, host, provisional }, memory)
				: forgotten
					? []
					: [memory]
		);
};

const toldRow = z.object({ kind: z.string(), payload: z.string() });
const told = z.looseObject({
	text: z.string(),
	significance: z.number(),
	witness: z.object({ you: z.boolean(), host: z.boolean(), guest: z.boolean() })
});

/** A memory without what the newest reply made of it; nothing where it had been forgotten before. */
const asItWas = <M extends { readonly memoryId: string }>(
	read: Read,
	{ stream, provisional }: About,
	memory: M
): readonly M[] => {
	const last = read
		.all(
			toldRow,
			sql`select kind, payload from ${eventLog}
				where stream = ${stream} and superseded_by is null and payload ->> '$.memoryId' = ${memory.memoryId}
					and kind in (${memoryWritten.kind}, ${memoryEdited.kind}, ${memoryForgotten.kind})
					and (cause is null or cause not in (select value from json_each(${provisional})))
				order by stream_seq`
		)
		.at(-1);
	if (last === undefined || last.kind === memoryForgotten.kind) return [];
	const { text, significance, witness } = told.parse(JSON.parse(last.payload));
	return [{ ...memory, text, significance, witness }];
};

const changeRow = z.object({
	target: z.string(),
	affinity: z.number(),
	trust: z.number(),
	reason: z.string(),
	facts: z.string().transform((json) => z.array(z.string()).parse(JSON.parse(json)))
});

/** What the host feels, as changes that come to the same: the older ones added up, in steps as large as one may be. */
const feelingsOf = (read: Read, { stream, host, provisional }: About) => {
	const changes = read.all(
		changeRow,
		sql`select target, affinity, trust, reason, facts from ${edgeHistory}
			where stream = ${stream} and source = ${host}
				and (turn_id is null or turn_id not in (select value from json_each(${provisional})))
			order by position`
	);
	return [...new Set(changes.map(({ target }) => target))].flatMap((target) => {
		const all = changes.filter((change) => change.target === target);
		const older = all.slice(0, Math.max(0, all.length - CHANGES_CARRIED));
		return [
			...inSteps(
				older.reduce((sum, { affinity }) => sum + affinity, 0),
				older.reduce((sum, { trust }) => sum + trust, 0)
			).map((step) => ({ source: host, target, ...step, reason: '', facts: [] as string[] })),
			...all.slice(older.length).map((change) => ({ source: host, ...change }))
		];
	});
};

const inSteps = (
	affinity: number,
	trust: number
): readonly { readonly affinity: number; readonly trust: number }[] => {
	const steps = Math.ceil(Math.max(Math.abs(affinity), Math.abs(trust)) / EDGE_DELTA_MAX);
	const part = (all: number, n: number): number =>
		Math.trunc((all * (n + 1)) / steps) - Math.trunc((all * n) / steps);
	return Array.from({ length: steps }, (_, n) => ({ affinity: part(affinity, n), trust: part(trust, n) }));
};
