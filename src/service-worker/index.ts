// Keeps the whole app on the device, so that it starts offline, and never changes the code under a tab that is open.
import { PrecacheController, PrecacheRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

declare const self: ServiceWorkerGlobalScope & {
	/** scripts/precache.js replaces this with the list of the build's files. */
	readonly __WB_MANIFEST: readonly { readonly url: string; readonly revision: string | null }[];
};

const PRECACHE = 'stet-files';
const OLD_TABS = 'stet-old-tabs';
const OLD_TABS_KEY = '/old-tabs';

/**
 * The service workers' own lock (`stet-files` is the storage leader's): a version that installs counts on files it
 * finds, while another may be deleting them.
 */
const CHANGING_FILES = 'stet-app-files';

// one cache for all versions, since most files are the same in the next one;
// workbox's own listeners would delete the last version's files as soon as this one takes over
const files = new PrecacheController({ cacheName: PRECACHE });
files.addToCacheList([...self.__WB_MANIFEST]);

self.addEventListener('install', (event) => {
	event.waitUntil(navigator.locks.request(CHANGING_FILES, () => files.install(event)));
});

self.addEventListener('activate', (event) => {
	event.waitUntil(
		(async () => {
			const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
			await rememberOldTabs(open.map(({ id }) => id));
			await self.clients.claim();
			await forgetOldFiles(event);
		})()
	);
});

self.addEventListener('message', (event) => {
	if (isSkipWaiting(event.data)) void self.skipWaiting();
});

// the first route that fits answers: the page at `/` is a listed file as well
const appShell = files.createHandlerBoundToURL('/');

registerRoute(
	new NavigationRoute(
		(options) => {
			// a new page is a moment when an old one may have gone
			if (options.event instanceof FetchEvent) options.event.waitUntil(forgetOldFiles(options.event));
			return appShell(options);
		},
		{ denylist: [/\.[^/]*$/] }
	)
);

registerRoute(new PrecacheRoute(files));

// a tab of the version before this one: its files are no longer listed, but still here
registerRoute(
	({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith('/_app/immutable/'),
	async ({ request }) =>
		(await caches.match(request, { cacheName: PRECACHE, ignoreSearch: true })) ?? fetch(request)
);

/** Written down, since the browser may stop this worker while those tabs live on. */
const rememberOldTabs = async (ids: readonly string[]): Promise<void> => {
	const store = await caches.open(OLD_TABS);
	await store.put(OLD_TABS_KEY, new Response(JSON.stringify(ids)));
};

/**
 * Deletes the files of earlier versions once no tab that was open when this version took over is left. A later version
 * cannot be told from an earlier one by its files, so nothing is deleted while one installs or waits; the version that
 * takes over next deletes for this one.
 */
const forgetOldFiles = (event: ExtendableEvent): Promise<void> =>
	navigator.locks.request(CHANGING_FILES, { ifAvailable: true }, async (lock) => {
		const { installing, waiting } = self.registration;
		if (lock === null || installing !== null || waiting !== null) return;
		const noted = await caches.match(OLD_TABS_KEY, { cacheName: OLD_TABS });
		if (noted === undefined) return;
		const old: unknown = await noted.json();
		if (!Array.isArray(old)) return;
		const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
		if (open.some(({ id }) => old.includes(id))) return;
		await files.activate(event);
		await caches.delete(OLD_TABS);
	});

const isSkipWaiting = (data: unknown): boolean =>
	typeof data === 'object' && data !== null && 'type' in data && data.type === 'SKIP_WAITING';

const AT_THE_DESK = /\/(?:queue|handoffs\/[^/]+)\/?$/u;

/**
 * Goes to what a notification is about: in a tab that is at the desk, or in a new one. A tab where a story is read, or a reply
 * is written, is left alone.
 */
self.addEventListener('notificationclick', (event) => {
	event.notification.close();
	const data: unknown = event.notification.data;
	if (typeof data !== 'object' || data === null || !('href' in data) || typeof data.href !== 'string') return;
	const { href } = data;
	event.waitUntil(
		(async () => {
			const tabs = await self.clients.matchAll({ type: 'window' });
			const open = tabs.find(({ url }) => AT_THE_DESK.test(new URL(url).pathname));
			if (open === undefined) await self.clients.openWindow(href);
			else await (await open.focus()).navigate(href);
		})()
	);
});
