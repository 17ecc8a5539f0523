// Which addresses a connection may have: https anywhere, plain http only to this machine.

type AddressProblem = 'not-a-url' | 'not-https' | 'other-loopback' | 'has-credentials' | 'has-query';

/** The names of this machine that the app's own policy (connect-src) lets a request go to over plain http. */
const PLAIN_HTTP: ReadonlySet<string> = new Set(['localhost', '127.0.0.1']);

/** True for a host that is this machine itself. */
export const isLoopback = (hostname: string): boolean =>
	hostname === 'localhost' ||
	hostname.endsWith('.localhost') ||
	hostname === '[::1]' ||
	/^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/u.test(hostname);

/**
 * Reads a base address as a person enters it. Trailing slashes and a pasted path of a request, such as `/chat/completions`,
 * are taken off.
 * A query is refused, because keys are sometimes pasted there and addresses are shown and stored in the clear.
 */
export const readAddress = (
	entered: string
): { readonly url: string; readonly origin: string } | { readonly problem: AddressProblem } => {
	let address: URL;
	try {
		address = new URL(entered.trim());
	} catch {
		return { problem: 'not-a-url' };
	}
	if (address.protocol !== 'https:' && address.protocol !== 'http:') return { problem: 'not-a-url' };
	if (address.protocol === 'http:' && !PLAIN_HTTP.has(address.hostname))
		return { problem: isLoopback(address.hostname) ? 'other-loopback' : 'not-https' };
	if (address.username !== '' || address.password !== '') return { problem: 'has-credentials' };
	if (address.search !== '' || address.hash !== '') return { problem: 'has-query' };
	const path = address.pathname
		.replace(/\/+$/u, '')
		.replace(/\/(?:chat\/completions|messages|responses)$/u, '');
	return { url: address.origin + path, origin: address.origin };
};
