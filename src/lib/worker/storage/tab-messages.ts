// What tabs say to each other over the BroadcastChannel, and what one tab may ask of the leader.
import type { Change } from '../../domain/kernel/app.ts';
import type { VerifyReport } from '../../domain/kernel/verify.ts';
import type { CommandEnvelope, JobSignal, Progress, StorageStatus, StreamNews } from '../protocol.ts';

/**
 * Version of these messages and of what may be asked through them. Raise it when a message, a command or a query
 * changes meaning: tabs of different versions then refuse each other's work instead of misreading it.
 */
export const PROTOCOL = 3;

/** Names that every version shares: changing one lets two versions open the files at once. */
export const FILES_LOCK = 'stet-files';
export const CHANNEL = 'stet-tabs';

/** What fails; whether the library is open all the same, a leader says by its phase. */
export type Failing = Omit<Extract<StorageStatus, { state: 'failing' }>, 'readable'>;

/** One thing asked of whoever holds the files. `dispatch` and `putAsset` may arrive twice; a leader does them once. */
export type Request =
	| { readonly method: 'dispatch'; readonly command: CommandEnvelope }
	| { readonly method: 'ask'; readonly name: string; readonly input: unknown }
	/** An answer together with what it depends on: {@link Looked}. */
	| { readonly method: 'look'; readonly name: string; readonly input: unknown }
	| {
			readonly method: 'putAsset';
			readonly asset: { readonly mediaType: string; readonly bytes: Uint8Array; readonly hash: string };
	  }
	| { readonly method: 'names' }
	/** Answers a VerifyReport, or null when this `run` was called off. Joins one that is running. */
	| { readonly method: 'verify'; readonly run: string }
	| { readonly method: 'stopVerify'; readonly run: string }
	| { readonly method: 'reserve'; readonly events: number }
	/** {@link TravelPort}'s `arrive`. Pieces may come twice. */
	| {
			readonly method: 'arrive';
			readonly id: string;
			readonly piece: number;
			readonly bytes: Uint8Array<ArrayBuffer>;
			readonly last: boolean;
	  }
	/** Answers a Result; the same when sent again. `tab`: whose doing it is. */
	| {
			readonly method: 'admit';
			readonly id: string;
			readonly how: 'merge' | 'replace';
			readonly at: number;
			readonly tab?: string;
	  }
	| { readonly method: 'dismiss'; readonly id: string }
	| { readonly method: 'keptFiles' }
	| { readonly method: 'readKept'; readonly name: string; readonly offset: number }
	| { readonly method: 'restoreKept'; readonly name: string; readonly at: number }
	| { readonly method: 'deleteKept'; readonly name: string };

/** The tables and the stream an answer depends on. `scope` null: unknown, so any change may matter. */
export interface Looked {
	readonly value: unknown;
	readonly scope: { readonly tables: readonly string[]; readonly stream: string | null } | null;
}

export type Answer =
	| { readonly ok: true; readonly value: unknown }
	| { readonly ok: false; readonly name: string; readonly message: string };

/** `stet` and `from` on every message, and the kinds `hello` and `leader`, mean the same in every version. */
export type TabMessage = { readonly stet: number; readonly from: string } & (
	| { readonly kind: 'hello' }
	/** Said on taking over, every second after, and to greet a newcomer. */
	| {
			readonly kind: 'leader';
			readonly epoch: number;
			readonly phase: 'opening' | 'open';
			readonly failing: Failing | null;
			readonly private: boolean;
	  }
	| { readonly kind: 'leaving'; readonly epoch: number }
	/** A tab has become visible: a hidden leader hands over. */
	| { readonly kind: 'shown' }
	| { readonly kind: 'call'; readonly callId: string; readonly request: Request }
	| { readonly kind: 'answer'; readonly to: string; readonly callId: string; readonly answer: Answer }
	/** How far a long call is. */
	| { readonly kind: 'progress'; readonly to: string; readonly callId: string; readonly progress: Progress }
	/** Rows that were not what the log says were found and put right. */
	| { readonly kind: 'repaired'; readonly report: VerifyReport }
	/** Null: anything may have changed. */
	| { readonly kind: 'change'; readonly change: Change | null }
	| { readonly kind: 'news'; readonly news: StreamNews }
	| { readonly kind: 'signal'; readonly signal: JobSignal }
);

/** Whether an unknown value is one of our messages, of whatever version. */
export const isTabMessage = (value: unknown): value is TabMessage =>
	typeof value === 'object' &&
	value !== null &&
	'stet' in value &&
	typeof value.stet === 'number' &&
	'from' in value &&
	typeof value.from === 'string' &&
	'kind' in value;
