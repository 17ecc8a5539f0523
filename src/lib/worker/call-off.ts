// Calls to a worker that can be called off.

/**
 * Makes a call that can be called off. Then `stop` is told, and the answer is null: at once, or, when `waits`, whatever the
 * call itself answers, which is not null when it went through before it could be stopped.
 */
export const stoppable = <T>(
	signal: AbortSignal | undefined,
	make: () => Promise<T | null>,
	stop: () => Promise<void>,
	waits = false
): Promise<T | null> =>
	new Promise((resolve, reject) => {
		if (signal?.aborted === true) {
			resolve(null);
			return;
		}
		const calling = new AbortController();
		const callOff = (): void => {
			// whoever asked waits no more, whether or not anybody hears of it
			if (!waits) resolve(null);
			stop().catch(reject);
		};
		signal?.addEventListener('abort', callOff, { signal: calling.signal });
		make()
			.then(resolve, reject)
			.finally(() => {
				calling.abort();
			});
	});
