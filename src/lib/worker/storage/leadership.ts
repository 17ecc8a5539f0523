// Decides which tab holds the files: a Web Lock, held in the worker, that follows the page the person looks at.
import { FILES_LOCK, PROTOCOL } from './tab-messages.ts';

/** The part of `navigator.locks` used here. `held` keeps the lock until its promise settles. */
export interface Locks {
	request(
		name: string,
		options: { readonly mode: 'exclusive' | 'shared'; readonly signal?: AbortSignal },
		held: () => Promise<void>
	): Promise<void>;
	/** Names of all locks held now, in any tab of this origin. */
	heldNames(): Promise<readonly string[]>;
}

// a leader never hands over to a tab of another version: that one could not take up its work
const VISIBLE_LOCK = `stet-visible-${String(PROTOCOL)}`;
const pauseAfterPassingOnMs = 100;

export interface Leadership {
	setVisible(visible: boolean): void;
	/** Asks a hidden leader to look again whether a visible tab is waiting. */
	reconsider(): void;
	/** Leaves the queue for good, giving the lock back if it is held. Settles when it is back. */
	stop(): Promise<void>;
}

/**
 * Waits for the files' lock, calls `lead` while it is held, and waits again. `lead` gets a signal that is aborted
 * when leadership is to be given up, and settles only when the files are closed. `shown` is called once other tabs
 * can see that this one is visible. `refused` is called once, with why, when the browser gives no locks: nothing more
 * comes then. A lock is never stolen.
 */
export const seekLeadership = (deps: {
	readonly locks: Locks;
	readonly visible: boolean;
	readonly lead: (giveUp: AbortSignal) => Promise<void>;
	readonly shown: () => void;
	readonly refused: (why: unknown) => void;
}): Leadership => {
	const { locks } = deps;
	const stopping = new AbortController();
	let visible = deps.visible;
	let giveUp: AbortController | null = null;
	// settles when our own "visible" lock is back, so that it is not mistaken for another tab's
	let shownLock: { hide: () => void; released: Promise<void> } | null = null;
	let released: Promise<void> = Promise.resolve();

	const stopped = (): boolean => stopping.signal.aborted;

	const show = (): void => {
		if (shownLock !== null || stopped()) return;
		const cancelling = new AbortController();
		let hide = (): void => {
			cancelling.abort();
		};
		const until = new Promise<void>((resolve) => {
			const before = hide;
			hide = () => {
				before();
				resolve();
			};
		});
		const request = locks
			.request(VISIBLE_LOCK, { mode: 'shared', signal: cancelling.signal }, () => {
				deps.shown();
				return until;
			})
			.catch(() => undefined);
		released = request;
		shownLock = { hide, released: request };
	};

	const hideNow = (): void => {
		shownLock?.hide();
		shownLock = null;
	};

	const visibleElsewhere = async (): Promise<boolean> => {
		if (visible) return false;
		await released;
		// a browser that does not say who is there leaves leadership where it is
		const held = await locks.heldNames().catch((): readonly string[] => []);
		return held.includes(VISIBLE_LOCK) && !visible;
	};

	const reconsider = (): void => {
		const leading = giveUp;
		if (leading === null || visible) return;
		void visibleElsewhere().then((elsewhere) => {
			if (elsewhere) leading.abort();
		});
	};

	let granted = false as boolean;

	const queue = async (): Promise<void> => {
		while (!stopped()) {
			let passedOn = false as boolean;
			granted = false;
			await locks.request(FILES_LOCK, { mode: 'exclusive', signal: stopping.signal }, async () => {
				granted = true;
				if (stopped()) return;
				if (await visibleElsewhere()) {
					passedOn = true;
					return;
				}
				const leading = new AbortController();
				giveUp = leading;
				// what happened while the lock was on its way
				if (stopped()) leading.abort();
				reconsider();
				try {
					await deps.lead(leading.signal);
				} finally {
					giveUp = null;
				}
			});
			if (passedOn) await new Promise((resolve) => setTimeout(resolve, pauseAfterPassingOnMs));
		}
	};

	if (visible) show();
	const queued = queue().catch((error: unknown) => {
		if (stopped()) return;
		// what is thrown under the lock is a defect
		if (granted) throw error;
		deps.refused(error);
	});

	return {
		setVisible: (now) => {
			if (visible === now) return;
			visible = now;
			if (now) show();
			else {
				hideNow();
				reconsider();
			}
		},
		reconsider,
		stop: async () => {
			stopping.abort();
			giveUp?.abort();
			hideNow();
			await queued;
		}
	};
};
