// The page's part in the line: a service worker that does nothing, for the line worker alone (decisions/0018).
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

/** Resolves when the app's own service worker is there, and never where there is none. */
const appIsKept = async (): Promise<void> => {
	const { active } = await navigator.serviceWorker.ready;
	if (active !== null) await activated(active);
};

/**
 * Makes the place from where a line worker can hang up. True when it is there: a worker that started sooner would not
 * be in it. False where it is not needed, or refused, as in a private window.
 */
export const makeLineScope = async (): Promise<boolean> => {
	if (!needsLine()) return false;
	try {
		// no line is needed before; and a worker that starts another while it is taken over stands still for good (seen in 153)
		await appIsKept();
		const { active, waiting, installing } = await navigator.serviceWorker.register(trustedScriptUrl(SCRIPT), {
			scope: SCOPE
		});
		const worker = active ?? waiting ?? installing;
		return worker !== null && (await activated(worker));
	} catch {
		return false;
	}
};
