// What full-text indexes promise: they hold the words of the rows there are, by whichever way those came or went.
import { describe, expect, test } from 'vitest';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import { arriveAgain } from '#tests/support/arrival.ts';
import { effectsVocabulary, type Effect } from '#tests/support/effects.ts';
import { effectsOn } from '#tests/support/effects-random.ts';
import { aChat, anExchange, given, type Given } from '#tests/support/given.ts';
import { brokenIndexes } from '#tests/support/state.ts';
import { memories } from '../story/memories.ts';
import { brokenFullText } from './full-text.ts';
import { RUNGS } from './log-change.ts';
import { createTable, sql, type Sql } from './sql.ts';
import { brokenRules } from './table-rules.ts';

const memory = (text: string): Effect => ({
	effect: 'memory',
	owner: 'host',
	text,
	significance: 1,
	witness: { you: true, host: true, guest: false }
});

/** The texts of rows that hold a word. */
const found = (db: Sql, word: string): unknown[] =>
	db
		.all(
			sql`select m.text from memories_fts f join ${memories} m on m.memory_seq = f.rowid
				where memories_fts match ${word} order by m.text`
		)
		.map((row) => row['text']);

const told = async (ladder: Parameters<typeof given>[0] = {}) => {
	const at = await given({ vocabulary: effectsVocabulary, ...ladder });
	const { chatId } = aChat(at);
	const first = anExchange(at, chatId, 'a', 'b');
	effectsOn(at).say(chatId, first.replyId, [memory('Rain on the quay.')]);
	const second = anExchange(at, chatId, 'c', 'd');
	effectsOn(at).say(chatId, second.replyId, [memory('Rain on the roof, über all.')]);
	return { at, chatId, first, second };
};

const isSound = (at: Given) => {
	expect(brokenIndexes(at.sql, effectsVocabulary)).toEqual([]);
};

describe('a full-text index', () => {
	test('is made with its table, keeps its rules, and finds words whatever their case and accents', async () => {
		const { at } = await told();
		expect(brokenRules(at.sql, memories)).toEqual([]);
		expect(found(at.sql, 'rain')).toEqual(['Rain on the quay.', 'Rain on the roof, über all.']);
		expect(found(at.sql, 'UBER')).toEqual(['Rain on the roof, über all.']);
		isSound(at);
	});

	test.each(RUNGS.map((rung) => [rung] as const))(
		'loses and regains the words of what is taken back by %s',
		async (rung) => {
			const { at, chatId, first } = await told({ ladder: [rung, 'replay_all'] });
			const { copyId } = at.done('rewind', { chatId, turnId: first.replyId });
			expect(found(at.sql, 'rain')).toEqual(['Rain on the quay.']);
			isSound(at);
			at.done('restore_copy', { copyId });
			expect(found(at.sql, 'rain')).toHaveLength(2);
			isSound(at);
		}
	);

	test('is filled by a replay, and by opening a file whose tables were otherwise', async () => {
		const { at } = await told();
		at.app.rebuild();
		expect(found(at.sql, 'rain')).toHaveLength(2);
		at.reopen({ vocabulary: { ...effectsVocabulary, projectionVersion: 1000 } });
		expect(found(at.sql, 'rain')).toHaveLength(2);
		isSound(at);
	});

	test('is not made again by opening a file that is as it was left', async () => {
		const { at } = await told();
		const before = at.sql.all(sql`select name, sql from sqlite_schema order by name`);
		at.reopen();
		expect(at.sql.all(sql`select name, sql from sqlite_schema order by name`)).toEqual(before);
	});

	test('takes in what arrives, and gives it up again', async () => {
		const { at } = await told();
		arriveAgain(at, 1, (there) => {
			const { chatId, botId } = aChat(there, { name: 'Odo' });
			const witness = { you: false, host: true, guest: false };
			there.done('write_memory', { chatId, owner: botId, text: 'Rain at sea.', witness });
		});
		at.done('bring_in', {});
		expect(found(at.sql, 'sea')).toEqual(['Rain at sea.']);
		isSound(at);
		at.done('undo_last', { tab: 'tab-1' });
		expect(found(at.sql, 'sea')).toEqual([]);
		isSound(at);
	});

	test('is mended by a verification when it does not hold the words of its rows', async () => {
		const { at } = await told();
		const verified = async () => {
			const scratch = await openMemory();
			try {
				const steps = at.app.verify(scratch);
				for (;;) {
					const step = steps.next();
					if (step.done === true) return step.value;
				}
			} finally {
				scratch.close();
			}
		};
		expect((await verified()).indexes).toEqual([]);
		at.sql.run({ text: "insert into memories_fts (memories_fts) values ('delete-all')", values: [] });
		expect(brokenFullText(at.sql, [memories])).toEqual([memories]);
		expect(found(at.sql, 'rain')).toEqual([]);
		expect((await verified()).indexes).toEqual(['memories']);
		expect(found(at.sql, 'rain')).toHaveLength(2);
	});

	test('keeps no word of what was deleted for good', async () => {
		const { at, chatId, second } = await told();
		effectsOn(at).say(chatId, second.replyId, [memory('Zanzibar')]);
		const holds = () =>
			at.sql
				.all(sql`select block from memories_fts_data`)
				.some(
					({ block }) => block instanceof Uint8Array && new TextDecoder().decode(block).includes('anzibar')
				);
		expect(holds()).toBe(true);
		const { copyId } = at.done('delete_chat', { chatId });
		at.done('delete_copy', { copyId });
		expect(holds()).toBe(false);
		isSound(at);
	});

	test('is not made beside a table that is only compared', async () => {
		const db = await openMemory();
		db.exec(createTable(memories));
		expect(
			db.all(sql`select name from sqlite_schema where type in ('trigger', 'view') or name like '%fts%'`)
		).toEqual([]);
		db.close();
	});
});
