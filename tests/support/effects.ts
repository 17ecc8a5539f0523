// Words of a world that is still to come, for the engine's tests and benchmarks only: memories, edges, activities and
// story events. They fold in every way a handler can: insert, add up, replace, delete, and leave alone.
import type { Vocabulary } from '#lib/domain/kernel/app.ts';
import { decided, defineCommand } from '#lib/domain/kernel/command.ts';
import { defineEvent, type EventDraft } from '#lib/domain/kernel/event.ts';
import { defineQuery, type Read } from '#lib/domain/kernel/query.ts';
import { refuse } from '#lib/domain/kernel/result.ts';
import { z } from '#lib/domain/kernel/schema.ts';
import { defineTable, sql } from '#lib/domain/kernel/sql.ts';
import { chats, findChat } from '#lib/domain/story/chats.ts';
import { assistantTurn, newestTurnId, turns, userTurn } from '#lib/domain/story/turns.ts';
import { chatStream, id } from '#lib/domain/streams.ts';
import { vocabulary } from '#lib/domain/vocabulary.ts';

/** What somebody remembers. `position` is the stream_seq of the event that wrote it. */
const memories = defineTable(
	'memories',
	`	stream text not null,
	memory_id text not null,
	position integer not null,
	owner text not null,
	text text not null,
	significance integer not null check (significance between 0 and 3),
	witness_you integer not null check (witness_you in (0, 1)),
	witness_host integer not null check (witness_host in (0, 1)),
	source text,
	pinned integer not null check (pinned in (0, 1)),
	forgotten integer not null check (forgotten in (0, 1)),
	at integer not null,
	primary key (stream, memory_id)`,
	{ indexes: { memories_by_owner: '(stream, owner, significance)' } }
);

/** What one feels for another: all deltas added up. */
const edges = defineTable(
	'edges',
	`	stream text not null,
	source text not null,
	target text not null,
	affinity integer not null,
	trust integer not null,
	updates integer not null,
	primary key (stream, source, target)`,
	{ told: { key: ['source', 'target'], name: 'source', values: ['affinity', 'trust'] } }
);

/** Every delta by itself. */
const edgeHistory = defineTable(
	'edge_history',
	`	stream text not null,
	position integer not null,
	source text not null,
	target text not null,
	affinity integer not null,
	trust integer not null,
	reason text not null,
	at integer not null,
	primary key (stream, position)`
);

/** What everybody is doing now; each change takes the place of the one before. Who does nothing is not there. */
const activities = defineTable(
	'doings',
	`	stream text not null,
	entity text not null,
	place text not null,
	posture text not null,
	action text not null,
	attention text not null,
	mood text not null,
	since integer not null,
	primary key (stream, entity)`
);

const storyEvents = defineTable(
	'story_events',
	`	stream text not null,
	event_id text not null,
	position integer not null,
	name text not null,
	status text not null check (status in ('planned', 'active', 'completed', 'cancelled', 'expired')),
	planned_for integer,
	started_at integer,
	completed_at integer,
	primary key (stream, event_id)`,
	{
		indexes: { story_events_by_status: '(stream, status, position)' },
		told: { key: ['event_id'], name: 'name', values: ['status'] }
	}
);

/** Every transition that took place, with the status before it. */
const storyEventSteps = defineTable(
	'story_event_steps',
	`	stream text not null,
	position integer not null,
	event_id text not null,
	before text not null,
	after text not null,
	primary key (stream, position)`
);

const delta = z.number().int().min(-10).max(10);
const name = z.string().max(120);
const words = z.string().max(4000);
const status = z.enum(['planned', 'active', 'completed', 'cancelled', 'expired']);
type Status = z.output<typeof status>;

const TERMINAL: readonly Status[] = ['completed', 'cancelled', 'expired'];

const memoryRow = (stream: string, memoryId: string) =>
	sql`select 1 from ${memories} where stream = ${stream} and memory_id = ${memoryId}`;

const storyEventRow = (stream: string, eventId: string) =>
	sql`select 1 from ${storyEvents} where stream = ${stream} and event_id = ${eventId}`;

const memoryWritten = defineEvent({
	kind: 'memory_written',
	payload: z.object({
		memoryId: id,
		owner: name,
		text: words,
		significance: z.number().int().min(0).max(3),
		witness: z.object({ you: z.boolean(), host: z.boolean() }),
		/** The story event it was promoted from. */
		source: id.nullable()
	}),
	upcasts: [],
	writes: [memories],
	project: ({ stream, streamSeq, at, payload: memory }) => [
		sql`insert into ${memories} (stream, memory_id, position, owner, text, significance, witness_you, witness_host,
				source, pinned, forgotten, at)
			values (${stream}, ${memory.memoryId}, ${streamSeq}, ${memory.owner}, ${memory.text}, ${memory.significance},
				${memory.witness.you ? 1 : 0}, ${memory.witness.host ? 1 : 0}, ${memory.source}, 0, 0, ${at})`
	],
	named: ({ text }) => text
});

const memoryPinned = defineEvent({
	kind: 'memory_pinned',
	payload: z.object({ memoryId: id, pinned: z.boolean() }),
	upcasts: [],
	writes: [memories],
	project: ({ stream, payload }) => [
		sql`update ${memories} set pinned = ${payload.pinned ? 1 : 0}
			where stream = ${stream} and memory_id = ${payload.memoryId} and forgotten = 0`
	],
	about: ({ stream, payload }) => memoryRow(stream, payload.memoryId)
});

const memoryForgotten = defineEvent({
	kind: 'memory_forgotten',
	payload: z.object({ memoryId: id }),
	upcasts: [],
	writes: [memories],
	project: ({ stream, payload }) => [
		sql`update ${memories} set forgotten = 1, pinned = 0
			where stream = ${stream} and memory_id = ${payload.memoryId}`
	],
	about: ({ stream, payload }) => memoryRow(stream, payload.memoryId)
});

const edgeUpdate = defineEvent({
	kind: 'edge_update',
	payload: z.object({ source: name, target: name, affinity: delta, trust: delta, reason: words }),
	upcasts: [],
	writes: [edges, edgeHistory],
	project: ({ stream, streamSeq, at, payload: edge }) => [
		sql`insert into ${edges} (stream, source, target, affinity, trust, updates)
			values (${stream}, ${edge.source}, ${edge.target}, ${edge.affinity}, ${edge.trust}, 1)
			on conflict (stream, source, target) do update set affinity = affinity + excluded.affinity,
				trust = trust + excluded.trust, updates = updates + 1`,
		sql`insert into ${edgeHistory} (stream, position, source, target, affinity, trust, reason, at)
			values (${stream}, ${streamSeq}, ${edge.source}, ${edge.target}, ${edge.affinity}, ${edge.trust},
				${edge.reason}, ${at})`
	],
	named: ({ source, target }) => `${source} → ${target}`
});

const activityChanged = defineEvent({
	kind: 'doing_changed',
	payload: z.object({ entity: name, place: name, posture: name, action: words, attention: name, mood: name }),
	upcasts: [],
	writes: [activities],
	project: ({ stream, streamSeq, payload: now }) => [
		now.action === ''
			? sql`delete from ${activities} where stream = ${stream} and entity = ${now.entity}`
			: sql`insert into ${activities} (stream, entity, place, posture, action, attention, mood, since)
				values (${stream}, ${now.entity}, ${now.place}, ${now.posture}, ${now.action}, ${now.attention}, ${now.mood},
					${streamSeq})
				on conflict (stream, entity) do update set place = excluded.place, posture = excluded.posture,
					action = excluded.action, attention = excluded.attention, mood = excluded.mood, since = excluded.since`
	],
	named: ({ entity }) => entity
});

const eventPlanned = defineEvent({
	kind: 'event_planned',
	payload: z.object({ eventId: id, name, plannedFor: z.number().int().nullable() }),
	upcasts: [],
	writes: [storyEvents],
	project: ({ stream, streamSeq, payload: plan }) => [
		sql`insert into ${storyEvents} (stream, event_id, position, name, status, planned_for, started_at, completed_at)
			values (${stream}, ${plan.eventId}, ${streamSeq}, ${plan.name}, 'planned', ${plan.plannedFor}, null, null)`
	],
	named: (plan) => plan.name
});

/** A transition forward: it leaves a terminal status alone, and an event that is not there. */
const defineForward = (kind: string, after: Status) =>
	defineEvent({
		kind,
		payload: z.object({ eventId: id }),
		upcasts: [],
		writes: [storyEvents, storyEventSteps],
		project: ({ stream, streamSeq, at, payload: { eventId } }) => [
			sql`insert into ${storyEventSteps} (stream, position, event_id, before, after)
				select stream, ${streamSeq}, event_id, status, ${after} from ${storyEvents}
				where stream = ${stream} and event_id = ${eventId} and status in ('planned', 'active')`,
			sql`update ${storyEvents} set status = ${after},
					started_at = case ${after} when 'active' then ${at} else started_at end,
					completed_at = case ${after} when 'completed' then ${at} else completed_at end
				where stream = ${stream} and event_id = ${eventId} and status in ('planned', 'active')`
		],
		about: ({ stream, payload }) => storyEventRow(stream, payload.eventId)
	});

const eventStarted = defineForward('event_started', 'active');
const eventCompleted = defineForward('event_completed', 'completed');
const eventCancelled = defineForward('event_cancelled', 'cancelled');
const eventExpired = defineForward('event_expired', 'expired');

/** A person takes one transition back by hand: whatever the status is. The moments stay as they are. */
const eventStatusReverted = defineEvent({
	kind: 'event_status_reverted',
	payload: z.object({ eventId: id, priorStatus: status }),
	upcasts: [],
	writes: [storyEvents, storyEventSteps],
	project: ({ stream, streamSeq, payload: { eventId, priorStatus } }) => [
		sql`insert into ${storyEventSteps} (stream, position, event_id, before, after)
			select stream, ${streamSeq}, event_id, status, ${priorStatus} from ${storyEvents}
			where stream = ${stream} and event_id = ${eventId}`,
		sql`update ${storyEvents} set status = ${priorStatus} where stream = ${stream} and event_id = ${eventId}`
	],
	about: ({ stream, payload }) => storyEventRow(stream, payload.eventId)
});

const effect = z.discriminatedUnion('effect', [
	z.object({
		effect: z.literal('memory'),
		owner: name,
		text: words,
		significance: z.number().int().min(0).max(3),
		witness: z.object({ you: z.boolean(), host: z.boolean() })
	}),
	z.object({
		effect: z.literal('edge'),
		source: name,
		target: name,
		affinity: delta,
		trust: delta,
		reason: words
	}),
	z.object({
		effect: z.literal('activity'),
		entity: name,
		place: name,
		posture: name,
		action: words,
		attention: name,
		mood: name
	}),
	z.object({ effect: z.literal('plan'), name, plannedFor: z.number().int().nullable() }),
	z.object({ effect: z.enum(['start', 'complete', 'cancel', 'expire']), eventId: id })
]);

/** What a classifier makes of a turn, ids of new things not yet given. */
export type Effect = z.input<typeof effect>;

const FORWARD = {
	start: { event: eventStarted, after: 'active' },
	complete: { event: eventCompleted, after: 'completed' },
	cancel: { event: eventCancelled, after: 'cancelled' },
	expire: { event: eventExpired, after: 'expired' }
} as const;

const foundStoryEvent = z.object({ name: z.string(), status });

const findStoryEvent = (read: Read, stream: string, eventId: string) =>
	read.one(
		foundStoryEvent,
		sql`select name, status from ${storyEvents} where stream = ${stream} and event_id = ${eventId}`
	);

/**
 * What a classifier says late: anchor and cause are the turn. Story events that are not there are dropped. One that is
 * completed is promoted, once, to a memory of significance 2.
 */
const applyEffects = defineCommand({
	name: 'apply_effects',
	input: z.object({ chatId: id, turnId: id, effects: z.array(effect).max(40) }),
	reads: [storyEvents],
	decide: ({ chatId, turnId, effects }, read, world) => {
		const stream = chatStream(chatId);
		// whether the turn is in the story is for the engine to say: it refuses effects of one that is gone
		const of = { stream, anchor: turnId, cause: turnId };
		const known = new Map<string, z.output<typeof foundStoryEvent>>();
		const memoryIds: string[] = [];
		const eventIds: string[] = [];
		const events: EventDraft[] = [];
		const remember = (memory: Omit<Parameters<typeof memoryWritten>[0]['payload'], 'memoryId'>) => {
			const memoryId = world.newId();
			memoryIds.push(memoryId);
			events.push(memoryWritten({ ...of, payload: { ...memory, memoryId } }));
		};
		for (const one of effects) {
			switch (one.effect) {
				case 'memory': {
					const { effect: _, ...memory } = one;
					remember({ ...memory, source: null });
					break;
				}
				case 'edge': {
					const { effect: _, ...edge } = one;
					events.push(edgeUpdate({ ...of, payload: edge }));
					break;
				}
				case 'activity': {
					const { effect: _, ...activity } = one;
					events.push(activityChanged({ ...of, payload: activity }));
					break;
				}
				case 'plan': {
					const eventId = world.newId();
					eventIds.push(eventId);
					known.set(eventId, { name: one.name, status: 'planned' });
					events.push(
						eventPlanned({ ...of, payload: { eventId, name: one.name, plannedFor: one.plannedFor } })
					);
					break;
				}
				default: {
					const { eventId } = one;
					const before = known.get(eventId) ?? findStoryEvent(read, stream, eventId);
					if (before === null) break;
					const { event, after } = FORWARD[one.effect];
					events.push(event({ ...of, payload: { eventId } }));
					if (TERMINAL.includes(before.status)) break;
					known.set(eventId, { ...before, status: after });
					if (after === 'completed')
						remember({
							owner: 'host',
							text: before.name,
							significance: 2,
							witness: { you: true, host: true },
							source: eventId
						});
				}
			}
		}
		return decided({ events, value: { memoryIds, eventIds, events: events.length } });
	}
});

const hasMemory = (read: Read, stream: string, memoryId: string): boolean =>
	read.one(
		z.object({ memoryId: z.string() }),
		sql`select memory_id as memoryId from ${memories}
			where stream = ${stream} and memory_id = ${memoryId} and forgotten = 0`
	) !== null;

/** By hand: anchored to the newest turn, caused by none. */
const pinMemory = defineCommand({
	name: 'pin_memory',
	input: z.object({ chatId: id, memoryId: id, pinned: z.boolean().default(true) }),
	reads: [turns, memories],
	decide: ({ chatId, memoryId, pinned }, read) => {
		const stream = chatStream(chatId);
		if (!hasMemory(read, stream, memoryId)) return refuse({ type: 'memory_unknown', chatId, memoryId });
		const anchor = newestTurnId(read, stream);
		return decided({
			events: [memoryPinned({ stream, anchor, payload: { memoryId, pinned } })],
			value: { memoryId }
		});
	}
});

/** By hand. */
const forgetMemory = defineCommand({
	name: 'forget_memory',
	input: z.object({ chatId: id, memoryId: id }),
	reads: [turns, memories],
	decide: ({ chatId, memoryId }, read) => {
		const stream = chatStream(chatId);
		if (!hasMemory(read, stream, memoryId)) return refuse({ type: 'memory_unknown', chatId, memoryId });
		const anchor = newestTurnId(read, stream);
		return decided({
			events: [memoryForgotten({ stream, anchor, payload: { memoryId } })],
			value: { memoryId }
		});
	}
});

/** By hand: the last transition of a story event is taken back. */
const revertEvent = defineCommand({
	name: 'revert_event',
	input: z.object({ chatId: id, eventId: id }),
	reads: [turns, storyEventSteps],
	decide: ({ chatId, eventId }, read) => {
		const stream = chatStream(chatId);
		const step = read.one(
			z.object({ before: status }),
			sql`select before from ${storyEventSteps} where stream = ${stream} and event_id = ${eventId}
				order by position desc limit 1`
		);
		if (step === null) return refuse({ type: 'nothing_to_revert', chatId, eventId });
		const anchor = newestTurnId(read, stream);
		return decided({
			events: [eventStatusReverted({ stream, anchor, payload: { eventId, priorStatus: step.before } })],
			value: { eventId }
		});
	}
});

/** Whole turns of twelve events in one commit: one as the benchmark counts it, or many to fill a chat. */
const playTurns = defineCommand({
	name: 'play_turns',
	input: z.object({
		chatId: id,
		/** The number of the first of them. */
		from: z.number().int().nonnegative(),
		count: z.number().int().positive().max(1000).default(1)
	}),
	reads: [chats, storyEvents],
	decide: ({ chatId, from, count }, read, world) => {
		const found = findChat(read, chatId);
		if (found === null) return refuse({ type: 'chat_unknown', chatId });
		let openEvent =
			read.one(
				z.object({ eventId: z.string() }),
				sql`select event_id as eventId from ${storyEvents}
					where stream = ${chatStream(chatId)} and status = 'planned' order by position desc limit 1`
			)?.eventId ?? null;
		const turnIds: string[] = [];
		const drafts: EventDraft[] = [];
		for (let n = from; n < from + count; n++) {
			const { events, replyId, planned } = turnOf12Events(n, {
				chatId,
				hostId: found.hostId,
				newId: () => world.newId(),
				openEvent
			});
			drafts.push(...events);
			turnIds.push(replyId);
			openEvent = planned;
		}
		return decided({ events: drafts, value: { turnIds } });
	}
});

/** Everything these words have folded for a chat, in the order of the keys. */
const worldState = defineQuery({
	name: 'world_state',
	input: z.object({ chatId: id }),
	reads: [memories, edges, edgeHistory, activities, storyEvents, storyEventSteps],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId }) => {
		const stream = chatStream(chatId);
		return {
			memories: read.all(
				z.object({
					memoryId: z.string(),
					text: z.string(),
					significance: z.number(),
					source: z.string().nullable(),
					pinned: z.number().transform(Boolean)
				}),
				sql`select memory_id as memoryId, text, significance, source, pinned from ${memories}
					where stream = ${stream} and forgotten = 0 order by position`
			),
			edges: read.all(
				z.object({
					source: z.string(),
					target: z.string(),
					affinity: z.number(),
					trust: z.number(),
					updates: z.number()
				}),
				sql`select source, target, affinity, trust, updates from ${edges} where stream = ${stream}
					order by source, target`
			),
			edgeChanges: read.all(
				z.object({ affinity: z.number(), reason: z.string() }),
				sql`select affinity, reason from ${edgeHistory} where stream = ${stream} order by position`
			),
			activities: read.all(
				z.object({ entity: z.string(), action: z.string() }),
				sql`select entity, action from ${activities} where stream = ${stream} order by entity`
			),
			events: read.all(
				z.object({
					eventId: z.string(),
					status,
					startedAt: z.number().nullable(),
					completedAt: z.number().nullable()
				}),
				sql`select event_id as eventId, status, started_at as startedAt, completed_at as completedAt
					from ${storyEvents} where stream = ${stream} order by position`
			),
			steps: read.all(
				z.object({ eventId: z.string(), before: status, after: status }),
				sql`select event_id as eventId, before, after from ${storyEventSteps} where stream = ${stream}
					order by position`
			)
		};
	}
});

/** What {@link worldState} answers. */
export type WorldState = ReturnType<typeof worldState.answer>;

/** The kinds of events this file adds. */
export const effectEvents = [
	memoryWritten,
	memoryPinned,
	memoryForgotten,
	edgeUpdate,
	activityChanged,
	eventPlanned,
	eventStarted,
	eventCompleted,
	eventCancelled,
	eventExpired,
	eventStatusReverted
] as const;

/** The tables this file adds. */
export const effectTables = [memories, edges, edgeHistory, activities, storyEvents, storyEventSteps] as const;

const effectCommands = [applyEffects, pinMemory, forgetMemory, revertEvent, playTurns] as const;

/** The product's vocabulary and these words. */
export const effectsVocabulary: Vocabulary = {
	...vocabulary,
	events: [...vocabulary.events, ...effectEvents],
	commands: [...vocabulary.commands, ...effectCommands],
	queries: [...vocabulary.queries, worldState],
	tables: [...vocabulary.tables, ...effectTables]
};

const LEXICON =
	'the lantern keeper counts slow waves against a wet stone quay while somebody hums an old tune about harbour lights and never quite finishes'.split(
		' '
	);

/** About `length` characters of plain words, the same for the same `seed`. */
export const prose = (seed: number, length: number): string => {
	let state = (seed * 2_654_435_761 + 12_345) >>> 0;
	let text = '';
	while (text.length < length) {
		// numbers of a linear congruential generator (Numerical Recipes), the high bits
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		text += `${text === '' ? '' : ' '}${LEXICON[(state >>> 16) % LEXICON.length] ?? ''}`;
	}
	return text;
};

/** Replies are short and long by turns, as they are; 800 on average. */
const REPLY_CHARS = [300, 500, 2100, 300] as const;

/**
 * The drafts of one turn: the player's words, the reply, and ten effects of it (2 memories, 3 edges, 3 activities, one
 * story event planned and the one planned before, `openEvent`, started), about 3 KB of payload in all, on average.
 */
export const turnOf12Events = (
	n: number,
	chat: {
		readonly chatId: string;
		readonly hostId: string;
		readonly newId: () => string;
		/** Null in the first turn: that one plans two. */
		readonly openEvent: string | null;
	}
): {
	readonly events: readonly EventDraft[];
	readonly userTurnId: string;
	readonly replyId: string;
	/** The next turn's `openEvent`. */
	readonly planned: string;
} => {
	const { hostId, newId } = chat;
	const stream = chatStream(chat.chatId);
	const userTurnId = newId();
	const replyId = newId();
	const planned = newId();
	const effect = { stream, anchor: replyId, cause: replyId };
	const plan = (eventId: string) =>
		eventPlanned({ ...effect, payload: { eventId, name: prose(n + 9, 40), plannedFor: n * 60_000 } });
	const memory = (k: number) =>
		memoryWritten({
			...effect,
			payload: {
				memoryId: newId(),
				owner: k === 0 ? 'host' : 'you',
				text: prose(n * 7 + k, 110),
				significance: (n + k) % 4,
				witness: { you: true, host: k === 0 },
				source: null
			}
		});
	const people = ['you', 'host', 'guest'] as const;
	const events = [
		userTurn({
			stream,
			anchor: userTurnId,
			payload: {
				turnId: userTurnId,
				speaker: { youId: null, name: 'Tilde' },
				text: prose(n, 240),
				present: { you: true, host: true, guest: false }
			}
		}),
		assistantTurn({
			stream,
			anchor: replyId,
			cause: userTurnId,
			payload: {
				turnId: replyId,
				replyTo: userTurnId,
				speaker: { botId: hostId, name: 'Mara' },
				text: prose(n + 1, REPLY_CHARS[n % REPLY_CHARS.length] ?? 0),
				truncated: false,
				model: 'bench',
				usage: {
					cacheReadTokens: null,
					costUsd: null,
					estimated: false,
					inputTokens: 3000 + (n % 100),
					outputTokens: 200
				},
				interjectionOf: null,
				meanwhileId: null,
				present: { you: true, host: true, guest: false }
			}
		}),
		memory(0),
		memory(1),
		...people.map((source, k) =>
			edgeUpdate({
				...effect,
				payload: {
					source,
					target: people[(k + 1) % 3] ?? 'host',
					affinity: ((n + k) % 5) - 2,
					trust: ((n + k) % 3) - 1,
					reason: prose(n * 5 + k, 50)
				}
			})
		),
		...people.map((entity, k) =>
			activityChanged({
				...effect,
				payload: {
					entity,
					place: prose(n + k, 20),
					posture: 'standing',
					action: prose(n * 3 + k, 50),
					attention: people[(k + 2) % 3] ?? 'you',
					mood: prose(n + k + 1, 10)
				}
			})
		),
		plan(planned),
		chat.openEvent === null
			? plan(newId())
			: eventStarted({ ...effect, payload: { eventId: chat.openEvent } })
	];
	return { events, userTurnId, replyId, planned };
};
