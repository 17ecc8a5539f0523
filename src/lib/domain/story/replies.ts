// Replies: the durable job that asks a model for one, the draft it leaves, and how it ends. Streaming text is no event.
import { decided, defineCommand } from '../kernel/command.ts';
import { eventLog } from '../kernel/log.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { answersTo } from '../kernel/turns-of-log.ts';
import { bots, findBot } from '../library/bots.ts';
import { findYou, yous } from '../library/personas.ts';
import { chatStream, id } from '../streams.ts';
import { activities, presentWith } from './activity.ts';
import { chatModels, chosenModel, type ChatModel } from './chat-models.ts';
import { chats, findChat } from './chats.ts';
import { composers } from './composers.ts';
import { TURN_MAX_CHARS } from './limits.ts';
import type { ProseRequest } from './prompt.ts';
import type { PromptShare } from './prompt-parts.ts';
import { promptBecame, promptRecords } from './prompt-records.ts';
import { takingThePlace } from './regenerate.ts';
import {
	connectionId,
	draftText,
	endJob,
	failureShape,
	findJob,
	jobOfStream,
	newJob,
	replyJobs,
	saidIn
} from './reply-jobs.ts';
import { PROMPT_READS, promptFor } from './reply-prompt.ts';
import { scenes } from './scenes.ts';
import { spending, spent } from './spending.ts';
import { estimatePrompt } from './tokens.ts';
import { assistantTurn, toldUsage, turns, userTurn, type Usage } from './turns.ts';

/** The player says something; a reply to it is asked for. One reply at a time in a chat. */
export const takeTurn = defineCommand({
	name: 'take_turn',
	input: z.object({
		chatId: id,
		text: z
			.string()
			.max(TURN_MAX_CHARS)
			.refine((value) => value.trim() !== '', { error: 'is empty', params: { problem: 'required' } }),
		connectionId
	}),
	reads: [chats, yous, bots, replyJobs, activities, scenes],
	notes: [replyJobs, composers],
	decide: ({ chatId, text, connectionId: connection }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const running = jobOfStream(read, stream);
		if (running !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: running.jobId });
		if (findBot(read, chat.hostId) === null) return refuse({ type: 'bot_unknown', botId: chat.hostId });
		const you = chat.youId === null ? null : findYou(read, chat.youId);
		const turnId = world.newId();
		const jobId = world.newId();
		return decided({
			events: [
				userTurn({
					stream,
					anchor: turnId,
					payload: {
						turnId,
						speaker: { youId: chat.youId, name: you?.name ?? chat.youName ?? '' },
						text,
						present: presentWith(read, chat, 'you')
					}
				})
			],
			notes: [
				newJob({ jobId, stream, turnId, connectionId: connection, now: world.now }),
				sql`delete from ${composers} where stream = ${stream}`
			],
			value: { turnId, jobId }
		});
	}
});

/**
 * Asks for a reply to the newest turn, when it is the player's or the narrator's and has none; an unfinished attempt is given up. One that
 * was to take a reply's place is tried again as it was asked for.
 */
export const askReply = defineCommand({
	name: 'ask_reply',
	input: z.object({ chatId: id, connectionId }),
	reads: [chats, turns, bots, replyJobs],
	notes: [replyJobs],
	decide: ({ chatId, connectionId: connection }, read, world) => {
		const chat = findChat(read, chatId);
		if (chat === null) return refuse({ type: 'chat_unknown', chatId });
		if (findBot(read, chat.hostId) === null) return refuse({ type: 'bot_unknown', botId: chat.hostId });
		const stream = chatStream(chatId);
		const newest = read.one(
			z.object({ turnId: z.string(), role: z.string(), replyTo: z.string().nullable() }),
			sql`select turn_id as turnId, role, reply_to as replyTo from ${turns} where stream = ${stream} order by number desc limit 1`
		);
		const before = jobOfStream(read, stream);
		const unanswered =
			newest !== null && newest.role !== 'assistant' && newest.replyTo === null ? newest.turnId : null;
		const turnId = before?.replaces === true ? before.turnId : unanswered;
		if (turnId === null) return refuse({ type: 'nothing_to_answer', chatId });
		const jobId = world.newId();
		return decided({
			notes: [
				...(before === null ? [] : [endJob(before.jobId)]),
				newJob({
					jobId,
					stream,
					turnId,
					connectionId: connection,
					now: world.now,
					...(before?.replaces === true ? { replaces: { note: before.note, edited: before.edited } } : {})
				})
			],
			value: { jobId }
		});
	}
});

/**
 * Keeps what has been written so far. Not an event: it may be lost, and it may come late or twice, so a draft only
 * grows, and only while the reply is open.
 */
export const saveDraft = defineCommand({
	name: 'save_draft',
	input: z.object({ jobId: id, text: draftText }),
	reads: [replyJobs],
	notes: [replyJobs],
	repeatable: true,
	decide: ({ jobId, text }, read) => {
		const job = findJob(read, jobId);
		if (job?.state !== 'open') return refuse({ type: 'job_unknown', jobId });
		return decided({
			notes:
				text.length < job.text.length
					? []
					: [sql`update ${replyJobs} set text = ${text} where job_id = ${jobId}`],
			value: { jobId }
		});
	}
});

/**
 * The reply has ended with words: it becomes a turn, once. `whole`: the model finished. `stopped`: the player did, after
 * the first word. `limit`: the model, or the turn, reached its longest. All but whole are marked unfinished.
 */
export const finishReply = defineCommand({
	name: 'finish_reply',
	input: z.object({
		jobId: id,
		text: draftText,
		ended: z.enum(['whole', 'stopped', 'limit']),
		model: z.string().max(200).nullable(),
		usage: toldUsage
	}),
	reads: [replyJobs, chats, bots, eventLog, activities, scenes],
	notes: [replyJobs, spending, promptRecords],
	decide: ({ jobId, text, ended, model, usage: used }, read, world) =>
		endWithTurn(read, world, jobId, text, ended !== 'whole', model, used)
});

/** Keeps the draft of a reply that was cut off, as a turn marked unfinished. */
export const keepDraft = defineCommand({
	name: 'keep_draft',
	input: z.object({ jobId: id }),
	reads: [replyJobs, chats, bots, eventLog, activities, scenes],
	notes: [replyJobs, promptRecords],
	decide: ({ jobId }, read, world) => endWithTurn(read, world, jobId, null, true, null, null)
});

/** What a reply that did not become a turn has cost all the same. */
const cost = { model: z.string().max(200).nullable().default(null), usage: toldUsage.default(null) };

/** The model failed. What it said before stays as the draft, and the player is offered keep, discard or try again. */
export const failReply = defineCommand({
	name: 'fail_reply',
	input: z.object({ jobId: id, text: draftText, failure: failureShape, ...cost }),
	reads: [replyJobs],
	notes: [replyJobs, spending],
	decide: ({ jobId, text, failure, model, usage: used }, read) => {
		const job = findJob(read, jobId);
		if (job === null) return refuse({ type: 'job_unknown', jobId });
		return decided({
			notes: [
				...spent({ ...job, model, usage: used }),
				sql`update ${replyJobs} set state = 'failed', text = ${text}, failure = ${JSON.stringify(failure)}
					where job_id = ${jobId}`
			],
			value: { jobId }
		});
	}
});

/** Gives a reply up and leaves nothing behind: Stop before the first word, or the player discards a draft. */
export const dropReply = defineCommand({
	name: 'drop_reply',
	input: z.object({ jobId: id, ...cost }),
	reads: [replyJobs],
	notes: [replyJobs, spending],
	decide: ({ jobId, model, usage: used }, read) => {
		const job = findJob(read, jobId);
		if (job === null) return refuse({ type: 'job_unknown', jobId });
		return decided({ notes: [...spent({ ...job, model, usage: used }), endJob(jobId)], value: { jobId } });
	}
});

/** A job becomes an assistant turn of its chat. `said` null takes the job's own draft. */
const endWithTurn = (
	read: Read,
	world: { newId(): string },
	jobId: string,
	said: string | null,
	truncated: boolean,
	model: string | null,
	used: Usage | null
) => {
	const job = findJob(read, jobId);
	if (job === null) return refuse({ type: 'job_unknown', jobId });
	const text = said ?? saidIn(job);
	if (text.trim() === '') return refuse({ type: 'reply_empty', jobId });
	const chat = findChat(read, job.stream.slice(chatStream('').length));
	if (chat === null) return refuse({ type: 'job_unknown', jobId });
	const turnId = world.newId();
	const reply = assistantTurn({
		stream: job.stream,
		anchor: turnId,
		cause: job.turnId,
		payload: {
			turnId,
			replyTo: job.turnId,
			speaker: { botId: chat.hostId, name: findBot(read, chat.hostId)?.name ?? chat.hostName },
			text,
			truncated,
			model,
			usage: used,
			interjectionOf: null,
			meanwhileId: null,
			present: presentWith(read, chat, chat.hostId)
		}
	});
	const { changes, events, instead } = job.replaces
		? takingThePlace(read, job, reply)
		: { changes: [], events: [reply], instead: [] };
	return decided({
		changes,
		events,
		notes: [...spent({ ...job, model, usage: used }), promptBecame(jobId, turnId), endJob(jobId)],
		valueFrom: ({ rung }) => ({ turnId, instead, rung })
	});
};

/** A chat's head: who, where, the reply being written if any, and what stands in the composer. */
export const chat = defineQuery({
	name: 'chat',
	input: z.object({ chatId: id }),
	reads: [chats, bots, yous, replyJobs, composers, chatModels],
	answer: (read, { chatId }) => {
		const found = findChat(read, chatId);
		if (found === null) return null;
		const stream = chatStream(chatId);
		const host = findBot(read, found.hostId);
		const you = found.youId === null ? null : findYou(read, found.youId);
		const job = jobOfStream(read, stream);
		return {
			...found,
			host: { botId: found.hostId, name: host?.name ?? found.hostName, avatar: host?.avatar ?? null },
			you:
				found.youId === null
					? null
					: { youId: found.youId, name: you?.name ?? found.youName ?? '', avatar: you?.avatar ?? null },
			reply:
				job === null
					? null
					: {
							jobId: job.jobId,
							turnId: job.turnId,
							replaces: job.replaces,
							state: job.state,
							failure: job.failure,
							/** What is there of it that is nowhere else. */
							text: saidIn(job)
						},
			/** Models of its own; null: those of the connection in use. */
			models: {
				prose: chosenModel(read, stream, 'prose'),
				classify: chosenModel(read, stream, 'classify'),
				copilot: chosenModel(read, stream, 'copilot')
			},
			composer:
				read.one(z.object({ text: z.string() }), sql`select text from ${composers} where stream = ${stream}`)
					?.text ?? ''
		};
	}
});

/**
 * What a model is asked for a job, or null when the job has ended. `room`: how many of the model's tokens the prompt may
 * have, and how many of those one estimated token is; null: a modest default. `draft`: what was written of it so far.
 */
export const replyRequest = defineQuery({
	name: 'reply_request',
	input: z.object({
		jobId: id,
		room: z
			.object({ tokens: z.number().int().positive(), ratio: z.number().positive().max(10) })
			.nullable()
			.default(null)
	}),
	reads: [replyJobs, chatModels, ...PROMPT_READS],
	answer: (
		read,
		{ jobId, room }
	): {
		readonly request: ProseRequest;
		readonly connectionId: string;
		/** How the chat wants it, where that differs from how the connection is set. */
		readonly choice: ChatModel | null;
		readonly draft: string;
		readonly goesOn: { readonly text: string; readonly stands: boolean } | null;
		/** Tokens of the prompt by our own estimate. */
		readonly estimate: number;
		/** What each part of it took, and what was left out. */
		readonly parts: readonly PromptShare[];
	} | null => {
		const job = findJob(read, jobId);
		if (job?.state !== 'open') return null;
		const found = findChat(read, job.stream.slice(chatStream('').length));
		if (found === null) return null;
		const prompt = promptFor(read, {
			jobId,
			chat: found,
			speakerId: job.speakerId ?? found.hostId,
			turnId: job.turnId,
			alternative: answersTo(read, job.stream, job.turnId).length,
			as:
				job.stage === 'interject' && job.primaryId !== null
					? { kind: 'interjection', after: job.primaryId }
					: { kind: 'reply' },
			note: job.note,
			edited: job.edited,
			goesOn: job.goesOn?.text ?? null,
			room
		});
		if (prompt === null) return null;
		const { request, parts } = prompt;
		const chosen = chosenModel(read, job.stream, 'prose');
		return {
			request,
			connectionId: job.connectionId,
			choice: chosen?.connectionId === job.connectionId ? chosen : null,
			draft: job.text,
			goesOn: job.goesOn,
			estimate: estimatePrompt(request),
			parts
		};
	}
});
