// Whether this device tells its person of new hand-offs: asked for on a press, never by itself.

const KEY = 'stet-alerts';

const stored = (): boolean => {
	try {
		return localStorage.getItem(KEY) === 'on';
	} catch {
		return false;
	}
};

class Alerting {
	#wanted = $state(stored());

	constructor() {
		// one tab tells for all of them, whichever of them was asked
		if ('addEventListener' in globalThis)
			addEventListener('storage', ({ key }) => {
				if (key === KEY || key === null) this.#wanted = stored();
			});
	}

	/** Wanted, and the browser allows it. */
	get on(): boolean {
		return this.#wanted && 'Notification' in globalThis && Notification.permission === 'granted';
	}

	/** Answers whether the browser allows it. Call it in a click: browsers want one. */
	async ask(): Promise<boolean> {
		if (!('Notification' in globalThis)) return false;
		const allowed = (await Notification.requestPermission()) === 'granted';
		this.#keep(allowed);
		return allowed;
	}

	stop(): void {
		this.#keep(false);
	}

	#keep(on: boolean): void {
		this.#wanted = on;
		try {
			localStorage.setItem(KEY, on ? 'on' : 'off');
		} catch {
			// it then lasts as long as the page
		}
	}
}

export const alerting = new Alerting();
