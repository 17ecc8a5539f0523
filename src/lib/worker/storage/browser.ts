// The browser's locks and BroadcastChannel in the shape the tabs use, and stand-ins where a browser has none.
import type { Locks } from './leadership.ts';
import { CHANNEL } from './tab-messages.ts';
import type { Channel } from './tabs.ts';

/** Names given to locks and channel, so that tests can run several libraries beside each other. */
const scoped = (name: string, scope: string): string => (scope === '' ? name : `${name}:${scope}`);

/** Web Locks. Without them the lock is granted at once, and opening the files says what is missing. */
export const browserLocks = (scope = ''): Locks => {
	if (!('locks' in navigator))
		return { request: (_name, _options, held) => held(), heldNames: () => Promise.resolve([]) };
	const { locks } = navigator;
	const prefix = scope === '' ? '' : `:${scope}`;
	return {
		request: async (name, { mode, signal }, held) => {
			await locks.request(scoped(name, scope), signal === undefined ? { mode } : { mode, signal }, held);
		},
		heldNames: async () =>
			((await locks.query()).held ?? []).flatMap(({ name }) =>
				name?.endsWith(prefix) === true ? [name.slice(0, name.length - prefix.length)] : []
			)
	};
};

const openChannel = (name: string): BroadcastChannel | null => {
	try {
		return 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : null;
	} catch {
		// where the site's data is blocked; locks are refused there too, and that is told
		return null;
	}
};

/** The channel all tabs of this origin share. */
export const browserChannel = (scope = ''): Channel => {
	const channel = openChannel(scoped(CHANNEL, scope));
	if (channel === null) return { post: () => undefined, onMessage: () => undefined, close: () => undefined };
	return {
		post: (message) => {
			channel.postMessage(message);
		},
		onMessage: (listener) => {
			channel.addEventListener('message', (event: MessageEvent<unknown>) => {
				listener(event.data);
			});
		},
		close: () => {
			channel.close();
		}
	};
};
