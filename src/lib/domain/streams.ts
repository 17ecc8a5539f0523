// The names of streams, and the shapes of the ids in them.
import { z } from './kernel/schema.ts';

/** Bots, personas and everything else that belongs to no chat. */
export const LIBRARY = 'library';

export const chatStream = (chatId: string): string => `chat:${chatId}`;

/** Ids that leave the database are UUIDs. */
export const id = z.uuid();

/** SHA-256 of an asset, in hex. */
export const assetHash = z.string().regex(/^[0-9a-f]{64}$/);
