// Databases the travel worker works in: in a pool of its own that goes with it, or in memory where there are no files.
import type { SAHPoolUtil } from '@sqlite.org/sqlite-wasm';
import { sql } from '../../domain/kernel/sql.ts';
import { loadSqlite } from '../storage/engine.ts';
import { joined, putImage } from '../storage/image.ts';
import { openRoot, Unavailable } from '../storage/pool.ts';
import { connect, PAGE_BYTES, type Connection } from '../storage/sqlite.ts';
import { StorageError } from '../storage/storage-error.ts';

/** Largest image that is unpacked where there are no files to unpack it into, in bytes. */
const MEMORY_MAX_BYTES = 256 * 1024 * 1024;

const FOLDER = 'stet-travel';
// an image that is made, one that is read, and room to spare; nothing here writes a journal
const capacity = 6;
const pagesAtOnce = 256;
const FULL = 13;
const NOTADB = 26;

export interface Workshop {
	readonly kept: 'disk' | 'memory';
	/** An empty database. `name`: new in this workshop. Throws `StorageError`. */
	create(name: string): Connection;
	/**
	 * A database of these bytes, piece by piece. Its triggers and views do nothing, and its schema is not trusted. Rejects
	 * with what `chunks` threw, or with `StorageError`: `full`, or `corrupt` when it does not begin as a database does.
	 */
	unpackInto(name: string, chunks: AsyncIterable<Uint8Array>): Promise<Connection>;
	/** Closes and removes one database, to make room. */
	discard(name: string): void;
	/** Closes and removes all of them. */
	close(): Promise<void>;
}

/** Where databases of one workshop are. */
interface Ground {
	readonly kept: Workshop['kept'];
	open(name: string): Connection;
	take(name: string, chunks: AsyncIterable<Uint8Array>): Promise<Connection>;
	drop(name: string): void;
	close(): Promise<void>;
}

/**
 * The bytes of the whole database as it stands, about a megabyte at a time. Nothing may be written meanwhile, and no
 * transaction be open.
 */
export function* pages(connection: Connection): Generator<Uint8Array<ArrayBuffer>> {
	const count = Number(connection.all({ text: 'pragma page_count', values: [] })[0]?.['page_count'] ?? 0);
	for (let first = 1; first <= count; first += pagesAtOnce) {
		const rows = connection.all(
			sql`select data from sqlite_dbpage where pgno between ${first} and ${first + pagesAtOnce - 1} order by pgno`
		);
		const found = rows.map(({ data }) => {
			if (data instanceof Uint8Array) return data;
			throw new StorageError(NOTADB, 'corrupt', 'a page of the database cannot be read');
		});
		yield joined(found);
	}
}

/** Opens a workshop: on the disk, or in memory where this browser, this window or Node has no files. */
export const openWorkshop = async (): Promise<Workshop> => {
	const ground = await openGround();
	const open = new Map<string, Connection>();
	const isNew = (name: string): void => {
		if (open.has(name)) throw new Error(`there is a database "${name}" in the workshop already`);
	};
	return {
		kept: ground.kept,
		create: (name) => {
			isNew(name);
			const connection = ground.open(name);
			open.set(name, connection);
			connection.exec(`pragma locking_mode = exclusive; pragma page_size = ${PAGE_BYTES};
				pragma journal_mode = memory; pragma synchronous = off; pragma cache_size = -16384;
				pragma foreign_keys = off; pragma secure_delete = on;`);
			return connection;
		},
		unpackInto: async (name, chunks) => {
			isNew(name);
			const connection = await ground.take(name, chunks);
			open.set(name, connection);
			distrust(connection);
			return connection;
		},
		discard: (name) => {
			open.get(name)?.close();
			open.delete(name);
			ground.drop(name);
		},
		close: async () => {
			for (const connection of open.values()) connection.close();
			open.clear();
			await ground.close();
		}
	};
};

/** What somebody else made is only read: nothing in it runs. */
const distrust = ({ sqlite3: { capi }, pointer, exec }: Connection): void => {
	capi.sqlite3_db_config(pointer, capi.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, 0);
	capi.sqlite3_db_config(pointer, capi.SQLITE_DBCONFIG_ENABLE_VIEW, 0, 0);
	capi.sqlite3_db_config(pointer, capi.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, 0);
	capi.sqlite3_db_config(pointer, capi.SQLITE_DBCONFIG_DEFENSIVE, 1, 0);
	exec(`pragma locking_mode = exclusive; pragma journal_mode = memory; pragma synchronous = off;
		pragma cache_size = -16384; pragma cell_size_check = on;`);
};

const openGround = async (): Promise<Ground> => {
	let root: FileSystemDirectoryHandle;
	// Node 20 has none
	if (!('navigator' in globalThis)) return inMemory();
	try {
		root = await openRoot();
	} catch (error) {
		if (error instanceof Unavailable) return inMemory();
		throw error;
	}
	return onDisk(await root.getDirectoryHandle(FOLDER, { create: true }));
};

const lockName = (id: string): string => `${FOLDER}:${id}`;

/** Removes what workers that are gone have left. */
const sweep = async (folder: FileSystemDirectoryHandle): Promise<void> => {
	const left: string[] = [];
	for await (const name of folder.keys()) left.push(name);
	for (const name of left)
		await navigator.locks.request(lockName(name), { ifAvailable: true }, async (lock) => {
			if (lock === null) return;
			// a handle may still be open for a moment: then the next worker removes it
			await folder.removeEntry(name, { recursive: true }).catch(() => undefined);
		});
};

/** Holds a lock until the answer is called, or the worker ends. */
const hold = (name: string): Promise<() => void> =>
	new Promise((resolve, reject) => {
		navigator.locks
			.request(name, () => new Promise<void>((release) => resolve(release)))
			.catch((error: unknown) => {
				reject(error instanceof Error ? error : new Error(String(error)));
			});
	});

const onDisk = async (folder: FileSystemDirectoryHandle): Promise<Ground> => {
	const id = crypto.randomUUID();
	// before the folder is there, so that no sweep finds it without its lock
	const release = await hold(lockName(id));
	await sweep(folder);
	const sqlite3 = await loadSqlite();
	let pool: SAHPoolUtil;
	try {
		pool = await sqlite3.installOpfsSAHPoolVfs({
			name: lockName(id),
			directory: `/${FOLDER}/${id}`,
			initialCapacity: capacity,
			// nothing is in it, but removing belongs to the sweep, which knows whose it is
			preserveOnInitFailure: true
		});
	} catch (error) {
		release();
		throw error;
	}
	const path = (name: string): string => `/${name}`;
	const open = (name: string): Connection => connect(sqlite3, path(name), pool.vfsName);
	return {
		kept: 'disk',
		open,
		take: async (name, chunks) => {
			const source = chunks[Symbol.asyncIterator]();
			let failed: { readonly error: unknown } | null = null;
			const next = async (): Promise<Uint8Array | undefined> => {
				try {
					const step = await source.next();
					return step.done === true ? undefined : step.value;
				} catch (error) {
					failed = { error };
					throw error;
				}
			};
			try {
				await pool.importDb(path(name), next);
			} catch (error) {
				// the pool's own complaints are plain errors: a short write, or what is no database
				const own = failed as { readonly error: unknown } | null;
				if (own !== null) throw own.error;
				await source.return?.();
				throw poolFault(error);
			}
			return open(name);
		},
		drop: (name) => {
			pool.unlink(path(name));
		},
		close: async () => {
			await pool.removeVfs();
			release();
		}
	};
};

const poolFault = (error: unknown): StorageError => {
	const message = error instanceof Error ? error.message : String(error);
	const notOurs = /does not contain an SQLite3|not correct for an SQLite/.test(message);
	return notOurs ? new StorageError(NOTADB, 'corrupt', message) : new StorageError(FULL, 'full', message);
};

const inMemory = async (): Promise<Ground> => {
	const sqlite3 = await loadSqlite();
	const open = (): Connection => connect(sqlite3, ':memory:', '');
	return {
		kept: 'memory',
		open,
		take: async (_name, chunks) => {
			const parts: Uint8Array[] = [];
			let bytes = 0;
			for await (const part of chunks) {
				bytes += part.byteLength;
				if (bytes > MEMORY_MAX_BYTES)
					throw new StorageError(
						FULL,
						'full',
						`there is no room in memory for more than ${MEMORY_MAX_BYTES} bytes`
					);
				parts.push(part);
			}
			const image = joined(parts);
			if (new TextDecoder().decode(image.subarray(0, 15)) !== 'SQLite format 3')
				throw new StorageError(NOTADB, 'corrupt', 'this is no database');
			const connection = open();
			try {
				putImage(connection, 'main', image);
			} catch (error) {
				connection.close();
				throw error;
			}
			return connection;
		},
		drop: () => undefined,
		close: async () => undefined
	};
};
