// Tabs that play jobs with the real runner over one app, where every wait is a gate that a history opens in its own order.
import type { Clock } from '#lib/worker/model/clock.ts';
import { createTurnRunner, type Locks } from '#lib/worker/model/turn-runner.ts';
import type { TurnPort } from '#lib/worker/model/port.ts';
import type { JobSignal, ModelFailure, StreamNews } from '#lib/worker/protocol.ts';
import type { Result } from '#lib/domain/kernel/result.ts';
import type { Given } from './given.ts';

/** A number from 0 up to but not including `below`: what happens next is drawn with it. */
export type Draw = (below: number) => number;

/** The same numbers for the same seed (mulberry32). */
export const drawnFrom = (seed: number): Draw => {
	let state = seed >>> 0;
	return (below) => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
};

interface Gate {
	readonly tab: object;
	readonly open: () => void;
	/** When a timer rings; null for what waits for something else. */
	readonly due: number | null;
}

/** What a tab is waiting for. Nothing in it goes on by itself. */
const gated = () => {
	const gates = new Set<Gate>();
	let now = 0;
	/** All that is ready runs: only gates wait, so that one round of the loop is enough. */
	const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
	return {
		settle,
		hold: (tab: object): Promise<void> =>
			new Promise((resolve) => gates.add({ tab, open: resolve, due: null })),
		clockOf: (tab: object): Clock => ({
			now: () => now,
			later: (ms, run) => {
				const gate: Gate = { tab, open: run, due: now + ms };
				gates.add(gate);
				return () => void gates.delete(gate);
			}
		}),
		/** What a tab waits for never comes. */
		forget: (tab: object): void => {
			for (const gate of gates) if (gate.tab === tab) gates.delete(gate);
		},
		/** Opens one gate; timers ring in their order, and mostly when nothing else can happen. False: nothing waits. */
		step: async (draw: Draw): Promise<boolean> => {
			const all = [...gates];
			const ready = all.filter(({ due }) => due === null);
			const [timer] = all
				.filter((gate): gate is Gate & { readonly due: number } => gate.due !== null)
				.toSorted((a, b) => a.due - b.due);
			const rings = timer !== undefined && (ready.length === 0 || draw(5) === 0);
			const gate = rings ? timer : ready[draw(Math.max(1, ready.length))];
			if (gate === undefined) return false;
			if (rings) now = Math.max(now, timer.due);
			gates.delete(gate);
			gate.open();
			await settle();
			return true;
		}
	};
};

/** Web Locks among tabs: one holder for each name, and free again when its tab is gone. */
const lockTable = () => {
	const held = new Map<string, object>();
	return {
		heldBy: (name: string): object | null => held.get(name) ?? null,
		free: (tab: object): void => {
			for (const [name, holder] of held) if (holder === tab) held.delete(name);
		},
		locksOf:
			(tab: object, hold: () => Promise<void>): Locks['request'] =>
			async (name, _options, run) => {
				await hold();
				if (held.has(name)) {
					await run(null);
					return;
				}
				held.set(name, tab);
				try {
					await run({});
				} finally {
					if (held.get(name) === tab) held.delete(name);
				}
			}
	};
};

export interface RunnerTab {
	readonly name: string;
	/** Plays a job as a page asks its worker to. */
	play(jobId: string): void;
	hear(signal: JobSignal): void;
	/** As when the browser kills it: what it waited for never comes, and its locks are free. */
	crash(): void;
	readonly alive: () => boolean;
	/** How many jobs it has been asked to play that have not come to their end. */
	readonly busy: () => number;
}

/** How the world treats the tabs; all of it may change while they play. */
export interface Weather {
	/** Nothing fails, and everything answers. */
	tame: boolean;
	/** A browser that has no locks, or keeps no site data. */
	locks: boolean;
}

const nobody = new Promise<never>(() => undefined);

/** A browser with tabs over one app. `told` hears what they tell; `port` is the model of every connection. */
export const runnerTabs = ({
	at,
	draw,
	weather,
	port,
	told
}: {
	readonly at: Given;
	readonly draw: Draw;
	readonly weather: Weather;
	/** The model as a tab has it; `hold` waits for the next piece of an answer. */
	readonly port: (hold: () => Promise<void>) => TurnPort;
	readonly told: (news: StreamNews) => void;
}) => {
	const gates = gated();
	const locks = lockTable();
	const tabs: RunnerTab[] = [];
	const holders = new Map<object, RunnerTab>();
	const broken: unknown[] = [];
	let ids = 0;

	const open = (): RunnerTab => {
		const name = `tab-${String(tabs.length + 1)}`;
		const self = {};
		let alive = true;
		let busy = 0;
		const hold = async (): Promise<void> => {
			await gates.hold(self);
			if (!alive) await nobody;
		};
		/** Storage is failing for a moment; what was to be written may be written all the same. */
		const mayFail = (): void => {
			if (!weather.tame && draw(25) === 0) throw new Error('storage is failing');
		};
		const locksOf = locks.locksOf(self, hold);
		const runner = createTurnRunner({
			log: {
				ask: async (query, input) => {
					await hold();
					mayFail();
					const answer: unknown = at.app.ask(query, input);
					await hold();
					return answer;
				},
				dispatch: async (command) => {
					await hold();
					mayFail();
					const result = at.app.dispatch({ ...command, tab: name });
					await hold();
					mayFail();
					return result;
				},
				tell: (news) => {
					if (alive) told(news);
				}
			},
			open: async (): Promise<Result<{ port: TurnPort; meter: null }, ModelFailure>> => {
				await hold();
				return !weather.tame && draw(20) === 0
					? { ok: false, error: { type: 'no-key' } }
					: { ok: true, value: { port: port(hold), meter: null } };
			},
			locks: {
				request: async (lock, options, run) => {
					if (weather.locks) return locksOf(lock, options, run);
					throw new Error('this browser has no locks');
				}
			},
			clock: gates.clockOf(self),
			random: () => draw(1000) / 1000,
			newId: () => `${String((ids += 1)).padStart(8, '0')}-0000-4000-9000-000000000000`
		});
		const tab: RunnerTab = {
			name,
			alive: () => alive,
			busy: () => busy,
			play: (jobId) => {
				busy += 1;
				void runner
					.play(jobId)
					.catch((error: unknown) => broken.push(error))
					.finally(() => (busy -= 1));
			},
			hear: (signal) => {
				if (alive) runner.hear(signal);
			},
			crash: () => {
				alive = false;
				busy = 0;
				gates.forget(self);
				locks.free(self);
			}
		};
		holders.set(self, tab);
		tabs.push(tab);
		return tab;
	};
	return {
		open,
		step: () => gates.step(draw),
		settle: gates.settle,
		/** What a run threw: a page shows that as a defect. */
		broken,
		living: () => tabs.filter((tab) => tab.alive()),
		/** The tab that writes a job; null: its lock is free. */
		writerOf: (jobId: string): RunnerTab | null => {
			const holder = locks.heldBy(`job:${jobId}`);
			return holder === null ? null : (holders.get(holder) ?? null);
		},
		signal: (signal: JobSignal): void => {
			for (const tab of tabs) tab.hear(signal);
		}
	};
};
