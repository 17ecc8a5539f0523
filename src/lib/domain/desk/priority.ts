// How pressing something is: impact and urgency make a priority, and a priority says how soon somebody should pick it up.
import { z } from '../kernel/schema.ts';

/** 1 high, 2 middle, 3 low: of impact and of urgency. */
export const degree = z.number().int().min(1).max(3);

/** P1, the most pressing, to P4. */
export const priority = z.number().int().min(1).max(4);

/** Rows: impact 1 to 3. Columns: urgency 1 to 3. */
const PRIORITIES = [
	[1, 2, 3],
	[2, 3, 4],
	[3, 4, 4]
] as const;

export const priorityOf = (impact: number, urgency: number): number =>
	PRIORITIES[impact - 1]?.[urgency - 1] ?? 4;

const MINUTE_MS = 60_000;

/** How long a hand-off of each priority may wait before somebody should have picked it up. */
export const PICK_UP_WITHIN_MS: Readonly<Record<number, number>> = {
	1: 15 * MINUTE_MS,
	2: 60 * MINUTE_MS,
	3: 4 * 60 * MINUTE_MS,
	4: 24 * 60 * MINUTE_MS
};

export const pickUpWithin = (of: number): number => PICK_UP_WITHIN_MS[of] ?? 24 * 60 * MINUTE_MS;
