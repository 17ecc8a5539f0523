// What a file is made of, page by page: every event, copy and picture, and how to notice that the past changed meanwhile.
import { FILE_FORMAT } from '../kernel/app.ts';
import { digestOfTexts } from '../kernel/checksum.ts';
import { assets, eventLog, kernelMeta, logRow, recoveryCopy, recoveryEvent } from '../kernel/log.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { findCopy, isWhole, rowsBeforeCut } from '../kernel/recovery.ts';
import { libraryId, retoldSince, timesRetold } from '../kernel/retold.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { bots } from '../library/bots.ts';
import { yous } from '../library/personas.ts';
import { chats } from '../story/chats.ts';
import { storyNow } from '../story/story-now.ts';
import { id, LIBRARY } from '../streams.ts';

/** The most rows of one page. */
const PAGE_ROWS = 2000;

const limit = z.number().int().min(1).max(PAGE_ROWS);
const streamName = z.string().min(1).max(200);
const countRow = z.object({ n: z.number() });

const count = (read: Read, statement: ReturnType<typeof sql>): number =>
	read.one(countRow, statement)?.n ?? 0;

/** What the library holds, in numbers. `retold` as in {@link logRows}. */
export const holdings = defineQuery({
	name: 'holdings',
	input: z.object({}),
	reads: [eventLog, recoveryCopy, assets, bots, yous, chats, storyNow, kernelMeta],
	answer: (read) => ({
		format: FILE_FORMAT,
		chats: count(read, sql`select count(*) as n from ${chats}`),
		turns: count(read, sql`select coalesce(sum(turns), 0) as n from ${storyNow}`),
		events: count(read, sql`select count(*) as n from ${eventLog}`),
		bots: count(read, sql`select count(*) as n from ${bots} where stream = ${LIBRARY} and retired = 0`),
		yous: count(read, sql`select count(*) as n from ${yous} where stream = ${LIBRARY} and retired = 0`),
		pictures: count(read, sql`select count(*) as n from ${assets}`),
		copies: count(read, sql`select count(*) as n from ${recoveryCopy}`),
		...whence(read)
	})
});

/** Every stream of the log, and how long it is. */
export const streams = defineQuery({
	name: 'streams',
	input: z.object({}),
	reads: [eventLog],
	answer: (read) =>
		read.all(
			z.object({ stream: z.string(), events: z.number(), lastStreamSeq: z.number() }),
			sql`select stream, count(*) as events, max(stream_seq) as lastStreamSeq from ${eventLog}
				group by stream order by stream`
		)
});

/** A page of the whole log, in its order, after `after` (a seq). `retold` rises when any past is changed. */
export const logRows = defineQuery({
	name: 'log_rows',
	input: z.object({ after: z.number().int().min(0), limit }),
	reads: [eventLog, kernelMeta],
	answer: (read, { after, limit: most }) => ({
		rows: read.all(
			logRow,
			sql`select seq, event_id as eventId, stream, stream_seq as streamSeq, anchor, cause, opens_turn as opensTurn, batch,
					kind, v, payload, at, superseded_by as supersededBy
				from ${eventLog} where seq > ${after} order by seq limit ${most}`
		),
		...whence(read)
	})
});

/** A page of one stream, in its order, after `after` (a position in the stream). */
export const streamRows = defineQuery({
	name: 'stream_rows',
	input: z.object({ stream: streamName, after: z.number().int().min(0), limit }),
	reads: [eventLog, kernelMeta],
	stream: ({ stream }) => stream,
	answer: (read, { stream, after, limit: most }) => ({
		rows: read.all(
			logRow,
			sql`select seq, event_id as eventId, stream, stream_seq as streamSeq, anchor, cause, opens_turn as opensTurn, batch,
					kind, v, payload, at, superseded_by as supersededBy
				from ${eventLog} where stream = ${stream} and stream_seq > ${after} order by stream_seq limit ${most}`
		),
		...whence(read)
	})
});

/** The streams whose past was changed since `retold` was `since`. */
export const retold = defineQuery({
	name: 'retold',
	input: z.object({ since: z.number().int().min(0) }),
	reads: [kernelMeta],
	answer: (read, { since }) => ({ streams: retoldSince(read, since), ...whence(read) })
});

/** Every recovery copy as it is stored; `baseMarks` and `strangers` are JSON. */
export const keptCopies = defineQuery({
	name: 'kept_copies',
	input: z.object({}),
	reads: [recoveryCopy, kernelMeta],
	answer: (read) => ({
		copies: read.all(
			z.object({
				copyId: z.string(),
				stream: z.string(),
				kind: z.string(),
				title: z.string(),
				at: z.number(),
				turns: z.number(),
				events: z.number(),
				bytes: z.number(),
				digest: z.string(),
				cutSeq: z.number(),
				baseTurns: z.number(),
				baseMarks: z.string(),
				strangers: z.string()
			}),
			sql`select copy_id as copyId, stream, kind, title, at, turns, events, bytes, digest, cut_seq as cutSeq,
					base_turns as baseTurns, base_marks as baseMarks, strangers
				from ${recoveryCopy} order by cut_seq`
		),
		...whence(read)
	})
});

/** A page of a recovery copy's events, after `after` (a seq). */
export const copyRows = defineQuery({
	name: 'copy_rows',
	input: z.object({ copyId: id, after: z.number().int().min(0), limit }),
	reads: [recoveryEvent],
	answer: (read, { copyId, after, limit: most }) =>
		read.all(
			logRow,
			sql`select seq, event_id as eventId, stream, stream_seq as streamSeq, anchor, cause, opens_turn as opensTurn, batch,
					kind, v, payload, at, superseded_by as supersededBy
				from ${recoveryEvent} where copy_id = ${copyId} and seq > ${after} order by seq limit ${most}`
		)
});

/** The whole chat of a recovery copy as it was before the cut, or what is left of it (`complete` false). */
export const copyWhole = defineQuery({
	name: 'copy_whole',
	input: z.object({ copyId: id }),
	reads: [recoveryCopy, recoveryEvent, eventLog],
	answer: (read, { copyId }) => {
		const copy = findCopy(read, copyId);
		if (copy === null) return null;
		return {
			title: copy.title,
			at: copy.at,
			stream: copy.stream,
			complete: isWhole(read, copy),
			rows: [...rowsBeforeCut(read, copyId)]
		};
	}
});

/** Every picture, without its bytes. */
export const pictures = defineQuery({
	name: 'pictures',
	input: z.object({}),
	reads: [assets],
	answer: (read) =>
		read.all(
			z.object({ hash: z.string(), mediaType: z.string(), bytes: z.number() }),
			sql`select hash, media_type as mediaType, length(bytes) as bytes from ${assets} order by hash`
		)
});

/** What a page is of: rows read with another `library`, or before `retold` rose, may not be so any more. */
const whence = (read: Read) => ({ retold: timesRetold(read), library: libraryId(read) });

const item = z.object({
	type: z.enum(['bot', 'you']),
	id: z.string(),
	name: z.string(),
	retired: z.number().transform(Boolean),
	state: z.string()
});

/** Every bot and persona, retired ones too. `digest` is the same for two that were written alike, whenever that was. */
export const items = defineQuery({
	name: 'items',
	input: z.object({}),
	reads: [bots, yous],
	stream: () => LIBRARY,
	answer: (read) =>
		read
			.all(
				item,
				sql`select 'bot' as type, bot_id as id, name, retired,
						json_array(name, tagline, description, scenario, greeting, examples, avatar, retired) as state
					from ${bots} where stream = ${LIBRARY}
					union all
					select 'you', you_id, name, retired, json_array(name, description, avatar, retired)
					from ${yous} where stream = ${LIBRARY} order by type, id`
			)
			.map(({ state, ...of }) => ({ ...of, digest: digestOfTexts([state]) }))
});
