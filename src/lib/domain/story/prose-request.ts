// What a model is asked for the words of a job: whose they are, what they answer, and the story up to there.
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Table } from '../kernel/sql.ts';
import { findBot } from '../library/bots.ts';
import { chatStream } from '../streams.ts';
import type { Asked } from './asked-reply.ts';
import { chatModels, chosenModel, type ChatModel } from './chat-models.ts';
import { findChat } from './chats.ts';
import { findMeanwhile, meanwhiles, NARRATOR } from './meanwhile-scenes.ts';
import type { ProseRequest } from './prompt.ts';
import type { PromptShare } from './prompt-parts.ts';
import { replyJobs, type ReplyJob } from './reply-jobs.ts';
import { PROMPT_READS, promptFor } from './reply-prompt.ts';
import { toldBy, type Teller } from './teller.ts';
import { estimatePrompt } from './tokens.ts';

/** The tables a request for words reads. */
export const PROSE_READS: readonly Table[] = [replyJobs, chatModels, meanwhiles, ...PROMPT_READS];

export interface AskedForProse {
	readonly kind: 'prose';
	readonly stage: ReplyJob['stage'];
	readonly request: ProseRequest;
	/** Who speaks; null: the narrator of a scene elsewhere. A draft is of the player, called `you`. */
	readonly speaker: { readonly botId: string; readonly name: string } | null;
	readonly connectionId: string;
	/** How the chat wants it, where that differs from how the connection is set. */
	readonly choice: ChatModel | null;
	readonly draft: string;
	readonly goesOn: { readonly text: string; readonly stands: boolean } | null;
	/** Tokens of the prompt by our own estimate. */
	readonly estimate: number;
	/** What each part of the prompt took, and what was left out. */
	readonly parts: readonly PromptShare[];
}

/** How many replies, live or not, a turn has that are alike: interjections, or not. */
const alike = (read: Read, stream: string, group: string, interjections: boolean): number =>
	read.one(
		z.object({ n: z.number() }),
		sql`select count(*) as n from ${eventLog} where stream = ${stream} and cause = ${group} and opens_turn = 1
			and (payload ->> '$.interjectionOf' is not null) = ${interjections ? 1 : 0}`
	)?.n ?? 0;

/** What sort of words a job is after; null when what it is about is gone. */
const sortOf = (read: Read, job: ReplyJob): Asked['as'] | null => {
	if (job.stage === 'interject')
		return job.primaryId === null ? null : { kind: 'interjection', after: job.primaryId };
	if (job.stage === 'draft') return { kind: 'draft' };
	if (job.meanwhileId === null) return { kind: 'reply' };
	const scene = findMeanwhile(read, job.stream, job.meanwhileId);
	if (scene?.opener == null) return null;
	const { meanwhileId, opener, containerId, place, participants } = scene;
	return { kind: 'meanwhile', meanwhileId, begunBy: opener, containerId, place, participants };
};

/**
 * The request for a stage of words; null when what it answers is not in the story any more, or nobody is there to speak.
 * `room`: how many of the model's tokens the prompt may have, and how many of those one estimated token is.
 */
export const askedForProse = (
	read: Read,
	job: ReplyJob,
	room: { readonly tokens: number; readonly ratio: number } | null,
	tellers: readonly Teller[]
): AskedForProse | null => {
	const chat = findChat(read, job.stream.slice(chatStream('').length));
	const as = sortOf(read, job);
	if (chat === null || as === null) return null;
	const speakerId = job.speakerId === NARRATOR ? null : (job.speakerId ?? chat.hostId);
	const interjects = as.kind === 'interjection';
	const prompt = promptFor(read, {
		jobId: job.jobId,
		chat,
		speakerId,
		turnId: job.turnId,
		alternative: alike(read, job.stream, job.turnId, interjects),
		as,
		// what was asked of the reply was not asked of who puts in a word
		note: interjects ? null : job.note,
		edited: interjects ? null : job.edited,
		goesOn: job.goesOn?.text ?? null,
		told: toldBy(tellers, read, chat.chatId),
		room
	});
	if (prompt === null) return null;
	const { request, parts } = prompt;
	const chosen = chosenModel(read, job.stream, 'prose');
	return {
		kind: 'prose',
		stage: job.stage,
		request,
		speaker:
			speakerId === null
				? null
				: { botId: speakerId, name: findBot(read, speakerId)?.name ?? request.story.bot },
		connectionId: job.connectionId,
		choice: chosen?.connectionId === job.connectionId ? chosen : null,
		draft: job.text,
		goesOn: job.goesOn,
		estimate: estimatePrompt(request),
		parts
	};
};
