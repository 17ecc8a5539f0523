// Who is in a story, as its events and tables name them.
import { z } from '../kernel/schema.ts';
import { id } from '../streams.ts';

/** The player, or a bot by its id. */
export const entity = z.union([z.literal('you'), id]);

export type Entity = z.output<typeof entity>;
