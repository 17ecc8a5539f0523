// defineQuery, and Read: how queries and decisions look at tables, every row parsed.
import type { z } from './schema.ts';
import type { Sql, Statement, Table } from './sql.ts';

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

/** A question the app answers from tables. */
export interface Query<N extends string = string, S extends z.ZodType = z.ZodType, A = unknown> {
	readonly name: N;
	readonly input: S;
	/** The tables it reads; SQLite's authorizer is asked whether that is true (I12). Watches wake on these. */
	readonly reads: readonly Table[];
	/** The one stream it depends on, or null for any: narrows when a watch wakes. */
	stream(input: z.output<S>): string | null;
	answer(read: Read, input: z.output<S>): A;
}

/** Declares a query. `stream` may be left out when the answer depends on more than one stream. */
export const defineQuery = <const N extends string, S extends z.ZodType, A>(definition: {
	readonly name: N;
	readonly input: S;
	readonly reads: readonly Table[];
	readonly stream?: (input: z.output<S>) => string;
	readonly answer: (read: Read, input: z.output<S>) => A;
}): Query<N, S, A> => ({ stream: () => null, ...definition });
