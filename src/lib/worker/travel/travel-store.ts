// What the travel worker remembers between visits: the folder for backups, and when a library was last downloaded.
import { openDB } from 'idb';

const DATABASE = 'stet-travel';
const VERSION = 1;
const SHELF = 'setting';

/** What is read is whatever lies there, perhaps written by another version: parse it. */
export interface TravelStore {
	get(key: string): Promise<unknown>;
	/** Puts a value, or removes it where `value` is undefined. */
	put(key: string, value: unknown): Promise<void>;
}

/**
 * A database of its own, open only while something is read or put, so that it stands in nobody's way. Where the browser or
 * window has none, things are remembered until this worker ends.
 */
export const openTravelStore = (): TravelStore => {
	const memory = new Map<string, unknown>();
	const open = () =>
		openDB(DATABASE, VERSION, {
			upgrade: (fresh) => {
				fresh.createObjectStore(SHELF);
			}
		});
	return {
		get: async (key) => {
			let database;
			try {
				database = await open();
			} catch {
				return memory.get(key);
			}
			try {
				return (await database.get(SHELF, key)) as unknown;
			} finally {
				database.close();
			}
		},
		put: async (key, value) => {
			let database;
			try {
				database = await open();
			} catch {
				if (value === undefined) memory.delete(key);
				else memory.set(key, value);
				return;
			}
			try {
				if (value === undefined) await database.delete(SHELF, key);
				else await database.put(SHELF, value, key);
			} finally {
				database.close();
			}
		}
	};
};
