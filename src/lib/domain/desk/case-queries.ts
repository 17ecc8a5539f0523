// What screens ask about cases: one of them, with what was tried in it, and the list of all.
import { defineQuery } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { sql, type Statement } from '../kernel/sql.ts';
import { chats, findChat } from '../story/chats.ts';
import { chatStream, id } from '../streams.ts';
import { cases, findCase } from './cases.ts';
import { handoffs } from './handoffs.ts';
import { STATES } from './life-cycle.ts';
import { priority } from './priority.ts';
import { caseSteps, stepsOf } from './steps.ts';
import { effectiveState, rowsThat, TIMERS_READ } from './timers.ts';

/** More than any person tries; a bound all the same. */
const STEPS_MAX = 500;

/** The case of a chat, what was tried and what may have been; null where the chat is none. */
export const caseOfChat = defineQuery({
	name: 'case_of_chat',
	input: z.object({ chatId: id }),
	reads: [chats, cases, caseSteps],
	stream: ({ chatId }) => chatStream(chatId),
	answer: (read, { chatId }) => {
		const found = findCase(read, chatId);
		const chat = findChat(read, chatId);
		if (found === null || chat === null) return null;
		const stream = chatStream(chatId);
		return {
			chatId,
			title: chat.title,
			...found,
			steps: stepsOf(read, stream, 'tried', STEPS_MAX),
			proposals: stepsOf(read, stream, 'proposed', STEPS_MAX)
		};
	}
});

/** Escapes what `like` would take for more than itself. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/gu, '\\$&')}%`;

const all = (conditions: readonly (Statement | null)[]): Statement =>
	conditions.reduce<Statement>((so, one) => (one === null ? so : sql`${so} and ${one}`), sql`true`);

const caseFilter = z.enum(['open', 'resolved', 'all']).default('open');

/** As many as a list to choose from may be long. */
const CHOICES_MAX = 200;

/** What there is to choose cases by, among those of a filter: tags and requesters, each once however it is spelled. */
export const caseChoices = defineQuery({
	name: 'case_choices',
	input: z.object({ filter: caseFilter }),
	reads: [chats, cases],
	answer: (read, { filter }) => {
		const listed = sql`from ${cases} k join ${chats} c on c.stream = k.stream
			where c.archived = 0 and ${filter === 'all' ? sql`true` : sql`k.state = ${filter}`}`;
		const named = (rows: Statement): readonly string[] =>
			read
				.all(
					z.object({ name: z.string() }),
					sql`select min(name) as name from (${rows}) where name <> '' group by name collate nocase
						order by name collate nocase limit ${CHOICES_MAX}`
				)
				.map(({ name }) => name);
		return {
			requesters: named(sql`select k.requester as name ${listed}`),
			tags: named(sql`select t.value as name from (select k.tags as tags ${listed}) l, json_each(l.tags) t`)
		};
	}
});

/** The state a hand-off was left in, and until when it sleeps; null where the case has none. */
const handoffLeft = z
	.string()
	.transform((json) =>
		z.object({ state: z.enum(STATES), snoozedUntil: z.number().nullable() }).parse(JSON.parse(json))
	)
	.nullable();

/** Cases, the open ones first, then by how pressing they are and how old; one page, and how many there are. */
export const caseList = defineQuery({
	name: 'case_list',
	input: z.object({
		filter: caseFilter,
		/** The asker's moment: a hand-off that slept is awake by it. */
		now: z.number().int(),
		/** Looked for in title, requester, asset and tags. */
		text: z.string().trim().max(200).default(''),
		tag: z.string().trim().max(40).default(''),
		priority: priority.nullable().default(null),
		requester: z.string().trim().max(200).default(''),
		offset: z.number().int().min(0).default(0),
		limit: z.number().int().min(1).max(10_000).default(100)
	}),
	reads: [chats, cases, caseSteps, handoffs, ...TIMERS_READ],
	answer: (read, { filter, now, text, tag, priority: level, requester, offset, limit }) => {
		const found = containing(text);
		const wanted = all([
			sql`c.archived = 0`,
			filter === 'all' ? null : sql`k.state = ${filter}`,
			level === null ? null : sql`k.priority = ${level}`,
			requester === '' ? null : sql`k.requester = ${requester} collate nocase`,
			tag === ''
				? null
				: sql`exists (select 1 from json_each(k.tags) t where t.value = ${tag} collate nocase)`,
			text === ''
				? null
				: sql`(c.title like ${found} escape '\\' or k.requester like ${found} escape '\\'
					or k.asset like ${found} escape '\\'
					or exists (select 1 from json_each(k.tags) t where t.value like ${found} escape '\\'))`
		]);
		return {
			total:
				read.one(
					z.object({ n: z.number() }),
					sql`select count(*) as n from ${cases} k join ${chats} c on c.stream = k.stream where ${wanted}`
				)?.n ?? 0,
			cases: read.all(
				z.object({
					chatId: z.string(),
					title: z.string(),
					requester: z.string(),
					asset: z.string(),
					tags: z.string().transform((json) => z.array(z.string()).parse(JSON.parse(json))),
					priority: z.number(),
					state: z.enum(['open', 'resolved']),
					openedAt: z.number(),
					resolvedAt: z.number().nullable(),
					/** Steps a person confirmed. */
					steps: z.number(),
					/** The state of its newest hand-off. */
					handoff: handoffLeft.transform((left) => (left === null ? null : effectiveState(left, now)))
				}),
				sql`select c.chat_id as chatId, c.title, k.requester, k.asset, k.tags, k.priority, k.state,
						k.opened_at as openedAt, k.resolved_at as resolvedAt,
						(select count(*) from ${caseSteps} s where s.stream = k.stream and s.status = 'tried') as steps,
						(select json_object('state', h.state, 'snoozedUntil', ${rowsThat.wakeAt}) from ${handoffs} h
							where h.chat_id = c.chat_id order by h.raised_at desc limit 1) as handoff
					from ${cases} k join ${chats} c on c.stream = k.stream where ${wanted}
					order by k.state = 'resolved', k.priority, k.opened_at, c.chat_id limit ${limit} offset ${offset}`
			)
		};
	}
});
