// Story time: what the clock of a story shows.
import { defineTable } from '../kernel/sql.ts';

/** When a story begins that says nothing of it: nine in the morning of its first day. */
export const BEGINS_AT_MINUTES = 540;

export const storyNow = defineTable(
	'story_now',
	`	stream text not null primary key,
	minutes integer not null,
	weather text not null,
	anchor text not null`
);
