// The words of the interface. Every sentence a person reads comes from here; another language is another file like en.ts.
import { en } from './en.ts';

/** A language: same keys, same parameters. */
export type Words = typeof en;

export const words: Words = en;
