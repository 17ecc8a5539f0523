// Who knows of a story event, or of a loose end: who was there when it came up, or at any later step of it.
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Statement, type Table } from '../kernel/sql.ts';
import { chatStream } from '../streams.ts';
import { activities, presentWith } from './activity.ts';
import { chats, type Chat } from './chats.ts';
import { meanwhiles, openMeanwhile } from './meanwhile-scenes.ts';
import { entity, type Entity } from './people.ts';
import { scenes } from './scenes.ts';
import { turns } from './turns.ts';

/** Who was there at a step; null: who was there at the turn it belongs to. */
export const witnesses = z.array(entity).max(3).nullable();

type Witnesses = z.output<typeof witnesses>;

/** The first versions did not say who was there: their turns do. */
export const withoutWitnesses = (payload: unknown): unknown => ({
	...z.looseObject({}).parse(payload),
	witnesses: null
});

/** The tables a handler reads to fold who was there. */
export const WITNESSED_BY: readonly Table[] = [turns, chats];

/** Before the first turn everybody is there. */
const EVERYBODY_BITS = 7;

/**
 * Who was there at a step, as a JSON list, for a handler. Whoever came as the guest after the turn was not there: the guest
 * in it was somebody else.
 */
export const thoseThere = (
	stream: string,
	anchor: string | null,
	{ witnesses: said }: { readonly witnesses: Witnesses }
): Statement => {
	const ofTurn = (column: Statement) =>
		sql`(select ${column} from ${turns} where stream = ${stream} and turn_id = ${anchor})`;
	const present = sql`coalesce(${ofTurn(sql`present`)}, ${EVERYBODY_BITS})`;
	const list = said === null ? null : JSON.stringify([...new Set(said)].sort());
	return sql`coalesce(${list}, (select json_group_array(who order by who) from
		(select 'you' as who where ${present} & 1
			union all select host_id from ${chats} where stream = ${stream} and ${present} & 2
			union all select guest_id from ${chats} where stream = ${stream} and guest_id is not null and ${present} & 4
				and guest_since <= coalesce(${ofTurn(sql`position`)}, guest_since))))`;
};

/** Who knew of a row before, in its column `witnesses`, and who is there now besides. */
export const besides = (there: Statement): Statement =>
	sql`(select json_group_array(value order by value) from
		(select value from json_each(witnesses) union select value from json_each(${there})))`;

/** Whether somebody knows of a row with `witnesses`; null: the voice that knows of everything. */
export const knownTo = (who: Entity | null): Statement =>
	who === null ? sql`true` : sql`exists (select 1 from json_each(witnesses) where value = ${who})`;

/** The tables {@link byHand} reads. */
export const BY_HAND: readonly Table[] = [activities, scenes, meanwhiles];

/**
 * Who learns of what a person plans or notes by hand: you, and who is where you are; during a scene elsewhere, those who
 * play it.
 */
export const byHand = (read: Read, chat: Chat): readonly Entity[] => {
	const stream = chatStream(chat.chatId);
	const bots = [chat.hostId, ...(chat.guestId === null ? [] : [chat.guestId])];
	const elsewhere = openMeanwhile(read, stream);
	if (elsewhere !== null) return ['you', ...bots.filter((botId) => elsewhere.participants.includes(botId))];
	const present = presentWith(read, chat, 'you');
	return ['you', ...bots.filter((botId) => (botId === chat.hostId ? present.host : present.guest))];
};
