// What is taken out is the state of one moment, all of it, and nothing besides.
import { Decrypter } from 'age-encryption';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileLine, readManifest } from '#lib/domain/formats/snapshot-file.ts';
import { sql, type Sql } from '#lib/domain/kernel/sql.ts';
import { chatStream } from '#lib/domain/streams.ts';
import { loadSqlite } from '../storage/engine.ts';
import { connect, openMemory } from '../storage/sqlite.ts';
import type { TakeOut, TakenOut } from '../travel-protocol.ts';
import {
	aChat,
	anExchange,
	anotherReply,
	given,
	idNumber,
	NOBODY,
	play,
	type Given
} from '#tests/support/given.ts';
import { playHistory, playStep, step, type Step } from '#tests/support/histories.ts';
import { dump, foldedTables } from '#tests/support/state.ts';
import {
	elsewhere,
	manifestOf,
	openedFile,
	openedImage,
	someWork,
	takingFrom,
	TAKEN_AT_MS,
	unzipped
} from '#tests/support/taking.ts';
import { takeOut } from './take-out.ts';
import { pages } from './workshop.ts';
import { vocabulary } from '#lib/domain/vocabulary.ts';

const LIBRARY = { kind: 'library' } as const;
const PICTURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);
const HASH = 'ab'.repeat(32);
const OTHER_HASH = 'cd'.repeat(32);

const asked = (what: TakeOut['what'], as: TakeOut['as'] = 'stet', passphrase = ''): TakeOut => ({
	what,
	as,
	passphrase
});

/** A library with something of everything, and words that belong in no file. */
const aLibrary = (at: Given) => {
	at.app.putAsset({ mediaType: 'image/png', bytes: PICTURE, hash: HASH });
	at.app.putAsset({ mediaType: 'image/png', bytes: PICTURE, hash: OTHER_HASH });
	const { youId } = at.done('author_you', { name: 'Tilde', description: 'A diver.' });
	const { chatId, botId } = aChat(at, { greeting: 'Hi.', avatar: HASH });
	const { chatId: other, botId: otherBot } = aChat(at, { name: 'Odo', avatar: OTHER_HASH });
	at.done('author_bot', { botId, name: 'Mara the second', avatar: HASH });
	at.done('author_bot', { name: 'Nobody’s bot' });
	const { chatId: third } = at.done('create_chat', { botId, youId, title: 'With a persona' });
	const first = anExchange(at, chatId, 'A lamp.', 'Two lamps.');
	const again = anotherReply(at, chatId, first.turnId, 'Three lamps.');
	anExchange(at, other, 'Elsewhere', 'Far away');
	const gone = anExchange(at, chatId, 'And then?', 'It went out.');
	const { copyId } = at.done('rewind', { chatId, turnId: again.turnId });
	at.done('save_composer', { chatId, text: 'CANARY half a sentence' });
	const { jobId } = at.done('take_turn', { chatId: other, text: 'Wait', connectionId: 'canary-connection' });
	at.done('save_draft', { jobId, text: 'CANARY of a reply' });
	return { chatId, botId, other, otherBot, third, youId, copyId, first, gone };
};

const taken = async (
	at: Given,
	request: TakeOut,
	deps: Parameters<typeof takingFrom>[1] = {}
): Promise<TakenOut> => {
	const result = await takeOut(takingFrom(at, deps), request, someWork());
	if (!result.ok) throw new Error(`nothing was taken out: ${result.error.type}`);
	return result.value;
};

const FROM_LIBRARY = ['asset', 'event_log', 'recovery_copy', 'recovery_event'];
const schemaOf = (db: Sql) =>
	db
		.all(sql`select type, name from sqlite_schema where type <> 'index' order by name`)
		.map(({ type, name }) => `${String(type)} ${String(name)}`);
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('a library', () => {
	test('is all events, copies and pictures in a plain SQLite file, and nothing else', async () => {
		const at = await given();
		aLibrary(at);
		const out = await taken(at, asked(LIBRARY));
		expect(out).toMatchObject({ title: '', at: TAKEN_AT_MS, ending: '.stet', complete: true });
		expect(at.ask('holdings', {})).toMatchObject(out.holds);
		expect(out.holds).toMatchObject({ chats: 3, bots: 3, yous: 1, pictures: 2, copies: 1 });

		const bytes = await unzipped(out.file);
		expect(textOf(bytes.subarray(0, 16))).toBe('SQLite format 3\0');
		expect(textOf(bytes)).not.toMatch(/CANARY|canary|composer|reply_jobs|undo_log|command/);
		const db = await openedFile(out.file);
		expect(schemaOf(db)).toEqual([...FROM_LIBRARY, 'manifest'].sort().map((name) => `table ${name}`));
		expect(db.all({ text: 'pragma integrity_check', values: [] })).toEqual([{ integrity_check: 'ok' }]);
		expect(dump(db, FROM_LIBRARY)).toEqual(dump(at.sql, FROM_LIBRARY));
		expect(readManifest(db.all(sql`select k, v from manifest`)).data).toMatchObject({
			holds: 'library',
			stream: null,
			events: at.events(),
			heads: Object.fromEntries(
				at.ask('streams', {}).map(({ stream, events, lastStreamSeq }) => [stream, [lastStreamSeq, events]])
			)
		});
	});

	test('as text is a line for each event and picture, each of them whole', async () => {
		const at = await given();
		aLibrary(at);
		const out = await taken(at, asked(LIBRARY, 'jsonl'));
		expect(out.ending).toBe('.jsonl');
		expect(out.holds.copies).toBe(0);
		const text = await out.file.text();
		expect(text).not.toMatch(/CANARY|canary/);
		expect(text.endsWith('\n')).toBe(true);
		const lines = text
			.trimEnd()
			.split('\n')
			.map((line) => fileLine.parse(JSON.parse(line)));
		expect(lines[0]).toMatchObject({ stet: 'manifest', events: at.events(), copies: 0, pictures: 2 });
		const events = lines.flatMap((line) => (line.stet === 'event' ? [line] : []));
		const rows = at.sql.all(
			sql`select e.stream, e.stream_seq, e.kind, e.payload, (select s.stream_seq from event_log s where s.seq = e.superseded_by) as by
				from event_log e order by e.seq`
		);
		expect(
			events.map((line) => [
				line.stream,
				line.streamSeq,
				line.kind,
				JSON.stringify(line.payload),
				line.supersededBy
			])
		).toEqual(rows.map((row) => [row['stream'], row['stream_seq'], row['kind'], row['payload'], row['by']]));
		expect(events.some((line) => line.supersededBy !== null)).toBe(true);
		const [picture] = lines.flatMap((line) => (line.stet === 'picture' ? [line] : []));
		expect(new Uint8Array(Buffer.from(picture?.base64 ?? '', 'base64'))).toEqual(PICTURE);
	});

	test('of larger pages than one comes out the same', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		for (let n = 0; n < 30; n++) anExchange(at, chatId, 'words '.repeat(2000), 'reply '.repeat(2000));
		const db = await openedFile((await taken(at, asked(LIBRARY), { pageRows: 7 })).file);
		expect(dump(db, FROM_LIBRARY)).toEqual(dump(at.sql, FROM_LIBRARY));
	});

	test('is encrypted as age encrypts, and opens under its passphrase only', async () => {
		const at = await given();
		aLibrary(at);
		const out = await taken(at, asked(LIBRARY, 'stet', 'correct horse'));
		expect(out.ending).toBe('.stet.age');
		const bytes = new Uint8Array(await out.file.arrayBuffer());
		expect(textOf(bytes.subarray(0, 21))).toBe('age-encryption.org/v1');
		const decrypted = async (passphrase: string): Promise<Uint8Array> => {
			const decrypter = new Decrypter();
			decrypter.addPassphrase(passphrase);
			return decrypter.decrypt(bytes);
		};
		await expect(decrypted('wrong horse')).rejects.toThrow();
		const db = await openedFile(new Blob([new Uint8Array(await decrypted('correct horse'))]));
		expect(dump(db, FROM_LIBRARY)).toEqual(dump(at.sql, FROM_LIBRARY));
		// deriving a key takes about a second, and is meant to
	}, 60_000);

	test('whose log does not replay is given all the same, and says so', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		at.sql
			.run(sql`insert into event_log (seq, event_id, stream, stream_seq, opens_turn, batch, kind, v, payload, at)
			select seq + 1000, 'twice', stream, stream_seq + 1000, opens_turn, batch, kind, v, payload, at from event_log
			where kind = 'chat_created'`);
		const out = await taken(at, asked(LIBRARY));
		expect(out).toMatchObject({ complete: false, holds: { chats: 1 } });
		const db = await openedFile(out.file);
		expect(dump(db, FROM_LIBRARY)).toEqual(dump(at.sql, FROM_LIBRARY));
		expect(manifestOf(db)).toMatchObject({ complete: 0, state_digest: '' });
		expect(chatId).not.toBe('');
	});

	test('tells how far it is, in counts that rise, and stops when it is told to', async () => {
		const at = await given();
		aLibrary(at);
		const work = someWork();
		await takeOut(takingFrom(at), asked(LIBRARY), work);
		const stages = [...new Set(work.told.map(({ stage }) => stage))];
		expect(stages).toEqual(['reading', 'replaying', 'checking', 'writing']);
		for (const { done, total } of work.told) expect(done).toBeLessThanOrEqual(total);
		// at each question in turn
		for (let stopAt = 1, went = true; went; stopAt++) {
			const stopping = new AbortController();
			let questions = 0;
			const deps = takingFrom(at, {
				asked: () => {
					if (++questions === stopAt) stopping.abort();
				}
			});
			const stopped = takeOut(deps, asked(LIBRARY), someWork(stopping.signal));
			went = await stopped.then(
				() => false,
				(error: unknown) => {
					expect(error).toMatchObject({ name: 'AbortError' });
					return true;
				}
			);
			if (!went) expect(stopAt).toBeGreaterThan(6);
		}
		// and after the last question, in each stage
		for (const stage of ['replaying', 'checking', 'writing'] as const) {
			const stopping = new AbortController();
			const follow = {
				signal: stopping.signal,
				tell: (progress: { readonly stage: string }) => {
					if (progress.stage === stage) stopping.abort();
				}
			};
			await expect(takeOut(takingFrom(at), asked(LIBRARY), follow)).rejects.toMatchObject({
				name: 'AbortError'
			});
		}
	});

	test('taken out while others write is exactly as it stood at one moment', async () => {
		const sqlite = await loadSqlite();
		await fc.assert(
			fc.asyncProperty(
				fc.array(step(), { minLength: 4, maxLength: 20 }),
				fc.array(step({ rewind: 9, restore_copy: 6, delete_copy: 4, regenerate: 12 }), {
					minLength: 6,
					maxLength: 24
				}),
				fc.integer({ min: 1, max: 9 }),
				async (before, meanwhile, pageRows) => {
					const db = connect(sqlite, ':memory:', '');
					try {
						const at = play(db);
						const made = playHistory(at, before);
						const left: Step[] = [...meanwhile];
						const moments = [dump(db, FROM_LIBRARY)];
						const deps = takingFrom(at, {
							pageRows,
							asked: () => {
								const next = left.shift();
								if (next === undefined) return;
								playStep(at, made, next);
								moments.push(dump(db, FROM_LIBRARY));
							}
						});
						const result = await takeOut(deps, asked(LIBRARY), someWork());
						if (!result.ok) throw new Error(result.error.type);
						const bytes = await unzipped(result.value.file);
						const image = dumpOf(sqlite, bytes);
						// pictures are only ever added to, and read last
						const comparable = moments.map((moment) => JSON.stringify({ ...moment, asset: [] }));
						expect(comparable).toContain(JSON.stringify({ ...image, asset: [] }));
						expect(result.value.complete).toBe(true);
					} finally {
						db.close();
					}
				}
			),
			{ numRuns: 60 }
		);
	}, 60_000);
});

describe('while another library takes the place of the one that is read', () => {
	const two = async () => {
		const one = await elsewhere(1);
		const { chatId } = aChat(one, { name: 'One' });
		for (let n = 0; n < 5; n++) anExchange(one, chatId, `one ${String(n)}`, 'x');
		one.done('rewind', { chatId, turnId: anExchange(one, chatId, 'last', 'x').turnId });
		const other = await elsewhere(2);
		const { chatId: otherChat } = aChat(other, { name: 'Two' });
		for (let n = 0; n < 15; n++) anExchange(other, otherChat, `two ${String(n)}`, 'y');
		return { one, other };
	};

	test('the file is of one of them, whole, at whatever question it happens', async () => {
		const { one, other } = await two();
		let questions = Infinity;
		for (let at = 1; at < questions; at++) {
			let now = one;
			let asks = 0;
			const from = {
				get app() {
					return now.app;
				}
			};
			const deps = takingFrom(from, {
				pageRows: 4,
				asked: () => {
					if (++asks === at) now = other;
				}
			});
			const taken = await takeOut(deps, asked(LIBRARY), someWork());
			if (!taken.ok) throw new Error(taken.error.type);
			if (asks < at + 3) questions = asks;
			const image = await openedFile(taken.value.file);
			const whole = [one, other].map(({ sql: db }) => JSON.stringify(dump(db, FROM_LIBRARY)));
			expect(whole, `question ${String(at)}`).toContain(JSON.stringify(dump(image, FROM_LIBRARY)));
		}
		expect(questions).toBeGreaterThan(8);
	});

	test('and another each time, it is given up', async () => {
		const { one, other } = await two();
		let now = one;
		const from = {
			get app() {
				return now.app;
			}
		};
		const deps = takingFrom(from, {
			asked: () => {
				now = now === one ? other : one;
			}
		});
		await expect(takeOut(deps, asked(LIBRARY), someWork())).rejects.toMatchObject({
			name: 'AnotherLibrary'
		});
	});
});

test('a recovery copy whose marks change while it is read is given as it stood with the log', async () => {
	const at = await given();
	const { chatId } = aChat(at);
	const first = anExchange(at, chatId, 'A', 'B');
	anExchange(at, chatId, 'C', 'D');
	at.done('rewind', { chatId, turnId: first.replyId });
	let asks = 0;
	const deps = takingFrom(at, {
		asked: (query) => {
			if (query === 'kept_copies' && ++asks === 1) anotherReply(at, chatId, first.turnId, 'B2');
		}
	});
	const taken = await takeOut(deps, asked(LIBRARY), someWork());
	if (!taken.ok) throw new Error(taken.error.type);
	const image = await openedFile(taken.value.file);
	expect(dump(image, FROM_LIBRARY)).toEqual(dump(at.sql, FROM_LIBRARY));
});

const dumpOf = (sqlite: Awaited<ReturnType<typeof loadSqlite>>, bytes: Uint8Array) => {
	const { capi, wasm } = sqlite;
	const db = connect(sqlite, ':memory:', '');
	try {
		const size = bytes.byteLength;
		capi.sqlite3_deserialize(
			db.pointer,
			'main',
			wasm.allocFromTypedArray(bytes),
			size,
			size,
			capi.SQLITE_DESERIALIZE_FREEONCLOSE
		);
		return dump(db, FROM_LIBRARY);
	} finally {
		db.close();
	}
};

describe('a chat', () => {
	test('is its events, and of bots, personas and pictures what they name', async () => {
		const at = await given();
		const { third, botId, youId, chatId } = aLibrary(at);
		const out = await taken(at, asked({ kind: 'chat', chatId: third }));
		expect(out).toMatchObject({
			title: 'With a persona',
			complete: true,
			holds: { chats: 1, bots: 1, yous: 1, pictures: 1, copies: 0 }
		});
		const bytes = textOf(await unzipped(out.file));
		expect(bytes).not.toMatch(/CANARY|Elsewhere|Odo|Nobody’s|lamp/);
		const db = await openedFile(out.file);
		expect(dump(db, ['event_log'], chatStream(third))).toEqual(
			dump(at.sql, ['event_log'], chatStream(third))
		);
		const others = db.all(
			sql`select kind, coalesce(payload ->> 'botId', payload ->> 'youId') as id from event_log where stream = 'library' order by seq`
		);
		expect(others).toEqual([
			{ kind: 'you_authored', id: youId },
			{ kind: 'bot_authored', id: botId },
			{ kind: 'bot_authored', id: botId }
		]);
		expect(db.all(sql`select hash from asset`)).toEqual([{ hash: HASH }]);
		expect(manifestOf(db)).toMatchObject({ holds: 'chat', stream: chatStream(third), complete: 1 });
		expect((await taken(at, asked({ kind: 'chat', chatId }))).holds).toMatchObject({ turns: 3, yous: 0 });
	});

	test('that is retold while it is read is read anew', async () => {
		const at = await given();
		const { chatId } = aChat(at, { greeting: 'Hi.' });
		const turns = Array.from({ length: 6 }, (_, n) => anExchange(at, chatId, `words ${String(n)}`, 'reply'));
		let questions = 0;
		const { file } = await taken(at, asked({ kind: 'chat', chatId }), {
			pageRows: 3,
			asked: () => {
				if (++questions !== 3) return;
				at.done('rewind', { chatId, turnId: turns[0]?.turnId ?? '' });
				anExchange(at, chatId, 'otherwise', 'yes');
			}
		});
		const db = await openedFile(file);
		expect(dump(db, ['event_log'], chatStream(chatId))).toEqual(
			dump(at.sql, ['event_log'], chatStream(chatId))
		);
	});

	test('as it was before a rewind comes from its recovery copy', async () => {
		const at = await given();
		const { chatId, botId } = aChat(at, { greeting: 'Hi.' });
		const first = anExchange(at, chatId, 'A lamp.', 'Two lamps.');
		anExchange(at, chatId, 'And then?', 'It went out.');
		const before = dump(at.sql, ['event_log'], chatStream(chatId));
		const { copyId } = at.done('rewind', { chatId, turnId: first.turnId });
		anExchange(at, chatId, 'Later', 'Much later');
		const out = await taken(at, asked({ kind: 'copy', copyId }));
		const [copy] = at.ask('recovery', {});
		expect(out).toMatchObject({ title: copy?.title, at: copy?.at, complete: true });
		expect(out.holds).toMatchObject({ chats: 1, turns: 5, bots: 1 });
		const db = await openedFile(out.file);
		expect(dump(db, ['event_log'], chatStream(chatId))).toEqual(before);
		expect(db.all(sql`select payload ->> 'botId' as id from event_log where stream = 'library'`)).toEqual([
			{ id: botId }
		]);

		at.sql.exec('pragma ignore_check_constraints = on');
		at.sql.run(
			sql`update recovery_event set payload = 'no json' where seq = (select max(seq) from recovery_event)`
		);
		const damaged = await taken(at, asked({ kind: 'copy', copyId }));
		expect(damaged.complete).toBe(false);
		expect(
			(await openedFile(damaged.file)).all(sql`select 1 as n from event_log where payload = 'no json'`)
		).toEqual([{ n: 1 }]);
		const lines = await (await taken(at, asked({ kind: 'copy', copyId }, 'jsonl'))).file.text();
		expect(lines).toContain('"damaged":"no json"');
	});

	test('that is not there is refused by name, and so are a copy and a file', async () => {
		const at = await given();
		aLibrary(at);
		const refusal = async (what: TakeOut['what']) => {
			const result = await takeOut(takingFrom(at), asked(what), someWork());
			return result.ok ? null : result.error.type;
		};
		expect(await refusal({ kind: 'chat', chatId: NOBODY })).toBe('chat_unknown');
		expect(await refusal({ kind: 'copy', copyId: NOBODY })).toBe('copy_unknown');
		expect(await refusal({ kind: 'backup', name: 'none' })).toBe('file_unknown_here');
		expect(await refusal({ kind: 'kept', name: 'none' })).toBe('file_unknown_here');
	});
});

describe('a kept library', () => {
	const keptOf = async (at: Given, name = 'kept-1') => {
		const parts = [...pages(at.sql as Parameters<typeof pages>[0])];
		const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
		const file = { name, why: 'replaced', at: 5, bytes: bytes.byteLength } as const;
		return { file, bytes };
	};

	test('is a file like any other: without drafts, and as the library would be', async () => {
		const at = await given();
		aLibrary(at);
		const kept = await keptOf(at);
		const empty = play(await openMemory(), { world: { now: () => 0, newId: () => idNumber(1) } });
		const out = await taken(empty, asked({ kind: 'kept', name: 'kept-1' }), { kept: [kept] });
		expect(out).toMatchObject({ at: 5, complete: true, holds: { chats: 3, copies: 1 } });
		expect(textOf(await unzipped(out.file))).not.toContain('CANARY');
		const db = await openedFile(out.file);
		expect(dump(db, FROM_LIBRARY)).toEqual(dump(at.sql, FROM_LIBRARY));
	});

	test('of a newer version is given as it is', async () => {
		const at = await given();
		aLibrary(at);
		at.sql.run(sql`update kernel_meta set v = 99 where k = 'format'`);
		const kept = await keptOf(at);
		const out = await taken(at, asked({ kind: 'kept', name: 'kept-1' }), { kept: [kept] });
		expect(out).toMatchObject({ at: 5, complete: false, ending: '.stet' });
		const db = await openedImage(await unzipped(out.file));
		const tables = foldedTables(vocabulary).map(({ name }) => name);
		expect(dump(db, tables)).toEqual(dump(at.sql, tables));
	});
});
