// Where a hand-off was and for how long: in the queue, asleep or with somebody, told from its history alone.
import type { Role } from '../library/members.ts';
import { pickUpWithin } from './priority.ts';

/** One thing that was done to a hand-off, as its history has it. */
export interface Happened {
	readonly kind: string;
	readonly episode: number;
	readonly actorId: string;
	readonly role: Role;
	readonly at: number;
	readonly void: boolean;
	/** With a return: why. */
	readonly reason?: string | undefined;
	/** With a reassignment: to whom. */
	readonly toId?: string | undefined;
	/** With a pick-up that was settled: who has it. */
	readonly hasId?: string | undefined;
	/** With a raise, and a change of it. */
	readonly priority?: number | undefined;
	/** With one that is put to sleep: until when. */
	readonly until?: number | undefined;
	/** With an assessment: who made it, what it quotes, and the step it proposes. */
	readonly by?: 'ai' | 'person' | undefined;
	readonly quotes?: { readonly all: number; readonly found: number } | undefined;
	readonly startHere?: string | undefined;
}

/** A time in which a hand-off was in one place. */
export interface Stretch {
	readonly episode: number;
	readonly where: 'queue' | 'asleep' | 'held';
	readonly from: number;
	/** Null while it lasts. */
	readonly to: number | null;
	/** Who held it; null where nobody did. */
	readonly ownerId: string | null;
	/** Since when it waited, which may be before this stretch, and when somebody should have picked it up. */
	readonly since: number;
	readonly dueAt: number;
}

/** What gives it to somebody. */
export const HOLDS: ReadonlySet<string> = new Set([
	'handoff_claimed',
	'handoff_taken_over',
	'handoff_reassigned'
]);
const LETS_GO = new Set(['handoff_returned', 'handoff_handed_back', 'handoff_resolved', 'handoff_withdrawn']);

/** Pick-ups that were taken back at once: they were none. */
const slipsIn = (events: readonly Happened[]): ReadonlySet<Happened> =>
	new Set(
		events.filter((event, at) => {
			if (event.kind !== 'handoff_claimed') return false;
			const letGo = events.slice(at + 1).find(({ kind }) => LETS_GO.has(kind) || HOLDS.has(kind));
			return letGo?.kind === 'handoff_returned' && letGo.reason === 'undo';
		})
	);

/** Where it is while the history is told. `over`: the AI has it, or nobody needs it. */
interface Place {
	readonly where: Stretch['where'] | 'over';
	readonly episode: number;
	readonly from: number;
	readonly since: number;
	/** Of one that sleeps: when it wakes by itself. */
	readonly wakesAt: number;
	readonly ownerId: string | null;
	readonly priority: number;
}

/** How long a place lasted: until `to`, or still. One that slept long enough waits again without anybody doing anything. */
const spentAt = (place: Place, to: number | null, now: number): readonly Stretch[] => {
	if (place.where === 'over') return [];
	const { episode, where, from, since, ownerId, priority } = place;
	const dueAt = since + pickUpWithin(priority);
	if (where !== 'asleep' || place.wakesAt > (to ?? now))
		return to === from && where !== 'held' ? [] : [{ episode, where, from, to, ownerId, since, dueAt }];
	return [
		{ episode, where, from, to: place.wakesAt, ownerId, since, dueAt },
		...spentAt(awake(place, place.wakesAt), to, now)
	];
};

const awake = (place: Place, at: number): Place => ({ ...place, where: 'queue', from: at, since: at });

/** What an event makes of where it was; null where it makes nothing of it. `place` is as it was at that moment. */
const movedBy = (place: Place, event: Happened, isSlip: boolean): Place | null => {
	const { kind, at, episode, actorId, toId } = event;
	const there = { ...place, from: at };
	switch (kind) {
		case 'handoff_raised':
		case 'handoff_reopened': {
			const priority = event.priority ?? place.priority;
			return { ...there, where: 'queue', episode, since: at, ownerId: null, priority };
		}
		case 'handoff_claimed':
		case 'handoff_taken_over':
		case 'handoff_reassigned':
			// whoever slipped has woken it, and has not kept it waiting from anew
			return isSlip
				? { ...there, where: 'queue', ownerId: null }
				: { ...there, where: 'held', ownerId: toId ?? actorId };
		case 'handoff_pick_up_settled':
			return place.where === 'held' ? { ...there, ownerId: event.hasId ?? actorId } : null;
		case 'handoff_returned': {
			const since = event.reason === 'undo' ? place.since : at;
			return { ...there, where: 'queue', ownerId: null, since };
		}
		case 'handoff_handed_back':
		case 'handoff_resolved':
		case 'handoff_withdrawn':
			return { ...there, where: 'over', ownerId: null };
		case 'handoff_snoozed':
			return { ...there, where: 'asleep', wakesAt: event.until ?? Infinity };
		case 'handoff_noted':
			return place.where === 'asleep' ? awake(place, at) : null;
		case 'handoff_priority_changed': {
			const changed = place.where === 'asleep' ? awake(place, at) : there;
			return { ...changed, priority: event.priority ?? place.priority };
		}
		default:
			// what is sent, assessed or renewed says nothing of where it is
			return null;
	}
};

/** The stretches of a history in the order of its versions, until `now`. Void events are none of it. */
export const stretchesOf = (events: readonly Happened[], now: number): readonly Stretch[] => {
	const real = events.filter((event) => !event.void && event.at <= now);
	const slips = slipsIn(real);
	const stretches: Stretch[] = [];
	let place: Place = {
		where: 'over',
		episode: 0,
		from: 0,
		since: 0,
		wakesAt: Infinity,
		ownerId: null,
		priority: 4
	};
	for (const event of real) {
		// what came from elsewhere may bear an earlier time than what it follows
		const at = Math.max(event.at, place.from);
		if (place.where === 'asleep' && place.wakesAt <= at) {
			stretches.push(...spentAt(place, place.wakesAt, now));
			place = awake(place, place.wakesAt);
		}
		const moved = movedBy(place, { ...event, at }, slips.has(event));
		if (moved === null) continue;
		stretches.push(...spentAt(place, at, now));
		place = moved;
	}
	return [...stretches, ...spentAt(place, null, now)];
};
