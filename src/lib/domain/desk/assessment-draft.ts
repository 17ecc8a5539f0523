// An edit of an assessment that is not saved yet: kept part by part, so that it is whole again after a reload.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineQuery } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { id } from '../streams.ts';
import { assessmentBody } from './assessment-shape.ts';
import { forgetDraft, handoffDrafts, keepDraft } from './drafts.ts';
import { handoffId } from './handoff-id.ts';

/** `number`: the version that was read when it began; `from`: what stood there, so that what was changed is known. */
const edit = z.object({ number: z.number().int().min(1), from: assessmentBody, body: assessmentBody });

/** Keeps what a member is writing into an assessment; null keeps nothing. */
export const saveAssessmentDraft = defineCommand({
	name: 'save_assessment_draft',
	input: z.object({ actor: id, handoffId, edit: edit.nullable() }),
	notes: [handoffDrafts],
	repeatable: true,
	decide: ({ actor, handoffId: of, edit: made }) =>
		decided({
			notes: [
				made === null
					? forgetDraft(of, actor, 'assessment')
					: keepDraft(of, actor, 'assessment', JSON.stringify(made))
			],
			value: { handoffId: of }
		})
});

const kept = z.object({ text: z.string() }).transform(({ text }): unknown => JSON.parse(text));

/** What a member was writing into an assessment; null for nothing. */
export const assessmentDraft = defineQuery({
	name: 'assessment_draft',
	input: z.object({ actor: id, handoffId }),
	reads: [handoffDrafts],
	answer: (read, { actor, handoffId: of }) => {
		const found = read.one(
			kept,
			sql`select text from ${handoffDrafts}
				where handoff_id = ${of} and author = ${actor} and kind = 'assessment' and json_valid(text)`
		);
		return found === null ? null : (edit.safeParse(found).data ?? null);
	}
});
