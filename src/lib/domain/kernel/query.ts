// defineQuery, and Read: how queries and decisions look at tables, every row parsed.
import type { LogRow } from './log.ts';
import type { LogChange } from './log-change.ts';
import type { z } from './schema.ts';
import type { Sql, SqlValue, Statement, Table } from './sql.ts';

/** Reading access to the tables. Rows are parsed by the given shape: a row that does not fit is a defect and throws. */
export interface Read {
	all<S extends z.ZodType>(shape: S, statement: Statement): z.output<S>[];
	/** The first row, or null. */
	one<S extends z.ZodType>(shape: S, statement: Statement): z.output<S> | null;
}

export const createRead = (sql: Sql): Read => ({
	all: (shape, statement) => sql.all(statement).map((row) => shape.parse(row)),
	one: (shape, statement) => {
		const [row] = sql.all(statement);
		return row === undefined ? null : shape.parse(row);
	}
});

/** A row that a change to the log would leave otherwise, as its table tells it; null where there is none. */
export interface ToldRow {
	readonly table: string;
	/** Its key without the stream. */
	readonly key: Readonly<Record<string, SqlValue>>;
	readonly name: string;
	readonly before: Readonly<Record<string, SqlValue>> | null;
	readonly after: Readonly<Record<string, SqlValue>> | null;
}

/** What a query can find out besides reading rows. */
export interface Look {
	/** What a person would call the event, and whether its subject was taken back. */
	describe(row: LogRow): { readonly name: string; readonly orphaned: boolean };
	/** The payload as this version has it; null where its kind is not known, or its shape another. */
	payload(row: LogRow): unknown;
	/**
	 * Carries the changes out, says which told rows (see {@link Table}) of these streams came out otherwise, and rolls
	 * everything back.
	 */
	rehearse(changes: readonly LogChange[]): readonly ToldRow[];
}

/** A question the app answers from tables. */
export interface Query<N extends string = string, S extends z.ZodType = z.ZodType, A = unknown> {
	readonly name: N;
	readonly input: S;
	/** The tables it reads; SQLite's authorizer is asked whether that is true (I12). Watches wake on these. */
	readonly reads: readonly Table[];
	/** The one stream it depends on, or null for any: narrows when a watch wakes. */
	stream(input: z.output<S>): string | null;
	answer(read: Read, input: z.output<S>, look: Look): A;
}

/** Declares a query. `stream` may be left out when the answer depends on more than one stream. */
export const defineQuery = <const N extends string, S extends z.ZodType, A>(definition: {
	readonly name: N;
	readonly input: S;
	readonly reads: readonly Table[];
	readonly stream?: (input: z.output<S>) => string;
	readonly answer: (read: Read, input: z.output<S>, look: Look) => A;
}): Query<N, S, A> => ({ stream: () => null, ...definition });
