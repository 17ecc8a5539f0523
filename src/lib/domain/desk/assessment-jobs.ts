// Assessment jobs: the durable row of an assessment that is being written, or came to nothing and waits for somebody.
import { defineTable } from '../kernel/sql.ts';

/**
 * `state`: open = a tab should be writing it (it holds Web Lock `assess:<handoff id>`; a free lock means that the tab is gone);
 * failed = it ended with `failure`. `text` is what came so far: no event.
 */
export const assessmentJobs = defineTable(
	'assessment_jobs',
	`	job_id text not null primary key,
	handoff_id text not null,
	episode integer not null,
	connection_id text not null,
	asked_by text not null,
	key text not null,
	state text not null check (state in ('open', 'failed')),
	failure text check (failure is null or json_valid(failure)),
	text text not null,
	created_at integer not null`,
	{ role: 'workspace', indexes: { assessment_jobs_by_handoff: '(handoff_id)' } }
);
