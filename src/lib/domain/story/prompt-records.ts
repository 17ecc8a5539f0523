// What models were asked, word for word, for whoever inspects a prompt: of the newest requests of each chat.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineQuery } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql, type Statement } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { promptShare } from './prompt-parts.ts';
import { findJob, replyJobs } from './reply-jobs.ts';

/**
 * One row per request. `number` counts them in a chat. `answers`: the turn that was answered. `turn_id`: the turn the reply
 * became; null while it is none. `interjection`: it was asked for a word put in, and not for the reply itself.
 */
export const promptRecords = defineTable(
	'prompt_records',
	`	stream text not null,
	number integer not null,
	job_id text not null,
	interjection integer not null check (interjection in (0, 1)),
	answers text not null,
	turn_id text,
	speaker text not null,
	model text not null,
	instructions text not null,
	messages text not null check (json_valid(messages)),
	parts text not null check (json_valid(parts)),
	at integer not null,
	primary key (stream, number)`,
	{
		role: 'workspace',
		indexes: {
			prompt_records_by_job: '(job_id)',
			prompt_records_by_turn: '(stream, turn_id)'
		}
	}
);

/** Prompts are long, and the older ones are hardly looked at. */
export const PROMPTS_KEPT = 20;

const message = z.object({ role: z.enum(['user', 'assistant']), text: z.string() });

/**
 * Keeps what was asked for a job. Not an event, and nothing waits for it: it may come twice, or when the reply has become a
 * turn already. A request sent anew for the same words takes the place of the one before.
 */
export const keepPrompt = defineCommand({
	name: 'keep_prompt',
	input: z.object({
		jobId: id,
		interjection: z.boolean(),
		/** Who was to speak, by name. */
		speaker: z.string().max(200),
		model: z.string().max(200),
		instructions: z.string(),
		messages: z.array(message),
		parts: z.array(promptShare)
	}),
	reads: [replyJobs],
	notes: [promptRecords],
	repeatable: true,
	decide: ({ jobId, interjection, speaker, model, instructions, messages, parts }, read, world) => {
		const job = findJob(read, jobId);
		if (job === null) return refuse({ type: 'job_unknown', jobId });
		const writes = job.stage === (interjection ? 'interject' : 'reply');
		const became = writes ? null : interjection ? job.interjectionId : job.primaryId;
		return decided({
			notes: [
				sql`delete from ${promptRecords}
					where job_id = ${jobId} and interjection = ${interjection ? 1 : 0} and turn_id is ${became}`,
				sql`insert into ${promptRecords} (stream, number, job_id, interjection, answers, turn_id, speaker, model,
						instructions, messages, parts, at)
					select ${job.stream}, coalesce(max(number), 0) + 1, ${jobId}, ${interjection ? 1 : 0}, ${job.turnId}, ${became},
						${speaker}, ${model}, ${instructions}, ${JSON.stringify(messages)}, ${JSON.stringify(parts)}, ${world.now}
					from ${promptRecords} where stream = ${job.stream}`,
				sql`delete from ${promptRecords} where stream = ${job.stream} and number <=
					(select max(number) from ${promptRecords} where stream = ${job.stream}) - ${PROMPTS_KEPT}`
			],
			value: { jobId }
		});
	}
});

/** The words that were asked for have become a turn. For the command that makes it one; writes prompt_records. */
export const promptBecame = (jobId: string, turnId: string): Statement =>
	sql`update ${promptRecords} set turn_id = ${turnId} where job_id = ${jobId} and turn_id is null`;

/** Nothing is left of what was asked in a chat: words that are deleted for good stand in it. */
export const forgetPrompts = (stream: string): Statement =>
	sql`delete from ${promptRecords} where stream = ${stream}`;

const json = <S extends z.ZodType>(shape: S) =>
	z.string().transform((text): z.output<S> => shape.parse(JSON.parse(text)));

const recordRow = z.object({
	turnId: z.string().nullable(),
	answers: z.string(),
	interjection: z.number().transform(Boolean),
	speaker: z.string(),
	model: z.string(),
	instructions: z.string(),
	messages: json(z.array(message)),
	parts: json(z.array(promptShare)),
	at: z.number()
});

/** What was asked for a turn, or last of all (`turnId` null); null where it was not kept, or nothing was asked. */
export const promptRecord = defineQuery({
	name: 'prompt_record',
	input: z.object({ chatId: id, turnId: id.nullable().default(null) }),
	reads: [promptRecords],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId, turnId }) =>
		read.one(
			recordRow,
			sql`select turn_id as turnId, answers, interjection, speaker, model, instructions, messages, parts, at
				from ${promptRecords}
				where stream = ${chatStream(chatId)} and ${turnId === null ? sql`true` : sql`turn_id = ${turnId}`}
				order by number desc limit 1`
		)
});
