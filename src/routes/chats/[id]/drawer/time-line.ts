// What the time line of a story tells, by day: scenes, skips and events, in the order in which they lie in the story.

const DAY_MINUTES = 24 * 60;

export interface Moment {
	readonly key: string;
	readonly minutes: number;
	readonly kind: 'scene' | 'meanwhile' | 'skip' | 'flashback' | 'planned' | 'started' | 'completed' | 'now';
	readonly text: string;
	/** What stays of it, in the words of a person; left out where nobody said. */
	readonly stays?: string;
}

export interface Day {
	readonly day: number;
	readonly moments: readonly Moment[];
}

/** What is told, the earliest first; at the same minute in the order it was given. */
export const daysOf = (moments: readonly Moment[]): readonly Day[] => {
	const sorted = [...moments].sort((one, other) => one.minutes - other.minutes);
	const days: { day: number; moments: Moment[] }[] = [];
	for (const moment of sorted) {
		const day = Math.floor(moment.minutes / DAY_MINUTES) + 1;
		const last = days.at(-1);
		if (last?.day === day) last.moments.push(moment);
		else days.push({ day, moments: [moment] });
	}
	return days;
};
