// What classifiers were asked, word for word, and what came back, for whoever inspects a turn: of the newest turns of a chat.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineQuery } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql, type Statement } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { ANSWER_KEPT_CHARS } from './limits.ts';
import { PROMPTS_KEPT } from './prompt-records.ts';
import { findJob, judged, replyJobs } from './reply-jobs.ts';

/**
 * One row per turn and classifier: the last time it was asked. `number` counts the askings of a chat. `tries`: how often the
 * request was sent that time. `answer`: what was made of the answer, as JSON; or, where it was none, what the model said.
 */
export const classifierRecords = defineTable(
	'classifier_records',
	`	stream text not null,
	turn_id text not null,
	classifier text not null check (classifier in ('observer', 'transitions', 'interjection', 'digest', 'steps', 'merged')),
	number integer not null,
	model text not null,
	instructions text not null,
	data text not null,
	tries integer not null,
	answer text not null,
	at integer not null,
	primary key (stream, turn_id, classifier)`,
	{ role: 'workspace', indexes: { classifier_records_by_number: '(stream, number)' } }
);

const asked = z.enum(['observer', 'transitions', 'interjection', 'digest', 'steps', 'merged']);

/**
 * Keeps what a classifier was asked about the turn a job looks at. Not an event, and nothing waits for it; when the job has
 * gone on to another turn, it is not kept. Asked again, the newer takes the place of the one before.
 */
export const keepClassifierPrompt = defineCommand({
	name: 'keep_classifier_prompt',
	input: z.object({
		jobId: id,
		turnId: id,
		classifier: asked,
		model: z.string().max(200),
		instructions: z.string(),
		data: z.string(),
		tries: z.int().min(1),
		answer: z.string().max(ANSWER_KEPT_CHARS)
	}),
	reads: [replyJobs],
	notes: [classifierRecords],
	repeatable: true,
	decide: ({ jobId, turnId, classifier, model, instructions, data, tries, answer }, read, world) => {
		const job = findJob(read, jobId);
		if (job === null) return refuse({ type: 'job_unknown', jobId });
		if (judged(job) !== turnId) return refuse({ type: 'stage_over', jobId, stage: job.stage });
		const { stream } = job;
		return decided({
			notes: [
				sql`delete from ${classifierRecords}
					where stream = ${stream} and turn_id = ${turnId} and classifier = ${classifier}`,
				sql`insert into ${classifierRecords} (stream, turn_id, classifier, number, model, instructions, data, tries, answer, at)
					select ${stream}, ${turnId}, ${classifier}, coalesce(max(number), 0) + 1, ${model}, ${instructions}, ${data},
						${tries}, ${answer}, ${world.now}
					from ${classifierRecords} where stream = ${stream}`,
				// as many turns as prompts are kept, by when they were last asked about
				sql`delete from ${classifierRecords} where stream = ${stream} and turn_id not in
					(select turn_id from ${classifierRecords} where stream = ${stream}
						group by turn_id order by max(number) desc limit ${PROMPTS_KEPT})`
			],
			value: { jobId }
		});
	}
});

/** Nothing is left of what classifiers were asked in a chat: words that are deleted for good stand in it. */
export const forgetClassifierPrompts = (stream: string): Statement =>
	sql`delete from ${classifierRecords} where stream = ${stream}`;

const recordRow = z.object({
	classifier: asked,
	model: z.string(),
	instructions: z.string(),
	data: z.string(),
	tries: z.number(),
	answer: z.string(),
	at: z.number()
});

/** What classifiers were asked about a turn, in the order they were asked; none about words that are no turn yet (null). */
export const classifierPrompts = defineQuery({
	name: 'classifier_prompts',
	input: z.object({ chatId: id, turnId: id.nullable() }),
	reads: [classifierRecords],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId, turnId }) =>
		read.all(
			recordRow,
			sql`select classifier, model, instructions, data, tries, answer, at from ${classifierRecords}
				where stream = ${chatStream(chatId)} and turn_id = ${turnId} order by number`
		)
});
