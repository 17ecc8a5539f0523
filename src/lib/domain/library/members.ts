// Members: the people who work at the desk. Each tab acts as one of them, and what they do at the desk carries their name.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineEvent } from '../kernel/event.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql } from '../kernel/sql.ts';
import { id, LIBRARY } from '../streams.ts';

export const members = defineTable(
	'members',
	`	stream text not null,
	member_id text not null,
	name text not null,
	role text not null check (role in ('member', 'engineer', 'admin')),
	created_at integer not null,
	changed_at integer not null,
	retired integer not null check (retired in (0, 1)),
	primary key (stream, member_id)`
);

/** `member` raises and sees what is their own; `engineer` and `admin` watch the queue and work on it. */
export const role = z.enum(['member', 'engineer', 'admin']);

export type Role = z.output<typeof role>;

const memberFields = z.object({ name: z.string().trim().min(1).max(120), role });

/** Who did something, as the event itself says: the log is read without the library, and on other devices. */
export const actor = z.object({ memberId: id, name: z.string(), role });

export type Actor = z.output<typeof actor>;

export const memberAuthored = defineEvent({
	kind: 'member_authored',
	payload: memberFields.extend({ memberId: id }),
	upcasts: [],
	writes: [members],
	named: ({ name }) => name,
	project: ({ stream, at, payload: member }) => [
		sql`insert into ${members} (stream, member_id, name, role, created_at, changed_at, retired)
			values (${stream}, ${member.memberId}, ${member.name}, ${member.role}, ${at}, ${at}, 0)
			on conflict (stream, member_id) do update set name = excluded.name, role = excluded.role,
				changed_at = excluded.changed_at, retired = 0`
	]
});

export const memberRetired = defineEvent({
	kind: 'member_retired',
	payload: z.object({ memberId: id }),
	upcasts: [],
	writes: [members],
	project: ({ stream, at, payload: { memberId } }) => [
		sql`update ${members} set retired = 1, changed_at = ${at} where stream = ${stream} and member_id = ${memberId}`
	]
});

/**
 * Creates a member (no `memberId`), or says anew who one is; a retired one is back with that. Not a step of undoing: who
 * somebody is must not be taken back by a key that is pressed for something else.
 */
export const authorMember = defineCommand({
	name: 'author_member',
	input: memberFields.extend({ memberId: id.optional() }),
	decide: ({ memberId: given, ...member }, _, world) => {
		const memberId = given ?? world.newId();
		return decided({
			background: true,
			events: [memberAuthored({ stream: LIBRARY, payload: { memberId, ...member } })],
			value: { memberId }
		});
	}
});

/** Takes a member off the desk. What they did stays theirs; what they hold may be taken over. */
export const retireMember = defineCommand({
	name: 'retire_member',
	input: z.object({ memberId: id }),
	reads: [members],
	decide: ({ memberId }, read) => {
		if (actingAs(read, memberId) === null) return refuse({ type: 'member_unknown', memberId });
		return decided({
			background: true,
			events: [memberRetired({ stream: LIBRARY, payload: { memberId } })],
			value: { memberId }
		});
	}
});

/** The member as an event names who did it; null for one who is unknown or retired, and so may do nothing. */
export const actingAs = (read: Read, memberId: string): Actor | null =>
	read.one(
		actor,
		sql`select member_id as memberId, name, role from ${members}
			where stream = ${LIBRARY} and member_id = ${memberId} and retired = 0`
	);

/** Members by name; retired ones only where asked for. */
export const memberList = defineQuery({
	name: 'member_list',
	input: z.object({ retired: z.boolean().default(false) }),
	reads: [members],
	stream: () => LIBRARY,
	answer: (read, { retired }) =>
		read.all(
			actor.extend({ retired: z.number().transform(Boolean) }),
			sql`select member_id as memberId, name, role, retired from ${members}
				where stream = ${LIBRARY} and retired <= ${retired ? 1 : 0} order by name collate nocase, member_id`
		)
});
