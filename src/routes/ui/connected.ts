// This page's one connection to its workers, made before any screen is there: the library opens while the screens load.
import { connect, type Client } from '#lib/worker/client.ts';
import { tabId } from './tab-id.ts';

interface Connected {
	readonly client: Client;
	readonly tab: string;
}

let made: Connected | null = null;

/** The client of this page and the id of its tab; the first call begins to open the library. */
export const connected = (): Connected => {
	if (made === null) {
		const tab = tabId();
		made = { client: connect(tab), tab };
	}
	return made;
};
