// Words for the engine's tests and benchmarks only: effects of a turn, as what notices them says them, and chats filled by
// thousands of turns. The events are the product's own.
import type { Vocabulary } from '#lib/domain/kernel/app.ts';
import { decided, defineCommand } from '#lib/domain/kernel/command.ts';
import type { EventDraft } from '#lib/domain/kernel/event.ts';
import { refuse } from '#lib/domain/kernel/result.ts';
import { z } from '#lib/domain/kernel/schema.ts';
import { sql } from '#lib/domain/kernel/sql.ts';
import { activityChanged } from '#lib/domain/story/activity.ts';
import { chats, findChat } from '#lib/domain/story/chats.ts';
import { classifier, classifierFailed, classifierRetried } from '#lib/domain/story/classifier-failures.ts';
import { timeAdvanced, weatherChanged } from '#lib/domain/story/clock.ts';
import { edgeUpdate } from '#lib/domain/story/edges.ts';
import { memories, memoryEdited, memoryForgotten, memoryWritten } from '#lib/domain/story/memories.ts';
import type { Entity } from '#lib/domain/story/people.ts';
import { containerCreated } from '#lib/domain/story/places.ts';
import { sceneOpened, scenes } from '#lib/domain/story/scenes.ts';
import { eventPlanned, eventStarted, FORWARD, storyEvents } from '#lib/domain/story/story-events.ts';
import { findStoryEvent, promotion } from '#lib/domain/story/story-plans.ts';
import { storyNow } from '#lib/domain/story/story-now.ts';
import { threadOpened } from '#lib/domain/story/threads.ts';
import { assistantTurn, present, userTurn } from '#lib/domain/story/turns.ts';
import { chatStream, id } from '#lib/domain/streams.ts';
import { vocabulary } from '#lib/domain/vocabulary.ts';
import { comeFromElsewhere } from './elsewhere.ts';

/** Whoever there is no guest to be: somebody who has left. */
const STRANGER = 'eeeeeeee-eeee-4eee-beee-eeeeeeeeeeee';

const handle = z.enum(['you', 'host', 'guest']);
const words = z.string().max(500);

const effect = z.discriminatedUnion('effect', [
	z.object({
		effect: z.literal('memory'),
		owner: handle,
		text: words,
		significance: z.number(),
		witness: present
	}),
	z.object({ effect: z.literal('revise'), memoryId: id, text: words }),
	z.object({ effect: z.literal('forget'), memoryId: id }),
	z.object({
		effect: z.literal('edge'),
		source: handle,
		target: handle,
		affinity: z.number(),
		trust: z.number(),
		reason: words
	}),
	z.object({ effect: z.literal('activity'), entity: handle, action: words, mood: words }),
	z.object({ effect: z.literal('scene'), place: words }),
	z.object({ effect: z.literal('time'), minutes: z.number() }),
	z.object({ effect: z.literal('weather'), weather: words }),
	z.object({ effect: z.literal('thread'), text: words }),
	z.object({ effect: z.literal('plan'), title: words, plannedFor: z.number().nullable() }),
	z.object({ effect: z.enum(['start', 'complete', 'cancel', 'expire']), eventId: id }),
	z.object({ effect: z.enum(['fail', 'retry']), classifier })
]);

/** What is noticed in a turn, ids of new things not yet given. */
export type Effect = z.input<typeof effect>;

const FORWARD_TO = {
	start: 'active',
	complete: 'completed',
	cancel: 'cancelled',
	expire: 'expired'
} as const;

/** What is noticed late: anchor and cause are the turn. Story events that are not there are dropped. */
const applyEffects = defineCommand({
	name: 'apply_effects',
	input: z.object({ chatId: id, turnId: id, effects: z.array(effect).max(40) }),
	reads: [chats, storyEvents, memories, scenes, storyNow],
	decide: ({ chatId, turnId, effects }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		// whether the turn is in the story is for the engine to say: it refuses effects of one that is gone
		const of = { stream, anchor: turnId, cause: turnId };
		const whom = (who: z.output<typeof handle>): Entity =>
			who === 'you' ? who : who === 'host' ? chat.hostId : (chat.guestId ?? STRANGER);
		const planned = new Map<string, string>();
		const over = new Set<string>();
		const memoryIds: string[] = [];
		const events: EventDraft[] = [];
		for (const one of effects) {
			switch (one.effect) {
				case 'memory': {
					const memoryId = world.newId();
					memoryIds.push(memoryId);
					const payload = {
						memoryId,
						owner: whom(one.owner),
						text: one.text,
						significance: one.significance,
						witness: one.witness,
						guestId: one.witness.guest ? whom('guest') : null,
						sceneId: null,
						minutes: 540,
						source: null
					};
					events.push(memoryWritten({ ...of, payload }));
					break;
				}
				case 'revise':
					events.push(
						memoryEdited({
							...of,
							payload: {
								memoryId: one.memoryId,
								text: one.text,
								significance: 1,
								witness: { you: true, host: true, guest: false }
							}
						})
					);
					break;
				case 'forget':
					events.push(memoryForgotten({ ...of, payload: { memoryId: one.memoryId } }));
					break;
				case 'edge': {
					const { effect: _, source, target, ...edge } = one;
					const payload = { ...edge, source: whom(source), target: whom(target), facts: [] };
					events.push(edgeUpdate({ ...of, payload }));
					break;
				}
				case 'activity': {
					const { action, mood } = one;
					const payload = { containerId: null, posture: '', attention: '', action, mood };
					events.push(activityChanged({ ...of, payload: { ...payload, entity: whom(one.entity) } }));
					break;
				}
				case 'scene': {
					const containerId = world.newId();
					events.push(
						containerCreated({
							...of,
							payload: { containerId, name: one.place, description: '', parentId: null }
						}),
						sceneOpened({
							...of,
							payload: { sceneId: world.newId(), containerId, participants: ['you'], minutes: 540 }
						})
					);
					break;
				}
				case 'time':
					events.push(timeAdvanced({ ...of, payload: { minutes: one.minutes } }));
					break;
				case 'weather':
					events.push(weatherChanged({ ...of, payload: { weather: one.weather } }));
					break;
				case 'thread':
					events.push(
						threadOpened({ ...of, payload: { threadId: world.newId(), text: one.text, witnesses: null } })
					);
					break;
				case 'plan': {
					const eventId = world.newId();
					planned.set(eventId, one.title);
					const { title, plannedFor } = one;
					events.push(
						eventPlanned({
							...of,
							payload: { eventId, kind: '', title, props: {}, plannedFor, witnesses: null }
						})
					);
					break;
				}
				case 'fail':
					events.push(
						classifierFailed({
							...of,
							payload: { classifier: one.classifier, reason: { type: 'no_answer' }, raw: 'Hm.' }
						})
					);
					break;
				case 'retry':
					events.push(classifierRetried({ ...of, payload: { classifier: one.classifier } }));
					break;
				default: {
					const { eventId } = one;
					const found = findStoryEvent(read, stream, eventId);
					if (found === null) break;
					const to = FORWARD_TO[one.effect];
					events.push(FORWARD[to]({ ...of, payload: { eventId, reason: '', witnesses: null } }));
					if (!['planned', 'active'].includes(found.status) || over.has(eventId)) break;
					if (to !== 'active') over.add(eventId);
					if (to !== 'completed') break;
					const who = { you: true, host: true, guest: false };
					const about = { chat, present: who, eventId, title: found.title };
					events.push(...promotion(read, world, about, of));
				}
			}
		}
		return decided({ events, value: { memoryIds, eventIds: [...planned.keys()], events: events.length } });
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

/** The product's vocabulary, and the commands by which effects come, and events from elsewhere. */
export const effectsVocabulary: Vocabulary = {
	...vocabulary,
	commands: [...vocabulary.commands, applyEffects, comeFromElsewhere]
};

/** The product's vocabulary, and the command that fills a chat. */
export const fillingVocabulary: Vocabulary = {
	...vocabulary,
	commands: [...vocabulary.commands, playTurns]
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

/** Replies are short and long by turns, as they are; 700 on average. */
const REPLY_CHARS = [300, 400, 1600, 300] as const;

/**
 * The drafts of one turn: the player's words, the reply, and ten effects of it (2 memories, 3 edges, 3 activities, one
 * story event planned and the one planned before, `openEvent`, started), about 3 KB of payload in all, on average.
 */
const turnOf12Events = (
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
	const there = { you: true, host: true, guest: false };
	const plan = (eventId: string) =>
		eventPlanned({
			...effect,
			payload: {
				eventId,
				kind: 'plan',
				title: prose(n + 9, 40),
				props: {},
				plannedFor: n * 10,
				witnesses: null
			}
		});
	const memory = (k: number) =>
		memoryWritten({
			...effect,
			payload: {
				memoryId: newId(),
				owner: k === 0 ? hostId : 'you',
				text: prose(n * 7 + k, 110),
				significance: (n + k) % 4,
				witness: { you: true, host: k === 0, guest: false },
				guestId: null,
				sceneId: null,
				minutes: 540 + n,
				source: null
			}
		});
	const people = ['you', hostId, STRANGER] as const;
	const events = [
		userTurn({
			stream,
			anchor: userTurnId,
			payload: {
				turnId: userTurnId,
				speaker: { youId: null, name: 'Tilde' },
				text: prose(n, 240),
				present: there
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
				present: there
			}
		}),
		memory(0),
		memory(1),
		...people.map((source, k) =>
			edgeUpdate({
				...effect,
				payload: {
					source,
					target: people[(k + 1) % 3] ?? 'you',
					affinity: ((n + k) % 5) - 2,
					trust: ((n + k) % 3) - 1,
					reason: prose(n * 5 + k, 50),
					facts: []
				}
			})
		),
		...people.map((entity, k) =>
			activityChanged({
				...effect,
				payload: {
					entity,
					containerId: null,
					posture: 'standing',
					action: prose(n * 3 + k, 50),
					attention: prose(n + k, 20),
					mood: prose(n + k + 1, 10)
				}
			})
		),
		plan(planned),
		chat.openEvent === null
			? plan(newId())
			: eventStarted({ ...effect, payload: { eventId: chat.openEvent, reason: '', witnesses: null } })
	];
	return { events, userTurnId, replyId, planned };
};
