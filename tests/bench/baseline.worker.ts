// What the browser and SQLite do without us, measured in the same run. Imports nothing of the product.
import init, { type Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import * as Comlink from 'comlink';
import type { BaselineApi } from './workers.ts';

/** The part of a file that only workers have, and only their type library knows. */
interface FileOfWorkers {
	createSyncAccessHandle(): Promise<{
		write(bytes: Uint8Array, options: { at: number }): number;
		flush(): void;
		getSize(): number;
		close(): void;
	}>;
}

/** The C functions that are called once per value, without the package's conversions: the fastest way there is. */
interface Raw {
	sqlite3_bind_text(statement: number, at: number, text: number, bytes: number, destroy: number): number;
	sqlite3_bind_double(statement: number, at: number, value: number): number;
	sqlite3_bind_int64(statement: number, at: number, value: bigint): number;
	sqlite3_bind_null(statement: number, at: number): number;
	sqlite3_step(statement: number): number;
	sqlite3_reset(statement: number): number;
}

const DONE = 101;
const PAGE_BYTES = 4096;
const TEXT_ROOM = 1 << 20;

let sqlite: Promise<Sqlite3Static> | null = null;

const load = (): Promise<Sqlite3Static> => {
	// these would start workers of their own
	globalThis.sqlite3ApiConfig = {
		disable: { vfs: { opfs: true, 'opfs-vfs': true, 'opfs-wl': true, kvvfs: true } }
	};
	sqlite ??= init();
	return sqlite;
};

/** Inserts a row by a prepared statement on the C interface. */
const inserter = ({ wasm }: Sqlite3Static, room: number) => {
	const raw = wasm.exports as unknown as Raw;
	const encoder = new TextEncoder();
	return (statement: number, row: readonly unknown[]): void => {
		let at = room;
		row.forEach((value, column) => {
			if (typeof value === 'string') {
				const heap = wasm.heap8u().subarray(at, room + TEXT_ROOM);
				const { written } = encoder.encodeInto(value, heap);
				raw.sqlite3_bind_text(statement, column + 1, at, written, 0);
				at += written;
			} else if (typeof value === 'number')
				if (Number.isInteger(value)) raw.sqlite3_bind_int64(statement, column + 1, BigInt(value));
				else raw.sqlite3_bind_double(statement, column + 1, value);
			else if (value === null) raw.sqlite3_bind_null(statement, column + 1);
			else throw new Error(`a ${typeof value} in a row`);
		});
		if (raw.sqlite3_step(statement) !== DONE) throw new Error('a row was not inserted');
		raw.sqlite3_reset(statement);
	};
};

const api: BaselineApi = {
	appendAndFlush: async (bytes, count) => {
		const root = await navigator.storage.getDirectory();
		const file = (await root.getFileHandle('floor', { create: true })) as unknown as FileOfWorkers;
		const handle = await file.createSyncAccessHandle();
		const record = new Uint8Array(bytes).fill(7);
		const times: number[] = [];
		let end = handle.getSize();
		for (let n = 0; n < count; n++) {
			const start = performance.now();
			handle.write(record, { at: end });
			handle.flush();
			times.push(performance.now() - start);
			end += bytes;
		}
		handle.close();
		return times;
	},
	insertRows: async (folder, tables) => {
		const sqlite3 = await load();
		const pool = await sqlite3.installOpfsSAHPoolVfs({
			name: `${folder}-raw`,
			directory: `/${folder}/files`,
			initialCapacity: 12
		});
		if (pool.isPaused()) await pool.unpauseVfs();
		const open = (name: string) => {
			const db = new pool.OpfsSAHPoolDb(name);
			db.exec(`pragma locking_mode = exclusive; pragma page_size = ${String(PAGE_BYTES)}; pragma journal_mode = wal;
				pragma synchronous = full; pragma cache_size = -16384; pragma wal_autocheckpoint = 0;`);
			return db;
		};
		const from = open('/stet.db');
		const read = tables.map((table) => {
			const columns = from.selectValues('select name from pragma_table_info(?)', [table]).map(String);
			const rows: unknown[][] = from.selectArrays(
				`select * from "${table}" ${columns.includes('position') ? 'order by stream, position' : ''}`
			);
			const schema = from
				.selectValues(
					"select sql from sqlite_schema where tbl_name = ? and type in ('table', 'index') and sql is not null",
					[table]
				)
				.map(String);
			const indexes = from
				.selectValues(
					"select sql from sqlite_schema where type = 'table' and sql like 'create virtual%' and name = ?",
					[`${table}_fts`]
				)
				.map(String)
				.map((sql) => ({ name: `${table}_fts`, sql }));
			return { table, columns, rows, schema, indexes };
		});
		from.close();

		const to = open('/raw.db');
		for (const { schema, indexes } of read)
			for (const text of [...schema, ...indexes.map(({ sql }) => sql)]) to.exec(text);
		const room = sqlite3.wasm.alloc(TEXT_ROOM);
		const insert = inserter(sqlite3, room);
		let rowsInserted = 0;
		const start = performance.now();
		to.exec('begin immediate');
		for (const { table, columns, rows } of read) {
			const statement = to.prepare(`insert into "${table}" values (${columns.map(() => '?').join(', ')})`);
			for (const row of rows) insert(statement.pointer as number, row);
			rowsInserted += rows.length;
			statement.finalize();
		}
		for (const { name } of read.flatMap(({ indexes }) => indexes))
			to.exec(`insert into ${name} (${name}) values ('rebuild')`);
		to.exec('commit');
		const ms = performance.now() - start;
		sqlite3.wasm.dealloc(room);
		to.close();
		for (const name of pool.getFileNames()) if (name.startsWith('/raw.db')) pool.unlink(name);
		pool.pauseVfs();
		return { rows: rowsInserted, ms };
	}
};

Comlink.expose(api);
