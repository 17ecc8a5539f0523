// What crosses between page and travel worker about hand-offs that leave as files and come as files.
import type { Hidden, Reveal } from '../domain/desk/redact.ts';
import type { TextPlace } from '../domain/desk/redact-payload.ts';
import type { Card, parseCard } from '../domain/library/cards.ts';

export type { Card, Hidden, Reveal };

/** `handoff`: its transcript and all that was done to it. `receipt`: what was done to it, for where it came from. */
export interface ReviewHandoff {
	readonly handoffId: string;
	readonly as: 'handoff' | 'receipt';
}

/** What would leave, and what is hidden in it. Values are for the person who looks: they leave with nothing. */
export interface HandoffReview extends ReviewHandoff {
	readonly title: string;
	readonly turns: number;
	readonly events: number;
	readonly pictures: number;
	readonly hidden: readonly (Hidden & {
		/** How often it stands in all of it. */
		readonly times: number;
		/** The first of them, each with the words around it as they would leave. */
		readonly places: readonly (TextPlace & { readonly excerpt: string })[];
	})[];
}

export type ReviewRefusal =
	| { readonly type: 'handoff_unknown'; readonly handoffId?: string }
	/** Its chat is not here any more: only a receipt can be made. */
	| { readonly type: 'chat_unknown'; readonly chatId: string }
	| { readonly type: 'handoff_too_long'; readonly events: number; readonly maxEvents: number }
	/** Something has to be hidden where an event allows no placeholder. */
	| { readonly type: 'cannot_hide'; readonly kind: string; readonly field: string };

export interface PackHandoff {
	/** The member who sends it. */
	readonly actor: string;
	/** What is given away all the same. A weighty secret needs a reason, which is kept with the hand-off. */
	readonly reveals: readonly Reveal[];
	/** Keys of contacts; or a passphrase of six words, which is made here. */
	readonly to: readonly string[] | 'passphrase';
}

export interface PackedHandoff {
	readonly file: Blob;
	/** A file name that tells nothing of what it is about. */
	readonly name: string;
	/** To be told on another way than the file; shown once. Null for one that is sealed for contacts. */
	readonly passphrase: string | null;
	readonly to: readonly string[];
	readonly hidden: number;
	readonly revealed: number;
}

export type PackRefusal =
	| ReviewRefusal
	| { readonly type: 'run_gone' }
	| { readonly type: 'reveal_unknown'; readonly placeholder: string }
	| { readonly type: 'reveal_needs_reason'; readonly placeholder: string }
	| { readonly type: 'contact_unknown'; readonly key: string }
	| { readonly type: 'nobody_chosen' }
	/** This browser cannot make the keys it takes. */
	| { readonly type: 'keys_unavailable' }
	/** Nobody said yet what others shall read on this device's card. */
	| { readonly type: 'name_needed' }
	| { readonly type: 'handoff_too_large'; readonly bytes: number; readonly maxBytes: number }
	| { readonly type: 'member_unknown' }
	| { readonly type: 'member_may_not' };

/** A card, as text to copy and as words to compare aloud. */
export interface ShownCard {
	readonly card: Card;
	readonly text: string;
	readonly fingerprint: string;
}

export type CardRefusal = Extract<ReturnType<typeof parseCard>, { ok: false }>['error'];

/** This device's own card. `keys`: whether this browser can have any; `card`: null until a name is said. */
export interface OwnCard {
	readonly keys: boolean;
	readonly shown: ShownCard | null;
}

export interface LookIntoHandoff {
	readonly file: Blob;
	/** Empty when none was asked for. */
	readonly passphrase: string;
}

/** What a file of a hand-off is and what bringing it in would do. */
export interface HandoffReport {
	readonly kind: 'handoff' | 'receipt';
	readonly handoffId: string;
	readonly title: string;
	/** When it was made, as it says itself. */
	readonly at: number;
	readonly from: {
		/** What they call themselves; for a contact, what they are called here. */
		readonly name: string;
		readonly fingerprint: string;
		/** `known`: a contact signed it. `unknown`: nobody knows whose signature this is. `alike`: nor here, but it goes by a contact's name. */
		readonly standing: 'known' | 'unknown' | 'alike';
		/** Their card, to be added. */
		readonly card: string;
	};
	readonly turns: number;
	/** What was done to the hand-off that is not known here. */
	readonly acts: number;
	/** `apart`: the chat is here with other words, and comes as one of its own. */
	readonly chat: 'none' | 'new' | 'same' | 'apart';
	/** Nothing would change: it came before. */
	readonly nothing: boolean;
}
