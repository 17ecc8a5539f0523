// Cases: chats that work on somebody's problem. Who asks, about what, how pressing it is, and what came of it.
import { defineEvent } from '../kernel/event.ts';
import type { Read } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql, type Statement } from '../kernel/sql.ts';
import { actor } from '../library/members.ts';
import { chatStream } from '../streams.ts';
import { degree, priorityOf } from './priority.ts';

/** One row per chat that is a case. `title` is the chat's own. */
export const cases = defineTable(
	'cases',
	`	stream text not null primary key,
	requester text not null,
	asset text not null,
	tags text not null,
	impact integer not null,
	urgency integer not null,
	priority integer not null,
	state text not null check (state in ('open', 'resolved')),
	opened_by text not null,
	opened_at integer not null,
	reopened integer not null,
	resolved_at integer,
	resolved_by text,
	code text not null,
	note text not null`,
	{
		indexes: { cases_by_state: '(state, priority, opened_at)' },
		told: { key: [], name: 'requester', values: ['state', 'priority', 'asset', 'tags'] }
	}
);

const tag = z.string().trim().min(1).max(40);

/** What a case is about. */
export const caseFields = {
	requester: z.string().trim().max(200),
	asset: z.string().trim().max(200),
	/** Each once. */
	tags: z
		.array(tag)
		.max(20)
		.transform((list) => [...new Set(list)]),
	impact: degree,
	urgency: degree
};

export const caseCode = z.enum(['solved', 'workaround', 'duplicate', 'no_problem', 'given_up']);
export const caseNote = z.string().trim().max(4000);
export const caseWhy = z.string().trim().max(500);

const subject = (stream: string): Statement => sql`select 1 from ${cases} where stream = ${stream}`;

export const caseOpened = defineEvent({
	kind: 'case_opened',
	payload: z.object({ ...caseFields, openedBy: actor }),
	upcasts: [],
	writes: [cases],
	named: ({ requester }) => requester,
	project: ({ stream, at, payload: opened }) => [
		sql`insert into ${cases} (stream, requester, asset, tags, impact, urgency, priority, state, opened_by, opened_at,
				reopened, resolved_at, resolved_by, code, note)
			values (${stream}, ${opened.requester}, ${opened.asset}, ${JSON.stringify(opened.tags)}, ${opened.impact},
				${opened.urgency}, ${priorityOf(opened.impact, opened.urgency)}, 'open', ${opened.openedBy.name}, ${at}, 0,
				null, null, '', '')`
	]
});

/** Said whole: what stayed is said again. */
export const caseChanged = defineEvent({
	kind: 'case_changed',
	payload: z.object({ ...caseFields, by: actor }),
	upcasts: [],
	writes: [cases],
	named: ({ requester }) => requester,
	about: ({ stream }) => subject(stream),
	project: ({ stream, payload: to }) => [
		sql`update ${cases} set requester = ${to.requester}, asset = ${to.asset}, tags = ${JSON.stringify(to.tags)},
				impact = ${to.impact}, urgency = ${to.urgency}, priority = ${priorityOf(to.impact, to.urgency)}
			where stream = ${stream}`
	]
});

export const caseResolved = defineEvent({
	kind: 'case_resolved',
	payload: z.object({ code: caseCode, note: caseNote, by: actor }),
	upcasts: [],
	writes: [cases],
	named: ({ note }) => note,
	about: ({ stream }) => subject(stream),
	project: ({ stream, at, payload: end }) => [
		sql`update ${cases} set state = 'resolved', resolved_at = ${at}, resolved_by = ${end.by.name}, code = ${end.code},
				note = ${end.note}
			where stream = ${stream}`
	]
});

export const caseReopened = defineEvent({
	kind: 'case_reopened',
	payload: z.object({ why: caseWhy, by: actor }),
	upcasts: [],
	writes: [cases],
	named: ({ why }) => why,
	about: ({ stream }) => subject(stream),
	project: ({ stream }) => [
		sql`update ${cases} set state = 'open', reopened = reopened + 1, resolved_at = null, resolved_by = null, code = '',
				note = ''
			where stream = ${stream}`
	]
});

const caseRow = z.object({
	requester: z.string(),
	asset: z.string(),
	tags: z.string().transform((json) => z.array(z.string()).parse(JSON.parse(json))),
	impact: z.number(),
	urgency: z.number(),
	priority: z.number(),
	state: z.enum(['open', 'resolved']),
	openedBy: z.string(),
	openedAt: z.number(),
	/** How often it was. */
	reopened: z.number(),
	resolvedAt: z.number().nullable(),
	resolvedBy: z.string().nullable(),
	code: z.string(),
	note: z.string()
});

export type Case = z.output<typeof caseRow>;

/** The case of a chat; null where the chat is none. */
export const findCase = (read: Read, chatId: string): Case | null =>
	read.one(
		caseRow,
		sql`select requester, asset, tags, impact, urgency, priority, state, opened_by as openedBy, opened_at as openedAt,
				reopened, resolved_at as resolvedAt, resolved_by as resolvedBy, code, note
			from ${cases} where stream = ${chatStream(chatId)}`
	);
