// The author's note: what the player asks of every reply of a chat.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import { newestTurnId, turns } from './turns.ts';

export const authorNotes = defineTable(
	'author_notes',
	`	stream text not null primary key,
	text text not null`,
	{ told: { key: [], name: 'text', values: ['text'] } }
);

const text = z.string().max(4000);

export const authorNoteSet = defineEvent({
	kind: 'author_note_set',
	payload: z.object({ text }),
	upcasts: [],
	writes: [authorNotes],
	named: (note) => note.text,
	project: ({ stream, payload: note }) => [
		sql`insert into ${authorNotes} (stream, text) values (${stream}, ${note.text})
			on conflict (stream) do update set text = excluded.text`
	]
});

/** What is asked of every reply of a chat; empty: nothing. */
export const authorNoteOf = (read: Read, stream: string): string =>
	read.one(z.object({ text: z.string() }), sql`select text from ${authorNotes} where stream = ${stream}`)
		?.text ?? '';

export const setAuthorNote = defineCommand({
	name: 'set_author_note',
	input: z.object({ chatId: id, text }),
	reads: [chats, turns, authorNotes],
	decide: ({ chatId, text: to }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		return decided({
			events:
				authorNoteOf(read, stream) === to
					? []
					: [authorNoteSet({ stream, anchor: newestTurnId(read, stream), payload: { text: to } })],
			value: { chatId }
		});
	}
});
