// Hand-offs that went out as files, and those that came: to whom, from whom, and what was given away with a reason.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineQuery } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { actingAs, members } from '../library/members.ts';
import { handoffStream, id } from '../streams.ts';
import { base, handoffEvent } from './handoff-events.ts';
import { handoffId } from './handoff-id.ts';
import { findHandoff, handoffs, standingOf } from './handoffs.ts';
import { next } from './life-cycle.ts';
import { HIDDEN_KINDS } from './placeholders.ts';

const sentFields = {
	as: z.enum(['handoff', 'receipt']),
	/** Names of those it was sealed for; empty for one that a passphrase opens. */
	to: z.array(z.string().max(120)).max(50),
	/** How many things were hidden in it. */
	hidden: z.number().int().min(0),
	/** What was found and given away all the same, without what it was. */
	revealed: z
		.array(z.object({ kind: z.enum(HIDDEN_KINDS), detector: z.string().max(60), why: z.string().max(500) }))
		.max(1000)
};

/** It went out as a file. Whoever asks later what left this device, and why, finds it here. */
export const handoffSent = handoffEvent({
	kind: 'handoff_sent',
	act: 'send',
	payload: base.extend(sentFields),
	named: ({ to }) => to.join(', '),
	said: ({ as, to, hidden, revealed }) => ({ as, to, hidden, revealed }),
	// sending a copy away says nothing of how it stands
	sets: () => sql`active_at = active_at`
});

/** Notes that a hand-off goes out as a file. Whoever may see it may send it; refused, no file is given. */
export const noteSent = defineCommand({
	name: 'note_sent',
	input: z.object({ actor: id, handoffId, ...sentFields }),
	reads: [members, handoffs],
	decide: ({ actor: memberId, handoffId: of, ...sent }, read) => {
		const actor = actingAs(read, memberId);
		if (actor === null) return refuse({ type: 'member_unknown', memberId });
		const handoff = findHandoff(read, of);
		if (handoff === null) return refuse({ type: 'handoff_unknown', handoffId: of });
		const allowed = next(standingOf(handoff), 'send', actor);
		if (!allowed.ok) return allowed;
		return decided({
			background: true,
			events: [
				handoffSent({
					stream: handoffStream(of),
					payload: { actor, episode: handoff.episode, ...sent }
				})
			],
			value: { handoffId: of }
		});
	}
});

/**
 * Files of hand-offs that came in. `key`: whoever signed it; `name`: what they call themselves, which proves nothing.
 * `chat_id`: the chat that came with it, under the id it has here; null for a receipt.
 */
export const handoffFiles = defineTable(
	'handoff_files',
	`	digest text not null primary key,
	handoff_id text not null,
	chat_id text,
	kind text not null check (kind in ('handoff', 'receipt')),
	key text not null,
	name text not null,
	sent_at integer not null,
	at integer not null`,
	{
		role: 'workspace',
		indexes: { handoff_files_by_handoff: '(handoff_id, at)', handoff_files_by_chat: '(chat_id)' }
	}
);

const fileRow = z.object({
	handoffId: z.string(),
	chatId: z.string().nullable(),
	kind: z.enum(['handoff', 'receipt']),
	key: z.string(),
	name: z.string(),
	sentAt: z.number(),
	at: z.number()
});

/** The files that came of a hand-off or with a chat, the newest first: where it is from. Empty for what began here. */
export const cameWith = defineQuery({
	name: 'came_with',
	input: z.object({ handoffId: handoffId.nullable().default(null), chatId: id.nullable().default(null) }),
	reads: [handoffFiles],
	answer: (read, { handoffId: of, chatId }) =>
		read.all(
			fileRow,
			sql`select handoff_id as handoffId, chat_id as chatId, kind, key, name, sent_at as sentAt, at from ${handoffFiles}
				where handoff_id = ${of} or chat_id = ${chatId} order by at desc, digest limit 50`
		)
});
