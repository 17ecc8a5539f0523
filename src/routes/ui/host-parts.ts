// How a host is shown before it is opened: whose it is stands out, whatever is written before it.

/** Domains that stand below words like `co` in `co.uk` are a name longer. */
const SHORT_WORD_MAX = 3;

/** A host of a link (ASCII, maybe with a port) in two parts, which together are the whole: `owner` is what a site is registered by, about. */
export const hostParts = (host: string): { readonly before: string; readonly owner: string } => {
	const labels = host.split('.');
	const [name = ''] = (labels.at(-1) ?? '').split(':');
	// an address in numbers has no owner in it
	if (labels.length <= 2 || host.startsWith('[') || /^\d+$/.test(name)) return { before: '', owner: host };
	const second = labels.at(-2) ?? '';
	const words = name.length === 2 && second.length <= SHORT_WORD_MAX ? 3 : 2;
	const at = Math.max(0, labels.length - words);
	const owner = labels.slice(at).join('.');
	return { before: host.slice(0, host.length - owner.length), owner };
};

/** Whether letters of the host are not shown as they are meant, because they may look like others. */
export const isForeign = (host: string): boolean => /(?:^|\.)xn--/.test(host);
