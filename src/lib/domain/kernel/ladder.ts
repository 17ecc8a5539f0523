// The undo ladder: carries out what a decision does to the log, and finds the state again by the first rung that holds.
import { adoptArrived } from './arrival.ts';
import { createHeads } from './heads.ts';
import {
	eventLog,
	insertLogRow,
	readStream,
	recoveryCopy,
	recoveryEvent,
	streamHead,
	type LogRow
} from './log.ts';
import { RUNGS, type CopyLabel, type LogChange, type Rung } from './log-change.ts';
import { opensGroup, type Projector } from './projector.ts';
import { createRead } from './query.ts';
import { copiesOf, digestOfRows, findCopy, isIntact, readCopy, rowsBeforeCut } from './recovery.ts';
import { z } from './schema.ts';
import { createTable, isStorageFault, sql, type Sql } from './sql.ts';
import { UNDO_HORIZON_RUNS, type UndoLog } from './undo-log.ts';

const CHUNK_ROWS = 500;
// how many of a stream's newest events are folded in one go, so that they can be taken back
const KEPT_AT_ONCE = 5000;
// what sets events aside in a rehearsal: no event has this seq
const REHEARSED = 0;

export interface Ladder {
	/**
	 * Carries out the changes inside the caller's transaction, before the decision's events are appended. Answers the
	 * lowest rung that was needed; null when nothing had to be taken back. Throws when no rung held.
	 */
	carryOut(
		changes: readonly LogChange[],
		world: { readonly now: number; newId(): string }
	): { readonly rung: Rung | null; readonly streams: readonly string[] };
	/**
	 * The same for a transaction that is rolled back: every row folded from events comes out as {@link carryOut} would have
	 * it, but what only that keeps is left out: recovery copies and inverses.
	 */
	rehearse(changes: readonly LogChange[]): void;
	/** Empties the rows of one stream and folds its live events again, inside the caller's transaction. */
	replayStream(stream: string): void;
	/**
	 * Folds a stream that has rows in the log and none in any table, in transactions of its own: some rows at each `next()`,
	 * which gives how many were folded, the newest runs with their inverses at once.
	 */
	foldStream(stream: string): Generator<number, void>;
}

/** `allowed`: the rungs that may be used, for tests that force one. */
export const createLadder = (
	db: Sql,
	projector: Projector,
	undo: UndoLog,
	allowed: readonly Rung[] = RUNGS
): Ladder => {
	const { kinds, tables } = projector;
	const read = createRead(db);

	const unfold = (stream: string, fromSeq: number): { rung: Rung | null; from: number } => {
		const head = createHeads(db).at(stream);
		if (head.seq < fromSeq) return { rung: null, from: head.streamSeq + 1 };
		const from = allowed.includes('undo') ? undo.takeBack(stream, fromSeq, head.seq) : null;
		if (from !== null) return { rung: 'undo', from };
		empty(stream);
		return { rung: 'replay_stream', from: 1 };
	};

	const empty = (stream: string): void => {
		undo.forget(stream, 0);
		for (const table of tables) db.run(sql`delete from ${table} where stream = ${stream}`);
	};

	/**
	 * Folds the live events of a stream from position `from` on, above a state that holds all before it. `rehearsing`: what
	 * that changed need not be kept.
	 */
	const refold = (stream: string, from: number, rehearsing = false): void => {
		const heads = createHeads(db);
		const partial = heads.at(stream).partial === 1 && holdsUnknownKinds(stream, from) ? 1 : 0;
		const [before] = db.all(
			sql`select stream_seq as streamSeq, seq from ${eventLog}
				where stream = ${stream} and stream_seq < ${from} order by stream_seq desc limit 1`
		);
		const place = before === undefined ? { streamSeq: 0, seq: 0 } : placeRow.parse(before);
		heads.set(stream, { ...place, partial });
		if (rehearsing) {
			for (const row of rowsFrom(stream, from, true)) projector.replay(heads, row);
			heads.keep();
			return;
		}
		const keepFrom = Math.max(from, horizon(stream));

		let run: LogRow[] = [];
		const flush = () => {
			const [first] = run;
			const last = run.at(-1);
			if (first === undefined || last === undefined) return;
			const rows = run;
			run = [];
			const prevSeq = heads.at(stream).seq;
			const fold = () => {
				for (const row of rows) projector.replay(heads, row);
			};
			const changesNothing = rows.every((row) => row.supersededBy !== null);
			const isKept = last.streamSeq >= keepFrom;
			if (changesNothing || !isKept) fold();
			if (isKept)
				undo.keep(
					{
						stream,
						firstSeq: first.seq,
						firstStreamSeq: first.streamSeq,
						lastSeq: last.seq,
						prevSeq,
						opensGroup: rows.some(opensGroup)
					},
					changesNothing ? null : fold
				);
		};
		for (const row of rowsFrom(stream, from)) {
			if (opensGroup(row)) flush();
			run.push(row);
		}
		flush();
		heads.keep();
	};

	function* rowsFrom(stream: string, from: number, onlyLive = false): Generator<LogRow> {
		for (let after = from - 1; ;) {
			const rows = readStream(db, stream, after, CHUNK_ROWS, onlyLive);
			yield* rows;
			const last = rows.at(-1);
			if (last === undefined || rows.length < CHUNK_ROWS) return;
			after = last.streamSeq;
		}
	}

	/** The position from which on runs are kept: what lies before is only ever replayed. */
	const horizon = (stream: string): number => {
		const [row] = db.all(
			sql`select stream_seq as streamSeq, seq from ${eventLog} where stream = ${stream} and opens_turn = 1
				order by stream_seq desc limit 1 offset ${UNDO_HORIZON_RUNS - 1}`
		);
		return row === undefined ? 1 : placeRow.parse(row).streamSeq;
	};

	// kind → the newest version known
	const known = JSON.stringify(Object.fromEntries([...kinds].map(([name, { version }]) => [name, version])));

	const holdsUnknownKinds = (stream: string, before: number): boolean =>
		db.all(
			sql`select 1 from ${eventLog} where stream = ${stream} and stream_seq < ${before}
				and not exists (select 1 from json_each(${known}) k where k.key = kind and v <= k.value) limit 1`
		).length > 0;

	/** Folds the whole log into TEMP tables of the same names, which handlers' SQL then means, and adopts the difference. */
	const replayAll = (): void => {
		undo.forgetAll();
		const all = [...tables, streamHead];
		for (const table of all)
			db.exec(
				createTable(table)
					.replaceAll(/^create table /gm, 'create temp table ')
					.replaceAll(/^create index /gm, 'create index temp.')
			);
		projector.rebuild();
		db.adoptTemp(all);
		for (const table of all) db.exec(`drop table temp.${table.name}`);
	};

	/** Folds streams again, and goes down the ladder where that breaks a rule of SQLite or of a handler. */
	const findAgain = (
		places: ReadonlyMap<string, { rung: Rung | null; from: number }>,
		rehearsing: boolean
	): Rung | null => {
		let worst: Rung | null = null;
		const need = (rung: Rung | null) => {
			if (rung !== null && (worst === null || RUNGS.indexOf(rung) > RUNGS.indexOf(worst))) worst = rung;
		};
		const onlyAll = !allowed.includes('undo') && !allowed.includes('replay_stream');
		try {
			if (onlyAll) throw new Error('only the last rung is allowed');
			for (const [stream, { rung, from }] of places) {
				need(rung);
				try {
					refold(stream, from, rehearsing);
				} catch (error) {
					if (isStorageFault(error) || rung === 'replay_stream') throw error;
					need('replay_stream');
					empty(stream);
					refold(stream, 1, rehearsing);
				}
			}
			return worst;
		} catch (error) {
			if (isStorageFault(error) || !allowed.includes('replay_all')) throw error;
			replayAll();
			return 'replay_all';
		}
	};

	/** Marks events of a stream. Copies that rest on them keep how they were marked before. */
	const mark = (stream: string, seqs: readonly number[], by: number | null): void => {
		for (const { copyId, cutSeq, baseMarks } of copiesOf(read, stream)) {
			const kept = new Set(baseMarks.map(([seq]) => seq));
			const before = db
				.all(
					sql`select seq, superseded_by as by from ${eventLog} where seq < ${cutSeq}
						and seq in (select value from json_each(${JSON.stringify(seqs)}))`
				)
				.map((row) => markRow.parse([row['seq'], row['by']]))
				.filter(([seq]) => !kept.has(seq));
			if (before.length > 0)
				db.run(
					sql`update ${recoveryCopy} set base_marks = ${JSON.stringify([...baseMarks, ...before])}
						where copy_id = ${copyId}`
				);
		}
		setMarks(seqs, by);
	};

	const setMarks = (seqs: readonly number[], by: number | null): void => {
		db.run(
			sql`update ${eventLog} set superseded_by = ${by} where seq in (select value from json_each(${JSON.stringify(seqs)}))`
		);
	};

	const cut = (stream: string, seqs: readonly number[], label: CopyLabel, now: number): void => {
		const cutSeq = projector.take('next_seq');
		db.run(
			sql`insert into ${recoveryEvent} (seq, event_id, stream, stream_seq, anchor, cause, opens_turn, batch, kind, v,
					payload, at, superseded_by, copy_id)
				select seq, event_id, stream, stream_seq, anchor, cause, opens_turn, batch, kind, v, payload, at,
					superseded_by, ${label.copyId}
				from ${eventLog} where seq in (select value from json_each(${JSON.stringify(seqs)}))`
		);
		db.run(sql`delete from ${eventLog} where seq in (select value from json_each(${JSON.stringify(seqs)}))`);
		const rows = readCopy(read, label.copyId);
		const bytes = rows.reduce((sum, row) => sum + row.payload.length, 0);
		db.run(
			sql`insert into ${recoveryCopy} (copy_id, stream, kind, title, at, turns, events, bytes, digest, cut_seq, base_turns)
				values (${label.copyId}, ${stream}, ${label.kind}, ${label.title}, ${now},
					${rows.filter((row) => row.opensTurn && row.supersededBy === null).length}, ${rows.length}, ${bytes},
					${digestOfRows(rows)}, ${cutSeq},
					(select count(*) from ${eventLog} where stream = ${stream} and opens_turn = 1))`
		);
	};

	const bringBack = (copyId: string): void => {
		const rows = readCopy(read, copyId);
		const copy = findCopy(read, copyId);
		if (copy === null || !isIntact(read, copy)) throw new Error(`recovery copy ${copyId} is damaged`);
		// what later copies were cut from did not have these rows
		for (const later of copiesOf(read, copy.stream))
			if (later.cutSeq > copy.cutSeq)
				db.run(
					sql`update ${recoveryCopy} set strangers = ${JSON.stringify([...later.strangers, ...rangesOf(rows)])}
						where copy_id = ${later.copyId}`
				);
		for (const row of rows) insertLogRow(db, row);
		db.run(sql`delete from ${recoveryEvent} where copy_id = ${copyId}`);
		db.run(sql`delete from ${recoveryCopy} where copy_id = ${copyId}`);
	};

	/** Writes a stream's events again under new seqs and ids into another stream. Turn ids stay as they are. */
	const branch = (
		{ from, to, created, leaveOut, copyId }: Extract<LogChange, { kind: 'branch' }>,
		world: { readonly now: number; newId(): string }
	): void => {
		const without = new Set(leaveOut);
		const batch = projector.take('next_batch');
		// more than are needed, when some are left out: seqs may have gaps
		const firstSeq = projector.take('next_seq', rowsOf(from));
		const kind = kinds.get(created.kind);
		if (kind === undefined) throw new Error(`event kind ${created.kind} is not in the vocabulary`);
		const seqOf = new Map<number, number>();
		const marks: { readonly seq: number; readonly by: number }[] = [];
		for (const row of copyId === null ? rowsFrom(from, 1) : rowsBeforeCut(read, copyId)) {
			if (without.has(row.seq)) continue;
			const written = seqOf.size;
			if (written === 0 && row.kind !== created.kind)
				throw new Error(`${from} begins with ${row.kind}, not with ${created.kind}`);
			const seq = firstSeq + written;
			seqOf.set(row.seq, seq);
			if (row.supersededBy !== null) marks.push({ seq, by: row.supersededBy });
			insertLogRow(db, {
				...row,
				...(written === 0
					? { payload: JSON.stringify(kind.parse(created.payload)), v: kind.version, at: world.now }
					: {}),
				seq,
				eventId: world.newId(),
				stream: to,
				streamSeq: written + 1,
				batch,
				supersededBy: null
			});
		}
		// where what took an event's place was left out, the branch itself did
		for (const { seq, by } of marks) setMarks([seq], seqOf.get(by) ?? firstSeq);
	};

	/** Upper bound for the events a branch of the stream can have. */
	const rowsOf = (stream: string): number =>
		countRow.parse(
			db.all(
				sql`select (select count(*) from ${eventLog} where stream = ${stream})
					+ (select count(*) from ${recoveryEvent} where stream = ${stream}) as n`
			)[0]
		).n;

	const carryOut = (
		changes: readonly LogChange[],
		world: { readonly now: number; newId(): string },
		rehearsing: boolean
	): ReturnType<Ladder['carryOut']> => {
		const firstSeq = projector.next('next_seq');
		const cuts = changes.filter(({ kind }) => kind === 'cut').length;
		const eventSeq = (index: number): number => {
			if (changes.some(({ kind }) => kind === 'branch'))
				throw new Error('a decision that branches cannot name its own events as superseders');
			// each cut takes a number of its own before the events get theirs
			return firstSeq + cuts + index;
		};
		const affected = new Map<string, number>();
		/** The first position in its stream of what a copy brings back. */
		const comingBack = new Map<string, number>();
		const touch = (stream: string, seqs: readonly number[]) => {
			const lowest = seqs.reduce((low, seq) => Math.min(low, seq), affected.get(stream) ?? Infinity);
			if (lowest !== Infinity) affected.set(stream, lowest);
		};
		for (const change of changes)
			if (change.kind === 'bring_back') {
				// a copy is of one stream
				const [first] = readCopy(read, change.copyId);
				if (first === undefined) continue;
				touch(first.stream, [first.seq]);
				comingBack.set(first.stream, Math.min(first.streamSeq, comingBack.get(first.stream) ?? Infinity));
			} else if (change.kind !== 'branch' && change.kind !== 'adopt') touch(change.stream, change.seqs);

		const places = new Map(
			[...affected].map(([stream, seq]) => {
				const { rung, from } = unfold(stream, seq);
				// what comes back may lie before the first run that was taken back
				return [stream, { rung, from: Math.min(from, comingBack.get(stream) ?? Infinity) }] as const;
			})
		);
		const arrived: string[] = [];
		for (const change of changes)
			switch (change.kind) {
				case 'supersede':
					mark(change.stream, change.seqs, 'seq' in change.by ? change.by.seq : eventSeq(change.by.event));
					break;
				case 'restore':
					mark(change.stream, change.seqs, null);
					break;
				case 'cut':
					// set aside, the events fold to the same as when they are gone
					if (rehearsing) setMarks(change.seqs, REHEARSED);
					else cut(change.stream, change.seqs, change.copy, world.now);
					break;
				case 'bring_back':
					bringBack(change.copyId);
					break;
				case 'branch':
					branch(change, world);
					places.set(change.to, { rung: null, from: 1 });
					break;
				case 'adopt': {
					arrived.push(...change.streams);
					const folded = adoptArrived(db, change, tables, projector.take('next_batch'));
					if (!folded) for (const stream of change.streams) places.set(stream, { rung: null, from: 1 });
				}
			}
		return { rung: findAgain(places, rehearsing), streams: [...new Set([...places.keys(), ...arrived])] };
	};

	function* foldStream(stream: string): Generator<number, void> {
		const [newest] = db.all(sql`select max(stream_seq) as n from ${eventLog} where stream = ${stream}`);
		// in a stream without turns that would be all of it, at once
		const keepFrom = Math.max(horizon(stream), Number(newest?.['n'] ?? 0) - KEPT_AT_ONCE + 1);
		let folded = 0;
		for (let after = 0; ;) {
			const rows = readStream(db, stream, after, CHUNK_ROWS).filter(({ streamSeq }) => streamSeq < keepFrom);
			const last = rows.at(-1);
			if (last === undefined) break;
			db.transaction(() => {
				const heads = createHeads(db);
				for (const row of rows) projector.replay(heads, row);
				heads.keep();
			});
			after = last.streamSeq;
			folded += rows.length;
			yield folded;
		}
		db.transaction(() => {
			refold(stream, keepFrom);
		});
	}

	return {
		foldStream,
		replayStream: (stream) => {
			empty(stream);
			refold(stream, 1);
		},
		carryOut: (changes, world) => carryOut(changes, world, false),
		rehearse: (changes) => {
			carryOut(changes, { now: 0, newId: () => '' }, true);
		}
	};
};

const placeRow = z.object({ streamSeq: z.number(), seq: z.number() });
const markRow = z.tuple([z.number(), z.number().nullable()]);
const countRow = z.object({ n: z.number() });

/** Positions of rows in their stream, as [from, to] of those that follow each other. */
const rangesOf = (rows: readonly LogRow[]): (readonly [number, number])[] => {
	const ranges: [number, number][] = [];
	for (const { streamSeq } of rows) {
		const last = ranges.at(-1);
		if (last !== undefined && last[1] === streamSeq - 1) last[1] = streamSeq;
		else ranges.push([streamSeq, streamSeq]);
	}
	return ranges;
};
