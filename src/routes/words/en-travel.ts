// In English: what the first screens say of taking the library out and bringing files in. The rest is in en-files.ts.

const DAY_MS = 86_400_000;

/** How long ago, in days of the calendar. */
export const daysAgo = (at: number, now: number): string => {
	const midnight = (moment: number) => new Date(moment).setHours(0, 0, 0, 0);
	// a day with a change of clocks is an hour longer or shorter
	const days = Math.round((midnight(now) - midnight(at)) / DAY_MS);
	if (days <= 0) return 'today';
	return days === 1 ? 'yesterday' : `${days.toLocaleString('en')} days ago`;
};

export const travel = {
	travel: {
		import: 'Import',
		download: 'Download',
		/** `at`: null when there was never one. */
		lastBackup: (at: number | null, now: number) =>
			at === null ? 'There is no backup yet.' : `Last backup: ${daysAgo(at, now)}.`,
		reminder: 'Backup',
		downloadBackup: 'Download a backup',
		/** Of a downloaded library, before its day and ending. */
		libraryFile: 'Stet library',
		later: 'Later',
		laterHelp: 'Later: ask again in a week'
	}
};
