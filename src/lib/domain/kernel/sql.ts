// The port to SQLite, the tables the project declares, and the tag that writes SQL with bound values.

/** What SQLite stores in a cell. Booleans are written 0 and 1; dates as milliseconds since 1970 UTC. */
export type SqlValue = string | number | bigint | Uint8Array | null;

/** One row, as column name → value. Untrusted until a query's or handler's schema has parsed it. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/**
 * A declared table. `projection` tables are folded from the log: wiped and refilled by `rebuild`, compared by
 * verify. `workspace` tables (jobs, drafts) are not: commands write them directly, they never enter a digest or a file.
 */
export interface Table {
	readonly name: string;
	readonly role: 'projection' | 'workspace' | 'log';
	/** Columns and constraints, without `create table name` (the kernel adds it, and `strict`). */
	readonly columns: string;
	/** `without rowid` unless the table needs an integer key. */
	readonly withoutRowid: boolean;
	/** Indexes: name → column list. */
	readonly indexes: Readonly<Record<string, string>>;
	/** How a preview tells what becomes of a row: its key without the stream, the column that names it, and what it tells. */
	readonly told: {
		readonly key: readonly string[];
		readonly name: string;
		readonly values: readonly string[];
	} | null;
	/**
	 * Columns whose words can be searched (full-text.ts), and the column that numbers the rows for that: an integer that no
	 * two rows of any stream share, the `seq` of the event that wrote the row. It needs an index of its own, which is not
	 * unique: rows are looked up by it.
	 */
	readonly fullText: { readonly columns: readonly string[]; readonly rowid: string } | null;
}

/** One SQL statement with its values. Made by the {@link sql} tag only, so no value is ever spliced into text. */
export interface Statement {
	readonly text: string;
	readonly values: readonly SqlValue[];
}

/**
 * A synchronous connection to one SQLite database. Two drivers fill it: sqlite-wasm in memory (tests, Node and the
 * session in memory) and sqlite-wasm on OPFS. Both must pass tests/contract/sql-cases.ts.
 */
export interface Sql {
	/** Runs a script of several statements without values: schema and pragmas. */
	exec(script: string): void;
	/** Runs one statement; the number of rows it changed. */
	run(statement: Statement): number;
	/** All rows of one statement. */
	all(statement: Statement): SqlRow[];
	/** Runs `work` in BEGIN IMMEDIATE … COMMIT; a throw rolls back and is thrown on. Does not nest. */
	transaction<T>(work: () => T): T;
	/** Runs `work` in a transaction that is always rolled back (previews). Does not nest. */
	rehearse<T>(work: () => T): T;
	/**
	 * Runs `work` inside the caller's transaction; what it changed in rows of `tables`, as a SQLite session changeset,
	 * null when nothing. Refuses (plain `SqlError`) a table that is not there or has no primary key: SQLite would
	 * silently record nothing. What `work` throws is thrown on.
	 */
	record(tables: readonly Table[], work: () => void): Uint8Array | null;
	/**
	 * Several changesets, oldest first, as one; null when there are none or they cancel out. Throws
	 * {@link ChangesRefused} on damaged bytes and on changesets of tables shaped differently. A changeset that is
	 * missing in the middle, or cut off between two rows, is *not* noticed: callers keep a checksum and the range.
	 */
	merge(changesets: readonly Uint8Array[]): Uint8Array | null;
	/**
	 * Takes changesets (oldest first, without a gap) back, inside the caller's transaction: merged, compared with the
	 * tables' columns and keys, applied backwards once. Throws {@link ChangesRefused} when a row is not as they left
	 * it, and then nothing was changed and the transaction goes on; a failing disk is thrown as from any statement.
	 */
	takeBack(changesets: readonly Uint8Array[]): void;
	/**
	 * Makes the rows of `tables` equal to those of the TEMP tables of the same names, inside the caller's transaction;
	 * the number of rows added, changed and removed for that. Throws when afterwards they still differ, and for tables
	 * it could not compare: missing in one place, without a primary key, with generated or other columns.
	 */
	adoptTemp(tables: readonly Table[]): number;
	/**
	 * Runs `work` and tells which tables SQLite itself says were read and written (I12), by its authorizer.
	 * Statements prepared before are prepared anew, so that nothing is missed. For tests and checks: slow.
	 */
	observe<T>(work: () => T): {
		readonly value: T;
		readonly reads: ReadonlySet<string>;
		readonly writes: ReadonlySet<string>;
	};
	close(): void;
}

/**
 * A changeset was not taken: rows are not as it left them, its bytes are damaged, or the tables have another shape.
 * Nothing was changed, and the transaction is as it was.
 */
export class ChangesRefused extends Error {
	override readonly name = 'ChangesRefused';
}

/**
 * The disk or the file failed, so nothing that SQLite could try on it helps. Drivers throw an Error named
 * `StorageError` then, and one named `SqlError` when a statement was wrong or broke a constraint.
 */
export const isStorageFault = (error: unknown): boolean =>
	error instanceof Error && error.name === 'StorageError';

/** Declares a projection table. Its key must begin with `stream` (I3). */
export const defineTable = (
	name: string,
	columns: string,
	options: {
		indexes?: Record<string, string>;
		withoutRowid?: boolean;
		role?: Table['role'];
		told?: NonNullable<Table['told']>;
		fullText?: NonNullable<Table['fullText']>;
	} = {}
): Table => ({
	name,
	columns,
	role: options.role ?? 'projection',
	withoutRowid: options.withoutRowid ?? true,
	indexes: options.indexes ?? {},
	told: options.told ?? null,
	fullText: options.fullText ?? null
});

/** What a place in the code was last written out to: most name the same tables every time, and have only values. */
interface Written {
	readonly tables: readonly (Table | null)[];
	readonly text: string;
}

const writtenBefore = new WeakMap<TemplateStringsArray, Written>();

/** Tagged template: tables become their names, a statement a part of this one, everything else a bound value. */
export const sql = (
	strings: TemplateStringsArray,
	...parts: readonly (SqlValue | Table | Statement)[]
): Statement => {
	const values: SqlValue[] = [];
	const tables: (Table | null)[] = [];
	let isPlain = true;
	for (const part of parts) {
		const table = isTable(part) ? part : null;
		tables.push(table);
		if (table !== null) continue;
		if (isStatement(part)) {
			isPlain = false;
			values.push(...part.values);
		} else values.push(part as SqlValue);
	}
	if (!isPlain) return { text: writeOut(strings, parts), values };
	// the same string object again, so that a driver which looks up what it prepared need not read it through
	const before = writtenBefore.get(strings);
	if (before?.tables.every((table, i) => table === tables[i]) === true) return { text: before.text, values };
	const text = writeOut(strings, parts);
	writtenBefore.set(strings, { tables, text });
	return { text, values };
};

const writeOut = (strings: TemplateStringsArray, parts: readonly (SqlValue | Table | Statement)[]): string =>
	parts.reduce<string>(
		(text, part, i) =>
			text + (isTable(part) ? part.name : isStatement(part) ? part.text : '?') + (strings[i + 1] ?? ''),
		strings[0] ?? ''
	);

const isTable = (part: SqlValue | Table | Statement): part is Table =>
	typeof part === 'object' && part !== null && 'columns' in part;

const isStatement = (part: SqlValue | Table | Statement): part is Statement =>
	typeof part === 'object' && part !== null && 'text' in part;

/** The script that creates a table and its indexes. */
export const createTable = (table: Table): string =>
	[
		`create table ${table.name} (\n${table.columns}\n) strict${table.withoutRowid ? ', without rowid' : ''};`,
		...Object.entries(table.indexes).map(
			([name, columns]) => `create index ${name} on ${table.name} ${columns};`
		)
	].join('\n');
