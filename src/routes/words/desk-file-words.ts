// Words of hand-offs as files, of contacts and of the desk's settings; another language is another file like en-desk-files.ts.
import { deskFiles } from './en-desk-files.ts';

/** A language: same keys, same parameters. */
export type DeskFileWords = typeof deskFiles;

export const deskFileWords: DeskFileWords = deskFiles;
