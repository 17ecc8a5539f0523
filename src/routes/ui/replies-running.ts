// Which replies some tab is writing right now: the tab that writes one holds a Web Lock in its name.

const JOB_LOCK = 'job:';

/**
 * Ids of the jobs whose lock is held or asked for, in any tab. None where the browser tells no locks: a session in
 * memory has no other tab, and knows its own replies by itself.
 */
export const repliesRunning = async (): Promise<ReadonlySet<string>> => {
	const { held = [], pending = [] } = await asked();
	return new Set(
		[...held, ...pending].flatMap(({ name }) =>
			name?.startsWith(JOB_LOCK) === true ? [name.slice(JOB_LOCK.length)] : []
		)
	);
};

const asked = async (): Promise<LockManagerSnapshot> => {
	try {
		return await navigator.locks.query();
	} catch {
		return {};
	}
};
