// The Sql contract over SQLite in memory: the driver that every domain test uses.
import { describe, expect, it } from 'vitest';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import { runSqlCase, sqlCases } from './sql-cases.ts';

describe('the Sql port over memory', () => {
	it.each(sqlCases)('$name', async ({ name, answer }) => {
		expect(await runSqlCase(name, openMemory)).toStrictEqual(answer);
	});
});
