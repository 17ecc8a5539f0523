// The page's part in the line: a worker under a service worker of its own, which does nothing (decisions/0018).
import * as Comlink from 'comlink';
import lineWorkerUrl from './line.worker.ts?worker&url';
import type { ModelWorkerApi } from './protocol.ts';
import { trustedScriptUrl } from './script-url.ts';

const SCRIPT = '/line-scope.js';
/** The beginning of the line worker's address: of all files, it fits that one only. */
const SCOPE = '/_app/immutable/workers/line.worker-';

/**
 * Whether the browser needs the line. The one place where that is decided: by name, since what Firefox does otherwise
 * (seen in 153) shows in nothing a page could try. Others hang up by themselves.
 */
const needsLine = (): boolean =>
	/ Firefox\//.test(navigator.userAgent) && 'serviceWorker' in navigator && !import.meta.env.DEV;

const activated = (worker: ServiceWorker): Promise<boolean> =>
	new Promise((resolve) => {
		const look = (): void => {
			if (worker.state === 'activated') resolve(true);
			else if (worker.state === 'redundant') resolve(false);
		};
		worker.addEventListener('statechange', look);
		look();
	});

/**
 * Makes the place from where a line worker can hang up. True when it is there: a worker that started sooner would not
 * be in it. False where it is not needed, or refused, as in a private window.
 */
const makeLineScope = async (): Promise<boolean> => {
	if (!needsLine()) return false;
	try {
		const { active, waiting, installing } = await navigator.serviceWorker.register(trustedScriptUrl(SCRIPT), {
			scope: SCOPE
		});
		const worker = active ?? waiting ?? installing;
		return worker !== null && (await activated(worker));
	} catch {
		return false;
	}
};

/**
 * Gives the model worker a line where it needs one, and otherwise tells it that there is none. The page starts the line
 * worker, for a Firefox worker that starts another stands still for good now and then. Null where there is none.
 */
export const startLine = async (
	model: Pick<Comlink.Remote<ModelWorkerApi>, 'openLine' | 'loseLine'>,
	isWanted: () => boolean
): Promise<Worker | null> => {
	const made = await makeLineScope();
	if (!isWanted()) return null;
	if (!made) {
		void model.loseLine();
		return null;
	}
	const worker = new Worker(trustedScriptUrl(lineWorkerUrl), { type: 'module', name: 'stet-line' });
	const { port1, port2 } = new MessageChannel();
	// not loaded, as offline or after an update: what there is without it goes on
	worker.addEventListener('error', (event) => {
		event.preventDefault();
		void model.loseLine();
	});
	worker.postMessage(null, [port1]);
	void model.openLine(Comlink.transfer(port2, [port2]));
	return worker;
};
