// Where connections and sealed keys lie: an IndexedDB database of their own, or memory where there is none.
import { openDB, type IDBPDatabase, type IDBPTransaction } from 'idb';

const DATABASE = 'stet-vault';
const VERSION = 2;
/** `learned`: what was found out about models by asking them. */
const SHELVES = ['connection', 'secret', 'setting', 'learned'] as const;

type Shelf = (typeof SHELVES)[number];

/** Puts a value, or removes it where `value` is undefined. */
export interface Placement {
	readonly shelf: Shelf;
	readonly key: string;
	readonly value?: unknown;
}

/** Something that has to be as it was for a write to be right. */
export interface Condition {
	readonly shelf: Shelf;
	readonly key: string;
	readonly passes: (found: unknown) => boolean;
}

/** What is read is whatever lies there, perhaps written by another version: parse it. */
export interface VaultStore {
	/** False when all is gone with this worker. */
	lasting(): Promise<boolean>;
	get(shelf: Shelf, key: string): Promise<unknown>;
	all(shelf: Shelf): Promise<readonly unknown[]>;
	keys(shelf: Shelf): Promise<readonly string[]>;
	/** All or nothing. */
	write(placements: readonly Placement[]): Promise<void>;
	/** The same, if what lies there still passes, also when another tab writes at once. False when it does not. */
	writeIf(condition: Condition, placements: readonly Placement[]): Promise<boolean>;
	/** Puts `value` unless something is there, and returns what is there then, also when two tabs do it at once. */
	getOrPut(shelf: Shelf, key: string, value: unknown): Promise<unknown>;
}

const memoryStore = (): VaultStore => {
	const shelves: Readonly<Record<Shelf, Map<string, unknown>>> = {
		connection: new Map(),
		secret: new Map(),
		setting: new Map(),
		learned: new Map()
	};
	const write = (placements: readonly Placement[]): void => {
		for (const { shelf, key, value } of placements) {
			if (value === undefined) shelves[shelf].delete(key);
			else shelves[shelf].set(key, value);
		}
	};
	return {
		lasting: async () => false,
		get: async (shelf, key) => shelves[shelf].get(key),
		all: async (shelf) => [...shelves[shelf].values()],
		keys: async (shelf) => [...shelves[shelf].keys()],
		write: async (placements) => {
			write(placements);
		},
		writeIf: async ({ shelf, key, passes }, placements) => {
			if (!passes(shelves[shelf].get(key))) return false;
			write(placements);
			return true;
		},
		getOrPut: async (shelf, key, value) => {
			const found = shelves[shelf].get(key);
			if (found !== undefined) return found;
			shelves[shelf].set(key, value);
			return value;
		}
	};
};

const put = (
	transaction: IDBPTransaction<unknown, typeof SHELVES, 'readwrite'>,
	placements: readonly Placement[]
): void => {
	for (const { shelf, key, value } of placements) {
		const place = transaction.objectStore(shelf);
		void (value === undefined ? place.delete(key) : place.put(value, key));
	}
};

const databaseStore = (database: IDBPDatabase): VaultStore => ({
	lasting: async () => true,
	get: (shelf, key) => database.get(shelf, key),
	all: (shelf) => database.getAll(shelf),
	keys: async (shelf) => (await database.getAllKeys(shelf)).map(String),
	write: async (placements) => {
		const transaction = database.transaction(SHELVES, 'readwrite', { durability: 'strict' });
		put(transaction, placements);
		await transaction.done;
	},
	writeIf: async ({ shelf, key, passes }, placements) => {
		const transaction = database.transaction(SHELVES, 'readwrite', { durability: 'strict' });
		const passed = passes(await transaction.objectStore(shelf).get(key));
		if (passed) put(transaction, placements);
		await transaction.done;
		return passed;
	},
	getOrPut: async (shelf, key, value) => {
		const transaction = database.transaction(shelf, 'readwrite', { durability: 'strict' });
		const found: unknown = await transaction.store.get(key);
		if (found === undefined) await transaction.store.put(value, key);
		await transaction.done;
		return found ?? value;
	}
});

/** What a call on a database that is closed, or that the browser lost, ends with. */
const CLOSED: ReadonlySet<string> = new Set(['InvalidStateError', 'UnknownError', 'AbortError']);

const isNamed = (error: unknown, names: ReadonlySet<string>): boolean =>
	error instanceof Error && names.has(error.name);

/**
 * Opens the vault's database, and opens it again whenever it was closed under us. Where the browser or window has none,
 * or a newer version of Stet has taken it over, everything is kept in memory for the session from then on.
 */
export const openVaultStore = async (): Promise<VaultStore> => {
	let opening: Promise<VaultStore> | null = null;

	const open = async (): Promise<VaultStore> => {
		const forget = (): void => {
			opening = null;
		};
		const database = await openDB(DATABASE, VERSION, {
			upgrade: (fresh) => {
				for (const shelf of SHELVES)
					if (!fresh.objectStoreNames.contains(shelf)) fresh.createObjectStore(shelf);
			},
			// a newer version of Stet in another tab, or a browser that clears data, must not wait for this one
			blocking: (_current, _blocked, event) => {
				forget();
				if (event.target instanceof IDBDatabase) event.target.close();
			},
			terminated: forget
		});
		return databaseStore(database);
	};

	const current = (): Promise<VaultStore> => {
		opening ??= open().catch((error: unknown) => {
			if (isNamed(error, new Set(['VersionError']))) return memoryStore();
			opening = null;
			throw error;
		});
		return opening;
	};

	// every call may be made twice: reading, putting and removing come to the same
	const using = async <T>(work: (store: VaultStore) => Promise<T>): Promise<T> => {
		const before = current();
		try {
			return await work(await before);
		} catch (error) {
			if (!isNamed(error, CLOSED)) throw error;
			if (opening === before) opening = null;
			return work(await current());
		}
	};

	try {
		await current();
	} catch {
		return memoryStore();
	}
	return {
		lasting: () => using((store) => store.lasting()),
		get: (shelf, key) => using((store) => store.get(shelf, key)),
		all: (shelf) => using((store) => store.all(shelf)),
		keys: (shelf) => using((store) => store.keys(shelf)),
		write: (placements) => using((store) => store.write(placements)),
		writeIf: (condition, placements) => using((store) => store.writeIf(condition, placements)),
		getOrPut: (shelf, key, value) => using((store) => store.getOrPut(shelf, key, value))
	};
};
