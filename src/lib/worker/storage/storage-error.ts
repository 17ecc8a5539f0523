// What SQLite reports when it cannot go on: faults of the store itself, told apart from faults of a statement.

/** A statement was wrong or broke a constraint; the store is sound. `rc` is SQLite's primary result code. */
export class SqlError extends Error {
	override readonly name: string = 'SqlError';
	readonly rc: number;
	constructor(rc: number, message: string) {
		super(message);
		this.rc = rc;
	}
}

/**
 * The store failed. After one of these out of a transaction nobody knows whether it was committed until the file has
 * been opened again. A full disk mostly arrives as `io`: the pool reports every short write as SQLITE_IOERR.
 */
export class StorageError extends SqlError {
	override readonly name = 'StorageError';
	readonly kind: 'full' | 'io' | 'corrupt' | 'busy' | 'other';
	constructor(rc: number, kind: StorageError['kind'], message: string) {
		super(rc, message);
		this.kind = kind;
	}
}

// primary result codes, https://sqlite.org/rescode.html
const kinds: Readonly<Record<number, StorageError['kind']>> = {
	2: 'other', // INTERNAL
	3: 'io', // PERM
	5: 'busy', // BUSY
	6: 'busy', // LOCKED
	7: 'other', // NOMEM
	8: 'io', // READONLY
	10: 'io', // IOERR
	11: 'corrupt', // CORRUPT
	13: 'full', // FULL
	14: 'io', // CANTOPEN
	15: 'busy', // PROTOCOL
	22: 'io', // NOLFS
	26: 'corrupt' // NOTADB
};

/** The error for a result code (extended codes are cut to their primary one). */
export const errorFor = (code: number, message: string): SqlError => {
	const rc = code & 0xff;
	const kind = kinds[rc];
	return kind === undefined ? new SqlError(rc, message) : new StorageError(rc, kind, message);
};
