// Browsers let a page reach the player's own machine only after asking, and ask only for a request the page itself makes.

/** What is needed of the browser. */
export interface LocalNetwork {
	readonly fetch: typeof fetch;
	/** The name this page itself was served from. */
	readonly hostname: string;
	/** How the permission for this machine stands; null where the browser knows none. */
	readonly permission: () => Promise<Pick<PermissionStatus, 'state' | 'addEventListener'> | null>;
}

/** A server that takes a request and never answers is not waited for: the question was raised when it took it. */
const PROBE_LIMIT_MS = 3000;
/** Somebody reads the question before answering it. */
const ANSWER_LIMIT_MS = 60_000;

/** Whether a host is the player's own machine, as browsers see it: all of 127.0.0.0/8, `::1`, and names of localhost. */
export const isThisMachine = (hostname: string): boolean =>
	hostname === 'localhost' ||
	hostname.endsWith('.localhost') ||
	hostname === '[::1]' ||
	/^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/u.test(hostname);

/** Whether an address is on the player's own machine. */
export const isLocal = (url: string): boolean => URL.canParse(url) && isThisMachine(new URL(url).hostname);

/**
 * Where the page asks for an address of this machine. The permission is for the whole machine, and the page's policy lets
 * it go there over plain http by two names only (decisions/0006): so https and the other names are asked for by those, at
 * their port. Browsers ask when the port takes the connection, before a word is said on it.
 */
const probeFor = (url: string): string | null => {
	if (!isLocal(url)) return null;
	const { hostname, protocol, port } = new URL(url);
	const name = hostname === '127.0.0.1' ? hostname : 'localhost';
	return `http://${name}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
};

const browser: LocalNetwork = {
	fetch: (input, init) => fetch(input, init),
	hostname: typeof location === 'undefined' ? '' : location.hostname,
	permission: async () => {
		for (const name of ['loopback-network', 'local-network-access'])
			try {
				// newer than TypeScript's list of permission names
				return await navigator.permissions.query({ name: name as PermissionName });
			} catch {
				continue;
			}
		return null;
	}
};

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Makes the one harmless request on which the browser asks its question, when the address is on this machine, and waits
 * until it was answered, at most a minute. Call it in a click. What the server says is not read: whether it is there is
 * told by what follows.
 */
export const allowLocalNetwork = async (url: string, around: LocalNetwork = browser): Promise<void> => {
	const probe = probeFor(url);
	if (probe === null) return;
	const permission = await around.permission();
	const asking = permission?.state === 'prompt';
	const hangUp = new AbortController();
	const settled = around
		.fetch(probe, {
			mode: 'no-cors',
			credentials: 'omit',
			referrerPolicy: 'no-referrer',
			cache: 'no-store',
			signal: hangUp.signal
		})
		.then(
			() => undefined,
			() => undefined
		);
	const answered = new Promise<void>((resolve) => {
		if (asking) permission.addEventListener('change', () => resolve(), { signal: hangUp.signal });
	});
	await Promise.race([settled, answered, after(asking ? ANSWER_LIMIT_MS : PROBE_LIMIT_MS)]);
	hangUp.abort();
};

/**
 * The same, only where the browser still has its question to ask: it is before something that a person does not do for the
 * connection's sake, and then costs no request. A page of this very machine needs no permission for it.
 */
export const allowWhereAsked = async (url: string, around: LocalNetwork = browser): Promise<void> => {
	if (!isLocal(url) || isThisMachine(around.hostname)) return;
	if ((await around.permission())?.state === 'prompt') await allowLocalNetwork(url, around);
};
