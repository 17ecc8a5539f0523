// The clock of a story: time passes, the weather changes, and a stretch of time may be skipped. It never goes back by itself.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import { clockOf, minutes, STORY_MAX_MINUTES, storyNow, weather } from './story-now.ts';
import { newestTurnId, turns } from './turns.ts';

/** The most that passes at once without being a skip: a month. */
export const ADVANCE_MAX_MINUTES = 31 * 24 * 60;

const advance = z.number().int().min(1).max(ADVANCE_MAX_MINUTES);
const label = z.string().trim().max(500);

/** Stretches of time that were left out. `turn_id`: the turn it belongs to, before which it is shown. */
export const timeSkips = defineTable(
	'time_skips',
	`	stream text not null,
	position integer not null,
	turn_id text,
	kind text not null check (kind in ('elision', 'jump')),
	from_minutes integer not null,
	to_minutes integer not null,
	label text not null,
	primary key (stream, position)`,
	// without the stream: the key begins with that, and SQLite would walk all skips of a chat by it
	{ indexes: { time_skips_by_turn: '(turn_id, position)' } }
);

export const timeAdvanced = defineEvent({
	kind: 'time_advanced',
	payload: z.object({ minutes: advance }),
	upcasts: [],
	writes: [storyNow],
	project: ({ stream, payload }) => [
		sql`update ${storyNow} set minutes = min(minutes + ${payload.minutes}, ${STORY_MAX_MINUTES}) where stream = ${stream}`
	]
});

export const weatherChanged = defineEvent({
	kind: 'weather_changed',
	payload: z.object({ weather }),
	upcasts: [],
	writes: [storyNow],
	named: (sky) => sky.weather,
	project: ({ stream, payload }) => [
		sql`update ${storyNow} set weather = ${payload.weather} where stream = ${stream}`
	]
});

/** A while passes untold. */
export const timeSkipElision = defineEvent({
	kind: 'time_skip_elision',
	payload: z.object({ minutes, label }),
	upcasts: [],
	writes: [storyNow, timeSkips],
	named: (skip) => skip.label,
	project: ({ stream, streamSeq, anchor, payload: skip }) => [
		sql`insert into ${timeSkips} (stream, position, turn_id, kind, from_minutes, to_minutes, label)
			select stream, ${streamSeq}, ${anchor}, 'elision', minutes, min(minutes + ${skip.minutes}, ${STORY_MAX_MINUTES}),
				${skip.label}
			from ${storyNow} where stream = ${stream}`,
		sql`update ${storyNow} set minutes = min(minutes + ${skip.minutes}, ${STORY_MAX_MINUTES}) where stream = ${stream}`
	]
});

/** The story goes on at another time. Back only when it says so: it was later than it seemed may be known afterwards. */
export const timeSkipJump = defineEvent({
	kind: 'time_skip_jump',
	payload: z.object({ to: minutes, label, flashback: z.boolean() }),
	upcasts: [],
	writes: [storyNow, timeSkips],
	named: (skip) => skip.label,
	project: ({ stream, streamSeq, anchor, payload: skip }) => {
		const floor = skip.flashback ? 0 : STORY_MAX_MINUTES;
		return [
			sql`insert into ${timeSkips} (stream, position, turn_id, kind, from_minutes, to_minutes, label)
				select stream, ${streamSeq}, ${anchor}, 'jump', minutes, max(${skip.to}, min(minutes, ${floor})), ${skip.label}
				from ${storyNow} where stream = ${stream}`,
			sql`update ${storyNow} set minutes = max(${skip.to}, min(minutes, ${floor})) where stream = ${stream}`
		];
	}
});

/** Lets time pass. */
export const advanceTime = defineCommand({
	name: 'advance_time',
	input: z.object({ chatId: id, minutes: advance }),
	reads: [chats, turns],
	decide: ({ chatId, minutes: passed }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		return decided({
			events: [timeAdvanced({ stream, anchor: newestTurnId(read, stream), payload: { minutes: passed } })],
			value: { chatId }
		});
	}
});

/** Says what the weather is; nothing: nobody says. */
export const setWeather = defineCommand({
	name: 'set_weather',
	input: z.object({ chatId: id, weather }),
	reads: [chats, turns, storyNow],
	decide: ({ chatId, weather: to }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		return decided({
			events:
				clockOf(read, stream).weather === to
					? []
					: [weatherChanged({ stream, anchor: newestTurnId(read, stream), payload: { weather: to } })],
			value: { chatId }
		});
	}
});

const skipRow = z.object({
	turnId: z.string().nullable(),
	kind: z.enum(['elision', 'jump']),
	fromMinutes: z.number(),
	toMinutes: z.number(),
	label: z.string()
});

type Skip = z.output<typeof skipRow>;

/** The newest stretches of time a story left out, oldest first. */
export const newestSkips = (read: Read, stream: string, most: number): readonly Skip[] =>
	read
		.all(
			skipRow,
			sql`select turn_id as turnId, kind, from_minutes as fromMinutes, to_minutes as toMinutes, label from ${timeSkips}
				where stream = ${stream} order by position desc limit ${most}`
		)
		.reverse();

/** What was left out before some turns, oldest first. */
export const skipsAt = (read: Read, stream: string, turnIds: readonly string[]): readonly Skip[] =>
	read.all(
		skipRow,
		sql`select turn_id as turnId, kind, from_minutes as fromMinutes, to_minutes as toMinutes, label from ${timeSkips}
			where +stream = ${stream} and turn_id in (select value from json_each(${JSON.stringify(turnIds)}))
			order by position`
	);
