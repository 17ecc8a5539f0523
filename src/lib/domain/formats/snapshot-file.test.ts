// The shape of a file: what is written is read back as it was, and what is wrong is named.
import { expect, test } from 'vitest';
import { readLog } from '../kernel/log.ts';
import { sql } from '../kernel/sql.ts';
import { aChat, anExchange, anotherReply, given } from '#tests/support/given.ts';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import {
	createImage,
	fileLine,
	fileRow,
	formatOf,
	lineOfManifest,
	lineOfRow,
	readManifest,
	rowOfLine,
	ROW_COLUMNS,
	writeManifest,
	type Manifest
} from './snapshot-file.ts';

const manifest: Manifest = {
	holds: 'chat',
	format: 2,
	projectionVersion: 3,
	app: 'stet',
	at: 1_767_225_600_000,
	title: 'The ferry',
	stream: 'chat:1',
	complete: false,
	chats: 1,
	turns: 2,
	events: 3,
	bots: 1,
	yous: 0,
	pictures: 0,
	copies: 0,
	heads: { 'chat:1': [3, 3] },
	logDigest: 'l',
	stateDigest: 's'
};

test('a manifest is read as it was written, and names what is wrong with it', async () => {
	const db = await openMemory();
	createImage(db);
	writeManifest(db, manifest);
	const rows = () => db.all(sql`select k, v from manifest`);
	expect(readManifest(rows()).data).toEqual(manifest);
	expect(formatOf(rows())).toBe(2);
	db.run(sql`update manifest set v = 'many' where k = 'events'`);
	expect(readManifest(rows()).error?.issues[0]?.path).toEqual(['events']);
	db.run(sql`delete from manifest`);
	expect(formatOf(rows())).toBeNull();
	expect(fileLine.parse(JSON.parse(lineOfManifest(manifest)))).toEqual({ stet: 'manifest', ...manifest });
});

test('every row of a log becomes a line, and is that row again but for its own numbers', async () => {
	const at = await given();
	const { chatId } = aChat(at, { greeting: 'half \uD83C and\u2028 more' });
	const { replyId } = anExchange(at, chatId, 'words\nin lines', 'a reply');
	anotherReply(at, chatId, replyId, 'another');
	const rows = readLog(at.sql, 0, 1000);
	expect(rows.some((row) => row.supersededBy !== null)).toBe(true);
	for (const row of rows) {
		const superseder = rows.find(({ seq }) => seq === row.supersededBy)?.streamSeq ?? null;
		const text = lineOfRow(row, superseder);
		expect(text).not.toMatch(/[\n\r]/);
		const line = fileLine.parse(JSON.parse(text));
		if (line.stet !== 'event') throw new Error('not an event');
		expect(rowOfLine(line, row.seq, row.supersededBy)).toEqual({ ...row, batch: row.seq });
	}
	const stored = at.sql.all({ text: `select ${ROW_COLUMNS} from event_log order by seq`, values: [] });
	expect(stored.map((row) => fileRow.parse(row))).toEqual(rows);
});

test('a row with a payload that is no JSON keeps it in its line, and is refused as a row', () => {
	const row = {
		seq: 1,
		eventId: 'e',
		stream: 'chat:1',
		streamSeq: 1,
		anchor: null,
		cause: null,
		opensTurn: false,
		batch: 1,
		kind: 'k',
		v: 1,
		payload: '{"text": "torn o',
		at: 1,
		supersededBy: null
	};
	const line = fileLine.parse(JSON.parse(lineOfRow(row, null)));
	if (line.stet !== 'event') throw new Error('not an event');
	expect(rowOfLine(line, 1, null)).toEqual(row);
	expect(fileRow.safeParse({ ...row, opensTurn: 0 }).error?.issues[0]?.path).toEqual(['payload']);
	expect(fileRow.safeParse({ ...row, opensTurn: 2, payload: '{}' }).success).toBe(false);
	expect(fileRow.safeParse({ ...row, opensTurn: 1, payload: '{}', seq: 2 ** 60 }).success).toBe(false);
});
