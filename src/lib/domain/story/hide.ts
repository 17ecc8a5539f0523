// Hide: a turn stays in the story and is kept from models, until it is shown again.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { sql } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { turns } from './turns.ts';

const defineHiding = <const K extends string>(kind: K, hidden: 0 | 1) =>
	defineEvent({
		kind,
		payload: z.object({ turnId: id }),
		upcasts: [],
		writes: [turns],
		about: ({ stream, payload: { turnId } }) =>
			sql`select 1 from ${turns} where stream = ${stream} and turn_id = ${turnId}`,
		project: ({ stream, payload: { turnId } }) => [
			sql`update ${turns} set hidden = ${hidden} where stream = ${stream} and turn_id = ${turnId}`
		]
	});

export const turnHidden = defineHiding('turn_hidden', 1);
export const turnShown = defineHiding('turn_shown', 0);

const isHidden = (read: Read, stream: string, turnId: string): boolean | null =>
	read.one(
		z.object({ hidden: z.number().transform(Boolean) }),
		sql`select hidden from ${turns} where stream = ${stream} and turn_id = ${turnId}`
	)?.hidden ?? null;

/** Keeps a turn from models. */
export const hideTurn = defineCommand({
	name: 'hide_turn',
	input: z.object({ chatId: id, turnId: id }),
	reads: [turns],
	decide: ({ chatId, turnId }, read) => {
		const stream = chatStream(chatId);
		const hidden = isHidden(read, stream, turnId);
		if (hidden === null) return refuse({ type: 'turn_unknown', chatId, turnId });
		return decided({
			events: hidden ? [] : [turnHidden({ stream, anchor: turnId, payload: { turnId } })],
			value: { turnId }
		});
	}
});

/** Lets models be told of it again. */
export const showTurn = defineCommand({
	name: 'show_turn',
	input: z.object({ chatId: id, turnId: id }),
	reads: [turns],
	decide: ({ chatId, turnId }, read) => {
		const stream = chatStream(chatId);
		const hidden = isHidden(read, stream, turnId);
		if (hidden === null) return refuse({ type: 'turn_unknown', chatId, turnId });
		return decided({
			events: hidden ? [turnShown({ stream, anchor: turnId, payload: { turnId } })] : [],
			value: { turnId }
		});
	}
});
