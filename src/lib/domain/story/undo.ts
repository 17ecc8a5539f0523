// Undo: takes back the last thing that was done in this tab, whatever it was, and says what.
import { decided, defineCommand, type World } from '../kernel/command.ts';
import { commandLog, eventLog, recoveryCopy, recoveryEvent } from '../kernel/log.ts';
import type { LogChange, TakesBack } from '../kernel/log-change.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { findCopy, isIntact, standingOf } from '../kernel/recovery.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Statement } from '../kernel/sql.ts';
import { chatStream, idOfStream, LIBRARY } from '../streams.ts';
import { chatCreated, chats } from './chats.ts';
import { composers } from './composers.ts';
import { allOf, interjectionsTo } from './interjections.ts';
import { meanwhileEnded, meanwhileStarted } from './meanwhile-scenes.ts';
import { guestJoined, guestLeft } from './people.ts';
import { deletingChat } from './recover.ts';
import { replyJobs, unfinishedReply } from './reply-jobs.ts';
import { SUMMING_UP, summingUp } from './summing-up.ts';
import { narratorTurn, userTurn } from './turns.ts';
import { undone } from './undone.ts';

const doneRow = z.object({
	commandId: z.string(),
	name: z.string(),
	at: z.number(),
	batch: z.number(),
	takesBack: z.string().transform((json) => takesBack.parse(JSON.parse(json)))
});

const takesBack = z.object({
	first: z.number(),
	last: z.number(),
	copyId: z.string().nullable(),
	created: z.string().nullable(),
	// not in what was kept before files could be brought in
	arrived: z
		.object({ streams: z.array(z.string()), copies: z.array(z.string()) })
		.nullable()
		.default(null),
	restored: z.array(z.object({ seq: z.number(), by: z.number() }))
}) satisfies z.ZodType<TakesBack>;

type Done = z.output<typeof doneRow>;

/** The newest command of a tab that changed the log and was not undone. */
const lastDone = (read: Read, tab: string): Done | null =>
	read.one(
		doneRow,
		sql`select command_id as commandId, name, at, batch, takes_back as takesBack from ${commandLog}
			where tab = ${tab} and batch is not null and undone = 0 order by batch desc limit 1`
	);

const writtenRow = z.object({
	seq: z.number(),
	stream: z.string(),
	anchor: z.string().nullable(),
	kind: z.string(),
	opensTurn: z.number().transform(Boolean),
	payload: z.string(),
	supersededBy: z.number().nullable()
});

/** The events a command wrote that are still in the log, oldest first. */
const writtenBy = (read: Read, { takesBack: { first, last } }: Done) =>
	read.all(
		writtenRow,
		sql`select seq, stream, anchor, kind, opens_turn as opensTurn, payload, superseded_by as supersededBy
			from ${eventLog} where seq >= ${first} and seq <= ${last} order by seq`
	);

/** The first event of a chat a command made, and turns that were played in it since. */
const writtenInto = (read: Read, stream: string) =>
	read.all(
		writtenRow,
		sql`select seq, stream, anchor, kind, opens_turn as opensTurn, payload, superseded_by as supersededBy
			from ${eventLog} where stream = ${stream} and stream_seq = 1`
	);

/** The chat a stream is; null where it is none. */
const chatOf = (stream: string): string | null =>
	stream.startsWith(chatStream('')) ? idOfStream(stream) : null;

const tab = z.string().min(1).max(100);

/** What {@link undoLast} would take back for a tab; null when there is nothing, or it is not there any more. */
export const undoable = defineQuery({
	name: 'undoable',
	input: z.object({ tab }),
	reads: [commandLog, eventLog, recoveryCopy],
	answer: (read, { tab: whose }) => {
		const done = lastDone(read, whose);
		if (done === null) return null;
		const { copyId, created, arrived } = done.takesBack;
		if (arrived !== null)
			return isStillHere(read, arrived.streams) || saidAgain(read, done).length > 0
				? { command: done.name, chatId: null, at: done.at }
				: null;
		const stream =
			copyId !== null
				? findCopy(read, copyId)?.stream
				: (created === null ? writtenBy(read, done) : writtenInto(read, created))[0]?.stream;
		return stream === undefined ? null : { command: done.name, chatId: chatOf(stream), at: done.at };
	}
});

/**
 * Takes back what the tab's last command did to the log: its events are set aside, what it had set aside counts again,
 * what it had cut out comes back. Refused when the story went on since, for then more than that would change.
 */
export const undoLast = defineCommand({
	name: 'undo_last',
	input: z.object({ tab }),
	reads: [commandLog, eventLog, recoveryCopy, recoveryEvent, replyJobs, chats, ...SUMMING_UP],
	notes: [replyJobs, composers, recoveryCopy, recoveryEvent],
	decide: ({ tab: whose }, read, world) => {
		const done = lastDone(read, whose);
		if (done === null) return refuse({ type: 'nothing_to_undo' });
		const { commandId, name, takesBack: more } = done;
		if (more.arrived !== null) return takingOutAgain(read, done, more.arrived, world);

		if (more.copyId !== null) {
			const copy = findCopy(read, more.copyId);
			if (copy === null) return refuse({ type: 'nothing_to_undo' });
			const chatId = chatOf(copy.stream);
			const { blocking, clearing } = unfinishedReply(read, copy.stream);
			if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
			if (standingOf(read, copy) !== 'restore') return refuse({ type: 'story_went_on', chatId });
			if (!isIntact(read, copy)) return refuse({ type: 'copy_incomplete', copyId: copy.copyId });
			return decided({
				changes: [{ kind: 'bring_back', copyId: copy.copyId }],
				notes: clearing,
				undoes: commandId,
				valueFrom: ({ rung }) => ({ command: name, chatId, rung })
			});
		}

		const written = more.created === null ? writtenBy(read, done) : writtenInto(read, more.created);
		const [first] = written;
		if (first === undefined) return refuse({ type: 'nothing_to_undo' });
		const { stream } = first;
		const chatId = chatOf(stream);
		const { blocking, clearing } = unfinishedReply(read, stream);
		if (blocking !== null) return refuse({ type: 'reply_unfinished', chatId, jobId: blocking.jobId });
		if (hasGoneOn(read, stream, written, more) || isUsed(read, stream, written, more))
			return refuse({ type: 'story_went_on', chatId });

		const created = written.find((row) => row.kind === chatCreated.kind);
		if (created !== undefined) {
			const title = chatCreated.named(JSON.parse(created.payload));
			return decided({
				changes: [deletingChat(read, stream, world.newId(), title)],
				notes: clearing,
				undoes: commandId,
				valueFrom: ({ rung }) => ({ command: name, chatId, rung })
			});
		}

		// what turns brought about goes and comes with them, however late it was written
		const seqs = withEffects(read, stream, written);
		const setAside = read
			.all(
				z.object({ seq: z.number() }),
				sql`select seq from ${eventLog} where stream = ${stream}
					and superseded_by in (select value from json_each(${JSON.stringify(seqs)}))`
			)
			.map(({ seq }) => seq);
		if (isLeftAlone(read, stream, setAside)) return refuse({ type: 'story_went_on', chatId });
		const again = more.restored.flatMap(({ seq, by }) => ({ by, rows: rowsOf(read, [seq]) }));
		if (
			again.some(({ rows }) => rows.some((row) => row.supersededBy !== null)) ||
			isReplaced(
				read,
				stream,
				setAside,
				seqs,
				again.flatMap(({ rows }) => rows)
			)
		)
			return refuse({ type: 'story_went_on', chatId });
		const changes: LogChange[] = [
			{ kind: 'supersede', stream, seqs, by: { event: 0 } },
			{ kind: 'restore', stream, seqs: setAside },
			...again.map(({ by, rows }): LogChange => ({
				kind: 'supersede',
				stream,
				seqs: withEffects(read, stream, rows),
				by: { seq: by }
			}))
		];
		// a narrator's may be typed too, but what it says of a skip is not
		const typed = [userTurn.kind, ...(name === 'take_turn' ? [narratorTurn.kind] : [])] as const;
		const words = written.find((row) => typed.some((kind) => kind === row.kind));
		return decided({
			changes,
			events: [undone({ stream, anchor: first.anchor, payload: { command: name } })],
			notes: [
				...(changesWhatIsPlayed([
					...rowsOf(read, [...seqs, ...setAside]),
					...again.flatMap(({ rows }) => rows)
				])
					? clearing
					: []),
				// what was said goes back to where it was typed, unless something else stands there
				...(words === undefined
					? []
					: [
							sql`insert into ${composers} (stream, text) values (${stream}, ${wordsOf(words.payload)})
								on conflict (stream) do nothing`
						])
			],
			undoes: commandId,
			valueFrom: ({ rung }) => ({ command: name, chatId, rung })
		});
	}
});

/** What a chat is called, or a hand-off: by what its facts said first. */
const titleOf = (read: Read, stream: string): string =>
	read.one(
		z.object({ title: z.string().nullable() }),
		sql`select coalesce((select title from ${chats} where stream = ${stream}),
				(select payload ->> '$.facts.title' from ${eventLog} where stream = ${stream} and stream_seq = 1)) as title`
	)?.title ?? '';

const isStillHere = (read: Read, streams: readonly string[]): boolean =>
	read.one(
		z.object({ seq: z.number() }),
		sql`select seq from ${eventLog} where stream in (select value from json_each(${JSON.stringify(streams)})) limit 1`
	) !== null;

/** What a file said of bots and personas. What others did to hand-offs, which came with it, is nobody's to take back here. */
const saidAgain = (read: Read, done: Done) =>
	writtenBy(read, done).filter(({ stream }) => stream === LIBRARY);

/**
 * Takes back what came with a file: its chats go to Recovery, its recovery copies go, and what it said of bots and personas
 * is set aside. Refused when one of them was played, changed or used since.
 */
const takingOutAgain = (
	read: Read,
	done: Done,
	{ streams, copies }: NonNullable<TakesBack['arrived']>,
	world: World
) => {
	const { commandId, name, batch, takesBack: more } = done;
	const here = streams.filter((stream) => stream !== LIBRARY && isStillHere(read, [stream]));
	// what came of bots and personas: said again after those that were here, or all there is where there was none
	const written = streams.includes(LIBRARY)
		? read.all(
				writtenRow,
				sql`select seq, stream, anchor, kind, opens_turn as opensTurn, payload, superseded_by as supersededBy
					from ${eventLog} where stream = ${LIBRARY} and batch < ${batch} and superseded_by is null order by seq`
			)
		: saidAgain(read, done);
	const first = written.reduce((low, { seq }) => Math.min(low, seq), more.first);
	const last = written.reduce((high, { seq }) => Math.max(high, seq), first - 1);
	const clearing: Statement[] = [];
	for (const stream of here) {
		const unfinished = unfinishedReply(read, stream);
		if (unfinished.blocking !== null)
			return refuse({
				type: 'reply_unfinished',
				chatId: chatOf(stream),
				jobId: unfinished.blocking.jobId
			});
		clearing.push(...unfinished.clearing);
		const since = read.one(
			z.object({ seq: z.number() }),
			sql`select seq from ${eventLog} where stream = ${stream} and batch > ${batch} limit 1`
		);
		if (since !== null) return refuse({ type: 'story_went_on', chatId: chatOf(stream) });
	}
	const isGone = !streams.includes(LIBRARY) && hasGoneOn(read, LIBRARY, written, { ...more, last });
	if (isGone || isUsed(read, LIBRARY, written, { ...more, first }, streams))
		return refuse({ type: 'story_went_on', chatId: null });
	return decided({
		changes: [
			...here.map((stream) => deletingChat(read, stream, world.newId(), titleOf(read, stream))),
			...(written.length === 0
				? []
				: [
						{
							kind: 'supersede' as const,
							stream: LIBRARY,
							seqs: written.map(({ seq }) => seq),
							by: { event: 0 }
						}
					])
		],
		events:
			written.length === 0 ? [] : [undone({ stream: LIBRARY, anchor: null, payload: { command: name } })],
		notes: [
			...clearing,
			sql`delete from ${recoveryEvent} where copy_id in (select value from json_each(${JSON.stringify(copies)}))`,
			sql`delete from ${recoveryCopy} where copy_id in (select value from json_each(${JSON.stringify(copies)}))`
		],
		undoes: commandId,
		valueFrom: ({ rung }) => ({ command: name, chatId: null as string | null, rung })
	});
};

const rowsOf = (read: Read, seqs: readonly number[]) =>
	read.all(
		writtenRow,
		sql`select seq, stream, anchor, kind, opens_turn as opensTurn, payload, superseded_by as supersededBy
			from ${eventLog} where seq in (select value from json_each(${JSON.stringify(seqs)}))`
	);

/** What a job plays by, besides turns. */
const PLAYED_BY: readonly string[] = [meanwhileStarted, meanwhileEnded, guestJoined, guestLeft].map(
	({ kind }) => kind
);

/** Whether a job that looks for what a reply brought about has nothing to look at any more, or something else. */
const changesWhatIsPlayed = (rows: readonly z.output<typeof writtenRow>[]): boolean =>
	rows.some(({ opensTurn, kind }) => opensTurn || PLAYED_BY.includes(kind));

/** The turns that rows open. */
const openedBy = (rows: readonly z.output<typeof writtenRow>[]): readonly string[] =>
	rows.flatMap((row) => (row.opensTurn && row.anchor !== null ? [row.anchor] : []));

/** Seqs of rows, of the live effects of turns they open, of what was put in to those, and of what sums up scenes they end. */
const withEffects = (
	read: Read,
	stream: string,
	rows: readonly z.output<typeof writtenRow>[]
): readonly number[] => {
	return [
		...new Set([
			...rows.map((row) => row.seq),
			...allOf(read, stream, openedBy(rows)),
			...summingUp(read, stream, rows)
		])
	];
};

const wordsOf = (payload: string): string => z.object({ text: z.string() }).parse(JSON.parse(payload)).text;

/** Something was built on these events: one of them was set aside or cut meanwhile, or turns follow those they opened. */
const hasGoneOn = (
	read: Read,
	stream: string,
	written: readonly z.output<typeof writtenRow>[],
	{ first, last, created }: Done['takesBack']
): boolean => {
	if (written.some((row) => row.supersededBy !== null)) return true;
	if (created === null && written.length <= last - first) return true;
	const makesRoom = written.some((row) => row.opensTurn || row.kind === chatCreated.kind);
	if (!makesRoom) return false;
	// what was put in to a reply goes with it, and is no going on
	const along = interjectionsTo(read, stream, openedBy(written));
	return (
		read.one(
			z.object({ seq: z.number() }),
			sql`select seq from ${eventLog} where stream = ${stream} and opens_turn = 1 and superseded_by is null
				and seq > ${last} and anchor not in (select value from json_each(${JSON.stringify(along)})) limit 1`
		) !== null
	);
};

/** Another reply stands where one of these would stand again: one chosen, asked for, or kept since. */
const isReplaced = (
	read: Read,
	stream: string,
	restored: readonly number[],
	setAside: readonly number[],
	setAsideAgain: readonly z.output<typeof writtenRow>[]
): boolean => {
	const leaving = new Set([...setAside, ...setAsideAgain.map((row) => row.seq)]);
	return read
		.all(
			z.object({ seq: z.number() }),
			sql`select a.seq from ${eventLog} r join ${eventLog} a on a.stream = r.stream and a.cause = r.cause
				where r.seq in (select value from json_each(${JSON.stringify(restored)})) and r.opens_turn = 1
					and r.cause is not null and a.stream = ${stream} and a.opens_turn = 1 and a.superseded_by is null`
		)
		.some(({ seq }) => !leaving.has(seq));
};

/** One of these events is an effect of a turn that was taken back since, and would not come back with it. */
const isLeftAlone = (read: Read, stream: string, restored: readonly number[]): boolean => {
	const seqs = JSON.stringify(restored);
	return (
		read.one(
			z.object({ seq: z.number() }),
			sql`select e.seq from ${eventLog} e where e.seq in (select value from json_each(${seqs}))
				and e.opens_turn = 0 and e.cause = e.anchor and not exists (select 1 from ${eventLog} t
					where t.anchor = e.anchor and +t.stream = ${stream} and t.opens_turn = 1
						and (t.superseded_by is null or t.seq in (select value from json_each(${seqs}))))
				limit 1`
		) !== null
	);
};

const authored = z.looseObject({ botId: z.string().optional(), youId: z.string().optional() });

/** A bot or persona these events made is played with, or was changed since. */
const isUsed = (
	read: Read,
	stream: string,
	written: readonly z.output<typeof writtenRow>[],
	{ first, last }: Done['takesBack'],
	butFor: readonly string[] = []
): boolean => {
	if (stream !== LIBRARY) return false;
	const ids = written.flatMap((row) => {
		const { botId, youId } = authored.parse(JSON.parse(row.payload));
		return [botId ?? youId ?? []].flat();
	});
	return ids.some((of) => {
		const told = (statement: ReturnType<typeof sql>) =>
			read.one(z.object({ seq: z.number() }), statement) !== null;
		const changedSince = told(
			sql`select seq from ${eventLog} where stream = ${LIBRARY} and seq > ${last} and superseded_by is null
				and ${of} in (payload ->> '$.botId', payload ->> '$.youId') limit 1`
		);
		const madeBefore = told(
			sql`select seq from ${eventLog} where stream = ${LIBRARY} and seq < ${first} and superseded_by is null
				and ${of} in (payload ->> '$.botId', payload ->> '$.youId') limit 1`
		);
		const played = told(
			sql`select 1 as seq from ${chats} where (host_id = ${of} or you_id = ${of})
				and stream not in (select value from json_each(${JSON.stringify(butFor)})) limit 1`
		);
		return changedSince || (!madeBefore && played);
	});
};
