// Which model a chat is played with, when that is not what its connection is set to. Of this device, like the connections.
import { decided, defineCommand } from '../kernel/command.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import { connectionId } from './reply-jobs.ts';

/** `classify`: small decisions in the background. `copilot`: drafts for a colleague who answers. */
export const task = z.enum(['prose', 'classify', 'copilot']);

/** One row per chat and task that has a choice of its own. Null: as the connection is set. */
export const chatModels = defineTable(
	'chat_models',
	`	stream text not null,
	task text not null check (task in ('prose', 'classify', 'copilot')),
	connection_id text not null,
	model text,
	temperature real,
	top_p real,
	max_output_tokens integer,
	primary key (stream, task)`,
	{ role: 'workspace' }
);

const choice = z.object({
	connectionId,
	model: z.string().trim().min(1).max(200).nullable(),
	temperature: z.number().min(0).max(2).nullable(),
	topP: z.number().gt(0).max(1).nullable(),
	maxOutputTokens: z.number().int().min(1).max(1_000_000).nullable()
});

export type ChatModel = z.output<typeof choice>;

/** Plays a chat with models of its own, for the tasks that are named; null: with the connection in use again. All or none. */
export const chooseModels = defineCommand({
	name: 'choose_models',
	input: z.object({ chatId: id, choices: z.partialRecord(task, choice.nullable()) }),
	reads: [chats],
	notes: [chatModels],
	decide: ({ chatId, choices }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		return decided({
			notes: task.options.flatMap((about) => {
				const chosen = choices[about];
				if (chosen === undefined) return [];
				return [
					sql`delete from ${chatModels} where stream = ${stream} and task = ${about}`,
					...(chosen === null
						? []
						: [
								sql`insert into ${chatModels} (stream, task, connection_id, model, temperature, top_p, max_output_tokens)
									values (${stream}, ${about}, ${chosen.connectionId}, ${chosen.model}, ${chosen.temperature},
										${chosen.topP}, ${chosen.maxOutputTokens})`
							])
				];
			}),
			value: { chatId }
		});
	}
});

/** What a chat has chosen for a task, or null. */
export const chosenModel = (read: Read, stream: string, about: z.output<typeof task>): ChatModel | null =>
	read.one(
		choice,
		sql`select connection_id as connectionId, model, temperature, top_p as topP, max_output_tokens as maxOutputTokens
			from ${chatModels} where stream = ${stream} and task = ${about}`
	);
