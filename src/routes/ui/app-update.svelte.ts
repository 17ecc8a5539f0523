// Tells the screens when a new version waits and when the app can be installed, and does either when asked.
import { Workbox } from 'workbox-window';
import { trustedScriptUrl } from '#lib/worker/script-url.ts';

/** What is used of a Workbox window. */
type VersionSource = Pick<Workbox, 'addEventListener' | 'messageSkipWaiting'>;

/** The event with which Chromium offers installation (not in TypeScript's library). */
interface InstallPromptEvent extends Event {
	prompt(): Promise<unknown>;
}

/** One page's view of the app's versions. Screens use `appUpdate`; the class is exported for its test. */
export class AppUpdate {
	/** A newer version is on this device, and this page still runs the older one. */
	updateReady = $state(false);
	/** The person asked for it; it waits for a running reply to end. */
	wanted = $state(false);
	/** The browser offers to install the app. */
	canInstall = $state(false);

	#reload: () => void;
	#source: VersionSource | undefined;
	#installPrompt: InstallPromptEvent | undefined;
	#busy = false;
	/** The newer service worker already serves this page, here or because another tab asked. */
	#takenOver = false;
	#asked = false;
	#reloading = false;

	constructor(reload: () => void) {
		this.#reload = reload;
	}

	/**
	 * Listens for newer versions.
	 * @param controlled whether a service worker served this page when it was opened; if not, the first to take it is no update
	 */
	follow(source: VersionSource, controlled: boolean): void {
		let served = controlled;
		this.#source = source;
		source.addEventListener('waiting', () => {
			this.updateReady = true;
		});
		source.addEventListener('controlling', () => {
			if (served) {
				this.#takenOver = true;
				this.updateReady = true;
				if (this.wanted) this.apply(this.#busy);
			}
			served = true;
		});
	}

	/**
	 * Changes to the newer version by loading the page anew. While `busy`, it only notes the wish: call it again with
	 * each change of `busy` while `wanted`. Never interrupts a running reply.
	 */
	apply(busy: boolean): void {
		this.#busy = busy;
		if (!this.updateReady) return;
		this.wanted = true;
		if (busy || this.#reloading) return;
		if (this.#takenOver) {
			this.#reloading = true;
			this.#reload();
		} else if (!this.#asked) {
			this.#asked = true;
			this.#source?.messageSkipWaiting();
		}
	}

	/** Keeps the browser's offer to install for a button of ours. */
	offerInstall(event: Event): void {
		if (!isInstallPrompt(event)) return;
		event.preventDefault();
		this.#installPrompt = event;
		this.canInstall = true;
	}

	/** Shows the browser's question. It may be asked once; the browser offers again when it sees fit. */
	async install(): Promise<void> {
		const prompt = this.#installPrompt;
		this.forgetInstall();
		await prompt?.prompt();
	}

	/** The app was installed, or the offer used up. */
	forgetInstall(): void {
		this.#installPrompt = undefined;
		this.canInstall = false;
	}
}

/** This page's. */
export const appUpdate = new AppUpdate(() => {
	location.reload();
});

/** Makes the app available offline and keeps `appUpdate` true. Call once, when the page has started. */
export const registerApp = async (): Promise<void> => {
	addEventListener('beforeinstallprompt', (event) => {
		appUpdate.offerInstall(event);
	});
	addEventListener('appinstalled', () => {
		appUpdate.forgetInstall();
	});
	// the development server has no list of files to keep
	if (import.meta.env.DEV || !('serviceWorker' in navigator)) return;
	const workbox = new Workbox(trustedScriptUrl('/service-worker.js'));
	appUpdate.follow(workbox, navigator.serviceWorker.controller !== null);
	try {
		await workbox.register();
	} catch {
		// a private window may refuse: the app then works as long as the network does
		return;
	}
	// a tab may stay open for weeks, and browsers look for a new version only when a page is opened
	document.addEventListener('visibilitychange', () => {
		if (document.visibilityState === 'visible' && navigator.onLine) workbox.update().catch(() => undefined);
	});
};

const isInstallPrompt = (event: Event): event is InstallPromptEvent =>
	'prompt' in event && typeof event.prompt === 'function';
