// Work that can wait: one piece after the other, each in a task of its own, so that a message that came meanwhile goes first.

/** Runs what it is given in order, later; not by timers, which browsers slow down. */
export const createInTurn = (): ((run: () => void) => void) => {
	const waiting: (() => void)[] = [];
	const goOn = (): void => {
		const { port1, port2 } = new MessageChannel();
		port1.onmessage = () => {
			port1.close();
			const run = waiting.shift();
			if (waiting.length > 0) goOn();
			run?.();
		};
		port2.postMessage(null);
	};
	return (run) => {
		waiting.push(run);
		if (waiting.length === 1) goOn();
	};
};
