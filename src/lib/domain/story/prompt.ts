// What a model is asked for one reply: the request every provider, and the demo storyteller, gets.

export interface ProseMessage {
	readonly role: 'user' | 'assistant';
	readonly text: string;
}

/** Everything a model needs for one reply. Provider-free: adapters turn it into their wire form. */
export interface ProseRequest {
	readonly jobId: string;
	readonly chatId: string;
	/** The user turn that is answered. */
	readonly turnId: string;
	/** 0 for the first reply to the turn, 1 for its first alternative, and so on. */
	readonly alternative: number;
	/** Rules and cast: the stable prefix. */
	readonly instructions: string;
	/** History, oldest first, ending with the words that are answered. */
	readonly messages: readonly ProseMessage[];
	/** Facts in the clear, for the demo storyteller, which reads no prompt. */
	readonly story: {
		readonly bot: string;
		readonly you: string;
		/** A place the story has named, if any. */
		readonly place: string | null;
		/** The user turn's number in the chat, from 1. */
		readonly turn: number;
		/** The player's last words. */
		readonly words: string;
	};
}
