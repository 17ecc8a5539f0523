// How the words of a job end: as a turn, as a draft to keep or discard, or as nothing. Streaming text is no event.
import { decided, defineCommand } from '../kernel/command.ts';
import type { EventDraft } from '../kernel/event.ts';
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Table } from '../kernel/sql.ts';
import { liveTurn } from '../kernel/turns-of-log.ts';
import { bots, findBot } from '../library/bots.ts';
import { chatStream, id } from '../streams.ts';
import { activities, presentWith } from './activity.ts';
import { settingsOf } from './chat-settings.ts';
import { chats, findChat, type Chat } from './chats.ts';
import { classifierFailed } from './classifier-failures.ts';
import { composers, putDraft } from './composers.ts';
import { findMeanwhile, meanwhiles, NARRATOR } from './meanwhile-scenes.ts';
import { onward, ONWARD } from './onward.ts';
import { promptBecame, promptRecords } from './prompt-records.ts';
import { takingThePlace } from './regenerate.ts';
import {
	draftText,
	endJob,
	failureShape,
	findJob,
	giveBack,
	replyJobs,
	saidIn,
	writtenJob,
	type ReplyJob
} from './reply-jobs.ts';
import { scenes } from './scenes.ts';
import { ACCOUNTS, spent, type Purpose } from './spending.ts';
import { assistantTurn, narratorTurn, toldUsage, turns, type Present, type Usage } from './turns.ts';

/** The turn the words follow, as they were asked for; null: whichever the job writes. */
const after = id.nullable().default(null);

/** The tables the end of a reply reads. */
const ENDS: readonly Table[] = [
	...new Set([replyJobs, chats, bots, eventLog, activities, scenes, meanwhiles, turns, ...ONWARD])
];

/**
 * Keeps what has been written so far. Not an event: it may be lost, and it may come late or twice, so a draft only
 * grows, and only while the reply is open.
 */
export const saveDraft = defineCommand({
	name: 'save_draft',
	input: z.object({ jobId: id, after, text: draftText }),
	reads: [replyJobs],
	notes: [replyJobs],
	repeatable: true,
	decide: ({ jobId, after: follows, text }, read) => {
		const job = writtenJob(read, jobId, follows);
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
 * The reply has ended with words: it becomes a turn, once, and unless the player stopped it, it is looked at next: `next` is
 * the stage the job goes on with, null when it is over. `whole`: the model finished. `stopped`: the player did, after the
 * first word. `limit`: the model, or the turn, reached its longest. All but whole are marked unfinished.
 */
export const finishReply = defineCommand({
	name: 'finish_reply',
	input: z.object({
		jobId: id,
		after,
		text: draftText,
		ended: z.enum(['whole', 'stopped', 'limit']),
		model: z.string().max(200).nullable(),
		usage: toldUsage
	}),
	reads: ENDS,
	notes: [replyJobs, ...ACCOUNTS, promptRecords],
	decide: ({ jobId, after: follows, text, ended, model, usage: used }, read, world) =>
		endWithTurn(read, world, writtenJob(read, jobId, follows), {
			jobId,
			said: text,
			ended,
			model,
			usage: used
		})
});

/** Keeps the draft of a reply that was cut off, as a turn marked unfinished. */
export const keepDraft = defineCommand({
	name: 'keep_draft',
	input: z.object({ jobId: id }),
	reads: ENDS,
	notes: [replyJobs, promptRecords],
	decide: ({ jobId }, read, world) =>
		endWithTurn(read, world, writtenJob(read, jobId, null), {
			jobId,
			said: null,
			ended: 'interrupted',
			model: null,
			usage: null
		})
});

/** Words that did not become a turn were asked for by the one they were to follow; a draft is of none yet. */
const purposeOf = ({ stage, turnId, primaryId }: ReplyJob): Purpose | null =>
	stage === 'draft'
		? null
		: { turnId: stage === 'interject' ? (primaryId ?? turnId) : turnId, task: 'prose' };

/** What a reply that did not become a turn has cost all the same. */
const cost = { model: z.string().max(200).nullable().default(null), usage: toldUsage.default(null) };

/** With when it failed, in ms since 1970: what a provider asks of the time after can be counted from there. */
const at = (
	failure: z.output<typeof failureShape>,
	{ now }: { readonly now: number }
): z.output<typeof failureShape> => ({ ...failure, at: now });

/** The model failed. What it said before stays as the draft, and the player is offered keep, discard or try again. */
export const failReply = defineCommand({
	name: 'fail_reply',
	input: z.object({ jobId: id, after, text: draftText, failure: failureShape, ...cost }),
	reads: [replyJobs, turns],
	notes: [replyJobs, ...ACCOUNTS, composers],
	decide: ({ jobId, after: follows, text, failure, model, usage: used }, read, world) => {
		const job = writtenJob(read, jobId, follows);
		if (job === null) return refuse({ type: 'job_unknown', jobId });
		const nothing = text.trim() === '';
		if (nothing && job.earlier !== null)
			return decided({
				notes: [
					...spent({ ...job, model, usage: used }, purposeOf(job)),
					giveBack(jobId, at(failure, world))
				],
				value: { jobId }
			});
		if (job.stage === 'interject' && nothing) return withoutAWord(job, read, { failure, model, used });
		const drafts = job.stage === 'draft';
		return decided({
			notes: [
				...spent({ ...job, model, usage: used }, purposeOf(job)),
				// the words of a draft are nobody's to keep or discard: they stand in the composer
				...(drafts && !nothing ? [putDraft(job.stream, text)] : []),
				sql`update ${replyJobs} set state = 'failed', text = ${drafts ? '' : text}, failure = ${JSON.stringify(at(failure, world))}
					where job_id = ${jobId}`
			],
			value: { jobId }
		});
	}
});

/**
 * Gives a reply up and leaves nothing behind: Stop before the first word, or the player discards a draft. Where it was asked
 * for in place of words that were cut off, and runs, those are given back.
 */
export const dropReply = defineCommand({
	name: 'drop_reply',
	input: z.object({ jobId: id, after, ...cost }),
	reads: [replyJobs],
	notes: [replyJobs, ...ACCOUNTS],
	decide: ({ jobId, after: follows, model, usage: used }, read) => {
		const job = follows === null ? findJob(read, jobId) : writtenJob(read, jobId, follows);
		if (job === null) return refuse({ type: 'job_unknown', jobId });
		const back = job.state === 'open' && job.earlier !== null;
		return decided({
			notes: [
				...spent({ ...job, model, usage: used }, purposeOf(job)),
				back ? giveBack(jobId, { type: 'interrupted' }) : endJob(jobId)
			],
			value: { jobId }
		});
	}
});

/** Shows the words of the try before this one in place of its own, and again: both were cut off, and one can be kept. */
export const swapDraft = defineCommand({
	name: 'swap_draft',
	input: z.object({ jobId: id }),
	reads: [replyJobs],
	notes: [replyJobs],
	decide: ({ jobId }, read) => {
		const job = findJob(read, jobId);
		if (job?.state !== 'failed') return refuse({ type: 'job_unknown', jobId });
		if (job.earlier === null) return refuse({ type: 'no_earlier_try', jobId });
		return decided({
			notes: [
				sql`update ${replyJobs} set text = earlier, earlier = text, goes_on = null, stands = 0 where job_id = ${jobId}`
			],
			value: { jobId }
		});
	}
});

/** An interjection that never came is a classifier's failure: the reply stands, and it can be asked for again. */
const withoutAWord = (
	job: ReplyJob,
	read: Read,
	{
		failure,
		model,
		used
	}: {
		readonly failure: z.output<typeof failureShape>;
		readonly model: string | null;
		readonly used: Usage | null;
	}
) => {
	const { stream, primaryId, jobId } = job;
	const stands =
		primaryId !== null &&
		read.one(
			z.object({ n: z.number() }),
			sql`select 1 as n from ${turns} where stream = ${stream} and turn_id = ${primaryId}`
		) !== null;
	return decided({
		background: true,
		events: stands
			? [
					classifierFailed({
						stream,
						anchor: primaryId,
						cause: primaryId,
						payload: { classifier: 'interjection', reason: failure, raw: '' }
					})
				]
			: [],
		notes: [...spent({ ...job, model, usage: used }, purposeOf(job)), endJob(jobId)],
		value: { jobId }
	});
};

/** Who is there when a job's words are said. */
const presentAt = (read: Read, chat: Chat, job: ReplyJob): Present => {
	const scene = job.meanwhileId === null ? null : findMeanwhile(read, job.stream, job.meanwhileId);
	if (scene === null) return presentWith(read, chat, job.speakerId ?? chat.hostId);
	return {
		you: false,
		host: scene.participants.includes(chat.hostId),
		guest: chat.guestId !== null && scene.participants.includes(chat.guestId)
	};
};

/** The words of a job as the event that opens their turn. */
const turnOf = (
	read: Read,
	chat: Chat,
	job: ReplyJob,
	said: {
		readonly turnId: string;
		readonly text: string;
		readonly truncated: boolean;
		readonly model: string | null;
		readonly usage: Usage | null;
	}
): EventDraft<{ readonly turnId: string }> => {
	const { stream, meanwhileId } = job;
	const { turnId, text } = said;
	const present = presentAt(read, chat, job);
	if (job.speakerId === NARRATOR)
		return narratorTurn({ stream, anchor: turnId, payload: { turnId, text, meanwhileId, present } });
	const botId = job.speakerId ?? chat.hostId;
	const told = botId === chat.guestId ? chat.guestName : chat.hostName;
	// in a scene elsewhere nobody's words are answered: each begins anew
	const answers = meanwhileId === null ? job.turnId : null;
	const primary =
		job.stage !== 'interject' || job.primaryId === null
			? null
			: read.one(
					z.object({ speakerId: z.string().nullable() }),
					sql`select speaker_id as speakerId from ${turns} where stream = ${stream} and turn_id = ${job.primaryId}`
				);
	return assistantTurn({
		stream,
		anchor: turnId,
		cause: answers,
		payload: {
			...said,
			replyTo: answers,
			speaker: { botId, name: findBot(read, botId)?.name ?? told ?? '' },
			interjectionOf: primary?.speakerId ?? null,
			meanwhileId,
			present
		}
	});
};

/**
 * What was to be found in words that nobody looks at, where they go on from ones that were looked at: what those had
 * brought about goes with them, and is not lost but offered to be found anew.
 */
const unlooked = (
	read: Read,
	job: ReplyJob,
	turnId: string,
	reason: 'stopped' | 'interrupted',
	effects: number
): readonly EventDraft[] => {
	const { stream, goesOn } = job;
	if (goesOn === null || effects === 0 || settingsOf(read, stream).classifiers === 'off') return [];
	return (['observer', 'transitions'] as const).map((name) =>
		classifierFailed({
			stream,
			anchor: turnId,
			cause: turnId,
			payload: { classifier: name, reason: { type: reason }, raw: '' }
		})
	);
};

/**
 * The words of a job become a turn of its chat. `said` null takes the job's own draft. What reached the longest a reply may
 * be is as good as whole: it is looked at, and taken back with all that was found should it go on.
 */
const endWithTurn = (
	read: Read,
	world: { newId(): string },
	job: ReplyJob | null,
	{
		jobId,
		said,
		ended,
		model,
		usage: used
	}: {
		readonly jobId: string;
		readonly said: string | null;
		readonly ended: 'whole' | 'limit' | 'stopped' | 'interrupted';
		readonly model: string | null;
		readonly usage: Usage | null;
	}
) => {
	// the player's words are a draft for them to send
	if (job === null || job.stage === 'draft') return refuse({ type: 'job_unknown', jobId });
	const text = said ?? saidIn(job);
	if (text.trim() === '') return refuse({ type: 'reply_empty', jobId });
	const chat = findChat(read, job.stream.slice(chatStream('').length));
	if (chat === null) return refuse({ type: 'job_unknown', jobId });
	const interjects = job.stage === 'interject';
	if (interjects && (job.primaryId === null || liveTurn(read, job.stream, job.primaryId) === null))
		return refuse({ type: 'turn_gone', turnId: job.primaryId ?? '' });
	const turnId = world.newId();
	const truncated = ended !== 'whole';
	const reply = turnOf(read, chat, job, { turnId, text, truncated, model, usage: used });
	const { changes, events, instead, effects } = job.replaces
		? takingThePlace(read, job, reply)
		: { changes: [], events: [reply], instead: [], effects: 0 };
	const follows = ended === 'whole' || ended === 'limit' ? onward(read, job, { turnId }) : null;
	const left =
		ended === 'stopped' || ended === 'interrupted' ? unlooked(read, job, turnId, ended, effects) : [];
	return decided({
		// a person who keeps a draft may undo that by itself
		background: interjects && said !== null,
		changes,
		events: [...events, ...left, ...(follows?.events ?? [])],
		notes: [
			...spent({ ...job, model, usage: used }, { turnId, task: 'prose' }),
			promptBecame(jobId, turnId),
			...(follows?.notes ?? [endJob(jobId)])
		],
		valueFrom: ({ rung }) => ({ turnId, instead, rung, next: follows?.next ?? null })
	});
};
