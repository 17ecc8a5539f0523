// Reply jobs: the durable row of a reply that is being written, or was cut off and waits for the player.
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql, type Statement } from '../kernel/sql.ts';
import { TURN_MAX_CHARS } from './limits.ts';
import { isProse, stage, type Stage } from './stages.ts';

/**
 * One row per turn that is being played, from its reply to the last of what it brings about, or whose words were cut off
 * and wait for the player to say keep or discard. `turn_id`: the turn that is answered; in a scene elsewhere the one that
 * is followed. `stage`: where it stands. `primary_id`: the reply it became, once it is one; with a classifier asked again,
 * and with a digest, the turn it is about. `interjection_id`: the same of an interjection. `speaker_id`: who speaks in a
 * stage of words; null: the host; `you`: it is a draft of the player's own. `lone`: one classifier is asked again, and nothing after it. `meanwhile_id`: the scene
 * elsewhere it plays.
 *
 * `state`: open = a tab should be writing it (it holds Web Lock `job:<id>`; a free lock means the tab is gone);
 * failed = it ended with `failure`. `text` is the draft so far. `replaces`: it takes the place of the live replies to the
 * turn, which stay until it is whole; `note`: what the player asks of the model for it, and with a draft what they had typed; `edited`: the words the player's
 * turn gets with it. `goes_on`: the words it goes on from, which `text` begins with; `stands`: they are those of a turn that
 * stands in the story, and not a draft. `earlier`: the words of a try before this one, which are nowhere else.
 */
export const replyJobs = defineTable(
	'reply_jobs',
	`	job_id text not null primary key,
	stream text not null,
	turn_id text not null,
	connection_id text not null,
	stage text not null default 'reply' check (stage in ('reply', 'observe', 'transitions', 'ask', 'interject', 'observe2',
		'transitions2', 'digest', 'draft', 'detect_steps')),
	primary_id text,
	interjection_id text,
	speaker_id text,
	lone integer not null default 0 check (lone in (0, 1)),
	meanwhile_id text,
	replaces integer not null default 0 check (replaces in (0, 1)),
	note text,
	edited text,
	goes_on text,
	stands integer not null default 0 check (stands in (0, 1)),
	earlier text,
	state text not null check (state in ('open', 'failed')),
	failure text check (failure is null or json_valid(failure)),
	text text not null,
	created_at integer not null`,
	{ role: 'workspace', indexes: { reply_jobs_by_stream: '(stream)' } }
);

export const connectionId = z.string().min(1).max(100);
export const draftText = z.string().max(TURN_MAX_CHARS);

/** Why a reply failed: the model layer's typed failure, kept as it is. */
export const failureShape = z.looseObject({ type: z.string().min(1).max(60) });

const jobRow = z
	.object({
		jobId: z.string(),
		stream: z.string(),
		turnId: z.string(),
		connectionId: z.string(),
		stage,
		primaryId: z.string().nullable(),
		interjectionId: z.string().nullable(),
		speakerId: z.string().nullable(),
		lone: z.number().transform(Boolean),
		meanwhileId: z.string().nullable(),
		replaces: z.number().transform(Boolean),
		note: z.string().nullable(),
		edited: z.string().nullable(),
		goesOn: z.string().nullable(),
		stands: z.number().transform(Boolean),
		earlier: z.string().nullable(),
		state: z.enum(['open', 'failed']),
		failure: z
			.string()
			.nullable()
			.transform((json) => (json === null ? null : failureShape.parse(JSON.parse(json)))),
		text: z.string(),
		createdAt: z.number()
	})
	.transform(({ goesOn, stands, ...job }) => ({
		...job,
		goesOn: goesOn === null ? null : { text: goesOn, stands }
	}));

export type ReplyJob = z.output<typeof jobRow>;

export const findJob = (read: Read, jobId: string): ReplyJob | null =>
	read.one(
		jobRow,
		sql`select job_id as jobId, stream, turn_id as turnId, connection_id as connectionId, stage, primary_id as primaryId,
				interjection_id as interjectionId, speaker_id as speakerId, lone, meanwhile_id as meanwhileId, replaces, note,
				edited, goes_on as goesOn, stands, earlier, state, failure, text, created_at as createdAt
			from ${replyJobs} where job_id = ${jobId}`
	);

export const jobOfStream = (read: Read, stream: string): ReplyJob | null => {
	const found = read.one(
		z.object({ jobId: z.string() }),
		sql`select job_id as jobId from ${replyJobs} where stream = ${stream} order by created_at limit 1`
	);
	return found === null ? null : findJob(read, found.jobId);
};

/** The words of a reply that are nowhere else, or nothing: those of a turn that stands are not the job's own. */
export const saidIn = ({ text, goesOn }: ReplyJob): string =>
	text.trim() === '' || (goesOn?.stands === true && goesOn.text === text) ? '' : text;

/** Words that go when a job is given up: its own, or those of the try before it; null where there are none. */
export const unkept = (job: ReplyJob): string | null => {
	const said = saidIn(job);
	return said === '' ? job.earlier : said;
};

/**
 * The reply of a chat that must end before turns are taken back: one whose words are being written, or were cut off.
 * Whatever comes after a reply is waited for by nobody: its job ends with `clearing`, and what it finds late finds no job.
 * So does what failed without a word.
 */
export const unfinishedReply = (
	read: Read,
	stream: string
): { readonly blocking: ReplyJob | null; readonly clearing: readonly Statement[] } => {
	const job = jobOfStream(read, stream);
	if (job === null) return { blocking: null, clearing: [] };
	const blocks =
		(job.state === 'open' && (job.stage === 'reply' || job.earlier !== null)) ||
		(job.state === 'failed' && saidIn(job) !== '');
	return blocks ? { blocking: job, clearing: [] } : { blocking: null, clearing: [endJob(job.jobId)] };
};

/** Whether turns that go are what a job plays, or looks at; one that plays a scene elsewhere looks at many. */
export const isAbout = (job: ReplyJob, gone: readonly string[]): boolean =>
	job.meanwhileId !== null ||
	[job.turnId, job.primaryId, job.interjectionId].some((turnId) => turnId !== null && gone.includes(turnId));

/**
 * The reply of a chat that must end before the story goes on: any that is being played, to the last of its stages, or
 * left words. What failed without a word is in nobody's way.
 */
export const replyInTheWay = (
	read: Read,
	stream: string
): { readonly blocking: ReplyJob | null; readonly clearing: readonly Statement[] } => {
	const job = jobOfStream(read, stream);
	return job?.state === 'open' ? { blocking: job, clearing: [] } : unfinishedReply(read, stream);
};

export const newJob = (job: {
	readonly jobId: string;
	readonly stream: string;
	readonly turnId: string;
	readonly connectionId: string;
	readonly now: number;
	readonly stage?: Stage;
	readonly primaryId?: string;
	readonly interjectionId?: string;
	readonly speakerId?: string | null;
	readonly lone?: boolean;
	readonly meanwhileId?: string | null;
	/** What was typed, with a draft; with another reply it is part of `replaces`. */
	readonly note?: string | null;
	readonly replaces?: { readonly note: string | null; readonly edited: string | null };
	readonly goesOn?: { readonly text: string; readonly stands: boolean };
	readonly earlier?: string | null;
}): Statement =>
	sql`insert into ${replyJobs} (job_id, stream, turn_id, connection_id, stage, primary_id, interjection_id, speaker_id, lone,
			meanwhile_id, replaces, note, edited, goes_on, stands, earlier, state, failure, text, created_at)
		values (${job.jobId}, ${job.stream}, ${job.turnId}, ${job.connectionId}, ${job.stage ?? 'reply'},
			${job.primaryId ?? null}, ${job.interjectionId ?? null}, ${job.speakerId ?? null}, ${job.lone === true ? 1 : 0}, ${job.meanwhileId ?? null},
			${job.replaces === undefined ? 0 : 1}, ${job.replaces?.note ?? job.note ?? null}, ${job.replaces?.edited ?? null},
			${job.goesOn?.text ?? null}, ${job.goesOn?.stands === true ? 1 : 0}, ${job.earlier ?? null}, 'open', null, ${job.goesOn?.text ?? ''},
			${job.now})`;

/** Where a job goes next, and what it knows then; its draft is empty again. */
export interface Onward {
	readonly turnId?: string;
	readonly primaryId?: string | null;
	readonly interjectionId?: string | null;
	readonly speakerId?: string | null;
}

/** Moves a job to its next stage, or ends it where there is none. */
export const moveJob = (job: ReplyJob, to: Stage | null, onward: Onward = {}): Statement => {
	if (to === null) return endJob(job.jobId);
	const { turnId, primaryId, interjectionId, speakerId } = { ...job, ...onward };
	return sql`update ${replyJobs} set stage = ${to}, turn_id = ${turnId}, primary_id = ${primaryId},
			interjection_id = ${interjectionId}, speaker_id = ${speakerId}, replaces = 0, note = null, edited = null,
			goes_on = null, stands = 0, earlier = null, state = 'open', failure = null, text = ''
		where job_id = ${job.jobId}`;
};

/** The turn whose effects a job looks for; null while there is none. */
export const judged = ({ stage: at, primaryId, interjectionId }: ReplyJob): string | null =>
	isProse(at) ? null : at === 'observe2' || at === 'transitions2' ? interjectionId : primaryId;

/** The turn whose words a stage of words follows, as its request names it. */
const follows = ({ stage: at, turnId, primaryId }: ReplyJob): string | null =>
	at === 'interject' ? primaryId : turnId;

/**
 * The job while it writes words: any, or those after the turn that is named. One job may write several, and what comes late,
 * or from a tab that has not seen that it went on, must not pass for those it writes now.
 */
export const writtenJob = (read: Read, jobId: string, after: string | null): ReplyJob | null => {
	const job = findJob(read, jobId);
	return job === null || !isProse(job.stage) || (after !== null && after !== follows(job)) ? null : job;
};

/** Gives back the words of the try before this one, which brought none: they wait for the player as they did. */
export const giveBack = (jobId: string, failure: z.output<typeof failureShape>): Statement =>
	sql`update ${replyJobs} set state = 'failed', failure = ${JSON.stringify(failure)}, text = earlier, earlier = null,
			goes_on = null, stands = 0
		where job_id = ${jobId} and earlier is not null`;

export const endJob = (jobId: string): Statement => sql`delete from ${replyJobs} where job_id = ${jobId}`;
