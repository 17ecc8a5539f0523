// Words of the prompt inspector. Loaded with a story only; another language is another file like en-prompt.ts.
import { prompt } from './en-prompt.ts';

/** A language: same keys, same parameters. */
export type PromptWords = typeof prompt;

export const promptWords: PromptWords = prompt;
