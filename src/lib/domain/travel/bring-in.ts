// Bringing in: what a file held, made ready in a database beside the library, becomes part of it in one step.
import { arrivedLog, findArrived } from '../kernel/arrival.ts';
import { decided, defineCommand } from '../kernel/command.ts';
import type { EventDraft } from '../kernel/event.ts';
import { eventLog, kernelMeta, recoveryCopy, recoveryEvent } from '../kernel/log.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { libraryId } from '../kernel/retold.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { isHandoffStream, saidElsewhere } from '../desk/said-elsewhere.ts';
import { handoffFiles } from '../desk/sent.ts';
import { handoffHistory, handoffs } from '../desk/handoffs.ts';
import { botAuthored, botRetired } from '../library/bots.ts';
import { youAuthored, youRetired } from '../library/personas.ts';
import { chatStream, LIBRARY } from '../streams.ts';

/**
 * Which stream was made of a file's stream that had this digest: a file that is brought in twice changes nothing, even
 * when what it held became a chat under another id, or was played on since.
 */
export const broughtIn = defineTable(
	'brought_in',
	`	digest text not null primary key,
	stream text not null,
	at integer not null`,
	{ role: 'workspace' }
);

const streamsHere = (read: Read, streams: readonly string[]): string[] =>
	read
		.all(
			z.object({ stream: z.string() }),
			sql`select value as stream from json_each(${JSON.stringify(streams)}) s
				where exists (select 1 from ${eventLog} e where e.stream = s.value)`
		)
		.map(({ stream }) => stream);

/** Numbers that were reserved for it are taken: it was brought in before, and taken out again. */
const numbersTaken = (read: Read): boolean => {
	const range = read.one(
		z.object({ low: z.number().nullable(), high: z.number().nullable() }),
		sql`select min(seq) as low, max(seq) as high from ${arrivedLog}`
	);
	return (
		read.one(
			z.object({ seq: z.number() }),
			sql`select seq from ${eventLog} where seq between ${range?.low ?? null} and ${range?.high ?? null}
				union all
				select seq from ${recoveryEvent} where seq between ${range?.low ?? null} and ${range?.high ?? null} limit 1`
		) !== null
	);
};

const copiesHere = (read: Read, copies: readonly string[]): boolean =>
	read.one(
		z.object({ n: z.number() }),
		sql`select count(*) as n from ${recoveryCopy}
			where copy_id in (select value from json_each(${JSON.stringify(copies)}))`
	)?.n !== 0;

// every kind that says something of one bot or persona among the others
const ITEM_KINDS = [botAuthored, botRetired, youAuthored, youRetired];

/** What arrived of bots and personas, to be said again in the library there is. */
const itemsSaidAgain = (read: Read): EventDraft[] =>
	read
		.all(
			z.object({ kind: z.string(), v: z.number(), payload: z.string() }),
			sql`select kind, v, payload from ${arrivedLog} where stream = ${LIBRARY} and superseded_by is null order by seq`
		)
		.flatMap(({ kind: name, v, payload }) => {
			const kind = ITEM_KINDS.find((one) => one.kind === name);
			return kind === undefined
				? []
				: [
						{
							kind: name,
							stream: LIBRARY,
							anchor: null,
							cause: null,
							payload: kind.revive(JSON.parse(payload), v)
						}
					];
		});

/** What arrived is a file of a hand-off, and no library with hand-offs in it. */
const filed = (read: Read): boolean =>
	read.one(z.object({ n: z.number() }), sql`select count(*) as n from arrived.handoff_files`)?.n !== 0;

const chatOf = (stream: string): string[] =>
	stream.startsWith(chatStream('')) ? [stream.slice(chatStream('').length)] : [];

/**
 * Puts what has arrived into the library: its chats as they are, with their recovery copies; its bots and personas after
 * those that are here, and so what was done elsewhere to hand-offs that are here. Refused when some of it is here by now.
 */
export const bringIn = defineCommand({
	name: 'bring_in',
	input: z.object({}),
	reads: [eventLog, recoveryCopy, recoveryEvent, kernelMeta, handoffs, handoffHistory, handoffFiles],
	notes: [broughtIn, handoffFiles],
	decide: (_, read, world) => {
		const arrived = findArrived(read);
		if (arrived === null) return refuse({ type: 'nothing_arrived' });
		// another library was put in use since: the numbers are not from here
		if (arrived.library !== libraryId(read) || numbersTaken(read)) return refuse({ type: 'here_by_now' });
		const libraryIsHere = streamsHere(read, [LIBRARY]).length > 0;
		// what is here of a hand-off is added to; what is here of a chat is left alone
		const handoffsHere = streamsHere(read, arrived.streams.filter(isHandoffStream));
		const streams = arrived.streams.filter(
			(stream) => (stream !== LIBRARY || !libraryIsHere) && !handoffsHere.includes(stream)
		);
		const acts = saidElsewhere(read, handoffsHere);
		if (acts === null) return refuse({ type: 'act_conflict' });
		if (streamsHere(read, streams).length > 0 || copiesHere(read, arrived.copies))
			return refuse({ type: 'here_by_now' });
		const items = libraryIsHere ? itemsSaidAgain(read) : [];
		const onlyActs = streams.length === 0 && arrived.copies.length === 0 && items.length === 0;
		return decided({
			changes: [{ kind: 'adopt', streams, copies: arrived.copies }],
			// others may act on a hand-off by now: it is not taken back with a key
			background: (arrived.streams.some(isHandoffStream) && filed(read)) || onlyActs,
			events: [...items, ...acts],
			notes: [
				sql`insert or replace into ${handoffFiles} (digest, handoff_id, chat_id, kind, key, name, sent_at, at)
					select digest, handoff_id, chat_id, kind, key, name, sent_at, ${world.now} from arrived.handoff_files`,
				sql`insert or replace into ${broughtIn} (digest, stream, at)
					select digest, stream, ${world.now} from arrived.brought_in`
			],
			value: { chats: streams.flatMap(chatOf) }
		});
	}
});

/** Of streams in files, known by their digests: those that were brought in before and are still here, and as what. */
export const broughtInBefore = defineQuery({
	name: 'brought_in',
	input: z.object({ digests: z.array(z.string()).max(10_000) }),
	reads: [broughtIn, eventLog],
	answer: (read, { digests }) =>
		read.all(
			z.object({ digest: z.string(), stream: z.string() }),
			sql`select digest, stream from ${broughtIn} b
				where digest in (select value from json_each(${JSON.stringify(digests)}))
					and exists (select 1 from ${eventLog} e where e.stream = b.stream) order by digest`
		)
});
