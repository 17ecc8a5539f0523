// This tab's own name: what was done here is undone here, and not what another tab did.

const KEY = 'stet-tab';

const taken = (): string | null => {
	try {
		const id = sessionStorage.getItem(KEY);
		sessionStorage.removeItem(KEY);
		return id;
	} catch {
		return null;
	}
};

const leave = (id: string): void => {
	try {
		sessionStorage.setItem(KEY, id);
	} catch {
		// nothing can be stored here: the next load is a tab of its own
	}
};

/**
 * A UUID that a reload of this tab has again. A tab that was duplicated gets one of its own: the id is not stored while
 * the page is looked at, and a copy of the tab copies what is stored. Call once for each page.
 */
export const tabId = (): string => {
	const id = taken() ?? crypto.randomUUID();
	addEventListener('pagehide', () => leave(id));
	addEventListener('pageshow', () => void taken());
	// a tab in the background may be discarded without a word
	document.addEventListener('visibilitychange', () => {
		if (document.visibilityState === 'hidden') leave(id);
		else taken();
	});
	return id;
};
