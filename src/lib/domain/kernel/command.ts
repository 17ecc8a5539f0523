// defineCommand: what a person or a job asks for, decided purely into events, or refused.
import type { EventDraft } from './event.ts';
import type { LogChange, Outcome } from './log-change.ts';
import type { Read } from './query.ts';
import type { Refusal } from './result.ts';
import type { z } from './schema.ts';
import type { Statement, Table } from './sql.ts';

/** Time and new ids for one command; a decision has no other source of either (I5). */
export interface World {
	/** Milliseconds since 1970 UTC, one moment for the whole command. */
	readonly now: number;
	/** A new UUID. */
	newId(): string;
}

/** Yes: what changes in the log, the events to append, and writes to workspace tables (jobs, drafts), in one transaction. */
export interface Decided<V> {
	readonly ok: true;
	/** Carried out before the events are appended. */
	readonly changes: readonly LogChange[];
	readonly events: readonly EventDraft[];
	readonly notes: readonly Statement[];
	/** It goes on with what another command began: undoing that takes it along, and by itself it is not offered. */
	readonly background: boolean;
	/** This command was undone by this one, and is not offered for undoing again. */
	readonly undoes: string | null;
	/** Plain JSON data: it is stored, and answers the same command sent again. */
	readonly value: (outcome: Outcome) => V;
}

/** Anything but undefined, which JSON cannot keep. */
type Storable = object | string | number | boolean | null;

/** `valueFrom` instead of `value` where the answer depends on what the changes came to. */
export const decided = <const V extends Storable>(
	decision: {
		changes?: readonly LogChange[];
		events?: readonly EventDraft[];
		notes?: readonly Statement[];
		background?: boolean;
		undoes?: string;
	} & ({ value: V } | { valueFrom: (outcome: Outcome) => V })
): Decided<V> => ({
	ok: true,
	changes: decision.changes ?? [],
	events: decision.events ?? [],
	notes: decision.notes ?? [],
	background: decision.background ?? false,
	undoes: decision.undoes ?? null,
	value: 'valueFrom' in decision ? decision.valueFrom : () => decision.value
});

type Decision = Decided<Storable> | { readonly ok: false; readonly error: Refusal };

export interface Command<
	N extends string = string,
	S extends z.ZodType = z.ZodType,
	D extends Decision = Decision
> {
	readonly name: N;
	readonly input: S;
	/** Tables the decision reads (I12). */
	readonly reads: readonly Table[];
	/** Workspace tables its notes write (I12). */
	readonly notes: readonly Table[];
	/** Afterwards the file is written anew, so that nothing of what was deleted is left in it. */
	readonly purges: boolean;
	/** Safe to run twice, so its result is not stored: only for frequent commands that write no event. */
	readonly repeatable: boolean;
	decide(input: z.output<S>, read: Read, world: World): D;
}

/** Declares a command. `decide` is pure but for `read`; it returns `decided(…)` or `refuse(…)`. */
export const defineCommand = <const N extends string, S extends z.ZodType, D extends Decision>(definition: {
	readonly name: N;
	readonly input: S;
	readonly reads?: readonly Table[];
	readonly notes?: readonly Table[];
	readonly purges?: boolean;
	readonly repeatable?: boolean;
	readonly decide: (input: z.output<S>, read: Read, world: World) => D;
}): Command<N, S, D> => ({
	reads: [],
	notes: [],
	purges: false,
	repeatable: false,
	...definition
});

/** The value a command's yes carries. */
export type ValueOf<C> =
	C extends Command<string, z.ZodType, infer D> ? ReturnType<Extract<D, { ok: true }>['value']> : never;

/** The refusals a command names itself; besides these, any command may answer {@link CommonRefusal}. */
export type RefusalOf<C> =
	C extends Command<string, z.ZodType, infer D> ? Extract<D, { ok: false }>['error'] : never;

/** Refusals any command may answer. `field` is a dotted path into the input; `problem` a zod issue code or `required`. */
export type CommonRefusal =
	| {
			readonly type: 'invalid_input';
			readonly field: string;
			readonly problem: string;
			readonly message: string;
	  }
	| { readonly type: 'unknown_command'; readonly name: string; readonly known: readonly string[] }
	/** What it says was caused by a turn that is not in the story any more. */
	| { readonly type: 'turn_gone'; readonly turnId: string };
