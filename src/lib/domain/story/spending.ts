// What replies have cost: tokens and money by chat, connection and model. Money that was spent is not taken back by undo.
import { decided, defineCommand } from '../kernel/command.ts';
import { defineQuery } from '../kernel/query.ts';
import { refuse } from '../kernel/result.ts';
import { z } from '../kernel/schema.ts';
import { defineTable, sql, type Statement } from '../kernel/sql.ts';
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

const NANO = 1e9;

/** Adds one request to the account; none that cost nothing anybody could count. */
export const spent = (about: {
	readonly stream: string;
	readonly connectionId: string;
	readonly model: string | null;
	readonly usage: Usage | null;
}): readonly Statement[] => {
	const { usage: used } = about;
	if (used === null) return [];
	const cost = used.costUsd === null ? 0 : Math.round(used.costUsd * NANO);
	return [
		sql`insert into ${spending} (stream, connection_id, model, requests, input_tokens, output_tokens, cache_read_tokens,
				cost, unpriced, estimated)
			values (${about.stream}, ${about.connectionId}, ${about.model ?? ''}, 1, ${used.inputTokens ?? 0},
				${used.outputTokens ?? 0}, ${used.cacheReadTokens ?? 0}, ${cost}, ${used.costUsd === null ? 1 : 0},
				${used.estimated ? 1 : 0})
			on conflict (stream, connection_id, model) do update set requests = requests + 1,
				input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens,
				cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens, cost = cost + excluded.cost,
				unpriced = unpriced + excluded.unpriced, estimated = estimated + excluded.estimated`
	];
};

/** Adds what was asked of a model beside the replies, such as a small decision. */
export const noteSpending = defineCommand({
	name: 'note_spending',
	input: z.object({ chatId: id, connectionId, model: z.string().max(200), usage: toldUsage }),
	reads: [chats],
	notes: [spending],
	decide: ({ chatId, connectionId: connection, model, usage }, read) => {
		if (findChat(read, chatId) === null) return refuse({ type: 'chat_unknown', chatId });
		return decided({
			notes: spent({ stream: chatStream(chatId), connectionId: connection, model, usage }),
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
	sql`delete from ${spending} where stream = ${stream}`
];

/** The account by connection and model, of one chat or of all; the dearest first. `costUsd` in US dollars. */
export const account = defineQuery({
	name: 'account',
	input: z.object({ chatId: id.nullable().default(null) }),
	reads: [spending],
	answer: (read, { chatId }) =>
		read.all(
			z
				.object({
					connectionId: z.string(),
					model: z.string(),
					requests: z.number(),
					inputTokens: z.number(),
					outputTokens: z.number(),
					cacheReadTokens: z.number(),
					cost: z.number(),
					unpriced: z.number(),
					estimated: z.number()
				})
				.transform(({ cost, ...row }) => ({ ...row, costUsd: cost / NANO })),
			sql`select connection_id as connectionId, model, sum(requests) as requests, sum(input_tokens) as inputTokens,
					sum(output_tokens) as outputTokens, sum(cache_read_tokens) as cacheReadTokens, sum(cost) as cost,
					sum(unpriced) as unpriced, sum(estimated) as estimated
				from ${spending} where ${chatId === null ? 1 : 0} or stream = ${chatId === null ? '' : chatStream(chatId)}
				group by connection_id, model order by cost desc, requests desc, connection_id, model`
		)
});
