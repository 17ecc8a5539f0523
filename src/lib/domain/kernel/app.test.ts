// What the kernel promises whatever the vocabulary: one writer, whole transactions, replay, updates, change notices.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import {
	aChat,
	anExchange,
	given,
	NOBODY,
	play,
	steadyWorld,
	WORLD_BEGINS_MS,
	wordsAsked
} from '#tests/support/given.ts';
import { foldedTables } from '#tests/support/state.ts';
import { botAuthored } from '../library/bots.ts';
import { chatCreated } from '../story/chats.ts';
import { userTurn } from '../story/turns.ts';
import { chatStream, LIBRARY } from '../streams.ts';
import { vocabulary } from '../vocabulary.ts';
import { createApp, FILE_FORMAT, NewerFile, type AppDeps, type Vocabulary } from './app.ts';
import { decided, defineCommand } from './command.ts';
import { defineEvent } from './event.ts';
import { insertLogRow } from './log.ts';
import { createProjector } from './projector.ts';
import { defineQuery } from './query.ts';
import { z } from './schema.ts';
import { defineTable, sql, type Sql } from './sql.ts';

const query = (db: Sql, text: string) => db.all({ text, values: [] });
const whole = { ended: 'whole', model: null, usage: null } as const;

describe('[I2] the log', () => {
	test('is written by one function, which is called from one place', () => {
		const source = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
		const files = readdirSync(new URL('../../../', import.meta.url), { recursive: true, encoding: 'utf8' })
			.filter((name) => /\.(ts|svelte)$/.test(name) && !/\.test\.ts$/.test(name))
			.map((name) => ({ name: name.replaceAll('\\', '/'), text: source(`../../../${name}`) }));
		expect(files.length).toBeGreaterThan(15);
		const callers = files.flatMap(({ name, text }) =>
			Array<string>(text.split('insertLogRow(').length - 1).fill(name)
		);
		// new events; those that come back from a copy, and those a branch repeats; the rest are databases the travel worker
		// makes of files and for them, which are no library yet (adoptArrived copies from one of them, called by the ladder)
		expect(callers).toEqual([
			'lib/domain/kernel/ladder.ts',
			'lib/domain/kernel/ladder.ts',
			'lib/domain/kernel/projector.ts',
			'lib/worker/travel/image.ts',
			'lib/worker/travel/look-in.ts',
			'lib/worker/travel/stage.ts',
			'lib/worker/travel/stage.ts'
		]);
		const adopting = files.filter(({ text }) => /adoptArrived\(/.test(text)).map(({ name }) => name);
		expect(adopting).toEqual(['lib/domain/kernel/ladder.ts']);
		const writes =
			/(insert|replace)\s+(or\s+\w+\s+)?into\s+(\$\{eventLog\}|event_log)|update\s+(\$\{eventLog\}|event_log)|delete\s+from\s+(\$\{eventLog\}|event_log)/gi;
		const planted =
			'insert or ignore into event_log; INSERT INTO ${eventLog}; delete  from event_log; update event_log set';
		expect(planted.match(writes)).toHaveLength(4);
		const writers = files.flatMap(({ name, text }) =>
			Array<string>(text.match(writes)?.length ?? 0).fill(name)
		);
		expect([...new Set(writers)]).toEqual([
			'lib/domain/kernel/ladder.ts',
			'lib/domain/kernel/log.ts',
			// in databases of the travel worker
			'lib/worker/travel/image.ts',
			'lib/worker/travel/look-in.ts'
		]);
		// what is cut leaves, and marks are set: by the ladder and by nothing else
		expect(source('./ladder.ts').match(writes)).toEqual(['update ${eventLog}', 'delete from ${eventLog}']);
		const log = source('./log.ts');
		expect(log.match(writes)).toEqual(['insert into ${eventLog}', 'insert into ${eventLog}']);
		const [upgrade, insert] = ['export const upgradeToFormat2', 'export const insertLogRow'].map(
			(name) => log.slice(log.indexOf(name)).split('\n};')[0]
		);
		for (const body of [upgrade, insert]) expect(body?.match(writes)).toHaveLength(1);
	});

	test.each([
		...[
			'seq',
			'event_id',
			'stream',
			'stream_seq',
			'anchor',
			'batch',
			'kind',
			'v',
			'payload',
			'at',
			'cause',
			'opens_turn'
		].map((column) => [`update event_log set ${column} = ${column}`, /a row never changes/] as const),
		['delete from event_log', /a row is never deleted/] as const
	])('refuses in SQLite itself: %s', async (text, why) => {
		const at = await given();
		aChat(at);
		expect(() => at.sql.run({ text, values: [] })).toThrow(why);
		expect(at.events()).toBe(2);
	});

	test('lets a row go that a recovery copy holds, and that one only', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const hold = (eventId: string) =>
			at.sql
				.run(sql`insert into recovery_event (seq, event_id, stream, stream_seq, opens_turn, batch, kind, v, payload,
				at, copy_id) select seq, ${eventId}, stream, stream_seq, opens_turn, batch, kind, v, payload, at, 'c'
				from event_log where stream = ${chatStream(chatId)}`);
		const drop = () => at.sql.run(sql`delete from event_log where stream = ${chatStream(chatId)}`);
		hold('another event');
		expect(drop).toThrow(/a row is never deleted/);
		at.sql.exec('delete from recovery_event');
		hold(String(query(at.sql, 'select event_id from event_log order by seq desc')[0]?.['event_id']));
		expect(() => at.sql.run({ text: 'delete from event_log', values: [] })).toThrow(/a row is never deleted/);
		expect(drop()).toBe(1);
		expect(at.events()).toBe(1);
	});

	test('lets the mark of a superseded event be set', async () => {
		const at = await given();
		aChat(at);
		expect(at.sql.run({ text: 'update event_log set superseded_by = 2 where seq = 1', values: [] })).toBe(1);
	});

	test('numbers events without reuse, groups what one command wrote, and counts within each stream', async () => {
		const at = await given();
		const { chatId } = aChat(at, { greeting: 'Hi' });
		at.done('rename_chat', { chatId, title: 'x' });
		expect(query(at.sql, 'select seq, stream, stream_seq, batch, kind, at from event_log')).toEqual([
			{
				seq: 1,
				stream: 'library',
				stream_seq: 1,
				batch: 1,
				kind: 'bot_authored',
				at: WORLD_BEGINS_MS
			},
			{
				seq: 2,
				stream: chatStream(chatId),
				stream_seq: 1,
				batch: 2,
				kind: 'chat_created',
				at: WORLD_BEGINS_MS + 1000
			},
			{
				seq: 3,
				stream: chatStream(chatId),
				stream_seq: 2,
				batch: 2,
				kind: 'assistant_turn',
				at: WORLD_BEGINS_MS + 1000
			},
			{
				seq: 4,
				stream: chatStream(chatId),
				stream_seq: 3,
				batch: 3,
				kind: 'chat_renamed',
				at: WORLD_BEGINS_MS + 2000
			}
		]);
	});
});

describe('[I4] folding', () => {
	test('an event twice raises, and so does one that is not above the head of its stream', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const projector = createProjector(at.sql, vocabulary.events, vocabulary.tables);
		const event = {
			seq: 10,
			stream: chatStream(chatId),
			streamSeq: 2,
			anchor: null,
			cause: null,
			at: 0,
			payload: {
				turnId: NOBODY,
				speaker: { youId: null, name: '' },
				text: 'once',
				present: { you: true, host: true, guest: false }
			}
		};
		projector.fold(userTurn, event);
		expect(() => {
			projector.fold(userTurn, event);
		}).toThrow(/event 10 is not above the folded head 10/);
		expect(() => {
			projector.fold(userTurn, { ...event, seq: 9 });
		}).toThrow(/event 9 is not above the folded head 10/);
		expect(at.ask('transcript', { chatId }).turns).toHaveLength(1);
	});

	test('a second chat_created of the same id makes rebuild fail, naming the key, and leaves all as it was', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const before = at.ask('home', {});
		const [row] = query(at.sql, "select payload from event_log where kind = 'chat_created'");
		insertLogRow(at.sql, {
			seq: 3,
			eventId: NOBODY,
			stream: chatStream(chatId),
			streamSeq: 2,
			anchor: null,
			opensTurn: false,
			supersededBy: null,
			batch: 3,
			kind: chatCreated.kind,
			v: 1,
			payload: String(row?.['payload']),
			at: 0,
			cause: null
		});
		expect(() => at.app.rebuild()).toThrow(
			/replay stopped at event 3 \(chat_created of chat:.*UNIQUE constraint failed: chats\.stream/
		);
		expect(at.ask('home', {})).toEqual(before);
	});
});

describe('[I7] a command sent twice under one id', () => {
	test('answers its first result and does nothing the second time, over a new start too', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const envelope = { id: 'same', name: 'take_turn', input: { chatId, text: 'once', connectionId: 'demo' } };
		const first = at.app.dispatch(envelope);
		const told = at.changes.length;
		expect(at.app.dispatch(envelope)).toEqual(first);
		expect(at.reopen().dispatch(envelope)).toEqual(first);
		expect(at.app.lookUp('same')).toEqual(first);
		expect(at.ask('transcript', { chatId }).turns).toHaveLength(1);
		expect(at.changes).toHaveLength(told);
	});

	test('was refused the first time: is decided anew, since nothing was done', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { jobId } = at.done('take_turn', { chatId, text: 'a', connectionId: 'demo' });
		const envelope = { id: 'same', name: 'take_turn', input: { chatId, text: 'b', connectionId: 'demo' } };
		expect(at.app.dispatch(envelope).ok).toBe(false);
		expect(at.app.lookUp('same')).toBeNull();
		at.done('drop_reply', { jobId });
		expect(at.app.dispatch(envelope).ok).toBe(true);
	});

	test('is remembered for thirty days, and by the newest ten thousand whatever the clock says', async () => {
		const at = await given();
		at.app.dispatch({ id: 'old', name: 'author_bot', input: { name: 'Mara' } });
		const others = (from: number, to: number) =>
			at.sql.run(sql`insert into command_log (command_id, name, result, at)
				with recursive n (i) as (select ${from} union all select i + 1 from n where i < ${to})
				select 'other ' || i, 'author_bot', '{"ok":true,"value":null}', ${WORLD_BEGINS_MS + 2000} from n`);
		const after = (days: number) => {
			const now = () => WORLD_BEGINS_MS + days * 86_400_000;
			const app = at.reopen({ world: { ...steadyWorld(), now } });
			app.tidy();
			return app;
		};
		others(1, 9999);
		expect(after(10_000).lookUp('old')).not.toBeNull();
		others(10_000, 10_000);
		expect(after(30).lookUp('old')).not.toBeNull();
		expect(after(30.01).lookUp('old')).toBeNull();
		expect(after(10_000).lookUp('other 1')).not.toBeNull();
		expect(at.ask('bots', {})).toHaveLength(1);
	});

	test('always has a value that can be stored', () => {
		// @ts-expect-error undefined has no JSON, so the stored answer would have no value
		expect(decided({ value: undefined })).toMatchObject({ ok: true });
		expect(decided({ value: null }).value({ rung: null })).toBeNull();
	});

	test('is not remembered for drafts, which may be repeated', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		at.app.dispatch({ id: 'draft', name: 'save_composer', input: { chatId, text: 'x' } });
		expect(at.app.lookUp('draft')).toBeNull();
	});
});

describe('words nobody knows', () => {
	test('a command is refused with those there are', async () => {
		const at = await given();
		expect(at.app.dispatch({ id: 'x', name: 'fly', input: {} })).toEqual({
			ok: false,
			error: { type: 'unknown_command', name: 'fly', known: at.app.names.commands }
		});
		expect(at.app.names.commands).toContain('take_turn');
		for (const name of ['__proto__', 'constructor', 'toString', ''])
			expect(at.app.dispatch({ id: name, name, input: {} })).toMatchObject({
				error: { type: 'unknown_command' }
			});
	});

	test('a query is an error that names those there are', async () => {
		const at = await given();
		expect(() => at.app.ask('weather', {})).toThrow(/there is no query "weather"; there are: home, /);
		expect(at.app.queryScope('weather', {})).toBeNull();
	});

	test.each([null, undefined, 7, 'text', [], [{}]])(
		'input %j of a command is refused, not thrown',
		async (input) => {
			const at = await given();
			expect(at.app.dispatch({ id: 'x', name: 'author_bot', input })).toMatchObject({
				error: { type: 'invalid_input' }
			});
			expect(() => at.app.ask('chat', input)).toThrow(/query "chat"/);
		}
	);
});

describe('a transaction', () => {
	const broken = (statement: string): Vocabulary => ({
		...vocabulary,
		commands: [
			...vocabulary.commands,
			defineCommand({
				name: 'break_off',
				input: z.object({}),
				decide: (_, _read, world) =>
					decided({
						events: [botAuthored({ stream: LIBRARY, payload: { ...bare, botId: world.newId() } })],
						notes: [{ text: statement, values: [] }],
						value: {}
					})
			})
		]
	});
	const bare = {
		name: 'Ghost',
		tagline: '',
		description: '',
		scenario: '',
		greeting: '',
		examples: '',
		avatar: null
	};

	test('that fails in its last note leaves no event, no row, no result, and tells nobody', async () => {
		const at = await given({ vocabulary: broken('insert into nowhere values (1)') });
		expect(() => at.app.dispatch({ id: 'x', name: 'break_off', input: {} })).toThrow(/nowhere/);
		expect(at.events()).toBe(0);
		expect(at.ask('bots', {})).toEqual([]);
		expect(at.app.lookUp('x')).toBeNull();
		expect(at.changes).toEqual([]);
		at.done('author_bot', { name: 'Mara' });
		expect(query(at.sql, 'select seq, stream_seq, batch from event_log')).toEqual([
			{ seq: 1, stream_seq: 1, batch: 1 }
		]);
	});

	test('refused by the fence writes nothing at all', async () => {
		let fenced = false;
		const at = await given({
			fence: () => {
				if (fenced) throw new Error('another tab leads');
			}
		});
		const { chatId } = aChat(at);
		fenced = true;
		const told = at.changes.length;
		const attempts = [
			() => at.done('rename_chat', { chatId, title: 'x' }),
			() => {
				at.app.putAsset({ hash: 'a'.repeat(64), mediaType: 'image/png', bytes: new Uint8Array([1]) });
			},
			() => at.app.rebuild()
		];
		for (const attempt of attempts) expect(attempt).toThrow('another tab leads');
		expect(at.events()).toBe(2);
		expect(at.ask('asset', { hash: 'a'.repeat(64) })).toBeNull();
		expect(at.ask('chat', { chatId })?.title).toBe('Mara');
		expect(at.changes).toHaveLength(told);
	});

	test('with an event that does not fit its own shape is a defect, and writes nothing', async () => {
		const at = await given({
			vocabulary: {
				...vocabulary,
				commands: [
					defineCommand({
						name: 'lie',
						input: z.object({}),
						decide: () => decided({ events: [{ ...draft, payload: { botId: 'no uuid' } }], value: {} })
					}),
					defineCommand({
						name: 'invent',
						input: z.object({}),
						decide: () => decided({ events: [{ ...draft, kind: 'bot_sang' }], value: {} })
					})
				]
			}
		});
		expect(() => at.app.dispatch({ id: 'x', name: 'lie', input: {} })).toThrow();
		expect(() => at.app.dispatch({ id: 'y', name: 'invent', input: {} })).toThrow(
			/bot_sang is not in the vocab/
		);
		expect(at.events()).toBe(0);
	});
	const draft = { kind: 'bot_retired', stream: LIBRARY, anchor: null, cause: null, payload: {} };
});

describe('what changed is told', () => {
	const logged = ['event_log', 'command_log'];

	test('by declared tables and by stream, once per commit', async () => {
		const at = await given();
		const { chatId, botId } = aChat(at, { greeting: 'Hi' });
		const { jobId } = at.done('take_turn', { chatId, text: 'x', connectionId: 'demo' });
		at.done('save_draft', { jobId, text: 'd' });
		at.done('finish_reply', { jobId, text: 'y', ...whole });
		at.done('retire_bot', { botId });
		at.refused('retire_bot', { botId });
		const stream = chatStream(chatId);
		expect(at.changes).toEqual([
			{ tables: [...logged, 'bots'], streams: ['library'] },
			{ tables: [...logged, 'chats', 'story_now', 'turns'], streams: [stream] },
			{ tables: [...logged, 'turns', 'story_now', 'reply_jobs', 'composers'], streams: [stream] },
			{ tables: ['reply_jobs'], streams: [] },
			{
				tables: [
					...logged,
					'turns',
					'story_now',
					'reply_jobs',
					'spending',
					'turn_spending',
					'prompt_records'
				],
				streams: [stream]
			},
			{ tables: [...logged, 'bots'], streams: ['library'] }
		]);
	});

	test('of what was taken back, brought back or branched: every table it may touch, and the streams', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		const { turnId } = anExchange(at, chatId, 'q', 'a');
		at.changes.length = 0;
		const { copyId } = at.done('rewind', { chatId, turnId });
		at.done('restore_copy', { copyId });
		const { chatId: other } = at.done('branch', { chatId, turnId });
		at.done('delete_copy', { copyId: at.done('delete_chat', { chatId: other }).copyId });
		const all = [
			...logged,
			'recovery_copy',
			'recovery_event',
			'stream_head',
			...vocabulary.tables.filter((table) => table.role === 'projection').map((table) => table.name)
		];
		const told = at.changes.map(({ tables, streams }) => ({ tables: [...tables].sort(), streams }));
		const [stream, branched] = [chatStream(chatId), chatStream(other)];
		expect(told).toEqual([
			{ tables: [...all].sort(), streams: [stream] },
			{ tables: [...all].sort(), streams: [stream] },
			{ tables: [...all].sort(), streams: [branched] },
			{ tables: [...all].sort(), streams: [branched] },
			{
				tables: [
					'chat_models',
					'classifier_records',
					'command_log',
					'composers',
					'prompt_records',
					'recovery_copy',
					'recovery_event',
					'reply_jobs',
					'spending',
					'turn_spending'
				],
				streams: []
			}
		]);
	});

	test('after a rebuild: every projection, of any stream', async () => {
		const at = await given();
		at.app.rebuild();
		expect(at.changes).toEqual([
			{ tables: [...foldedTables(vocabulary).map(({ name }) => name), 'stream_head'], streams: [] }
		]);
	});

	test('and a query says what it has to be woken by', async () => {
		const at = await given();
		expect(at.app.queryScope('transcript', { chatId: NOBODY })).toEqual({
			tables: ['turns', 'event_log', 'time_skips'],
			stream: chatStream(NOBODY)
		});
		expect(at.app.queryScope('home', {})).toEqual({
			tables: ['chats', 'turns', 'bots', 'event_log'],
			stream: null
		});
		expect(at.app.queryScope('transcript', { chatId: 1 })).toBeNull();
	});
});

describe('rebuild', () => {
	test('replays the log into the same state and says how far it is', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		for (let n = 0; n < 3; n++) anExchange(at, chatId, `q${String(n)}`, 'a');
		const { jobId } = at.done('take_turn', { chatId, text: 'last', connectionId: 'demo' });
		const state = () => [at.ask('home', {}), at.ask('chat', { chatId }), at.ask('transcript', { chatId })];
		const before = state();
		const progress: number[] = [];
		expect(at.app.rebuild((folded) => progress.push(folded))).toEqual({ events: 9, skipped: 0 });
		expect(progress).toEqual([9]);
		expect(state()).toEqual(before);
		expect(wordsAsked(at, { jobId })).not.toBeNull();
	});

	test('goes on over more events than it reads at once', async () => {
		const at = await given();
		const { botId } = at.done('author_bot', { name: 'Mara' });
		for (let n = 0; n < 2100; n++) at.done('author_bot', { botId, name: `Mara ${String(n)}` });
		const progress: number[] = [];
		expect(at.app.rebuild((folded) => progress.push(folded))).toEqual({ events: 2101, skipped: 0 });
		expect(progress).toEqual([500, 1000, 1500, 2000, 2101]);
		expect(at.ask('bot', { botId })?.name).toBe('Mara 2099');
	}, 30_000);

	test('leaves superseded events out, in their order among the others', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		anExchange(at, chatId, 'q', 'a');
		at.sql.run({ text: "update event_log set superseded_by = 9 where kind = 'assistant_turn'", values: [] });
		expect(at.app.rebuild()).toEqual({ events: 3, skipped: 1 });
		expect(at.ask('transcript', { chatId }).turns.map((turn) => turn.text)).toEqual(['q']);
		anExchange(at, chatId, 'q2', 'a2');
		expect(at.ask('transcript', { chatId }).turns.map((turn) => turn.text)).toEqual(['q', 'q2', 'a2']);
	});
});

const marks = defineTable('marks', '\tstream text not null primary key,\n\tvalue text not null');
const readMark = defineQuery({
	name: 'mark',
	input: z.object({}),
	reads: [marks],
	answer: (read) => read.one(z.object({ value: z.string() }), sql`select value from ${marks}`)?.value ?? null
});

/** A vocabulary whose one event had three shapes over time: {said}, {text}, {value, loud}. */
const marking = (version: 1 | 2 | 3, projectionVersion: number = version): Vocabulary => {
	const project = (stream: string, value: string) => [
		sql`insert into ${marks} (stream, value) values (${stream}, ${value})
			on conflict (stream) do update set value = excluded.value`
	];
	const toText = (payload: unknown) => ({ text: z.object({ said: z.string() }).parse(payload).said });
	const toValue = (payload: unknown) => ({
		value: z.object({ text: z.string() }).parse(payload).text,
		loud: false
	});
	const first = defineEvent({
		kind: 'marked',
		payload: z.object({ said: z.string() }),
		upcasts: [],
		writes: [marks],
		project: ({ stream, payload }) => project(stream, payload.said)
	});
	const second = defineEvent({
		kind: 'marked',
		payload: z.object({ text: z.string() }),
		upcasts: [toText],
		writes: [marks],
		project: ({ stream, payload }) => project(stream, payload.text)
	});
	const third = defineEvent({
		kind: 'marked',
		payload: z.object({ value: z.string(), loud: z.boolean() }),
		upcasts: [toText, toValue],
		writes: [marks],
		project: ({ stream, payload }) => project(stream, `${payload.value}${payload.loud ? '!' : ''}`)
	});
	const draft = (words: string) =>
		({
			1: first({ stream: 's', payload: { said: words } }),
			2: second({ stream: 's', payload: { text: words } }),
			3: third({ stream: 's', payload: { value: words, loud: true } })
		})[version];
	const mark = defineCommand({
		name: 'mark',
		input: z.object({ words: z.string() }),
		decide: ({ words }) => decided({ events: [draft(words)], value: {} })
	});
	return {
		projectionVersion,
		events: [{ 1: first, 2: second, 3: third }[version]],
		commands: [mark],
		queries: [readMark],
		tables: [marks]
	};
};

describe('an event of another version', () => {
	const start = async (version: 1 | 2 | 3) => {
		const db = await openMemory();
		const deps: AppDeps = { sql: db, vocabulary: marking(version), world: steadyWorld() };
		return { db, deps, app: createApp(deps) };
	};
	const mark = (app: ReturnType<typeof createApp>, id: string, words: string) =>
		app.dispatch({ id, name: 'mark', input: { words } });

	test('older by one or by two is brought up to date; what is stored never changes', async () => {
		const { db, deps, app } = await start(1);
		mark(app, 'a', 'first');
		mark(createApp({ ...deps, vocabulary: marking(2) }), 'b', 'second');
		const stored = query(db, 'select v, payload from event_log order by seq');
		expect(stored).toEqual([
			{ v: 1, payload: '{"said":"first"}' },
			{ v: 2, payload: '{"text":"second"}' }
		]);
		const newest = createApp({ ...deps, vocabulary: marking(3) });
		expect(newest.ask('mark', {})).toBe('second');
		mark(newest, 'c', 'third');
		expect(newest.ask('mark', {})).toBe('third!');
		expect(query(db, 'select v, payload from event_log order by seq')).toEqual([
			...stored,
			{ v: 3, payload: '{"value":"third","loud":true}' }
		]);
		newest.rebuild();
		expect(newest.ask('mark', {})).toBe('third!');
	});

	test.each([
		[1, '{"said":"golden"}', 'golden'],
		[2, '{"text":"golden"}', 'golden'],
		[3, '{"value":"golden","loud":false}', 'golden'],
		[3, '{"value":"golden","loud":true}', 'golden!']
	] as const)('golden payload of version %i: %s', async (v, payload, shown) => {
		const { db, app } = await start(3);
		insertLogRow(db, {
			seq: 1,
			eventId: NOBODY,
			stream: 's',
			streamSeq: 1,
			anchor: null,
			opensTurn: false,
			supersededBy: null,
			batch: 1,
			kind: 'marked',
			v,
			payload,
			at: 0,
			cause: null
		});
		app.rebuild();
		expect(app.ask('mark', {})).toBe(shown);
	});

	test('newer than known is kept and skipped, and its stream is marked partial', async () => {
		const { db, app } = await start(1);
		mark(app, 'a', 'kept');
		db.exec('drop trigger event_log_is_append_only');
		db.run(sql`update event_log set v = 2, payload = '{"text":"x"}'`);
		expect(app.rebuild()).toEqual({ events: 0, skipped: 1 });
		expect(query(db, 'select v, payload from event_log')).toEqual([{ v: 2, payload: '{"text":"x"}' }]);
		expect(query(db, 'select partial from stream_head')).toEqual([{ partial: 1 }]);
	});

	test.each([
		[0, '{"said":"x"}', /version 0 is not known here/],
		[1, '{"said":7}', /replay stopped at event 1/],
		[1, '{"other":"x"}', /replay stopped at event 1/]
	])(
		'of no version, or out of shape, stops a replay with a clear word: version %i of %s',
		async (v, payload, why) => {
			const { db, app } = await start(1);
			mark(app, 'a', 'kept');
			db.exec('drop trigger event_log_is_append_only');
			db.run(sql`update event_log set v = ${v}, payload = ${payload}`);
			expect(() => app.rebuild()).toThrow(why);
			expect(app.ask('mark', {})).toBe('kept');
		}
	);
});

/** The tables of a file of format 1 that no replay fills: frozen, for such files exist. */
const FORMAT_1 = `
create table event_log (seq integer primary key, event_id text not null unique, stream text not null,
	stream_seq integer not null, anchor text, batch integer not null, kind text not null, v integer not null,
	payload text not null check (json_valid(payload)), at integer not null, cause text, superseded_by integer,
	unique (stream, stream_seq)) strict;
create index event_log_live on event_log (stream, seq) where superseded_by is null;
create index event_log_cause on event_log (stream, cause) where cause is not null;
create index event_log_anchor on event_log (stream, anchor, seq);
create trigger event_log_is_append_only before update of
	seq, event_id, stream, stream_seq, anchor, batch, kind, v, payload, at, cause on event_log
begin select raise(abort, 'event_log: a row never changes'); end;
create trigger event_log_keeps_everything before delete on event_log
begin select raise(abort, 'event_log: a row is never deleted'); end;
create table stream_head (
	stream text not null primary key,
	stream_seq integer not null,
	seq integer not null,
	partial integer not null default 0 check (partial in (0, 1))
) strict, without rowid;
create table command_log (command_id text not null primary key, name text not null,
	result text not null check (json_valid(result)), at integer not null) strict, without rowid;
create table asset (
	hash text not null primary key check (length(hash) = 64),
	media_type text not null,
	bytes blob not null
) strict;
create table kernel_meta (
	k text not null primary key,
	v any
) strict, without rowid;
create table reply_jobs (job_id text not null primary key, stream text not null, turn_id text not null,
	connection_id text not null, state text not null check (state in ('open', 'failed')),
	failure text check (failure is null or json_valid(failure)), text text not null,
	created_at integer not null) strict, without rowid;
create index reply_jobs_by_stream on reply_jobs (stream);
create table composers (
	stream text not null primary key,
	text text not null
) strict, without rowid;`;

describe('opening a file', () => {
	test('with event kinds this version does not know keeps and skips them and marks the stream partial', async () => {
		const at = await given();
		const { chatId } = aChat(at);
		insertLogRow(at.sql, {
			seq: 3,
			eventId: NOBODY,
			stream: chatStream(chatId),
			streamSeq: 2,
			anchor: null,
			opensTurn: false,
			supersededBy: null,
			batch: 3,
			kind: 'chat_danced',
			v: 4,
			payload: '{}',
			at: 0,
			cause: null
		});
		at.sql.run({ text: "update kernel_meta set v = 4 where k = 'next_seq'", values: [] });
		expect(at.app.rebuild()).toEqual({ events: 2, skipped: 1 });
		expect(query(at.sql, 'select stream, partial, stream_seq from stream_head order by stream')).toEqual([
			{ stream: chatStream(chatId), partial: 1, stream_seq: 2 },
			{ stream: 'library', partial: 0, stream_seq: 1 }
		]);
		at.done('rename_chat', { chatId, title: 'Still mine' });
		expect(at.ask('chat', { chatId })?.title).toBe('Still mine');
		expect(query(at.sql, 'select kind from event_log where seq = 3')).toEqual([{ kind: 'chat_danced' }]);
		expect(query(at.sql, "select partial from stream_head where stream <> 'library'")).toEqual([
			{ partial: 1 }
		]);
	});

	test('of format 1 is brought up to date: its story, reply, composer and answers survive, and can be taken back', async () => {
		const now = await given();
		const { chatId } = aChat(now);
		const { turnId } = anExchange(now, chatId, 'Hello', 'Good evening.');
		const { jobId } = now.done('take_turn', { chatId, text: 'And?', connectionId: 'demo' });
		now.done('save_draft', { jobId, text: 'half' });
		now.done('save_composer', { chatId, text: 'unsent' });
		const db = await openMemory();
		db.exec(FORMAT_1);
		// what a file of format 1 holds of the same story
		for (const [table, columns] of [
			[
				'event_log',
				'seq, event_id, stream, stream_seq, anchor, batch, kind, v, payload, at, cause, superseded_by'
			],
			['command_log', 'command_id, name, result, at'],
			['reply_jobs', 'job_id, stream, turn_id, connection_id, state, failure, text, created_at'],
			['composers', 'stream, text']
		] as const)
			for (const row of query(now.sql, `select ${columns} from ${table}`))
				db.run({
					text: `insert into ${table} (${columns}) values (${columns.replaceAll(/\w+/g, '?')})`,
					values: Object.values(row)
				});
		db.run(sql`insert into kernel_meta (k, v) values ('format', 1), ('projection_version', 1), ('projection_shape', 'older'),
			('projection_tables', '[]'), ('next_seq', 6), ('next_batch', 5)`);

		const at = play(db);
		expect(query(db, "select v from kernel_meta where k = 'format'")).toEqual([{ v: FILE_FORMAT }]);
		for (const question of ['chat', 'transcript'] as const)
			expect(at.ask(question, { chatId })).toEqual(now.ask(question, { chatId }));
		expect(at.app.lookUp('command-1')).toEqual(now.app.lookUp('command-1'));
		expect(at.ask('undoable', { tab: 'tab-1' })).toBeNull();
		const schema = (of: Sql) =>
			query(of, 'select type, name, sql from sqlite_schema order by type, name').map((row) => ({
				...row,
				sql: String(row['sql']).replaceAll('"', '')
			}));
		expect(schema(db)).toEqual(schema(now.sql));
		const send = (id: string, name: string, input: unknown) => at.app.dispatch({ id, name, input });
		expect(send('a', 'drop_reply', { jobId })).toMatchObject({ ok: true });
		expect(send('b', 'rewind', { chatId, turnId })).toMatchObject({
			value: { events: 2, rung: 'replay_stream' }
		});
		expect(at.ask('transcript', { chatId }).turns.map((turn) => turn.text)).toEqual(['Hello']);
		expect(() => db.exec('delete from event_log')).toThrow(/a row is never deleted/);
		db.close();
	});

	const wider = (projectionVersion: number): Vocabulary => ({
		...vocabulary,
		projectionVersion,
		tables: vocabulary.tables.map((table) =>
			table.name === 'turn_texts' ? { ...table, indexes: { turn_texts_by_turn: '(turn_id)' } } : table
		)
	});

	test.each([
		['version', { ...vocabulary, projectionVersion: vocabulary.projectionVersion + 1 }],
		['shape, though nobody raised the version', wider(vocabulary.projectionVersion)]
	])('replays the log when its projections have another %s, and keeps jobs and drafts', async (_, other) => {
		const at = await given();
		const { chatId } = aChat(at);
		const { jobId } = at.done('take_turn', { chatId, text: 'Hello', connectionId: 'demo' });
		at.done('save_draft', { jobId, text: 'half' });
		at.done('save_composer', { chatId, text: 'unsent' });
		const before = [at.ask('chat', { chatId }), at.ask('transcript', { chatId })];
		at.sql.exec("update turns set speaker_name = 'spoilt', text_at = 1");
		const folded: number[] = [];
		const app = at.reopen({ vocabulary: other, onRebuild: (n) => folded.push(n) });
		expect(folded).toEqual([3]);
		expect([app.ask('chat', { chatId }), app.ask('transcript', { chatId })]).toEqual(before);
		expect(before[0]).toMatchObject({ composer: 'unsent', reply: { text: 'half' } });
		at.reopen({ vocabulary: other, onRebuild: (n) => folded.push(n) });
		expect(folded).toEqual([3]);
	});

	test('that this version left writes nothing, so that a full disk can be read', async () => {
		const at = await given();
		aChat(at);
		const full: Sql = {
			...at.sql,
			exec: () => {
				throw new Error('disk full');
			},
			run: () => {
				throw new Error('disk full');
			},
			transaction: () => {
				throw new Error('disk full');
			}
		};
		expect(at.reopen({ sql: full }).ask('bots', {})).toHaveLength(1);
	});

	test('drops projections that are gone and makes those that are new', async () => {
		const at = await given();
		at.done('author_bot', { name: 'Mara' });
		const without = vocabulary.tables.filter((table) => table.name !== 'turn_texts');
		at.reopen({ vocabulary: { ...vocabulary, tables: [...without, marks] } });
		const names = query(at.sql, "select name from sqlite_schema where type = 'table'").map(
			(row) => row['name']
		);
		expect(names).toContain('marks');
		expect(names).not.toContain('turn_texts');
		expect(at.ask('bots', {})).toHaveLength(1);
	});

	test.each([
		['projection_version', vocabulary.projectionVersion + 1],
		['format', FILE_FORMAT + 1]
	])('of a newer Stet (%s) is refused and leaves every byte', async (k, v) => {
		const at = await given();
		const { chatId } = aChat(at);
		at.sql.run(sql`update kernel_meta set v = ${v} where k = ${k}`);
		const tables = query(at.sql, "select name from sqlite_schema where type = 'table'").map((row) =>
			String(row['name'])
		);
		const everything = () => tables.map((name) => query(at.sql, `select * from "${name}"`));
		const before = everything();
		expect(() => at.reopen({ vocabulary: wider(vocabulary.projectionVersion) })).toThrow(NewerFile);
		expect(everything()).toEqual(before);
		expect(at.ask('chat', { chatId })).not.toBeNull();
	});

	test('that cannot be replayed leaves it as it was', async () => {
		const at = await given();
		aChat(at);
		const before = at.ask('home', {});
		const knownOnly = {
			...wider(vocabulary.projectionVersion),
			events: [
				{
					...botAuthored,
					kind: 'bot_authored',
					revive: () => {
						throw new Error('cannot');
					}
				}
			]
		};
		expect(() => at.reopen({ vocabulary: knownOnly })).toThrow(/replay stopped at event 1 .*cannot/);
		expect(at.ask('home', {})).toEqual(before);
		expect(query(at.sql, "select v from kernel_meta where k = 'projection_version'")).toEqual([
			{ v: vocabulary.projectionVersion }
		]);
	});
});
