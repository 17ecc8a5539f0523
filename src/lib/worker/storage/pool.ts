// Opens the one database file in the browser's private file system, and never deletes or empties anything on failure.
import type { SAHPoolUtil } from '@sqlite.org/sqlite-wasm';
import { sql } from '../../domain/kernel/sql.ts';
import { loadSqlite } from './engine.ts';
import { createPoolShelf } from './pool-shelf.ts';
import type { Shelf } from './shelf.ts';
import { connect, PAGE_BYTES, type Connection } from './sqlite.ts';
import { StorageError } from './storage-error.ts';
import type { OpenFile } from './store.ts';
import { combiningIn, type AccessHandle } from './write-combining.ts';

/** WAL: one flush per commit instead of four. `delete` is the tested fallback. Both keep every acknowledged commit. */
const JOURNAL: 'wal' | 'delete' = 'wal';

/** This browser or window cannot keep files at all. */
export class Unavailable extends Error {
	override readonly name = 'Unavailable';
	readonly reason: 'no-opfs' | 'refused';
	constructor(reason: Unavailable['reason'], detail: string) {
		super(detail);
		this.reason = reason;
	}
}

const FOLDER = 'stet';
const POOL = 'files';
// the pool's own name for where its files are
const OPAQUE = '.opaque';
// says that a database was made: its absence is then damage, not a first visit
const CREATED = 'created';
// the library and its WAL, one that arrives, those that are kept, a copy being made; each with what goes beside it
const capacity = 16;
const tries = 10;
const slowAfterMs = 15_000;
const idleBeforeCheckpointMs = 1500;
const walLimitBytes = 4 * 1024 * 1024;
const FULL = 2;
const CORRUPT = 11;
const CANTOPEN = 14;

export interface Pool {
	/** Our folder in the private file system. */
	readonly folderName: string;
	openFile(): Promise<OpenFile>;
	/** The library files beside the one in use. */
	readonly shelf: Shelf;
	/** Whether 64 KiB more can be written. */
	hasRoom(): Promise<boolean>;
}

/** What the pool is told and asked for. */
export interface PoolOptions {
	/** Name of our folder in the private file system; tests use their own. */
	readonly folder?: string;
	readonly journal?: 'wal' | 'delete';
	/** Told once when opening takes so long that the person should know. It goes on all the same. */
	readonly onSlow?: () => void;
}

/** The part of a file that only workers have, and only their type library knows. */
export interface WorkerFile {
	createSyncAccessHandle(): Promise<AccessHandle>;
}

const corrupt = (detail: string): StorageError => new StorageError(CORRUPT, 'corrupt', detail);

/** Throws {@link Unavailable} when this worker cannot hold files; a missing lock interface counts too. */
export const openRoot = async (): Promise<FileSystemDirectoryHandle> => {
	const parts: Record<string, boolean> = {
		'navigator.storage.getDirectory': 'storage' in navigator && 'getDirectory' in navigator.storage,
		'FileSystemFileHandle.createSyncAccessHandle':
			'FileSystemFileHandle' in globalThis && 'createSyncAccessHandle' in FileSystemFileHandle.prototype,
		'navigator.locks': 'locks' in navigator,
		BroadcastChannel: 'BroadcastChannel' in globalThis
	};
	const missing = Object.keys(parts).filter((part) => parts[part] !== true);
	if (missing.length > 0) throw new Unavailable('no-opfs', `this browser has no ${missing.join(', ')}`);
	try {
		return await navigator.storage.getDirectory();
	} catch (error) {
		throw new Unavailable('refused', error instanceof Error ? error.message : String(error));
	}
};

/**
 * Looks at the header of every pool file before SQLite's pool does: that one *empties* a file whose header it cannot
 * read. Layout and digest: OpfsSAHPool in the sqlite-wasm package (512 bytes of path, 4 of flags, 8 of digest).
 */
const refuseDamagedHeaders = async (pool: FileSystemDirectoryHandle): Promise<void> => {
	const opaque = await pool.getDirectoryHandle(OPAQUE, { create: true });
	for await (const handle of opaque.values()) {
		if (handle.kind !== 'file') continue;
		const file = await handle.getFile();
		if (file.size <= 4096) continue;
		const header = new Uint8Array(await file.slice(0, 524).arrayBuffer());
		// an unused slot: nothing can be lost in it
		if (header[0] === 0) continue;
		const view = new DataView(header.buffer);
		let [one, two] = [0, 0];
		if ((view.getUint32(512) & 0x80) !== 0) {
			[one, two] = [3735928559, 1103547991];
			for (const byte of header.subarray(0, 516)) {
				one = Math.imul(one ^ byte, 2654435761);
				two = Math.imul(two ^ byte, 104729);
			}
		}
		if (view.getUint32(516, true) !== one >>> 0 || view.getUint32(520, true) !== two >>> 0)
			throw corrupt('the header of a database file is damaged');
	}
};

const isThere = async (folder: FileSystemDirectoryHandle, name: string): Promise<boolean> => {
	try {
		await folder.getFileHandle(name);
		return true;
	} catch (error) {
		if (error instanceof DOMException && error.name === 'NotFoundError') return false;
		throw error;
	}
};

/** Sets the connection up. The order matters: exclusive locking must come before anything touches a WAL file. */
const configure = (connection: Connection, journal: 'wal' | 'delete'): void => {
	connection.exec(`pragma locking_mode = exclusive; pragma page_size = ${String(PAGE_BYTES)};`);
	const answer = connection.all({ text: `pragma journal_mode = ${journal}`, values: [] })[0]?.[
		'journal_mode'
	];
	if (answer !== journal)
		throw new StorageError(CANTOPEN, 'io', `asked for journal mode ${journal}, got ${String(answer)}`);
	connection.exec(`pragma synchronous = full; pragma cache_size = -16384; pragma foreign_keys = off;
		pragma trusted_schema = off; pragma cell_size_check = on;
		pragma wal_autocheckpoint = 0; pragma journal_size_limit = 8388608;`);
	// writes are held back until a flush, which nothing less than full asks for at each commit
	if (connection.all({ text: 'pragma synchronous', values: [] })[0]?.['synchronous'] !== FULL)
		throw new StorageError(CANTOPEN, 'io', 'commits would not be flushed');
};

/** The database file as an {@link OpenFile}: checkpoints when idle and when the WAL has grown. */
const attend = (connection: Connection, pool: SAHPoolUtil, onClose: () => void): OpenFile => {
	let waiting: ReturnType<typeof setTimeout> | null = null;
	let open = true;

	const checkpoint = (): void => {
		waiting = null;
		if (!open) return;
		try {
			connection.all({ text: 'pragma wal_checkpoint(passive)', values: [] });
		} catch {
			// nothing is lost: the commits stay in the WAL, and a failing disk shows at the next command
		}
	};

	return {
		connection,
		worked: () => {
			let frames = 0;
			try {
				const row = connection.all({ text: 'pragma wal_checkpoint(noop)', values: [] })[0];
				frames = Number(row?.['log'] ?? 0) - Number(row?.['checkpointed'] ?? 0);
			} catch {
				return;
			}
			if (frames <= 0) return;
			if (waiting !== null) clearTimeout(waiting);
			waiting = setTimeout(checkpoint, frames * PAGE_BYTES > walLimitBytes ? 0 : idleBeforeCheckpointMs);
		},
		close: () => {
			if (!open) return;
			open = false;
			if (waiting !== null) clearTimeout(waiting);
			try {
				connection.close();
			} catch {
				// what a failing close could not write is in the WAL
			}
			onClose();
			pool.pauseVfs();
		}
	};
};

/**
 * Makes the opener of our file. The caller must hold the files' lock for as long as the file is open.
 * It throws {@link Unavailable}, `StorageError` (`corrupt`: the file is left exactly as it was), or what the browser threw.
 */
export const createPool = (options: PoolOptions = {}): Pool => {
	const folderName = options.folder ?? FOLDER;
	const journal = options.journal ?? JOURNAL;
	let pool: SAHPoolUtil | null = null;

	const acquire = async (): Promise<SAHPoolUtil> => {
		if (pool !== null) return pool.isPaused() ? pool.unpauseVfs() : pool;
		const sqlite3 = await loadSqlite();
		const made = await combiningIn([folderName, POOL, OPAQUE], () =>
			sqlite3.installOpfsSAHPoolVfs({
				name: `${folderName}-pool`,
				directory: `/${folderName}/${POOL}`,
				initialCapacity: capacity,
				// without it a failed start deletes the whole pool
				preserveOnInitFailure: true,
				// the package's types do not name it
				...{ forceReinitIfPreviouslyFailed: true }
			})
		);
		pool = made;
		return made;
	};

	const folderOfOurs = async (): Promise<FileSystemDirectoryHandle> =>
		(await openRoot()).getDirectoryHandle(folderName, { create: true });

	const shelf = createPoolShelf({
		folder: folderOfOurs,
		acquire: () => acquireAgain(acquire),
		letGo: () => {
			if (pool !== null && !pool.isPaused()) pool.pauseVfs();
		},
		configure: (connection) => {
			configure(connection, journal);
		}
	});

	const openFile = async (): Promise<OpenFile> => {
		const slow = setTimeout(() => options.onSlow?.(), slowAfterMs);
		try {
			const folder = await folderOfOurs();
			const created = await isThere(folder, CREATED);
			await refuseDamagedHeaders(await folder.getDirectoryHandle(POOL, { create: true }));
			const held = await acquireAgain(acquire);
			try {
				await held.reserveMinimumCapacity(capacity);
				// read while the pool is held, and so by nobody else
				const library = await shelf.current();
				if (created && !held.getFileNames().includes(library))
					throw corrupt('the database file is gone from the browser’s storage');
				await shelf.sweep(held, Date.now());
				const connection = connect(await loadSqlite(), library, held.vfsName);
				try {
					configure(connection, journal);
					// reads the schema: what is no database is found out here
					connection.all(sql`select count(*) from sqlite_schema`);
				} catch (error) {
					connection.close();
					throw error;
				}
				if (!created) await folder.getFileHandle(CREATED, { create: true });
				return attend(connection, held, () => {
					shelf.lost();
				});
			} catch (error) {
				held.pauseVfs();
				throw error;
			}
		} finally {
			clearTimeout(slow);
		}
	};

	return { folderName, shelf, openFile, hasRoom: () => hasRoom(folderName) };
};

/** Takes the files' handles; a tab that just died may still hold one for a moment. */
const acquireAgain = async (acquire: () => Promise<SAHPoolUtil>): Promise<SAHPoolUtil> => {
	for (let attempt = 1; ; attempt++) {
		try {
			return await acquire();
		} catch (error) {
			if (attempt === tries || (error instanceof DOMException && error.name === 'SecurityError')) throw error;
			await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
		}
	}
};

/**
 * Whether 64 KiB more can be written. A full disk is no exception everywhere: the write may just be short, or say 0.
 * Any other trouble answers true, for it is not about room.
 */
const hasRoom = async (folderName: string): Promise<boolean> => {
	try {
		const folder = await (await openRoot()).getDirectoryHandle(folderName, { create: true });
		const file = (await folder.getFileHandle('room', { create: true })) as unknown as WorkerFile;
		const handle = await file.createSyncAccessHandle();
		try {
			const bytes = new Uint8Array(65_536);
			const written = handle.write(bytes, { at: 0 });
			handle.flush();
			handle.truncate(0);
			return written === bytes.byteLength;
		} finally {
			handle.close();
		}
	} catch (error) {
		return !(error instanceof DOMException && error.name === 'QuotaExceededError');
	}
};
