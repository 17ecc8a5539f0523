// What crosses between page, log worker and model worker: plain data and the interfaces of both workers.
import type { Refusal, Result } from '../domain/kernel/result.ts';
import type { VerifyReport } from '../domain/kernel/verify.ts';
import type { PictureRefusal } from '../domain/library/assets.ts';

/** A command as it travels. `id` makes a resent command answer with its first result (I7). */
export interface CommandEnvelope {
	readonly id: string;
	readonly name: string;
	readonly input: unknown;
	/** Whose it is: what `undo_last` of this tab takes back. */
	readonly tab?: string;
}

/** How far something that takes long is, in what it counts. */
export interface Progress {
	readonly done: number;
	readonly total: number;
}

/** How storage stands. The page shows it in words; nothing is ever silently kept in memory only. */
export type StorageStatus =
	| { readonly state: 'opening' }
	/** `private`: a window whose storage vanishes when it is closed, as far as can be told. */
	| {
			readonly state: 'ready';
			readonly kept: 'disk' | 'memory';
			readonly role: 'leader' | 'follower';
			readonly private: boolean;
	  }
	/** This browser or window cannot store. `startInMemory` is offered. */
	| {
			readonly state: 'unavailable';
			readonly reason: 'no-opfs' | 'refused' | 'no-worker';
			readonly detail: string;
	  }
	/** Another tab holds the files and does not answer (frozen). */
	| { readonly state: 'asleep' }
	/** Another tab runs another version of Stet, or the file is of a newer one. */
	| { readonly state: 'other-version'; readonly newer: 'this' | 'that' }
	/** The disk refused. `readable`: the library is open, and questions are answered from it. */
	| {
			readonly state: 'failing';
			readonly reason: 'full' | 'io' | 'corrupt' | 'timeout';
			readonly detail: string;
			readonly readable: boolean;
	  };

/** Text of a running reply, for every open tab. `offset` is the length of `text` before `delta`, in UTF-16 units. */
export type StreamNews =
	| {
			readonly kind: 'delta';
			readonly jobId: string;
			readonly chatId: string;
			readonly offset: number;
			readonly delta: string;
	  }
	/** All of it so far: sent at the start, and when somebody asks because pieces were missed. */
	| {
			readonly kind: 'whole';
			readonly jobId: string;
			readonly chatId: string;
			readonly text: string;
			readonly stage: 'asking' | 'writing';
	  }
	/** Seconds until the next try, while a provider asked to wait. */
	| {
			readonly kind: 'waiting';
			readonly jobId: string;
			readonly chatId: string;
			readonly seconds: number;
			readonly reason: string;
	  }
	| { readonly kind: 'ended'; readonly jobId: string; readonly chatId: string };

/** What a tab tells all tabs about running replies. */
export type JobSignal =
	| { readonly kind: 'stop'; readonly jobId: string }
	| { readonly kind: 'resync'; readonly jobId: string }
	/** The job was given up in the log: whoever writes it hangs up, and keeps nothing. */
	| { readonly kind: 'given-up'; readonly jobId: string };

/** The model worker's way to the log: a MessagePort on which this tab's log worker answers. */
export interface LogPort {
	dispatch(command: CommandEnvelope): Promise<Result<unknown>>;
	ask(name: string, input: unknown): Promise<unknown>;
	/** Tells this tab and all others. */
	tell(news: StreamNews): void;
	/** Called for signals from any tab. */
	onSignal(listener: (signal: JobSignal) => void): void;
}

/** Where a reply can come from. Keys never appear here: `keyEnd` is the last four characters. */
export interface ConnectionSummary {
	readonly id: string;
	readonly provider: 'demo' | 'openai-compatible';
	/** Empty for the demo, which the screens name in their own language. */
	readonly label: string;
	/** Base address, such as `http://localhost:11434/v1`; empty for the demo. */
	readonly url: string;
	readonly model: string;
	readonly keyEnd: string | null;
	/** `none`: no key entered; `missing`: a session key that this tab does not hold, or one stored for another origin. */
	readonly key: 'none' | 'remembered' | 'session' | 'missing';
	/** Used for new replies. Exactly one connection is. */
	readonly preferred: boolean;
	/** False where this browser or window keeps no connections: it is gone when the tab is closed or reloaded. */
	readonly lasting: boolean;
	readonly maxOutputTokens: number;
	readonly temperature: number | null;
}

export interface ConnectionInput {
	/** Chosen by the caller, so that a connection sent twice is made once: for a new one a fresh UUID. */
	readonly id: string;
	/** False for a change, which is refused when the connection is gone. */
	readonly isNew: boolean;
	readonly label: string;
	readonly url: string;
	readonly model: string;
	/** `keep` leaves the stored key alone; refused when the origin of `url` changed. */
	readonly key:
		| { readonly kind: 'keep' }
		| { readonly kind: 'none' }
		| { readonly kind: 'set'; readonly secret: string; readonly remember: boolean };
	readonly maxOutputTokens: number;
	readonly temperature: number | null;
}

/** Why a model did not answer. Each has one sentence and one next step in the words module. No key, no prompt inside. */
export interface ModelFailure extends Refusal {
	readonly type:
		| 'bad-key'
		| 'org-blocks-browser'
		| 'offline'
		| 'unreachable'
		| 'cors'
		| 'local-network'
		| 'quota'
		| 'rate-limited'
		| 'overloaded'
		| 'context-too-long'
		| 'content-filter'
		| 'wrong-model'
		| 'not-an-api'
		| 'refused'
		| 'interrupted'
		| 'stalled'
		| 'empty'
		| 'no-key'
		| 'no-connection';
	readonly status?: number;
	/** What the provider said, at most 300 characters, keys and prompt removed. */
	readonly said?: string;
	readonly retryAfterSeconds?: number;
}

/** What the model worker offers the page. */
export interface ModelWorkerApi {
	/** The first call: where the log worker of this tab answers, as a {@link LogPort} exposed by Comlink. */
	connectLog(port: MessagePort): void;
	connections(): Promise<readonly ConnectionSummary[]>;
	/** Refusals: invalid_input (field, problem), key_for_other_origin, vault_unavailable. */
	saveConnection(input: ConnectionInput): Promise<Result<ConnectionSummary>>;
	deleteConnection(id: string): Promise<void>;
	preferConnection(id: string): Promise<void>;
	forgetAllKeys(): Promise<void>;
	/** Asks the endpoint for one short reply and says in type what is wrong, or how long the first word took. */
	testConnection(
		id: string
	): Promise<Result<{ readonly firstWordMs: number; readonly said: string }, ModelFailure>>;
	/** Called when connections change, in any tab. */
	onConnections(listener: () => void): void;
	/**
	 * Runs the durable job: takes Web Lock `job:<id>`, asks query `reply_request`, streams, keeps a draft, and dispatches
	 * `finish_reply` / `fail_reply` / `drop_reply`. Returns when the job has ended; never throws for a model's failure.
	 */
	play(jobId: string): Promise<void>;
}

/** An answer of a watched query, or why there is none. */
export type WatchAnswer =
	{ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

/** What the log worker offers the page. Calls settle when the files answer: through a change of leader, a sleep, a fault. */
export interface LogWorkerApi {
	/** Opens storage. Everything else waits for it. `visible`: the page is not hidden. `tab`: put on every command. */
	start(visible: boolean, tab: string): void;
	/** The same envelope sent again is done once. Rejects with name `NotStored` when the disk refused it. */
	dispatch(command: CommandEnvelope): Promise<Result<unknown>>;
	/** Rejects with a plain message on a bad name or input. */
	ask(name: string, input: unknown): Promise<unknown>;
	/** Tells the answer now and whenever it differs. `id`: chosen by the page, for `unwatch`. */
	watch(id: number, name: string, input: unknown, tell: (answer: WatchAnswer) => void): void;
	unwatch(id: number): void;
	/** Stores a picture under its SHA-256; answers that, in lower-case hex. Rejects with `NotStored` as a command does. */
	putAsset(bytes: Uint8Array<ArrayBuffer>, mediaType: string): Promise<Result<string, PictureRefusal>>;
	/**
	 * Compares every row with what the log says and repairs what differs. Takes long, and commands run in between; joins a
	 * verification that is running, in whichever tab. `run`: new for each call; null when it was called off under that.
	 */
	verify(run: string, tell: (progress: Progress) => void): Promise<VerifyReport | null>;
	/** Ends one call of `verify`, at once; the verification itself when nobody else waits for it. */
	stopVerify(run: string): Promise<void>;
	/** Told when a verification that nobody asked for found something to repair. */
	onRepaired(listener: (report: VerifyReport) => void): void;
	/** The words this app knows. */
	names(): Promise<{ readonly commands: readonly string[]; readonly queries: readonly string[] }>;
	/** Tells the status now and whenever it changes. */
	onStatus(listener: (status: StorageStatus) => void): void;
	onNews(listener: (news: StreamNews) => void): void;
	/** Tells all tabs, this one's model worker too. */
	signal(signal: JobSignal): void;
	setVisible(visible: boolean): void;
	/** Goes on without files; only when a person asked for it. Rejects while the files are in use. */
	startInMemory(): Promise<void>;
	/** Answers the model worker on this port, as a {@link LogPort} exposed by Comlink. */
	connectModel(port: MessagePort): void;
	/** Answers the travel worker on this port, as a TravelPort exposed by Comlink. */
	connectTravel(port: MessagePort): void;
	/** Closes the files and gives leadership back. */
	stop(): Promise<void>;
}
