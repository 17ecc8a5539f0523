// Which addresses a connection may have: https anywhere, plain http only to this machine.

type AddressProblem = 'not-a-url' | 'not-https' | 'has-credentials' | 'has-query';

/** True for a host that is this machine itself. */
export const isLoopback = (hostname: string): boolean =>
	hostname === 'localhost' ||
	hostname.endsWith('.localhost') ||
	hostname === '[::1]' ||
	/^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/u.test(hostname);

/**
 * Reads a base address as a person enters it. Trailing slashes and a pasted `/chat/completions` are taken off.
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
	if (address.protocol === 'http:' && !isLoopback(address.hostname)) return { problem: 'not-https' };
	if (address.username !== '' || address.password !== '') return { problem: 'has-credentials' };
	if (address.search !== '' || address.hash !== '') return { problem: 'has-query' };
	const path = address.pathname.replace(/\/+$/u, '').replace(/\/chat\/completions$/u, '');
	return { url: address.origin + path, origin: address.origin };
};
