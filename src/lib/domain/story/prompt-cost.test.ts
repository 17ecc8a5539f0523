// What a prompt costs: as much in a long chat as in a short one.
import { expect, test } from 'vitest';
import { createApp } from '../kernel/app.ts';
import type { Sql } from '../kernel/sql.ts';
import { aChat, anExchange, given, steadyWorld } from '#tests/support/given.ts';
import { vocabulary } from '../vocabulary.ts';

/** The chat's last exchange again and again in log and projection, as so many more turns. */
const lengthen = (db: Sql, turns: number): void => {
	const at = (table: string, column: string): number =>
		Number(db.all({ text: `select max(${column}) as n from ${table}`, values: [] })[0]?.['n']);
	const [seq, place, number] = [at('event_log', 'seq'), at('turns', 'position'), at('turns', 'number')];
	db.exec(`
		insert into event_log (seq, event_id, stream, stream_seq, anchor, cause, opens_turn, batch, kind, v, payload, at)
			with n (i) as (select 1 union all select i + 1 from n where i < ${String(turns)})
			select seq + n.i, 'e' || n.i, stream, stream_seq + n.i, 't' || n.i, null, 1, batch, kind, v, payload, at
			from n, event_log where seq = ${String(seq)};
		insert into turns (stream, turn_id, position, number, round, role, reply_to, speaker_id, speaker_name, text_at, truncated,
				edits, present, story_minutes, hidden, at)
			with n (i) as (select 1 union all select i + 1 from n where i < ${String(turns)})
			select stream, 't' || n.i, position + n.i, number + n.i, round, role, null, speaker_id, speaker_name, position + n.i,
				0, 0, present, story_minutes, 0, at
			from n, turns where position = ${String(place)};
		update story_now set turns = ${String(number + turns)} where stream in (select stream from turns);
		update kernel_meta set v = ${String(seq + turns + 1)} where k = 'next_seq';
		update stream_head set stream_seq = ${String(place + turns)}, seq = ${String(seq + turns)}
			where stream in (select stream from turns)`);
};

/** How many statements a prompt runs, and how many rows they give, in a chat of so many turns. */
const costAt = async (turns: number, guest: boolean) => {
	const at = await given();
	const { chatId } = aChat(at);
	at.done('change_chat_settings', { chatId, classifiers: 'off' });
	const { botId } = at.done('author_bot', { name: 'Ben' });
	if (guest) at.done('invite_guest', { chatId, botId });
	anExchange(at, chatId, 'Hello.', 'A reply about the lamp and the storm. '.repeat(20));
	lengthen(at.sql, turns);
	const cost = { statements: 0, rows: 0 };
	const counted: Sql = {
		...at.sql,
		all: (statement) => {
			const rows = at.sql.all(statement);
			cost.statements += 1;
			cost.rows += rows.length;
			return rows;
		}
	};
	const app = createApp({ sql: counted, vocabulary, world: steadyWorld() });
	const input = { chatId, text: 'The lamp?', connectionId: 'demo', speaker: guest ? botId : null };
	const taken = app.dispatch({ id: 'the-one', name: 'take_turn', input });
	if (!taken.ok) throw new Error(JSON.stringify(taken.error));
	Object.assign(cost, { statements: 0, rows: 0 });
	const asked = app.ask('stage_request', taken.value);
	expect(JSON.stringify(asked)).toContain('The lamp?');
	return cost;
};

test.each([false, true])(
	'is the same at two hundred and at ten thousand turns (guest: %s)',
	async (guest) => {
		const short = await costAt(200, guest);
		const long = await costAt(10_000, guest);
		expect(long.statements).toBeLessThanOrEqual(short.statements + 2);
		expect(long.rows).toBeLessThanOrEqual(short.rows + 16);
	}
);
