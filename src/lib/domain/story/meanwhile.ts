// Meanwhile: bots play a scene among themselves while you are elsewhere, until somebody ends it; then it is summed up.
import { decided, defineCommand } from '../kernel/command.ts';
import type { EventDraft } from '../kernel/event.ts';
import { defineQuery } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { bots, findBot } from '../library/bots.ts';
import { chatStream, id } from '../streams.ts';
import { AROUND, cut, droppings, entityOf, lookAround, whoIs, within } from './around.ts';
import { chatSettings, settingsOf } from './chat-settings.ts';
import { chats, findChat } from './chats.ts';
import { clampedNote } from './clamped.ts';
import { classifierFailed, classifierFailures, classifierRetried } from './classifier-failures.ts';
import { digest } from './classifiers.ts';
import {
	digestCreated,
	digestSettled,
	digestText,
	findMeanwhile,
	meanwhileEnded,
	meanwhileLimit,
	meanwhilePlace,
	meanwhilePremise,
	meanwhiles,
	meanwhilesOf,
	meanwhileStarted,
	NARRATOR,
	nextIn,
	openMeanwhile,
	playedIn,
	spokeLast
} from './meanwhile-scenes.ts';
import { memoryWritten, MEMORY_MAX_CHARS } from './memories.ts';
import { OBSERVED, some } from './observe.ts';
import { containerCreated, containers, findPlace, placeNamed } from './places.ts';
import {
	connectionId,
	endJob,
	findJob,
	jobOfStream,
	newJob,
	replyInTheWay,
	replyJobs,
	unfinishedReply
} from './reply-jobs.ts';
import { ACCOUNTS, spent } from './spending.ts';
import { isProse } from './stages.ts';
import { clockOf, storyNow } from './story-now.ts';
import { narratorTurn, newestTurnId, toldUsage, turns } from './turns.ts';
import { isOutdated, wording } from './wording.ts';

const LIMIT_TURNS = 6;
const DIGEST_MAX_CHARS = 4000;

/** Begins a scene elsewhere: the narrator says how, and the first of those who play it is asked to go on. */
export const startMeanwhile = defineCommand({
	name: 'start_meanwhile',
	input: z.object({
		chatId: id,
		premise: meanwhilePremise,
		place: meanwhilePlace.default(''),
		/** `guest`: the host with the guest. `narrator`: the host alone, and the voice that tells what happens. */
		with: z.enum(['guest', 'narrator']),
		limit: meanwhileLimit.default(LIMIT_TURNS),
		connectionId
	}),
	reads: [chats, bots, replyJobs, meanwhiles, containers],
	notes: [replyJobs],
	decide: ({ chatId, premise, place, with: partner, limit, connectionId: connection }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		if (chat.kind === 'case') return refuse({ type: 'not_in_a_case', chatId });
		const stream = chatStream(chatId);
		if (findBot(read, chat.hostId) === null) return refuse({ type: 'bot_unknown', botId: chat.hostId });
		const { guestId } = chat;
		if (partner === 'guest' && (guestId === null || findBot(read, guestId) === null))
			return refuse({ type: 'no_guest', chatId });
		const running = openMeanwhile(read, stream);
		if (running !== null)
			return refuse({ type: 'meanwhile_running', chatId, meanwhileId: running.meanwhileId });
		const { blocking, clearing } = replyInTheWay(read, stream);
		if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
		const turnId = world.newId();
		const meanwhileId = world.newId();
		const jobId = world.newId();
		const of = { stream, anchor: turnId, cause: turnId };
		const known = place === '' ? null : placeNamed(read, stream, place);
		const made =
			place === '' || known !== null
				? null
				: containerCreated({
						...of,
						payload: { containerId: world.newId(), name: place, description: '', parentId: null }
					});
		const second = partner === 'guest' && guestId !== null ? guestId : NARRATOR;
		return decided({
			events: [
				narratorTurn({
					stream,
					anchor: turnId,
					payload: {
						turnId,
						text: premise,
						meanwhileId,
						present: { you: false, host: true, guest: second !== NARRATOR }
					}
				}),
				...(made === null ? [] : [made]),
				meanwhileStarted({
					...of,
					payload: {
						meanwhileId,
						place,
						containerId: made?.payload.containerId ?? known?.containerId ?? null,
						participants: [chat.hostId, second],
						premise,
						limit
					}
				})
			],
			notes: [
				...clearing,
				newJob({
					jobId,
					stream,
					turnId,
					connectionId: connection,
					now: world.now,
					speakerId: chat.hostId,
					meanwhileId
				})
			],
			value: { meanwhileId, turnId, jobId }
		});
	}
});

/** Goes on with a scene elsewhere that was stopped, or whose next turn failed. */
export const playMeanwhile = defineCommand({
	name: 'play_meanwhile',
	input: z.object({ chatId: id, connectionId }),
	reads: [chats, replyJobs, meanwhiles, turns],
	notes: [replyJobs],
	decide: ({ chatId, connectionId: connection }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const scene = openMeanwhile(read, stream);
		const after = newestTurnId(read, stream);
		if (scene === null || after === null) return refuse({ type: 'no_meanwhile', chatId });
		const { blocking, clearing } = replyInTheWay(read, stream);
		if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
		if (playedIn(read, stream, scene).length >= scene.limit)
			return refuse({ type: 'meanwhile_over', chatId, meanwhileId: scene.meanwhileId });
		const jobId = world.newId();
		return decided({
			notes: [
				...clearing,
				newJob({
					jobId,
					stream,
					turnId: after,
					connectionId: connection,
					now: world.now,
					speakerId: nextIn(scene, chat, spokeLast(read, stream, scene)),
					meanwhileId: scene.meanwhileId
				})
			],
			value: { jobId }
		});
	}
});

/**
 * Ends a scene elsewhere by hand. Where something was played and classifiers are asked, it is summed up: `jobId`. What is
 * still being found of its last turn is found first, by the job that is at it and sums the scene up after.
 */
export const endMeanwhile = defineCommand({
	name: 'end_meanwhile',
	input: z.object({ chatId: id, connectionId }),
	reads: [chats, replyJobs, meanwhiles, turns, chatSettings],
	notes: [replyJobs],
	decide: ({ chatId, connectionId: connection }, read, world) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const scene = openMeanwhile(read, stream);
		if (scene === null) return refuse({ type: 'no_meanwhile', chatId });
		const { meanwhileId } = scene;
		const before = jobOfStream(read, stream);
		const looking = before?.state === 'open' && !isProse(before.stage) ? before : null;
		const { blocking, clearing } = unfinishedReply(read, stream);
		// what is asked again by itself is followed by nothing, and would be lost
		const inTheWay = looking?.lone === true ? looking : blocking;
		if (inTheWay !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: inTheWay.jobId });
		const last = playedIn(read, stream, scene).at(-1);
		const asks = last !== undefined && settingsOf(read, stream).classifiers !== 'off';
		const goesOn = looking?.meanwhileId === meanwhileId ? looking : null;
		const jobId = goesOn?.jobId ?? (asks ? world.newId() : null);
		return decided({
			events: [
				meanwhileEnded({
					stream,
					anchor: newestTurnId(read, stream),
					payload: { meanwhileId, why: 'hand' }
				})
			],
			notes:
				goesOn !== null
					? []
					: [
							...clearing,
							...(jobId === null || last === undefined
								? []
								: [
										newJob({
											jobId,
											stream,
											turnId: last.turnId,
											connectionId: connection,
											now: world.now,
											stage: 'digest',
											primaryId: last.turnId,
											meanwhileId
										})
									])
						],
			value: { meanwhileId, jobId }
		});
	}
});

/** What a scene elsewhere came to. Those who were there remember it; you do not. */
export const applyDigest = defineCommand({
	name: 'apply_digest',
	input: z.object({
		jobId: id,
		answer: digest,
		wording,
		cost: z
			.object({ connectionId, model: z.string().max(200), usage: toldUsage })
			.nullable()
			.default(null)
	}),
	reads: [...new Set([replyJobs, meanwhiles, classifierFailures, storyNow, ...AROUND])],
	notes: [replyJobs, ...ACCOUNTS],
	decide: ({ jobId, answer, wording: words, cost }, read, world) => {
		const job = findJob(read, jobId);
		if (job?.state !== 'open') return refuse({ type: 'job_unknown', jobId });
		if (job.stage !== 'digest') return refuse({ type: 'stage_over', jobId, stage: job.stage });
		const { stream, primaryId, meanwhileId } = job;
		const scene = meanwhileId === null ? null : findMeanwhile(read, stream, meanwhileId);
		const around = primaryId === null ? null : lookAround(read, stream, primaryId);
		if (scene === null || around === null) return refuse({ type: 'turn_gone', turnId: primaryId ?? '' });
		const of = { stream, anchor: around.turnId, cause: around.turnId };
		const paid = cost === null ? [] : spent({ stream, ...cost }, { turnId: around.turnId, task: 'classify' });
		if (isOutdated(read, job, words))
			return decided({
				background: true,
				notes: paid,
				value: { digestId: null as string | null, next: 'digest' as const }
			});
		const notes = [...paid, endJob(jobId)];
		const text = cut(answer.text, DIGEST_MAX_CHARS);
		if (text === '')
			return decided({
				background: true,
				events: [
					classifierFailed({ ...of, payload: { classifier: 'digest', reason: { type: 'empty' }, raw: '' } })
				],
				notes,
				value: { digestId: null as string | null, next: null }
			});
		const digestId = world.newId();
		const { minutes } = clockOf(read, stream);
		const present = {
			you: false,
			host: scene.participants.includes(around.chat.hostId),
			guest: around.chat.guestId !== null && scene.participants.includes(around.chat.guestId)
		};
		const left = droppings();
		const memories: EventDraft[] = [];
		for (const { owner: said, text: told, significance } of some(left, 'memory', answer.memories)) {
			const who = whoIs(said);
			const owner = who === null || !present[who] ? null : entityOf(around, who);
			const words = cut(told, MEMORY_MAX_CHARS);
			if (words === '') left.drop('memory', 'empty', said);
			else if (owner === null) left.drop('memory', who === null ? 'unknown' : 'not-there', said);
			else if (memories.length >= OBSERVED.memories) left.drop('memory', 'too-many', words);
			else
				memories.push(
					memoryWritten({
						...of,
						payload: {
							memoryId: world.newId(),
							owner,
							text: words,
							significance: within(significance, 0, 3),
							witness: present,
							guestId: present.guest ? around.chat.guestId : null,
							sceneId: scene.meanwhileId,
							minutes,
							source: { kind: 'digest', id: digestId }
						}
					})
				);
		}
		const failed = read.one(
			z.object({ n: z.number() }),
			sql`select 1 as n from ${classifierFailures}
				where stream = ${stream} and turn_id = ${around.turnId} and classifier = 'digest'`
		);
		return decided({
			background: true,
			events: [
				digestCreated({
					...of,
					payload: {
						digestId,
						meanwhileId: scene.meanwhileId,
						text,
						sources: playedIn(read, stream, scene)
							.map(({ turnId }) => turnId)
							.slice(-200)
					}
				}),
				...memories,
				...clampedNote(around, 'digest', left.list),
				...(failed === null ? [] : [classifierRetried({ ...of, payload: { classifier: 'digest' } })])
			],
			notes,
			value: { digestId, next: null }
		});
	}
});

/** "While you were away": the player lets it be known, as it is or in other words, or keeps it secret. */
export const settleDigest = defineCommand({
	name: 'settle_digest',
	input: z.object({
		chatId: id,
		digestId: id,
		verdict: z.enum(['accepted', 'secret']),
		/** Left out: as it is. */
		text: digestText.optional()
	}),
	reads: [chats, meanwhiles, turns],
	decide: ({ chatId, digestId, verdict, text }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const scene = meanwhilesOf(read, stream).find((one) => one.digestId === digestId);
		if (scene?.digest == null) return refuse({ type: 'digest_unknown', chatId, digestId });
		const told = text ?? scene.digest;
		const same = scene.verdict === verdict && scene.digest === told;
		return decided({
			events: same
				? []
				: [
						digestSettled({
							stream,
							anchor: newestTurnId(read, stream),
							payload: { digestId, verdict, text: told }
						})
					],
			value: { digestId }
		});
	}
});

/** Every scene elsewhere of a chat, oldest first, and what came of it. */
export const meanwhileScenes = defineQuery({
	name: 'meanwhiles',
	input: z.object({ chatId: id }),
	reads: [meanwhiles, containers, turns, chats, bots],
	answer: (read, { chatId }) => {
		const stream = chatStream(chatId);
		const chat = findChat(read, chatId);
		if (chat === null) return [];
		return meanwhilesOf(read, stream).map((scene) => ({
			...scene,
			place:
				(scene.containerId === null ? null : findPlace(read, stream, scene.containerId)?.name) ?? scene.place,
			participants: scene.participants.map((one) => ({
				entity: one,
				name: one === NARRATOR ? '' : (findBot(read, one)?.name ?? '')
			})),
			played: playedIn(read, stream, scene).length
		}));
	}
});
