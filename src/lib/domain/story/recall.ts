// Recall: which memories come to somebody's mind at a turn, by a rule that is stated and nothing else.
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { anyWordOf } from './grams.ts';
import { memories, recallable } from './memories.ts';
import type { Entity } from './people.ts';
import { estimateTokens } from './tokens.ts';

/** After as many turns a memory counts half. */
export const HALF_LIFE_TURNS = 60;

/** What a memory scores: how well its words fit what was said, how long ago it was, and how much it matters. */
export const scoreOf = (memory: {
	/** Of the full-text index: never below 0, higher is better. */
	readonly rank: number;
	readonly ageTurns: number;
	/** 0 to 3. */
	readonly significance: number;
}): number =>
	memory.rank * 0.5 ** (Math.max(0, memory.ageTurns) / HALF_LIFE_TURNS) * (1 + memory.significance);

export interface Recalled {
	readonly memoryId: string;
	readonly text: string;
	readonly significance: number;
	/** From {@link scoreOf}; 0 for what is pinned, which is recalled whatever is spoken of. */
	readonly score: number;
	readonly pinned: boolean;
}

export interface Recall {
	readonly stream: string;
	/** Who is to remember: they recall what is their own, and what they were there for. */
	readonly entity: Entity;
	/** The last words said; of many, the last count. */
	readonly cue: string;
	/** The number of the turn it is for. */
	readonly turn: number;
	/** How many memories at most, and their tokens together. What is pinned is among them, and comes beyond both. */
	readonly count: number;
	readonly tokens: number;
}

const pinnedRow = z.object({ memoryId: z.string(), text: z.string(), significance: z.number() });

const foundRow = pinnedRow.extend({ rank: z.number(), number: z.number(), position: z.number() });

/**
 * The memories that come to mind: the pinned ones, the newest first; then those that share a word with the cue, the highest
 * score first, as long as count and tokens allow: one that does not fit is left out, and a shorter one may still come. Of
 * equal scores the newer comes first. How rare a word is, is counted over all that is in the index. Reads memories and chats.
 */
export const recall = (
	read: Read,
	{ stream, entity, cue, turn, count, tokens }: Recall
): readonly Recalled[] => {
	const pinned = read
		.all(
			pinnedRow,
			sql`select m.memory_id as memoryId, m.text, m.significance from ${memories} m
				where m.stream = ${stream} and m.pinned = 1 and m.forgotten = 0 and ${recallable(entity)}
				order by m.position desc`
		)
		.map((memory) => ({ ...memory, score: 0, pinned: true }));
	const words = anyWordOf(stream, cue);
	const found =
		words === null
			? []
			: read
					.all(
						foundRow,
						// in a row's words how often one comes counts, and its stream counts nothing
						sql`select m.memory_id as memoryId, m.text, m.significance, m.number, m.position,
								-bm25(memories_fts, 0.0, 1.0, 1.0) as rank
							from memories_fts f join ${memories} m on m.memory_seq = f.rowid
							where memories_fts match ${words} and m.stream = ${stream} and m.pinned = 0 and m.forgotten = 0
								and ${recallable(entity)}`
					)
					.map(({ rank, number, ...memory }) => ({
						...memory,
						score: scoreOf({ rank, ageTurns: turn - number, significance: memory.significance })
					}))
					.sort((a, b) => b.score - a.score || b.position - a.position);

	const recalled: Recalled[] = [...pinned];
	let left = pinned.reduce((sum, { text }) => sum - estimateTokens(text), tokens);
	for (const { memoryId, text, significance, score } of found) {
		if (recalled.length >= count || left <= 0) break;
		const cost = estimateTokens(text);
		if (cost > left) continue;
		left -= cost;
		recalled.push({ memoryId, text, significance, score, pinned: false });
	}
	return recalled;
};
