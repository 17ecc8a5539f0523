// Asks the browser not to clear what is stored here when space runs out, and keeps the few dates that are about this device.

/**
 * `persistence-asked`: the browser was asked to keep what is stored. `verified`: everything was compared with the log.
 * `backup`: the newest backup, 0 when there is none. `backup-later`: somebody does not want to be reminded now.
 * `folder`: backups go to a folder since then; 0 when they do not.
 */
export type DeviceDate = 'persistence-asked' | 'verified' | 'backup' | 'backup-later' | 'folder';

const key = (what: DeviceDate): string => `stet-${what}`;

/** When it was, in milliseconds since 1970 UTC; null when nothing is known. */
export const notedOnDevice = (what: DeviceDate): number | null => {
	try {
		const value = localStorage.getItem(key(what));
		return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null;
	} catch {
		return null;
	}
};

export const noteOnDevice = (what: DeviceDate, at: number): void => {
	try {
		localStorage.setItem(key(what), String(at));
	} catch {
		// what cannot be kept is asked or said again
	}
};

let asked = false;

/**
 * Asks once on each device, after the first real use: by then there is something to keep, and a person who is asked knows
 * why. Some browsers ask them, some decide by themselves. Settings shows the answer, and asks again.
 */
export const keepOnDevice = async (): Promise<void> => {
	if (asked || notedOnDevice('persistence-asked') !== null || !('storage' in navigator)) return;
	asked = true;
	try {
		if (!(await navigator.storage.persisted())) await navigator.storage.persist();
		noteOnDevice('persistence-asked', Date.now());
	} catch {
		// a window that stores nothing refuses the question too
	}
};
