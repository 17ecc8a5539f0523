// What the buttons of a turn do; the story screen does it.
import type { Queries } from '#lib/domain/vocabulary.ts';

type Turn = Queries['transcript']['answer']['turns'][number];

export interface TurnDeeds {
	edit(turn: Turn): void;
	/** Asks how another reply should be; for a turn that is not the newest, says what can be done instead. */
	regenerate(turn: Turn): void;
	/** `to`: which of the two buttons was pressed, and is to have the focus at the turn that comes. */
	choose(turnId: string, to: 'before' | 'after'): void;
	/** Lets an unfinished reply go on from where it stopped. */
	goOn(): void;
	/** Tells which model wrote it, and what that took. */
	source(turn: Turn): void;
	/** Shows what the model was asked for it. */
	inspect(turn: Turn): void;
	branch(turn: Turn): void;
	/** Keeps it from models, or lets them be told of it again. */
	hide(turn: Turn): void;
	/** Writes down, from its words, a step that was tried in a case. */
	tried(turn: Turn): void;
	takeBack(turn: Turn, what: 'rewind' | 'delete'): void;
}
