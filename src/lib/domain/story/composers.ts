// What stands in a chat's composer, unsent: kept across a reload.
import { decided, defineCommand } from '../kernel/command.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import { draftText } from './reply-jobs.ts';

/** What stands in a chat's composer, unsent. */
export const composers = defineTable(
	'composers',
	`	stream text not null primary key,
	text text not null`,
	{ role: 'workspace' }
);

/** Keeps what stands in the composer across a reload. */
export const saveComposer = defineCommand({
	name: 'save_composer',
	input: z.object({ chatId: id, text: draftText }),
	reads: [chats],
	notes: [composers],
	repeatable: true,
	decide: ({ chatId, text }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		return decided({
			notes: [
				text === ''
					? sql`delete from ${composers} where stream = ${stream}`
					: sql`insert into ${composers} (stream, text) values (${stream}, ${text})
						on conflict (stream) do update set text = excluded.text`
			],
			value: { chatId }
		});
	}
});
