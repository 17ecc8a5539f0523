// What a title looks like. Apart from the query, so that the model worker need not load tables.
import { z } from '../kernel/schema.ts';

/** What a model is to answer with. */
export const suggestedTitle = z.object({ title: z.string().trim().min(1).max(80) });
