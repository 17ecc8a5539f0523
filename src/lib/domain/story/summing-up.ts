// What sums up a scene elsewhere: its digest, and what those who played it remember of it. It goes when the scene's end does.
import { eventLog } from '../kernel/log.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Table } from '../kernel/sql.ts';
import { classifierFailed, classifierRetried } from './classifier-failures.ts';
import { digestCreated, findMeanwhile, meanwhileEnded, meanwhiles, playedIn } from './meanwhile-scenes.ts';
import { memoryWritten } from './memories.ts';
import { turns } from './turns.ts';

/** The tables {@link summingUp} reads, besides the log. */
export const SUMMING_UP: readonly Table[] = [meanwhiles, turns];

const ended = z.looseObject({ meanwhileId: z.string() });

/**
 * Seqs of the live events that summed up the scenes whose end is among some events: what a job went on with once they were
 * over. What a person made of a digest by hand folds to nothing without it.
 */
export const summingUp = (
	read: Read,
	stream: string,
	events: readonly { readonly kind: string; readonly payload: string }[]
): readonly number[] =>
	events.flatMap(({ kind, payload }) => {
		if (kind !== meanwhileEnded.kind) return [];
		const { meanwhileId } = ended.parse(JSON.parse(payload));
		const scene = findMeanwhile(read, stream, meanwhileId);
		if (scene === null) return [];
		const last = playedIn(read, stream, scene).at(-1)?.turnId ?? null;
		return read
			.all(
				z.object({ seq: z.number() }),
				sql`select e.seq from ${eventLog} e
					where e.anchor in (${scene.lastTurn}, ${last}) and +e.stream = ${stream} and e.superseded_by is null
						and (e.kind = ${digestCreated.kind} and e.payload ->> '$.meanwhileId' = ${meanwhileId}
							or e.kind in (${classifierFailed.kind}, ${classifierRetried.kind})
								and e.payload ->> '$.classifier' = 'digest'
							or e.kind = ${memoryWritten.kind} and e.payload ->> '$.source.kind' = 'digest'
								and e.payload ->> '$.sceneId' = ${meanwhileId})
					order by e.seq`
			)
			.map(({ seq }) => seq);
	});
