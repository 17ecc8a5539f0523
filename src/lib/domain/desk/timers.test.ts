// What time makes of a hand-off, and how pressing a case is.
import { expect, test } from 'vitest';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import { createRead } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { createTable, sql } from '../kernel/sql.ts';
import { STATES } from './life-cycle.ts';
import { canonicalId } from './handoff-id.ts';
import { priorityOf } from './priority.ts';
import { dueAt, effectiveState, isStale, mayAlert, rowsThat, TIMERS_READ, waitsSince } from './timers.ts';

const MINUTE = 60_000;
const row = (more: object = {}) => ({
	state: 'open' as const,
	snoozedUntil: null,
	priority: 1,
	queuedAt: 1000,
	activeAt: 1000,
	raisedAt: 1000,
	...more
});

test('impact and urgency make a priority', () => {
	expect([1, 2, 3].map((impact) => [1, 2, 3].map((urgency) => priorityOf(impact, urgency)))).toEqual([
		[1, 2, 3],
		[2, 3, 4],
		[3, 4, 4]
	]);
});

test('what waits is due by its priority, and what does not is not', () => {
	expect([1, 2, 3, 4].map((priority) => ((dueAt(row({ priority }), 0) ?? 0) - 1000) / MINUTE)).toEqual([
		15, 60, 240, 1440
	]);
	for (const state of ['claimed', 'with_ai', 'resolved', 'withdrawn'])
		expect(dueAt(row({ state }), 0)).toBeNull();
});

test('a sleeper is open from the very moment on, and waits since then', () => {
	const sleeps = row({ state: 'snoozed', snoozedUntil: 5000 });
	expect([effectiveState(sleeps, 4999), effectiveState(sleeps, 5000)]).toEqual(['snoozed', 'open']);
	expect([dueAt(sleeps, 4999), dueAt(sleeps, 5000)]).toEqual([null, 5000 + 15 * MINUTE]);
	expect(waitsSince(sleeps)).toBe(5000);
});

test('a claim is stale after so long without activity, and nothing else ever is', () => {
	const held = row({ state: 'claimed' });
	expect([isStale(held, 30, 1000 + 30 * MINUTE - 1), isStale(held, 30, 1000 + 30 * MINUTE)]).toEqual([
		false,
		true
	]);
	expect(isStale(row(), 30, Number.MAX_SAFE_INTEGER)).toBe(false);
});

test('a hand-off of four months ago alerts nobody at half past five', () => {
	const week = 7 * 24 * 60 * MINUTE;
	expect([mayAlert(row(), 1000 + week - 1), mayAlert(row(), 1000 + week)]).toEqual([true, false]);
	expect(mayAlert(row({ state: 'claimed' }), 1001)).toBe(false);
});

const ID = '0123abcd-0000-4000-8000-00000000beef';

test.each([
	['as it is', ID],
	['in capitals', ID.toUpperCase()],
	['in braces', `{${ID}}`],
	['as a urn', `urn:uuid:${ID}`],
	['as a urn in capitals', `URN:UUID:${ID.toUpperCase()}`],
	['without dashes', ID.replaceAll('-', '')]
])('an id is the same %s', (_, spelled) => {
	expect(canonicalId(spelled)).toBe(ID);
});

test.each([
	['nothing', ''],
	['dots for dashes', ID.replaceAll('-', '.')],
	['some dashes', ID.replace('-', '')],
	['an open brace', `{${ID}`],
	['space around it', ` ${ID}`],
	['letters that only look like them', ID.replace('a', '\u0430')],
	['digits of another script', ID.replace('0', '\u0660')],
	['a letter whose lower case is ASCII', ID.replace('b', '\u212A')],
	['a wildcard', ID.replace('0', '*')],
	['no version', '0123abcd-0000-0000-0000-00000000beef'],
	['more after it', `${ID}.1`]
])('%s is no id', (_, spelled) => {
	expect(canonicalId(spelled)).toBeNull();
});

test('as conditions on rows the timers say the same, at every moment around each of them', async () => {
	const db = await openMemory();
	try {
		for (const table of TIMERS_READ) db.exec(createTable(table));
		const read = createRead(db);
		const said = z.object({ wait: z.number(), since: z.number(), overdue: z.number(), alert: z.number() });
		const moments = [1000, 5000, 15 * MINUTE, 240 * MINUTE, 7 * 24 * 60 * MINUTE].flatMap((at) => [
			at + 999,
			at + 1000,
			at + 5000
		]);
		for (const state of STATES)
			for (const snoozedUntil of [null, 5000])
				for (const priority of [1, 2, 3, 4])
					for (const now of moments) {
						const of = {
							...row({ priority }),
							state,
							snoozedUntil: state === 'snoozed' ? (snoozedUntil ?? 1) : null
						};
						const found = read.one(
							said,
							sql`select coalesce(${rowsThat.wait(now)}, 0) as wait, ${rowsThat.waitSince} as since,
									coalesce(${rowsThat.areOverdue(now)}, 0) as overdue, coalesce(${rowsThat.mayAlert(now)}, 0) as alert
								from (select ${of.state} as state, ${of.priority} as priority, ${of.queuedAt} as queued_at,
									${of.snoozedUntil} as snoozed_until, 'c' as chat_id, ${ID} as handoff_id)`
						);
						expect(found, JSON.stringify([of, now])).toEqual({
							wait: Number(effectiveState(of, now) === 'open'),
							since: waitsSince(of),
							overdue: Number((dueAt(of, now) ?? Infinity) <= now),
							alert: Number(mayAlert(of, now))
						});
					}
	} finally {
		db.close();
	}
});
