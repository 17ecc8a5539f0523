// The vault's channel, or a stand-in where the browser blocks this site's data: then there is one tab only.
import type { VaultChannel } from './vault.ts';

/** The channel `open` gives, or one that nobody hears. */
export const vaultChannel = (open: () => VaultChannel): VaultChannel => {
	try {
		return open();
	} catch {
		return { postMessage: () => undefined, addEventListener: () => undefined };
	}
};
