// Reads the log out of the library while others write to it, so that what was read stood so at one moment.
import type { LogRow } from '../../domain/kernel/log.ts';
import { z } from '../../domain/kernel/schema.ts';
import type { LogPage, TravelPort } from '../travel-protocol.ts';

/** Most rows asked for at once. */
const PAGE_ROWS = 2000;

/** Where questions about the library are answered. */
export type Asking = Pick<TravelPort, 'ask'>;

/** Another library took the place of the one that was being read: nothing read so far goes together with what follows. */
export class AnotherLibrary extends Error {
	override readonly name = 'AnotherLibrary';
}

const whence = z.object({ library: z.string() });

/** Asks one library only: rejects with {@link AnotherLibrary} when an answer says it is of another than those before. */
export const askingOne = ({ ask }: Asking): Asking => {
	let known: string | null = null;
	return {
		ask: async (name, input) => {
			const answer = await ask(name, input);
			// not every answer says what it is of: whoever reads those asks one that does before and after
			const { data } = whence.safeParse(answer);
			if (data === undefined) return answer;
			known ??= data.library;
			if (data.library !== known)
				throw new AnotherLibrary('another library was put in use while this one was read');
			return answer;
		}
	};
};

/** A recovery copy as it is stored: `baseMarks` and `strangers` still text. */
export interface KeptCopy {
	readonly copyId: string;
	readonly stream: string;
	readonly kind: string;
	readonly title: string;
	readonly at: number;
	readonly turns: number;
	readonly events: number;
	readonly bytes: number;
	readonly digest: string;
	readonly cutSeq: number;
	readonly baseTurns: number;
	readonly baseMarks: string;
	readonly strangers: string;
}

/** Takes what is read. Rows of a stream come in the order of their positions; `drop` takes all of a stream back. */
export interface Reception {
	put(rows: readonly LogRow[]): void;
	drop(stream: string): void;
	/** A copy with its events. */
	putCopy(copy: KeptCopy, rows: readonly LogRow[]): void;
	dropCopies(): void;
	putPicture(picture: {
		readonly hash: string;
		readonly mediaType: string;
		readonly bytes: Uint8Array;
	}): void;
}

export interface Reading {
	readonly asking: Asking;
	/** Told after each page, with the number of events read so far. */
	readonly tell: (events: number) => void;
	readonly signal: AbortSignal;
	/** Rows asked for at once; as many as are given, when left out. */
	readonly pageRows?: number;
}

/** Asks one of the queries of `domain/travel`; what they answer is typed where it is asked. */
const asker =
	({ asking, signal }: Reading) =>
	async <T>(name: string, input: unknown): Promise<T> => {
		signal.throwIfAborted();
		const answer = (await asking.ask(name, input)) as T;
		signal.throwIfAborted();
		return answer;
	};

interface KeptCopies {
	readonly copies: readonly KeptCopy[];
}

interface Retold {
	readonly streams: readonly string[];
	readonly retold: number;
}

/**
 * Reads every event of the library and every recovery copy, with their pictures. All of it stood so at one moment: that of
 * the last page, after which no stream's past had changed, if it is asked of one library ({@link askingOne}). A stream whose past changes meanwhile is read anew.
 */
export const readLibrary = async (reading: Reading, into: Reception): Promise<void> => {
	const ask = asker(reading);
	const limit = reading.pageRows ?? PAGE_ROWS;
	/** Position of the newest row read of each stream, and how many. */
	const known = new Map<string, { last: number; count: number }>();
	let events = 0;
	let after = 0;

	const take = (rows: readonly LogRow[]): void => {
		// a stream that was read anew is further on than the log as a whole
		const fresh = rows.filter(({ stream, streamSeq }) => streamSeq > (known.get(stream)?.last ?? 0));
		for (const { stream, streamSeq } of fresh)
			known.set(stream, { last: streamSeq, count: (known.get(stream)?.count ?? 0) + 1 });
		events += fresh.length;
		if (fresh.length > 0) into.put(fresh);
		reading.tell(events);
	};

	const again = async (stream: string): Promise<void> => {
		into.drop(stream);
		events -= known.get(stream)?.count ?? 0;
		known.delete(stream);
		for (let position = 0; ;) {
			const { rows } = await ask<LogPage>('stream_rows', { stream, after: position, limit });
			take(rows);
			position = rows.at(-1)?.streamSeq ?? position;
			if (rows.length < limit) return;
		}
	};

	let told: number | null = null;
	/** Reads on until a page ends the log and nothing read before has changed. */
	const readOn = async (): Promise<void> => {
		for (;;) {
			const page = await ask<LogPage>('log_rows', { after, limit });
			told ??= page.retold;
			take(page.rows);
			after = page.rows.at(-1)?.seq ?? after;
			if (page.rows.length === limit) continue;
			if (page.retold === told) return;
			const changed: Retold = await ask<Retold>('retold', { since: told });
			for (const stream of changed.streams) await again(stream);
			told = changed.retold;
		}
	};

	await readOn();
	for (;;) {
		const { copies } = await ask<KeptCopies>('kept_copies', {});
		for (const copy of copies) into.putCopy(copy, await copyRows(ask, copy.copyId, limit));
		// a rewind moves events from the log into a copy: both are as they stood at the last page
		await readOn();
		const since = await ask<KeptCopies>('kept_copies', {});
		if (sameCopies(copies, since.copies)) break;
		into.dropCopies();
	}
	const pictures = await ask<readonly { readonly hash: string }[]>('pictures', {});
	await readPictures(
		reading,
		pictures.map(({ hash }) => hash),
		into
	);
};

/** Events of a copy never change under its id; what it knows of the log before its cut does. */
const sameCopies = (one: readonly KeptCopy[], other: readonly KeptCopy[]): boolean => {
	const known = new Map(one.map((copy) => [copy.copyId, copy]));
	return (
		one.length === other.length &&
		other.every(({ copyId, baseMarks, strangers }) => {
			const before = known.get(copyId);
			return before?.baseMarks === baseMarks && before.strangers === strangers;
		})
	);
};

const copyRows = async (
	ask: <T>(name: string, input: unknown) => Promise<T>,
	copyId: string,
	limit: number
): Promise<LogRow[]> => {
	const rows: LogRow[] = [];
	for (;;) {
		const page = await ask<readonly LogRow[]>('copy_rows', {
			copyId,
			after: rows.at(-1)?.seq ?? 0,
			limit
		});
		rows.push(...page);
		if (page.length < limit) return rows;
	}
};

/**
 * Reads one stream as it stood at one moment, for `wanted` rows only. False when it has none at all.
 */
export const readStreamOf = async (
	reading: Reading,
	stream: string,
	into: Pick<Reception, 'put' | 'drop'>,
	wanted: (row: LogRow) => boolean = () => true
): Promise<boolean> => {
	const ask = asker(reading);
	const limit = reading.pageRows ?? PAGE_ROWS;
	let position = 0;
	let events = 0;
	let told: number | null = null;
	for (;;) {
		const page = await ask<LogPage>('stream_rows', { stream, after: position, limit });
		if (told !== null && page.retold !== told) {
			const changed: Retold = await ask<Retold>('retold', { since: told });
			told = changed.retold;
			if (changed.streams.includes(stream)) {
				into.drop(stream);
				position = 0;
				events = 0;
				told = null;
			}
			continue;
		}
		told = page.retold;
		const rows = page.rows.filter(wanted);
		if (rows.length > 0) into.put(rows);
		position = page.rows.at(-1)?.streamSeq ?? position;
		events += rows.length;
		reading.tell(events);
		if (page.rows.length < limit) return position > 0;
	}
};

/** Reads the pictures with these hashes; one that is not there is left out. */
export const readPictures = async (
	reading: Reading,
	hashes: readonly string[],
	into: Pick<Reception, 'putPicture'>
): Promise<void> => {
	const ask = asker(reading);
	for (const hash of hashes) {
		const picture = await ask<{ readonly mediaType: string; readonly bytes: Uint8Array } | null>('asset', {
			hash
		});
		if (picture !== null) into.putPicture({ hash, ...picture });
	}
};

/** A recovery copy put together: its chat as it was before the cut. */
export interface WholeCopy {
	readonly title: string;
	readonly at: number;
	readonly stream: string;
	readonly complete: boolean;
	readonly rows: readonly LogRow[];
}

export const readCopyWhole = (reading: Reading, copyId: string): Promise<WholeCopy | null> =>
	asker(reading)<WholeCopy | null>('copy_whole', { copyId });

/** How many events the library has, about. */
export const countOfEvents = async (reading: Reading): Promise<number> =>
	(await asker(reading)<{ readonly events: number }>('holdings', {})).events;
