// What happens to a hand-off: one event for each act. Each keeps who did it, and is void where the life cycle forbids it.
import { defineEvent, type Recorded } from '../kernel/event.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Statement, type Table } from '../kernel/sql.ts';
import { actor } from '../library/members.ts';
import { toldUsage } from '../story/turns.ts';
import { id } from '../streams.ts';
import { assessmentBody, coverage, verification } from './assessment-shape.ts';
import { facts, head } from './facts-shape.ts';
import { handoffAssessments, handoffHistory, handoffNotes, handoffs } from './handoffs.ts';
import { becomes, legal, type Act, type Doer } from './life-cycle.ts';
import { priority } from './priority.ts';

/** Who did it, and in which episode of the hand-off: from a raise, or a reopening, to the next. */
export const base = z.object({ actor, episode: z.number().int().min(1) });
type Base = z.output<typeof base>;

export const handoffText = z.string().max(4000);
const why = z.string().max(500);

export const intent = z.enum(['escalate', 'pass']);
/** `asked`: somebody wants a person. `stuck`: nothing helps. `policy`: the AI may not. `risk`: it is not safe to go on. */
export const reason = z.enum(['asked', 'stuck', 'policy', 'risk']);
export const resolution = z.enum(['solved', 'workaround', 'duplicate', 'no_problem', 'given_up']);
/** `undo`: the pick-up was a slip. `woken`: it slept, and is in the queue again. */
export const returnReason = z.enum([
	'undo',
	'woken',
	'not_mine',
	'no_time',
	'more_needed',
	'shift_over',
	'other'
]);

type Doing = Omit<Doer, 'memberId' | 'role'>;

/**
 * An event that does `act`. It is written into the history first, which says whether it is void; what it changes otherwise
 * rests on that, so that the life cycle is asked once, against the state the event met.
 */
export const handoffEvent = <const K extends string, S extends z.ZodType<Base>>(definition: {
	readonly kind: K;
	readonly act: Act;
	readonly payload: S;
	readonly doing?: (payload: z.output<S>) => Doing;
	/** What the life cycle asks besides. */
	readonly also?: (event: Recorded<z.output<S>>) => Statement;
	/** What a person is told of it in the history. */
	readonly said: (payload: z.output<S>) => object;
	/** Columns of the hand-off that change with it, besides its state. */
	readonly sets: (event: Recorded<z.output<S>>) => Statement;
	readonly writes?: readonly Table[];
	readonly more?: (event: Recorded<z.output<S>>, legally: Statement) => readonly Statement[];
	readonly named: (payload: z.output<S>) => string;
}) =>
	defineEvent({
		kind: definition.kind,
		payload: definition.payload,
		upcasts: [],
		writes: [handoffs, handoffHistory, ...(definition.writes ?? [])],
		named: definition.named,
		about: ({ stream }) => sql`select 1 from ${handoffs} where stream = ${stream}`,
		project: (event) => {
			const { stream, payload } = event;
			const doer = { ...definition.doing?.(payload), ...payload.actor };
			const legally = sql`exists (select 1 from ${handoffs} where stream = ${stream}
				and ${legal(definition.act, doer, payload.episode)} and ${definition.also?.(event) ?? sql`true`})`;
			const met = notVoid(event);
			return [
				toHistory(definition.kind, event, definition.said(payload), legally),
				...(definition.more?.(event, met) ?? []),
				sql`update ${handoffs} set state = ${becomes(definition.act)}, ${definition.sets(event)}
					where stream = ${stream} and ${met}`
			];
		}
	});

const toHistory = (
	kind: string,
	{ stream, streamSeq, at, payload }: Recorded<Base>,
	said: object,
	legally: Statement
): Statement =>
	sql`insert into ${handoffHistory} (stream, version, kind, episode, actor_id, actor_name, actor_role, said, at, void)
		values (${stream}, ${streamSeq}, ${kind}, ${payload.episode}, ${payload.actor.memberId}, ${payload.actor.name},
			${payload.actor.role}, ${JSON.stringify(said)}, ${at}, case when ${legally} then 0 else 1 end)`;

const notVoid = ({ stream, streamSeq }: Recorded<unknown>): Statement =>
	sql`exists (select 1 from ${handoffHistory} where stream = ${stream} and version = ${streamSeq} and void = 0)`;

/** What its owner does shows that the claim is alive. */
const stirs = ({ at, payload }: Recorded<Base>): Statement =>
	sql`active_at = case when owner = ${payload.actor.memberId} then ${at} else active_at end`;

/** Nobody holds it, and it waits from now on. */
const waits = ({ at }: Recorded<Base>): Statement =>
	sql`owner = null, owner_name = null, claimed_at = null, snoozed_until = null, snooze_why = '', queued_at = ${at}`;

/** A hand-off that slept is awake with it, and waits since then; one that had slept long enough, since its time came. */
const wakes = (event: Recorded<Base>): Statement =>
	sql`queued_at = case when state = 'snoozed' then min(coalesce(snoozed_until, ${event.at}), ${event.at}) else queued_at end,
		snoozed_until = null, snooze_why = '',
		${stirs(event)}`;

/** Somebody has it. One that had woken waited from then on, should it be given back as if nothing had been done. */
export const holds = (at: number, who: { readonly memberId: string; readonly name: string }): Statement =>
	sql`queued_at = case when state = 'snoozed' then min(coalesce(snoozed_until, ${at}), ${at}) else queued_at end,
		owner = ${who.memberId}, owner_name = ${who.name}, claimed_at = ${at}, active_at = ${at}, snoozed_until = null,
		snooze_why = ''`;

const ends = (at: number, code: string, note: string): Statement =>
	sql`owner = null, owner_name = null, claimed_at = null, snoozed_until = null, snooze_why = '', ended_at = ${at},
		ended_code = ${code}, ended_note = ${note}`;

/** Version 1 always, and again when one that was over is raised anew: then with the next episode. */
export const handoffRaised = defineEvent({
	kind: 'handoff_raised',
	payload: base.extend({
		handoffId: id,
		chatId: id,
		chatKind: z.enum(['story', 'case']),
		intent,
		reason,
		note: handoffText,
		priority,
		facts,
		head
	}),
	upcasts: [],
	writes: [handoffs, handoffHistory],
	named: ({ facts: told }) => told.title,
	project: (event) => {
		const { stream, streamSeq, at, payload: raised } = event;
		const legally =
			streamSeq === 1
				? sql`${raised.episode} = 1`
				: sql`exists (select 1 from ${handoffs} where stream = ${stream}
					and ${legal('raise', raised.actor, raised.episode)})`;
		const said = {
			intent: raised.intent,
			reason: raised.reason,
			note: raised.note,
			priority: raised.priority
		};
		return [
			toHistory('handoff_raised', event, said, legally),
			sql`insert into ${handoffs} (stream, handoff_id, chat_id, chat_kind, title, requester, tags, intent, reason, note,
					priority, state, episode, raised_by, raised_by_name, raised_at, queued_at, owner, owner_name, claimed_at,
					active_at, snoozed_until, snooze_why, facts_at, head_turn, head_turns, head_digest, assessed,
					assessment_failed, ended_at, ended_code, ended_note)
				select ${stream}, ${raised.handoffId}, ${raised.chatId}, ${raised.chatKind}, ${raised.facts.title},
					${raised.facts.requester}, ${JSON.stringify(raised.facts.tags)}, ${raised.intent}, ${raised.reason},
					${raised.note}, ${raised.priority}, 'open', ${raised.episode}, ${raised.actor.memberId},
					${raised.actor.name}, ${at}, ${at}, null, null, null, ${at}, null, '', ${streamSeq},
					${raised.head.turnId}, ${raised.head.turns}, ${raised.head.digest}, 0, null, null, '', ''
				where ${notVoid(event)}
				on conflict (stream) do update set title = excluded.title, requester = excluded.requester, tags = excluded.tags,
					intent = excluded.intent, reason = excluded.reason, note = excluded.note, priority = excluded.priority,
					state = 'open', episode = excluded.episode, raised_by = excluded.raised_by,
					raised_by_name = excluded.raised_by_name, raised_at = excluded.raised_at, queued_at = excluded.queued_at,
					active_at = excluded.active_at, facts_at = excluded.facts_at, head_turn = excluded.head_turn,
					head_turns = excluded.head_turns, head_digest = excluded.head_digest, assessment_failed = null,
					ended_at = null, ended_code = '', ended_note = ''`
		];
	}
});

/** An assessment, or what a person made of one. It is added to those before it, whatever became of the hand-off meanwhile. */
export const handoffAssessed = handoffEvent({
	kind: 'handoff_assessed',
	act: 'assess',
	payload: base.extend({
		by: z.enum(['ai', 'person']),
		/** Null when a person wrote it. */
		model: z.string().max(200).nullable(),
		/** What it was made of, as a digest: the same key is not asked for twice. */
		key: z.string().max(128),
		/** The number of the assessment that was edited. */
		basis: z.number().int().min(1).nullable(),
		body: assessmentBody,
		verification,
		coverage: coverage.nullable(),
		/** US dollars; null where nobody knows. */
		costUsd: z.number().nonnegative().nullable(),
		/** What it took in tokens; null where nobody counted, and when a person wrote it. */
		usage: toldUsage.default(null),
		head
	}),
	named: ({ body }) => body.problem?.text ?? '',
	said: ({ by, model, basis, costUsd }) => ({ by, model, basis, costUsd }),
	sets: () => sql`assessed = assessed + 1, assessment_failed = null`,
	writes: [handoffAssessments],
	more: ({ stream, streamSeq, at, payload: made }, legally) => [
		sql`insert into ${handoffAssessments} (stream, number, version, episode, made_by, author_name, model, key, basis,
				statements, traced, quotes, quotes_found, head_digest, head_turns, at)
			select stream, assessed + 1, ${streamSeq}, ${made.episode}, ${made.by}, ${made.actor.name}, ${made.model},
				${made.key}, ${made.basis}, ${made.verification.statements}, ${made.verification.traced},
				${made.verification.quotes}, ${made.verification.quotesFound}, ${made.head.digest}, ${made.head.turns}, ${at}
			from ${handoffs} where stream = ${stream} and ${legally}`
	]
});

/** An assessment came to nothing. The hand-off does not mind, and it can be asked for again. */
export const handoffAssessmentFailed = handoffEvent({
	kind: 'handoff_assessment_failed',
	act: 'fail_assessment',
	payload: base.extend({
		failure: z.looseObject({ type: z.string().min(1).max(60) }),
		key: z.string().max(128)
	}),
	named: ({ failure }) => failure.type,
	said: ({ failure }) => ({ failure }),
	sets: ({ payload }) => sql`assessment_failed = ${payload.failure.type}`
});

export const handoffClaimed = handoffEvent({
	kind: 'handoff_claimed',
	act: 'claim',
	payload: base,
	named: (done) => done.actor.name,
	said: () => ({}),
	sets: ({ at, payload }) => holds(at, payload.actor)
});

/** Its owner is still at it. */
export const handoffClaimRenewed = handoffEvent({
	kind: 'handoff_claim_renewed',
	act: 'renew',
	payload: base,
	named: (done) => done.actor.name,
	said: () => ({}),
	sets: stirs
});

/** From an owner who has done nothing for `idleMs`; null: who is at the desk no more. */
export const handoffTakenOver = handoffEvent({
	kind: 'handoff_taken_over',
	act: 'take_over',
	payload: base.extend({
		from: z.object({ memberId: id, name: z.string() }),
		idleMs: z.number().int().nonnegative().nullable()
	}),
	doing: () => ({ stale: true }),
	also: ({ at, payload }) =>
		sql`owner = ${payload.from.memberId} and active_at <= ${at - (payload.idleMs ?? 0)}`,
	named: ({ from }) => from.name,
	said: ({ from }) => ({ from: from.name }),
	sets: ({ at, payload }) => holds(at, payload.actor)
});

export const handoffReturned = handoffEvent({
	kind: 'handoff_returned',
	act: 'return',
	payload: base.extend({ reason: returnReason, note: handoffText }),
	named: ({ note }) => note,
	said: ({ reason: given, note }) => ({ reason: given, note }),
	// who slipped has not kept it waiting from anew
	sets: (event) =>
		event.payload.reason === 'undo'
			? sql`owner = null, owner_name = null, claimed_at = null, snoozed_until = null, snooze_why = ''`
			: waits(event)
});

export const handoffReassigned = handoffEvent({
	kind: 'handoff_reassigned',
	act: 'reassign',
	payload: base.extend({ to: actor }),
	doing: ({ to }) => ({ to }),
	named: ({ to }) => to.name,
	said: ({ to }) => ({ to: to.name, toId: to.memberId }),
	sets: ({ at, payload }) => holds(at, payload.to)
});

export const handoffNoted = handoffEvent({
	kind: 'handoff_noted',
	act: 'note',
	payload: base.extend({ noteId: id, text: handoffText }),
	named: (note) => note.text,
	said: ({ noteId, text }) => ({ noteId, text }),
	sets: wakes,
	writes: [handoffNotes],
	more: ({ stream, streamSeq, at, payload: note }, legally) => [
		sql`insert into ${handoffNotes} (stream, note_id, version, episode, author, author_name, text, at)
			select ${stream}, ${note.noteId}, ${streamSeq}, ${note.episode}, ${note.actor.memberId}, ${note.actor.name},
				${note.text}, ${at}
			where ${legally}`
	]
});

export const handoffPriorityChanged = handoffEvent({
	kind: 'handoff_priority_changed',
	act: 'change_priority',
	payload: base.extend({ priority, why }),
	named: (change) => change.why,
	said: ({ priority: to, why: because }) => ({ priority: to, why: because }),
	sets: (event) => sql`priority = ${event.payload.priority}, ${wakes(event)}`
});

export const handoffSnoozed = handoffEvent({
	kind: 'handoff_snoozed',
	act: 'snooze',
	payload: base.extend({ until: z.number().int(), why }),
	named: (snooze) => snooze.why,
	said: ({ until, why: because }) => ({ until, why: because }),
	sets: ({ payload }) => sql`snoozed_until = ${payload.until}, snooze_why = ${payload.why}`
});

/** The AI has it again. An event of its own, for otherwise the AI would go on believing that a person is at it. */
export const handoffHandedBack = handoffEvent({
	kind: 'handoff_handed_back',
	act: 'hand_back',
	payload: base.extend({ note: handoffText }),
	named: ({ note }) => note,
	said: ({ note }) => ({ note }),
	sets: ({ at, payload }) => ends(at, 'with_ai', payload.note)
});

export const handoffResolved = handoffEvent({
	kind: 'handoff_resolved',
	act: 'resolve',
	payload: base.extend({ code: resolution, note: handoffText }),
	named: ({ note }) => note,
	said: ({ code, note }) => ({ code, note }),
	sets: ({ at, payload }) => ends(at, payload.code, payload.note)
});

/** The next episode begins, in the queue and with nobody. */
export const handoffReopened = handoffEvent({
	kind: 'handoff_reopened',
	act: 'reopen',
	payload: base.extend({ why }),
	named: (reopened) => reopened.why,
	said: ({ why: because }) => ({ why: because }),
	sets: (event) =>
		sql`episode = ${event.payload.episode}, ended_at = null, ended_code = '', ended_note = '', ${waits(event)}`
});

export const handoffWithdrawn = handoffEvent({
	kind: 'handoff_withdrawn',
	act: 'withdraw',
	payload: base.extend({ why }),
	named: (withdrawn) => withdrawn.why,
	said: ({ why: because }) => ({ why: because }),
	sets: ({ at, payload }) => ends(at, 'withdrawn', payload.why)
});
