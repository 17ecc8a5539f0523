// Picked up twice: two people claimed the same hand-off, neither knowing of the other, and their files met. One rule for both.
import type { EventDraft } from '../kernel/event.ts';
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { actor } from '../library/members.ts';
import { handoffStream } from '../streams.ts';
import { base, handoffClaimed, handoffEvent, holds } from './handoff-events.ts';
import { handoffHistory, type Handoff } from './handoffs.ts';

/** The actor is who has it. What the other did meanwhile as its owner is void. */
export const handoffPickUpSettled = handoffEvent({
	kind: 'handoff_pick_up_settled',
	act: 'settle_pick_up',
	payload: base.extend({
		/** Who claimed it too, and has it no more. */
		other: actor,
		/** When the one who has it claimed it. */
		claimedAt: z.number().int()
	}),
	also: ({ payload }) => sql`owner in (${payload.actor.memberId}, ${payload.other.memberId})`,
	named: ({ other }) => other.name,
	said: ({ actor: has, other, claimedAt }) => ({
		has: has.name,
		hasId: has.memberId,
		other: other.name,
		otherId: other.memberId,
		claimedAt
	}),
	sets: ({ payload }) => holds(payload.claimedAt, payload.actor)
});

/** A claim as both sides have it. */
export interface Claim {
	readonly eventId: string;
	readonly at: number;
	readonly episode: number;
	readonly actor: z.output<typeof actor>;
}

/**
 * The first claim counts; of two at the same moment, that of the desk with the lower id, the same on every device and each time
 * they meet. Events name no device: a member is made on one, so their id stands for it.
 */
const isBefore = (one: Claim, other: Claim): boolean =>
	one.at === other.at ? one.actor.memberId < other.actor.memberId : one.at < other.at;

const claimRow = z.object({
	eventId: z.string(),
	at: z.number(),
	payload: z.string().transform((json) => z.object({ actor, episode: z.number() }).parse(JSON.parse(json)))
});

/** The claim by which its owner here holds it now; null where nobody claimed it, or it came to them otherwise. */
export const claimHere = (read: Read, { handoffId, owner, episode, claimedAt }: Handoff): Claim | null => {
	if (owner === null) return null;
	const row = read.one(
		claimRow,
		sql`select e.event_id as eventId, e.at, e.payload from ${handoffHistory} h
				join ${eventLog} e on e.stream = h.stream and e.stream_seq = h.version
			where h.stream = ${handoffStream(handoffId)} and h.kind = ${handoffClaimed.kind} and h.void = 0
				and h.episode = ${episode} and h.actor_id = ${owner.memberId} and h.at = ${claimedAt}
			order by h.version desc limit 1`
	);
	return row === null ? null : { eventId: row.eventId, at: row.at, ...row.payload };
};

/**
 * What settles a claim that comes and one that is here, of which each side knew only its own; null when they do not meet. It
 * follows the claim that came, so that what its owner did after it finds them the owner, if they are.
 */
export const settled = (stream: string, here: Claim, came: Claim): EventDraft | null => {
	if (here.episode !== came.episode || here.actor.memberId === came.actor.memberId) return null;
	const [has, other] = isBefore(here, came) ? [here, came] : [came, here];
	return handoffPickUpSettled({
		stream,
		payload: { actor: has.actor, episode: has.episode, other: other.actor, claimedAt: has.at }
	});
};

const settledRow = z.object({
	said: z
		.string()
		.transform((json) =>
			z
				.object({ has: z.string(), hasId: z.string(), other: z.string(), otherId: z.string() })
				.parse(JSON.parse(json))
		),
	at: z.number()
});

/** Whether a hand-off was picked up twice in the episode that is on, who has it and who had it too; null when it was not. */
export const pickedUpTwice = (read: Read, { handoffId, episode }: Handoff) => {
	const row = read.one(
		settledRow,
		sql`select said, at from ${handoffHistory} where stream = ${handoffStream(handoffId)} and void = 0
			and kind = ${handoffPickUpSettled.kind} and episode = ${episode} order by version desc limit 1`
	);
	return row === null
		? null
		: {
				has: { memberId: row.said.hasId, name: row.said.has },
				other: { memberId: row.said.otherId, name: row.said.other },
				at: row.at
			};
};
