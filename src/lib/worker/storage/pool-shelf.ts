// Library files beside the one in use, in the pool: arriving piece by piece, put in use by the pointer, kept for a while.
import type { SAHPoolUtil } from '@sqlite.org/sqlite-wasm';
import { ARRIVED } from '../../domain/kernel/arrival.ts';
import { sql } from '../../domain/kernel/sql.ts';
import type { KeptFile } from '../travel-protocol.ts';
import { loadSqlite } from './engine.ts';
import { FIRST_FILE, readPointer, writePointer, type Pointer } from './pointer.ts';
import { ArrivalGone, bytesOf, KEPT_DAYS, KEPT_PIECE_BYTES, type Beside, type Shelf } from './shelf.ts';
import { connect, type Connection } from './sqlite.ts';
import { StorageError } from './storage-error.ts';
import { StoreClosed } from './store-closed.ts';
import type { AccessHandle } from './write-combining.ts';

const POINTER = 'library';
const DAY_MS = 86_400_000;
const IOERR = 10;
const FULL = 13;
const CORRUPT = 11;

/** A file on its way: what was pushed is taken when the pool asks for it. */
interface Arriving {
	next: number;
	push(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
	end(): Promise<void>;
	/** Whoever waits for a piece to be taken is told that nobody is there any more. */
	abandon(): void;
}

export interface PoolShelf extends Shelf {
	/** Which file is the library. Throws `StorageError` (`corrupt`) when that cannot be known. */
	current(): Promise<string>;
	/** Removes what nobody wants any more: arrivals of a worker that is gone, and files that were kept long enough. */
	sweep(pool: SAHPoolUtil, now: number): Promise<void>;
	/** Nobody holds the pool any more: what was arriving is lost. */
	lost(): void;
}

interface WorkerFile {
	createSyncAccessHandle(): Promise<AccessHandle>;
}

const arrivedName = (id: string): string => `/arrived-${id}.db`;
const keptName = (at: number): string => `/kept-${String(at)}.db`;
const LIBRARY_FILE = /^\/(?:stet|arrived-[\w-]+|kept-\d+)\.db$/;

/** `acquire`: the pool, taken if need be. `configure`: sets a connection up as the library's is. */
export const createPoolShelf = (deps: {
	readonly folder: () => Promise<FileSystemDirectoryHandle>;
	readonly acquire: () => Promise<SAHPoolUtil>;
	/** Lets go of the pool, if it is held. */
	readonly letGo: () => void;
	readonly configure: (connection: Connection) => void;
}): PoolShelf => {
	let released = false;
	/** What reads or writes the pointer, or removes files, is done one after the other. */
	let turn: Promise<unknown> = Promise.resolve();
	const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
		const mine = turn.then(work, work);
		turn = mine.catch(() => undefined);
		return mine;
	};
	const arriving = new Map<string, Arriving>();
	const arrived = new Set<string>();
	let pointer: Pointer | null = null;

	/** What the browser throws at the files is a fault of storage like any other. */
	const acquire = async (): Promise<SAHPoolUtil> => {
		if (released) throw new StoreClosed('another tab leads now');
		try {
			return await deps.acquire();
		} catch (error) {
			throw faultOf(error);
		}
	};

	const withPointerFile = async <T>(work: (file: AccessHandle) => T): Promise<T> => {
		const file = (await (
			await deps.folder()
		).getFileHandle(POINTER, { create: true })) as unknown as WorkerFile;
		const handle = await file.createSyncAccessHandle();
		try {
			return work(handle);
		} catch (error) {
			throw faultOf(error);
		} finally {
			handle.close();
		}
	};

	const where = async (): Promise<Pointer> => {
		pointer ??= await withPointerFile(readPointer);
		if (pointer === null)
			throw new StorageError(CORRUPT, 'corrupt', 'it cannot be known which file is the library');
		return pointer;
	};

	const point = async (next: Omit<Pointer, 'generation'>): Promise<void> => {
		const before = await where();
		// read again from the disk if writing fails: nobody knows what it took
		pointer = null;
		pointer = await withPointerFile((file) => writePointer(file, before, next));
	};

	const unlink = (pool: SAHPoolUtil, name: string): void => {
		try {
			for (const file of pool.getFileNames())
				if (file === name || file === `${name}-wal` || file === `${name}-journal`) pool.unlink(file);
		} catch (error) {
			throw faultOf(error);
		}
	};

	const open = async (name: string): Promise<Connection> => {
		const pool = await acquire();
		if (!pool.getFileNames().includes(name)) throw new ArrivalGone(`${name} is not here`);
		const connection = connect(await loadSqlite(), name, pool.vfsName);
		try {
			// before anything touches a file that may be in WAL mode
			connection.exec('pragma locking_mode = exclusive');
			return connection;
		} catch (error) {
			connection.close();
			throw error;
		}
	};

	const begin = async (id: string): Promise<Arriving> => {
		const pool = await acquire();
		const name = arrivedName(id);
		unlink(pool, name);
		// the pool gives a file its name only when all of it is there: until then another could be given the same place
		const made = connect(await loadSqlite(), name, pool.vfsName);
		made.exec('pragma journal_mode = memory; create table made (x); drop table made');
		made.close();

		let waiting: { bytes: Uint8Array<ArrayBuffer> | undefined; taken: () => void } | null = null;
		let asked: ((bytes: Uint8Array<ArrayBuffer> | undefined) => void) | null = null;
		const failure: { error: Error | null } = { error: null };
		let reject: (error: Error) => void = () => undefined;
		const importing = pool
			.importDb(
				name,
				() =>
					new Promise<Uint8Array<ArrayBuffer> | undefined>((resolve) => {
						if (waiting === null) {
							asked = resolve;
							return;
						}
						const { bytes, taken } = waiting;
						waiting = null;
						resolve(bytes);
						taken();
					})
			)
			.catch((error: unknown) => {
				// a short write is all that is said of a full disk
				failure.error = new StorageError(
					FULL,
					'full',
					error instanceof Error ? error.message : String(error)
				);
				arriving.delete(id);
				// the pool has freed its place and still knows the name
				if (!released) unlink(pool, name);
				reject(failure.error);
			});
		const give = (bytes: Uint8Array<ArrayBuffer> | undefined): Promise<void> =>
			new Promise((resolve, refuse) => {
				if (failure.error !== null) {
					refuse(failure.error);
					return;
				}
				reject = refuse;
				if (asked === null) waiting = { bytes, taken: resolve };
				else {
					const answer = asked;
					asked = null;
					answer(bytes);
					resolve();
				}
			});
		return {
			next: 0,
			push: give,
			end: async () => {
				await give(undefined);
				await importing;
				if (failure.error !== null) throw failure.error;
			},
			abandon: () => {
				reject(new StoreClosed('closed while a file arrived'));
			}
		};
	};

	const nameOf = (which: Beside): string => ('arrived' in which ? arrivedName(which.arrived) : which.kept);

	/** Of files kept for the same reason the one that was kept last stays: by their order, for clocks may be wrong. */
	const lastOfEach = (kept: readonly KeptFile[]): KeptFile[] =>
		kept.filter((file, at) => !kept.slice(at + 1).some((later) => later.why === file.why));

	const trim = async (): Promise<void> => {
		const { current, kept } = await where();
		const staying = lastOfEach(kept);
		if (staying.length === kept.length) return;
		const pool = await acquire();
		await point({ current, kept: staying });
		for (const file of kept) if (!staying.includes(file)) unlink(pool, file.name);
	};

	/** A file nobody lists was the library once: something was lost that said so. */
	const wasLibrary = async (name: string): Promise<boolean> => {
		try {
			const connection = await open(name);
			try {
				return connection.all(sql`select 1 from sqlite_schema where name = 'storage_meta'`).length > 0;
			} finally {
				connection.close();
			}
		} catch (error) {
			// an arrival that was cut off is no database; what cannot be read just now may be somebody's library
			if (error instanceof StorageError && error.kind === 'corrupt') return name === FIRST_FILE;
			throw error;
		}
	};

	const sweep = async (pool: SAHPoolUtil, now: number): Promise<void> => {
		const { current, kept } = await where();
		const wanted = kept.filter(({ at }) => now - at < KEPT_DAYS * DAY_MS);
		const inUse = [
			current,
			...kept.map(({ name }) => name),
			...[...arrived, ...arriving.keys()].map(arrivedName)
		];
		const found: KeptFile[] = [];
		for (const name of pool.getFileNames()) {
			if (!LIBRARY_FILE.test(name) || inUse.includes(name)) continue;
			if (await wasLibrary(name)) found.push({ name, why: 'replaced', at: now, bytes: 0 });
			else unlink(pool, name);
		}
		if (wanted.length === kept.length && found.length === 0) return;
		await point({ current, kept: [...found, ...wanted] });
		for (const file of kept) if (!wanted.includes(file)) unlink(pool, file.name);
	};

	return {
		claim: () => {
			released = false;
			pointer = null;
			// whoever led meanwhile has swept them away
			arrived.clear();
		},
		release: async () => {
			released = true;
			for (const file of arriving.values()) file.abandon();
			arriving.clear();
			await turn;
			deps.letGo();
		},
		current: async () => (await where()).current,
		lost: () => {
			for (const file of arriving.values()) file.abandon();
			arriving.clear();
		},
		sweep: (pool, now) =>
			inTurn(async () => {
				try {
					await sweep(pool, now);
				} catch (error) {
					// what keeps other files from being read or noted does not keep the library from being read
					if (error instanceof StoreClosed || (error instanceof StorageError && error.kind === 'corrupt'))
						throw error;
				}
			}),
		trim: () => inTurn(trim),
		take: async (id, piece, bytes, last) => {
			if (arrived.has(id)) return;
			let file = arriving.get(id);
			if (file === undefined) {
				if (piece !== 0) throw new ArrivalGone(`piece ${String(piece)} of ${id} came without those before`);
				file = await begin(id);
				arriving.set(id, file);
			}
			if (piece < file.next) return;
			if (piece > file.next) throw new ArrivalGone(`piece ${String(piece)} of ${id} came too early`);
			file.next += 1;
			await file.push(bytes);
			if (!last) return;
			await file.end();
			arriving.delete(id);
			arrived.add(id);
		},
		attach: (connection, id) => {
			if (!arrived.has(id)) throw new ArrivalGone(`${id} is not here`);
			connection.exec(`attach '${arrivedName(id)}' as ${ARRIVED}`);
		},
		drop: (id) =>
			inTurn(async () => {
				arriving.get(id)?.abandon();
				arriving.delete(id);
				arrived.delete(id);
				const pool = await acquire();
				const { current, kept } = await where();
				const name = arrivedName(id);
				if (name !== current && !kept.some((file) => file.name === name)) unlink(pool, name);
			}),
		isInUse: (id) => inTurn(async () => (await where()).current === arrivedName(id)),
		prepare: (which, work) =>
			inTurn(async () => {
				const connection = await open(nameOf(which));
				try {
					deps.configure(connection);
					work(connection);
				} finally {
					connection.close();
				}
			}),
		putInUse: (which, at, bytes) =>
			inTurn(async () => {
				// first, so that nobody else can read or write the pointer
				await acquire();
				const { current, kept } = await where();
				const name = nameOf(which);
				await point({
					current: name,
					kept: [...kept.filter((file) => file.name !== name), { name: current, why: 'replaced', at, bytes }]
				});
				if ('arrived' in which) arrived.delete(which.arrived);
				return current;
			}),
		keepCopy: (connection, at) =>
			inTurn(async () => {
				const pool = await acquire();
				const name = keptName(at);
				unlink(pool, name);
				connection.exec(`vacuum into '${name}'`);
				const copy = await open(name);
				const events = (of: Connection): unknown =>
					of.all({ text: 'select count(*) as n from event_log', values: [] })[0]?.['n'];
				let bytes = 0;
				try {
					const [found] = copy.all({ text: 'pragma quick_check(1)', values: [] });
					if (found?.['quick_check'] !== 'ok' || events(copy) !== events(connection))
						throw new StorageError(CORRUPT, 'corrupt', 'the copy of the library cannot be read');
					bytes = sizeOf(copy);
				} finally {
					copy.close();
				}
				const { current, kept } = await where();
				await point({ current, kept: [...kept, { name, why: 'before-update', at, bytes }] });
				await trim();
			}),
		kept: () =>
			inTurn(async () => {
				const names = (await acquire()).getFileNames();
				return (await where()).kept.filter(({ name }) => names.includes(name));
			}),
		readKept: (name, offset) =>
			inTurn(async () => {
				if (!(await where()).kept.some((file) => file.name === name)) return null;
				const connection = await open(name);
				try {
					return bytesOf(connection, offset, KEPT_PIECE_BYTES);
				} finally {
					connection.close();
				}
			}),
		deleteKept: (name) =>
			inTurn(async () => {
				const pool = await acquire();
				const { current, kept } = await where();
				if (name === current || !kept.some((file) => file.name === name)) return;
				await point({ current, kept: kept.filter((file) => file.name !== name) });
				unlink(pool, name);
			})
	};
};

const faultOf = (error: unknown): StorageError =>
	error instanceof StorageError
		? error
		: new StorageError(IOERR, 'io', error instanceof Error ? error.message : String(error));

/** The size of a database, in bytes. */
export const sizeOf = (connection: Connection): number =>
	['page_count', 'page_size'].reduce(
		(product, pragma) =>
			product * Number(connection.all({ text: `pragma ${pragma}`, values: [] })[0]?.[pragma] ?? 0),
		1
	);
