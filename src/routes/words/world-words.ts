// Words of the world of a story: what turns brought about, who is where and does what, what is remembered. Loaded with
// a story only; another language is another file like en-world.ts.
import { world } from './en-world.ts';

/** A language: same keys, same parameters. */
export type WorldWords = typeof world;

export const worldWords: WorldWords = world;
