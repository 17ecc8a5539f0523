// Recovery asks indexes, and a rehearsal keeps nothing that is only rolled back again.
import { describe, expect, test } from 'vitest';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import { aChat, anExchange, given } from '#tests/support/given.ts';
import type { Sql, Statement } from './sql.ts';

/** A story rewound twice, so that the older copy is put together from the newer one. */
const twiceRewound = async (sql: Sql) => {
	const at = await given({ sql });
	const { chatId } = aChat(at, { greeting: 'Hi.' });
	const turns = [0, 1, 2, 3].map((n) => anExchange(at, chatId, `words ${String(n)}`, `reply ${String(n)}`));
	at.done('rewind', { chatId, turnId: turns[2]?.replyId ?? '' });
	at.done('rewind', { chatId, turnId: turns[0]?.replyId ?? '' });
	return { at, chatId, turns };
};

describe('the list of copies', () => {
	test('is made without reading an event of any copy: only the index of their turns', async () => {
		const db = await openMemory();
		const asked: Statement[] = [];
		const { at } = await twiceRewound({
			...db,
			all: (statement) => {
				asked.push(statement);
				return db.all(statement);
			}
		});
		asked.length = 0;
		const copies = at.ask('recovery', {});
		expect(copies.map(({ restore }) => restore)).toEqual(['restore', 'branch']);
		const steps = asked
			.filter(({ text }) => text.includes('recovery_event'))
			.flatMap(({ text, values }) => db.all({ text: `explain query plan ${text}`, values }))
			.map((row) => String(row['detail']))
			.filter((detail) => / e( |$)/.test(detail));
		expect(steps.length).toBeGreaterThan(0);
		for (const step of steps) expect(step).toContain('COVERING INDEX recovery_event_turns');
	});
});

describe('a plan', () => {
	test('makes no recovery copy to throw away, and tells what the rewind then does', async () => {
		const db = await openMemory();
		const { at, chatId, turns } = await twiceRewound(db);
		anExchange(at, chatId, 'on', 'and on');
		at.done('rename_chat', { chatId, title: 'Later' });
		const turnId = turns[0]?.replyId ?? '';
		const seen = db.observe(() => at.ask('plan', { chatId, turnId, what: 'rewind' }));
		expect([...seen.writes]).not.toContain('recovery_event');
		expect([...seen.writes]).not.toContain('recovery_copy');
		const title = () => at.ask('chat', { chatId })?.title;
		const before = title();
		at.done('rewind', { chatId, turnId });
		const told = seen.value?.changes.filter(({ table }) => table === 'chats');
		expect(told).toHaveLength(1);
		expect(JSON.stringify(told)).toContain('Later');
		expect(title()).not.toBe(before);
	});
});
