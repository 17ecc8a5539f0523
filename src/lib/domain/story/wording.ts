// Which words a classifier judged: an answer about words that were changed since says nothing of those that stand.
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { judged, type ReplyJob } from './reply-jobs.ts';
import { turns } from './turns.ts';

/** The turn a reply followed: what was said before it. */
export const before = ({ stage, primaryId, turnId }: ReplyJob): string | null =>
	stage === 'observe2' || stage === 'transitions2' ? primaryId : turnId;

/**
 * The wording of what a stage judges: for each turn its request puts to the classifier, the stream_seq of the event that
 * holds its words now. An edit makes it another one, and taking the edit back the same again.
 */
export const wordingOf = (read: Read, job: ReplyJob): string =>
	read
		.all(
			z.object({ textAt: z.number() }),
			job.stage === 'digest'
				? sql`select text_at as textAt from ${turns}
						where stream = ${job.stream} and meanwhile_id = ${job.meanwhileId} order by number`
				: sql`select text_at as textAt from ${turns}
						where stream = ${job.stream} and turn_id in (${before(job)}, ${judged(job)}) order by position`
		)
		.map(({ textAt }) => String(textAt))
		.join(' ');

/** The wording an answer is about, as its request named it; null: it was asked before requests did. */
export const wording = z.string().nullable().default(null);

/** Whether the words an answer is about are not those that stand. */
export const isOutdated = (read: Read, job: ReplyJob, about: z.output<typeof wording>): boolean =>
	about !== null && about !== wordingOf(read, job);
