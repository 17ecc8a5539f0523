// What the drawer asks of the story it stands beside: whatever a reply may follow.

export type Skip =
	| { readonly kind: 'elision'; readonly minutes: number; readonly label: string }
	| { readonly kind: 'jump'; readonly to: number; readonly label: string; readonly flashback: boolean };

/** A scene the player is not in. */
export interface Elsewhere {
	readonly place: string;
	readonly premise: string;
	readonly withGuest: boolean;
	readonly limit: number;
}

/** Each answers whether it was done. */
export interface DrawerDeeds {
	/** `answer`: a reply is to go on from there. */
	skip(skip: Skip, answer: boolean): Promise<boolean>;
	meanwhile(elsewhere: Elsewhere): Promise<boolean>;
}
