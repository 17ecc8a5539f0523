// Interjections: the word another bot puts in after a reply. It goes and comes with that reply, whatever takes it back.
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { broughtAboutBy } from '../kernel/turns-of-log.ts';

/**
 * The live interjections after replies. In a group the live reply is one, so what was put in after it, and answers the same
 * turn, was put in to it. Looked up by index, and in one chat only: the bot an interjection names is the same in many.
 */
export const interjectionsTo = (read: Read, stream: string, turnIds: readonly string[]): readonly string[] =>
	turnIds.flatMap((turnId) =>
		read
			.all(
				z.object({ turnId: z.string() }),
				sql`select i.anchor as turnId from ${eventLog} p join ${eventLog} i
						on i.stream = p.stream and i.cause = p.cause and i.opens_turn = 1
					where p.anchor = ${turnId} and +p.stream = ${stream} and p.opens_turn = 1 and p.cause is not null
						and p.superseded_by is null and p.payload ->> '$.interjectionOf' is null and i.stream = ${stream} and i.superseded_by is null
						and i.seq > p.seq and i.payload ->> '$.interjectionOf' is not null
					order by i.seq`
			)
			.map((row) => row.turnId)
	);

/** Turns, and what was put in to them. */
export const withInterjections = (
	read: Read,
	stream: string,
	turnIds: readonly string[]
): readonly string[] => [...new Set([...turnIds, ...interjectionsTo(read, stream, turnIds)])];

/** Seqs of all that goes with turns: they, what was put in to them, and what both brought about. */
export const allOf = (read: Read, stream: string, turnIds: readonly string[]): number[] =>
	broughtAboutBy(read, stream, withInterjections(read, stream, turnIds));
