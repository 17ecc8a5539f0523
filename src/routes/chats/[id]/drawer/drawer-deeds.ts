// What the drawer asks of the story it stands beside: whatever a reply may follow.
import type { Elsewhere } from './MeanwhileForm.svelte';

export type Skip =
	| { readonly kind: 'elision'; readonly minutes: number; readonly label: string }
	| { readonly kind: 'jump'; readonly to: number; readonly label: string; readonly flashback: boolean };

/** Each answers whether it was done. */
export interface DrawerDeeds {
	/** `answer`: a reply is to go on from there. */
	skip(skip: Skip, answer: boolean): Promise<boolean>;
	readonly meanwhile?: (elsewhere: Elsewhere) => Promise<boolean>;
}
