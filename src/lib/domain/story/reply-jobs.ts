// Reply jobs: the durable row of a reply that is being written, or was cut off and waits for the player.
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql, type Statement } from '../kernel/sql.ts';
import { TURN_MAX_CHARS } from './limits.ts';

/**
 * One row per reply that is being written, or that was cut off and waits for the player to say keep or discard.
 * `state`: open = a tab should be writing it (it holds Web Lock `job:<id>`; a free lock means the tab is gone);
 * failed = it ended with `failure`. `text` is the draft so far. `replaces`: it takes the place of the live replies to the
 * turn, which stay until it is whole; `note`: what the player asks of the model for it; `edited`: the words the player's
 * turn gets with it. `goes_on`: the words it goes on from, which `text` begins with; `stands`: they are those of a turn that
 * stands in the story, and not a draft.
 */
export const replyJobs = defineTable(
	'reply_jobs',
	`	job_id text not null primary key,
	stream text not null,
	turn_id text not null,
	connection_id text not null,
	replaces integer not null default 0 check (replaces in (0, 1)),
	note text,
	edited text,
	goes_on text,
	stands integer not null default 0 check (stands in (0, 1)),
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
		replaces: z.number().transform(Boolean),
		note: z.string().nullable(),
		edited: z.string().nullable(),
		goesOn: z.string().nullable(),
		stands: z.number().transform(Boolean),
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
		sql`select job_id as jobId, stream, turn_id as turnId, connection_id as connectionId, replaces, note, edited, goes_on as goesOn,
				stands, state, failure, text, created_at as createdAt
			from ${replyJobs} where job_id = ${jobId}`
	);

export const jobOfStream = (read: Read, stream: string): ReplyJob | null =>
	read.one(
		jobRow,
		sql`select job_id as jobId, stream, turn_id as turnId, connection_id as connectionId, replaces, note, edited, goes_on as goesOn,
				stands, state, failure, text, created_at as createdAt
			from ${replyJobs} where stream = ${stream} order by created_at limit 1`
	);

/** The words of a reply that are nowhere else, or nothing: those of a turn that stands are not the job's own. */
export const saidIn = ({ text, goesOn }: ReplyJob): string =>
	text.trim() === '' || (goesOn?.stands === true && goesOn.text === text) ? '' : text;

/**
 * The reply of a chat that must end before turns are taken back: one that is being written, or one that was cut off and
 * left words. What failed without a word is in nobody's way, and its row goes with `clearing`.
 */
export const unfinishedReply = (
	read: Read,
	stream: string
): { readonly blocking: ReplyJob | null; readonly clearing: readonly Statement[] } => {
	const job = jobOfStream(read, stream);
	if (job === null) return { blocking: null, clearing: [] };
	const blocks = job.state === 'open' || saidIn(job) !== '';
	return blocks ? { blocking: job, clearing: [] } : { blocking: null, clearing: [endJob(job.jobId)] };
};

export const newJob = (job: {
	readonly jobId: string;
	readonly stream: string;
	readonly turnId: string;
	readonly connectionId: string;
	readonly now: number;
	readonly replaces?: { readonly note: string | null; readonly edited: string | null };
	readonly goesOn?: { readonly text: string; readonly stands: boolean };
}): Statement =>
	sql`insert into ${replyJobs} (job_id, stream, turn_id, connection_id, replaces, note, edited, goes_on, stands, state,
			failure, text, created_at)
		values (${job.jobId}, ${job.stream}, ${job.turnId}, ${job.connectionId}, ${job.replaces === undefined ? 0 : 1},
			${job.replaces?.note ?? null}, ${job.replaces?.edited ?? null}, ${job.goesOn?.text ?? null},
			${job.goesOn?.stands === true ? 1 : 0}, 'open', null, ${job.goesOn?.text ?? ''}, ${job.now})`;

export const endJob = (jobId: string): Statement => sql`delete from ${replyJobs} where job_id = ${jobId}`;
