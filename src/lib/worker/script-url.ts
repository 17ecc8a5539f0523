// The one Trusted Types policy through which this app starts workers: only its own worker files pass.
const OWN_SCRIPTS = /^\/(service-worker|line-scope|_app\/immutable\/workers\/[\w.-]+)\.js$/;

// Vite's development server serves workers from where they lie, and compiles the service worker on request
const OWN_SOURCES =
	/^\/(src\/lib\/worker\/[\w.-]+\.worker\.ts|src\/service-worker\/index\.ts|service-worker\.js)$/;

interface ScriptUrlPolicy {
	createScriptURL(url: string): unknown;
}

/** What browsers with Trusted Types offer (TypeScript's own library does not describe it yet). */
interface WithTrustedTypes {
	readonly trustedTypes?: {
		createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptUrlPolicy;
	};
}

/** The address as it is, or an error when it is not one of our own worker files. */
const checkScriptUrl = (url: string): string => {
	const { origin, pathname } = new URL(url, location.href);
	const own = import.meta.env.DEV ? OWN_SOURCES : OWN_SCRIPTS;
	if (origin !== location.origin || !own.test(pathname))
		throw new TypeError(`Not a worker of this app: ${url}`);
	return url;
};

let policy: ScriptUrlPolicy | undefined;

/**
 * Makes the address of one of our workers acceptable to `new Worker` and `serviceWorker.register` under the page's
 * policy. Throws a TypeError for any other address.
 */
export const trustedScriptUrl = (url: string): string => {
	policy ??= (globalThis as WithTrustedTypes).trustedTypes?.createPolicy('stet-script-url', {
		createScriptURL: checkScriptUrl
	}) ?? { createScriptURL: checkScriptUrl };
	// the DOM's types still say string where a TrustedScriptURL is meant; it must not be turned into one
	return policy.createScriptURL(url) as string;
};
