// Where a story stands: how much of it is told, what time it is in it, and what the weather is. One row per chat.
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql, type Statement } from '../kernel/sql.ts';

/** Story time is told in whole minutes from the midnight that begins the first day. */
export const STORY_MAX_MINUTES = 100_000_000;

export const minutes = z.number().int().min(0).max(STORY_MAX_MINUTES);

/** Nine in the morning of the first day: when a story begins that does not say. */
export const STORY_BEGINS_MINUTES = 540;

export const weather = z.string().trim().max(120);

/** What the time of the story hangs on, in the player's words: "the winter after the war". */
export const timeAnchor = z.string().trim().max(500);

/**
 * `turns` and `rounds` are what the next turn is numbered by: how many turns a chat has, and how many of them begin a
 * group, the player's and the narrator's. `minutes` is what the next turn is dated by.
 */
export const storyNow = defineTable(
	'story_now',
	`	stream text not null primary key,
	turns integer not null,
	rounds integer not null,
	minutes integer not null,
	weather text not null,
	anchor text not null`,
	{ told: { key: [], name: 'anchor', values: ['minutes', 'weather'] } }
);

/** A turn more. A chat begins with its row; a log in which it does not is counted all the same. */
export const countTurn = (stream: string, rounds: 0 | 1): Statement =>
	sql`insert into ${storyNow} (stream, turns, rounds, minutes, weather, anchor)
			values (${stream}, 1, ${rounds}, ${STORY_BEGINS_MINUTES}, '', '')
		on conflict (stream) do update set turns = turns + 1, rounds = rounds + excluded.rounds`;

const clockRow = z.object({ minutes: z.number(), weather: z.string(), anchor: z.string() });

export type StoryClock = z.output<typeof clockRow>;

/** What time it is in a story, and how the weather is. */
export const clockOf = (read: Read, stream: string): StoryClock =>
	read.one(clockRow, sql`select minutes, weather, anchor from ${storyNow} where stream = ${stream}`) ?? {
		minutes: STORY_BEGINS_MINUTES,
		weather: '',
		anchor: ''
	};
