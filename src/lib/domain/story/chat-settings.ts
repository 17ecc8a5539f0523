// How a chat is played: whether and how what happens in it is looked at, and whether a guest puts in a word.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import { newestTurnId, turns } from './turns.ts';

/** One row per chat that is not played as every other. */
export const chatSettings = defineTable(
	'chat_settings',
	`	stream text not null primary key,
	classifiers text not null,
	interjections integer not null check (interjections in (0, 1))`
);

/** `auto`: merged where the model is small. `merged`: everything is asked in one call. `off`: nothing is. */
const classifiers = z.enum(['auto', 'separate', 'merged', 'off']);

export const chatSettingsChanged = defineEvent({
	kind: 'chat_settings_changed',
	payload: z.object({ classifiers, interjections: z.boolean() }),
	upcasts: [],
	writes: [chatSettings],
	project: ({ stream, payload: to }) => [
		sql`insert into ${chatSettings} (stream, classifiers, interjections)
			values (${stream}, ${to.classifiers}, ${to.interjections ? 1 : 0})
			on conflict (stream) do update set classifiers = excluded.classifiers, interjections = excluded.interjections`
	]
});

const settingsRow = z.object({ classifiers, interjections: z.number().transform(Boolean) });

export type ChatSettings = z.output<typeof settingsRow>;

export const settingsOf = (read: Read, stream: string): ChatSettings =>
	read.one(
		settingsRow,
		sql`select classifiers, interjections from ${chatSettings} where stream = ${stream}`
	) ?? { classifiers: 'auto', interjections: true };

/** Plays a chat otherwise; what is not said stays. */
export const changeChatSettings = defineCommand({
	name: 'change_chat_settings',
	input: z.object({
		chatId: id,
		classifiers: classifiers.optional(),
		interjections: z.boolean().optional()
	}),
	reads: [chats, turns, chatSettings],
	decide: ({ chatId, ...said }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const before = settingsOf(read, stream);
		const after = {
			classifiers: said.classifiers ?? before.classifiers,
			interjections: said.interjections ?? before.interjections
		};
		const same = after.classifiers === before.classifiers && after.interjections === before.interjections;
		return decided({
			events: same
				? []
				: [chatSettingsChanged({ stream, anchor: newestTurnId(read, stream), payload: after })],
			value: { chatId }
		});
	}
});
