// What bringing a file in would do to the library that is here: which chats are new, the same, or apart, and what is in conflict.
import { createLogDigest } from '../../domain/kernel/digest.ts';
import { logRow, readStream, type LogRow } from '../../domain/kernel/log.ts';
import { z } from '../../domain/kernel/schema.ts';
import { chatStream, handoffStream, LIBRARY } from '../../domain/streams.ts';
import type { FileReport, Holds, TravelPort } from '../travel-protocol.ts';
import type { CheckedCopy } from './checks.ts';
import type { Errand } from './errand.ts';
import { asked, type FileStream, type Looked } from './look-in.ts';

const PAGE_ROWS = 1000;
const DIGESTS_AT_ONCE = 1000;

/** `apart`: here with another past, so it comes under another name. */
type Fate = 'new' | 'same' | 'apart';

/** A stream of the file other than the library of bots and personas. */
export interface PlannedStream extends FileStream {
	readonly fate: Fate;
	/** For `same`: the stream here that it is. */
	readonly hereAs: string;
}

export interface PlannedItem {
	readonly type: 'bot' | 'you';
	readonly id: string;
	readonly name: string;
	readonly retired: boolean;
	readonly fate: 'new' | 'same' | 'conflict';
	/** For `same`: the id it has here. */
	readonly hereAs: string;
	readonly nameHere: string;
}

export interface Plan {
	readonly report: FileReport;
	readonly streams: readonly PlannedStream[];
	readonly items: readonly PlannedItem[];
	/** There is a library of bots and personas here, to which those of the file are added. */
	readonly libraryIsHere: boolean;
	/** Recovery copies that come. Those of chats that are apart get ids of their own where these are taken. */
	readonly copies: readonly CheckedCopy[];
	/** Of recovery copies here. */
	readonly copiesHere: ReadonlySet<string>;
	/** Streams here, and those that only recovery copies here are of. */
	readonly streamsHere: ReadonlySet<string>;
	readonly titlesHere: ReadonlySet<string>;
	/** Hashes of pictures that are not here. */
	readonly pictures: readonly string[];
	/** Id of the library file it was compared with: numbers reserved in another mean nothing in this one. */
	readonly library: string;
	/** Changes whenever anything here did. */
	readonly standing: string;
}

const count = z.number();
const holds = z.object({
	chats: count,
	turns: count,
	events: count,
	bots: count,
	yous: count,
	pictures: count,
	copies: count
});
const holdingsHere = holds.extend({ retold: count, library: z.string() });
const streamsHere = z.array(z.object({ stream: z.string(), events: z.number(), lastStreamSeq: z.number() }));
const itemsHere = z.array(
	z.object({
		type: z.enum(['bot', 'you']),
		id: z.string(),
		name: z.string(),
		retired: z.boolean(),
		digest: z.string()
	})
);
const copiesHere = z.object({ copies: z.array(z.object({ copyId: z.string(), stream: z.string() })) });
const picturesHere = z.array(z.object({ hash: z.string() }));
const homeHere = z.array(z.object({ chatId: z.string(), title: z.string(), turns: z.number() }));
const broughtHere = z.array(z.object({ digest: z.string(), stream: z.string() }));
// as the log worker gives them: flags are true or false by now
const pageHere = z.object({ rows: z.array(logRow.extend({ opensTurn: z.boolean() })) });

/** What tells whether anything here changed: every change of the log adds an event or tells a past anew. */
export const standingOf = async (
	port: TravelPort
): Promise<{ readonly here: Holds; readonly library: string; readonly standing: string }> => {
	const { retold, library, ...here } = holdingsHere.parse(await port.ask('holdings', {}));
	return { here, library, standing: JSON.stringify([here, retold, library]) };
};

/** What of a row never changes, and has no number or name of its own. */
const said = (row: LogRow): string =>
	JSON.stringify([row.streamSeq, row.anchor, row.cause, row.opensTurn, row.kind, row.v, row.payload, row.at]);

/** Whether all of the file's stream is here, and the stream here is that or went on from it. */
const isHere = async (looked: Looked, file: FileStream, events: number, port: TravelPort, errand: Errand) => {
	if (events < file.events) return false;
	const digest = createLogDigest();
	const mine = async function* (): AsyncGenerator<LogRow> {
		for (let after = 0; ;) {
			await errand.pause();
			const answer = await port.ask('stream_rows', { stream: file.stream, after, limit: PAGE_ROWS });
			const { rows } = pageHere.parse(answer);
			yield* rows;
			const last = rows.at(-1);
			if (last === undefined || rows.length < PAGE_ROWS) return;
			after = last.streamSeq;
		}
	};
	const here = mine();
	for (let after = 0; ;) {
		const theirs = readStream(looked.db, file.stream, after, PAGE_ROWS);
		for (const row of theirs) {
			const next = await here.next();
			if (next.done === true || said(next.value) !== said(row)) return false;
			digest.add(next.value);
		}
		const last = theirs.at(-1);
		if (last === undefined) break;
		after = last.streamSeq;
	}
	const more = await here.next();
	// what went on may have set aside what was before; what did not go on has to be the same in that too
	return more.done !== true || digest.digest() === file.digest;
};

const broughtBefore = async (
	port: TravelPort,
	streams: readonly FileStream[]
): Promise<Map<string, string>> => {
	const known = new Map<string, string>();
	for (let from = 0; from < streams.length; from += DIGESTS_AT_ONCE) {
		const digests = streams.slice(from, from + DIGESTS_AT_ONCE).map(({ digest }) => digest);
		for (const { digest, stream } of broughtHere.parse(await port.ask('brought_in', { digests })))
			known.set(digest, stream);
	}
	return known;
};

/** It shows somewhere: as a chat, or as one that this version cannot show whole. */
const shows = ({ title, unknownKinds }: FileStream): boolean => title !== null || unknownKinds.length > 0;

const planCopies = (
	looked: Looked,
	streams: readonly PlannedStream[],
	here: ReadonlySet<string>
): CheckedCopy[] => {
	const fates = new Map(streams.map(({ stream, fate }) => [stream, fate]));
	const known = new Set(looked.copies.filter(({ copyId }) => here.has(copyId)).map(({ stream }) => stream));
	return looked.copies.filter(({ stream, copyId }) => {
		const fate = fates.get(stream);
		// of a deleted chat: all or nothing, lest the copies of two pasts are mixed
		if (fate === undefined) return !known.has(stream);
		return fate === 'apart' || (fate === 'new' && !here.has(copyId));
	});
};

/** Compares what was read with what is here, and says in a report what would come of it. */
export const planArrival = async (looked: Looked, port: TravelPort, errand: Errand): Promise<Plan> => {
	const { manifest } = looked;
	const { here, library, standing } = await standingOf(port);
	const eventsHere = new Map(
		streamsHere.parse(await port.ask('streams', {})).map(({ stream, events }) => [stream, events])
	);
	const copies = copiesHere.parse(await port.ask('kept_copies', {})).copies;
	const home = [
		...homeHere.parse(await port.ask('home', { archived: false })),
		...homeHere.parse(await port.ask('home', { archived: true }))
	];
	const turnsHere = new Map(home.map(({ chatId, turns }) => [chatStream(chatId), turns]));
	const mine = itemsHere.parse(await port.ask('items', {}));
	const held = new Set(picturesHere.parse(await port.ask('pictures', {})).map(({ hash }) => hash));

	const others = looked.streams.filter(({ stream }) => stream !== LIBRARY);
	const before = await broughtBefore(port, others);
	const streams: PlannedStream[] = [];
	for (const file of others) {
		const events = eventsHere.get(file.stream);
		const same = events !== undefined && (await isHere(looked, file, events, port, errand));
		const hereAs = same ? file.stream : before.get(file.digest);
		const fate = hereAs !== undefined ? 'same' : events === undefined ? 'new' : 'apart';
		streams.push({ ...file, fate, hereAs: hereAs ?? file.stream });
		errand.tell('verifying', streams.length, others.length);
		await errand.pause();
	}

	const items = asked(looked.app, 'items', {}).map((item): PlannedItem => {
		const own = mine.find(({ type, id }) => type === item.type && id === item.id);
		// one that was in conflict before may have been kept beside the other, under an id of its own
		const alike =
			own === undefined || own.digest === item.digest
				? own
				: mine.find(({ type, digest }) => type === item.type && digest === item.digest);
		return {
			type: item.type,
			id: item.id,
			name: item.name,
			retired: item.retired,
			fate: alike !== undefined ? 'same' : own === undefined ? 'new' : 'conflict',
			hereAs: alike?.id ?? item.id,
			nameHere: own?.name ?? ''
		};
	});

	const copiesIds = new Set(copies.map(({ copyId }) => copyId));
	const coming = planCopies(looked, streams, copiesIds);
	const pictures = looked.pictures.filter((hash) => !held.has(hash));
	const shown = streams.filter(shows);
	const told = ({ title, turns }: PlannedStream) => ({ title: title ?? '', turns });
	const of = (fate: Fate) => shown.filter((stream) => stream.fate === fate);
	const named = (type: 'bot' | 'you', fate: PlannedItem['fate']) =>
		items.filter((item) => item.type === type && item.fate === fate);
	const adds = {
		chats: of('new').map(told),
		bots: named('bot', 'new').map(({ name }) => name),
		yous: named('you', 'new').map(({ name }) => name),
		pictures: pictures.length,
		copies: coming.length,
		handoffs: streams.filter(({ stream, fate }) => stream.startsWith(handoffStream('')) && fate !== 'same')
			.length
	};
	const conflicts = items
		.filter(({ fate }) => fate === 'conflict')
		.map(({ type, id, name, nameHere }) => ({ type, id, name, nameHere }));
	const apart = of('apart').map((stream) => ({
		...told(stream),
		turnsHere: turnsHere.get(stream.stream) ?? 0
	}));
	const nothing =
		adds.chats.length + adds.bots.length + adds.yous.length + adds.copies + adds.handoffs === 0 &&
		apart.length + conflicts.length === 0;
	const found = holds.parse(asked(looked.app, 'holdings', {}));
	// as many of each, and nothing new or otherwise: it is what is here
	const isTheSame = nothing && JSON.stringify(found) === JSON.stringify(here);
	return {
		report: {
			kind: manifest.holds,
			format: looked.format,
			encrypted: looked.encrypted,
			title: manifest.title,
			at: manifest.at,
			holds: found,
			adds,
			same: {
				chats: of('same').length,
				bots: named('bot', 'same').length,
				yous: named('you', 'same').length
			},
			apart,
			conflicts,
			partial: streams
				.filter(({ unknownKinds }) => unknownKinds.length > 0)
				.map(({ title, unknownKinds }) => ({ title: title ?? '', kinds: unknownKinds })),
			nothing,
			mayReplace: manifest.holds === 'library' && here.events > 0 && !isTheSame,
			here
		},
		streams,
		items,
		libraryIsHere: eventsHere.has(LIBRARY),
		copies: coming,
		copiesHere: copiesIds,
		streamsHere: new Set([...eventsHere.keys(), ...copies.map(({ stream }) => stream)]),
		titlesHere: new Set(home.map(({ title }) => title)),
		pictures,
		library,
		standing
	};
};
