// Loads SQLite's WebAssembly module once per worker (or Node process), without the file systems we never use.
import init, { type Sqlite3Static } from '@sqlite.org/sqlite-wasm';

declare global {
	// read by the package while it starts, then deleted by it
	var sqlite3ApiConfig: { disable: { vfs: Record<string, true> } } | undefined;
}

let loading: Promise<Sqlite3Static> | null = null;

/** SQLite itself: the C interface and its memory. A load that failed (offline, first visit) may be asked for again. */
export const loadSqlite = (): Promise<Sqlite3Static> => {
	if (loading === null) {
		// these would start a second worker or need headers that static hosts do not send
		globalThis.sqlite3ApiConfig = {
			disable: { vfs: { opfs: true, 'opfs-vfs': true, 'opfs-wl': true, kvvfs: true } }
		};
		loading = init();
		loading.catch(() => {
			loading = null;
		});
	}
	return loading;
};
