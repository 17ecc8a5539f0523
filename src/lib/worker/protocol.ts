// What crosses between page, log worker and model worker: plain data and the interfaces of both workers.
import type { Refusal, Result } from '../domain/kernel/result.ts';
import type { VerifyReport } from '../domain/kernel/verify.ts';
import type { AssessmentBody, Section, Verification } from '../domain/desk/assessment-shape.ts';
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

/**
 * What a running turn is at, for people. `asking`, `writing`: the reply. `remembering`, `weighing`: what it changed, and what
 * became of story events. `listening`: whether the silent witness speaks; `interjecting`: it does. `digesting`: what a scene
 * elsewhere came to. `noting`: in a case, which steps were tried.
 */
export const NEWS_STAGES = [
	'asking',
	'writing',
	'remembering',
	'weighing',
	'listening',
	'interjecting',
	'digesting',
	'drafting',
	'noting'
] as const;
export type NewsStage = (typeof NEWS_STAGES)[number];

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
			readonly stage: NewsStage;
	  }
	/** What a model thinks before and between its words, as `delta` has those. No part of the reply, and kept nowhere. */
	| {
			readonly kind: 'thinking';
			readonly jobId: string;
			readonly chatId: string;
			readonly offset: number;
			readonly delta: string;
	  }
	/** Seconds until the next try, while a provider asked to wait. */
	| {
			readonly kind: 'waiting';
			readonly jobId: string;
			readonly chatId: string;
			readonly seconds: number;
			readonly reason: string;
	  }
	| { readonly kind: 'ended'; readonly jobId: string; readonly chatId: string }
	| AssessmentNews;

/** An assessment while it is written, for every open tab. */
export type AssessmentNews =
	/** All of it so far, looked up as far as it came; sent whenever it grew, and when somebody asks. */
	| {
			readonly kind: 'assessing';
			readonly jobId: string;
			readonly handoffId: string;
			/** `asking`: no word came yet. `waiting`: it failed, and is asked again in `seconds`. */
			readonly stage: 'asking' | 'writing' | 'waiting';
			readonly seconds: number;
			readonly body: AssessmentBody;
			readonly verification: Verification;
			/** Sections that are whole, in order, and the one that is being written. */
			readonly closed: readonly Section[];
			readonly writing: Section | null;
	  }
	/** It is over: what became of it is in the log. */
	| { readonly kind: 'assessed'; readonly jobId: string; readonly handoffId: string };

/** What a tab tells all tabs about running replies and assessments. */
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

/** The ways to ask that a person can enter. `openrouter` speaks as compatible servers do, and tells prices too. */
export type EnteredProvider = 'anthropic' | 'openai' | 'google' | 'openrouter' | 'openai-compatible';

/** `demo` and `on-device` are built in: they have no address and no key. */
export type Provider = 'demo' | 'on-device' | EnteredProvider;

/** What a model is asked for: replies, small decisions in the background, drafts for a colleague who answers. */
export type Task = 'prose' | 'classify' | 'copilot';

/** US dollars for a million tokens; null where the provider has no price of its own for that. */
export interface Price {
	readonly input: number;
	readonly output: number;
	readonly cacheRead: number | null;
	readonly cacheWrite: number | null;
}

/** A model as its provider lists it, or as Stet knows it. Sizes in tokens, null where nobody said. */
export interface ModelInfo {
	readonly id: string;
	readonly name: string;
	readonly contextTokens: number | null;
	readonly maxOutputTokens: number | null;
	readonly price: Price | null;
}

/** What a connection's models are set to. Null leaves it to the provider, or to what is known of the model. */
export interface ModelSettings {
	/** For replies. */
	readonly model: string;
	/** For the other tasks; null: the model for replies. */
	readonly taskModels: { readonly classify: string | null; readonly copilot: string | null };
	readonly contextTokens: number | null;
	readonly maxOutputTokens: number;
	readonly temperature: number | null;
	readonly topP: number | null;
	/** What the user says a million tokens cost, in US dollars. */
	readonly price: { readonly input: number; readonly output: number } | null;
}

/** How a key is kept: on this device, in the memory of one tab, or sealed with the passphrase. */
export type KeyKept = 'remembered' | 'session' | 'passphrase';

/** Where a reply can come from. Keys never appear here: `keyEnd` is the last four characters. */
export interface ConnectionSummary extends ModelSettings {
	readonly id: string;
	readonly provider: Provider;
	/** Empty for what is built in, which the screens name in their own language. */
	readonly label: string;
	/** Base address, such as `http://localhost:11434/v1`; empty for what is built in. */
	readonly url: string;
	readonly keyEnd: string | null;
	/**
	 * `none`: no key entered; `missing`: a session key that this tab does not hold, or one stored for another origin;
	 * `locked`: sealed with the passphrase, which this tab has not been given.
	 */
	readonly key: 'none' | 'remembered' | 'session' | 'passphrase' | 'missing' | 'locked';
	/** How its key was said to be kept, whether or not this tab has it: a key entered anew is kept so again. */
	readonly keep: KeyKept | 'none';
	/** Used for new replies. Exactly one connection is. */
	readonly preferred: boolean;
	/** False where this browser or window keeps no connections: it is gone when the tab is closed or reloaded. */
	readonly lasting: boolean;
}

/** A key as it is entered. `keep` leaves the stored one alone; refused when the origin of the address changed. */
export type KeyInput =
	| { readonly kind: 'keep' }
	| { readonly kind: 'none' }
	| {
			readonly kind: 'set';
			readonly secret: string;
			readonly keep: KeyKept;
	  };

export interface ConnectionInput extends ModelSettings {
	/** Chosen by the caller, so that a connection sent twice is made once: for a new one a fresh UUID. */
	readonly id: string;
	/** False for a change, which is refused when the connection is gone. */
	readonly isNew: boolean;
	readonly provider: EnteredProvider;
	readonly label: string;
	readonly url: string;
	readonly key: KeyInput;
}

/** The vault's passphrase: `none` was ever set; `locked`: this tab has not been given it. */
export type VaultState = 'none' | 'locked' | 'unlocked';

/** How one piece of work is asked for: a connection, and what differs from what that is set to. */
export interface ModelChoice {
	readonly connectionId: string;
	readonly model: string | null;
	readonly temperature: number | null;
	readonly topP: number | null;
	readonly maxOutputTokens: number | null;
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
		/** The longest that a reply may be was reached before its first word: a model had thought until then. */
		| 'no-room'
		| 'no-key'
		| 'locked'
		| 'not-downloaded'
		| 'invalid-output'
		| 'no-connection';
	readonly status?: number;
	/** With `context-too-long`: the model's window and what was sent, in tokens, where the provider said so. */
	readonly limitTokens?: number;
	readonly sentTokens?: number;
	/** What the provider said, at most 300 characters, keys and prompt removed. */
	readonly said?: string;
	readonly retryAfterSeconds?: number;
	/** When it failed, in milliseconds since 1970, where it was written down. */
	readonly at?: number;
}

/** What the browser says of its own model; `unavailable` also where it has none. */
export type OnDeviceAvailability = 'unavailable' | 'downloadable' | 'downloading' | 'available';

/** What the model worker offers the page. */
export interface ModelWorkerApi {
	/** The first call: where the log worker of this tab answers, as a {@link LogPort} exposed by Comlink. */
	connectLog(port: MessagePort): void;
	/** Where this tab's page answers for the browser's own model, as an OnDeviceHost. Called only where there is one. */
	connectPage(port: MessagePort): void;
	/**
	 * Lets requests go over this port to a line worker, and says whether there came to be one. Only the first port is taken.
	 * Called only where such a worker hangs up sooner.
	 */
	openLine(port: MessagePort): Promise<boolean>;
	/** There is no line worker, or no more; also before a port was given, which is taken no longer then. */
	loseLine(): void;
	connections(): Promise<readonly ConnectionSummary[]>;
	/** Refusals: invalid_input (field, problem), key_for_other_origin, vault_unavailable. */
	saveConnection(input: ConnectionInput): Promise<Result<ConnectionSummary>>;
	deleteConnection(id: string): Promise<void>;
	preferConnection(id: string): Promise<void>;
	/** Removes every key and the passphrase. */
	forgetAllKeys(): Promise<void>;
	vaultState(): Promise<VaultState>;
	/** Refusals: wrong_passphrase, invalid_input (field `passphrase`), vault_unavailable. Sets it where none is set. */
	unlock(passphrase: string): Promise<Result<null>>;
	/** Seals the keys anew. Refusals as for `unlock`. */
	changePassphrase(before: string, after: string): Promise<Result<null>>;
	lock(): Promise<void>;
	/** The models an endpoint lists, known sizes and prices filled in; the connection need not be saved yet. */
	listModels(
		input: Pick<ConnectionInput, 'id' | 'provider' | 'url' | 'key'>
	): Promise<Result<readonly ModelInfo[], ModelFailure | Refusal>>;
	/**
	 * Thinks of a title for a story with its model for decisions, or that of the connection in use. Null when the model
	 * answered with nothing that could be one. Refusals: nothing_to_name.
	 */
	suggestTitle(chatId: string): Promise<Result<string | null, ModelFailure | Refusal>>;
	/**
	 * Ends a sign-in at OpenRouter: trades the code that came back for a key, which goes into the vault as that of the
	 * connection `id`, or of a new one under that id. Refusals: sign_in_refused (the code was used, is too old, or belongs to another sign-in), the failures of a
	 * request, those of `saveConnection`.
	 */
	finishSignIn(
		id: string,
		code: string,
		verifier: string
	): Promise<Result<ConnectionSummary, ModelFailure | Refusal>>;
	/**
	 * Asks the endpoint for one short reply and says in type what is wrong, or how long the first word took. Ends in two
	 * minutes at most.
	 */
	testConnection(
		id: string
	): Promise<Result<{ readonly firstWordMs: number; readonly said: string }, ModelFailure>>;
	/** Hangs up on every test of that connection that this tab began. */
	stopTest(id: string): Promise<void>;
	/** Called when connections change, in any tab. */
	onConnections(listener: () => void): void;
	/**
	 * Runs the durable job: takes Web Lock `job:<id>` and plays stage after stage, as query `stage_request` says what is asked
	 * next: streams words, keeps a draft, and dispatches their end; asks classifiers, and dispatches what they found or why
	 * they failed. A job that was left in the middle is taken up where it stands. Returns when the job has ended; never throws
	 * for a model's failure.
	 */
	play(jobId: string): Promise<void>;
	/**
	 * Writes the assessment of a job of `ask_assessment`: waits for Web Lock `assess:<hand-off>`, which the tab that is at it holds
	 * until it ends or dies, and then does what is still to do. Returns when nothing is; never throws for a model's failure.
	 */
	assess(jobId: string, handoffId: string): Promise<void>;
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
