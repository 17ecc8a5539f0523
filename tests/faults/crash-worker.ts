// What the crash worker offers the sweep: types only, for pages and workers know different globals.
import type { Fault } from './file-faults.ts';

export type Journal = 'wal' | 'delete';

/** What a transaction came to, as its worker saw it before it ended. */
export interface Struck {
	/** Whether the command was answered with yes. Worth nothing when the process was gone by then. */
	readonly outcome: 'acknowledged' | 'storage failed' | `refused: ${string}` | `threw ${string}`;
	readonly gone: boolean;
	readonly calls: { readonly writes: number; readonly flushes: number; readonly truncations: number };
}

/** A file as a fresh worker finds it. */
export interface Found {
	/** Table by table, a digest of every row; null when the file could not even be read. */
	readonly tables: Readonly<Record<string, string>> | null;
	/** What is wrong with it, whatever it holds. */
	readonly problems: readonly string[];
}

export interface Blow {
	readonly folder: string;
	readonly journal: Journal;
	readonly transaction: string;
	readonly made: Readonly<Record<string, string>>;
	readonly fault: Fault | null;
	/** At which call the fault strikes, from 1; 0: right after the answer. */
	readonly at: number;
	/** Run on the connection before: how a negative control takes its safety away. */
	readonly pragmas: string;
	/** Through the store, which carries a command over a fault, instead of the app alone. */
	readonly carried: boolean;
}

export interface CrashWorkerApi {
	/** Makes the library of a transaction in a folder; the names its command needs. */
	prepare(folder: string, journal: Journal, transaction: string): Promise<Readonly<Record<string, string>>>;
	/** Keeps a copy of a folder's files in memory. */
	keep(folder: string): Promise<void>;
	/** Puts that copy into a new folder. */
	restore(folder: string): Promise<void>;
	/** Does the transaction, with a fault; the worker is of no use afterwards. */
	strike(blow: Blow): Promise<Struck>;
	/** Opens what is left, and checks all that must hold. */
	check(folder: string, journal: Journal): Promise<Found>;
	remove(folder: string): Promise<void>;
}
