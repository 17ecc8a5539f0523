// The time as screens of the desk show it: ages and due times move on by themselves.

const TICK_MS = 15_000;

export class Clock {
	now = $state(Date.now());

	/** Call during component set-up. `exactly`: a moment at which something changes, so that it is not told late. */
	constructor(exactly: () => number | null = () => null) {
		$effect(() => {
			const timer = setInterval(() => this.tick(), TICK_MS);
			// timers of a hidden page are late
			const onshow = () => this.tick();
			document.addEventListener('visibilitychange', onshow);
			return () => {
				clearInterval(timer);
				document.removeEventListener('visibilitychange', onshow);
			};
		});
		$effect(() => {
			const at = exactly();
			if (at === null) return undefined;
			const timer = setTimeout(() => this.tick(), Math.min(Math.max(0, at - Date.now()) + 5, 2 ** 31 - 1));
			return () => clearTimeout(timer);
		});
	}

	tick(): void {
		this.now = Date.now();
	}
}
