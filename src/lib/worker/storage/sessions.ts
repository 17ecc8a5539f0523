// What a piece of work changed, as bytes that take it back: SQLite's session extension, with every way it fails silently shut.
import type { Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import { ChangesRefused, type SqlRow, type Statement } from '../../domain/kernel/sql.ts';
import { errorFor, type SqlError } from './storage-error.ts';

/** The C functions used here, as WebAssembly exports them. */
interface Raw {
	sqlite3_malloc(bytes: number): number;
	sqlite3_free(pointer: number): void;
	sqlite3session_create(db: number, schema: number, out: number): number;
	sqlite3session_attach(session: number, table: number): number;
	sqlite3session_changeset(session: number, length: number, bytes: number): number;
	sqlite3session_diff(session: number, from: number, table: number, message: number): number;
	sqlite3session_delete(session: number): void;
	sqlite3changegroup_new(out: number): number;
	sqlite3changegroup_add(group: number, length: number, bytes: number): number;
	sqlite3changegroup_output(group: number, length: number, bytes: number): number;
	sqlite3changegroup_delete(group: number): void;
	sqlite3changeset_start(out: number, length: number, bytes: number): number;
	sqlite3changeset_next(iterator: number): number;
	sqlite3changeset_op(
		iterator: number,
		table: number,
		columns: number,
		operation: number,
		indirect: number
	): number;
	sqlite3changeset_pk(iterator: number, key: number, columns: number): number;
	sqlite3changeset_finalize(iterator: number): number;
	sqlite3changeset_apply_v2(
		db: number,
		length: number,
		bytes: number,
		filter: 0,
		conflict: number,
		context: 0,
		rebase: 0,
		rebaseLength: 0,
		flags: number
	): number;
}

/** The connection whose changes are recorded. */
export interface SessionHost {
	readonly sqlite3: Sqlite3Static;
	/** Its `sqlite3*`. */
	readonly pointer: number;
	all(statement: Statement): SqlRow[];
	inTransaction(): boolean;
}

/** The part of the Sql port that sessions fill, by table name. */
export interface Sessions {
	record(tables: readonly string[], work: () => void): Uint8Array | null;
	merge(changesets: readonly Uint8Array[]): Uint8Array | null;
	takeBack(changesets: readonly Uint8Array[]): void;
	adoptTemp(tables: readonly string[]): number;
	/** Tables may have been made, changed or dropped. */
	forgetTables(): void;
	/** Must be called before the connection is closed: SQLite keeps it half open for a session that lives. */
	close(): void;
}

/** What a changeset says of the tables it changes: their number of columns and which are in the key, as 0s and 1s. */
interface Told {
	readonly rows: number;
	readonly tables: ReadonlyMap<string, string>;
}

const OK = 0;
const CHANGESET_ABORT = 2;
const NOMEM = 7;
const SCHEMA = 17;
const MISUSE = 21;
const ROW = 100;
const DONE = 101;
const INVERT = 2;
// SQLITE_CHANGESETAPPLY_FKNOACTION, which this build does not export: no foreign key may delete rows of its own
const NO_FOREIGN_KEY_ACTIONS = 8;
// ERROR (bytes of another kind), ABORT (a conflict), CORRUPT (bytes), SCHEMA, CONSTRAINT (a foreign key): against
// these it helps to fold the log again
const REFUSALS: readonly number[] = [1, 4, 11, SCHEMA, 19];

/** Sessions on one connection. Takes no memory until it is used. */
export const createSessions = ({ sqlite3, pointer: db, all, inTransaction }: SessionHost): Sessions => {
	const { capi, wasm } = sqlite3;
	const raw = wasm.exports as Raw;
	const live = new Set<number>();
	let recordable = new Set<string>();
	let closed = false;
	// five out-parameters, 8 bytes each
	let outs = 0;
	let conflict = 0;

	const failure = (code: number, what: string): SqlError =>
		errorFor(code, `${capi.sqlite3_errstr(code)} in ${what}`);

	/** Throws for every result but OK: a refusal where bytes or rows do not fit, else the fault. */
	const accept = (code: number, what: string): void => {
		if (code === OK) return;
		if (REFUSALS.includes(code & 0xff)) throw new ChangesRefused(`${capi.sqlite3_errstr(code)} in ${what}`);
		throw failure(code, what);
	};

	const demand = (code: number, what: string): void => {
		if (code !== OK) throw failure(code, what);
	};

	const needTransaction = (what: string): void => {
		if (closed) throw errorFor(MISUSE, 'the database is closed');
		if (!inTransaction()) throw errorFor(MISUSE, `${what} needs an open transaction`);
	};

	const allocate = (bytes: number): number => {
		const pointer = raw.sqlite3_malloc(bytes);
		if (pointer === 0) throw errorFor(NOMEM, 'out of memory');
		return pointer;
	};

	/** The n-th out-parameter, set to zero. */
	const out = (n: number): number => {
		if (outs === 0) outs = allocate(40);
		const pointer = outs + 8 * n;
		wasm.pokePtr(pointer, 0);
		return pointer;
	};

	const withBytes = <T>(bytes: Uint8Array, use: (pointer: number) => T): T => {
		const pointer = allocate(bytes.byteLength);
		try {
			wasm.heap8u().set(bytes, pointer);
			return use(pointer);
		} finally {
			raw.sqlite3_free(pointer);
		}
	};

	const withText = <T>(text: string, use: (pointer: number) => T): T =>
		withBytes(new TextEncoder().encode(`${text}\0`), use);

	/** Bytes that SQLite made, copied and given back to it; null when there are none. */
	const taken = (make: (length: number, bytes: number) => number, what: string): Uint8Array | null => {
		const [length, bytes] = [out(0), out(1)];
		const code = make(length, bytes);
		const pointer = wasm.peekPtr(bytes);
		try {
			accept(code, what);
			const size = wasm.peek32(length);
			return size === 0 ? null : wasm.heap8u().slice(pointer, pointer + size);
		} finally {
			raw.sqlite3_free(pointer);
		}
	};

	const drop = (session: number): void => {
		// a session that lives on slows down every later write
		if (live.delete(session)) raw.sqlite3session_delete(session);
	};

	const withSession = <T>(schema: string, use: (session: number) => T): T => {
		const pointer = out(0);
		demand(
			withText(schema, (name) => raw.sqlite3session_create(db, name, pointer)),
			'session_create'
		);
		const session = wasm.peekPtr(pointer);
		live.add(session);
		try {
			return use(session);
		} finally {
			drop(session);
		}
	};

	const columnsOf = (schema: 'main' | 'temp', table: string): SqlRow[] =>
		all({ text: 'select pk, hidden from pragma_table_xinfo(?, ?)', values: [table, schema] });

	const needRecordable = (table: string): void => {
		if (recordable.has(table)) return;
		if (!columnsOf('main', table).some((column) => column['pk'] !== 0))
			throw errorFor(MISUSE, `${table} is missing or has no primary key: nothing of it would be recorded`);
		recordable.add(table);
	};

	const record = (tables: readonly string[], work: () => void): Uint8Array | null => {
		needTransaction('record');
		for (const table of tables) needRecordable(table);
		return withSession('main', (session) => {
			for (const table of tables)
				demand(
					withText(table, (name) => raw.sqlite3session_attach(session, name)),
					`attach ${table}`
				);
			work();
			if (closed) throw errorFor(MISUSE, 'the database was closed while recording');
			return taken(
				(length, bytes) => raw.sqlite3session_changeset(session, length, bytes),
				'session_changeset'
			);
		});
	};

	const merge = (changesets: readonly Uint8Array[]): Uint8Array | null => {
		if (changesets.length === 0) return null;
		const pointer = out(0);
		demand(raw.sqlite3changegroup_new(pointer), 'changegroup_new');
		const group = wasm.peekPtr(pointer);
		try {
			for (const changeset of changesets) {
				if (changeset.byteLength === 0) throw new ChangesRefused('a changeset without a byte');
				// what is not accepted would be left out of the result, which is given all the same
				withBytes(changeset, (bytes) => {
					accept(raw.sqlite3changegroup_add(group, changeset.byteLength, bytes), 'changegroup_add');
				});
			}
			return taken(
				(length, bytes) => raw.sqlite3changegroup_output(group, length, bytes),
				'changegroup_output'
			);
		} finally {
			raw.sqlite3changegroup_delete(group);
		}
	};

	const read = (changeset: Uint8Array): Told =>
		withBytes(changeset, (bytes) => {
			const tables = new Map<string, string>();
			let rows = 0;
			const pointer = out(0);
			accept(raw.sqlite3changeset_start(pointer, changeset.byteLength, bytes), 'changeset_start');
			const iterator = wasm.peekPtr(pointer);
			let code: number;
			let ended: number;
			try {
				code = raw.sqlite3changeset_next(iterator);
				while (code === ROW) {
					rows++;
					const [name, columns, key] = [out(0), out(1), out(2)];
					accept(raw.sqlite3changeset_op(iterator, name, columns, out(3), out(4)), 'changeset_op');
					// by name: SQLite uses one pointer for the names of several tables
					const table = wasm.cstrToJs(wasm.peekPtr(name)) ?? '';
					if (!tables.has(table)) {
						accept(raw.sqlite3changeset_pk(iterator, key, 0), 'changeset_pk');
						const at = wasm.peekPtr(key);
						const flags = wasm.heap8u().slice(at, at + wasm.peek32(columns));
						tables.set(table, Array.from(flags, (flag) => (flag === 0 ? '0' : '1')).join(''));
					}
					code = raw.sqlite3changeset_next(iterator);
				}
			} finally {
				ended = raw.sqlite3changeset_finalize(iterator);
			}
			if (code !== DONE) accept(code, 'changeset_next');
			accept(ended, 'changeset_finalize');
			return { rows, tables };
		});

	/** SQLite skips a table it cannot match and answers OK: such a changeset is refused before. */
	const needSameShape = (tables: Told['tables']): void => {
		for (const [table, key] of tables) {
			const now = columnsOf('main', table)
				.filter((column) => column['hidden'] === 0)
				.map((column) => (column['pk'] === 0 ? '0' : '1'))
				.join('');
			if (now !== key) throw new ChangesRefused(`${table} has another shape than when it was recorded`);
		}
	};

	const apply = (changeset: Uint8Array, flags: number): void => {
		// Installed once, and the same answer always: one that throws leaves half of the changes in an open
		// savepoint, and one that gives nothing means "leave this row out and go on".
		if (conflict === 0) conflict = wasm.installFunction('i(pip)', () => CHANGESET_ABORT);
		withBytes(changeset, (bytes) => {
			accept(
				raw.sqlite3changeset_apply_v2(db, changeset.byteLength, bytes, 0, conflict, 0, 0, 0, flags),
				'changeset_apply'
			);
		});
	};

	const takeBack = (changesets: readonly Uint8Array[]): void => {
		needTransaction('takeBack');
		// applied once: each time makes SQLite prepare every cached statement anew
		const merged = merge(changesets);
		if (merged === null) return;
		needSameShape(read(merged).tables);
		apply(merged, INVERT | NO_FOREIGN_KEY_ACTIONS);
	};

	/** What turns the tables of main into those of temp. */
	const differences = (tables: readonly string[]): Uint8Array | null =>
		withSession('temp', (session) => {
			for (const table of tables) {
				const message = out(0);
				const code = withText('main', (main) =>
					withText(table, (name) => raw.sqlite3session_diff(session, main, name, message))
				);
				const text = wasm.peekPtr(message);
				const says = text === 0 ? '' : (wasm.cstrToJs(text) ?? '');
				raw.sqlite3_free(text);
				demand(code, `the comparison of ${table}: ${says}`);
			}
			return taken(
				(length, bytes) => raw.sqlite3session_changeset(session, length, bytes),
				'session_changeset'
			);
		});

	/** For any of these SQLite would find no difference, or find it and then fail. */
	const needComparable = (table: string): void => {
		for (const schema of ['main', 'temp'] as const) {
			const columns = columnsOf(schema, table);
			if (!columns.some((column) => column['pk'] !== 0) || columns.some((column) => column['hidden'] !== 0))
				throw errorFor(
					SCHEMA,
					`${schema}.${table} is missing, has no primary key, or has a generated column`
				);
		}
	};

	const adoptTemp = (tables: readonly string[]): number => {
		needTransaction('adoptTemp');
		for (const table of tables) needComparable(table);
		const changes = differences(tables);
		if (changes === null) return 0;
		apply(changes, NO_FOREIGN_KEY_ACTIONS);
		if (differences(tables) !== null)
			throw errorFor(SCHEMA, 'the tables still differ from their temporary twins');
		return read(changes).rows;
	};

	return {
		record,
		merge,
		takeBack,
		adoptTemp,
		forgetTables: () => {
			if (recordable.size > 0) recordable = new Set();
		},
		close: () => {
			closed = true;
			for (const session of live) drop(session);
			if (conflict !== 0) wasm.uninstallFunction(conflict);
			if (outs !== 0) raw.sqlite3_free(outs);
			conflict = 0;
			outs = 0;
		}
	};
};
