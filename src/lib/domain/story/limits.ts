// How long the parts of a story may be. Apart from the tables, so that the model worker need not load those.

/** Longest text of one turn, in UTF-16 units. */
export const TURN_MAX_CHARS = 1_000_000;

/** An answer is looked at, and not read by anything: of one without end, this much is enough. */
export const ANSWER_KEPT_CHARS = 20_000;
