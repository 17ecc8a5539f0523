// Assessment jobs: the durable row of an assessment that is being written, or came to nothing and waits for somebody.
import { defineQuery, type Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql, type Statement } from '../kernel/sql.ts';
import { actor } from '../library/members.ts';
import { SECTIONS } from './assessment-shape.ts';
import { handoffId } from './handoff-id.ts';

/**
 * `state`: open = a tab should be writing it (it holds Web Lock `assess:<handoff id>`; a free lock means that the tab is gone);
 * failed = it ended with `failure`. `connection_id` null: the connection that is in use when it is written. `again`: to be asked
 * even where the same was asked before. `sections`: all that is asked for; null is everything. What came so far is in no row: it is short, and asked anew when its tab is gone.
 */
export const assessmentJobs = defineTable(
	'assessment_jobs',
	`	job_id text not null primary key,
	handoff_id text not null,
	episode integer not null,
	connection_id text,
	asked_by text not null check (json_valid(asked_by)),
	again integer not null check (again in (0, 1)),
	sections text check (sections is null or json_valid(sections)),
	state text not null check (state in ('open', 'failed')),
	failure text check (failure is null or json_valid(failure)),
	created_at integer not null`,
	{ role: 'workspace', indexes: { assessment_jobs_by_handoff: '(handoff_id)' } }
);

/** Why it came to nothing; `cause`: what the model layer calls it. */
export const assessmentFailure = z.looseObject({ type: z.string().min(1).max(60) });

const jobRow = z.object({
	jobId: z.string(),
	handoffId: z.string(),
	episode: z.number(),
	connectionId: z.string().nullable(),
	/** As the event will say it: who asks may be gone when it is done. */
	askedBy: z.string().transform((json) => actor.parse(JSON.parse(json))),
	again: z.number().transform(Boolean),
	sections: z
		.string()
		.nullable()
		.transform((json) => (json === null ? null : z.array(z.enum(SECTIONS)).parse(JSON.parse(json)))),
	state: z.enum(['open', 'failed']),
	failure: z
		.string()
		.nullable()
		.transform((json) => (json === null ? null : assessmentFailure.parse(JSON.parse(json)))),
	createdAt: z.number()
});

export type AssessmentJob = z.output<typeof jobRow>;

const jobsWhere = (read: Read, condition: Statement): readonly AssessmentJob[] =>
	read.all(
		jobRow,
		sql`select job_id as jobId, handoff_id as handoffId, episode, connection_id as connectionId, asked_by as askedBy,
				again, sections, state, failure, created_at as createdAt
			from ${assessmentJobs} where ${condition} order by created_at, job_id`
	);

export const findAssessmentJob = (read: Read, jobId: string): AssessmentJob | null =>
	jobsWhere(read, sql`job_id = ${jobId}`)[0] ?? null;

/** The job of a hand-off, open or failed: it has one at most. */
export const assessmentJobOf = (read: Read, of: string): AssessmentJob | null =>
	jobsWhere(read, sql`handoff_id = ${of}`)[0] ?? null;

/** Whether an assessment of a hand-off is being written, or what the newest attempt came to; null when it came to something. */
export const assessmentJob = defineQuery({
	name: 'assessment_job',
	input: z.object({ handoffId }),
	reads: [assessmentJobs],
	answer: (read, { handoffId: of }) => {
		const job = assessmentJobOf(read, of);
		if (job === null) return null;
		const { jobId, state, failure: why, createdAt } = job;
		return { jobId, state, failure: why, at: createdAt };
	}
});

/** Every assessment that some tab should be writing. */
export const openAssessments = defineQuery({
	name: 'open_assessments',
	input: z.object({}),
	reads: [assessmentJobs],
	answer: (read) =>
		jobsWhere(read, sql`state = 'open'`).map(({ jobId, handoffId: of }) => ({ jobId, handoffId: of }))
});
