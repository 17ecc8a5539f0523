// Recovery copies: what was cut out of the log, and what can be made of it again.
import { digestOfTexts } from './checksum.ts';
import { eventLog, logRow, recoveryCopy, recoveryEvent, type LogRow } from './log.ts';
import type { Read } from './query.ts';
import { z } from './schema.ts';
import { sql } from './sql.ts';

const copyRow = z.object({
	copyId: z.string(),
	stream: z.string(),
	kind: z.enum(['rewind', 'deleted']),
	title: z.string(),
	at: z.number(),
	turns: z.number(),
	events: z.number(),
	bytes: z.number(),
	digest: z.string(),
	cutSeq: z.number(),
	baseTurns: z.number(),
	baseMarks: z
		.string()
		.transform((json) => z.array(z.tuple([z.number(), z.number().nullable()])).parse(JSON.parse(json))),
	strangers: z
		.string()
		.transform((json) => z.array(z.tuple([z.number(), z.number()])).parse(JSON.parse(json)))
});

export type RecoveryCopy = z.output<typeof copyRow>;

/** Every recovery copy, the newest first. */
export const listCopies = (read: Read): RecoveryCopy[] =>
	read.all(
		copyRow,
		sql`select copy_id as copyId, stream, kind, title, at, turns, events, bytes, digest, cut_seq as cutSeq,
				base_turns as baseTurns, base_marks as baseMarks, strangers
			from ${recoveryCopy} order by cut_seq desc`
	);

/** The recovery copies of one stream, the oldest first. */
export const copiesOf = (read: Read, stream: string): RecoveryCopy[] =>
	read.all(
		copyRow,
		sql`select copy_id as copyId, stream, kind, title, at, turns, events, bytes, digest, cut_seq as cutSeq,
				base_turns as baseTurns, base_marks as baseMarks, strangers
			from ${recoveryCopy} where stream = ${stream} order by cut_seq`
	);

export const findCopy = (read: Read, copyId: string): RecoveryCopy | null =>
	read.one(
		copyRow,
		sql`select copy_id as copyId, stream, kind, title, at, turns, events, bytes, digest, cut_seq as cutSeq,
				base_turns as baseTurns, base_marks as baseMarks, strangers
			from ${recoveryCopy} where copy_id = ${copyId}`
	);

/** The events of a recovery copy, in the order of the log. */
export const readCopy = (read: Read, copyId: string): LogRow[] =>
	read.all(
		logRow,
		sql`select seq, event_id as eventId, stream, stream_seq as streamSeq, anchor, cause, opens_turn as opensTurn, batch,
				kind, v, payload, at, superseded_by as supersededBy
			from ${recoveryEvent} where copy_id = ${copyId} order by seq`
	);

/** A digest of a copy's events that notices when any of them was damaged or lost. */
export const digestOfRows = (rows: readonly LogRow[]): string =>
	digestOfTexts(
		rows.map(
			// in a fixed order, whatever order a row's fields are in
			(row) =>
				JSON.stringify([
					row.seq,
					row.eventId,
					row.stream,
					row.streamSeq,
					row.anchor,
					row.cause,
					row.opensTurn,
					row.batch,
					row.kind,
					row.v,
					row.payload,
					row.at,
					row.supersededBy
				])
		)
	);

/** Every event of the copy is there as it was cut. */
export const isIntact = (read: Read, { copyId, digest }: RecoveryCopy): boolean =>
	digestOfRows(readCopy(read, copyId)) === digest;

/**
 * What can be done with a copy, if it is intact. `restore`: the story is as it was left, so the copy goes back to where it
 * was. `branch`: the story went on, so it becomes a chat of its own. `none`: what it was cut from is not there any more.
 */
export const standingOf = (read: Read, copy: RecoveryCopy): 'restore' | 'branch' | 'none' => {
	const { stream, cutSeq } = copy;
	const strangers = JSON.stringify(copy.strangers);
	const count = (statement: ReturnType<typeof sql>) => read.one(countRow, statement)?.n ?? 0;
	const olderHere = count(
		sql`select count(*) as n from ${eventLog} where stream = ${stream} and opens_turn = 1 and seq < ${cutSeq}`
	);
	const strangersHere = count(
		sql`select count(*) as n from json_each(${strangers}) s, ${eventLog} e where e.stream = ${stream}
			and e.opens_turn = 1 and e.seq < ${cutSeq}
			and e.stream_seq between json_extract(s.value, '$[0]') and json_extract(s.value, '$[1]')`
	);
	const playedSince = count(
		sql`select count(*) as n from ${eventLog} where stream = ${stream} and opens_turn = 1 and seq > ${cutSeq}
			and superseded_by is null`
	);
	const marked = count(
		sql`select count(*) as n from json_each(${JSON.stringify(copy.baseMarks)}) m, ${eventLog} e
			where e.seq = json_extract(m.value, '$[0]') and e.superseded_by is not json_extract(m.value, '$[1]')`
	);
	const baseHere = olderHere - strangersHere;
	if (baseHere === copy.baseTurns && strangersHere + playedSince + marked === 0 && !isTaken(read, copy))
		return 'restore';
	const baseInCopies = count(
		copy.strangers.length === 0
			? sql`select count(*) as n from ${recoveryEvent} e
					where e.stream = ${stream} and e.opens_turn = 1 and e.seq < ${cutSeq}
					and e.copy_id in (select copy_id from ${recoveryCopy} where stream = ${stream} and cut_seq > ${cutSeq})`
			: sql`select count(*) as n from ${recoveryEvent} e where e.stream = ${stream} and e.opens_turn = 1 and e.seq < ${cutSeq}
			and e.copy_id in (select copy_id from ${recoveryCopy} where stream = ${stream} and cut_seq > ${cutSeq})
			and not exists (select 1 from json_each(${strangers}) s
				where e.stream_seq between json_extract(s.value, '$[0]') and json_extract(s.value, '$[1]'))`
	);
	return baseHere + baseInCopies === copy.baseTurns ? 'branch' : 'none';
};

/** The whole chat was cut, and came from a file again since: its events stand where those of the copy stood. */
const isTaken = (read: Read, { kind, stream }: RecoveryCopy): boolean =>
	kind === 'deleted' &&
	read.one(countRow, sql`select 1 as n from ${eventLog} where stream = ${stream} limit 1`) !== null;

/** The stream as it was before the cut can be put together from the log and from copies that are all undamaged. */
export const isWhole = (read: Read, copy: RecoveryCopy): boolean => {
	const standing = standingOf(read, copy);
	if (standing === 'none') return false;
	// what later copies hold may be part of it
	const needed =
		standing === 'restore'
			? [copy]
			: copiesOf(read, copy.stream).filter(({ cutSeq }) => cutSeq >= copy.cutSeq);
	return needed.every((one) => isIntact(read, one));
};

const CHUNK_ROWS = 500;

/** The events of a copy's stream as they stood when it was cut, those in the copy included. */
export function* rowsBeforeCut(read: Read, copyId: string): Generator<LogRow> {
	const copy = findCopy(read, copyId);
	if (copy === null) return;
	const { stream, cutSeq } = copy;
	const marks = new Map(copy.baseMarks);
	const isStranger = ({ streamSeq }: LogRow) =>
		copy.strangers.some(([from, to]) => streamSeq >= from && streamSeq <= to);
	for (let after = 0; ;) {
		const rows = read.all(
			logRow,
			sql`select seq, event_id as eventId, stream, stream_seq as streamSeq, anchor, cause, opens_turn as opensTurn, batch,
					kind, v, payload, at, superseded_by as supersededBy
				from (
					select * from (
						select * from ${eventLog} where stream = ${stream} and stream_seq > ${after} and seq < ${cutSeq}
						order by stream_seq limit ${CHUNK_ROWS})
					union all
					select * from (
						select seq, event_id, stream, stream_seq, anchor, cause, opens_turn, batch, kind, v, payload, at,
							superseded_by
						from ${recoveryEvent} where stream = ${stream} and stream_seq > ${after} and seq < ${cutSeq}
							and copy_id in (select copy_id from ${recoveryCopy} where stream = ${stream} and cut_seq >= ${cutSeq})
						order by stream_seq limit ${CHUNK_ROWS})
				) order by streamSeq limit ${CHUNK_ROWS}`
		);
		for (const row of rows)
			if (!isStranger(row)) yield { ...row, supersededBy: marks.get(row.seq) ?? markNow(row, marks) };
		const last = rows.at(-1);
		if (last === undefined || rows.length < CHUNK_ROWS) return;
		after = last.streamSeq;
	}
}

const markNow = ({ seq, supersededBy }: LogRow, marks: ReadonlyMap<number, number | null>): number | null =>
	marks.has(seq) ? null : supersededBy;

const countRow = z.object({ n: z.number() });
