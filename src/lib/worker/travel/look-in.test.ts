// Bad input: each kind of it gets its own answer, with the place of the fault, and nothing is written anywhere.
import { Encrypter, armor } from 'age-encryption';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { FILE_FORMAT } from '#lib/domain/kernel/app.ts';
import {
	cutAt,
	flippedAt,
	foreignFiles,
	gzipBomb,
	imageFile,
	lineFile,
	stetFile,
	unreadable,
	type Tampering
} from '#tests/support/bad-files.ts';
import { aChat, anExchange, anotherReply, idNumber, play, type Given } from '#tests/support/given.ts';
import { noisePng } from '#tests/support/noise-png.ts';
import { anIdentity } from '#tests/support/identities.ts';
import { portOver } from '#tests/support/travel-port.ts';
import { openMemory, type Connection } from '../storage/sqlite.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { FileRefusal, FileReport, LookIn } from '../travel-protocol.ts';
import { createArrivals } from './bring-in.ts';
import { createErrand } from './errand.ts';
import { LIMITS, MAX_SCRYPT_LOG_N, unpack } from './unpack.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

const quiet = (): void => undefined;
const errand = createErrand(quiet, new AbortController().signal);

/** A library that files are made of: a chat with an alternative and an edit, a recovery copy, a picture. */
const aLibrary = async (at: Given) => {
	const bytes = new Uint8Array(noisePng(24));
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
	const hash = Buffer.from(digest).toString('hex');
	at.app.putAsset({ mediaType: 'image/png', bytes, hash });
	const { chatId, botId } = aChat(at, { name: 'Odo', greeting: 'Well met.', avatar: hash });
	const first = anExchange(at, chatId, 'A lamp.', 'Two lamps.');
	anotherReply(at, chatId, first.turnId, 'Three lamps.');
	at.done('edit_turn', { chatId, turnId: first.turnId, text: 'A lamp, please.' });
	anExchange(at, chatId, 'And?', 'Four.');
	at.done('rename_chat', { chatId, title: 'Lamps' });
	const { chatId: cut } = aChat(at, { name: 'Edda' });
	const kept = anExchange(at, cut, 'Once', 'Twice');
	anExchange(at, cut, 'Thrice', 'No more');
	at.done('rewind', { chatId: cut, turnId: kept.replyId });
	return { chatId, botId, hash, stream: `chat:${chatId}` };
};

let library: Given;
let made: Awaited<ReturnType<typeof aLibrary>>;
beforeAll(async () => {
	// open for as long as this process runs
	library = play(await openMemory());
	made = await aLibrary(library);
});

const stet = (tampering: Tampering = {}) => stetFile(library.sql, tampering);

/** Looks into a file beside an empty library, and sees that nothing is asked of it that writes. */
const look = async (
	file: Blob | BlobPart,
	request: Partial<LookIn> = {},
	workshop: () => Promise<Workshop> = openWorkshop
) => {
	const sql = await openMemory();
	const here = portOver(play(sql));
	const arrivals = createArrivals({
		port: () => here.port,
		openWorkshop: workshop,
		identity: anIdentity(),
		backUp: () => Promise.reject(new Error('a backup was made'))
	});
	const blob = file instanceof Blob ? file : new Blob([file]);
	try {
		const answer = await arrivals.lookIn(
			'run',
			{ file: blob, passphrase: '', large: false, ...request },
			quiet
		);
		if (answer === null) throw new Error('it was stopped');
		return answer;
	} finally {
		await arrivals.forget('run');
		expect(here.written).toEqual([]);
		sql.close();
	}
};

const refusal = async (file: Blob | BlobPart, request: Partial<LookIn> = {}): Promise<FileRefusal> => {
	const answer = await look(file, request);
	if (answer.ok) throw new Error('it was not refused');
	return answer.error;
};

const accepted = async (file: Blob | BlobPart, request: Partial<LookIn> = {}): Promise<FileReport> => {
	const answer = await look(file, request);
	if (!answer.ok) throw new Error(JSON.stringify(answer.error));
	return answer.value;
};

const nowhere = { title: null, event: null, kind: null, line: null, byte: null };

test('a good file is reported', async () => {
	expect(await accepted(await stet())).toMatchObject({
		kind: 'library',
		format: 'stet',
		encrypted: false,
		holds: { chats: 2, turns: 7, bots: 2, pictures: 1, copies: 1 },
		adds: { pictures: 1, copies: 1 },
		partial: [],
		nothing: false,
		mayReplace: false
	});
	expect(await accepted(await imageFile(library.sql))).toEqual(await accepted(await stet()));
	const text = `${(await lineFile(library.sql)).join('\n')}\n`;
	expect(await accepted(text)).toMatchObject({ format: 'jsonl', holds: { chats: 2, turns: 7, copies: 0 } });
});

describe('what is no file of ours', () => {
	test('nothing at all', async () => {
		expect(await refusal(new Uint8Array(0))).toEqual({ type: 'file_empty' });
	});

	test('one of two gigabytes is not read', async () => {
		const bytes = 2 * 1024 ** 3;
		expect(await refusal(unreadable(bytes))).toEqual({
			type: 'file_too_large',
			bytes,
			maxBytes: LIMITS.maxFileBytes
		});
	});

	test('pictures, archives, databases and texts of others, whatever they are called', async () => {
		for (const [, { bytes, looksLike }] of Object.entries(await foreignFiles()))
			expect(await refusal(bytes)).toEqual({ type: 'file_not_ours', looksLike });
	});

	test('pictures are known by their first bytes', async () => {
		const pictures = ['\xff\xd8\xff\xe0', 'GIF89a', 'RIFF\0\0\0\0WEBPVP8 ', '\0\0\0\x1cftypavif'];
		for (const start of pictures)
			expect(await refusal(Buffer.from(`${start}${'\0'.repeat(40)}`, 'latin1'))).toEqual({
				type: 'file_not_ours',
				looksLike: 'picture'
			});
	});
});

describe('damage', () => {
	test('cut at every 64th, it is said to be cut', async () => {
		const file = await stet();
		for (let n = 1; n < 64; n++)
			expect(await refusal(cutAt(file, n))).toEqual({
				type: 'file_cut',
				place: { ...nowhere, byte: Math.floor((file.byteLength * n) / 64) }
			});
	}, 60_000);

	test('an image that was unpacked by somebody, cut at every 64th', async () => {
		const file = await imageFile(library.sql);
		for (let n = 1; n < 64; n++) expect((await refusal(cutAt(file, n))).type).toBe('file_cut');
	}, 60_000);

	test('a text cut at every 64th', async () => {
		const file = new TextEncoder().encode(`${(await lineFile(library.sql)).join('\n')}\n`);
		for (let n = 1; n < 64; n++) {
			const found = await refusal(cutAt(file, n));
			expect(found.type).toBe('file_cut');
			if (found.type === 'file_cut') expect(found.place.line).toBeGreaterThan(0);
		}
	}, 60_000);

	test('with any byte turned over it is refused, or says just the same', async () => {
		const file = await stet();
		const good = await accepted(file);
		const seen = new Set<string>();
		for (let n = 0; n < 200; n++) {
			const answer = await look(flippedAt(file, Math.floor((file.byteLength * n) / 200)));
			seen.add(answer.ok ? 'ok' : answer.error.type);
			if (answer.ok) expect(answer.value).toEqual(good);
		}
		for (const at of [0, 1]) expect((await refusal(flippedAt(file, at))).type).toBe('file_not_ours');
		// in the checksum and the length at its end
		for (const at of [1, 5])
			expect((await refusal(flippedAt(file, file.byteLength - at))).type).toBe('file_damaged');
		expect(
			[...seen].filter((type) => !['ok', 'file_cut', 'file_damaged', 'file_not_ours'].includes(type))
		).toEqual([]);
		expect(seen.has('file_damaged')).toBe(true);
	}, 120_000);

	test('an image with any byte turned over is refused, or holds the same log', async () => {
		const file = await imageFile(library.sql);
		const good = await accepted(file);
		const types = new Set<string>();
		const header = Array.from({ length: 100 }, (_, at) => at);
		const spread = Array.from({ length: 200 }, (_, n) => Math.floor((file.byteLength * n) / 200));
		for (const at of [...header, ...spread]) {
			const answer = await look(flippedAt(file, at));
			types.add(answer.ok ? 'ok' : answer.error.type);
			if (answer.ok) {
				expect(answer.value.adds).toEqual(good.adds);
				expect(answer.value.holds).toEqual(good.holds);
			}
		}
		const known = [
			'ok',
			'event_invalid',
			'file_cut',
			'file_damaged',
			'file_does_not_add_up',
			'file_newer',
			'file_not_ours'
		];
		expect([...types].filter((type) => !known.includes(type))).toEqual([]);
	}, 120_000);

	test('something after the end of a packed file', async () => {
		const file = await stet();
		expect(await refusal(Buffer.concat([file, Buffer.from('more')]))).toMatchObject({ type: 'file_damaged' });
		expect(await refusal(Buffer.concat([file, file]))).toMatchObject({ type: 'file_damaged' });
	});

	test('lines that are no JSON, no line of ours, too long, or no text', async () => {
		const lines = await lineFile(library.sql);
		const at = (n: number, line: string): string =>
			[...lines.slice(0, n), line, ...lines.slice(n + 1), ''].join('\n');
		const place = { ...nowhere, line: 3 };
		expect(await refusal(at(2, '{"stet":"event",'))).toMatchObject({ type: 'file_damaged', place });
		expect(await refusal(at(2, '{"stet":"song"}'))).toMatchObject({ type: 'file_damaged', place });
		expect(await refusal(at(2, '{"stet":"event"}'))).toMatchObject({ type: 'file_damaged', place });
		expect(await refusal(at(2, 'x'.repeat(8 * 1024 * 1024 + 1)))).toMatchObject({
			type: 'file_damaged',
			place
		});
		const broken = Buffer.concat([Buffer.from(`${lines.slice(0, 2).join('\n')}\n`), Buffer.from([0xff, 10])]);
		expect(await refusal(broken)).toMatchObject({ type: 'file_damaged', place });
	});
});

describe('size', () => {
	test('a gzip bomb is asked about after 64 MB, and never unpacked beyond 2 GB', async () => {
		expect(LIMITS).toEqual({
			maxFileBytes: 200 * 2 ** 20,
			askBytes: 64 * 2 ** 20,
			maxUnpackedBytes: 2 * 2 ** 30
		});
		const bomb = gzipBomb(2064, await imageFile(library.sql));
		expect(bomb.byteLength).toBeLessThan(4 * 2 ** 20);
		expect(await refusal(bomb)).toMatchObject({ type: 'file_is_large', askBytes: LIMITS.askBytes });

		// the same with a lower end, for this takes half a minute here
		const maxUnpackedBytes = 160 * 2 ** 20;
		const limits = { ...LIMITS, maxUnpackedBytes };
		const { bytes } = await unpack(new Blob([bomb]), { passphrase: '', large: true }, errand, limits);
		let count = 0;
		await expect(
			(async () => {
				for await (const piece of bytes) count += piece.byteLength;
			})()
		).rejects.toMatchObject({ refusal: { type: 'file_unpacks_too_far', maxBytes: maxUnpackedBytes } });
		expect(count).toBeGreaterThan(LIMITS.askBytes);
		expect(count).toBeLessThanOrEqual(maxUnpackedBytes);
	}, 120_000);

	test('one that nobody has room for says how much it needs', async () => {
		const full: Workshop = {
			kept: 'disk',
			create: () => {
				throw new Error('not reached');
			},
			unpackInto: () => Promise.reject(new StorageError(13, 'full', 'no room')),
			discard: quiet,
			close: () => Promise.resolve()
		};
		const answer = await look(await stet(), {}, () => Promise.resolve(full));
		expect(answer).toMatchObject({ ok: false, error: { type: 'no_room' } });
	});
});

describe('passphrases', () => {
	const sealed = async (plain: Uint8Array<ArrayBuffer>, logN = 8): Promise<Uint8Array<ArrayBuffer>> => {
		const encrypter = new Encrypter();
		encrypter.setPassphrase('four words of mine');
		encrypter.setScryptWorkFactor(logN);
		return new Uint8Array(await encrypter.encrypt(plain));
	};
	const passphrase = 'four words of mine';

	test('one is asked for, the wrong one is said to be wrong, the right one opens', async () => {
		const file = await sealed(await stet());
		expect(await refusal(file)).toEqual({ type: 'passphrase_needed' });
		expect(await refusal(file, { passphrase: 'four words of yours' })).toEqual({ type: 'passphrase_wrong' });
		const good = await accepted(await stet());
		expect(await accepted(file, { passphrase })).toEqual({ ...good, encrypted: true });
		expect(await accepted(armor.encode(file), { passphrase })).toEqual({ ...good, encrypted: true });
		const text = new TextEncoder().encode(`${(await lineFile(library.sql)).join('\n')}\n`);
		expect(await accepted(await sealed(text), { passphrase })).toMatchObject({
			format: 'jsonl',
			encrypted: true
		});
	});

	test('damaged, cut, or asking for more work than is reasonable', async () => {
		const file = await sealed(await stet());
		expect(await refusal(flippedAt(file, file.byteLength - 900), { passphrase })).toMatchObject({
			type: 'file_damaged'
		});
		expect(await refusal(cutAt(file, 60), { passphrase })).toMatchObject({ type: 'file_damaged' });
		expect(await refusal(file.slice(0, 60))).toMatchObject({ type: 'file_cut' });
		const greedy = Buffer.from(
			Buffer.from(file)
				.toString('latin1')
				.replace(/^(-> scrypt \S+) 8$/m, `$1 ${String(MAX_SCRYPT_LOG_N + 1)}`),
			'latin1'
		);
		expect(await refusal(greedy, { passphrase })).toMatchObject({ type: 'file_damaged' });
		expect(await refusal(await sealed(new Uint8Array(noisePng(8))), { passphrase })).toEqual({
			type: 'file_not_ours',
			looksLike: 'picture'
		});
	});
});

describe('a file that is not what it says', () => {
	test('of a newer format, whatever else is in it', async () => {
		const format = FILE_FORMAT + 1;
		const newer = { type: 'file_newer', format, known: FILE_FORMAT };
		const after = (image: { exec(script: string): void }): void =>
			image.exec('drop table event_log; create table event_log_2 (a)');
		expect(await refusal(await stet({ manifest: { format }, after }))).toEqual(newer);
		expect(await refusal((await lineFile(library.sql, { manifest: { format } })).join('\n'))).toEqual(newer);
	});

	test.each([
		['events', { logDigest: '0'.repeat(16) }],
		['events', { events: 1 }],
		['events', { heads: {} }],
		['state', { stateDigest: '0'.repeat(16) }],
		['pictures', { pictures: 0 }]
	] as const)('its %s do not add up: %o', async (what, manifest) => {
		expect(await refusal(await stet({ manifest }))).toEqual({ type: 'file_does_not_add_up', what });
	});

	test('an event that was changed, or is missing', async () => {
		const change = "update event_log set payload = replace(payload, 'lamps', 'lumps')";
		for (const script of [change, 'delete from event_log where seq = (select max(seq) from event_log)'])
			expect(await refusal(await stet({ after: (image) => image.exec(script) }))).toEqual({
				type: 'file_does_not_add_up',
				what: 'events'
			});
	});

	test('a picture that is another', async () => {
		const after: Tampering['after'] = (image) => image.exec("update asset set bytes = x'00'");
		expect(await refusal(await stet({ after }))).toMatchObject({
			type: 'file_damaged',
			detail: 'picture: is not the one it says it is'
		});
	});
});

describe('what else is in an image', () => {
	test('triggers, views, other tables and lying projections are left alone', async () => {
		const clean = await accepted(await stet());
		const after: Tampering['after'] = (image) =>
			image.exec(`create table chats (stream text primary key, title text);
				insert into chats values ('${made.stream}', 'A lie');
				create table extra (a, b generated always as (a + 1));
				create view lies as select * from event_log;
				create trigger bad after insert on event_log begin delete from event_log; end;
				create trigger worse instead of insert on lies begin select raise(abort, 'no'); end;
				create index sly on event_log (length(payload));
				insert or replace into manifest (k, v) values ('surprise', x'00ff');`);
		expect(await accepted(await stet({ after }))).toEqual(clean);
	});

	const columns =
		'seq, event_id, stream, stream_seq, anchor, cause, opens_turn, batch, kind, v, payload, at, superseded_by';
	test.each([
		[
			'a view in the place of the log',
			`alter table event_log rename to e; create view event_log as select * from e;`
		],
		[
			'a generated column',
			`alter table event_log add column x integer generated always as (abs(seq)) virtual;`
		],
		['one column more', `alter table event_log add column x integer;`],
		['no log', `drop table event_log;`],
		[
			'a table that takes anything',
			`alter table event_log rename to e; create table event_log (${columns}); insert into event_log select * from e;`
		],
		[
			'a full-text index in the place of pictures',
			`drop table asset; create virtual table asset using fts5(hash, media_type, bytes);`
		],
		['no manifest', `drop table manifest;`],
		[
			'a manifest that is a view',
			`alter table manifest rename to m; create view manifest as select * from m;`
		],
		['a manifest without its heads', `delete from manifest where k = 'heads';`]
	])('%s is refused', async (_, script) => {
		expect(await refusal(await stet({ after: (image) => image.exec(script) }))).toMatchObject({
			type: 'file_damaged',
			place: nowhere
		});
	});
});

describe('events', () => {
	/** Changes the log before the manifest is made: it is true of it. */
	const changed = (script: string) => stet({ before: (image) => image.exec(script) });

	const at = (event: number, kind: string, title: string | null = 'Odo') => ({
		...nowhere,
		title,
		event,
		kind
	});

	test.each([
		[
			'a text that is a number',
			`update event_log set payload = json_set(payload, '$.text', 5) where kind = 'user_turn' and stream_seq = 3`,
			'user_turn',
			3,
			'payload.text'
		],
		[
			'a payload without what it needs',
			`update event_log set payload = '{}' where kind = 'turn_edited'`,
			'turn_edited',
			7,
			'payload.turnId'
		],
		[
			'a key that is there twice',
			`update event_log set payload = '{"text":"x",' || substr(payload, 2) where kind = 'turn_edited'`,
			'turn_edited',
			7,
			'payload'
		],
		[
			'an end that no Date can say',
			`update event_log set at = 9000000000000000 where kind = 'turn_edited'`,
			'turn_edited',
			7,
			'at'
		],
		[
			'an anchor that is no id',
			`update event_log set anchor = 'here' where kind = 'turn_edited'`,
			'turn_edited',
			7,
			'anchor'
		],
		[
			'a turn that is anchored to another',
			`update event_log set anchor = '${idNumber(4095)}' where kind = 'user_turn' and stream_seq = 3`,
			'user_turn',
			3,
			'anchor'
		],
		[
			'a kind that opens no turn and says it does',
			`update event_log set opens_turn = 1 where kind = 'turn_edited'`,
			'turn_edited',
			7,
			'opensTurn'
		],
		[
			'half of a character',
			`update event_log set kind = 'later', payload = '{"a":["\\ud83c"]}' where kind = 'turn_edited'`,
			'later',
			7,
			'payload.a'
		],
		[
			'lists in lists in lists',
			`update event_log set kind = 'later', payload = '${'['.repeat(90)}${']'.repeat(90)}' where kind = 'turn_edited'`,
			'later',
			7,
			'payload'
		]
	] as const)('%s is refused at its place', async (_, script, kind, event, field) => {
		const only = script.replace(/$/, ` and stream = '${made.stream}'`);
		expect(await refusal(await changed(only))).toMatchObject({
			type: 'event_invalid',
			place: at(event, kind),
			field
		});
	});

	test('a chat that says it is another', async () => {
		const script = `update event_log set payload = json_set(payload, '$.chatId', '${idNumber(4095)}')
			where stream = '${made.stream}' and kind = 'chat_created'`;
		expect(await refusal(await changed(script))).toMatchObject({
			type: 'event_invalid',
			place: at(1, 'chat_created', null),
			field: 'payload.chatId'
		});
	});

	test('a chat that is created twice cannot be folded', async () => {
		const script = `insert into event_log select 1000, event_id, stream, 1000, anchor, cause, opens_turn, batch, kind, v,
			payload, at, null from event_log where stream = '${made.stream}' and kind = 'chat_created'`;
		expect(await refusal(await changed(script))).toMatchObject({
			type: 'event_invalid',
			place: at(1000, 'chat_created')
		});
	});

	test('positions that are there twice, or go back', async () => {
		const again = (rows: string): string =>
			`create table e as select * from event_log; drop table event_log;
			create table event_log (seq integer primary key, event_id text not null, stream text not null,
				stream_seq integer not null, anchor text, cause text, opens_turn integer not null check (opens_turn in (0, 1)),
				batch integer not null, kind text not null, v integer not null, payload text not null check (json_valid(payload)),
				at integer not null, superseded_by integer) strict;
			insert into event_log select * from e; drop table e; ${rows}`;
		for (const position of [7, 2])
			expect(
				await refusal(
					await changed(
						again(`insert into event_log select 1000, event_id, stream, ${String(position)}, anchor, cause, opens_turn,
							batch, kind, v, payload, at, null from event_log where stream = '${made.stream}' and kind = 'turn_edited'`)
					)
				)
			).toMatchObject({ type: 'event_invalid', place: { event: position }, field: 'streamSeq' });
	});

	test('a place taken by an event of another chat', async () => {
		const script = `update event_log set superseded_by = (select min(seq) from event_log where stream <> '${made.stream}')
			where stream = '${made.stream}' and kind = 'turn_edited'`;
		expect(await refusal(await changed(script))).toMatchObject({
			type: 'event_invalid',
			place: { event: 7, kind: 'turn_edited' },
			field: 'supersededBy'
		});
	});

	test('names of streams that nobody would give', async () => {
		for (const stream of ['chat:7', "chat:' or 1", 'Räume', ''])
			expect(
				await refusal(
					await changed(
						`update event_log set stream = '${stream.replaceAll("'", "''")}' where kind = 'turn_edited'`
					)
				)
			).toMatchObject({ type: 'event_invalid', field: 'stream' });
	});

	test('kinds, versions and streams of a later Stet are kept, and the chat is said to be partial', async () => {
		const script = `insert into event_log values
				(1000, 'e1', '${made.stream}', 1000, null, null, 0, 99, 'weather_changed', 3, '{"sky":["rain"]}', 1, null),
				(1001, 'e2', '${made.stream}', 1001, null, null, 0, 99, 'chat_renamed', 2, '{"name":"Lumps"}', 1, null),
				(1002, 'e3', 'atlas', 1, null, null, 0, 99, 'place_drawn', 1, '{}', 1, null)`;
		const found = await accepted(await changed(script));
		expect(found.partial).toEqual([
			{ title: '', kinds: ['place_drawn'] },
			{ title: 'Lamps', kinds: ['chat_renamed', 'weather_changed'] }
		]);
		expect(found.adds.chats).toContainEqual({ title: 'Lamps', turns: 5 });
	});

	test('a recovery copy with events of nobody', async () => {
		const script = "update recovery_event set copy_id = '00000000-0000-4000-8000-00000000ffff'";
		expect(await refusal(await changed(script))).toMatchObject({
			type: 'file_damaged',
			detail: 'recovery copy: an event of no copy'
		});
	});
});

test('the workshop is closed, whatever happens', async () => {
	let open = 0;
	const counted = async (): Promise<Workshop> => {
		const workshop = await openWorkshop();
		open += 1;
		return {
			...workshop,
			close: async () => {
				open -= 1;
				await workshop.close();
			}
		};
	};
	onTestFinished(() => expect(open).toBe(0));
	const good = await stet();
	await look(good, {}, counted);
	await look(cutAt(good, 30), {}, counted);
	await look(new Uint8Array(noisePng(8)), {}, counted);
	expect(open).toBe(0);
});

test('a payload nested deeper than it can be written is refused with its line', async () => {
	const lines = await lineFile(library.sql);
	const event: unknown = JSON.parse(lines[1] ?? '');
	const deep = '['.repeat(200_000) + ']'.repeat(200_000);
	lines[1] = JSON.stringify({ ...(event as object), payload: 'DEEP' }).replace('"DEEP"', deep);
	expect(await refusal(lines.join('\n'))).toMatchObject({ type: 'file_damaged', place: { line: 2 } });
});

test('a stream may be called what every object has', async () => {
	const before = (image: Connection): void => {
		image.exec(
			`insert into event_log (seq, event_id, stream, stream_seq, opens_turn, batch, kind, v, payload, at)
				values (9999, 'e', 'constructor', 1, 0, 1, 'later', 1, '{}', 1)`
		);
	};
	await accepted(await stet({ before }));
	const after = (image: Connection): void => {
		image.exec(
			`update manifest set v = json_set(json_remove(v, '$.constructor'), '$.other', json('[1,1]')) where k = 'heads'`
		);
	};
	expect(await refusal(await stet({ before, after }))).toEqual({
		type: 'file_does_not_add_up',
		what: 'events'
	});
});

test('recovery copies that know more, or are more, than anybody has are refused', async () => {
	for (const [column, pair] of [
		['base_marks', '[1,null]'],
		['strangers', '[1,1]']
	] as const) {
		const long = `[${Array.from({ length: 200_000 }, () => pair).join(',')}]`;
		const before = (image: Connection): void => {
			image.run({ text: `update recovery_copy set ${column} = ?`, values: [long] });
		};
		expect(await refusal(await stet({ before }), { large: true })).toMatchObject({ type: 'file_damaged' });
	}
	const before = (image: Connection): void => {
		image.exec(
			`with recursive n(n) as (select 1 union all select n + 1 from n where n < 10000)
				insert into recovery_copy (copy_id, stream, kind, title, at, turns, events, bytes, digest, cut_seq, base_turns,
					base_marks, strangers)
				select printf('00000000-0000-4000-a000-%012x', n), stream, kind, title, at, turns, events, bytes, digest,
					cut_seq, base_turns, '[]', '[]' from recovery_copy, n`
		);
	};
	expect(await refusal(await stet({ before }))).toMatchObject({
		type: 'file_damaged',
		detail: expect.stringContaining('recovery copies')
	});
});
