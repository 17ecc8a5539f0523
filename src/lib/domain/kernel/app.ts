// createApp: the one way in. dispatch decides and appends in one transaction, ask answers, rebuild replays.
import type { Command, CommonRefusal, Decided, World } from './command.ts';
import type { EventDraft, EventKind } from './event.ts';
import { brokenFullText, refillFullText, withoutFullText } from './full-text.ts';
import { keepable } from './keepable.ts';
import { createLadder } from './ladder.ts';
import type { LogChange, Rung, TakesBack } from './log-change.ts';
import { assets, commandLog, eventLog, kernelMeta, recoveryCopy, recoveryEvent, streamHead } from './log.ts';
import { createLook } from './look.ts';
import { openSchema, shapeOf } from './open-schema.ts';
import { createProjector } from './projector.ts';
import { createRead, type Query } from './query.ts';
import { refuse, type Result } from './result.ts';
import { tellAgain } from './retold.ts';
import { z } from './schema.ts';
import { sql, type Sql, type Table } from './sql.ts';
import { liveTurn } from './turns-of-log.ts';
import { createUndoLog } from './undo-log.ts';
import { verifying, type VerifyProgress, type VerifyReport } from './verify.ts';

export { FILE_FORMAT, NewerFile } from './open-schema.ts';

const COMMAND_RESULTS_KEPT_DAYS = 30;
// whatever the clock says: one that jumps ahead must not make what was just done forgotten
const COMMAND_RESULTS_KEPT = 10_000;
const DAY_MS = 86_400_000;
// in kernel_meta: something was deleted for good, and the file not written anew since
const PURGE_OWED = 'purge_owed';

/** All words of an app, and the version of its projections: raise it whenever what a handler writes changes. */
export interface Vocabulary {
	readonly projectionVersion: number;
	readonly events: readonly EventKind[];
	readonly commands: readonly Command[];
	readonly queries: readonly Query[];
	/** Every projection and workspace table. */
	readonly tables: readonly Table[];
}

export interface Change {
	/** Names of declared tables; never empty. */
	readonly tables: readonly string[];
	/** Streams that got events; empty when the change cannot be pinned to streams (notes, assets, a rebuild). */
	readonly streams: readonly string[];
}

export interface AppDeps {
	readonly sql: Sql;
	readonly vocabulary: Vocabulary;
	/** `now` in milliseconds since 1970 UTC; `newId` a new UUID. */
	readonly world: { now(): number; newId(): string };
	/** Told after each commit that changed something. */
	readonly onChange?: (change: Change) => void;
	/** Called inside each transaction before anything is written; throwing refuses it (fencing of an old leader). */
	readonly fence?: () => void;
	/** Told while opening has to replay the log, with the number of events folded so far. */
	readonly onRebuild?: (folded: number) => void;
	/** The rungs of the undo ladder that may be used: tests force one. All, when left out. */
	readonly ladder?: readonly Rung[];
}

export interface App {
	/**
	 * Runs a command. The same `id` again answers the first result and does nothing, once it was allowed (I7). A refusal
	 * is not stored, nor what a `repeatable` command answers: those are decided anew. Throws only on a defect or storage
	 * error, and on the latter it may have happened. `tab`: whose it is, for undoing the last thing somebody did.
	 */
	dispatch(envelope: {
		readonly id: string;
		readonly name: string;
		readonly input: unknown;
		readonly tab?: string;
	}): Result<unknown>;
	/** Answers a query. Throws a plain Error naming what is wrong with the name or input. */
	ask(name: string, input: unknown): unknown;
	/** The stored result of a command, or null: settles a COMMIT that threw. */
	lookUp(commandId: string): Result<unknown> | null;
	/** What a watch on the query has to wake on; null for an unknown query or bad input. */
	queryScope(
		name: string,
		input: unknown
	): { readonly tables: readonly string[]; readonly stream: string | null } | null;
	/** The first of `events` numbers of the log that nobody else will get; what is not used of them is lost. */
	reserve(events: number): number;
	/**
	 * Folds a stream whose rows were put into the log without being folded: for a database that is made of a file. Some
	 * rows at each `next()`, which gives how many were folded.
	 */
	foldStream(stream: string): Generator<number, void>;
	/** Keeps bytes under their SHA-256 (hex, computed by the caller). Idempotent. */
	putAsset(asset: { readonly mediaType: string; readonly bytes: Uint8Array; readonly hash: string }): void;
	/** Replays the whole log into empty projections, in one transaction. */
	rebuild(onProgress?: (folded: number) => void): { readonly events: number; readonly skipped: number };
	/**
	 * Compares every row with what the log says, and repairs what differs; a chunk at each `next()`, so that commands may
	 * run in between. `scratch`: an empty database, closed by the caller.
	 */
	verify(scratch: Sql): Generator<VerifyProgress, VerifyReport>;
	/**
	 * Forgets results of commands that nobody will send again, and writes the file anew where that is owed. For a quiet
	 * moment: when it fails, nothing is lost.
	 */
	tidy(): void;
	readonly names: { readonly commands: readonly string[]; readonly queries: readonly string[] };
}

/**
 * Opens the schema (creating it on a fresh file, replaying the log when projections changed) and returns the app.
 * A file that this version left is not written to: it opens on a full disk too.
 */
export const createApp = (deps: AppDeps): App => {
	const { sql: db, vocabulary, world } = deps;
	const projectionTables = vocabulary.tables.filter((table) => table.role === 'projection');
	const shape = shapeOf(vocabulary.projectionVersion, vocabulary.tables);
	const undo = createUndoLog(db, projectionTables, shape);
	const projector = createProjector(db, vocabulary.events, projectionTables, undo);
	const ladder = createLadder(db, projector, undo, deps.ladder);
	const read = createRead(db);
	const look = createLook(db, read, ladder, projector);
	const commandByName = new Map(vocabulary.commands.map((command) => [command.name, command]));
	const queryByName = new Map(vocabulary.queries.map((query) => [query.name, query]));
	const kindByName = projector.kinds;
	/** How often the past of a stream was changed since the app was opened. */
	const retold = new Map<string, number>();
	const names = { commands: [...commandByName.keys()], queries: [...queryByName.keys()] };

	openSchema({
		db,
		tables: vocabulary.tables,
		projectionVersion: vocabulary.projectionVersion,
		shape,
		turnKinds: vocabulary.events.filter((kind) => kind.opensTurn).map(({ kind }) => kind),
		fence: () => deps.fence?.(),
		rebuild: () => withoutFullText(db, projectionTables, () => projector.rebuild(deps.onRebuild))
	});

	const stored = (commandId: string): Result<unknown> | null => {
		const row = read.one(
			z.object({ result: z.string() }),
			sql`select result from ${commandLog} where command_id = ${commandId}`
		);
		return row === null ? null : resultShape.parse(JSON.parse(row.result));
	};

	const parseQuery = (name: string, input: unknown) => {
		const query = queryByName.get(name);
		if (query === undefined)
			throw new Error(`there is no query "${name}"; there are: ${names.queries.join(', ')}`);
		const parsed = query.input.safeParse(input ?? {}, { reportInput: true });
		if (!parsed.success) throw new Error(`query "${name}": ${firstProblem(parsed.error).message}`);
		return { query, input: parsed.data };
	};

	/** The first of the drafts' causes that is no live turn, nor opened by these drafts; null when all are there. */
	const missingCause = (drafts: readonly EventDraft[]): string | null => {
		const opened = new Set(
			drafts.filter(({ kind }) => kindByName.get(kind)?.opensTurn === true).map(({ anchor }) => anchor)
		);
		const gone = drafts.find(
			({ stream, cause }) => cause !== null && !opened.has(cause) && liveTurn(read, stream, cause) === null
		);
		return gone?.cause ?? null;
	};

	/** What undoing the changes will take, as command_log keeps it. */
	const takesBack = (changes: readonly LogChange[]): Omit<TakesBack, 'first' | 'last'> => ({
		created: changes.find((change) => change.kind === 'branch')?.to ?? null,
		copyId: changes.find((change) => change.kind === 'cut')?.copy.copyId ?? null,
		arrived: changes.find((change) => change.kind === 'adopt') ?? null,
		restored: changes.flatMap((change) =>
			change.kind === 'restore'
				? read.all(
						z.object({ seq: z.number(), by: z.number() }),
						sql`select seq, superseded_by as by from ${eventLog}
							where superseded_by is not null and seq in (select value from json_each(${JSON.stringify(change.seqs)}))`
					)
				: []
		)
	});

	const tablesOf = (
		command: Command,
		{ changes, events, notes }: Decided<unknown>,
		logChanged: boolean
	): string[] => {
		const folded = events.flatMap((event) => kindByName.get(event.kind)?.writes ?? []);
		return [
			...new Set(
				[
					...(events.length > 0 ? [eventLog, commandLog, ...folded] : []),
					...(logChanged
						? [eventLog, commandLog, recoveryCopy, recoveryEvent, streamHead, ...projectionTables]
						: []),
					...(changes.some(({ kind }) => kind === 'adopt') ? [assets] : []),
					...(notes.length > 0 ? command.notes : [])
				].map((table) => table.name)
			)
		];
	};

	/**
	 * Writes the file anew and empties the WAL, so that no byte of what was deleted is left in either. Until that was done
	 * the file says that it is owed: where there is no room for it now, it is done by {@link App.tidy}. Throws on a storage
	 * fault; what was deleted is out of every table all the same.
	 */
	const purge = (): void => {
		if (db.all(sql`select 1 from ${kernelMeta} where k = ${PURGE_OWED}`).length === 0) return;
		db.transaction(() => {
			deps.fence?.();
			// an index keeps words of rows that are gone until it happens to be merged
			refillFullText(db, projectionTables);
		});
		db.exec('vacuum');
		const [checkpoint] = db.all({ text: 'pragma wal_checkpoint(truncate)', values: [] });
		if (checkpoint?.['busy'] !== 0) return;
		db.transaction(() => {
			deps.fence?.();
			db.run(sql`delete from ${kernelMeta} where k = ${PURGE_OWED}`);
		});
	};

	return {
		names,
		lookUp: stored,
		dispatch: (envelope) => {
			const command = commandByName.get(envelope.name);
			if (command === undefined)
				return refuse<CommonRefusal>({ type: 'unknown_command', name: envelope.name, known: names.commands });
			const parsed = command.input.safeParse(envelope.input ?? {}, { reportInput: true });
			if (!parsed.success) return refuse<CommonRefusal>(firstProblem(parsed.error));

			const input = keepable(parsed.data);
			const now = world.now();
			const commandWorld: World = { now, newId: () => world.newId() };
			const { answer, tables, streams } = db.transaction(
				(): Change & { readonly answer: Result<unknown> } => {
					deps.fence?.();
					const before = command.repeatable ? null : stored(envelope.id);
					if (before !== null) return { answer: before, tables: [], streams: [] };
					const decision = command.decide(input, read, commandWorld);
					if (!decision.ok) return { answer: { ok: false, error: decision.error }, tables: [], streams: [] };
					const { changes, events, notes } = decision;
					const gone = missingCause(events);
					if (gone !== null)
						return {
							answer: refuse<CommonRefusal>({ type: 'turn_gone', turnId: gone }),
							tables: [],
							streams: []
						};

					const undoable =
						decision.undoes === null &&
						!decision.background &&
						(events.length > 0 || changes.some(({ kind }) => kind !== 'bring_back'));
					const undoing = undoable ? takesBack(changes) : null;
					const changed = ladder.carryOut(changes, commandWorld);
					// counted even if this is rolled back: then a verification begins a stream again for nothing
					for (const stream of changed.streams) retold.set(stream, (retold.get(stream) ?? 0) + 1);
					tellAgain(db, changed.streams);
					const batch = !undoable
						? null
						: events.length > 0
							? projector.next('next_batch')
							: projector.take('next_batch');
					const first = projector.next('next_seq');
					projector.appendAndApply(events, commandWorld);
					for (const note of notes) db.run(note);
					if (command.purges)
						db.run(sql`insert or replace into ${kernelMeta} (k, v) values (${PURGE_OWED}, 1)`);
					const answer: Result<unknown> = { ok: true, value: decision.value({ rung: changed.rung }) };
					if (decision.undoes !== null)
						db.run(sql`update ${commandLog} set undone = 1 where command_id = ${decision.undoes}`);
					if (!command.repeatable)
						db.run(
							sql`insert into ${commandLog} (command_id, name, result, at, tab, batch, takes_back)
							values (${envelope.id}, ${command.name}, ${JSON.stringify(answer)}, ${now}, ${envelope.tab ?? null},
								${batch},
								${undoing === null ? null : JSON.stringify({ ...undoing, first, last: first + events.length - 1 })})`
						);
					return {
						answer,
						tables: tablesOf(command, decision, changed.streams.length > 0),
						streams: [...new Set([...events.map((event) => event.stream), ...changed.streams])]
					};
				}
			);
			if (tables.length > 0) deps.onChange?.({ tables, streams });
			if (command.purges && answer.ok) purge();
			return answer;
		},
		ask: (name, input) => {
			const asked = parseQuery(name, input);
			return asked.query.answer(read, asked.input, look);
		},
		queryScope: (name, input) => {
			const query = queryByName.get(name);
			const parsed = query?.input.safeParse(input ?? {});
			if (query === undefined || parsed?.success !== true) return null;
			return { tables: query.reads.map((table) => table.name), stream: query.stream(parsed.data) };
		},
		reserve: (events) =>
			db.transaction(() => {
				deps.fence?.();
				return projector.take('next_seq', events);
			}),
		foldStream: ladder.foldStream,
		putAsset: ({ mediaType, bytes, hash }) => {
			const added = db.transaction(() => {
				deps.fence?.();
				return db.run(
					sql`insert into ${assets} (hash, media_type, bytes) values (${hash}, ${mediaType}, ${bytes})
						on conflict (hash) do nothing`
				);
			});
			if (added > 0) deps.onChange?.({ tables: [assets.name], streams: [] });
		},
		rebuild: (onProgress) => {
			const counts = db.transaction(() => {
				deps.fence?.();
				return withoutFullText(db, projectionTables, () => projector.rebuild(onProgress));
			});
			deps.onChange?.({ tables: [...projectionTables.map((t) => t.name), streamHead.name], streams: [] });
			return counts;
		},
		verify: (scratch) =>
			verifying(
				{
					db,
					kinds: vocabulary.events,
					tables: projectionTables,
					repair: (stream) => {
						db.transaction(() => {
							deps.fence?.();
							ladder.replayStream(stream);
						});
						deps.onChange?.({
							tables: [...projectionTables.map((table) => table.name), streamHead.name],
							streams: [stream]
						});
					},
					retold: (stream) => retold.get(stream) ?? 0,
					mendIndexes: () => {
						const broken = brokenFullText(db, projectionTables);
						if (broken.length > 0)
							db.transaction(() => {
								deps.fence?.();
								refillFullText(db, broken);
							});
						return broken.map(({ name }) => name);
					}
				},
				scratch
			),
		tidy: () => {
			const tooOld = world.now() - COMMAND_RESULTS_KEPT_DAYS * DAY_MS;
			db.transaction(() => {
				deps.fence?.();
				// the second comparison is with null, and so never true, while there are few
				db.run(
					sql`delete from ${commandLog} where at < ${tooOld} and at <
						(select at from ${commandLog} order by at desc limit 1 offset ${COMMAND_RESULTS_KEPT - 1})`
				);
			});
			purge();
		}
	};
};

const resultShape = z.union([
	z.object({ ok: z.literal(true), value: z.unknown() }),
	z.object({ ok: z.literal(false), error: z.looseObject({ type: z.string() }) })
]);

/** The first issue of a failed parse (made with `reportInput`), as a refusal naming the field. */
const firstProblem = (error: z.ZodError): Extract<CommonRefusal, { type: 'invalid_input' }> => {
	const issue = error.issues[0];
	const field = issue?.path.map(String).join('.') ?? '';
	const empty = issue?.code === 'too_small' && issue.origin === 'string' && issue.minimum === 1;
	const missing = issue?.code === 'invalid_type' && issue.input === undefined;
	const named = issue?.code === 'custom' ? z.string().safeParse(issue.params?.['problem']).data : undefined;
	const problem = empty || missing ? 'required' : (named ?? issue?.code ?? 'custom');
	return {
		type: 'invalid_input',
		field,
		problem,
		message: `${field === '' ? 'input' : field}: ${issue?.message ?? 'is not valid'}`
	};
};
