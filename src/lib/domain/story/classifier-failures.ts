// Classifiers that failed: which, over which turn, and why. The turn stands; what was not noticed can be asked again.
import { defineEvent } from '../kernel/event.ts';
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';

/** `raw_at`: the stream_seq of the event that holds what the model answered, at `$.raw` of its payload. */
export const classifierFailures = defineTable(
	'classifier_failures',
	`	stream text not null,
	turn_id text not null,
	classifier text not null check (classifier in ('observer', 'transitions', 'interjection', 'digest', 'steps')),
	position integer not null,
	reason text not null,
	raw_at integer not null,
	primary key (stream, turn_id, classifier)`
);

export const classifier = z.enum(['observer', 'transitions', 'interjection', 'digest', 'steps']);

export type Classifier = z.output<typeof classifier>;

/** The typed reason, as the part that asked the model gives it. */
export const failureReason = z.looseObject({ type: z.string().max(60) });

/** Longest answer of a model that is kept for a person to look at, in UTF-16 units. */
export const RAW_MAX_CHARS = 4000;

/** Caused by the turn it is about; a second failure takes the place of the first. */
export const classifierFailed = defineEvent({
	kind: 'classifier_failed',
	payload: z.object({ classifier, reason: failureReason, raw: z.string().max(RAW_MAX_CHARS) }),
	upcasts: [],
	writes: [classifierFailures],
	named: ({ reason }) => reason.type,
	project: ({ stream, streamSeq, anchor, payload: failed }) =>
		anchor === null
			? []
			: [
					sql`insert into ${classifierFailures} (stream, turn_id, classifier, position, reason, raw_at)
						values (${stream}, ${anchor}, ${failed.classifier}, ${streamSeq}, ${JSON.stringify(failed.reason)}, ${streamSeq})
						on conflict (stream, turn_id, classifier) do update set position = excluded.position,
							reason = excluded.reason, raw_at = excluded.raw_at`
				]
});

/** Asked again: the failure is over. */
export const classifierRetried = defineEvent({
	kind: 'classifier_retried',
	payload: z.object({ classifier }),
	upcasts: [],
	writes: [classifierFailures],
	project: ({ stream, anchor, payload: retried }) => [
		sql`delete from ${classifierFailures}
			where stream = ${stream} and turn_id = ${anchor} and classifier = ${retried.classifier}`
	]
});

const failureRow = z.object({
	classifier,
	reason: z.string().transform((json) => failureReason.parse(JSON.parse(json))),
	/** What the model answered; empty when it did not. */
	raw: z
		.string()
		.nullable()
		.transform((words) => words ?? '')
});

/** What could not be noticed in a turn, and was not asked again since. Reads classifier_failures and the log. */
export const failuresOf = (read: Read, stream: string, turnId: string) =>
	read.all(
		failureRow,
		sql`select f.classifier, f.reason, (select e.payload ->> '$.raw' from ${eventLog} e
				where e.stream = f.stream and e.stream_seq = f.raw_at) as raw
			from ${classifierFailures} f where f.stream = ${stream} and f.turn_id = ${turnId} order by f.position`
	);
