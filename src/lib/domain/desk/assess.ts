// Asking for an assessment, and what becomes of it: kept, failed, called off, or had already. The raise knows nothing of it.
import { decided, defineCommand } from '../kernel/command.ts';
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Statement } from '../kernel/sql.ts';
import { actingAs, members } from '../library/members.ts';
import { chats, findChat } from '../story/chats.ts';
import { connectionId } from '../story/reply-jobs.ts';
import { spending, spent } from '../story/spending.ts';
import { toldUsage, turns } from '../story/turns.ts';
import { chatStream, handoffStream, id } from '../streams.ts';
import { answer } from './assessment-answer.ts';
import {
	assessmentFailure,
	assessmentJobOf,
	assessmentJobs,
	findAssessmentJob,
	type AssessmentJob
} from './assessment-jobs.ts';
import { assessmentUnder, withNewSections } from './assessment-sections.ts';
import { citedTurns } from './assessment-request.ts';
import { coverage, SECTIONS } from './assessment-shape.ts';
import { verify } from './assessment.ts';
import { head } from './facts-shape.ts';
import { headOf } from './facts.ts';
import { handoffAssessed, handoffAssessmentFailed } from './handoff-events.ts';
import { handoffId } from './handoff-id.ts';
import { findHandoff, handoffAssessments, handoffs, standingOf } from './handoffs.ts';
import { next } from './life-cycle.ts';
import { numberOf, type LookUp } from './trace-assessment.ts';

const key = z.string().max(128);

/** What it took: from which connection, of which model. */
const cost = z
	.object({ connectionId, model: z.string().min(1).max(200), usage: toldUsage.nullable() })
	.nullable()
	.default(null);

const gone = (job: AssessmentJob): Statement =>
	sql`delete from ${assessmentJobs} where job_id = ${job.jobId}`;

/** An open job and its hand-off, or why it is over. */
const openJob = (read: Read, jobId: string) => {
	const job = findAssessmentJob(read, jobId);
	const row = job?.state === 'open' ? findHandoff(read, job.handoffId) : null;
	return job === null || row === null ? null : { job, row, stream: handoffStream(row.handoffId) };
};

const paidFor = (chatId: string, taken: z.output<typeof cost>): readonly Statement[] =>
	taken === null ? [] : spent({ stream: chatStream(chatId), ...taken }, null);

/**
 * Asks for an assessment; some tab writes it. One that is being written already answers for this one too. `again`: also when
 * nothing changed since the last one. `sections`: these alone are asked for, and the others stay as they stand; where nothing
 * stands in this episode, there is nothing to keep, and all of it is asked for.
 */
export const askAssessment = defineCommand({
	name: 'ask_assessment',
	input: z.object({
		actor: id,
		handoffId,
		connectionId: connectionId.nullable().default(null),
		again: z.boolean().default(false),
		sections: z.array(z.enum(SECTIONS)).min(1).max(SECTIONS.length).nullable().default(null)
	}),
	reads: [...new Set([members, handoffs, handoffAssessments, assessmentJobs, chats, turns, eventLog])],
	notes: [assessmentJobs],
	decide: ({ actor: memberId, handoffId: of, connectionId: from, again, sections }, read, world) => {
		const actor = actingAs(read, memberId);
		if (actor === null) return refuse({ type: 'member_unknown', memberId });
		const row = findHandoff(read, of);
		if (row === null) return refuse({ type: 'handoff_unknown', handoffId: of });
		const may = next(standingOf(row), 'assess', actor);
		if (!may.ok) return may;
		if (findChat(read, row.chatId) === null) return refuse({ type: 'chat_unknown', chatId: row.chatId });
		if (headOf(read, row.chatId).turns === 0) return refuse({ type: 'nothing_to_assess' });
		const before = assessmentJobOf(read, of);
		if (before?.state === 'open')
			return decided({ background: true, value: { jobId: before.jobId, handoffId: of } });
		const jobId = world.newId();
		const parts = sections !== null && assessmentUnder(read, row) !== null ? JSON.stringify(sections) : null;
		return decided({
			background: true,
			notes: [
				sql`delete from ${assessmentJobs} where handoff_id = ${of}`,
				sql`insert into ${assessmentJobs}
						(job_id, handoff_id, episode, connection_id, asked_by, again, sections, state, failure, created_at)
					values (${jobId}, ${of}, ${row.episode}, ${from}, ${JSON.stringify(actor)}, ${again ? 1 : 0}, ${parts}, 'open',
						null, ${world.now})`
			],
			value: { jobId, handoffId: of }
		});
	}
});

/**
 * What a model said, looked up once more against the transcript as it is now, becomes the next assessment. `seen`: the turns it
 * was shown, by the number it knew them by. Where parts of it were asked for alone, the rest is as it stood.
 */
export const finishAssessment = defineCommand({
	name: 'finish_assessment',
	input: z.object({
		jobId: id,
		model: z.string().min(1).max(200),
		key,
		answer,
		seen: z.record(z.string().regex(/^\d{1,9}$/u), id),
		coverage,
		head,
		cost
	}),
	reads: [...new Set([assessmentJobs, handoffs, handoffAssessments, turns, eventLog])],
	notes: [assessmentJobs, spending],
	decide: ({ jobId, seen, answer: said, cost: taken, ...made }, read) => {
		const found = openJob(read, jobId);
		if (found === null) return refuse({ type: 'job_unknown', jobId });
		const { job, row, stream } = found;
		const there = new Map(
			citedTurns(read, row.chatId, Object.values(seen)).map((turn) => [turn.turnId, turn])
		);
		const shown = new Map(Object.entries(seen));
		const under = job.sections === null ? null : assessmentUnder(read, job);
		const look: LookUp = (alias) => {
			const number = numberOf(alias);
			const turn = number === null ? undefined : there.get(shown.get(String(number)) ?? '');
			// by the number it was told under, should turns before it have gone meanwhile
			return number === null || turn === undefined ? null : { ...turn, number };
		};
		const whole = under === null ? verify(said, look) : withNewSections(under, said, look);
		return decided({
			background: true,
			events: [
				handoffAssessed({
					stream,
					payload: {
						...made,
						...whole,
						actor: job.askedBy,
						episode: job.episode,
						by: 'ai',
						basis: null,
						costUsd: taken?.usage?.costUsd ?? null,
						usage: taken?.usage ?? null
					}
				})
			],
			notes: [gone(job), ...paidFor(row.chatId, taken)],
			value: { handoffId: row.handoffId, number: row.assessed + 1 }
		});
	}
});

/** The same was asked before: what was made of it then is there already. */
export const reuseAssessment = defineCommand({
	name: 'reuse_assessment',
	input: z.object({ jobId: id, number: z.number().int().min(1) }),
	reads: [assessmentJobs, handoffs],
	notes: [assessmentJobs],
	decide: ({ jobId, number }, read) => {
		const found = openJob(read, jobId);
		if (found === null) return refuse({ type: 'job_unknown', jobId });
		return decided({
			background: true,
			notes: [gone(found.job)],
			value: { handoffId: found.row.handoffId, number }
		});
	}
});

const failing = (
	{ job, stream }: NonNullable<ReturnType<typeof openJob>>,
	failure: z.output<typeof assessmentFailure>,
	of: string
) => ({
	event: handoffAssessmentFailed({
		stream,
		payload: { actor: job.askedBy, episode: job.episode, failure, key: of }
	}),
	note: sql`update ${assessmentJobs} set state = 'failed', failure = ${JSON.stringify(failure)}
		where job_id = ${job.jobId}`
});

/** It came to nothing. Why is kept until it is asked for again. */
export const failAssessment = defineCommand({
	name: 'fail_assessment',
	input: z.object({ jobId: id, failure: assessmentFailure, key: key.default(''), cost }),
	reads: [assessmentJobs, handoffs],
	notes: [assessmentJobs, spending],
	decide: ({ jobId, failure, key: of, cost: taken }, read) => {
		const found = openJob(read, jobId);
		if (found === null) return refuse({ type: 'job_unknown', jobId });
		const { event, note } = failing(found, failure, of);
		return decided({
			background: true,
			events: [event],
			notes: [note, ...paidFor(found.row.chatId, taken)],
			value: { handoffId: found.row.handoffId }
		});
	}
});

/** Calls off what is being written, whichever tab is at it, and also when that tab is gone. */
export const stopAssessment = defineCommand({
	name: 'stop_assessment',
	input: z.object({ actor: id, handoffId }),
	reads: [members, handoffs, assessmentJobs],
	notes: [assessmentJobs],
	decide: ({ actor: memberId, handoffId: of }, read) => {
		const actor = actingAs(read, memberId);
		if (actor === null) return refuse({ type: 'member_unknown', memberId });
		const job = assessmentJobOf(read, of);
		const found = job === null ? null : openJob(read, job.jobId);
		if (found === null) return refuse({ type: 'not_assessing' });
		const may = next(standingOf(found.row), 'fail_assessment', actor);
		if (!may.ok) return may;
		const { event, note } = failing(found, { type: 'cancelled' }, '');
		return decided({ background: true, events: [event], notes: [note], value: { jobId: found.job.jobId } });
	}
});
