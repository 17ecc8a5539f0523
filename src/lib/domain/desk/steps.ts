// Steps: what was tried in a case and what it came to. A person says so, or a classifier proposes it and a person confirms.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql, type Statement } from '../kernel/sql.ts';
import { actingAs, actor, members } from '../library/members.ts';
import { newestTurnId, turns } from '../story/turns.ts';
import { chatStream, id } from '../streams.ts';
import { cases, findCase } from './cases.ts';
import { stepOutcome } from './facts-shape.ts';

/**
 * `turn_id`: the turn that tells of it. `status`: a `proposed` one is no attempt, and a `declined` one never will be; it stays
 * so that it is not proposed again.
 */
export const caseSteps = defineTable(
	'case_steps',
	`	stream text not null,
	step_id text not null,
	position integer not null,
	text text not null,
	outcome text not null,
	status text not null check (status in ('tried', 'proposed', 'declined')),
	turn_id text,
	said_by text,
	at integer not null,
	primary key (stream, step_id)`,
	{
		indexes: { case_steps_by_status: '(stream, status, position)' },
		told: { key: ['step_id'], name: 'text', values: ['text', 'outcome', 'status'] }
	}
);

export const STEP_MAX_CHARS = 500;

const stepText = z.string().trim().min(1).max(STEP_MAX_CHARS);

const subject = (stream: string, stepId: string): Statement =>
	sql`select 1 from ${caseSteps} where stream = ${stream} and step_id = ${stepId}`;

export const stepRecorded = defineEvent({
	kind: 'step_recorded',
	payload: z.object({ stepId: id, text: stepText, outcome: stepOutcome, turnId: id.nullable(), by: actor }),
	upcasts: [],
	writes: [caseSteps],
	named: ({ text }) => text,
	project: ({ stream, streamSeq, at, payload: step }) => [
		sql`insert into ${caseSteps} (stream, step_id, position, text, outcome, status, turn_id, said_by, at)
			values (${stream}, ${step.stepId}, ${streamSeq}, ${step.text}, ${step.outcome}, 'tried', ${step.turnId},
				${step.by.name}, ${at})`
	]
});

export const stepChanged = defineEvent({
	kind: 'step_changed',
	payload: z.object({ stepId: id, text: stepText, outcome: stepOutcome, by: actor }),
	upcasts: [],
	writes: [caseSteps],
	named: ({ text }) => text,
	about: ({ stream, payload }) => subject(stream, payload.stepId),
	project: ({ stream, payload: step }) => [
		sql`update ${caseSteps} set text = ${step.text}, outcome = ${step.outcome}, said_by = ${step.by.name}
			where stream = ${stream} and step_id = ${step.stepId}`
	]
});

export const stepRemoved = defineEvent({
	kind: 'step_removed',
	payload: z.object({ stepId: id, by: actor }),
	upcasts: [],
	writes: [caseSteps],
	about: ({ stream, payload }) => subject(stream, payload.stepId),
	project: ({ stream, payload: { stepId } }) => [
		sql`delete from ${caseSteps} where stream = ${stream} and step_id = ${stepId}`
	]
});

/** What a classifier made out in a turn: an effect of it. It is no attempt until a person says so. */
export const stepProposed = defineEvent({
	kind: 'step_proposed',
	payload: z.object({ stepId: id, text: stepText, outcome: stepOutcome, turnId: id }),
	upcasts: [],
	writes: [caseSteps],
	named: ({ text }) => text,
	project: ({ stream, streamSeq, at, payload: step }) => [
		sql`insert into ${caseSteps} (stream, step_id, position, text, outcome, status, turn_id, said_by, at)
			values (${stream}, ${step.stepId}, ${streamSeq}, ${step.text}, ${step.outcome}, 'proposed', ${step.turnId},
				null, ${at})`
	]
});

export const proposalSettled = defineEvent({
	kind: 'proposal_settled',
	payload: z.object({
		stepId: id,
		accepted: z.boolean(),
		text: stepText,
		outcome: stepOutcome,
		by: actor
	}),
	upcasts: [],
	writes: [caseSteps],
	named: ({ text }) => text,
	about: ({ stream, payload }) => subject(stream, payload.stepId),
	project: ({ stream, payload: step }) => [
		sql`update ${caseSteps} set status = ${step.accepted ? 'tried' : 'declined'}, text = ${step.text},
				outcome = ${step.outcome}, said_by = ${step.by.name}
			where stream = ${stream} and step_id = ${step.stepId}`
	]
});

const stepRow = z.object({
	stepId: z.string(),
	text: z.string(),
	outcome: stepOutcome,
	status: z.enum(['tried', 'proposed', 'declined']),
	turnId: z.string().nullable(),
	/** Who said so; null while nobody has. */
	by: z.string().nullable(),
	at: z.number()
});

export type Step = z.output<typeof stepRow>;

/** The newest steps of a status, at most `most` of them, oldest first. */
export const stepsOf = (read: Read, stream: string, status: Step['status'], most: number): readonly Step[] =>
	read
		.all(
			stepRow,
			sql`select step_id as stepId, text, outcome, status, turn_id as turnId, said_by as by, at from ${caseSteps}
				where stream = ${stream} and status = ${status} order by position desc, step_id desc limit ${most}`
		)
		.reverse();

const findStep = (read: Read, stream: string, stepId: string): Step | null =>
	read.one(
		stepRow,
		sql`select step_id as stepId, text, outcome, status, turn_id as turnId, said_by as by, at from ${caseSteps}
			where stream = ${stream} and step_id = ${stepId}`
	);

/** How many of a case's steps are looked through for one that is known. */
export const KNOWN_READ = 500;

/** The same step, however it is written. */
export const asKnown = (text: string): string =>
	text
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, ' ')
		.trim();

/**
 * Writes down what was tried, by hand; with a turn, of what that turn tells. It belongs to that turn: a rewind to it or later
 * keeps it. One that was proposed in these words is proposed no more.
 */
export const recordStep = defineCommand({
	name: 'record_step',
	input: z.object({
		actor: id,
		chatId: id,
		turnId: id.nullable().default(null),
		text: stepText,
		outcome: stepOutcome.default('unknown')
	}),
	reads: [members, cases, caseSteps, turns],
	decide: ({ actor: memberId, chatId, turnId, text, outcome }, read, world) => {
		const by = actingAs(read, memberId);
		if (by === null) return refuse({ type: 'member_unknown', memberId });
		if (findCase(read, chatId) === null) return refuse({ type: 'case_unknown', chatId });
		const stream = chatStream(chatId);
		if (
			turnId !== null &&
			read.one(
				z.object({ n: z.number() }),
				sql`select 1 as n from ${turns} where stream = ${stream} and turn_id = ${turnId}`
			) === null
		)
			return refuse({ type: 'turn_unknown', chatId, turnId });
		const stepId = world.newId();
		// what a person wrote down stays when the reply that proposed the same goes
		const proposed = stepsOf(read, stream, 'proposed', KNOWN_READ).filter(
			(step) => asKnown(step.text) === asKnown(text)
		);
		return decided({
			events: [
				stepRecorded({
					stream,
					anchor: turnId ?? newestTurnId(read, stream),
					payload: { stepId, text, outcome, turnId, by }
				}),
				...proposed.map((step) =>
					proposalSettled({
						stream,
						anchor: newestTurnId(read, stream),
						payload: { stepId: step.stepId, accepted: false, text: step.text, outcome: step.outcome, by }
					})
				)
			],
			value: { stepId }
		});
	}
});

/** The step of a case a command is about, and who gives it; or why there is none. */
const given = (read: Read, memberId: string, chatId: string, stepId: string, proposed: boolean) => {
	const by = actingAs(read, memberId);
	if (by === null) return { refusal: refuse({ type: 'member_unknown', memberId }) };
	const stream = chatStream(chatId);
	const step = findStep(read, stream, stepId);
	const wanted = proposed ? step?.status === 'proposed' : step?.status === 'tried';
	if (step === null || !wanted) return { refusal: refuse({ type: 'step_unknown', chatId, stepId }) };
	return { refusal: null, by, stream, step };
};

/** Tells a step otherwise; what is not said stays. */
export const changeStep = defineCommand({
	name: 'change_step',
	input: z.object({
		actor: id,
		chatId: id,
		stepId: id,
		text: stepText.optional(),
		outcome: stepOutcome.optional()
	}),
	reads: [members, caseSteps, turns],
	decide: ({ actor: memberId, chatId, stepId, ...said }, read) => {
		const found = given(read, memberId, chatId, stepId, false);
		if (found.refusal !== null) return found.refusal;
		const { by, stream, step } = found;
		const text = said.text ?? step.text;
		const outcome = said.outcome ?? step.outcome;
		const same = text === step.text && outcome === step.outcome;
		return decided({
			events: same
				? []
				: [
						stepChanged({
							stream,
							anchor: newestTurnId(read, stream),
							payload: { stepId, text, outcome, by }
						})
					],
			value: { stepId }
		});
	}
});

export const removeStep = defineCommand({
	name: 'remove_step',
	input: z.object({ actor: id, chatId: id, stepId: id }),
	reads: [members, caseSteps, turns],
	decide: ({ actor: memberId, chatId, stepId }, read) => {
		const found = given(read, memberId, chatId, stepId, false);
		if (found.refusal !== null) return found.refusal;
		const { by, stream } = found;
		return decided({
			events: [stepRemoved({ stream, anchor: newestTurnId(read, stream), payload: { stepId, by } })],
			value: { stepId }
		});
	}
});

/** A person says whether a proposed step was tried at all, and what it came to. */
export const settleProposal = defineCommand({
	name: 'settle_proposal',
	input: z.object({
		actor: id,
		chatId: id,
		stepId: id,
		accept: z.boolean(),
		text: stepText.optional(),
		outcome: stepOutcome.optional()
	}),
	reads: [members, caseSteps, turns],
	decide: ({ actor: memberId, chatId, stepId, accept, ...said }, read) => {
		const found = given(read, memberId, chatId, stepId, true);
		if (found.refusal !== null) return found.refusal;
		const { by, stream, step } = found;
		return decided({
			events: [
				proposalSettled({
					stream,
					anchor: newestTurnId(read, stream),
					payload: {
						stepId,
						accepted: accept,
						text: said.text ?? step.text,
						outcome: said.outcome ?? step.outcome,
						by
					}
				})
			],
			value: { stepId }
		});
	}
});
