// Every word of the vocabulary: it declares the truth, it is pure, and what its handlers write is numbered.
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import { effectsVocabulary } from '#tests/support/effects.ts';
import { anAssessment } from '#tests/support/elsewhere.ts';
import { anExchange, idNumber, NOBODY, play, type Given, wordsAsked } from '#tests/support/given.ts';
import { history, playHistory, type Made } from '#tests/support/histories.ts';
import { takeTour } from '#tests/support/tour.ts';
import { queueFilter } from './desk/queue.ts';
import { FILE_FORMAT, type Vocabulary } from './kernel/app.ts';
import { decided, defineCommand, type Command } from './kernel/command.ts';
import type { EventKind } from './kernel/event.ts';
import { createFullText, indexOf } from './kernel/full-text.ts';
import { commandLog, recoveryCopy, recoveryEvent } from './kernel/log.ts';
import { createRead, defineQuery, type Look, type Query } from './kernel/query.ts';
import { z } from './kernel/schema.ts';
import { createTable, sql, type Sql, type SqlValue, type Statement, type Table } from './kernel/sql.ts';
import { brokenStatement } from './kernel/table-rules.ts';
import { bots } from './library/bots.ts';
import { composers } from './story/composers.ts';
import { turns } from './story/turns.ts';
import { vocabulary } from './vocabulary.ts';

/** The same of the desk: as one of each role who is there, and as nobody. */
const askDesk = (at: Given, made: Made): void => {
	const now = 1_900_000_000_000;
	const ids = (text: string): string[] => at.sql.all({ text, values: [] }).map((row) => String(row['id']));
	at.ask('member_list', { retired: true });
	at.ask('desk_settings', {});
	at.ask('contact_list', {});
	at.ask('desk_metrics', { from: 0, to: now });
	at.ask('case_list', { filter: 'all', now, text: 'a', tag: 'b', priority: 3, requester: 'c' });
	at.ask('case_list', { now });
	for (const filter of ['open', 'all'] as const) at.ask('case_choices', { filter });
	const actors = ids('select min(member_id) as id from members where retired = 0 group by role');
	const handoffs = [...ids('select handoff_id as id from handoffs'), NOBODY];
	for (const actor of [...actors, NOBODY]) {
		for (const filter of queueFilter.options) at.ask('queue', { actor, filter, now });
		at.ask('queue_counts', { actor, now });
		at.ask('alerts', { actor, now: 0 });
		at.ask('handoff_drafts', { actor, handoffId: handoffs[0] ?? NOBODY });
		at.ask('assessment_draft', { actor, handoffId: handoffs[0] ?? NOBODY });
	}
	for (const handoffId of handoffs) {
		at.ask('handoff', { handoffId, now });
		for (const actor of [...actors, NOBODY]) {
			at.ask('handoff', { handoffId, actor, now });
			at.ask('handoff_for_whom', { handoffId, actor });
		}
		at.ask('handoff_assessment', { handoffId });
		at.ask('assessment_job', { handoffId });
		at.ask('came_with', { handoffId });
		at.ask('handoff_assessment', { handoffId, number: 1 });
	}
	for (const chatId of [...made.chats, NOBODY]) {
		at.ask('case_of_chat', { chatId });
		at.ask('handoffs_of_chat', { chatId, now });
	}
};

/** Asks every query about everything a history made, and about nobody. */
const askEverything = (at: Given, made: Made): void => {
	at.app.putAsset({ hash: 'a'.repeat(64), mediaType: 'image/png', bytes: new Uint8Array([1]) });
	for (const archived of [false, true]) at.ask('home', { archived });
	at.ask('bots', {});
	at.ask('yous', {});
	at.ask('asset', { hash: 'a'.repeat(64) });
	for (const botId of [...made.bots, NOBODY]) at.ask('bot', { botId });
	for (const youId of [...made.yous, NOBODY]) at.ask('you', { youId });
	for (const jobId of [...made.jobs, NOBODY]) wordsAsked(at, { jobId });
	for (const turn of made.turns) {
		at.ask('earlier_texts', turn);
		at.ask('turn', turn);
		at.ask('turn_source', turn);
		for (const what of ['rewind', 'delete'] as const) at.ask('plan', { ...turn, what });
	}
	askDesk(at, made);
	at.ask('open_assessments', {});
	at.ask('assessment_request', { jobId: NOBODY });
	at.ask('account', {});
	at.ask('recovery', {});
	for (const name of ['holdings', 'streams', 'kept_copies', 'pictures', 'items'] as const) at.ask(name, {});
	at.ask('log_rows', { after: 0, limit: 5 });
	at.ask('retold', { since: 0 });
	at.ask('brought_in', { digests: ['x'] });
	for (const copyId of made.copies) {
		at.ask('copy_rows', { copyId, after: 0, limit: 5 });
		at.ask('copy_whole', { copyId });
	}
	for (const copyId of [...made.copies, NOBODY]) at.ask('copy', { copyId });
	for (const tab of ['tab-1', 'tab-2', 'nobody']) at.ask('undoable', { tab });
	for (const chatId of [...made.chats, NOBODY]) {
		at.ask('chat', { chatId });
		at.ask('now', { chatId });
		at.ask('memories', { chatId, of: 'you', search: 'rain' });
		at.ask('memories', { chatId, of: made.bots[0] ?? NOBODY });
		at.ask('memories', { chatId, forgotten: true });
		at.ask('edges', { chatId });
		at.ask('edge_history', { chatId, source: 'you', target: made.bots[0] ?? NOBODY });
		at.ask('story_events', { chatId });
		at.ask('scenes', { chatId });
		const { turns: told } = at.ask('transcript', { chatId });
		at.ask('effects', { chatId, turnIds: [NOBODY, ...told.map(({ turnId }) => turnId)] });
		at.ask('account', { chatId });
		at.ask('title_request', { chatId });
		at.ask('prompt_record', { chatId });
		at.ask('classifier_prompts', { chatId, turnId: NOBODY });
		at.ask('transcript', { chatId, limit: 3 });
		at.ask('events', { chatId });
		at.ask('stream_rows', { stream: `chat:${chatId}`, after: 0, limit: 5 });
	}
};

/** A story event done is remembered: by what a turn brought about, and so rarely in histories that chance may leave it out. */
const completeSomething = (at: Given): Made => {
	const made = playHistory(at, []);
	const [chatId = NOBODY] = made.chats;
	const { replyId } = anExchange(at, chatId, 'Is it done?', 'It is.');
	const { eventId } = at.done('plan_event', { chatId, title: 'Mend the lamp' });
	const effects = [{ effect: 'complete', eventId }];
	at.app.dispatch({
		id: 'a-late-effect',
		name: 'apply_effects',
		input: { chatId, turnId: replyId, effects }
	});
	return made;
};

/** Plays the same each time: a story that uses every word, and histories that use them in ways nobody thought of. */
const playMany = async (
	prepare: (db: Sql) => { db: Sql; words: Vocabulary },
	runs: number
): Promise<void> => {
	const plays = fc
		.sample(history, { seed: 12, numRuns: runs })
		.map((steps) => (at: Given) => playHistory(at, steps));
	for (const story of [takeTour, completeSomething, ...plays]) {
		const raw = await openMemory();
		try {
			const { db, words } = prepare(raw);
			const at = play(db, { vocabulary: words });
			const avatar = 'a'.repeat(64);
			at.app.dispatch({ id: 'avatar-of-a-bot', name: 'author_bot', input: { name: 'Mara', avatar } });
			at.app.dispatch({ id: 'avatar-of-a-player', name: 'author_you', input: { name: 'Tilde', avatar } });
			askEverything(at, story(at));
		} finally {
			raw.close();
		}
	}
};

const DECLARATION_HISTORIES = 30;

// nothing is folded into these, and what is deleted there for good is no event's doing
const KEPT_ASIDE: readonly Table[] = [recoveryCopy, recoveryEvent, commandLog];

/** What looking finds out is found by the engine, not read by the query: it is found first, and then told again. */
const repeating = <T>(look: Look, work: (look: Look) => T): (() => T) => {
	const described: ReturnType<Look['describe']>[] = [];
	const rehearsed: ReturnType<Look['rehearse']>[] = [];
	const kept = <R>(list: R[], value: R): R => {
		list.push(value);
		return value;
	};
	work({
		payload: (row) => look.payload(row),
		describe: (row) => kept(described, look.describe(row)),
		rehearse: (changes) => kept(rehearsed, look.rehearse(changes))
	});
	return () =>
		work({
			// a payload is told from its row alone
			payload: (row) => look.payload(row),
			describe: () => described.shift() ?? { name: '', orphaned: false },
			rehearse: () => rehearsed.shift() ?? []
		});
};

/** What each word declares against what SQLite's authorizer saw; one line per difference. */
const lies = async (words: Vocabulary): Promise<string[]> => {
	const seen = new Map<string, Set<string>>();
	const indexes = new Map(
		words.tables.filter((table) => table.fullText !== null).map((table) => [indexOf(table), table.name])
	);
	const see = (word: string, tables: Iterable<string>) => {
		const before = seen.get(word) ?? new Set();
		// a full-text index is its table's own
		for (const table of tables) before.add(indexes.get(table) ?? table);
		seen.set(word, before);
	};
	await playMany((raw) => {
		const read = createRead(raw);
		const owners = new WeakMap<Statement, string>();
		const owned = <S extends Statement>(statements: readonly S[], owner: string) => {
			for (const statement of statements) owners.set(statement, owner);
			return statements;
		};
		const db: Sql = {
			...raw,
			run: (statement) => {
				const owner = owners.get(statement);
				if (owner === undefined) return raw.run(statement);
				const { value, reads, writes } = raw.observe(() => raw.run(statement));
				see(`${owner} writes`, writes);
				see(`${owner} reads`, reads);
				return value;
			}
		};
		const watchedCommand = (command: Command): Command => ({
			...command,
			decide: (input, _, world) => {
				const { value, reads, writes } = raw.observe(() => command.decide(input, read, world));
				see(`command ${command.name} decides on`, reads);
				see(`command ${command.name} writes while deciding`, writes);
				if (value.ok) owned(value.notes, `notes of ${command.name}`);
				return value;
			}
		});
		const watchedEvent = (kind: EventKind): EventKind => ({
			...kind,
			project: (event) => {
				// a kind that folds to nothing runs no statement to be seen by
				see(`event ${kind.kind} writes`, []);
				return owned(kind.project(event), `event ${kind.kind}`);
			}
		});
		const watchedQuery = (query: Query): Query => ({
			...query,
			answer: (_, input, look) => {
				const { value, reads, writes } = raw.observe(
					repeating(look, (told) => query.answer(read, input, told))
				);
				see(`query ${query.name} reads`, reads);
				see(`query ${query.name} writes`, writes);
				return value;
			}
		});
		return {
			db,
			words: {
				...words,
				events: words.events.map(watchedEvent),
				commands: words.commands.map(watchedCommand),
				queries: words.queries.map(watchedQuery)
			}
		};
	}, DECLARATION_HISTORIES);

	const differences: string[] = [];
	const compare = (what: string, declared: readonly Table[]) => {
		const real = seen.get(what) ?? new Set();
		const names = declared.map((table) => table.name);
		for (const name of names)
			if (!real.has(name)) differences.push(`${what}: ${name} is declared and not seen`);
		for (const name of real) if (!names.includes(name)) differences.push(`${what}: ${name} is not declared`);
	};
	const used = (what: string) => {
		if (!seen.has(what)) differences.push(`${what}: never happened`);
	};
	for (const command of words.commands) {
		used(`command ${command.name} decides on`);
		compare(`command ${command.name} decides on`, command.reads);
		compare(`command ${command.name} writes while deciding`, []);
		compare(`notes of ${command.name} writes`, command.notes);
		if (command.notes.some((table) => table.role !== 'workspace' && !KEPT_ASIDE.includes(table)))
			differences.push(`notes of ${command.name}: only workspace tables may be noted in`);
	}
	for (const kind of words.events) {
		used(`event ${kind.kind} writes`);
		compare(`event ${kind.kind} writes`, kind.writes);
		if (kind.writes.some((table) => table.role !== 'projection'))
			differences.push(`event ${kind.kind}: only projections may be folded into`);
		for (const name of seen.get(`event ${kind.kind} reads`) ?? [])
			if (![...kind.writes, ...kind.reads].some((table) => table.name === name))
				differences.push(`event ${kind.kind} reads: ${name} is none of its own tables`);
		if (kind.reads.some((table) => table.role !== 'projection'))
			differences.push(`event ${kind.kind}: only projections may be looked at`);
		for (const table of kind.reads)
			if (seen.get(`event ${kind.kind} reads`)?.has(table.name) !== true)
				differences.push(`event ${kind.kind} reads: ${table.name} is declared and not seen`);
	}
	for (const query of words.queries) {
		used(`query ${query.name} reads`);
		compare(`query ${query.name} reads`, query.reads);
		compare(`query ${query.name} writes`, []);
	}
	return differences;
};

describe('[I12] what words declare', () => {
	test('is what SQLite saw, for every command, event and query', async () => {
		expect(await lies(effectsVocabulary)).toEqual([]);
	}, 60_000);

	test('is doubted: each lie planted in it is named, and so is a word nobody used', async () => {
		const silent = defineQuery({
			name: 'silent',
			input: z.object({ never: z.literal(1) }),
			reads: [],
			answer: () => 1
		});
		const planted: Vocabulary = {
			...effectsVocabulary,
			events: effectsVocabulary.events.map((kind) => {
				if (kind.kind === 'bot_retired') return { ...kind, writes: [turns] };
				if (kind.kind === 'turn_edited')
					return {
						...kind,
						project: (event) => [
							...kind.project(event),
							sql`update ${turns} set model = (select tagline from ${bots} limit 1) where stream = ${event.stream}`
						]
					};
				return kind;
			}),
			commands: effectsVocabulary.commands.map((command) => {
				if (command.name === 'save_composer') return { ...command, notes: [] };
				if (command.name === 'retire_you') return { ...command, reads: [...command.reads, composers] };
				if (command.name === 'drop_reply')
					return {
						...command,
						notes: [...command.notes, bots],
						decide: (input, read, world) => {
							const decision = command.decide(input, read, world);
							return decision.ok
								? { ...decision, notes: [...decision.notes, sql`update ${bots} set tagline = 'x'`] }
								: decision;
						}
					};
				return command;
			}),
			queries: effectsVocabulary.queries.map((query) =>
				query.name === 'home' ? { ...query, reads: [turns] } : query
			)
		};
		expect((await lies(planted)).sort()).toEqual(
			[
				'event bot_retired writes: turns is declared and not seen',
				'event bot_retired writes: bots is not declared',
				'event bot_retired reads: bots is none of its own tables',
				'event turn_edited reads: bots is none of its own tables',
				'notes of save_composer writes: composers is not declared',
				'command retire_you decides on: composers is declared and not seen',
				'notes of drop_reply: only workspace tables may be noted in',
				'query home reads: chats is not declared',
				'query home reads: bots is not declared',
				'query home reads: event_log is not declared'
			].sort()
		);
		const unused = defineCommand({
			name: 'unused',
			input: z.object({ never: z.literal(1) }),
			decide: () => decided({ value: {} })
		});
		const idle = {
			...effectsVocabulary,
			commands: [...effectsVocabulary.commands, unused],
			queries: [...effectsVocabulary.queries, silent]
		};
		expect(await lies(idle)).toEqual([
			'command unused decides on: never happened',
			'query silent reads: never happened'
		]);
	}, 60_000);
});

/** Runs `work` with every source of time, chance and locale throwing. */
const inTheDark = <T>(work: () => T): T => {
	const forbidden = (name: string) => () => {
		throw new Error(`[I5] ${name} was used`);
	};
	const poison = (name: string) =>
		new Proxy(function () {}, {
			get: forbidden(name),
			apply: forbidden(name),
			construct: forbidden(name)
		});
	const places: readonly (readonly [object, string])[] = [
		...['Date', 'crypto', 'performance', 'Intl'].map((name) => [globalThis, name] as const),
		[Math, 'random'],
		...['localeCompare', 'toLocaleLowerCase', 'toLocaleUpperCase'].map(
			(name) => [String.prototype, name] as const
		),
		[Number.prototype, 'toLocaleString'],
		[Array.prototype, 'toLocaleString']
	];
	const before = places.map(([at, name]) => Object.getOwnPropertyDescriptor(at, name));
	try {
		for (const [at, name] of places)
			Object.defineProperty(at, name, { value: poison(name), configurable: true, writable: true });
		return work();
	} finally {
		places.forEach(([at, name], i) => {
			Object.defineProperty(at, name, before[i] ?? {});
		});
	}
};

const darkened = (words: Vocabulary): Vocabulary => ({
	...words,
	events: words.events.map((kind) => ({ ...kind, project: (event) => inTheDark(() => kind.project(event)) })),
	commands: words.commands.map((command) => ({
		...command,
		decide: (input, read, world) => inTheDark(() => command.decide(input, read, world))
	})),
	queries: words.queries.map((query) => ({
		...query,
		answer: (read, input, look) => inTheDark(() => query.answer(read, input, look))
	}))
});

describe('[I5] decisions, handlers and answers', () => {
	test('use no clock, no chance and no locale', async () => {
		await playMany((db) => ({ db, words: darkened(vocabulary) }), 20);
	}, 60_000);

	test.each([
		['Date', () => Date.now()],
		['Date', () => new Date()],
		['random', () => Math.random()],
		['crypto', () => crypto.randomUUID()],
		['performance', () => performance.now()],
		['Intl', () => new Intl.Collator()],
		['localeCompare', () => 'a'.localeCompare('b')],
		['toLocaleString', () => (1).toLocaleString()]
	])('are caught when they use %s', async (name, use) => {
		const peeking = (command: Command): Command => ({
			...command,
			decide: (input, read, world) => {
				use();
				return command.decide(input, read, world);
			}
		});
		const words = {
			...vocabulary,
			commands: vocabulary.commands.map((command) =>
				command.name === 'rename_chat' ? peeking(command) : command
			)
		};
		await expect(playMany((db) => ({ db, words: darkened(words) }), 0)).rejects.toThrow(
			`[I5] ${name} was used`
		);
		expect(Date.now()).toBeGreaterThan(0);
	});
});

const ACTOR = { memberId: idNumber(30), name: 'n', role: 'engineer' };
const DONE = { actor: ACTOR, episode: 1 };

/** At least one event of each kind, and one for each branch of its handler. */
const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
	bot_authored: [
		{
			botId: idNumber(1),
			name: 'n',
			tagline: 't',
			description: 'd',
			scenario: 's',
			greeting: 'g',
			examples: 'e',
			avatar: null
		}
	],
	bot_retired: [{ botId: idNumber(1) }],
	you_authored: [{ youId: idNumber(2), name: 'n', description: 'd', avatar: 'a'.repeat(64) }],
	you_retired: [{ youId: idNumber(2) }],
	chat_created: [
		{
			chatId: idNumber(3),
			kind: 'story',
			title: 't',
			host: { botId: idNumber(1), name: 'h' },
			you: { youId: idNumber(2), name: 'y' },
			guest: { botId: idNumber(7), name: 'g' },
			begins: { minutes: 600, anchor: 'a', weather: 'w' },
			place: 'p',
			origin: { kind: 'new' }
		},
		{
			chatId: idNumber(3),
			kind: 'story',
			title: 't',
			host: { botId: idNumber(1), name: 'h' },
			you: null,
			guest: null,
			begins: { minutes: 540, anchor: '', weather: '' },
			place: null,
			origin: { kind: 'new' }
		}
	],
	chat_renamed: [{ title: 't' }],
	chat_archived: [{ archived: true }, { archived: false }],
	chat_settings_changed: [
		{ classifiers: 'auto', interjections: true },
		{ classifiers: 'off', interjections: false }
	],
	author_note_set: [{ text: 'n' }],
	guest_joined: [{ bot: { botId: idNumber(7), name: 'g' } }],
	guest_left: [{ botId: idNumber(7) }],
	container_created: [{ containerId: idNumber(10), name: 'p', description: 'd', parentId: null }],
	container_changed: [{ containerId: idNumber(10), name: 'p', description: 'd', parentId: idNumber(11) }],
	scene_opened: [
		{ sceneId: idNumber(12), containerId: idNumber(10), participants: ['you', idNumber(1)], minutes: 540 }
	],
	scene_closed: [{ sceneId: idNumber(12), minutes: 600, summary: 's' }],
	activity_changed: [
		{
			entity: 'you',
			containerId: idNumber(10),
			posture: 'p',
			action: 'a',
			attention: 't',
			mood: 'm'
		}
	],
	weather_changed: [{ weather: 'w' }],
	time_advanced: [{ minutes: 5 }],
	time_skip_elision: [{ minutes: 600, label: 'l' }],
	time_skip_jump: [
		{ to: 600, label: 'l', flashback: false },
		{ to: 600, label: 'l', flashback: true }
	],
	thread_opened: [
		{ threadId: idNumber(13), text: 'x', witnesses: null },
		{ threadId: idNumber(13), text: 'x', witnesses: ['you'] }
	],
	thread_updated: [{ threadId: idNumber(13), text: 'y', witnesses: ['you', idNumber(1)] }],
	thread_closed: [{ threadId: idNumber(13), outcome: 'o' }],
	thread_reopened: [{ threadId: idNumber(13) }],
	user_turn: [
		{
			turnId: idNumber(4),
			speaker: { youId: null, name: 'y' },
			text: 'x',
			present: { you: true, host: false, guest: true }
		}
	],
	narrator_turn: [
		{ turnId: idNumber(6), text: 'x', meanwhileId: null, present: { you: true, host: true, guest: false } }
	],
	assistant_turn: [
		{
			turnId: idNumber(5),
			replyTo: idNumber(4),
			speaker: { botId: idNumber(1), name: 'h' },
			text: 'x',
			truncated: true,
			model: 'm',
			usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: null, costUsd: null, estimated: false },
			interjectionOf: idNumber(1),
			meanwhileId: idNumber(14),
			present: { you: false, host: true, guest: true }
		},
		{
			turnId: idNumber(5),
			replyTo: null,
			speaker: { botId: idNumber(1), name: 'h' },
			text: 'x',
			truncated: false,
			model: null,
			usage: null,
			interjectionOf: null,
			meanwhileId: null,
			present: { you: true, host: true, guest: false }
		}
	],
	memory_written: [
		{
			memoryId: idNumber(20),
			owner: 'you',
			text: '雨 rain',
			significance: 2,
			witness: { you: true, host: false, guest: true },
			guestId: idNumber(7),
			sceneId: idNumber(12),
			minutes: 600,
			source: { kind: 'story_event', id: idNumber(21) }
		},
		{
			memoryId: idNumber(20),
			owner: idNumber(1),
			text: 'rain',
			significance: 0,
			witness: { you: false, host: true, guest: false },
			guestId: null,
			sceneId: null,
			minutes: 0,
			source: null
		}
	],
	memory_edited: [
		{
			memoryId: idNumber(20),
			text: '雨 rain',
			significance: 2,
			witness: { you: true, host: false, guest: true }
		}
	],
	memory_forgotten: [{ memoryId: idNumber(20) }],
	memory_pinned: [
		{ memoryId: idNumber(20), pinned: true },
		{ memoryId: idNumber(20), pinned: false }
	],
	memory_remembered: [{ memoryId: idNumber(20) }],
	edge_update: [
		{ source: 'you', target: idNumber(1), affinity: 3, trust: -1, reason: 'r', facts: ['f', 'g'] }
	],
	event_planned: [
		{ eventId: idNumber(21), kind: 'k', title: 't', props: { p: 'q' }, plannedFor: 700, witnesses: null },
		{ eventId: idNumber(21), kind: '', title: 't', props: {}, plannedFor: null, witnesses: ['you'] }
	],
	event_replanned: [{ eventId: idNumber(21), kind: 'j', title: 'u', plannedFor: 800 }],
	event_started: [{ eventId: idNumber(21), reason: 'r', witnesses: null }],
	event_completed: [{ eventId: idNumber(21), reason: 'r', witnesses: null }],
	event_cancelled: [{ eventId: idNumber(21), reason: 'r', witnesses: null }],
	event_expired: [{ eventId: idNumber(21), reason: 'r', witnesses: [] }],
	event_status_reverted: [
		{ eventId: idNumber(21), priorStatus: 'planned' },
		{ eventId: idNumber(21), priorStatus: 'active' }
	],
	classifier_failed: [{ classifier: 'observer', reason: { type: 'no_answer' }, raw: 'w' }],
	classifier_retried: [{ classifier: 'observer' }],
	classifier_clamped: [{ classifier: 'observer', dropped: [{ what: 'memory', why: 'unknown', said: 'm9' }] }],
	meanwhile_scene_started: [
		{
			meanwhileId: idNumber(60),
			place: 'p',
			containerId: null,
			participants: [idNumber(1), 'narrator'],
			premise: 'w',
			limit: 4
		}
	],
	meanwhile_scene_ended: [{ meanwhileId: idNumber(60), why: 'hand' }],
	meanwhile_digest_created: [
		{ digestId: idNumber(61), meanwhileId: idNumber(60), text: 'd', sources: [idNumber(4)] }
	],
	meanwhile_digest_settled: [{ digestId: idNumber(61), verdict: 'secret', text: 'e' }],
	effect_undone: [{ eventId: idNumber(22), kind: 'edge_update' }],
	member_authored: [{ memberId: idNumber(30), name: 'n', role: 'engineer' }],
	member_retired: [{ memberId: idNumber(30) }],
	desk_settings_changed: [{ staleMinutes: 30, by: ACTOR }],
	case_opened: [{ requester: 'r', asset: 'a', tags: ['t'], impact: 1, urgency: 2, openedBy: ACTOR }],
	case_changed: [{ requester: 'r', asset: 'a', tags: ['t'], impact: 1, urgency: 2, by: ACTOR }],
	case_resolved: [{ code: 'solved', note: 'n', by: ACTOR }],
	case_reopened: [{ why: 'w', by: ACTOR }],
	step_recorded: [
		{ stepId: idNumber(31), text: 't', outcome: 'worked', turnId: idNumber(4), by: ACTOR },
		{ stepId: idNumber(31), text: 't', outcome: 'worked', turnId: null, by: ACTOR }
	],
	step_changed: [{ stepId: idNumber(31), text: 't', outcome: 'partly', by: ACTOR }],
	step_removed: [{ stepId: idNumber(31), by: ACTOR }],
	step_proposed: [{ stepId: idNumber(31), text: 't', outcome: 'no_effect', turnId: idNumber(4) }],
	proposal_settled: [true, false].map((accepted) => ({
		stepId: idNumber(31),
		accepted,
		text: 't',
		outcome: 'made_worse',
		by: ACTOR
	})),
	handoff_raised: [1, 2].map((episode) => ({
		...DONE,
		episode,
		handoffId: idNumber(32),
		chatId: idNumber(3),
		chatKind: 'case',
		intent: 'escalate',
		reason: 'stuck',
		note: 'n',
		priority: 2,
		facts: {
			title: 't',
			requester: 'r',
			asset: 'a',
			tags: ['t'],
			since: 1,
			turns: 2,
			models: ['m'],
			steps: [{ text: 's', outcome: 'worked', turnId: null }],
			errors: [{ text: 'e', first: idNumber(4), last: idNumber(4), times: 1 }],
			lastUserTurn: { turnId: idNumber(4), text: 'u', cut: false },
			lastProposal: null
		},
		head: { turnId: idNumber(4), turns: 2, digest: 'd' }
	})),
	handoff_assessed: [
		{ ...DONE, ...anAssessment('ai') },
		{ ...DONE, ...anAssessment('person') }
	],
	handoff_assessment_failed: [{ ...DONE, failure: { type: 'offline' }, key: 'k' }],
	handoff_claimed: [DONE, { ...DONE, actor: { ...ACTOR, role: 'member' } }],
	handoff_claim_renewed: [DONE],
	handoff_taken_over: [
		{ ...DONE, from: { memberId: idNumber(33), name: 'f' }, idleMs: 5 },
		{ ...DONE, from: { memberId: idNumber(33), name: 'f' }, idleMs: null }
	],
	handoff_returned: [
		{ ...DONE, reason: 'no_time', note: 'n' },
		{ ...DONE, reason: 'undo', note: '' },
		{ ...DONE, actor: { ...ACTOR, role: 'admin' }, reason: 'other', note: '' }
	],
	handoff_reassigned: [
		{ ...DONE, to: ACTOR },
		{ ...DONE, to: { ...ACTOR, role: 'member' } }
	],
	handoff_noted: [
		{ ...DONE, noteId: idNumber(34), text: 't' },
		{ ...DONE, actor: { ...ACTOR, role: 'member' }, noteId: idNumber(34), text: 't' }
	],
	handoff_priority_changed: [{ ...DONE, priority: 1, why: 'w' }],
	handoff_snoozed: [{ ...DONE, until: 99, why: 'w' }],
	handoff_handed_back: [{ ...DONE, note: 'n' }],
	handoff_resolved: [{ ...DONE, code: 'solved', note: 'n' }],
	handoff_reopened: [{ ...DONE, why: 'w' }],
	handoff_withdrawn: [{ ...DONE, why: 'w' }],
	handoff_pick_up_settled: [{ ...DONE, other: { ...ACTOR, memberId: idNumber(77) }, claimedAt: 5 }],
	handoff_sent: [
		{ ...DONE, as: 'handoff', to: ['n'], hidden: 1, revealed: [{ kind: 'IP', detector: 'd', why: 'w' }] }
	],
	contact_added: [
		{ key: 'A'.repeat(43), name: 'n', age: `age1${'q'.repeat(58)}`, fingerprint: 'acorn badge cabin daisy' }
	],
	contact_removed: [{ key: 'A'.repeat(43) }],
	turn_hidden: [{ turnId: idNumber(4) }],
	turn_shown: [{ turnId: idNumber(4) }],
	turn_edited: [{ turnId: idNumber(4), text: 'x' }],
	turn_regenerated: [{ turnId: idNumber(5), instead: [idNumber(6)] }],
	alternative_chosen: [{ turnId: idNumber(6), instead: [idNumber(5)] }],
	turn_deleted: [{ turnId: idNumber(5) }],
	undone: [{ command: 'rename_chat' }]
};

/** What the handler of a kind writes for each of its samples. */
const statementsOf = (kind: EventKind): readonly (readonly Statement[])[] =>
	// as what begins a stream, and as what comes later: a handler may tell the two apart
	[1, 7].flatMap((streamSeq) =>
		(SAMPLES[kind.kind] ?? []).map((payload, i) =>
			kind.project({
				seq: 100 + i,
				stream: 'stream',
				streamSeq,
				anchor: idNumber(8),
				cause: idNumber(9),
				at: 1234,
				payload: kind.parse(payload)
			})
		)
	);

/** One short text that changes when any projection table or anything a handler writes changes. */
const digestOf = (words: Vocabulary): string => {
	const plain = (value: SqlValue) => (typeof value === 'bigint' ? `${String(value)}n` : value);
	const folded = words.events.map((kind) => ({
		kind: kind.kind,
		statements: statementsOf(kind).map((statements) =>
			statements.map(({ text, values }) => [text.replace(/\s+/g, ' ').trim(), values.map(plain)])
		)
	}));
	// a kind that folds to nothing changes no table, so one more of them makes no replay necessary
	const writing = folded
		.filter(({ statements }) => statements.some((of) => of.length > 0))
		.map(({ kind, statements }) => [kind, statements]);
	const tables = words.tables
		.filter((table) => table.role === 'projection')
		.map((table) => createTable(table) + createFullText(table));
	return createHash('sha256')
		.update(JSON.stringify([tables, writing]))
		.digest('hex')
		.slice(0, 16);
};

// the last pinned state: change both together, never the digest alone
const PINNED = { projectionVersion: 8, digest: '1d84b659c2781cad' };

describe('the version of the projections', () => {
	test('is raised whenever a table or what a handler writes changes', () => {
		const digest = digestOf(vocabulary);
		const { projectionVersion } = vocabulary;
		const advice =
			digest !== PINNED.digest && projectionVersion === PINNED.projectionVersion
				? `What handlers write has changed, so files written before must be replayed: raise projectionVersion in vocabulary.ts to ${String(projectionVersion + 1)}, then pin that number with the digest ${digest} here.`
				: `Pin projectionVersion ${String(projectionVersion)} with the digest ${digest} here.`;
		expect({ projectionVersion, digest }, advice).toEqual(PINNED);
	});

	test('rests on statements that fold the same on another day and into other tables', () => {
		const texts = vocabulary.events.flatMap((kind) =>
			statementsOf(kind)
				.flat()
				.map(({ text }) => text)
		);
		expect(texts.length).toBeGreaterThanOrEqual(vocabulary.events.length);
		expect(texts.flatMap((text) => brokenStatement(text).map((rule) => `${text}: ${rule}`))).toEqual([]);
	});

	test('is pinned with a sample of every kind of event', () => {
		expect(Object.keys(SAMPLES).sort()).toEqual(vocabulary.events.map((kind) => kind.kind).sort());
	});

	test.each(vocabulary.events.map((kind) => [kind.kind, kind] as const))(
		'has to be raised when %s writes less, more, or something else',
		(_, target) => {
			const changed = (project: EventKind['project']) =>
				digestOf({
					...vocabulary,
					events: vocabulary.events.map((kind) => (kind.kind === target.kind ? { ...kind, project } : kind))
				});
			const digests = [
				digestOf(vocabulary),
				changed((event) => target.project(event).slice(1)),
				changed((event) => [...target.project(event), sql`delete from ${bots}`]),
				changed((event) => target.project({ ...event, stream: 'elsewhere' }))
			];
			// of nothing there is no less, and it is nothing in any stream
			expect(new Set(digests).size).toBe(target.writes.length === 0 ? 2 : 4);
		}
	);

	test('has to be raised when a table gets another column or index', () => {
		const [first, ...rest] = vocabulary.tables;
		if (first === undefined) throw new Error('there are no tables');
		const digests = [
			digestOf(vocabulary),
			digestOf({ ...vocabulary, tables: [{ ...first, columns: `${first.columns}, more text` }, ...rest] }),
			digestOf({ ...vocabulary, tables: [{ ...first, indexes: { more: '(name)' } }, ...rest] })
		];
		expect(new Set(digests).size).toBe(3);
	});
});

/** One short text that changes when a table no replay rebuilds, an index of one or a guard of the log changes. */
const formatOf = async (words: Vocabulary): Promise<string> => {
	const db = await openMemory();
	try {
		play(db, { vocabulary: words });
		const projections = words.tables.filter((table) => table.role === 'projection');
		const rebuilt = new Set(projections.map((table) => table.name));
		const isOfAnIndex = (name: string) => projections.some((table) => name.startsWith(indexOf(table)));
		const kept = db
			.all(sql`select tbl_name as at, sql from sqlite_schema where sql is not null order by type, name`)
			.filter((row) => !rebuilt.has(String(row['at'])) && !isOfAnIndex(String(row['at'])))
			.map((row) => String(row['sql']).replace(/\s+/g, ' ').trim());
		return createHash('sha256').update(JSON.stringify(kept)).digest('hex').slice(0, 16);
	} finally {
		db.close();
	}
};

// the last pinned state: change both together, never the digest alone
const PINNED_FORMAT = { format: 8, digest: 'b6c6cae65d194aa4' };

describe('the format of the file', () => {
	test('is raised whenever the log or a workspace table changes: nothing else brings files written before up to date', async () => {
		const digest = await formatOf(vocabulary);
		const advice =
			digest !== PINNED_FORMAT.digest && FILE_FORMAT === PINNED_FORMAT.format
				? `A table that no replay rebuilds has changed, and files written before still have the old one: write the step that changes it in openSchema, raise FILE_FORMAT to ${String(FILE_FORMAT + 1)}, then pin that number with the digest ${digest} here.`
				: `Pin format ${String(FILE_FORMAT)} with the digest ${digest} here.`;
		expect({ format: FILE_FORMAT, digest }, advice).toEqual(PINNED_FORMAT);
	});

	test('changes with a workspace table and not with a projection', async () => {
		const withColumn = (name: string): Vocabulary => ({
			...vocabulary,
			tables: vocabulary.tables.map((table) =>
				table.name === name ? { ...table, indexes: { another: '(stream)' } } : table
			)
		});
		const now = await formatOf(vocabulary);
		expect(await formatOf(withColumn('composers'))).not.toBe(now);
		expect(await formatOf(withColumn('chats'))).toBe(now);
	});
});

test('no two words share a name', () => {
	for (const names of [
		vocabulary.events.map((kind) => kind.kind),
		vocabulary.commands.map((command) => command.name),
		vocabulary.queries.map((query) => query.name),
		vocabulary.tables.map((table) => table.name)
	])
		expect(new Set(names).size).toBe(names.length);
});
