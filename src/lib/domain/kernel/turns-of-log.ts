// Turns as the log knows them, whether live or set aside: what a turn brought about, and what comes after it.
import { eventLog } from './log.ts';
import type { Read } from './query.ts';
import { z } from './schema.ts';
import { sql } from './sql.ts';

const turnRow = z.object({
	seq: z.number(),
	streamSeq: z.number(),
	turnId: z.string(),
	/** The turn it answers, or null: then it begins a group of its own. */
	answers: z.string().nullable(),
	supersededBy: z.number().nullable()
});

/** The event that opens a turn. */
export type TurnOfLog = z.output<typeof turnRow>;

const seqRow = z.object({ seq: z.number() });

/** The turn, live or not; null when the stream has none of that id. */
export const findTurn = (read: Read, stream: string, turnId: string): TurnOfLog | null =>
	read.one(
		turnRow,
		sql`select seq, stream_seq as streamSeq, anchor as turnId, cause as answers, superseded_by as supersededBy
			from ${eventLog} where anchor = ${turnId} and +stream = ${stream} and opens_turn = 1`
	);

/** The turn while it is part of the story; null when it is unknown or was taken back. */
export const liveTurn = (read: Read, stream: string, turnId: string): TurnOfLog | null => {
	const turn = findTurn(read, stream, turnId);
	return turn?.supersededBy === null ? turn : null;
};

/** The group a turn belongs to, named by the turn that opens it. */
export const groupOf = (turn: TurnOfLog): string => turn.answers ?? turn.turnId;

/** Every turn that answers the given one, live or not, oldest first. */
export const answersTo = (read: Read, stream: string, turnId: string): TurnOfLog[] =>
	read.all(
		turnRow,
		sql`select seq, stream_seq as streamSeq, anchor as turnId, cause as answers, superseded_by as supersededBy
			from ${eventLog} where stream = ${stream} and cause = ${turnId} and opens_turn = 1 order by seq`
	);

/** The newest live turn of the stream, or null. */
export const newestTurn = (read: Read, stream: string): TurnOfLog | null =>
	read.one(
		turnRow,
		sql`select seq, stream_seq as streamSeq, anchor as turnId, cause as answers, superseded_by as supersededBy
			from ${eventLog} where stream = ${stream} and opens_turn = 1 and superseded_by is null
			order by stream_seq desc limit 1`
	);

/**
 * Seqs of what turns brought about and is live: the events that open them, and their effects. What a person did to them
 * by hand is not among it: without its subject it folds to nothing, and revives with it.
 */
export const broughtAboutBy = (read: Read, stream: string, turnIds: readonly string[]): number[] =>
	turnIds.flatMap((turnId) =>
		read
			.all(
				seqRow,
				sql`select seq from ${eventLog} where anchor = ${turnId} and +stream = ${stream} and superseded_by is null
					and (opens_turn = 1 or cause = anchor) order by seq`
			)
			.map(({ seq }) => seq)
	);

/** Seqs of what was set aside together with a turn, so that they come back together. */
export const setAsideWith = (read: Read, stream: string, turn: TurnOfLog): number[] => {
	if (turn.supersededBy === null) return [];
	return read
		.all(
			seqRow,
			sql`select seq from ${eventLog} where stream = ${stream} and superseded_by = ${turn.supersededBy} order by seq`
		)
		.map(({ seq }) => seq);
};

const tailRow = z.object({
	seq: z.number(),
	turnId: z.string().nullable(),
	answers: z.string().nullable(),
	opensTurn: z.number().transform(Boolean),
	live: z.number().transform(Boolean)
});

/** What comes after a turn: what a rewind to it takes back. */
export interface Tail {
	/** Every event that leaves, superseded ones too, in the order of the log. */
	readonly seqs: readonly number[];
	/** The live turns among them. */
	readonly turns: readonly string[];
}

/**
 * What belongs to turns after the given one. Turns stand in the order of their groups; in a group the opener comes
 * first, and of its answers those that were live together stay together with their alternatives. An event goes with the
 * turn it is anchored to, however late it was written.
 */
export const tailAfter = (read: Read, stream: string, turn: TurnOfLog): Tail => {
	const opener = turn.answers === null ? turn : (findTurn(read, stream, turn.answers) ?? turn);
	const rows = read.all(
		tailRow,
		sql`select seq, anchor as turnId, cause as answers, opens_turn as opensTurn, superseded_by is null as live
			from ${eventLog} where stream = ${stream} and stream_seq > ${opener.streamSeq} order by stream_seq`
	);
	const group = groupOf(turn);
	const gone = new Set<string>();
	for (const row of rows) {
		if (!row.opensTurn || row.turnId === null) continue;
		// an answer to a turn before the group is not after it, however late it came
		const after =
			row.answers === null || gone.has(row.answers) || (row.answers === group && isAfterInGroup(turn, row));
		if (after) gone.add(row.turnId);
	}
	const leaving = rows.filter((row) => row.turnId !== null && gone.has(row.turnId));
	return {
		seqs: leaving.map((row) => row.seq),
		turns: leaving.flatMap((row) => (row.opensTurn && row.live && row.turnId !== null ? [row.turnId] : []))
	};
};

const isAfterInGroup = (turn: TurnOfLog, row: { readonly seq: number; readonly live: boolean }): boolean =>
	turn.answers === null || (row.live && row.seq > turn.seq);
