// What somebody is writing about a hand-off and has not sent: theirs until they send it, whoever owns the hand-off meanwhile.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineQuery } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql, type Statement } from '../kernel/sql.ts';
import { id } from '../streams.ts';
import { handoffText } from './handoff-events.ts';
import { handoffId } from './handoff-id.ts';

/** No event touches it, so no change of owner, no undo and no replay does. */
export const handoffDrafts = defineTable(
	'handoff_drafts',
	`	handoff_id text not null,
	author text not null,
	kind text not null,
	text text not null,
	primary key (handoff_id, author, kind)`,
	{ role: 'workspace' }
);

/** By the act it is written for. `raise`: of a chat that is still to be handed on, whose id stands where the hand-off's would. */
const kind = z.enum([
	'note',
	'return',
	'resolve',
	'hand_back',
	'assessment',
	'snooze',
	'reopen',
	'withdraw',
	'priority',
	'raise'
]);

type DraftKind = z.output<typeof kind>;

/** Sent: there is nothing left to write. */
export const forgetDraft = (of: string, author: string, what: DraftKind): Statement =>
	sql`delete from ${handoffDrafts} where handoff_id = ${of} and author = ${author} and kind = ${what}`;

/** Not sent: it is there when its author comes back. */
export const keepDraft = (of: string, author: string, what: DraftKind, text: string): Statement =>
	sql`insert into ${handoffDrafts} (handoff_id, author, kind, text) values (${of}, ${author}, ${what}, ${text})
		on conflict (handoff_id, author, kind) do update set text = excluded.text`;

/** Keeps what a member is writing; empty text keeps nothing. Allowed to whoever could write it: the sending is what is asked. */
export const saveHandoffDraft = defineCommand({
	name: 'save_handoff_draft',
	input: z.object({ actor: id, handoffId, kind, text: handoffText }),
	notes: [handoffDrafts],
	repeatable: true,
	decide: ({ actor, handoffId: of, kind: what, text }) =>
		decided({
			notes: [text === '' ? forgetDraft(of, actor, what) : keepDraft(of, actor, what, text)],
			value: { handoffId: of }
		})
});

export const handoffDraftList = defineQuery({
	name: 'handoff_drafts',
	input: z.object({ actor: id, handoffId }),
	reads: [handoffDrafts],
	answer: (read, { actor, handoffId: of }) =>
		read.all(
			z.object({ kind, text: z.string() }),
			sql`select kind, text from ${handoffDrafts} where handoff_id = ${of} and author = ${actor} order by kind`
		)
});
