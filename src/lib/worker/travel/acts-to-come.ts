// What was done elsewhere to a hand-off that is here: how much of a file's events of it is not here yet.
import { isTheSameAct } from '../../domain/desk/said-elsewhere.ts';
import { logRow, readStream } from '../../domain/kernel/log.ts';
import { z } from '../../domain/kernel/schema.ts';
import type { TravelPort } from '../travel-protocol.ts';
import { FileRefused, placeAt } from './errand.ts';
import type { Looked } from './look-in.ts';

const pageHere = z.object({ rows: z.array(logRow.extend({ opensTurn: z.boolean() })) });

const PAGE_ROWS = 1000;

/**
 * How much of a hand-off's stream is not here yet. Throws `FileRefused` where an event is here under the same id and says
 * something else: what is here is never written over.
 */
export const actsToCome = async (
	looked: Pick<Looked, 'db'>,
	stream: string,
	port: TravelPort
): Promise<number> => {
	const here = new Map<string, z.output<typeof pageHere>['rows'][number]>();
	for (let after = 0; ;) {
		const { rows } = pageHere.parse(await port.ask('stream_rows', { stream, after, limit: PAGE_ROWS }));
		for (const row of rows) here.set(row.eventId, row);
		const last = rows.at(-1);
		if (last === undefined || rows.length < PAGE_ROWS) break;
		after = last.streamSeq;
	}
	let coming = 0;
	for (let after = 0; ;) {
		const rows = readStream(looked.db, stream, after, PAGE_ROWS, true);
		for (const row of rows) {
			const known = here.get(row.eventId);
			if (known === undefined) coming += 1;
			else if (!isTheSameAct(known, row))
				throw new FileRefused({
					type: 'act_conflict',
					place: placeAt({ event: row.streamSeq, kind: row.kind })
				});
		}
		const last = rows.at(-1);
		if (last === undefined) return coming;
		after = last.streamSeq;
	}
};
