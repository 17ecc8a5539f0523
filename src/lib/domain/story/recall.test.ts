// What recall promises: who was there recalls, by the stated score, pinned first, within count and tokens; and by nothing else.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aChat, anExchange, given, NOBODY } from '#tests/support/given.ts';
import { createRead } from '../kernel/query.ts';
import { chatStream } from '../streams.ts';
import { COMMON_AT, COMMON_LOOKED_AT, HALF_LIFE_TURNS, recall, scoreOf, WEIGHED_MAX } from './recall.ts';
import type { Sql } from '../kernel/sql.ts';
import { estimateTokens } from './tokens.ts';

const told = async () => {
	const at = await given();
	const { chatId, botId } = aChat(at);
	const write = (text: string, more: object = {}) =>
		at.done('write_memory', {
			chatId,
			owner: botId,
			text,
			significance: 0,
			witness: { you: false, host: true, guest: false },
			...more
		}).memoryId;
	const mind = (cue: string, more: object = {}) =>
		recall(createRead(at.sql), {
			stream: chatStream(chatId),
			entity: botId,
			cue,
			turn: 0,
			count: 12,
			tokens: 1000,
			...more
		});
	const comes = (cue: string, more: object = {}) => mind(cue, more).recalled;
	const texts = (cue: string, more: object = {}) => comes(cue, more).map(({ text }) => text);
	return { at, chatId, botId, write, mind, comes, texts };
};

describe('the score', () => {
	test('is the rank, halved every so many turns, times what it matters', () => {
		expect(scoreOf({ rank: 2, ageTurns: 0, significance: 0 })).toBe(2);
		expect(scoreOf({ rank: 2, ageTurns: HALF_LIFE_TURNS, significance: 0 })).toBe(1);
		expect(scoreOf({ rank: 2, ageTurns: 2 * HALF_LIFE_TURNS, significance: 3 })).toBe(2);
		// written after the turn it is asked for, as when a turn is asked again
		expect(scoreOf({ rank: 2, ageTurns: -5, significance: 0 })).toBe(2);
	});

	test('rises with the rank and with what it matters, and falls with every turn', () => {
		const memory = fc.record({
			rank: fc.double({ min: 1e-6, max: 50, noNaN: true }),
			ageTurns: fc.nat(2000),
			significance: fc.integer({ min: 0, max: 3 })
		});
		fc.assert(
			fc.property(memory, fc.integer({ min: 1, max: 500 }), (one, turns) => {
				const score = scoreOf(one);
				expect(score).toBeGreaterThan(0);
				expect(scoreOf({ ...one, rank: one.rank * 2 })).toBeCloseTo(2 * score);
				expect(scoreOf({ ...one, ageTurns: one.ageTurns + turns })).toBeLessThan(score);
				expect(scoreOf({ ...one, ageTurns: one.ageTurns + HALF_LIFE_TURNS })).toBeCloseTo(score / 2);
				expect(scoreOf({ ...one, significance: one.significance + 1 })).toBeGreaterThan(score);
			})
		);
	});
});

/** A memory so many times more, as of the turns after it. */
const crowd = (db: Sql, memoryId: string, times: number): void => {
	const columns = `owner, text, grams, significance, witness_you, witness_host, witness_guest, guest_id, scene_id, minutes,
		source_kind, source_id, turn_id`;
	db.run({
		text: `insert into memories (stream, memory_id, position, memory_seq, ${columns}, number, pinned, forgotten, edits, at)
			with n (i) as (select 1 union all select i + 1 from n where i < ?)
			select stream, memory_id || i, position + i, memory_seq + i, ${columns}, number + i, 0, 0, 0, at
			from n, memories where memory_id = ?`,
		values: [times, memoryId]
	});
};

describe('among ever so many memories', () => {
	const asked = { cue: 'The lantern of Odo', count: 24, tokens: 2000 };
	const read = async (times: number) => {
		const { at, chatId, botId, write } = await told();
		write('Odo was born at sea.');
		crowd(at.sql, write('The lantern is lit.'), times);
		const cost = { statements: 0, rows: 0 };
		const counting: Sql = {
			...at.sql,
			all: (statement) => {
				const rows = at.sql.all(statement);
				cost.statements += 1;
				cost.rows += rows.length;
				return rows;
			}
		};
		const stream = chatStream(chatId);
		const found = recall(createRead(counting), { ...asked, stream, entity: botId, turn: times });
		return { cost, texts: found.recalled.map(({ text }) => text) };
	};

	test('what a rare word finds comes first, however old; of what a common one finds the newest are looked at', async () => {
		const { cost, texts } = await read(4 * COMMON_AT);
		expect(texts).toHaveLength(24);
		expect(texts[0]).toBe('The lantern is lit.');
		expect(cost.rows).toBeLessThanOrEqual(asked.cue.split(' ').length + COMMON_LOOKED_AT + WEIGHED_MAX);
		const more = await read(8 * COMMON_AT);
		expect(more.cost).toEqual(cost);
	});

	test('a rare word finds what is old', async () => {
		const { texts } = await read(COMMON_AT);
		expect(texts).toContain('Odo was born at sea.');
	});
});

describe('recall', () => {
	test('brings what shares a word with the cue, in whatever script, and nothing else', async () => {
		const { write, texts } = await told();
		write('The lantern by the quay went out.');
		write('Odo sold the boat.');
		write('灯台の明かりが消えた。');
		expect(texts('Where is that LANTERN?')).toEqual(['The lantern by the quay went out.']);
		expect(texts('灯台はどこ')).toEqual(['灯台の明かりが消えた。']);
		expect(texts('Nothing of it')).toEqual([]);
		expect(texts('"?! *')).toEqual([]);
		expect(texts('')).toEqual([]);
	});

	test('prefers what matters, and what is new, where the words say the same', async () => {
		const { at, chatId, write, texts } = await told();
		write('the lantern one');
		for (let n = 0; n < 10; n++) anExchange(at, chatId, 'x', 'y');
		write('the lantern two');
		write('the lantern six', { significance: 3 });
		write('the boat');
		const turn = at.ask('transcript', { chatId }).total;
		expect(texts('lantern', { turn })).toEqual(['the lantern six', 'the lantern two', 'the lantern one']);
	});

	test('ages by the turn that caused it, however late it was noticed', async () => {
		const { at, chatId, botId, comes } = await told();
		const { replyId } = anExchange(at, chatId, 'x', 'y');
		for (let n = 0; n < 4; n++) anExchange(at, chatId, 'x', 'y');
		const number = at.sql.all({
			text: 'select number from turns where turn_id = ?',
			values: [replyId]
		})[0]?.['number'];
		at.done('write_memory', {
			chatId,
			owner: botId,
			text: 'the lantern now',
			witness: { you: false, host: true, guest: false }
		});
		expect(at.sql.all({ text: 'select number from memories', values: [] })).toEqual([{ number: 10 }]);
		expect(number).toBe(2);
		const now = comes('lantern', { turn: 10 })[0]?.score ?? 0;
		expect(comes('lantern', { turn: 10 + HALF_LIFE_TURNS })[0]?.score).toBeCloseTo(now / 2);
	});

	test('puts what is pinned first, whatever is spoken of, and leaves out what is forgotten', async () => {
		const { at, chatId, write, mind, comes } = await told();
		const pinned = write('Never whistle at sea.');
		at.done('pin_memory', { chatId, memoryId: pinned });
		const gone = write('the lantern');
		at.done('forget_memory', { chatId, memoryId: gone });
		write('a lantern');
		expect(comes('lantern').map(({ text, pinned: is }) => [text, is])).toEqual([
			['Never whistle at sea.', true],
			['a lantern', false]
		]);
		// pinned, it comes beyond both bounds
		expect(comes('lantern', { count: 0, tokens: 0 }).map(({ memoryId }) => memoryId)).toEqual([pinned]);
		// and it is said how many had no place in them
		expect([mind('lantern').beyond, mind('lantern', { count: 0, tokens: 0 }).beyond]).toEqual([0, 1]);
	});

	test('is of who was there, and of nobody else', async () => {
		const { at, chatId, botId, texts } = await told();
		const write = (text: string, owner: string, you: boolean, host: boolean) =>
			at.done('write_memory', { chatId, owner, text, witness: { you, host, guest: false } });
		write('a lantern you saw alone', 'you', true, false);
		write('a lantern both saw', 'you', true, true);
		write('a lantern the host saw alone', botId, false, true);
		expect(texts('lantern').sort()).toEqual(['a lantern both saw', 'a lantern the host saw alone']);
		expect(texts('lantern', { entity: 'you' }).sort()).toEqual([
			'a lantern both saw',
			'a lantern you saw alone'
		]);
		expect(texts('lantern', { entity: NOBODY })).toEqual([]);
	});

	test('looks into no other chat', async () => {
		const { at, botId, write, texts } = await told();
		const { chatId: other } = at.done('create_chat', { botId });
		at.done('write_memory', {
			chatId: other,
			owner: botId,
			text: 'a lantern elsewhere',
			witness: { you: false, host: true, guest: false }
		});
		write('a lantern here');
		expect(texts('lantern elsewhere')).toEqual(['a lantern here']);
	});

	test('whatever is asked: only what may be recalled, pinned first, then by score, within count and tokens', async () => {
		const { at, chatId, botId, write, comes } = await told();
		const words = ['lantern', 'quay', 'rain', 'boat', '雨が', 'Odo', 'and'];
		const sentence = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 12 });
		for (const [n, said] of fc.sample(sentence, { numRuns: 60, seed: 7 }).entries()) {
			const you = n % 4 === 0;
			const memoryId = write(said.join(' '), {
				owner: you ? 'you' : botId,
				significance: n % 4,
				witness: { you, host: !you || n % 8 === 0, guest: false }
			});
			if (n % 19 === 0) at.done('pin_memory', { chatId, memoryId });
			if (n % 6 === 0) anExchange(at, chatId, 'x', 'y');
		}
		const all = new Map(
			at.sql
				.all({ text: 'select memory_id, owner, witness_host, pinned, forgotten from memories', values: [] })
				.map((row) => [row['memory_id'], row])
		);
		fc.assert(
			fc.property(sentence, fc.nat(12), fc.nat(120), fc.boolean(), (said, count, tokens, asYou) => {
				const entity = asYou ? 'you' : botId;
				const recalled = comes(said.join(' '), { entity, count, tokens, turn: 20 });
				const pinned = recalled.filter((one) => one.pinned);
				expect(recalled.slice(0, pinned.length)).toEqual(pinned);
				const rest = recalled.slice(pinned.length);
				expect(rest.map(({ score }) => score)).toEqual(
					rest.map(({ score }) => score).toSorted((a, b) => b - a)
				);
				for (const { memoryId, score } of rest) {
					expect(score).toBeGreaterThan(0);
					const row = all.get(memoryId);
					expect(asYou ? row?.['owner'] === 'you' : row?.['witness_host'] === 1).toBe(true);
				}
				const cost = recalled.reduce((sum, { text }) => sum + estimateTokens(text), 0);
				const pinnedCost = pinned.reduce((sum, { text }) => sum + estimateTokens(text), 0);
				expect(recalled.length).toBeLessThanOrEqual(Math.max(count, pinned.length));
				expect(cost).toBeLessThanOrEqual(Math.max(tokens, pinnedCost));
			}),
			{ numRuns: 150 }
		);
	});
});
