// What stands in a chat's composer, unsent: kept across a reload.
import { decided, defineCommand } from '../kernel/command.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import type { Read } from '../kernel/query.ts';
import { defineTable, sql, type Statement } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import { draftText } from './reply-jobs.ts';

/**
 * What stands in a chat's composer, unsent. `drafted`: a model's draft as it came, where one was put here; `before`: what
 * stood here before it, or itself where that was put back. Both null where there was none.
 */
export const composers = defineTable(
	'composers',
	`	stream text not null primary key,
	text text not null,
	before text,
	drafted text`,
	{ role: 'workspace' }
);

const composerRow = z.object({
	text: z.string(),
	before: z.string().nullable(),
	drafted: z.string().nullable()
});

/** What stands in a composer, and what a draft has to do with it. */
export const composerOf = (read: Read, stream: string): z.output<typeof composerRow> =>
	read.one(composerRow, sql`select text, before, drafted from ${composers} where stream = ${stream}`) ?? {
		text: '',
		before: null,
		drafted: null
	};

/** A model's draft takes the place of what stands there, which is kept behind it; not so another draft nobody touched. */
export const putDraft = (stream: string, text: string): Statement =>
	sql`insert into ${composers} (stream, text, before, drafted) values (${stream}, ${text}, '', ${text})
		on conflict (stream) do update set text = excluded.text, drafted = excluded.text,
			before = case when composers.text is composers.drafted then composers.before else composers.text end`;

/** Keeps what stands in the composer across a reload. */
export const saveComposer = defineCommand({
	name: 'save_composer',
	input: z.object({ chatId: id, text: draftText }),
	reads: [chats, composers],
	notes: [composers],
	repeatable: true,
	decide: ({ chatId, text }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const behind = composerOf(read, stream).before ?? '';
		return decided({
			notes: [
				text === '' && behind === ''
					? sql`delete from ${composers} where stream = ${stream}`
					: sql`insert into ${composers} (stream, text) values (${stream}, ${text})
						on conflict (stream) do update set text = excluded.text`
			],
			value: { chatId }
		});
	}
});

/** What was typed comes back in a draft's place, and goes again: neither is lost by it. */
export const swapComposer = defineCommand({
	name: 'swap_composer',
	input: z.object({ chatId: id }),
	reads: [chats, composers],
	notes: [composers],
	decide: ({ chatId }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		const stream = chatStream(chatId);
		const { text, before } = composerOf(read, stream);
		if (before === null) return refuse({ type: 'nothing_to_put_back', chatId });
		return decided({
			notes: [sql`update ${composers} set text = ${before}, before = ${text} where stream = ${stream}`],
			value: { text: before }
		});
	}
});
