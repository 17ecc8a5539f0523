// Locks and the vault's channel, with stand-ins where the browser blocks this site's data: then there is one tab only.
import type { Locks } from './turn-runner.ts';
import type { VaultChannel } from './vault.ts';

/** Where locks are missing or refused, the work is done without one: a session in memory has no other tab. */
export const jobLocks = (locks: Locks | undefined): Locks => ({
	request: async (name, options, run) => {
		let granted = false;
		try {
			if (locks === undefined) throw new DOMException('this browser has no locks', 'SecurityError');
			await locks.request(name, options, (lock) => {
				granted = true;
				return run(lock);
			});
		} catch (error) {
			if (granted || !(error instanceof DOMException) || error.name !== 'SecurityError') throw error;
			await run({});
		}
	}
});

/** The channel `open` gives, or one that nobody hears. */
export const vaultChannel = (open: () => VaultChannel): VaultChannel => {
	try {
		return open();
	} catch {
		return { postMessage: () => undefined, addEventListener: () => undefined };
	}
};
