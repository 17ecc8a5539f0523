// Keeps the keyboard's place: what had the focus has it again when it was only moved, and when it leaves the page, the
// nearest thing around it that stayed takes over.

/**
 * Watches the elements below `root`. Without it the focus falls to the body, and a screen reader to the top of the page,
 * whenever a row is archived, an editor closes or an offer is answered. Returns how to stop.
 */
export const keepFocus = (root: HTMLElement): (() => void) => {
	/** What last had the focus, in a dialog too. */
	let last: HTMLElement | null = null;
	/** What last had it within the root, and what that stood in, inside out. */
	let place: readonly HTMLElement[] = [];
	const note = (event: FocusEvent) => {
		last = event.target instanceof HTMLElement ? event.target : null;
		const within = event
			.composedPath()
			.filter((node): node is HTMLElement => node instanceof HTMLElement && root.contains(node));
		if (within.length > 0) place = within;
	};
	const look = (records: readonly MutationRecord[]) => {
		if (document.activeElement === document.body && last?.isConnected === true) {
			const held = last;
			// a list in another order: a browser takes the focus from what is taken out to be put in elsewhere
			const isMoved = records.some(({ removedNodes }) =>
				[...removedNodes].some((node) => node.contains(held))
			);
			if (isMoved) held.focus({ preventScroll: true });
			return;
		}
		if (place[0] === undefined || place[0].isConnected || document.activeElement !== document.body) return;
		const near = place.find((element) => element.isConnected);
		place = [];
		if (near === undefined) return;
		if (near.tabIndex < 0) near.tabIndex = -1;
		near.focus({ preventScroll: true });
	};
	const observer = new MutationObserver(look);
	document.addEventListener('focusin', note);
	// dialogs are put beside the root, and give the focus back when they go
	observer.observe(document.body, { childList: true, subtree: true });
	return () => {
		document.removeEventListener('focusin', note);
		observer.disconnect();
	};
};
