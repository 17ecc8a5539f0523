// The event log and the other tables of the kernel: who may write a log row is settled here (I2).
import { z } from './schema.ts';
import { createTable, defineTable, sql, type Sql } from './sql.ts';

/** What an event is stored as, in the log and in a recovery copy of it. */
const EVENT_COLUMNS = `	seq integer primary key,
	event_id text not null,
	stream text not null,
	stream_seq integer not null,
	anchor text,
	cause text,
	opens_turn integer not null check (opens_turn in (0, 1)),
	batch integer not null,
	kind text not null,
	v integer not null,
	payload text not null check (json_valid(payload)),
	at integer not null,
	superseded_by integer`;

/**
 * Append-only. `seq` is never reused; `superseded_by` null = live, the only column that may change: it names the event
 * that took the place. `anchor` is the turn an event belongs to, `cause` the one that caused it (I6). An event that
 * opens a turn is anchored to itself, and its cause, if any, is the turn it answers. `batch` groups what one command wrote.
 */
export const eventLog = defineTable('event_log', `${EVENT_COLUMNS},\n	unique (stream, stream_seq)`, {
	role: 'log',
	withoutRowid: false,
	indexes: {
		// without the stream, whose name is long: only branches share ids of turns. Look-ups by anchor write `+stream = …`,
		// lest the planner takes an index that leads through the whole stream
		event_log_anchor: '(anchor)',
		event_log_turns: '(stream, stream_seq) where opens_turn = 1',
		event_log_answers: '(stream, cause) where opens_turn = 1 and cause is not null',
		event_log_superseded: '(stream, superseded_by) where superseded_by is not null'
	}
});

/**
 * What was cut out of the log and can be brought back: the end of a chat, or all of it. `cut_seq` is the seq the next
 * event would have got, and no event gets it: older rows of the stream, there or in later copies, are what was left
 * (the base), but for `strangers`, which older copies brought back since: [from, to] of their stream_seq. `base_turns`
 * counts the turns of the base; `base_marks` lists [seq, superseded_by] of its rows that were marked otherwise since,
 * as they stood when the copy was cut. `digest`: of the copy's events, against damage.
 */
export const recoveryCopy = defineTable(
	'recovery_copy',
	`	copy_id text not null primary key,
	stream text not null,
	kind text not null check (kind in ('rewind', 'deleted')),
	title text not null,
	at integer not null,
	turns integer not null,
	events integer not null,
	bytes integer not null,
	digest text not null,
	cut_seq integer not null,
	base_turns integer not null,
	base_marks text not null default '[]' check (json_valid(base_marks)),
	strangers text not null default '[]' check (json_valid(strangers))`,
	{ role: 'log', indexes: { recovery_copy_by_stream: '(stream)' } }
);

/** The events of recovery copies, each as it stood in the log. */
export const recoveryEvent = defineTable('recovery_event', `${EVENT_COLUMNS},\n	copy_id text not null`, {
	role: 'log',
	withoutRowid: false,
	indexes: {
		recovery_event_by_copy: '(copy_id)',
		recovery_event_by_stream: '(stream, stream_seq)',
		recovery_event_turns: '(stream, copy_id, seq, stream_seq) where opens_turn = 1'
	}
});

/**
 * What folding a run of a stream's events changed, newest runs only: a cache of inverses, never the truth. Runs follow
 * each other without a gap: `prev_seq` is the last seq of the run before. `changeset` null = nothing was changed.
 * `opened_by`: seq of the event that opened the turn group this run belongs to, 0 before the first.
 */
export const undoLog = defineTable(
	'undo_log',
	`	first_seq integer primary key,
	stream text not null,
	first_stream_seq integer not null,
	last_seq integer not null,
	prev_seq integer not null,
	opened_by integer not null,
	schema text not null,
	crc integer not null,
	changeset blob`,
	{ role: 'log', withoutRowid: false, indexes: { undo_log_by_stream: '(stream, first_seq)' } }
);

/** How far each stream is folded. `partial` = it holds kinds this version does not know, kept and skipped. */
export const streamHead = defineTable(
	'stream_head',
	`	stream text not null primary key,
	stream_seq integer not null,
	seq integer not null,
	partial integer not null default 0 check (partial in (0, 1))`
);

/**
 * First results of commands, so that one sent again is applied once (I7); and for those that changed the log, which tab
 * sent them, the batch they wrote, and what else undoing them takes ({@link TakesBack} as JSON).
 */
export const commandLog = defineTable(
	'command_log',
	`	command_id text not null primary key,
	name text not null,
	result text not null check (json_valid(result)),
	at integer not null,
	tab text,
	batch integer,
	takes_back text check (takes_back is null or json_valid(takes_back)),
	undone integer not null default 0 check (undone in (0, 1))`,
	{ role: 'log', indexes: { command_log_by_tab: '(tab, batch) where batch is not null and undone = 0' } }
);

/** Pictures and other bytes events refer to, by their SHA-256 in hex. Only ever added to. */
export const assets = defineTable(
	'asset',
	`	hash text not null primary key check (length(hash) = 64),
	media_type text not null,
	bytes blob not null`,
	{ role: 'log', withoutRowid: false }
);

export const kernelMeta = defineTable('kernel_meta', `	k text not null primary key,\n	v any`, { role: 'log' });

export const KERNEL_TABLES = [
	eventLog,
	streamHead,
	commandLog,
	assets,
	kernelMeta,
	undoLog,
	recoveryCopy,
	recoveryEvent
] as const;

// the door a rewind goes through: a row may leave the log when a recovery copy holds it
const LOG_GUARDS = `
create trigger event_log_is_append_only before update of
	seq, event_id, stream, stream_seq, anchor, cause, opens_turn, batch, kind, v, payload, at on event_log
begin select raise(abort, 'event_log: a row never changes'); end;
create trigger event_log_keeps_everything before delete on event_log
when not exists (select 1 from recovery_event r where r.seq = old.seq and r.event_id = old.event_id)
begin select raise(abort, 'event_log: a row is never deleted unless a recovery copy holds it'); end;
`;

export const createKernelTables = (db: Sql): void => {
	for (const table of KERNEL_TABLES) db.exec(createTable(table));
	db.exec(LOG_GUARDS);
};

/** Brings a file of format 1 to format 2: turns are marked in the log, and there is room for taking back. */
export const upgradeToFormat2 = (db: Sql, turnKinds: readonly string[]): void => {
	db.exec(`drop trigger event_log_is_append_only; drop trigger event_log_keeps_everything;
		drop index event_log_live; drop index event_log_cause; drop index event_log_anchor;
		alter table event_log rename to event_log_1;
		alter table command_log rename to command_log_1;`);
	for (const table of [eventLog, commandLog, undoLog, recoveryCopy, recoveryEvent])
		db.exec(createTable(table));
	db.run(sql`insert into ${eventLog} (seq, event_id, stream, stream_seq, anchor, cause, opens_turn, batch, kind, v, payload,
			at, superseded_by)
		select seq, event_id, stream, stream_seq, anchor, cause,
			kind in (select value from json_each(${JSON.stringify(turnKinds)})), batch, kind, v, payload, at, superseded_by
		from event_log_1`);
	db.run(sql`insert into ${commandLog} (command_id, name, result, at)
		select command_id, name, result, at from command_log_1`);
	db.exec(`drop table event_log_1; drop table command_log_1;`);
	db.exec(LOG_GUARDS);
};

/** A row of the log as stored; the payload still text. */
export interface LogRow {
	readonly seq: number;
	readonly eventId: string;
	readonly stream: string;
	readonly streamSeq: number;
	readonly anchor: string | null;
	readonly cause: string | null;
	readonly opensTurn: boolean;
	readonly batch: number;
	readonly kind: string;
	readonly v: number;
	readonly payload: string;
	readonly at: number;
	readonly supersededBy: number | null;
}

const flag = z.number().transform(Boolean);

export const logRow = z.object({
	seq: z.number(),
	eventId: z.string(),
	stream: z.string(),
	streamSeq: z.number(),
	anchor: z.string().nullable(),
	cause: z.string().nullable(),
	opensTurn: flag,
	batch: z.number(),
	kind: z.string(),
	v: z.number(),
	payload: z.string(),
	at: z.number(),
	supersededBy: z.number().nullable()
});

/** Up to `limit` log rows after `seq`, oldest first, superseded ones included. */
export const readLog = (db: Sql, seq: number, limit: number): LogRow[] =>
	db
		.all(
			sql`select seq, event_id as eventId, stream, stream_seq as streamSeq, anchor, cause, opens_turn as opensTurn, batch,
				kind, v, payload, at, superseded_by as supersededBy
			from ${eventLog} where seq > ${seq} order by seq limit ${limit}`
		)
		.map((row) => logRow.parse(row));

/** Up to `limit` log rows of a stream after position `streamSeq`, oldest first; superseded ones too, unless `onlyLive`. */
export const readStream = (
	db: Sql,
	stream: string,
	streamSeq: number,
	limit: number,
	onlyLive = false
): LogRow[] =>
	db
		.all(
			sql`select seq, event_id as eventId, stream, stream_seq as streamSeq, anchor, cause, opens_turn as opensTurn, batch,
				kind, v, payload, at, superseded_by as supersededBy
			from ${eventLog} where stream = ${stream} and stream_seq > ${streamSeq} and (not ${onlyLive ? 1 : 0} or superseded_by is null)
			order by stream_seq limit ${limit}`
		)
		.map((row) => logRow.parse(row));

/** Inserts one row. Called by the projector and by nothing else (I2). */
export const insertLogRow = (db: Sql, row: LogRow): void => {
	db.run(
		sql`insert into ${eventLog} (seq, event_id, stream, stream_seq, anchor, cause, opens_turn, batch, kind, v, payload, at,
				superseded_by)
			values (${row.seq}, ${row.eventId}, ${row.stream}, ${row.streamSeq}, ${row.anchor}, ${row.cause},
				${row.opensTurn ? 1 : 0}, ${row.batch}, ${row.kind}, ${row.v}, ${row.payload}, ${row.at},
				${row.supersededBy})`
	);
};
