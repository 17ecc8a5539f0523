// What crosses between page, log worker and travel worker, which takes the log out into files and brings files in.
import type { LogRow } from '../domain/kernel/log.ts';
import type { Refusal, Result } from '../domain/kernel/result.ts';
import type { CommandEnvelope, Progress } from './protocol.ts';

/** What long work is doing, and how far it is in what it counts (events, or bytes while a file is read or written). */
export interface TravelProgress extends Progress {
	readonly stage: 'reading' | 'checking' | 'replaying' | 'writing' | 'verifying' | 'storing';
}

/** What is taken out. `kept`: a library that was replaced, or one as it was before an update ({@link KeptFile}). */
export type Freight =
	| { readonly kind: 'library' }
	| { readonly kind: 'chat'; readonly chatId: string }
	/** A recovery copy: its whole chat as it was before the cut. */
	| { readonly kind: 'copy'; readonly copyId: string }
	| { readonly kind: 'backup'; readonly name: string }
	| { readonly kind: 'kept'; readonly name: string };

export interface TakeOut {
	readonly what: Freight;
	/** `stet`: a SQLite image, gzipped. `jsonl`: one event per line, as text. A backup or kept file is given as it is. */
	readonly as: 'stet' | 'jsonl';
	/** Empty: not encrypted. Otherwise the whole file is in the age format, under a key made from these words. */
	readonly passphrase: string;
}

export interface TakenOut {
	readonly file: Blob;
	/** What it is a file of: the chat's title; empty for a library. */
	readonly title: string;
	/** When what is in it stood as it does, in milliseconds since 1970 UTC. */
	readonly at: number;
	/** Ending of its name, with the dot: `.stet`, `.jsonl`, `.stet.age`, `.jsonl.age`. */
	readonly ending: string;
	readonly holds: Holds;
	/** False for a recovery copy of which something is gone or damaged: what is left is in the file. */
	readonly complete: boolean;
}

/** What a file or a library holds. */
export interface Holds {
	readonly chats: number;
	/** Turns as they are told: alternatives and what was set aside not counted. */
	readonly turns: number;
	readonly events: number;
	readonly bots: number;
	readonly yous: number;
	readonly pictures: number;
	/** Recovery copies. */
	readonly copies: number;
}

/** Why nothing was taken out. */
export interface TakeOutRefusal extends Refusal {
	readonly type: 'chat_unknown' | 'copy_unknown' | 'file_unknown_here' | 'copy_incomplete';
}

/** Where in a file something is wrong. Each part null when it does not apply. */
export interface Place {
	/** Title of the chat, or empty for the library of bots and personas. */
	readonly title: string | null;
	/** Position of the event in its chat, from 1. */
	readonly event: number | null;
	readonly kind: string | null;
	/** Line of a text file, from 1. */
	readonly line: number | null;
	/** Offset in the file as it is stored, in bytes. */
	readonly byte: number | null;
}

/** Why a file is not brought in. Nothing was changed. */
export type FileRefusal =
	| { readonly type: 'file_empty' }
	| { readonly type: 'file_too_large'; readonly bytes: number; readonly maxBytes: number }
	/** It unpacks to more than `askBytes`: read it again with `large`, if the person wants that. */
	| { readonly type: 'file_is_large'; readonly bytes: number; readonly askBytes: number }
	| { readonly type: 'file_unpacks_too_far'; readonly maxBytes: number }
	| {
			readonly type: 'file_not_ours';
			readonly looksLike: 'picture' | 'zip' | 'sqlite' | 'json' | 'text' | 'gzip' | 'other';
	  }
	| { readonly type: 'file_cut'; readonly place: Place }
	| { readonly type: 'file_damaged'; readonly place: Place; readonly detail: string }
	| { readonly type: 'file_newer'; readonly format: number; readonly known: number }
	/** Not a refusal so much as a question: read it again with the passphrase. */
	| { readonly type: 'passphrase_needed' }
	| { readonly type: 'passphrase_wrong' }
	| {
			readonly type: 'event_invalid';
			readonly place: Place;
			readonly field: string;
			readonly detail: string;
	  }
	/** What the events say is not what the file claims they said. */
	| { readonly type: 'file_does_not_add_up'; readonly what: 'events' | 'state' | 'pictures' }
	| { readonly type: 'no_room'; readonly neededBytes: number; readonly freeBytes: number | null }
	/** What is here changed since the file was looked at: look again. */
	| { readonly type: 'moved_on' }
	/** The run is not known any more: the worker was started anew. */
	| { readonly type: 'run_gone' };

export interface LookIn {
	readonly file: Blob;
	/** Empty when none was asked for. */
	readonly passphrase: string;
	/** The person was asked and wants it unpacked beyond 64 MB. */
	readonly large: boolean;
}

/** What bringing a file in would do. Made by reading all of it: each event parsed, folded, and the digests compared. */
export interface FileReport {
	readonly kind: 'library' | 'chat';
	readonly format: 'stet' | 'jsonl';
	readonly encrypted: boolean;
	readonly title: string;
	/** When what is in it stood so; null when the file does not say. */
	readonly at: number | null;
	readonly holds: Holds;
	/** What is not here yet. */
	readonly adds: {
		readonly chats: readonly { readonly title: string; readonly turns: number }[];
		readonly bots: readonly string[];
		readonly yous: readonly string[];
		readonly pictures: number;
		readonly copies: number;
		/** Those that are here with another past come as hand-offs of their own. */
		readonly handoffs: number;
	};
	/** What is here already, exactly so, or further on: left alone. */
	readonly same: { readonly chats: number; readonly bots: number; readonly yous: number };
	/** Chats that are here with other content: they come as chats of their own. */
	readonly apart: readonly { readonly title: string; readonly turns: number; readonly turnsHere: number }[];
	/** Bots and personas that are here with other content: somebody has to choose, once for all. */
	readonly conflicts: readonly {
		readonly type: 'bot' | 'you';
		readonly id: string;
		readonly name: string;
		readonly nameHere: string;
	}[];
	/** Chats with kinds of event this version does not know: kept, and shown as far as it can. */
	readonly partial: readonly { readonly title: string; readonly kinds: readonly string[] }[];
	/** Nothing would change. */
	readonly nothing: boolean;
	/** It is a whole library, and there is one here that it could take the place of. */
	readonly mayReplace: boolean;
	/** What is here now, which replacing would put aside. */
	readonly here: Holds;
}

export interface BringIn {
	readonly how: 'merge' | 'replace';
	/** What becomes of bots and personas that are here with other content. */
	readonly conflicts: 'mine' | 'theirs' | 'both';
}

export interface BroughtIn {
	readonly how: 'merge' | 'replace' | 'nothing';
	readonly chats: number;
	readonly bots: number;
	readonly yous: number;
	/** The only chat that came, to be opened; null when there was none, or more. */
	readonly chatId: string | null;
	/** The automatic backup made before, null when there was nothing to back up. */
	readonly backup: string | null;
}

/** A backup Stet keeps in the browser's private file system. */
export interface Backup {
	/** Its file name: unique, and what it is asked for by. */
	readonly name: string;
	readonly why: 'before-import' | 'by-hand' | 'daily';
	readonly at: number;
	readonly bytes: number;
	readonly holds: Holds;
	/** Read back, unpacked, and compared with what was written. A backup that was not is not listed. */
	readonly verifiedAt: number;
}

/** A library file as it was, beside the one in use. */
export interface KeptFile {
	readonly name: string;
	/** `replaced`: another library took its place. `before-update`: as it was before an update changed its format. */
	readonly why: 'replaced' | 'before-update';
	readonly at: number;
	readonly bytes: number;
}

/** The folder of the person's own that backups are written to once a day. */
export interface BackupFolder {
	readonly name: string;
	/** `ask`: the browser wants to be asked again, from a click. */
	readonly permission: 'granted' | 'ask' | 'denied';
	/** The last backup in it that was read back; null when there is none yet. */
	readonly lastAt: number | null;
	/** Why the last try failed, in the browser's words; null when it did not. */
	readonly failed: string | null;
	/** The folder itself: only a page may ask for permission again. */
	readonly handle: FileSystemDirectoryHandle;
}

/** How things stand with backups. */
export interface BackupState {
	/** The newest of all backups and of all library files that were downloaded; null when there was never one. */
	readonly lastAt: number | null;
	readonly backups: readonly Backup[];
	readonly kept: readonly KeptFile[];
	readonly folder: BackupFolder | null;
	/** This browser lets a page write to a folder that was picked. */
	readonly canPickFolder: boolean;
}

/**
 * What the travel worker offers the page. `run`: chosen by the page, new for each piece of work; `stop(run)` ends it with
 * null, at once and with nothing changed, except in the last moment when what was read is handed over.
 */
export interface TravelWorkerApi {
	/** The first call: where the log worker of this tab answers, as a {@link TravelPort} exposed by Comlink. */
	connectLog(port: MessagePort): void;
	takeOut(
		run: string,
		request: TakeOut,
		tell: (progress: TravelProgress) => void
	): Promise<Result<TakenOut, TakeOutRefusal> | null>;
	/** Dry run. What was read is kept under `run` for `bringIn`, until `forget`. */
	lookIn(
		run: string,
		request: LookIn,
		tell: (progress: TravelProgress) => void
	): Promise<Result<FileReport, FileRefusal> | null>;
	/** Does what the report said; makes a backup first when there is something here. Sent again, answers the same. */
	bringIn(
		run: string,
		request: BringIn,
		tell: (progress: TravelProgress) => void
	): Promise<Result<BroughtIn, FileRefusal> | null>;
	forget(run: string): Promise<void>;
	stop(run: string): Promise<void>;
	backupState(): Promise<BackupState>;
	/** Makes a backup in the browser's private file system, and reads it back. Null when stopped. */
	backUp(run: string, why: Backup['why'], tell: (progress: TravelProgress) => void): Promise<Backup | null>;
	deleteBackup(name: string): Promise<void>;
	/** Remembers the folder that daily backups go to; null forgets it. */
	setFolder(folder: FileSystemDirectoryHandle | null): Promise<void>;
	/** Writes today's backup into the folder if that is due and allowed; says how it stands afterwards. `now`: due or not. */
	backUpToFolder(now: boolean): Promise<BackupFolder | null>;
	/** Puts a kept library back in use; the one in use is kept instead. False when it is not there. */
	restoreKept(name: string): Promise<boolean>;
	deleteKept(name: string): Promise<void>;
	/** Told by the page that a library file was downloaded. */
	downloaded(at: number): Promise<void>;
}

/** Rows of a chat or of the whole log, and the number of {@link LogPage.retold} at that moment. */
export interface LogPage {
	readonly rows: readonly LogRow[];
	/** Rises whenever the past of any stream changes: rows read before may not be so any more. */
	readonly retold: number;
	/** Which library file it is of: numbers of another one mean something else. */
	readonly library: string;
}

/** The travel worker's way to the log: what it may ask of this tab's log worker, besides queries and commands. */
export interface TravelPort {
	dispatch(command: CommandEnvelope): Promise<Result<unknown>>;
	/** Queries, those of `domain/travel` among them. */
	ask(name: string, input: unknown): Promise<unknown>;
	/** The first of `events` numbers of the log, for events that are to come. Those that are not used are lost, which is allowed. */
	reserve(events: number): Promise<number>;
	/**
	 * Hands over a SQLite file, piece by piece: pieces are numbered from 0, and `last` ends it. A piece sent twice is taken
	 * once. Rejects with name `ArrivalGone` when pieces before it are missing (the leader changed): begin again with 0.
	 */
	arrive(id: string, piece: number, bytes: Uint8Array<ArrayBuffer>, last: boolean): Promise<void>;
	/**
	 * Carries the arrived file out: `merge` puts its streams into the library, as command `import`; `replace` makes it the
	 * library, and keeps the one before. Sent again, answers the same. Refused with `moved_on` when the streams are here by now.
	 */
	admit(id: string, how: 'merge' | 'replace'): Promise<Result<{ readonly chats: readonly string[] }>>;
	/** Forgets an arrived file. */
	dismiss(id: string): Promise<void>;
	keptFiles(): Promise<readonly KeptFile[]>;
	/** Bytes of a kept file from `offset` on, at most 1 MiB; empty at its end. Null when it is not there. */
	readKept(name: string, offset: number): Promise<Uint8Array<ArrayBuffer> | null>;
	/** Puts a kept library back in use; the one in use is kept instead. */
	restoreKept(name: string): Promise<boolean>;
	deleteKept(name: string): Promise<void>;
}
