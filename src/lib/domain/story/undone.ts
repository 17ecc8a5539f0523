// What the log says of an undo.
import { defineEvent } from '../kernel/event.ts';
import { z } from '../kernel/schema.ts';

/** What a command had written was taken back. It says so in the log, and changes nothing else. */
export const undone = defineEvent({
	kind: 'undone',
	payload: z.object({ command: z.string() }),
	upcasts: [],
	writes: [],
	project: () => [],
	named: ({ command }) => command
});
