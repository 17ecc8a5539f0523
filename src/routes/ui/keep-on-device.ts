// Asks the browser not to clear what is stored here when space runs out.

let asked = false;

/**
 * Asks once per page, after the first real use: by then there is something to keep, and a person who is asked knows why.
 * Some browsers ask them, some decide by themselves. Settings shows the answer.
 */
export const keepOnDevice = async (): Promise<void> => {
	if (asked || !('storage' in navigator)) return;
	asked = true;
	try {
		if (!(await navigator.storage.persisted())) await navigator.storage.persist();
	} catch {
		// a window that stores nothing refuses the question too
	}
};
