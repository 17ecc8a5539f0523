// What a model is asked for the words of a job: whose they are, what they answer, and the story up to there.
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Table } from '../kernel/sql.ts';
import { bots, findBot } from '../library/bots.ts';
import { findYou, yous } from '../library/personas.ts';
import { chatStream } from '../streams.ts';
import { chatModels, chosenModel, type ChatModel } from './chat-models.ts';
import { chats, findChat, type Chat } from './chats.ts';
import { meanwhiles, findMeanwhile, NARRATOR } from './meanwhile-scenes.ts';
import { buildProseRequest, type HISTORY_ROW, type ProseRequest } from './prompt.ts';
import { replyJobs, type ReplyJob } from './reply-jobs.ts';
import { estimatePrompt } from './tokens.ts';
import { turns, wordsRow } from './turns.ts';

/** The tables a request for words reads. */
export const PROSE_READS: readonly Table[] = [
	replyJobs,
	chats,
	turns,
	bots,
	yous,
	eventLog,
	chatModels,
	meanwhiles
];

export interface AskedForProse {
	readonly kind: 'prose';
	readonly stage: ReplyJob['stage'];
	readonly request: ProseRequest;
	/** Who speaks; null: the narrator of a scene elsewhere. */
	readonly speaker: { readonly botId: string; readonly name: string } | null;
	readonly connectionId: string;
	/** How the chat wants it, where that differs from how the connection is set. */
	readonly choice: ChatModel | null;
	readonly draft: string;
	readonly goesOn: { readonly text: string; readonly stands: boolean } | null;
	/** Tokens of the prompt by our own estimate. */
	readonly estimate: number;
}

/** The narrator's part of the cast. */
const NARRATING = {
	name: 'the narrator',
	description: 'Nobody in the story: the voice that tells what happens around those who are.',
	scenario: '',
	examples: ''
};

const PUT_IN =
	'You heard this and have said nothing yet. Put in a word of your own now: one or two sentences, no more. Do not answer for anybody else.';

const ELSEWHERE = (premise: string, name: string): string =>
	`Meanwhile, elsewhere: ${premise} ${name} is not here and hears nothing of it. Go on with this scene among those who are.`;

/** How many replies, live or not, a turn has that are alike: interjections, or not. */
const alike = (read: Read, stream: string, group: string, interjections: boolean): number =>
	read.one(
		z.object({ n: z.number() }),
		sql`select count(*) as n from ${eventLog} where stream = ${stream} and cause = ${group} and opens_turn = 1
			and (payload ->> '$.interjectionOf' is not null) = ${interjections ? 1 : 0}`
	)?.n ?? 0;

/** Who a job's words are of; null: of the narrator, or of a bot that is nowhere any more. */
const speakerOf = (read: Read, chat: Chat, job: ReplyJob) => findBot(read, job.speakerId ?? chat.hostId);

/** The turns a speaker was there for, as messages: its own, and those of everybody else. */
const historyFor =
	(read: Read, job: ReplyJob, chat: Chat, upTo: number, speakerId: string | null) =>
	(count: number): readonly z.output<typeof HISTORY_ROW>[] => {
		const bit = speakerId === null ? 7 : speakerId === chat.guestId ? 4 : 2;
		return read
			.all(
				z.object({
					role: z.string(),
					speakerId: z.string().nullable(),
					speakerName: z.string(),
					text: wordsRow
				}),
				sql`select role, speaker_id as speakerId, speaker_name as speakerName,
							(select e.payload ->> '$.text' from ${eventLog} e
								where e.stream = t.stream and e.stream_seq = t.text_at) as text
						from ${turns} t where t.stream = ${job.stream} and number <= ${upTo}
							and (number = ${upTo} or (hidden = 0 and (present & ${bit}) <> 0))
						order by number desc limit ${count}`
			)
			.reverse()
			.map(({ role, speakerId: who, speakerName, text }) =>
				role !== 'assistant'
					? { role: 'user', text }
					: who === speakerId
						? { role: 'assistant', text }
						: // what another bot says, this one hears
							{ role: 'user', text: `${speakerName}: ${text}` }
			);
	};

/**
 * The request for a stage of words; null when what it answers is not in the story any more, or nobody is there to speak.
 * `room`: how many of the model's tokens the prompt may have, and how many of those one estimated token is.
 */
export const askedForProse = (
	read: Read,
	job: ReplyJob,
	room: { readonly tokens: number; readonly ratio: number } | null
): AskedForProse | null => {
	const chat = findChat(read, job.stream.slice(chatStream('').length));
	if (chat === null) return null;
	const narrates = job.speakerId === NARRATOR;
	const bot = narrates ? null : speakerOf(read, chat, job);
	if (!narrates && bot === null) return null;
	const interjects = job.stage === 'interject';
	const after = interjects ? job.primaryId : job.turnId;
	const answered = read.one(
		z.object({ number: z.number(), round: z.number() }),
		sql`select number, round from ${turns} where stream = ${job.stream} and turn_id = ${after}`
	);
	if (after === null || answered === null) return null;
	const elsewhere = job.meanwhileId === null ? null : findMeanwhile(read, job.stream, job.meanwhileId);
	const you = chat.youId === null ? null : findYou(read, chat.youId);
	const host = bot ?? NARRATING;
	const speakerId = bot?.botId ?? null;
	const note = interjects
		? PUT_IN
		: elsewhere === null
			? job.note
			: ELSEWHERE(elsewhere.premise, you?.name ?? 'the player');
	const request = buildProseRequest({
		jobId: job.jobId,
		chatId: chat.chatId,
		turnId: after,
		alternative: alike(read, job.stream, job.turnId, interjects),
		note,
		edited: job.edited,
		goesOn: job.goesOn?.text ?? null,
		room,
		host,
		you,
		place: elsewhere?.place ?? chat.place,
		turn: answered.round,
		total: answered.number,
		newest: historyFor(read, job, chat, answered.number, speakerId)
	});
	const chosen = chosenModel(read, job.stream, 'prose');
	return {
		kind: 'prose',
		stage: job.stage,
		request,
		speaker: bot === null ? null : { botId: bot.botId, name: bot.name },
		connectionId: job.connectionId,
		choice: chosen?.connectionId === job.connectionId ? chosen : null,
		draft: job.text,
		goesOn: job.goesOn,
		estimate: estimatePrompt(request)
	};
};
