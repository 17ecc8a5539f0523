// How a key is entered, as the form holds it.
import type { KeyKept } from '#lib/worker/protocol.ts';

export interface KeyEntry {
	choice: 'keep' | 'none' | 'set';
	secret: string;
	keep: KeyKept;
	/** To be set or given before a key is sealed with it. */
	passphrase: string;
	/** The same once more, where it is to be set. */
	repeated: string;
}
