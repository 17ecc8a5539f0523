// How a key is entered, as the form holds it.

export interface KeyEntry {
	choice: 'keep' | 'none' | 'set';
	secret: string;
	keep: 'remembered' | 'session' | 'passphrase';
	/** To be set or given before a key is sealed with it. */
	passphrase: string;
}
