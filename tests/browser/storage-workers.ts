// What the test workers offer the tests: types only, for pages and workers know different globals.
import type { LogWorkerApi } from '#lib/worker/protocol.ts';

/** storage-files.worker.ts */
export interface FilesWorkerApi {
	use(folder: string, journal: 'wal' | 'delete'): void;
	/** What was thrown, or null. */
	open(): Promise<{ name: string; message: string; kind: unknown } | null>;
	exec(script: string): void;
	all(text: string): unknown;
	close(): void;
	hasRoom(): Promise<boolean>;
	isPrivate(): Promise<boolean>;
	/** Runs a case of the Sql contract on files; what the case before left is dropped first. */
	runCase(name: string): Promise<unknown>;
	/** Commits `count` rows one by one; the milliseconds of each. */
	commits(count: number): number[];
}

/** storage-tab.worker.ts: what the log worker offers the page, on a library chosen by the test. */
export interface TabWorkerApi extends LogWorkerApi {
	/** The first call. */
	use(scope: string, protocol: number): void;
	/** Keeps the worker busy: it hears and says nothing, as when the browser froze it. */
	block(ms: number): void;
	/** The file of a library with one bot and a story of theirs, in pieces; `first`: the number its log begins with, reserved in
	 * `library`. */
	libraryFile(bot: string, first: number, library: string): Promise<Uint8Array<ArrayBuffer>[]>;
}
