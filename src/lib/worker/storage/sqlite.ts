// The Sql port over sqlite-wasm: cached prepared statements on the raw C interface (three times its object layer).
import type { Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import type { Sql, SqlRow, SqlValue, Statement, Table } from '../../domain/kernel/sql.ts';
import { createCells, type Raw } from './cells.ts';
import { loadSqlite } from './engine.ts';
import { createSessions } from './sessions.ts';
import { errorFor, type SqlError } from './storage-error.ts';

/** A connection as storage code sees it: the port, and the handles that sessions and checkpoints need. */
export interface Connection extends Sql {
	readonly sqlite3: Sqlite3Static;
	/** The `sqlite3*` of this connection, for the C interface. Invalid after `close`. */
	readonly pointer: number;
}

const OK = 0;
const MISUSE = 21;
const ROW = 100;
const DONE = 101;
const PREPARE_PERSISTENT = 1;
const DELETE = 9;
const INSERT = 18;
const READ = 20;
const UPDATE = 23;

const statementsKept = 400;

interface Prepared {
	readonly handle: number;
	readonly parameters: number;
	readonly columns: readonly string[];
	/** Changes rows and is counted by `sqlite3_changes`. */
	readonly writes: boolean;
	readonly kept: boolean;
	/** May give other statements other columns. */
	readonly alters: boolean;
}

const namesOf = (tables: readonly Table[]): string[] => tables.map((table) => table.name);

/** Of every file that is made. The inverses of a turn are about 4.5 kB: in pages of 8 KiB each left half of one empty. */
export const PAGE_BYTES = 4096;

/** Opens an empty database in memory: tests in Node, and the session a person asked to keep in memory. */
export const openMemory = async (): Promise<Connection> => connect(await loadSqlite(), ':memory:', '');

/**
 * Opens `file` on a registered VFS (`''` is the default one) and creates it when absent. Sets no pragma.
 * Throws `StorageError` when the file cannot be opened.
 */
export const connect = (sqlite3: Sqlite3Static, file: string, vfs: string): Connection => {
	const { capi, wasm } = sqlite3;
	const raw = wasm.exports as Raw;
	const { place, readText, readName, bind, cell } = createCells(sqlite3);
	// SQLite's out-parameter of prepare, and of open
	const out = raw.sqlite3_malloc(16);

	wasm.pokePtr(out, 0);
	const opened = capi.sqlite3_open_v2(
		file,
		out,
		capi.SQLITE_OPEN_READWRITE | capi.SQLITE_OPEN_CREATE,
		vfs === '' ? 0 : vfs
	);
	const db = wasm.peekPtr(out);
	if (opened !== OK) {
		const message = db === 0 ? capi.sqlite3_errstr(opened) : capi.sqlite3_errmsg(db);
		if (db !== 0) raw.sqlite3_close_v2(db);
		raw.sqlite3_free(out);
		throw errorFor(opened, `${message} (opening ${file})`);
	}

	let open = true;
	let prepared = new Map<string, Prepared>();
	let recording: { reads: Set<string>; writes: Set<string> } | null = null;
	let authorizer = 0;
	// whether tables were made or changed in the transaction that is open
	let reshaped = false;

	const fault = (code: number, text: string): SqlError =>
		errorFor(code, `${capi.sqlite3_errmsg(db)} in: ${text.slice(0, 200)}`);

	const prepare = (text: string): Prepared => {
		const known = prepared.get(text);
		if (known !== undefined) return known;
		const { pointer, bytes } = place(text);
		let handle: number;
		try {
			wasm.pokePtr(out, 0);
			const code = raw.sqlite3_prepare_v3(db, pointer, bytes + 1, PREPARE_PERSISTENT, out, out + 8);
			if (code !== OK) throw fault(code, text);
			handle = wasm.peekPtr(out);
			if (handle === 0) throw errorFor(MISUSE, 'no statement in the text');
			const tail = wasm.peekPtr(out + 8);
			if (readText(tail, pointer + bytes - tail).trim() !== '') {
				raw.sqlite3_finalize(handle);
				throw errorFor(MISUSE, `more than one statement in: ${text.slice(0, 200)}`);
			}
		} finally {
			raw.sqlite3_free(pointer);
		}
		const kept = /^\s*(select|insert|update|delete|replace|with|values|begin|commit|rollback)\b/i.test(text);
		const alters = !kept && !/^\s*pragma\b/i.test(text);
		const columns: string[] = [];
		for (let at = 0, n = raw.sqlite3_column_count(handle); at < n; at++)
			columns.push(readName(raw.sqlite3_column_name(handle, at)));
		const fresh: Prepared = {
			handle,
			parameters: raw.sqlite3_bind_parameter_count(handle),
			columns,
			writes:
				raw.sqlite3_stmt_readonly(handle) === 0 && !/^\s*(create|alter|drop|pragma|vacuum)\b/i.test(text),
			alters,
			kept
		};
		if (kept) {
			if (prepared.size >= statementsKept) {
				for (const [oldest, statement] of prepared) {
					raw.sqlite3_finalize(statement.handle);
					prepared.delete(oldest);
					break;
				}
			}
			prepared.set(text, fresh);
		}
		return fresh;
	};

	const forgetStatements = (): void => {
		for (const statement of prepared.values()) raw.sqlite3_finalize(statement.handle);
		prepared = new Map();
		sessions.forgetTables();
	};

	/** Runs a statement to its end, handing every row to `onRow`. */
	const execute = (
		text: string,
		values: readonly unknown[],
		onRow: ((statement: Prepared) => void) | null
	): Prepared => {
		if (!open) throw errorFor(MISUSE, 'the database is closed');
		const statement = prepare(text);
		const { handle } = statement;
		try {
			if (values.length !== statement.parameters)
				throw errorFor(
					MISUSE,
					`${String(values.length)} values for ${String(statement.parameters)} places in: ${text.slice(0, 200)}`
				);
			for (let at = 0; at < values.length; at++) {
				const code = bind(handle, at + 1, values[at]);
				if (code !== OK) throw fault(code, text);
			}
			let code = raw.sqlite3_step(handle);
			while (code === ROW) {
				onRow?.(statement);
				code = raw.sqlite3_step(handle);
			}
			if (code !== DONE) throw fault(code, text);
		} finally {
			if (statement.kept) {
				raw.sqlite3_reset(handle);
				if (statement.parameters > 0) raw.sqlite3_clear_bindings(handle);
			} else {
				raw.sqlite3_finalize(handle);
				if (statement.alters) {
					forgetStatements();
					reshaped = inTransaction();
				}
			}
		}
		return statement;
	};

	const all = ({ text, values }: Statement): SqlRow[] => {
		const rows: SqlRow[] = [];
		execute(text, values, ({ handle, columns }) => {
			const row: Record<string, SqlValue> = {};
			for (let at = 0; at < columns.length; at++) row[columns[at] ?? ''] = cell(handle, at);
			rows.push(row);
		});
		return rows;
	};

	const exec = (script: string): void => {
		if (!open) throw errorFor(MISUSE, 'the database is closed');
		forgetStatements();
		const { pointer } = place(script);
		try {
			const code = raw.sqlite3_exec(db, pointer, 0, 0, 0);
			if (code !== OK) throw fault(code, script);
		} finally {
			raw.sqlite3_free(pointer);
			reshaped = inTransaction();
		}
	};

	const inTransaction = (): boolean => raw.sqlite3_get_autocommit(db) === 0;

	const begin = (): void => {
		if (inTransaction()) throw errorFor(MISUSE, 'a transaction is open: they do not nest');
		reshaped = false;
		execute('begin immediate', [], null);
	};

	const rollBack = (): void => {
		// SQLite itself rolls back after some faults, and a rollback that fails must not hide the first fault
		try {
			if (inTransaction()) execute('rollback', [], null);
		} catch {
			// the connection is beyond help: whoever sees the first error opens the file again
		}
		// tables made or changed meanwhile are as before: what was prepared for them names columns that are gone
		if (reshaped) forgetStatements();
	};

	/** What SQLite asks before it uses a table. Always allows, and must never throw: it is called from C. */
	const authorize = (_: number, action: number, table: number): number => {
		if (recording !== null && table !== 0) {
			if (action === READ) recording.reads.add(readName(table));
			else if (action === INSERT || action === UPDATE || action === DELETE)
				recording.writes.add(readName(table));
		}
		return OK;
	};

	const sessions = createSessions({ sqlite3, pointer: db, all, inTransaction });

	return {
		sqlite3,
		pointer: db,
		exec,
		all,
		run: ({ text, values }) => (execute(text, values, null).writes ? raw.sqlite3_changes(db) : 0),
		transaction: (work) => {
			begin();
			try {
				const value = work();
				execute('commit', [], null);
				return value;
			} catch (error) {
				rollBack();
				throw error;
			}
		},
		rehearse: (work) => {
			begin();
			try {
				return work();
			} finally {
				rollBack();
			}
		},
		record: (tables, work) => sessions.record(namesOf(tables), work),
		merge: (changesets) => sessions.merge(changesets),
		takeBack: (changesets) => {
			sessions.takeBack(changesets);
		},
		adoptTemp: (tables) => sessions.adoptTemp(namesOf(tables)),
		observe: (work) => {
			if (recording !== null) throw errorFor(MISUSE, 'observe does not nest');
			if (authorizer === 0) authorizer = wasm.installFunction('i(pipppp)', authorize);
			const seen = { reads: new Set<string>(), writes: new Set<string>() };
			forgetStatements();
			raw.sqlite3_set_authorizer(db, authorizer, 0);
			recording = seen;
			let value;
			try {
				value = work();
			} finally {
				recording = null;
				raw.sqlite3_set_authorizer(db, 0, 0);
			}
			// views, common table expressions and the inner tables of an index are named too: they are no tables of ours
			const ours = new Set(
				all({ text: "select name from pragma_table_list where type in ('table', 'virtual')", values: [] })
					.map((row) => String(row['name']))
					.filter((name) => !name.startsWith('sqlite_'))
			);
			const only = (names: Set<string>): Set<string> => new Set([...names].filter((name) => ours.has(name)));
			return { value, reads: only(seen.reads), writes: only(seen.writes) };
		},
		close: () => {
			if (!open) return;
			open = false;
			forgetStatements();
			sessions.close();
			const code = raw.sqlite3_close_v2(db);
			if (authorizer !== 0) wasm.uninstallFunction(authorizer);
			raw.sqlite3_free(out);
			if (code !== OK) throw errorFor(code, 'the database did not close');
		}
	};
};
