// What people do to hand-offs after they were raised. Each act is asked of the life cycle, and is nobody's step of undoing.
import { decided, defineCommand } from '../kernel/command.ts';
import type { EventDraft } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import type { Statement } from '../kernel/sql.ts';
import { actingAs, members, type Actor } from '../library/members.ts';
import { handoffStream, id } from '../streams.ts';
import { forgetDraft, handoffDrafts } from './drafts.ts';
import {
	handoffClaimed,
	handoffClaimRenewed,
	handoffHandedBack,
	handoffNoted,
	handoffPriorityChanged,
	handoffReassigned,
	handoffReopened,
	handoffResolved,
	handoffReturned,
	handoffSnoozed,
	handoffTakenOver,
	handoffText,
	handoffWithdrawn,
	resolution,
	returnReason
} from './handoff-events.ts';
import { handoffId } from './handoff-id.ts';
import { findHandoff, handoffs, standingOf, type Handoff } from './handoffs.ts';
import { episodeOf, next, type Act, type Doer } from './life-cycle.ts';
import { priority } from './priority.ts';
import { isOwnerGone } from './queue.ts';
import { deskSettings, deskSettingsNow } from './settings.ts';
import { isStale } from './timers.ts';

const about = { actor: id, handoffId };
const why = z.string().trim().max(500).default('');
const note = handoffText.trim().default('');

interface Found {
	readonly actor: Actor;
	readonly row: Handoff;
	/** Where an event goes, and what every one of them says. */
	readonly stream: string;
	readonly base: { readonly actor: Actor; readonly episode: number };
}

/** Who acts, on what, and that the life cycle lets them; or why not. `doing` is told by what is found. */
const allowed = (
	read: Read,
	input: { readonly actor: string; readonly handoffId: string },
	act: Act,
	doing: (row: Handoff, actor: Actor) => Omit<Doer, 'memberId' | 'role'> = () => ({})
) => {
	const actor = actingAs(read, input.actor);
	if (actor === null) return { refusal: refuse({ type: 'member_unknown', memberId: input.actor }) };
	const row = findHandoff(read, input.handoffId);
	if (row === null) return { refusal: refuse({ type: 'handoff_unknown', handoffId: input.handoffId }) };
	const may = next(standingOf(row), act, { ...actor, ...doing(row, actor) });
	if (!may.ok) return { refusal: may };
	const found: Found = {
		actor,
		row,
		stream: handoffStream(row.handoffId),
		base: { actor, episode: episodeOf(act, row) }
	};
	return { refusal: null, found };
};

/** Others act on it at once, so none of it is taken back by the key that takes back what one did oneself. */
const done = ({ row }: Found, event: EventDraft, notes: readonly Statement[] = []) =>
	decided({ background: true, events: [event], notes, value: { handoffId: row.handoffId } });

/** Picks it up. One wins: whoever comes later is told who did, and when. */
export const claimHandoff = defineCommand({
	name: 'claim_handoff',
	input: z.object(about),
	reads: [members, handoffs],
	decide: (input, read) => {
		const { refusal, found } = allowed(read, input, 'claim');
		if (refusal !== null) return refusal;
		return done(found, handoffClaimed({ stream: found.stream, payload: found.base }));
	}
});

/** Shows that its owner is still at it. */
export const renewClaim = defineCommand({
	name: 'renew_claim',
	input: z.object(about),
	reads: [members, handoffs],
	decide: (input, read) => {
		const { refusal, found } = allowed(read, input, 'renew');
		if (refusal !== null) return refusal;
		return done(found, handoffClaimRenewed({ stream: found.stream, payload: found.base }));
	}
});

/** Takes it from an owner who has done nothing for long, or is at the desk no more. */
export const takeOver = defineCommand({
	name: 'take_over',
	input: z.object(about),
	reads: [members, handoffs, deskSettings],
	decide: (input, read, world) => {
		const { staleMinutes } = deskSettingsNow(read);
		const { refusal, found } = allowed(read, input, 'take_over', (row) => ({
			stale: isStale(row, staleMinutes, world.now) || isOwnerGone(read, row)
		}));
		if (refusal !== null) return refusal;
		const { row, stream, base } = found;
		const from = row.owner ?? { memberId: base.actor.memberId, name: '' };
		const idleMs = isOwnerGone(read, row) ? null : staleMinutes * 60_000;
		return done(found, handoffTakenOver({ stream, payload: { ...base, from, idleMs } }));
	}
});

/** Puts it back into the queue, with the reason. */
export const returnHandoff = defineCommand({
	name: 'return_handoff',
	input: z.object({ ...about, reason: returnReason.exclude(['woken']).default('other'), note }),
	reads: [members, handoffs],
	notes: [handoffDrafts],
	decide: ({ reason, note: said, ...input }, read) => {
		const { refusal, found } = allowed(read, input, 'return');
		if (refusal !== null) return refusal;
		const { row, actor, stream, base } = found;
		if (row.state === 'snoozed') return refuse({ type: 'not_claimed' });
		return done(found, handoffReturned({ stream, payload: { ...base, reason, note: said } }), [
			forgetDraft(row.handoffId, actor.memberId, 'return')
		]);
	}
});

/** Wakes one that sleeps before its time. */
export const wakeHandoff = defineCommand({
	name: 'wake_handoff',
	input: z.object(about),
	reads: [members, handoffs],
	decide: (input, read) => {
		const sleeps = findHandoff(read, input.handoffId)?.state === 'snoozed';
		const { refusal, found } = allowed(read, input, 'return');
		if (refusal !== null)
			return sleeps || refusal.error.type !== 'not_claimed' ? refusal : refuse({ type: 'not_snoozed' });
		const { stream, base } = found;
		if (!sleeps) return refuse({ type: 'not_snoozed' });
		return done(found, handoffReturned({ stream, payload: { ...base, reason: 'woken', note: '' } }));
	}
});

/** Gives it to somebody of the desk, who then holds it. */
export const reassignHandoff = defineCommand({
	name: 'reassign_handoff',
	input: z.object({ ...about, to: id }),
	reads: [members, handoffs],
	decide: ({ to: memberId, ...input }, read) => {
		const to = actingAs(read, memberId);
		if (to === null) return refuse({ type: 'member_unknown', memberId });
		const { refusal, found } = allowed(read, input, 'reassign', () => ({ to }));
		if (refusal !== null) return refusal;
		return done(found, handoffReassigned({ stream: found.stream, payload: { ...found.base, to } }));
	}
});

/** Says something about it to colleagues. The model is never told. */
export const noteHandoff = defineCommand({
	name: 'note_handoff',
	input: z.object({ ...about, text: handoffText.trim().min(1) }),
	reads: [members, handoffs],
	notes: [handoffDrafts],
	decide: ({ text, ...input }, read, world) => {
		const { refusal, found } = allowed(read, input, 'note');
		if (refusal !== null) return refusal;
		const { row, actor, stream, base } = found;
		const noteId = world.newId();
		const noted = handoffNoted({ stream, payload: { ...base, noteId, text } });
		return decided({
			background: true,
			events: [noted],
			notes: [forgetDraft(row.handoffId, actor.memberId, 'note')],
			value: {
				handoffId: row.handoffId,
				noteId,
				/** It waits, and whoever speaks up first may want it: a screen offers to pick it up. */
				mayClaim: next(
					{ ...standingOf(row), ...(row.state === 'snoozed' ? { state: 'open' } : {}) },
					'claim',
					actor
				).ok
			}
		});
	}
});

export const changeHandoffPriority = defineCommand({
	name: 'change_handoff_priority',
	input: z.object({ ...about, priority, why }),
	reads: [members, handoffs],
	notes: [handoffDrafts],
	decide: ({ priority: to, why: because, ...input }, read) => {
		const { refusal, found } = allowed(read, input, 'change_priority');
		if (refusal !== null) return refusal;
		const { row, actor, stream, base } = found;
		const notes = [forgetDraft(row.handoffId, actor.memberId, 'priority')];
		if (row.priority === to) return decided({ background: true, notes, value: { handoffId: row.handoffId } });
		return done(
			found,
			handoffPriorityChanged({ stream, payload: { ...base, priority: to, why: because } }),
			notes
		);
	}
});

/** Lets it sleep until a moment; whatever is done to it before wakes it. */
export const snoozeHandoff = defineCommand({
	name: 'snooze_handoff',
	input: z.object({ ...about, until: z.number().int(), why }),
	reads: [members, handoffs],
	notes: [handoffDrafts],
	decide: ({ until, why: because, ...input }, read, world) => {
		const { refusal, found } = allowed(read, input, 'snooze');
		if (refusal !== null) return refusal;
		if (until <= world.now) return refuse({ type: 'past_already', until });
		const { row, actor, stream, base } = found;
		return done(found, handoffSnoozed({ stream, payload: { ...base, until, why: because } }), [
			forgetDraft(row.handoffId, actor.memberId, 'snooze')
		]);
	}
});

/** Gives it back to the AI, which is told so. */
export const handBack = defineCommand({
	name: 'hand_back',
	input: z.object({ ...about, note }),
	reads: [members, handoffs],
	notes: [handoffDrafts],
	decide: ({ note: said, ...input }, read) => {
		const { refusal, found } = allowed(read, input, 'hand_back');
		if (refusal !== null) return refusal;
		const { row, actor, stream, base } = found;
		return done(found, handoffHandedBack({ stream, payload: { ...base, note: said } }), [
			forgetDraft(row.handoffId, actor.memberId, 'hand_back')
		]);
	}
});

export const resolveHandoff = defineCommand({
	name: 'resolve_handoff',
	input: z.object({ ...about, code: resolution.default('solved'), note }),
	reads: [members, handoffs],
	notes: [handoffDrafts],
	decide: ({ code, note: said, ...input }, read) => {
		const { refusal, found } = allowed(read, input, 'resolve');
		if (refusal !== null) return refusal;
		const { row, actor, stream, base } = found;
		return done(found, handoffResolved({ stream, payload: { ...base, code, note: said } }), [
			forgetDraft(row.handoffId, actor.memberId, 'resolve')
		]);
	}
});

/** Takes up one that was resolved: its next episode waits in the queue. */
export const reopenHandoff = defineCommand({
	name: 'reopen_handoff',
	input: z.object({ ...about, why }),
	reads: [members, handoffs],
	notes: [handoffDrafts],
	decide: ({ why: because, ...input }, read) => {
		const { refusal, found } = allowed(read, input, 'reopen');
		if (refusal !== null) return refusal;
		const { row, actor, stream, base } = found;
		return done(found, handoffReopened({ stream, payload: { ...base, why: because } }), [
			forgetDraft(row.handoffId, actor.memberId, 'reopen')
		]);
	}
});

/** Nobody needs it any more: whoever holds it, or is being briefed, sees that at once. */
export const withdrawHandoff = defineCommand({
	name: 'withdraw_handoff',
	input: z.object({ ...about, why }),
	reads: [members, handoffs],
	notes: [handoffDrafts],
	decide: ({ why: because, ...input }, read) => {
		const { refusal, found } = allowed(read, input, 'withdraw');
		if (refusal !== null) return refusal;
		const { row, actor, stream, base } = found;
		return done(found, handoffWithdrawn({ stream, payload: { ...base, why: because } }), [
			forgetDraft(row.handoffId, actor.memberId, 'withdraw')
		]);
	}
});
