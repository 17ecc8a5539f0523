// Deleted for good: no byte of it is left in the file, and where that could not be done at once it is done later.
import { describe, expect, test } from 'vitest';
import { openMemory, type Connection } from '#lib/worker/storage/sqlite.ts';
import { StorageError } from '#lib/worker/storage/storage-error.ts';
import { aChat, anExchange, given, type Given } from '#tests/support/given.ts';

const SAID = 'the words nobody may read';
const OPENING = 'an opening nobody may read';
const TITLE = 'a title nobody may read';

/** How often any of the words is in the bytes of the file. */
const left = (db: Connection): number => {
	const image = Buffer.from(db.sqlite3.capi.sqlite3_js_db_export(db.pointer));
	return [SAID, OPENING, TITLE].filter((words) => image.includes(words)).length;
};

const owed = (at: Given): boolean =>
	at.sql.all({ text: "select 1 from kernel_meta where k = 'purge_owed'", values: [] }).length > 0;

/** A story with everything that words can stand in, deleted. `full`: set it, and writing the file anew fails. */
const aDeletedStory = async () => {
	const db = await openMemory();
	const disk = { full: false };
	const sql: Connection = {
		...db,
		exec: (script) => {
			if (disk.full && script === 'vacuum') throw new StorageError(13, 'full', 'database or disk is full');
			db.exec(script);
		}
	};
	const at = await given({ sql });
	const { chatId } = aChat(at, {});
	for (let n = 0; n < 30; n++) anExchange(at, chatId, `${SAID} ${String(n)} `.repeat(40), OPENING.repeat(50));
	const { turnId } = anExchange(at, chatId, SAID, OPENING);
	at.done('delete_turn', { chatId, turnId });
	at.done('rename_chat', { chatId, title: TITLE });
	at.done('save_composer', { chatId, text: SAID });
	const { copyId } = at.done('delete_chat', { chatId });
	expect(left(db)).toBe(3);
	return { at, db, disk, copyId };
};

describe('what is deleted for good', () => {
	test.each(['delete_copy', 'empty_recovery'] as const)('by %s leaves no byte in the file', async (name) => {
		const { at, db, copyId } = await aDeletedStory();
		at.done(name, { copyId });
		expect(left(db)).toBe(0);
		expect(owed(at)).toBe(false);
	});

	test('where there is no room to write the file anew, says so, is done all the same, and is written anew later', async () => {
		const { at, db, disk, copyId } = await aDeletedStory();
		disk.full = true;
		expect(() => at.app.dispatch({ id: 'the-one', name: 'delete_copy', input: { copyId } })).toThrow('full');
		expect(at.app.lookUp('the-one')).toMatchObject({ ok: true });
		expect(at.ask('recovery', {})).toEqual([]);
		expect(owed(at)).toBe(true);
		expect(left(db)).toBeGreaterThan(0);
		const app = at.reopen();
		expect(() => {
			app.tidy();
		}).toThrow('full');
		expect(owed(at)).toBe(true);
		disk.full = false;
		app.tidy();
		expect(left(db)).toBe(0);
		expect(owed(at)).toBe(false);
	});
});
