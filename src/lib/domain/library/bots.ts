// Bots: the characters. Author, replace, retire; retired ones stay, so that their chats keep working.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { assetHash, id, LIBRARY } from '../streams.ts';
import { assets, avatarProblem } from './assets.ts';

export const bots = defineTable(
	'bots',
	`	stream text not null,
	bot_id text not null,
	name text not null,
	tagline text not null,
	description text not null,
	scenario text not null,
	greeting text not null,
	examples text not null,
	avatar text,
	created_at integer not null,
	changed_at integer not null,
	retired integer not null check (retired in (0, 1)),
	primary key (stream, bot_id)`
);

/** The built-in bot of support cases (copilot.ts). The same everywhere: cases of two libraries have one Copilot. */
export const COPILOT_ID = 'c0b11070-0000-4000-8000-000000000001';

/** What a person writes about a bot. Text is Markdown with light markup: "speech", *action*. */
const botFields = z.object({
	name: z.string().trim().min(1).max(120),
	/** One line for lists. */
	tagline: z.string().trim().max(200).default(''),
	/** Who they are: what the model is told. */
	description: z.string().max(60_000).default(''),
	/** Where and how a story with them begins. */
	scenario: z.string().max(20_000).default(''),
	/** Their first words in a new story; may be empty. */
	greeting: z.string().max(20_000).default(''),
	/** Samples of how they talk. */
	examples: z.string().max(60_000).default(''),
	avatar: assetHash.nullable().default(null)
});

export const botAuthored = defineEvent({
	kind: 'bot_authored',
	payload: botFields.extend({ botId: id }),
	upcasts: [],
	writes: [bots],
	project: ({ stream, at, payload: bot }) => [
		sql`insert into ${bots} (stream, bot_id, name, tagline, description, scenario, greeting, examples, avatar,
				created_at, changed_at, retired)
			values (${stream}, ${bot.botId}, ${bot.name}, ${bot.tagline}, ${bot.description}, ${bot.scenario},
				${bot.greeting}, ${bot.examples}, ${bot.avatar}, ${at}, ${at}, 0)
			on conflict (stream, bot_id) do update set name = excluded.name, tagline = excluded.tagline,
				description = excluded.description, scenario = excluded.scenario, greeting = excluded.greeting,
				examples = excluded.examples, avatar = excluded.avatar, changed_at = excluded.changed_at, retired = 0`
	]
});

export const botRetired = defineEvent({
	kind: 'bot_retired',
	payload: z.object({ botId: id }),
	upcasts: [],
	writes: [bots],
	project: ({ stream, at, payload: { botId } }) => [
		sql`update ${bots} set retired = 1, changed_at = ${at} where stream = ${stream} and bot_id = ${botId}`
	]
});

/** Creates a bot (no `botId`), or replaces one; authoring a retired bot brings it back. */
export const authorBot = defineCommand({
	name: 'author_bot',
	input: botFields.extend({ botId: id.optional() }),
	reads: [assets],
	decide: ({ botId: given, ...bot }, read, world) => {
		const problem = avatarProblem(read, bot.avatar);
		if (problem !== null) return refuse(problem);
		const botId = given ?? world.newId();
		return decided({
			events: [botAuthored({ stream: LIBRARY, payload: { botId, ...bot } })],
			value: { botId }
		});
	}
});

export const retireBot = defineCommand({
	name: 'retire_bot',
	input: z.object({ botId: id }),
	reads: [bots],
	decide: ({ botId }, read) => {
		const bot = findBot(read, botId);
		if (bot === null) return refuse({ type: 'bot_unknown', botId });
		if (bot.retired) return refuse({ type: 'bot_retired', botId });
		return decided({ events: [botRetired({ stream: LIBRARY, payload: { botId } })], value: { botId } });
	}
});

const botRow = z.object({
	botId: z.string(),
	name: z.string(),
	tagline: z.string(),
	description: z.string(),
	scenario: z.string(),
	greeting: z.string(),
	examples: z.string(),
	avatar: z.string().nullable(),
	changedAt: z.number(),
	retired: z.number().transform(Boolean)
});

export type Bot = z.output<typeof botRow>;

/** A bot, retired ones included, or null. */
export const findBot = (read: Read, botId: string): Bot | null =>
	read.one(
		botRow,
		sql`select bot_id as botId, name, tagline, description, scenario, greeting, examples, avatar,
				changed_at as changedAt, retired
			from ${bots} where stream = ${LIBRARY} and bot_id = ${botId}`
	);

export const bot = defineQuery({
	name: 'bot',
	input: z.object({ botId: id }),
	reads: [bots],
	stream: () => LIBRARY,
	answer: (read, { botId }) => findBot(read, botId)
});

/** Bots that are not retired, by name. `copilot`: it works on cases, and plays in no story. */
export const botList = defineQuery({
	name: 'bots',
	input: z.object({}),
	reads: [bots],
	stream: () => LIBRARY,
	answer: (read) =>
		read.all(
			botRow
				.pick({ botId: true, name: true, tagline: true, avatar: true })
				.extend({ copilot: z.number().transform(Boolean) }),
			sql`select bot_id as botId, name, tagline, avatar, bot_id = ${COPILOT_ID} as copilot from ${bots}
				where stream = ${LIBRARY} and retired = 0 order by name collate nocase, bot_id`
		)
});
