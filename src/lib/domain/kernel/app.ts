// createApp: the one way in. dispatch decides and appends in one transaction, ask answers, rebuild replays.
import type { Command, CommonRefusal, World } from './command.ts';
import type { EventKind } from './event.ts';
import { keepable } from './keepable.ts';
import { assets, commandLog, createKernelTables, kernelMeta, streamHead } from './log.ts';
import { createProjector } from './projector.ts';
import { createRead, type Query } from './query.ts';
import { refuse, type Result } from './result.ts';
import { z } from './schema.ts';
import { createTable, sql, type Sql, type Table } from './sql.ts';

/** Format of the file as a whole; a file with a higher one is not opened. */
export const FILE_FORMAT = 1;

const COMMAND_RESULTS_KEPT_DAYS = 30;
// whatever the clock says: one that jumps ahead must not make what was just done forgotten
const COMMAND_RESULTS_KEPT = 10_000;
const DAY_MS = 86_400_000;

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
}

export interface App {
	/**
	 * Runs a command. The same `id` again answers the first result and does nothing, once it was allowed (I7). A refusal
	 * is not stored, nor what a `repeatable` command answers: those are decided anew. Throws only on a defect or storage
	 * error.
	 */
	dispatch(envelope: {
		readonly id: string;
		readonly name: string;
		readonly input: unknown;
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
	/** Keeps bytes under their SHA-256 (hex, computed by the caller). Idempotent. */
	putAsset(asset: { readonly mediaType: string; readonly bytes: Uint8Array; readonly hash: string }): void;
	/** Replays the whole log into empty projections, in one transaction. */
	rebuild(onProgress?: (folded: number) => void): { readonly events: number; readonly skipped: number };
	/** Forgets results of commands that nobody will send again. For a quiet moment: when it fails, nothing is lost. */
	tidy(): void;
	readonly names: { readonly commands: readonly string[]; readonly queries: readonly string[] };
}

/** The file was written by a newer Stet. It is left as it is. */
export class NewerFile extends Error {
	override readonly name = 'NewerFile';
}

/**
 * Opens the schema (creating it on a fresh file, replaying the log when projections changed) and returns the app.
 * A file that this version left is not written to: it opens on a full disk too.
 */
export const createApp = (deps: AppDeps): App => {
	const { sql: db, vocabulary, world } = deps;
	const projectionTables = vocabulary.tables.filter((table) => table.role === 'projection');
	const projector = createProjector(db, vocabulary.events, projectionTables);
	const read = createRead(db);
	const commandByName = new Map(vocabulary.commands.map((command) => [command.name, command]));
	const queryByName = new Map(vocabulary.queries.map((query) => [query.name, query]));
	const kindByName = new Map(vocabulary.events.map((kind) => [kind.kind, kind]));
	const names = { commands: [...commandByName.keys()], queries: [...queryByName.keys()] };

	openSchema(deps, projectionTables, projector.rebuild);

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
					projector.appendAndApply(decision.events, commandWorld);
					for (const note of decision.notes) db.run(note);
					const answer: Result<unknown> = { ok: true, value: decision.value };
					if (!command.repeatable)
						db.run(
							sql`insert into ${commandLog} (command_id, name, result, at)
							values (${envelope.id}, ${command.name}, ${JSON.stringify(answer)}, ${now})`
						);
					const written = decision.events.flatMap((event) => kindByName.get(event.kind)?.writes ?? []);
					const noted = decision.notes.length > 0 ? command.notes : [];
					return {
						answer,
						tables: [...new Set([...written, ...noted].map((table) => table.name))],
						streams: [...new Set(decision.events.map((event) => event.stream))]
					};
				}
			);
			if (tables.length > 0) deps.onChange?.({ tables, streams });
			return answer;
		},
		ask: (name, input) => {
			const asked = parseQuery(name, input);
			return asked.query.answer(read, asked.input);
		},
		queryScope: (name, input) => {
			const query = queryByName.get(name);
			const parsed = query?.input.safeParse(input ?? {});
			if (query === undefined || parsed?.success !== true) return null;
			return { tables: query.reads.map((table) => table.name), stream: query.stream(parsed.data) };
		},
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
				return projector.rebuild(onProgress);
			});
			deps.onChange?.({ tables: [...projectionTables.map((t) => t.name), streamHead.name], streams: [] });
			return counts;
		},
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

/** A short name for the shape of all projection tables, compared to notice a change nobody numbered. FNV-1a, 32 bits. */
const fingerprint = (tables: readonly Table[]): string => {
	let hash = 0x811c9dc5;
	for (const char of tables.map(createTable).join('\n')) {
		hash ^= char.codePointAt(0) ?? 0;
		hash = Math.imul(hash, 0x01000193) >>> 0;
	}
	return hash.toString(16).padStart(8, '0');
};

const openSchema = (
	{ sql: db, vocabulary, fence, onRebuild }: AppDeps,
	projectionTables: readonly Table[],
	rebuild: (onProgress?: (folded: number) => void) => unknown
): void => {
	const nameRow = z.object({ name: z.string() });
	const existing = new Set(
		db.all(sql`select name from sqlite_schema where type = 'table'`).map((row) => nameRow.parse(row).name)
	);
	const meta = (k: string): unknown => db.all(sql`select v from ${kernelMeta} where k = ${k}`)[0]?.['v'];
	const setMeta = (k: string, v: string | number) =>
		db.run(
			sql`insert into ${kernelMeta} (k, v) values (${k}, ${v}) on conflict (k) do update set v = excluded.v`
		);

	if (existing.has(kernelMeta.name)) {
		const format = Number(meta('format'));
		const projection = Number(meta('projection_version'));
		if (format > FILE_FORMAT || projection > vocabulary.projectionVersion)
			throw new NewerFile(
				`this library was last used by a newer Stet (format ${String(format)}, projections ${String(projection)}; known here: ${String(FILE_FORMAT)}, ${String(vocabulary.projectionVersion)})`
			);
	}

	const shape = `${String(vocabulary.projectionVersion)}:${fingerprint(projectionTables)}`;
	const missing = vocabulary.tables.filter(({ role, name }) => role === 'workspace' && !existing.has(name));
	if (existing.has(kernelMeta.name) && missing.length === 0 && meta('projection_shape') === shape) return;

	db.transaction(() => {
		fence?.();
		if (!existing.has(kernelMeta.name)) {
			createKernelTables(db);
			setMeta('format', FILE_FORMAT);
		}
		for (const table of missing) db.exec(createTable(table));

		if (meta('projection_shape') !== shape) {
			const known = meta('projection_tables');
			for (const name of typeof known === 'string' ? z.array(z.string()).parse(JSON.parse(known)) : [])
				db.exec(`drop table if exists "${name.replaceAll('"', '""')}"`);
			for (const table of projectionTables) db.exec(createTable(table));
			setMeta('projection_tables', JSON.stringify(projectionTables.map((table) => table.name)));
			setMeta('projection_version', vocabulary.projectionVersion);
			setMeta('projection_shape', shape);
			rebuild(onRebuild);
		}
	});
};
