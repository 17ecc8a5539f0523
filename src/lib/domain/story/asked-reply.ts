// What a reply is asked for: who is to speak, after which turn, and as what.
import type { Chat } from './chats.ts';
import type { ToldLine } from './teller.ts';

/** What a reply is asked for. */
export interface Asked {
	readonly jobId: string;
	readonly chat: Chat;
	/** The host, the guest, or the player with a draft; null: the narrator of a scene elsewhere. */
	readonly speakerId: string | null;
	/** The turn that is answered; in a scene elsewhere the one that is followed. */
	readonly turnId: string;
	readonly alternative: number;
	/**
	 * `reply`: to the answered turn. `interjection`: a word put in after the reply `after`. `meanwhile`: in a scene without the
	 * player, which began with the turn `begunBy`, in a place, among these. `draft`: what the player may say next.
	 */
	readonly as:
		| { readonly kind: 'reply' | 'draft' }
		| { readonly kind: 'interjection'; readonly after: string }
		| {
				readonly kind: 'meanwhile';
				readonly meanwhileId: string;
				readonly begunBy: string;
				readonly containerId: string | null;
				/** In words, where no container is known. */
				readonly place: string;
				readonly participants: readonly string[];
		  };
	readonly note?: string | null;
	readonly edited?: string | null;
	readonly goesOn?: string | null;
	/** What other parts of the app tell of the chat. */
	readonly told: readonly ToldLine[];
	readonly room?: { readonly tokens: number; readonly ratio: number } | null;
}
