// Time as the model layer sees it, so that a test can hold it still.

export interface Clock {
	/** Milliseconds; only differences mean something. */
	now(): number;
	/** Runs once after `ms`; the returned function calls it off. */
	later(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
	now: () => performance.now(),
	later: (ms, run) => {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	}
};

/** Resolves after `ms`, or at once when the signal is aborted; look at the signal to know which. */
export const pause = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> =>
	new Promise((resolve) => {
		if (signal.aborted) {
			resolve();
			return;
		}
		const wake = (): void => {
			callOff();
			signal.removeEventListener('abort', wake);
			resolve();
		};
		const callOff = clock.later(ms, wake);
		signal.addEventListener('abort', wake, { once: true });
	});

/** What `work` resolves to, or `'aborted'` as soon as the signal is: for work that cannot be called off. */
export const untilAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T | 'aborted'> => {
	let wake = (): void => undefined;
	const aborted = new Promise<'aborted'>((resolve) => {
		wake = () => resolve('aborted');
		if (signal.aborted) wake();
		else signal.addEventListener('abort', wake, { once: true });
	});
	try {
		return await Promise.race([work, aborted]);
	} finally {
		signal.removeEventListener('abort', wake);
	}
};
