// Browsers let a page reach the player's own machine only after asking, and ask only for a request the page itself makes.

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/|$)/;

/**
 * Makes the one harmless request on which the browser asks its question, when the address is on this machine. Call it in
 * a click. The answer is not read: whether the server is there is told by the test that follows.
 */
export const allowLocalNetwork = async (url: string): Promise<void> => {
	if (!LOOPBACK.test(url)) return;
	const { origin } = new URL(url);
	await fetch(origin, {
		mode: 'no-cors',
		credentials: 'omit',
		referrerPolicy: 'no-referrer',
		cache: 'no-store'
	}).catch(() => undefined);
};
