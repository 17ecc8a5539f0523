// What was done to hand-offs elsewhere: events of theirs that a file brought, told again after those that are here.
import { arrivedLog } from '../kernel/arrival.ts';
import type { EventDraft, EventKind } from '../kernel/event.ts';
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { handoffStream } from '../streams.ts';
import * as handoffEvents from './handoff-events.ts';
import { findHandoff } from './handoffs.ts';
import { claimHere, handoffPickUpSettled, settled, type Claim } from './pick-up-twice.ts';
import { mayBeSame } from './placeholders.ts';
import { handoffSent } from './sent.ts';

const PREFIX = handoffStream('');

const KINDS: ReadonlyMap<string, EventKind> = new Map(
	[
		handoffEvents.handoffRaised,
		handoffEvents.handoffAssessed,
		handoffEvents.handoffAssessmentFailed,
		handoffEvents.handoffClaimed,
		handoffEvents.handoffClaimRenewed,
		handoffEvents.handoffTakenOver,
		handoffEvents.handoffReturned,
		handoffEvents.handoffReassigned,
		handoffEvents.handoffNoted,
		handoffEvents.handoffPriorityChanged,
		handoffEvents.handoffSnoozed,
		handoffEvents.handoffHandedBack,
		handoffEvents.handoffResolved,
		handoffEvents.handoffReopened,
		handoffEvents.handoffWithdrawn,
		handoffPickUpSettled,
		handoffSent
	].map((kind) => [kind.kind, kind])
);

const actRow = z.object({
	eventId: z.string(),
	stream: z.string(),
	kind: z.string(),
	v: z.number(),
	payload: z.string(),
	at: z.number()
});

type Act = z.output<typeof actRow>;

/** The chat of a hand-off may be here under another id: which one says nothing of what was done. */
const saidOf = (payload: string): string => {
	const parsed = z.looseObject({}).parse(JSON.parse(payload));
	const { chatId: _, ...said } = parsed;
	return JSON.stringify(said);
};

/** Whether an event that comes may be the one of its id that is here, with other things hidden in it. */
export const isTheSameAct = (
	here: Pick<Act, 'stream' | 'kind' | 'at' | 'payload'>,
	came: Pick<Act, 'stream' | 'kind' | 'at' | 'payload'>
): boolean =>
	here.stream === came.stream &&
	here.kind === came.kind &&
	here.at === came.at &&
	mayBeSame(saidOf(here.payload), saidOf(came.payload));

const came = (read: Read, stream: string): readonly Act[] =>
	read.all(
		actRow,
		sql`select event_id as eventId, stream, kind, v, payload, at from ${arrivedLog}
			where stream = ${stream} and superseded_by is null order by stream_seq`
	);

const claim = z.object({ actor: handoffEvents.base.shape.actor, episode: z.number() });

/**
 * What arrived of hand-offs that are here, as events to be told again under their own ids and times; those that are here
 * already are left out. Null where one of them says something else than the event of its id that is here.
 */
export const saidElsewhere = (read: Read, streams: readonly string[]): readonly EventDraft[] | null => {
	const drafts: EventDraft[] = [];
	for (const stream of streams) {
		const acts = came(read, stream);
		const here = new Map(
			read
				.all(
					actRow,
					sql`select event_id as eventId, stream, kind, v, payload, at from ${eventLog}
						where event_id in (select value from json_each(${JSON.stringify(acts.map(({ eventId }) => eventId))}))`
				)
				.map((act) => [act.eventId, act])
		);
		const handoff = findHandoff(read, stream.slice(PREFIX.length));
		let held: Claim | null = handoff === null ? null : claimHere(read, handoff);
		// who knew of the claim here did not claim without knowing
		if (held !== null && acts.some(({ eventId }) => eventId === held?.eventId)) held = null;
		for (const act of acts) {
			const known = here.get(act.eventId);
			if (known !== undefined) {
				if (!isTheSameAct(known, act)) return null;
				continue;
			}
			const kind = KINDS.get(act.kind);
			// of a later version: it is told when this device knows what it is
			if (kind === undefined || act.v > kind.version) continue;
			const payload = kind.revive(JSON.parse(act.payload), act.v);
			const { eventId, at } = act;
			drafts.push({ kind: kind.kind, stream, anchor: null, cause: null, payload, recorded: { eventId, at } });
			if (held === null || kind !== handoffEvents.handoffClaimed) continue;
			const settling = settled(stream, held, { eventId, at, ...claim.parse(payload) });
			if (settling === null) continue;
			drafts.push(settling);
			held = null;
		}
	}
	return drafts;
};

export const isHandoffStream = (stream: string): boolean => stream.startsWith(PREFIX);
