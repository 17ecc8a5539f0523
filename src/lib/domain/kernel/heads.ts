// How far streams are folded: read when first needed, kept in memory during one piece of work, written once at its end.
import { recoveryEvent, streamHead, type LogRow } from './log.ts';
import { z } from './schema.ts';
import { sql, type Sql } from './sql.ts';

/** `partial` 1: the stream holds kinds of events this version does not know. */
export interface Head {
	readonly streamSeq: number;
	readonly seq: number;
	readonly partial: number;
}

export interface Heads {
	/** Where the stream stands; all zero before its first event. */
	at(stream: string): Head;
	/** Says where the stream stands, whatever is stored. */
	set(stream: string, head: Head): void;
	/** The position the next event of the stream gets: none that an event in a recovery copy has. */
	nextStreamSeq(stream: string): number;
	/** Moves the head to a row. Raises when the row is not above it (I4). */
	advance(row: Pick<LogRow, 'stream' | 'streamSeq' | 'seq'>, known: boolean): void;
	/** Writes every head that was moved or set; a stream without events has none. */
	keep(): void;
}

const headRow = z.object({ streamSeq: z.number(), seq: z.number(), partial: z.number() });
const START: Head = { streamSeq: 0, seq: 0, partial: 0 };

export const createHeads = (db: Sql): Heads => {
	const heads = new Map<string, Head>();
	const at = (stream: string): Head => {
		const known = heads.get(stream);
		if (known !== undefined) return known;
		const [row] = db.all(
			sql`select stream_seq as streamSeq, seq, partial from ${streamHead} where stream = ${stream}`
		);
		return row === undefined ? START : headRow.parse(row);
	};
	return {
		at,
		set: (stream, head) => {
			heads.set(stream, head);
		},
		nextStreamSeq: (stream) => {
			const [cut] = db.all(sql`select max(stream_seq) as n from ${recoveryEvent} where stream = ${stream}`);
			return Math.max(at(stream).streamSeq, Number(cut?.['n'] ?? 0)) + 1;
		},
		advance: ({ stream, streamSeq, seq }, known) => {
			const head = at(stream);
			if (seq <= head.seq)
				throw new Error(`${stream}: event ${String(seq)} is not above the folded head ${String(head.seq)}`);
			heads.set(stream, { streamSeq, seq, partial: known ? head.partial : 1 });
		},
		keep: () => {
			for (const [stream, { streamSeq, seq, partial }] of heads)
				if (seq === 0) db.run(sql`delete from ${streamHead} where stream = ${stream}`);
				else
					db.run(
						sql`insert into ${streamHead} (stream, stream_seq, seq, partial)
							values (${stream}, ${streamSeq}, ${seq}, ${partial})
							on conflict (stream) do update set stream_seq = excluded.stream_seq, seq = excluded.seq,
								partial = excluded.partial`
					);
		}
	};
};
