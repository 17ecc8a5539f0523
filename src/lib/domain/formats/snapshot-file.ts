// What stands in a .stet file and in its text form: the manifest, a row of the log, a line (decisions/0016).
import { assets, eventLog, recoveryCopy, recoveryEvent, type LogRow } from '../kernel/log.ts';
import { z } from '../kernel/schema.ts';
import { createTable, sql, type Sql, type SqlRow, type SqlValue } from '../kernel/sql.ts';
import { assetHash } from '../streams.ts';

/** `pragma application_id` of the image: "Stet". */
export const APPLICATION_ID = 0x53746574;

/** The tables of the image that come from the library; besides them there is `manifest (k, v)`. */
export const IMAGE_TABLES = [eventLog, assets, recoveryCopy, recoveryEvent] as const;

/** Makes an empty image: no triggers, and no other tables. */
export const createImage = (db: Sql): void => {
	db.exec(`pragma application_id = ${String(APPLICATION_ID)};
		create table manifest (k text not null primary key, v any) strict, without rowid;`);
	for (const table of IMAGE_TABLES) db.exec(createTable(table));
};

const count = z.number().int().nonnegative();
const position = z.number().int().positive();

const heads = z.record(z.string(), z.tuple([count, count]));

/** What a file says about itself. Nobody has to believe it: everything in it but `at` and `title` can be worked out. */
export const manifestShape = z.object({
	holds: z.enum(['library', 'chat']),
	/** Format of the file as a whole (`FILE_FORMAT`), and version of the projections `stateDigest` was made of. */
	format: position,
	projectionVersion: position,
	app: z.literal('stet'),
	/** Milliseconds since 1970 UTC. */
	at: count,
	/** Title of the chat; empty for a library. */
	title: z.string(),
	/** The chat's stream; null for a library. */
	stream: z.string().nullable(),
	/** False for a recovery copy of which something is gone or damaged. */
	complete: z.boolean(),
	chats: count,
	turns: count,
	events: count,
	bots: count,
	yous: count,
	pictures: count,
	copies: count,
	/** Stream → position of its newest event in it, and how many events it has. */
	heads,
	/** `digestOfStreams` of the log: every stream with its own, superseded events too. */
	logDigest: z.string(),
	/** `digestOfState` of all projection tables, folded from the log; empty when that could not be done. */
	stateDigest: z.string()
});

export type Manifest = z.output<typeof manifestShape>;

const KEYS: Readonly<Record<keyof Manifest, string>> = {
	holds: 'holds',
	format: 'format',
	projectionVersion: 'projection_version',
	app: 'app',
	at: 'at',
	title: 'title',
	stream: 'stream',
	complete: 'complete',
	chats: 'chats',
	turns: 'turns',
	events: 'events',
	bots: 'bots',
	yous: 'yous',
	pictures: 'pictures',
	copies: 'copies',
	heads: 'heads',
	logDigest: 'log_digest',
	stateDigest: 'state_digest'
};

/** Writes the manifest into an image, in place of one that is there. */
export const writeManifest = (db: Sql, manifest: Manifest): void => {
	const cells: Readonly<Record<keyof Manifest, SqlValue>> = {
		...manifest,
		complete: manifest.complete ? 1 : 0,
		heads: JSON.stringify(manifest.heads)
	};
	for (const key of Object.keys(KEYS) as (keyof Manifest)[])
		db.run({ text: 'insert or replace into manifest (k, v) values (?, ?)', values: [KEYS[key], cells[key]] });
};

/**
 * The manifest of an image, from the rows `k, v` of its table. Keys that are not known are left out of account. Gives the
 * parse's outcome, whose error names what is missing or wrong. Read `format` first: a newer file may look otherwise.
 */
export const readManifest = (rows: readonly SqlRow[]): z.ZodSafeParseResult<Manifest> => {
	const found = new Map(rows.map((row) => [row['k'], row['v']]));
	const cell = (key: keyof Manifest): unknown => found.get(KEYS[key]);
	return manifestShape.safeParse({
		...Object.fromEntries((Object.keys(KEYS) as (keyof Manifest)[]).map((key) => [key, cell(key)])),
		complete: cell('complete') === 1,
		heads: parsed(cell('heads'))
	});
};

/** The format a manifest's rows name, null when they name none. */
export const formatOf = (rows: readonly SqlRow[]): number | null => {
	const format = rows.find((row) => row['k'] === KEYS.format)?.['v'];
	return typeof format === 'number' ? format : null;
};

const parsed = (text: unknown): unknown => {
	if (typeof text !== 'string') return undefined;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
};

const isJson = (text: string): boolean => parsed(text) !== undefined;

/** A row of the log as it comes from a file that somebody gave us: positions in range, the payload readable as JSON. */
export const fileRow = z.object({
	seq: position,
	eventId: z.string().min(1).max(200),
	stream: z.string().min(1).max(200),
	streamSeq: position,
	anchor: z.string().min(1).max(200).nullable(),
	cause: z.string().min(1).max(200).nullable(),
	opensTurn: z.union([z.literal(0), z.literal(1)]).transform((flag) => flag === 1),
	batch: position,
	kind: z.string().min(1).max(200),
	v: position,
	payload: z.string().refine(isJson, 'is not JSON'),
	at: count,
	supersededBy: position.nullable()
}) satisfies z.ZodType<LogRow>;

/** First line of the text form. Recovery copies are not in it, and `copies` is 0. */
export const manifestLine = manifestShape.extend({ stet: z.literal('manifest') });

/** An event as a line. Numbers that mean nothing outside the library it comes from, `seq` and `batch`, are left out. */
export const eventLine = z.object({
	stet: z.literal('event'),
	stream: z.string().min(1).max(200),
	streamSeq: position,
	eventId: z.string().min(1).max(200),
	kind: z.string().min(1).max(200),
	v: position,
	at: count,
	anchor: z.string().min(1).max(200).nullable(),
	cause: z.string().min(1).max(200).nullable(),
	opensTurn: z.boolean(),
	/** The position, in the same stream, of the event that took the place; null = live. */
	supersededBy: position.nullable(),
	payload: z.unknown(),
	/** Instead of a payload: what stood there and is no JSON. Only in a recovery copy that was damaged. */
	damaged: z.string().optional()
});

/** A picture as a line, after all events. */
export const pictureLine = z.object({
	stet: z.literal('picture'),
	hash: assetHash,
	mediaType: z.string(),
	base64: z.string()
});

/** Any line of the text form, told apart by `stet`. */
export const fileLine = z.discriminatedUnion('stet', [manifestLine, eventLine, pictureLine]);

export type EventLine = z.output<typeof eventLine>;
export type PictureLine = z.output<typeof pictureLine>;

/** The manifest as a line, without the line break. */
export const lineOfManifest = (manifest: Manifest): string =>
	JSON.stringify({ stet: 'manifest', ...manifest });

/**
 * A row as a line, without the line break. `superseder`: the position in its stream of the event the row's `supersededBy`
 * names; null for a live row.
 */
export const lineOfRow = (row: LogRow, superseder: number | null): string => {
	const payload = parsed(row.payload);
	return JSON.stringify({
		stet: 'event',
		stream: row.stream,
		streamSeq: row.streamSeq,
		eventId: row.eventId,
		kind: row.kind,
		v: row.v,
		at: row.at,
		anchor: row.anchor,
		cause: row.cause,
		opensTurn: row.opensTurn,
		supersededBy: superseder,
		...(payload === undefined ? { payload: null, damaged: row.payload } : { payload })
	} satisfies EventLine);
};

/** A picture as a line, without the line break. */
export const lineOfPicture = (picture: Omit<PictureLine, 'stet'>): string =>
	JSON.stringify({ stet: 'picture', ...picture } satisfies PictureLine);

/**
 * The row of a line. `seq`: the row's number from now on, rising from line to line; it is its batch too. `superseder`: the
 * seq given to the line that `supersededBy` names. A damaged one's payload is the text that is no JSON: `fileRow` refuses it.
 */
export const rowOfLine = (line: EventLine, seq: number, superseder: number | null): LogRow => ({
	seq,
	eventId: line.eventId,
	stream: line.stream,
	streamSeq: line.streamSeq,
	anchor: line.anchor,
	cause: line.cause,
	opensTurn: line.opensTurn,
	batch: seq,
	kind: line.kind,
	v: line.v,
	payload: line.damaged ?? JSON.stringify(line.payload),
	at: line.at,
	supersededBy: superseder
});

/** The columns of an event's row under the names of {@link fileRow}, for a select. Names nothing but columns. */
export const ROW_COLUMNS =
	'seq, event_id as eventId, stream, stream_seq as streamSeq, anchor, cause, opens_turn as opensTurn, batch, kind, v, payload, at, superseded_by as supersededBy';

/** Puts a picture into an image, once. */
export const writePicture = (
	db: Sql,
	picture: { readonly hash: string; readonly mediaType: string; readonly bytes: Uint8Array }
): void => {
	db.run(
		sql`insert into ${assets} (hash, media_type, bytes) values (${picture.hash}, ${picture.mediaType}, ${picture.bytes})
			on conflict (hash) do nothing`
	);
};
