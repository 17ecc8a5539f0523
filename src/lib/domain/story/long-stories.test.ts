// What is asked at every turn: as many statements and rows in a story in which much has happened as in one in which little has.
import { expect, test } from 'vitest';
import { createApp } from '../kernel/app.ts';
import type { Sql } from '../kernel/sql.ts';
import { aChat, anExchange, given, steadyWorld } from '#tests/support/given.ts';
import { vocabulary } from '../vocabulary.ts';

/** The one row of a table so many times more. */
const repeat = (db: Sql, table: string, key: string, times: number): void => {
	const columns = db
		.all({ text: 'select name from pragma_table_info(?)', values: [table] })
		.map((column) => String(column['name']));
	const value = (column: string): string =>
		column === 'position' ? 'position + i' : column === key ? `${column} || i` : column;
	db.exec(`insert into ${table} (${columns.join(', ')})
		with n (i) as (select 1 union all select i + 1 from n where i < ${String(times)})
		select ${columns.map(value).join(', ')} from n, ${table}`);
};

const costs = async (times: number) => {
	const at = await given();
	const { chatId } = aChat(at);
	anExchange(at, chatId, 'Hello.', 'A reply.');
	at.done('open_thread', { chatId, text: 'Who lit the lamp?' });
	at.done('plan_event', { chatId, title: 'A feast' });
	at.done('open_scene', { chatId, placeName: 'The quay' });
	at.done('skip_time', { chatId, kind: 'elision', minutes: 60, label: 'An hour later' });
	const { jobId } = at.done('take_turn', { chatId, text: 'And now?', connectionId: 'demo' });
	at.done('finish_reply', { jobId, text: 'Wait.', ended: 'whole', model: null, usage: null });
	const keys = { threads: 'thread_id', story_events: 'event_id', scenes: 'scene_id', time_skips: '' };
	for (const [table, key] of Object.entries(keys)) repeat(at.sql, table, key, times);
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
	const asking = (name: string, input: object) => {
		Object.assign(cost, { statements: 0, rows: 0 });
		const answer = JSON.stringify(app.ask(name, input));
		return { ...cost, chars: Math.round(answer.length / 10_000) };
	};
	return {
		now: asking('now', { chatId }),
		events: asking('story_events', { chatId }),
		scenes: asking('scenes', { chatId }),
		stage: asking('stage_request', { jobId })
	};
};

test('what stands in a story is told at the same cost, however many plans, loose ends, scenes and skips there are', async () => {
	expect(await costs(2000)).toEqual(await costs(400));
});
