// Numbers and sizes in English.

/** A count and its noun. */
export const plural = (n: number, one: string, many: string): string =>
	`${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** A moment of a story, which is told in minutes since the midnight that began its first day. */
export const storyTime = (minutes: number): string => {
	const ofDay = minutes % DAY_MINUTES;
	const two = (n: number) => String(n).padStart(2, '0');
	return `Day ${String(Math.floor(minutes / DAY_MINUTES) + 1)}, ${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}`;
};

const DAY_MINUTES = 24 * 60;

export const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

/** A limit, which is a round number of MiB or GiB and called MB and GB, as people do. */
export const limit = (bytes: number): string => {
	const mebibytes = Math.round(bytes / 2 ** 20);
	return mebibytes >= 1024 ? `${String(Math.round(mebibytes / 1024))} GB` : `${String(mebibytes)} MB`;
};

/** How large something is, roughly. */
export const roughSize = (bytes: number): string => {
	if (bytes >= 1_000_000_000) return `about ${(bytes / 1_000_000_000).toFixed(1)} GB`;
	if (bytes >= 1_000_000) return `about ${megabytes(bytes)}`;
	return bytes >= 1000 ? `about ${Math.round(bytes / 1000).toLocaleString('en')} kB` : 'less than 1 kB';
};
