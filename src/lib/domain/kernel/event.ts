// defineEvent: one kind of event in one place: name, shape, older shapes, the tables it writes, and how it folds.
import type { z } from './schema.ts';
import type { Statement, Table } from './sql.ts';

/** An event as the log holds it, its payload parsed and brought up to the newest version. */
export interface Recorded<P> {
	/** Position in the whole log; rises, never reused, has gaps after a rewind. Never leaves the database. */
	readonly seq: number;
	readonly stream: string;
	/** Position within the stream, from 1. */
	readonly streamSeq: number;
	/** The turn this event belongs to: a rewind to an earlier turn removes it. Null before the first turn. */
	readonly anchor: string | null;
	/** The turn that caused it, or null for what a person did. */
	readonly cause: string | null;
	/** Milliseconds since 1970 UTC, from the command's world. */
	readonly at: number;
	readonly payload: P;
}

/** An event a command decided on, not yet in the log. */
export interface EventDraft<P = unknown> {
	readonly kind: string;
	readonly stream: string;
	readonly anchor: string | null;
	readonly cause: string | null;
	readonly payload: P;
	/** It was recorded elsewhere, under this id and at this time, and keeps both. */
	readonly recorded?: { readonly eventId: string; readonly at: number };
}

/** One kind of event as the kernel sees it, whatever its payload. */
export interface EventKind {
	readonly kind: string;
	/** Version of the payload written today: one more than the number of upcasts. */
	readonly version: number;
	/** The tables `project` writes; SQLite's authorizer is asked whether that is true (I12). */
	readonly writes: readonly Table[];
	/** Other tables its statements look at, all folded from the same stream (I12). */
	readonly reads: readonly Table[];
	/** Parses a payload of today's version. Throws ZodError. */
	readonly parse: (payload: unknown) => unknown;
	/** Brings a stored payload of version `v` up to date and parses it. Throws on an unknown version or a bad shape. */
	readonly revive: (payload: unknown, v: number) => unknown;
	/**
	 * The statements that fold the event. Pure: no clock, no random, no other stream (I3, I5). An event whose subject was
	 * taken back folds to nothing.
	 */
	readonly project: (event: Recorded<unknown>) => readonly Statement[];
	/** It begins a turn, whose id is its own anchor; its cause, if any, is the turn it answers. */
	readonly opensTurn: boolean;
	/** What a person would call this event in a list of what goes; empty when its kind says it all. */
	readonly named: (payload: unknown) => string;
	/** Finds the row it is about; no row means that its subject was taken back, and the event is orphaned. */
	readonly about: (event: Recorded<unknown>) => Statement | null;
}

/** An event kind that is also a function making drafts of itself. */
export interface DefinedEvent<P, K extends string = string> extends EventKind {
	readonly kind: K;
	(draft: { stream: string; payload: P; anchor?: string | null; cause?: string | null }): EventDraft<P>;
}

/**
 * Declares a kind of event.
 * `upcasts[i]` turns a payload of version i+1 into one of version i+2; stored bytes never change.
 */
export const defineEvent = <const K extends string, S extends z.ZodType>(definition: {
	readonly kind: K;
	readonly payload: S;
	readonly upcasts: readonly ((payload: unknown) => unknown)[];
	readonly writes: readonly Table[];
	readonly reads?: readonly Table[];
	readonly project: (event: Recorded<z.output<S>>) => readonly Statement[];
	readonly opensTurn?: boolean;
	readonly named?: (payload: z.output<S>) => string;
	readonly about?: (event: Recorded<z.output<S>>) => Statement;
}): DefinedEvent<z.output<S>, K> => {
	const { kind, payload: shape, upcasts, writes } = definition;
	const version = upcasts.length + 1;
	const parse = (payload: unknown) => shape.parse(payload);
	return Object.assign(
		(draft: { stream: string; payload: z.output<S>; anchor?: string | null; cause?: string | null }) => ({
			kind,
			stream: draft.stream,
			anchor: draft.anchor ?? null,
			cause: draft.cause ?? null,
			payload: draft.payload
		}),
		{
			kind,
			version,
			writes,
			reads: definition.reads ?? [],
			parse,
			revive: (payload: unknown, v: number) => {
				if (!Number.isInteger(v) || v < 1 || v > version)
					throw new Error(
						`${kind}: version ${String(v)} is not known here (newest known: ${String(version)})`
					);
				return parse(upcasts.slice(v - 1).reduce((value, upcast) => upcast(value), payload));
			},
			// The payload was parsed by this event's own schema before it gets here; the kernel keeps kind and payload together.
			project: (event: Recorded<unknown>) => definition.project(event as Recorded<z.output<S>>),
			opensTurn: definition.opensTurn ?? false,
			named: (payload: unknown) => definition.named?.(payload as z.output<S>) ?? '',
			about: (event: Recorded<unknown>) => definition.about?.(event as Recorded<z.output<S>>) ?? null
		}
	);
};
