// What the desk is measured by, as pure functions over histories of hand-offs. A duration is null until both its ends exist.
import { stretchesOf, type Happened, type Stretch } from './stretches.ts';

/** Something that was said in the chat of a hand-off by a person, where it is known who that was. */
export interface Said {
	readonly byId: string;
	readonly at: number;
	readonly text: string;
}

/** The history of one hand-off in the order of its versions, and what people said in its chat. */
export interface History {
	readonly handoffId: string;
	readonly events: readonly Happened[];
	readonly said: readonly Said[];
}

/** From one raise, or reopening, to the next. */
export interface Episode {
	readonly handoffId: string;
	readonly episode: number;
	readonly raisedAt: number;
	/** It was not handed on anew: what had been resolved was taken up again. */
	readonly reopening: boolean;
	/** From the raise to the first claim. Time it slept is part of it, and is told beside it. */
	readonly pickUpMs: number | null;
	readonly sleptMs: number;
	/** From the claim to the first note, or word in the chat, of whoever held it then. */
	readonly firstActionMs: number | null;
	/** From the raise to the last resolution. */
	readonly resolveMs: number | null;
	/** All the time in which somebody held it. */
	readonly heldMs: number;
	readonly returned: boolean;
	readonly owners: number;
	/** It waited longer than its priority allows. */
	readonly overdue: boolean;
	readonly resolvedAt: number | null;
	/** Reopened within seven days of being resolved; null while it was not resolved. */
	readonly reopened: boolean | null;
	/** From the raise to the first assessment. */
	readonly assessedMs: number | null;
	/** An assessment was there when it was picked up; null while nobody did. */
	readonly readyAtPickUp: boolean | null;
	/** Whoever held it made an assessment their own; null while nobody held it, and where no model wrote one. */
	readonly edited: boolean | null;
	/** Whoever held it said in the chat what *Start here* proposed; null while nobody held it, and where it proposed nothing. */
	readonly startedHere: boolean | null;
}

const REOPEN_WITHIN_MS = 7 * 86_400_000;

const BEGINS = new Set(['handoff_raised', 'handoff_reopened']);

/** A slip is no return, and neither is waking what slept. */
const isReturn = ({ kind, reason }: Happened): boolean =>
	kind === 'handoff_returned' && reason !== 'undo' && reason !== 'woken';

/** The time of all these stretches; one that has not ended lasts until `now`. */
const lasted = (stretches: readonly Stretch[], now: number): number =>
	stretches.reduce((sum, { from, to }) => sum + Math.max(0, (to ?? now) - from), 0);

/** Who held it at a moment; what is done at the very moment of letting go is still theirs. */
const heldBy = (held: readonly Stretch[], byId: string, at: number): Stretch | undefined =>
	held.find(({ ownerId, from, to }) => ownerId === byId && from < at && (to === null || at <= to));

/** Since when somebody has had it without a gap, whoever that was. */
const hadSince = (held: readonly Stretch[], stretch: Stretch): number => {
	const before = held[held.indexOf(stretch) - 1];
	return before?.to === stretch.from ? hadSince(held, before) : stretch.from;
};

/** From the claim to the first thing its owner did. */
const firstActionOf = (
	held: readonly Stretch[],
	did: readonly { readonly byId: string; readonly at: number }[]
): number | null => {
	const acted = did
		.toSorted((a, b) => a.at - b.at)
		.flatMap(({ byId, at }) => {
			const stretch = heldBy(held, byId, at);
			return stretch === undefined ? [] : [at - hadSince(held, stretch)];
		});
	return acted[0] ?? null;
};

/** Whether its owner said what an assessment that was there by then proposed. */
const hasStartedHere = (
	held: readonly Stretch[],
	own: readonly Happened[],
	said: readonly Said[]
): boolean | null => {
	const steps = own.flatMap(({ startHere = '', at }) => (startHere.trim() === '' ? [] : [{ startHere, at }]));
	if (held.length === 0 || steps.length === 0) return null;
	return said.some(
		({ byId, at, text }) =>
			heldBy(held, byId, at) !== undefined &&
			steps.some((step) => step.at <= at && text.includes(step.startHere))
	);
};

/** The episodes of a history. What was void happened to nobody. */
export const episodesOf = ({ handoffId, events, said }: History, now: number): readonly Episode[] => {
	const real = events.filter((event) => !event.void && event.at <= now);
	const stretches = stretchesOf(real, now);
	const begun = real.filter(({ kind }) => BEGINS.has(kind));
	return begun.map((first): Episode => {
		const { episode } = first;
		const own = real.filter((event) => event.episode === episode);
		const spent = stretches.filter((stretch) => stretch.episode === episode);
		const held = spent.filter(({ where }) => where === 'held');
		const claimedAt = held[0]?.from ?? null;
		const follower = begun.find((event) => event.episode === episode + 1);
		const resolved = own.findLast(({ kind }) => kind === 'handoff_resolved');
		const assessed = own.filter(({ kind }) => kind === 'handoff_assessed');
		const written = assessed.filter(({ by }) => by !== 'person');
		const noted = own
			.filter(({ kind }) => kind === 'handoff_noted')
			.map(({ actorId, at }) => ({ byId: actorId, at }));
		return {
			handoffId,
			episode,
			raisedAt: first.at,
			reopening: first.kind === 'handoff_reopened',
			pickUpMs: claimedAt === null ? null : claimedAt - first.at,
			sleptMs: lasted(
				spent.filter(({ where }) => where === 'asleep'),
				now
			),
			firstActionMs: firstActionOf(held, [...noted, ...said]),
			resolveMs: resolved === undefined ? null : resolved.at - first.at,
			heldMs: lasted(held, now),
			returned: own.some(isReturn),
			owners: new Set(held.map(({ ownerId }) => ownerId)).size,
			overdue: spent.some(({ where, dueAt, to }) => where === 'queue' && dueAt < (to ?? now)),
			resolvedAt: resolved?.at ?? null,
			reopened:
				resolved === undefined
					? null
					: follower !== undefined && follower.at - resolved.at <= REOPEN_WITHIN_MS,
			assessedMs: assessed[0] === undefined ? null : assessed[0].at - first.at,
			readyAtPickUp: claimedAt === null ? null : assessed.some(({ at }) => at <= claimedAt),
			edited:
				held.length === 0 || written.length === 0
					? null
					: assessed.some(
							({ by, actorId, at }) => by === 'person' && heldBy(held, actorId, at) !== undefined
						),
			startedHere: hasStartedHere(held, own, said)
		};
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

/** The share of those of whom it is known; null where it is known of none. */
export const shareKnown = (all: readonly (boolean | null)[]): number | null =>
	shareOf(
		all.filter((one) => one !== null),
		(one) => one
	);

/** Claims that came too late, among all. A claim that a file brought is void where somebody had it already. */
export const conflictRate = (events: readonly Happened[]): number | null =>
	shareOf(
		events.filter(({ kind }) => kind === 'handoff_claimed'),
		(claim) => claim.void
	);

/** Quotes that were found in their turns, among those a model gave: what a person makes of them is not counted again. */
export const verifiedRate = (events: readonly Happened[]): number | null => {
	const quotes = events.filter(({ by }) => by !== 'person').flatMap((event) => event.quotes ?? []);
	const all = quotes.reduce((sum, quote) => sum + quote.all, 0);
	return all === 0 ? null : quotes.reduce((sum, { found }) => sum + found, 0) / all;
};

/** How many waited at a moment, and how long the one that waited longest had: since it came, came back or woke. */
export const depthAt = (
	stretches: readonly Stretch[],
	moment: number
): { readonly at: number; readonly depth: number; readonly oldestMs: number | null } => {
	const waiting = stretches.filter(
		({ where, from, to }) => where === 'queue' && from <= moment && (to === null || moment < to)
	);
	return {
		at: moment,
		depth: waiting.length,
		oldestMs: waiting.length === 0 ? null : Math.max(...waiting.map(({ since }) => moment - since))
	};
};
