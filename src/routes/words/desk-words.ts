// Words of the desk: members, cases, hand-offs, the queue. Loaded with its screens only; another language is another file
// like en-desk.ts.
import { desk } from './en-desk.ts';

/** A language: same keys, same parameters. */
export type DeskWords = typeof desk;

export const deskWords: DeskWords = desk;

/** Words of a brief, by what is handed over. */
export const briefWords = (kind: 'story' | 'case'): DeskWords['brief'] =>
	kind === 'case' ? deskWords.brief : { ...deskWords.brief, ...deskWords.storyBrief };
