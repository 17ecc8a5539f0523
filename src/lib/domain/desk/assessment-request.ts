// What a model is asked for an assessment: one query over the hand-off, the facts and as much of the transcript as fits.
import { eventLog } from '../kernel/log.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Statement } from '../kernel/sql.ts';
import { chatModels, chosenModel } from '../story/chat-models.ts';
import { findChat } from '../story/chats.ts';
import { turns, wordsRow } from '../story/turns.ts';
import { chatStream, handoffStream, id } from '../streams.ts';
import { assessmentJobs, findAssessmentJob } from './assessment-jobs.ts';
import {
	assessmentPrompt,
	OPENING_MAX_CHARS,
	PROMPT_VERSION,
	TURN_MAX_CHARS,
	WHOLE_FIRST,
	WHOLE_LAST,
	type TurnTold
} from './assessment-prompt.ts';
import { FACTS_READ, factsOf, headOf } from './facts.ts';
import type { Facts } from './facts-shape.ts';
import { findHandoff, handoffAssessments, handoffs } from './handoffs.ts';
import type { Cited } from './trace-assessment.ts';

/** Of turns that nothing points to, so many of the newest are told by their openings: reading more would take too long. */
const OPENINGS_READ = 200;
/** Enough for a whole assessment with its quotes, and for a model that thinks before. */
const OUTPUT_TOKENS = 3000;

const turnRow = z
	.object({
		turnId: z.string(),
		number: z.number(),
		role: z.enum(['user', 'assistant', 'narrator']),
		speaker: z.string(),
		text: wordsRow
	})
	.transform(({ role, ...turn }) => ({
		...turn,
		// no turn is a tool's own: what a program said, a person quoted
		by: role === 'user' ? ('person' as const) : ('ai' as const)
	}));

/** Turns that a model may be told of, by a condition; no more of each than so many characters. */
const turnsWhere = (read: Read, stream: string, most: number, condition: Statement) =>
	read.all(
		turnRow,
		sql`select t.turn_id as turnId, t.number, t.role, t.speaker_name as speaker,
				(select substr(e.payload ->> '$.text', 1, ${most}) from ${eventLog} e
					where e.stream = t.stream and e.stream_seq = t.text_at) as text
			from ${turns} t where t.stream = ${stream} and t.hidden = 0 and ${condition}`
	);

/** No turn is longer: what is cited is looked up in all of it. */
const ALL_CHARS = 1_000_000;

/** Turns of a chat by their ids, with all their words. Those that are gone, or that no model is told of, are not there. */
export const citedTurns = (read: Read, chatId: string, ids: readonly string[]): readonly Cited[] =>
	turnsWhere(
		read,
		chatStream(chatId),
		ALL_CHARS,
		sql`t.turn_id in (select value from json_each(${JSON.stringify(ids)}))`
	);

const namedIn = ({ errors, steps, looseEnds }: Facts): readonly string[] => [
	...errors.flatMap(({ first, last }) => [first, last]),
	...looseEnds.flatMap(({ turnId }) => (turnId === null ? [] : [turnId])),
	...steps.flatMap(({ turnId }) => (turnId === null ? [] : [turnId]))
];

const turnsTold = (read: Read, chatId: string, total: number, facts: Facts): readonly TurnTold[] => {
	const stream = chatStream(chatId);
	const named = JSON.stringify(namedIn(facts));
	const matters = sql`(t.number <= ${WHOLE_FIRST} or t.number > ${total - WHOLE_LAST}
		or t.turn_id in (select value from json_each(${named})))`;
	// one more than is shown, so that what is cut is seen to be
	const whole = turnsWhere(read, stream, TURN_MAX_CHARS + 1, sql`${matters} order by t.number`);
	const rest = turnsWhere(
		read,
		stream,
		OPENING_MAX_CHARS + 1,
		sql`t.number > ${WHOLE_FIRST} and not ${matters} order by t.number desc limit ${OPENINGS_READ}`
	);
	return [
		...whole.map((turn) => ({ ...turn, whole: true })),
		...rest.map((turn) => ({ ...turn, whole: turn.text.length <= OPENING_MAX_CHARS }))
	].toSorted((a, b) => a.number - b.number);
};

/**
 * What is asked for a job, or null when it has ended, or what it is about is gone. `room`: how many tokens a prompt may have,
 * and how many of them an estimated one is.
 */
export const assessmentRequest = defineQuery({
	name: 'assessment_request',
	input: z.object({
		jobId: id,
		room: z
			.object({ tokens: z.number().int().positive(), ratio: z.number().positive().max(10) })
			.nullable()
			.default(null)
	}),
	reads: [...new Set([assessmentJobs, handoffs, handoffAssessments, chatModels, ...FACTS_READ])],
	answer: (read, { jobId, room }) => {
		const job = findAssessmentJob(read, jobId);
		if (job?.state !== 'open') return null;
		const row = findHandoff(read, job.handoffId);
		const chat = row === null ? null : findChat(read, row.chatId);
		if (row === null || chat === null) return null;
		const head = headOf(read, row.chatId);
		const facts = factsOf(read, chat, head);
		const { intent, reason, note } = row;
		const prompt = assessmentPrompt(
			{
				kind: chat.kind,
				facts,
				intent,
				reason,
				note,
				episode: job.episode,
				turns: turnsTold(read, row.chatId, head.turns, facts),
				turnsTotal: head.turns
			},
			room === null ? Infinity : room.tokens / room.ratio
		);
		const choice = chosenModel(read, chatStream(row.chatId), 'copilot');
		return {
			jobId,
			handoffId: row.handoffId,
			chatId: row.chatId,
			connectionId: job.connectionId ?? choice?.connectionId ?? null,
			choice: job.connectionId === null ? choice : null,
			again: job.again,
			/** All that is asked for; null for everything. */
			sections: job.sections,
			promptVersion: PROMPT_VERSION,
			maxOutputTokens: OUTPUT_TOKENS,
			instructions: prompt.instructions,
			data: prompt.data,
			estimate: prompt.estimate,
			turns: prompt.told.map(({ turnId, number, by, text }): Cited => ({ turnId, number, by, text })),
			coverage: prompt.coverage,
			head,
			/** What was made by a model before, the newest first, and of what. */
			made: read.all(
				z.object({ number: z.number(), key: z.string() }),
				sql`select number, key from ${handoffAssessments}
					where stream = ${handoffStream(row.handoffId)} and made_by = 'ai' order by number desc limit 50`
			)
		};
	}
});
