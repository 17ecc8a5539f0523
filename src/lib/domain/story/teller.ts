// Tellers: what other parts of the app know of a chat, as lines for a model. A chat asks those it is handed, and knows none.
import type { Read } from '../kernel/query.ts';
import type { Table } from '../kernel/sql.ts';

/** One line, as a model is told it. Of lower `rank` come first where there is not room for all; rank 0 is always there. */
export interface ToldLine {
	readonly rank: number;
	readonly text: string;
}

/** `tell` gives the lines in the order in which they are told, none for a chat it knows nothing of. */
export interface Teller {
	readonly reads: readonly Table[];
	tell(read: Read, chatId: string): readonly ToldLine[];
}

/** What all of them tell of a chat. */
export const toldBy = (tellers: readonly Teller[], read: Read, chatId: string): readonly ToldLine[] =>
	tellers.flatMap((teller) => teller.tell(read, chatId));
