// Effects: what a turn brought about, as a list under it; and one of them taken back by hand.
import { defineEvent } from '../kernel/event.ts';
import { z } from '../kernel/schema.ts';
import { id } from '../streams.ts';

/** One effect of a turn was taken back by hand. It says so in the log, and changes nothing else. */
export const effectUndone = defineEvent({
	kind: 'effect_undone',
	payload: z.object({ eventId: id, kind: z.string().max(60) }),
	upcasts: [],
	writes: [],
	project: () => [],
	named: ({ kind }) => kind
});
