// What the benchmarks' two workers offer their page: types only, for pages and workers know different globals.

/** measured.worker.ts: our own stack on real files. Libraries are named by their folder. */
export interface MeasuredApi {
	/** Opens a library, with the product's words and the command that fills a chat (tests/support/effects.ts). */
	open(folder: string): Promise<void>;
	/** A new bot and a new chat with it. */
	newChat(folder: string): Promise<string>;
	/** Fills a chat with turns of twelve events, in few large commits. */
	fill(folder: string, chatId: string, turns: number): Promise<void>;
	/** A guest joins the chat, so that a silent witness is asked too. */
	invite(folder: string, chatId: string): Promise<void>;
	/** What a screen of a chat asks, each so many times; the milliseconds of each by the query's name. */
	asks(folder: string, chatId: string, times: number): Promise<Readonly<Record<string, number[]>>>;
	/**
	 * Plays one turn, and asks at each stage so many times for what a model is asked; milliseconds by what is asked for:
	 * `prose`, or a classifier's name. The chat is a turn longer.
	 */
	stages(folder: string, chatId: string, times: number): Promise<Readonly<Record<string, number[]>>>;
	/** Commits turns of twelve events one by one; the milliseconds of each. `from` numbers the first. */
	commits(folder: string, chatId: string, from: number, count: number): Promise<number[]>;
	/** Rewinds the chat by so many turn groups, by changesets or not at all; milliseconds. The chat stays shorter. */
	rewind(folder: string, chatId: string, turns: number): Promise<number>;
	/** Replays everything; milliseconds until it is committed. */
	replay(folder: string): Promise<{ readonly events: number; readonly ms: number }>;
	/** Brings everything into the database file, and says what is in it. */
	weigh(folder: string): Promise<Weight>;
	close(folder: string): Promise<void>;
}

export interface Weight {
	/** Of the database file. */
	readonly fileBytes: number;
	readonly events: number;
	/** Every column of every log row as text. */
	readonly eventBytes: number;
	/** Only the events' payloads. */
	readonly payloadBytes: number;
	/** Tables and indexes, the largest first. `used`: of its pages, what is neither header nor free. */
	readonly parts: readonly {
		readonly name: string;
		readonly bytes: number;
		readonly used: number;
		readonly pages: number;
		readonly overflowPages: number;
	}[];
	/** Names of the projection tables. */
	readonly projections: readonly string[];
}

/** baseline.worker.ts: what the browser and SQLite do without us. */
export interface BaselineApi {
	/** Appends so many bytes to a file and flushes it, `count` times; the milliseconds of each. */
	appendAndFlush(bytes: number, count: number): Promise<number[]>;
	/**
	 * Reads the rows of tables of a closed library into memory, then inserts them into a new file of the same schema in
	 * one transaction, and fills their full-text indexes at its end; the milliseconds of that until it is committed.
	 */
	insertRows(
		folder: string,
		tables: readonly string[]
	): Promise<{ readonly rows: number; readonly ms: number }>;
}
