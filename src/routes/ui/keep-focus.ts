// Keeps the keyboard's place: when what had the focus leaves the page, the nearest thing around it that stayed takes over.

/**
 * Watches the elements below `root`. Without it the focus falls to the body, and a screen reader to the top of the page,
 * whenever a row is archived, an editor closes or an offer is answered. Returns how to stop.
 */
export const keepFocus = (root: HTMLElement): (() => void) => {
	/** What last had the focus, and what it stood in, inside out. */
	let place: readonly HTMLElement[] = [];
	const note = (event: FocusEvent) => {
		place = event
			.composedPath()
			.filter((node): node is HTMLElement => node instanceof HTMLElement && root.contains(node));
	};
	const look = () => {
		if (place[0] === undefined || place[0].isConnected || document.activeElement !== document.body) return;
		const near = place.find((element) => element.isConnected);
		place = [];
		if (near === undefined) return;
		if (near.tabIndex < 0) near.tabIndex = -1;
		near.focus({ preventScroll: true });
	};
	const observer = new MutationObserver(look);
	root.addEventListener('focusin', note);
	// dialogs are put beside the root, and give the focus back when they go
	observer.observe(document.body, { childList: true, subtree: true });
	return () => {
		root.removeEventListener('focusin', note);
		observer.disconnect();
	};
};
