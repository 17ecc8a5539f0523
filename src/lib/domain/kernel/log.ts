// The event log and the other tables of the kernel: who may write a log row is settled here (I2).
import { z } from './schema.ts';
import { createTable, defineTable, sql, type Sql } from './sql.ts';

/**
 * Append-only. `seq` is never reused; `superseded_by` null = live, the only column that may change; `cause` and
 * `anchor` are turn ids (I6); `batch` groups what one command wrote.
 */
export const eventLog = defineTable(
	'event_log',
	`	seq integer primary key,
	event_id text not null unique,
	stream text not null,
	stream_seq integer not null,
	anchor text,
	batch integer not null,
	kind text not null,
	v integer not null,
	payload text not null check (json_valid(payload)),
	at integer not null,
	cause text,
	superseded_by integer,
	unique (stream, stream_seq)`,
	{
		role: 'log',
		withoutRowid: false,
		indexes: {
			event_log_live: '(stream, seq) where superseded_by is null',
			event_log_cause: '(stream, cause) where cause is not null',
			event_log_anchor: '(stream, anchor, seq)'
		}
	}
);

/** How far each stream is folded. `partial` = it holds kinds this version does not know, kept and skipped. */
export const streamHead = defineTable(
	'stream_head',
	`	stream text not null primary key,
	stream_seq integer not null,
	seq integer not null,
	partial integer not null default 0 check (partial in (0, 1))`
);

/** First results of commands, so that one sent again is applied once (I7). */
export const commandLog = defineTable(
	'command_log',
	`	command_id text not null primary key,
	name text not null,
	result text not null check (json_valid(result)),
	at integer not null`,
	{ role: 'log' }
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

export const KERNEL_TABLES = [eventLog, streamHead, commandLog, assets, kernelMeta] as const;

const LOG_GUARDS = `
create trigger event_log_is_append_only before update of
	seq, event_id, stream, stream_seq, anchor, batch, kind, v, payload, at, cause on event_log
begin select raise(abort, 'event_log: a row never changes'); end;
create trigger event_log_keeps_everything before delete on event_log
begin select raise(abort, 'event_log: a row is never deleted'); end;
`;

export const createKernelTables = (db: Sql): void => {
	for (const table of KERNEL_TABLES) db.exec(createTable(table));
	db.exec(LOG_GUARDS);
};

/** A row of the log as stored; the payload still text. */
export interface LogRow {
	readonly seq: number;
	readonly eventId: string;
	readonly stream: string;
	readonly streamSeq: number;
	readonly anchor: string | null;
	readonly batch: number;
	readonly kind: string;
	readonly v: number;
	readonly payload: string;
	readonly at: number;
	readonly cause: string | null;
	readonly supersededBy: number | null;
}

const logRow = z.object({
	seq: z.number(),
	eventId: z.string(),
	stream: z.string(),
	streamSeq: z.number(),
	anchor: z.string().nullable(),
	batch: z.number(),
	kind: z.string(),
	v: z.number(),
	payload: z.string(),
	at: z.number(),
	cause: z.string().nullable(),
	supersededBy: z.number().nullable()
});

/** Up to `limit` log rows after `seq`, oldest first, superseded ones included. */
export const readLog = (db: Sql, seq: number, limit: number): LogRow[] =>
	db
		.all(
			sql`select seq, event_id as eventId, stream, stream_seq as streamSeq, anchor, batch, kind, v, payload, at, cause,
				superseded_by as supersededBy from ${eventLog} where seq > ${seq} order by seq limit ${limit}`
		)
		.map((row) => logRow.parse(row));

/** Inserts one row. Called by the projector's `appendAndApply` and by nothing else (I2). */
export const insertLogRow = (db: Sql, row: Omit<LogRow, 'supersededBy'>): void => {
	db.run(
		sql`insert into ${eventLog} (seq, event_id, stream, stream_seq, anchor, batch, kind, v, payload, at, cause)
			values (${row.seq}, ${row.eventId}, ${row.stream}, ${row.streamSeq}, ${row.anchor}, ${row.batch}, ${row.kind},
				${row.v}, ${row.payload}, ${row.at}, ${row.cause})`
	);
};
