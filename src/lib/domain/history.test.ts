// Whatever happens, in whatever order: live state is the replay of the log, and no event reaches into another stream.
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { connect } from '#lib/worker/storage/sqlite.ts';
import { loadSqlite } from '#lib/worker/storage/engine.ts';
import { effectsVocabulary } from '#tests/support/effects.ts';
import { play } from '#tests/support/given.ts';
import { history, playHistory, type Step } from '#tests/support/histories.ts';
import { brokenIndexes, dump, tableNames } from '#tests/support/state.ts';
import type { Vocabulary } from './kernel/app.ts';
import type { EventKind } from './kernel/event.ts';
import { readLog, streamHead, undoLog } from './kernel/log.ts';
import { createProjector } from './kernel/projector.ts';
import { sql, type Sql, type Statement } from './kernel/sql.ts';

const HISTORIES = Number(process.env['STET_HISTORIES'] ?? 2000);
const EVENTS_OF_EACH_KIND = 100;

let sqlite: Awaited<ReturnType<typeof loadSqlite>>;
beforeAll(async () => {
	sqlite = await loadSqlite();
});

// a cache of inverses, which a replay empties: whether they are right is for undo.test.ts
const names = (db: Sql): string[] => tableNames(db).filter((name) => name !== undoLog.name);

const projections = effectsVocabulary.tables.filter((table) => table.role === 'projection');

/** Makes SQLite itself refuse a write to rows of any other stream than the one being folded. */
const GUARDS = [
	'create temp table folding (stream text);',
	...projections.flatMap(({ name }) =>
		(['insert', 'update', 'delete'] as const).map((verb) => {
			const strange = { insert: ['new'], update: ['old', 'new'], delete: ['old'] }[verb]
				.map((row) => `${row}.stream <> f.stream`)
				.join(' or ');
			return `create temp trigger guard_${name}_${verb} before ${verb} on main.${name}
				when exists (select 1 from folding f where ${strange})
				begin select raise(abort, 'a row of another stream'); end;`;
		})
	)
].join('\n');

const guarded = (words: Vocabulary): Vocabulary => ({
	...words,
	events: words.events.map((kind) => ({
		...kind,
		project: (event) => [
			{ text: 'insert into folding values (?)', values: [event.stream] },
			...kind.project(event),
			{ text: 'delete from folding', values: [] }
		]
	}))
});

/** Plays a history and throws when a rule is broken. Counts events by kind. `suspect`: streams with this kind are looked at. */
const check = (
	steps: readonly Step[],
	words: Vocabulary,
	count: Map<string, number>,
	suspect?: string
): void => {
	const db = connect(sqlite, ':memory:', '');
	try {
		const guardedWords = guarded(words);
		// opening folds nothing in a fresh database, so the guards may come after it
		const at = play(db, { vocabulary: guardedWords });
		db.exec(GUARDS);
		playHistory(at, steps);
		for (const { kind } of readLog(db, 0, 100_000)) count.set(kind, (count.get(kind) ?? 0) + 1);

		const tables = names(db);
		const live = dump(db, tables);
		expect(brokenIndexes(db, words), 'an index does not hold the words of its rows').toEqual([]);
		at.app.rebuild();
		expect(dump(db, tables), 'the replay differs from live').toEqual(live);

		const streams = [
			...new Set(
				readLog(db, 0, 100_000)
					.filter(({ kind }) => suspect === undefined || kind === suspect)
					.map((row) => row.stream)
			)
		];
		const stream = streams[steps.length % streams.length] ?? '';
		const mine = projections.map((table) => table.name);
		const together = dump(db, mine, stream);
		foldAlone(db, guardedWords, stream);
		expect(dump(db, mine, stream), 'a stream folded alone differs').toEqual(together);
	} finally {
		db.close();
	}
};

/** Empties the projections and folds the events of one stream only. */
const foldAlone = (db: Sql, words: Vocabulary, stream: string): void => {
	const kinds = new Map(words.events.map((kind) => [kind.kind, kind]));
	const projector = createProjector(db, words.events, projections);
	for (const table of [...projections, streamHead]) db.run(sql`delete from ${table}`);
	for (const row of readLog(db, 0, 100_000)) {
		const kind = kinds.get(row.kind);
		if (row.stream === stream && kind !== undefined && row.supersededBy === null)
			projector.fold(kind, { ...row, payload: kind.revive(JSON.parse(row.payload), row.v) });
	}
};

test(
	`[I1] [I3] after ${String(HISTORIES)} random histories live equals replay in every table, and streams never meet`,
	() => {
		const count = new Map(effectsVocabulary.events.map(({ kind }) => [kind, 0]));
		fc.assert(
			fc.property(history, (steps) => {
				check(steps, effectsVocabulary, count);
			}),
			{ numRuns: HISTORIES }
		);
		const rare = [...count].filter(([, n]) => n < EVENTS_OF_EACH_KIND);
		expect(rare, 'kinds of events that hardly occurred').toEqual([]);
	},
	20 * 60_000
);

/** A column of each table kinds of events name first that a faulty handler can spoil without breaking a constraint. */
const SPOILABLE: Readonly<Record<string, string>> = {
	bots: 'tagline',
	yous: 'description',
	chats: 'title',
	turns: 'speaker_name',
	story_now: 'weather',
	time_skips: 'label',
	containers: 'description',
	scenes: 'summary',
	activities: 'mood',
	threads: 'outcome',
	author_notes: 'text',
	chat_settings: 'classifiers',
	meanwhiles: 'place',
	memories: 'text',
	edge_history: 'reason',
	story_events: 'kind',
	classifier_failures: 'reason',
	members: 'name',
	cases: 'note',
	case_steps: 'text',
	handoffs: 'ended_note',
	desk_settings: 'changed_by',
	contacts: 'name'
};

interface Fault {
	readonly what: string;
	readonly caught: RegExp;
	/** The statements of a faulty handler. `again` = this event was folded before, so this is a replay. */
	readonly project: (
		right: readonly Statement[],
		stream: string,
		again: boolean,
		table: string
	) => readonly Statement[];
}

/** Where any other word would be stumbled over by whoever reads the row, before the check could see it: one of two it may have. */
const AS_A_WORD: Readonly<Record<string, (to: string) => string>> = {
	chat_settings: (to) => `case unicode(substr(${to}, -1)) % 2 when 0 then 'merged' else 'separate' end`
};

const spoil = (table: string, stream: string, to: string): Statement => ({
	text: `update ${table} set ${SPOILABLE[table] ?? 'unknown'} = ${AS_A_WORD[table]?.(to) ?? to} where stream = ?`,
	values: [stream]
});

/** A kind that folds to nothing has none to skip. */
const SKIPS = 'skips its statements in a replay';

const FAULTS: readonly Fault[] = [
	{
		what: 'writes something else in a replay',
		// where what is live came of a replay itself, only a stream that is folded alone differs
		caught: /the replay differs from live|a stream folded alone differs/,
		project: (right, stream, again, table) => (again ? [...right, spoil(table, stream, "'other'")] : right)
	},
	{
		what: SKIPS,
		caught: /the replay differs from live|a stream folded alone differs|UNIQUE/,
		project: (right, _stream, again) => (again ? [] : right)
	},
	{
		what: 'looks at a workspace table',
		caught: /the replay differs from live/,
		project: (right, stream, _again, table) => [
			...right,
			spoil(table, stream, '(select cast(count(*) as text) from command_log)')
		]
	},
	{
		what: 'copies a row into another stream',
		caught: /a row of another stream/,
		project: (right, stream, _again, table) => [...right, copyElsewhere(table, stream)]
	},
	{
		what: 'writes to the rows of other streams',
		caught: /a row of another stream/,
		project: (right, stream) => [
			...right,
			{ text: "update chats set title = 'taken' where stream <> ?", values: [stream] },
			{ text: "update bots set tagline = 'taken' where stream <> ?", values: [stream] }
		]
	},
	{
		what: 'looks at another stream',
		// in a replay the other stream has come further, or was taken back
		caught: /a stream folded alone differs|the replay differs from live/,
		project: (right, stream, _again, table) => [
			...right,
			spoil(table, stream, '(select (select count(*) from bots) || (select count(*) from turns))')
		]
	}
];

const copyElsewhere = (name: string, stream: string): Statement => {
	const table = projections.find((each) => each.name === name);
	const columns = [...(table?.columns ?? '').matchAll(/^\s*([a-z_]+) (?:text|integer)/gm)].map(
		(match) => match[1]
	);
	const others = columns.filter((column) => column !== 'stream').join(', ');
	return {
		text: `insert or replace into ${name} (stream, ${others}) select 'elsewhere', ${others} from ${name} where stream = ? limit 1`,
		values: [stream]
	};
};

const faulty = (target: EventKind, fault: Fault): Vocabulary => {
	const folded = new Set<number>();
	// a kind that writes nothing is made to spoil what all chats have
	const table = target.writes[0]?.name ?? 'chats';
	const project: EventKind['project'] = (event) => {
		const again = folded.has(event.seq);
		folded.add(event.seq);
		return fault.project(target.project(event), event.stream, again, table);
	};
	return {
		...effectsVocabulary,
		events: effectsVocabulary.events.map((kind) => (kind.kind === target.kind ? { ...kind, project } : kind))
	};
};

describe.each(effectsVocabulary.events.map((kind) => [kind.kind, kind] as const))(
	'the check of histories turns red when the handler of %s',
	(_, kind) => {
		const possible = FAULTS.filter((fault) => kind.writes.length > 0 || fault.what !== SKIPS);
		test.each(possible.map((fault) => [fault.what, fault] as const))(
			'%s',
			(__, fault) => {
				let seen = '';
				const outcome = fc.check(
					fc.property(history, (steps) => {
						try {
							check(steps, faulty(kind, fault), new Map(), kind.kind);
						} catch (error) {
							seen = String(error);
							throw error;
						}
					}),
					{ numRuns: 300, endOnFailure: true }
				);
				expect(outcome.failed).toBe(true);
				expect(seen).toMatch(fault.caught);
			},
			60_000
		);
	}
);
