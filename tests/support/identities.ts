// Devices of tests: each with keys of its own, which are forgotten when the test ends.
import { createIdentity, type Identity } from '#lib/worker/travel/identity.ts';
import type { TravelStore } from '#lib/worker/travel/travel-store.ts';

export const storeInMemory = (): TravelStore => {
	const held = new Map<string, unknown>();
	return {
		get: async (key) => held.get(key),
		put: async (key, value) => {
			if (value === undefined) held.delete(key);
			else held.set(key, value);
		}
	};
};

/** A device nobody has named yet. */
export const anIdentity = (store: TravelStore = storeInMemory()): Identity =>
	createIdentity(store, (_, work) => work());
