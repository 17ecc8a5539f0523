// The table of priorities, for screens that show what a choice comes to before anything is written.
import { defineQuery } from '../kernel/query.ts';
import { z } from '../kernel/schema.ts';
import { priorityOf } from './priority.ts';

const DEGREES = [1, 2, 3] as const;

/** The priority of every impact (rows) and urgency (columns), the highest of each first. */
export const priorities = defineQuery({
	name: 'priorities',
	input: z.object({}),
	reads: [],
	answer: () => DEGREES.map((impact) => DEGREES.map((urgency) => priorityOf(impact, urgency)))
});
