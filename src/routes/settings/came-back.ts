// What a sign-in brought back in the address, taken out of it before anything else of the app runs (hooks.client.ts).

/** A code to be traded for a key, or that there is none. */
export type CameBack = { readonly kind: 'code'; readonly code: string } | { readonly kind: 'denied' };

/** Longer ones are no code. */
const LONGEST = 1000;

let brought: CameBack | null = null;

/** Reads an address on which a sign-in may have ended; null when it did not. The search goes, whatever it held. */
export const readReturn = (address: URL): { readonly brought: CameBack; readonly address: string } | null => {
	if (!/\/settings\/?$/u.test(address.pathname)) return null;
	const code = address.searchParams.get('code');
	if (code === null && !address.searchParams.has('error')) return null;
	return {
		brought:
			code === null || code === '' || code.length > LONGEST ? { kind: 'denied' } : { kind: 'code', code },
		address: address.pathname + address.hash
	};
};

/** Takes it out of this page's address, and of its history with it. */
export const noteReturn = (): void => {
	const found = readReturn(new URL(location.href));
	if (found === null) return;
	({ brought } = found);
	history.replaceState(history.state, '', found.address);
};

/** What was brought, once. */
export const takeReturn = (): CameBack | null => {
	const taken = brought;
	brought = null;
	return taken;
};
