// Which replies some tab is writing right now: the tab that writes one holds a Web Lock in its name.

const JOB_LOCK = 'job:';

/** Ids of the jobs whose lock is held or asked for, in any tab. */
export const repliesRunning = async (): Promise<ReadonlySet<string>> => {
	const { held = [], pending = [] } = await navigator.locks.query();
	return new Set(
		[...held, ...pending].flatMap(({ name }) =>
			name?.startsWith(JOB_LOCK) === true ? [name.slice(JOB_LOCK.length)] : []
		)
	);
};
