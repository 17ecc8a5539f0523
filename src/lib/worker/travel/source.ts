// What is read out of a file, whichever form it has: unchecked, a few rows at a time.
import type { Manifest } from '../../domain/formats/snapshot-file.ts';

/** A row of the log as the file has it. */
export interface FoundRow {
	/** Columns by the names of `LogRow`, nothing of it checked; `supersededBy` null where `supersededAt` says it. */
	readonly row: Readonly<Record<string, unknown>>;
	/** In a text: the position, in its stream, of the event that took its place. */
	readonly supersededAt: number | null;
	/** In a text: where it stands. */
	readonly line: number | null;
}

export interface FoundPicture {
	readonly hash: unknown;
	readonly mediaType: unknown;
	readonly bytes: unknown;
	readonly line: number | null;
}

/** A file being read. Everything is asked for once, in this order; all of it throws `FileRefused`. */
export interface Source {
	readonly manifest: Manifest;
	/** Events in the order of the log. */
	events(): AsyncGenerator<readonly FoundRow[]>;
	/** Recovery copies, columns by the names of `RecoveryCopy`, lists still JSON. */
	copies(): AsyncGenerator<readonly Readonly<Record<string, unknown>>[]>;
	/** Events of recovery copies in the order of the log, with `copyId`. */
	copyEvents(): AsyncGenerator<readonly FoundRow[]>;
	pictures(): AsyncGenerator<FoundPicture>;
}
