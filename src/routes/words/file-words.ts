// Words of dialogs and screens that are loaded when they are wanted; another language is another file like en-files.ts.
import { files } from './en-files.ts';

/** A language: same keys, same parameters. */
export type FileWords = typeof files;

export const fileWords: FileWords = files;
