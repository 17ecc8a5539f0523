// What a decision may do to the log besides adding events: set them aside, bring them back, cut a tail, copy a chat.
import type { EventDraft } from './event.ts';

/** The event that takes the place of others: one of the decision's own, by its index, or one in the log, by its seq. */
export type Superseder = { readonly event: number } | { readonly seq: number };

/**
 * One change to which events live. Events are named by `seq`, which a decision reads from the log and which never
 * leaves the database. All of a decision's changes happen before its events are appended, in one transaction.
 */
export type LogChange =
	| {
			/** The events stay in the log and stop counting. */
			readonly kind: 'supersede';
			readonly stream: string;
			readonly seqs: readonly number[];
			readonly by: Superseder;
	  }
	| {
			/** Superseded events count again. */
			readonly kind: 'restore';
			readonly stream: string;
			readonly seqs: readonly number[];
	  }
	| {
			/** The events leave the log for a recovery copy. */
			readonly kind: 'cut';
			readonly stream: string;
			readonly seqs: readonly number[];
			readonly copy: CopyLabel;
	  }
	| {
			/** All events of a recovery copy return to where they were, and the copy is gone. */
			readonly kind: 'bring_back';
			readonly copyId: string;
	  }
	| {
			/**
			 * The events of stream `from`, superseded ones too, are written again into the new stream `to`, but for
			 * `leaveOut`; its first becomes `created`. With `copyId`: as the stream was before that copy was cut.
			 */
			readonly kind: 'branch';
			readonly from: string;
			readonly to: string;
			readonly created: EventDraft;
			readonly leaveOut: readonly number[];
			readonly copyId: string | null;
	  }
	| {
			/** Streams that nobody here has, and recovery copies, come out of the database that has arrived (arrival.ts). */
			readonly kind: 'adopt';
			readonly streams: readonly string[];
			readonly copies: readonly string[];
	  };

/** How a recovery copy is listed. */
export interface CopyLabel {
	readonly copyId: string;
	readonly kind: 'rewind' | 'deleted';
	readonly title: string;
}

/**
 * What undoing a command takes: its events lie from seq `first` to `last` (none when `last` is less), a copy is to be
 * brought back, a stream it made is to go, marks are to be set again, streams and recovery copies that arrived are to go.
 */
export interface TakesBack {
	readonly first: number;
	readonly last: number;
	readonly copyId: string | null;
	readonly created: string | null;
	readonly arrived: { readonly streams: readonly string[]; readonly copies: readonly string[] } | null;
	readonly restored: readonly { readonly seq: number; readonly by: number }[];
}

/**
 * Which way the state was found again after events were taken back. `undo`: by inverse changesets, and what survived
 * was folded again. `replay_stream`: the stream's rows were emptied and its live events folded. `replay_all`: the whole
 * log was folded beside the tables and the difference applied. All give the same state.
 */
export type Rung = 'undo' | 'replay_stream' | 'replay_all';

export const RUNGS: readonly Rung[] = ['undo', 'replay_stream', 'replay_all'];

/** What a decision's changes came to, for the value of its answer. */
export interface Outcome {
	/** Null when nothing had to be taken back. */
	readonly rung: Rung | null;
}
