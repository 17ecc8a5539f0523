// What the desk is measured by, as pure functions over histories of hand-offs. A duration is null until both its ends exist.
import type { Role } from '../library/members.ts';

/** One thing that was done to a hand-off, as its history has it. */
export interface Happened {
	readonly kind: string;
	readonly episode: number;
	readonly actorId: string;
	readonly role: Role;
	readonly at: number;
	readonly void: boolean;
	/** With a return: why. */
	readonly reason?: string;
	/** With a reassignment: to whom. */
	readonly toId?: string;
	/** With an assessment. */
	readonly quotes?: { readonly all: number; readonly found: number };
}

/** The history of one hand-off, oldest first, and the moments at which the person said something in its chat. */
export interface History {
	readonly handoffId: string;
	readonly events: readonly Happened[];
	readonly turnsAt: readonly number[];
}

/** From one raise, or reopening, to the next. */
export interface Episode {
	readonly handoffId: string;
	readonly episode: number;
	readonly raisedAt: number;
	/** From the raise to the first claim. Time it slept is part of it, and is told beside it. */
	readonly pickUpMs: number | null;
	readonly sleptMs: number;
	/** From the first claim to the first note, or word in the chat, while it was held. */
	readonly firstActionMs: number | null;
	/** From the raise to the last resolution. */
	readonly resolveMs: number | null;
	/** All the time in which somebody held it. */
	readonly heldMs: number;
	readonly returned: boolean;
	readonly owners: number;
	readonly resolvedAt: number | null;
	/** Reopened within seven days of being resolved; null while it was not resolved. */
	readonly reopened: boolean | null;
	/** An assessment was there when it was picked up; null while nobody did. */
	readonly readyAtPickUp: boolean | null;
}

const REOPEN_WITHIN_MS = 7 * 86_400_000;

const BEGINS = new Set(['handoff_raised', 'handoff_reopened']);
const HOLDS = new Set(['handoff_claimed', 'handoff_taken_over', 'handoff_reassigned']);
const LETS_GO = new Set(['handoff_returned', 'handoff_handed_back', 'handoff_resolved', 'handoff_withdrawn']);

/** A slip is no return, and neither is waking what slept. */
const isReturn = ({ kind, reason }: Happened): boolean =>
	kind === 'handoff_returned' && reason !== 'undo' && reason !== 'woken';

/** A pick-up that was taken back at once was none. */
const withoutSlips = (events: readonly Happened[]): readonly Happened[] =>
	events.filter((event, at) => {
		if (event.kind !== 'handoff_claimed') return true;
		const letGo = events.slice(at + 1).find(({ kind }) => LETS_GO.has(kind) || HOLDS.has(kind));
		return letGo?.kind !== 'handoff_returned' || letGo.reason !== 'undo';
	});

/** Adds up the time between what begins something and what ends it; what has not ended lasts until `now`. */
const lasted = (
	events: readonly Happened[],
	begins: (event: Happened) => boolean,
	ends: (event: Happened) => boolean,
	now: number
): number => {
	let total = 0;
	let since: number | null = null;
	for (const event of events) {
		if (since !== null && ends(event)) {
			total += event.at - since;
			since = null;
		}
		if (since === null && begins(event)) since = event.at;
	}
	return since === null ? total : total + Math.max(0, now - since);
};

/** The episodes of a history. What was void happened to nobody. */
export const episodesOf = ({ handoffId, events, turnsAt }: History, now: number): readonly Episode[] => {
	const real = events.filter((event) => !event.void);
	const numbers = real.filter(({ kind }) => BEGINS.has(kind)).map(({ episode }) => episode);
	return numbers.flatMap((episode): Episode[] => {
		const own = withoutSlips(real.filter((event) => event.episode === episode));
		const [first] = own;
		if (first === undefined) return [];
		const follower = real.find((event) => event.episode === episode + 1 && BEGINS.has(event.kind));
		const until = Math.min(now, follower?.at ?? now);
		const claim = own.find(({ kind }) => HOLDS.has(kind));
		const letGo = claim && own.find((event) => event.at >= claim.at && LETS_GO.has(event.kind));
		const resolved = own.findLast(({ kind }) => kind === 'handoff_resolved');
		const owners = new Set(
			own.filter(({ kind }) => HOLDS.has(kind)).map(({ actorId, toId }) => toId ?? actorId)
		);
		const isAction = (at: number): boolean =>
			claim !== undefined && at > claim.at && at <= (letGo?.at ?? until);
		const actions = [
			...own
				.filter(({ kind, actorId }) => kind === 'handoff_noted' && owners.has(actorId))
				.map(({ at }) => at),
			...turnsAt
		].filter(isAction);
		return [
			{
				handoffId,
				episode,
				raisedAt: first.at,
				pickUpMs: claim === undefined ? null : claim.at - first.at,
				sleptMs: lasted(
					own,
					({ kind }) => kind === 'handoff_snoozed',
					({ kind }) => kind !== 'handoff_snoozed' && !kind.startsWith('handoff_assess'),
					until
				),
				firstActionMs: claim === undefined || actions.length === 0 ? null : Math.min(...actions) - claim.at,
				resolveMs: resolved === undefined ? null : resolved.at - first.at,
				heldMs: lasted(
					own,
					({ kind }) => HOLDS.has(kind),
					({ kind }) => LETS_GO.has(kind),
					until
				),
				returned: own.some(isReturn),
				owners: owners.size,
				resolvedAt: resolved?.at ?? null,
				reopened:
					resolved === undefined
						? null
						: follower !== undefined && follower.at - resolved.at <= REOPEN_WITHIN_MS,
				readyAtPickUp:
					claim === undefined
						? null
						: own.some(({ kind, at }) => kind === 'handoff_assessed' && at <= claim.at)
			}
		];
	});
};

/** The middle, and what nine of ten stay below; null where nothing was measured. By nearest rank. */
export const quantiles = (
	values: readonly (number | null)[]
): { readonly n: number; readonly p50: number | null; readonly p90: number | null } => {
	const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
	const at = (share: number): number | null =>
		sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
	return { n: sorted.length, p50: at(0.5), p90: at(0.9) };
};

/** A share from 0 to 1; null of nothing. */
export const shareOf = <T>(all: readonly T[], those: (one: T) => boolean): number | null =>
	all.length === 0 ? null : all.filter(those).length / all.length;

/** How many waited at a moment, and how long the one that waited longest had. */
export const depthAt = (
	histories: readonly History[],
	moment: number
): { readonly at: number; readonly depth: number; readonly oldestMs: number | null } => {
	const waiting = histories.flatMap(({ events }) => {
		const before = events.filter((event) => !event.void && event.at <= moment);
		let since: number | null = null;
		for (const { kind, at, reason } of before) {
			if (BEGINS.has(kind)) since = at;
			else if (kind === 'handoff_returned') since = reason === 'undo' ? (since ?? at) : at;
			else if (HOLDS.has(kind) || LETS_GO.has(kind)) since = null;
		}
		return since === null ? [] : [moment - since];
	});
	return {
		at: moment,
		depth: waiting.length,
		oldestMs: waiting.length === 0 ? null : Math.max(...waiting)
	};
};
