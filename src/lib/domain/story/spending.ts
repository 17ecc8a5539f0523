// What replies have cost: tokens and money by chat, connection and model. Money that was spent is not taken back by undo.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineQuery, type Read } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql, type Statement, type Table } from '../kernel/sql.ts';
import { chatStream, id } from '../streams.ts';
import { chats, findChat } from './chats.ts';
import { connectionId } from './reply-jobs.ts';
import { toldUsage, type Usage } from './turns.ts';

/**
 * Sums of all requests that cost something. `stream`: the chat's, or empty for chats deleted for good.
 * `cost`: billionths of a US dollar, of those whose price is known; `unpriced`: how many were not; `estimated`: how many
 * were counted by us, because they were stopped before the provider counted.
 */
export const spending = defineTable(
	'spending',
	`	stream text not null,
	connection_id text not null,
	model text not null,
	requests integer not null,
	input_tokens integer not null,
	output_tokens integer not null,
	cache_read_tokens integer not null,
	cost integer not null,
	unpriced integer not null,
	estimated integer not null,
	primary key (stream, connection_id, model)`,
	{ role: 'workspace' }
);

/**
 * The same by turn: what its words took, and what looking for its effects did. `turn_id`: the reply, or the turn it was to
 * answer where none came of it. It says nothing of what was spent on a chat as a whole, which {@link spending} does.
 */
export const turnSpending = defineTable(
	'turn_spending',
	`	stream text not null,
	turn_id text not null,
	task text not null check (task in ('prose', 'classify')),
	connection_id text not null,
	model text not null,
	requests integer not null,
	input_tokens integer not null,
	output_tokens integer not null,
	cache_read_tokens integer not null,
	cost integer not null,
	unpriced integer not null,
	estimated integer not null,
	primary key (stream, turn_id, task, connection_id, model)`,
	{ role: 'workspace' }
);

/** Both accounts: what {@link spent} writes. */
export const ACCOUNTS: readonly Table[] = [spending, turnSpending];

const NANO = 1e9;

/** What a request was for. */
export interface Purpose {
	readonly turnId: string;
	readonly task: 'prose' | 'classify';
}

const ADDED = sql`requests = requests + 1,
	input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens,
	cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens, cost = cost + excluded.cost,
	unpriced = unpriced + excluded.unpriced, estimated = estimated + excluded.estimated`;

/**
 * Adds one request to the account; none that cost nothing anybody could count. `purpose`: the turn it was for, or null for
 * what belongs to none.
 */
export const spent = (
	about: {
		readonly stream: string;
		readonly connectionId: string;
		readonly model: string | null;
		readonly usage: Usage | null;
	},
	purpose: Purpose | null
): readonly Statement[] => {
	const { usage: used } = about;
	if (used === null) return [];
	const cost = used.costUsd === null ? 0 : Math.round(used.costUsd * NANO);
	const taken = sql`1, ${used.inputTokens ?? 0}, ${used.outputTokens ?? 0}, ${used.cacheReadTokens ?? 0}, ${cost},
		${used.costUsd === null ? 1 : 0}, ${used.estimated ? 1 : 0}`;
	return [
		sql`insert into ${spending} (stream, connection_id, model, requests, input_tokens, output_tokens, cache_read_tokens,
				cost, unpriced, estimated)
			values (${about.stream}, ${about.connectionId}, ${about.model ?? ''}, ${taken})
			on conflict (stream, connection_id, model) do update set ${ADDED}`,
		...(purpose === null
			? []
			: [
					sql`insert into ${turnSpending} (stream, turn_id, task, connection_id, model, requests, input_tokens,
							output_tokens, cache_read_tokens, cost, unpriced, estimated)
						values (${about.stream}, ${purpose.turnId}, ${purpose.task}, ${about.connectionId}, ${about.model ?? ''},
							${taken})
						on conflict (stream, turn_id, task, connection_id, model) do update set ${ADDED}`
				])
	];
};

/**
 * Adds what was asked of a model beside the replies, such as a title. `turnId`: the turn it was asked about, or that was to
 * be answered, where an answer came when nobody waited for it any more.
 */
export const noteSpending = defineCommand({
	name: 'note_spending',
	input: z.object({
		chatId: id,
		turnId: id.nullable().default(null),
		task: z.enum(['prose', 'classify']).default('classify'),
		connectionId,
		model: z.string().max(200),
		usage: toldUsage
	}),
	reads: [chats],
	notes: ACCOUNTS,
	decide: ({ chatId, turnId, task, connectionId: connection, model, usage }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		return decided({
			notes: spent(
				{ stream: chatStream(chatId), connectionId: connection, model, usage },
				turnId === null ? null : { turnId, task }
			),
			value: { chatId }
		});
	}
});

/** Keeps what a chat has cost, and forgets which chat it was. */
export const forgetWhichChat = (stream: string): readonly Statement[] => [
	sql`insert into ${spending} (stream, connection_id, model, requests, input_tokens, output_tokens, cache_read_tokens,
			cost, unpriced, estimated)
		select '', connection_id, model, requests, input_tokens, output_tokens, cache_read_tokens, cost, unpriced, estimated
		from ${spending} where stream = ${stream}
		on conflict (stream, connection_id, model) do update set requests = requests + excluded.requests,
			input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens,
			cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens, cost = cost + excluded.cost,
			unpriced = unpriced + excluded.unpriced, estimated = estimated + excluded.estimated`,
	sql`delete from ${spending} where stream = ${stream}`,
	sql`delete from ${turnSpending} where stream = ${stream}`
];

const sums = z.object({
	connectionId: z.string(),
	model: z.string(),
	requests: z.number(),
	inputTokens: z.number(),
	outputTokens: z.number(),
	cacheReadTokens: z.number(),
	cost: z.number(),
	unpriced: z.number(),
	estimated: z.number()
});

/** A sum as it is told: `costUsd` in US dollars. */
const inDollars = <T extends { readonly cost: number }>({
	cost,
	...row
}: T): Omit<T, 'cost'> & { readonly costUsd: number } => ({
	...row,
	costUsd: cost / NANO
});

const SUMS = sql`sum(requests) as requests, sum(input_tokens) as inputTokens, sum(output_tokens) as outputTokens,
	sum(cache_read_tokens) as cacheReadTokens, sum(cost) as cost, sum(unpriced) as unpriced, sum(estimated) as estimated`;

/** The account by connection and model, of one chat or of all; the dearest first. */
export const account = defineQuery({
	name: 'account',
	input: z.object({ chatId: id.nullable().default(null) }),
	reads: [spending],
	answer: (read, { chatId }) =>
		read
			.all(
				sums,
				sql`select connection_id as connectionId, model, ${SUMS}
					from ${spending} where ${chatId === null ? 1 : 0} or stream = ${chatId === null ? '' : chatStream(chatId)}
					group by connection_id, model order by cost desc, requests desc, connection_id, model`
			)
			.map(inDollars)
});

/**
 * What turns took, by what for and by model: their words first. Only what was asked on this device, and since it is
 * counted by turn.
 */
export const spentOn = (read: Read, stream: string, turnIds: readonly string[]) =>
	read
		.all(
			sums.extend({ task: z.enum(['prose', 'classify']) }),
			sql`select task, connection_id as connectionId, model, ${SUMS}
				from ${turnSpending} where stream = ${stream} and turn_id in (select value from json_each(${JSON.stringify(turnIds)}))
				group by task, connection_id, model order by task desc, cost desc, connection_id, model`
		)
		.map(inDollars);
