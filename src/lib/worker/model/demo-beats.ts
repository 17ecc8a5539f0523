// The demo storyteller's round of seven turns: something is planned, comes to pass, and time moves on.

const BEATS = ['plan', 'thread', 'start', 'pause', 'complete', 'skip', 'tie'] as const;
export type Beat = (typeof BEATS)[number];

/** Where a story stands in the round. `step` counts the player's turns from 0, `cycle` the rounds. */
export const beatOf = ({
	turn
}: {
	readonly turn: number;
}): { readonly step: number; readonly cycle: number; readonly beat: Beat; readonly at: number } => {
	// as safe as the port is asked to be: any number will do
	const step = Math.max(0, Math.trunc(turn) - 1 || 0);
	const at = step % BEATS.length;
	return { step, cycle: Math.floor(step / BEATS.length), at, beat: BEATS[at] ?? 'pause' };
};

/** The beat has come in this round, or is past. */
export const isDue = (at: number, beat: Beat): boolean => at >= BEATS.indexOf(beat);
