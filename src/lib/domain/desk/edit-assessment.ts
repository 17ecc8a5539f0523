// A person's version of an assessment: on top of the one it was made from, which stays as it was.
import { decided, defineCommand } from '../kernel/command.ts';
import { eventLog } from '../kernel/log.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { actingAs, members } from '../library/members.ts';
import { turns } from '../story/turns.ts';
import { handoffStream, id } from '../streams.ts';
import { citedTurns } from './assessment-request.ts';
import { assessmentBody, coverage, refsOf } from './assessment-shape.ts';
import { forgetDraft, handoffDrafts } from './drafts.ts';
import { head } from './facts-shape.ts';
import { handoffAssessed } from './handoff-events.ts';
import { handoffId } from './handoff-id.ts';
import { findHandoff, handoffAssessments, handoffs, standingOf } from './handoffs.ts';
import { next } from './life-cycle.ts';
import { standing, versionsOf } from './standing-assessment.ts';
import { traceEdit } from './trace-assessment.ts';

const made = z.object({ body: assessmentBody, coverage: coverage.nullable(), head });

/** Keeps what a person made of assessment `basis`. It read what that one read, and grows stale with it. */
export const editAssessment = defineCommand({
	name: 'edit_assessment',
	input: z.object({ actor: id, handoffId, basis: z.number().int().min(1), body: assessmentBody }),
	reads: [members, handoffs, handoffAssessments, turns, eventLog],
	notes: [handoffDrafts],
	decide: ({ actor: memberId, handoffId: of, basis, body: written }, read) => {
		const actor = actingAs(read, memberId);
		if (actor === null) return refuse({ type: 'member_unknown', memberId });
		const row = findHandoff(read, of);
		if (row === null) return refuse({ type: 'handoff_unknown', handoffId: of });
		const may = next(standingOf(row), 'assess', actor);
		if (!may.ok) return may;
		const stream = handoffStream(of);
		const before = read.one(
			z.object({ episode: z.number(), payload: z.string().nullable() }),
			sql`select episode, (select e.payload from ${eventLog} e
					where e.stream = a.stream and e.stream_seq = a.version) as payload
				from ${handoffAssessments} a where stream = ${stream} and number = ${basis}`
		);
		if (before?.payload == null) return refuse({ type: 'assessment_unknown', number: basis });
		const from = made.parse(JSON.parse(before.payload));
		const there = new Map(
			citedTurns(
				read,
				row.chatId,
				refsOf(written).map(({ turn }) => turn)
			).map((turn) => [turn.turnId, turn])
		);
		// what stands is what was read, and may rest on turns that the model's own words never named
		const stood = standing(versionsOf(read, of), null)?.body;
		const { body, verification } = traceEdit(written, (turn) => there.get(turn) ?? null, [
			...refsOf(from.body),
			...(stood === undefined ? [] : refsOf(stood))
		]);
		const assessed = handoffAssessed({
			stream,
			payload: {
				actor,
				episode: before.episode,
				by: 'person',
				model: null,
				key: '',
				basis,
				body,
				verification,
				coverage: from.coverage,
				costUsd: null,
				usage: null,
				head: from.head
			}
		});
		return decided({
			background: true,
			events: [assessed],
			notes: [forgetDraft(of, memberId, 'assessment')],
			value: { handoffId: of, number: row.assessed + 1 }
		});
	}
});
