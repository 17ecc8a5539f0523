// What the worker of the tests of travel's files answers.

export interface TravelFilesApi {
	/** Makes a database of so many rows in a workshop that stays open, takes its bytes out and in again. */
	work(rows: number): Promise<{ readonly kept: string; readonly rows: number; readonly check: string }>;
	/** What comes of unpacking bytes that are no database: the kind of the error. */
	spoilt(): Promise<string | null>;
	close(): Promise<void>;
	put(folder: string, name: string, bytes: Blob): Promise<readonly string[]>;
	get(folder: string, name: string): Promise<Blob | null>;
	remove(folder: string, name: string): Promise<void>;
	free(folder: string): Promise<number | null>;
}
