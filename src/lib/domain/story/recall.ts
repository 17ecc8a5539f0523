// Recall: which memories come to somebody's mind at a turn, by a rule that is stated and nothing else.
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { anyOf, cueOf } from './grams.ts';
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

/** A word that so many memories of a chat hold is common: it tells none from another. */
export const COMMON_AT = 500;
/** As many memories are weighed by what words they hold, at most: those that hold the rarest words of the cue. */
export const WEIGHED_MAX = 1000;
/** As many are looked at, the newest, of those that hold a word that is common, or that there was no weighing for. */
export const COMMON_LOOKED_AT = 200;
/** What such a word counts: as much as SQLite gives to one that most rows hold. */
const COMMON_RANK = 1e-6;

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

/** What comes to mind. `beyond`: how many more would, that count or tokens leave no place for. */
export interface Mind {
	readonly recalled: readonly Recalled[];
	readonly beyond: number;
}

const pinnedRow = z.object({ memoryId: z.string(), text: z.string(), significance: z.number() });

const foundRow = pinnedRow.extend({ rank: z.number(), number: z.number(), position: z.number() });

/** How many memories of the chat hold each word, counted no further than needed: a long chat is not read for it. */
const counted = (read: Read, stream: string, words: readonly string[]) =>
	read
		.all(
			z.object({ at: z.number(), held: z.number() }),
			sql`select key as at, (select count(*) from
						(select 1 from memories_fts where memories_fts match value limit ${COMMON_AT})) as held
				from json_each(${JSON.stringify(words.map((word) => anyOf(stream, [word])))})`
		)
		.flatMap(({ at, held }) => {
			const word = words[at];
			return word === undefined || held === 0 ? [] : [{ word, held }];
		})
		.sort((a, b) => a.held - b.held);

/** The words that memories are weighed by, the rarest first, and those that only say which of the newest are looked at. */
const sorted = (read: Read, stream: string, cue: string) => {
	const telling: string[] = [];
	const common: string[] = [];
	let weighed = 0;
	for (const { word, held } of counted(read, stream, cueOf(cue))) {
		weighed += held;
		(held < COMMON_AT && weighed <= WEIGHED_MAX ? telling : common).push(word);
	}
	return { telling, common };
};

/**
 * What shares a word with the cue, each with its rank, in no order. The same work in a chat of ten thousand turns as in
 * one of a thousand: where a word is common, only the newest memories are looked at, and it counts next to nothing.
 */
const sharing = (read: Read, { stream, entity, cue }: Recall): readonly z.output<typeof foundRow>[] => {
	const { telling, common } = sorted(read, stream, cue);
	const mayCome = sql`m.stream = ${stream} and m.pinned = 0 and m.forgotten = 0 and ${recallable(entity)}`;
	const weighed =
		telling.length === 0
			? []
			: read.all(
					foundRow,
					// in a row's words how often one comes counts, and its stream counts nothing
					sql`select m.memory_id as memoryId, m.text, m.significance, m.number, m.position,
							-bm25(memories_fts, 0.0, 1.0, 1.0) as rank
						from memories_fts f join ${memories} m on m.memory_seq = f.rowid
						where memories_fts match ${anyOf(stream, telling)} and ${mayCome}`
				);
	if (common.length === 0) return weighed;
	const known = new Set(weighed.map(({ memoryId }) => memoryId));
	return [
		...weighed,
		...read
			.all(
				foundRow,
				sql`select m.memory_id as memoryId, m.text, m.significance, m.number, m.position, ${COMMON_RANK} as rank
					from (select rowid as seq from memories_fts where memories_fts match ${anyOf(stream, common)}
							order by rowid desc limit ${COMMON_LOOKED_AT}) f
						join ${memories} m on m.memory_seq = f.seq
					where ${mayCome}`
			)
			.filter(({ memoryId }) => !known.has(memoryId))
	];
};

/**
 * The memories that come to mind: the pinned ones, the newest first; then those that share a word with the cue, the highest
 * score first, as long as count and tokens allow: one that does not fit is left out, and a shorter one may still come. Of
 * equal scores the newer comes first. How rare a word is, is counted over all that is in the index. Reads memories and chats.
 */
export const recall = (read: Read, asked: Recall): Mind => {
	const { stream, entity, turn, count, tokens } = asked;
	const pinned = read
		.all(
			pinnedRow,
			sql`select m.memory_id as memoryId, m.text, m.significance from ${memories} m
				where m.stream = ${stream} and m.pinned = 1 and +m.forgotten = 0 and ${recallable(entity)}
				order by m.position desc`
		)
		.map((memory) => ({ ...memory, score: 0, pinned: true }));
	const found = sharing(read, asked)
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
	return { recalled, beyond: pinned.length + found.length - recalled.length };
};
