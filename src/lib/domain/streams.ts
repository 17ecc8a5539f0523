// The names of streams, and the shapes of the ids in them.
import { z } from './kernel/schema.ts';

/** Bots, personas and everything else that belongs to no chat. */
export const LIBRARY = 'library';

export const chatStream = (chatId: string): string => `chat:${chatId}`;

/** One hand-off, whoever works on it: it goes on when the chat it came from is rewound or deleted. */
export const handoffStream = (handoffId: string): string => `handoff:${handoffId}`;

const WITH_IDS = [chatStream, handoffStream];

/** The id a stream is named by; null for the library, and for what a later version may have. */
export const idOfStream = (stream: string): string | null => {
	const named = WITH_IDS.find((name) => stream.startsWith(name('')));
	return named === undefined ? null : stream.slice(named('').length);
};

/** The stream of the same sort that another id names; the very stream where it is named by none. */
export const streamWithId = (stream: string, of: string): string =>
	WITH_IDS.find((name) => stream.startsWith(name('')))?.(of) ?? stream;

/** Ids that leave the database are UUIDs. */
export const id = z.uuid();

/** SHA-256 of an asset, in hex. */
export const assetHash = z.string().regex(/^[0-9a-f]{64}$/);
