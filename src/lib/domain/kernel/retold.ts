// Which streams' pasts were changed, and when: whoever reads a log page by page learns what to read again.
import { kernelMeta } from './log.ts';
import type { Read } from './query.ts';
import { z } from './schema.ts';
import { sql, type Sql } from './sql.ts';

const LIBRARY_ID = 'library';
const COUNT = 'retold';
const prefix = `${COUNT}:`;

/** Says, inside the caller's transaction, that events of these streams were set aside, brought back, cut or written again. */
export const tellAgain = (db: Sql, streams: readonly string[]): void => {
	if (streams.length === 0) return;
	db.run(sql`insert into ${kernelMeta} (k, v) values (${COUNT}, 1) on conflict (k) do update set v = v + 1`);
	for (const stream of streams)
		db.run(
			sql`insert or replace into ${kernelMeta} (k, v)
				values (${prefix + stream}, (select v from ${kernelMeta} where k = ${COUNT}))`
		);
};

/**
 * Which library file this is: another one whenever another file is put in use, even the same one again. Numbers and places
 * of one library mean nothing in another. Empty until storage has named it.
 */
export const libraryId = (read: Read): string =>
	read.one(z.object({ v: z.string() }), sql`select v from ${kernelMeta} where k = ${LIBRARY_ID}`)?.v ?? '';

/** Gives the file its name, inside the caller's transaction; `anew`: even when it has one. */
export const nameLibrary = (db: Sql, id: string, anew: boolean): void => {
	if (anew) db.run(sql`delete from ${kernelMeta} where k = ${LIBRARY_ID}`);
	db.run(sql`insert or ignore into ${kernelMeta} (k, v) values (${LIBRARY_ID}, ${id})`);
};

/** How often the past of any stream was changed. */
export const timesRetold = (read: Read): number =>
	read.one(z.object({ v: z.number() }), sql`select v from ${kernelMeta} where k = ${COUNT}`)?.v ?? 0;

/** The streams whose past was changed after {@link timesRetold} gave `since`. */
export const retoldSince = (read: Read, since: number): string[] =>
	read
		.all(
			z.object({ k: z.string() }),
			sql`select k from ${kernelMeta} where k > ${prefix} and k < ${`${COUNT};`} and v > ${since} order by k`
		)
		.map(({ k }) => k.slice(prefix.length));
