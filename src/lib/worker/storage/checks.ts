// Verification as a piece of background work: in slices, one at a time, on demand and, once in a while, when all is quiet.
import type { App } from '../../domain/kernel/app.ts';
import type { VerifyReport } from '../../domain/kernel/verify.ts';
import type { Progress } from '../protocol.ts';
import type { Connection } from './sqlite.ts';
import { StoreClosed } from './store-closed.ts';

/** How long nothing is asked before Stet checks itself, and how long until it does so again. */
const QUIET_MS = 60_000;
const AGAIN_MS = 6 * 60 * 60_000;
const CALLED_OFF_KEPT = 100;

export interface Checks {
	/**
	 * Verifies everything, or joins the verification that runs; null when whoever asks under this `run` called it off.
	 * Rejects with {@link StoreClosed} when the file was closed, or opened anew, before it was through.
	 */
	verify(run: string, tell: (progress: Progress) => void): Promise<VerifyReport | null>;
	/** Who asked under this `run` waits no more. What runs goes on for as long as anybody wants it. */
	stop(run: string): void;
	/** Something was asked: it is not quiet. */
	disturbed(): void;
	/** No more checks by itself. */
	rest(): void;
}

interface Waiting {
	readonly tell: (progress: Progress) => void;
	readonly resolve: (report: VerifyReport | null) => void;
	readonly reject: (error: unknown) => void;
}

export const createChecks = (deps: {
	/** The open app, null while the file is closed. */
	readonly app: () => App | null;
	readonly openScratch: () => Promise<Connection>;
	/** Told what a check nobody asked for repaired. */
	readonly onRepaired: (report: VerifyReport) => void;
}): Checks => {
	const waiting = new Map<string, Waiting>();
	// a call can come after the word that it is not wanted, or once more after its answer: oldest first
	const calledOff = new Set<string>();
	let running = false;
	/** Nobody asked for it, so nobody can call it off. */
	let byItself = false;
	let resting = false;
	let checkedAt = -AGAIN_MS;
	let timer: ReturnType<typeof setTimeout> | null = null;

	const slice = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

	const run = async (): Promise<VerifyReport | null> => {
		const app = deps.app();
		if (app === null) throw new StoreClosed('the store is closed');
		const scratch = await deps.openScratch();
		try {
			const verification = app.verify(scratch);
			for (;;) {
				// the file was closed, or opened anew after a fault: what was compared is not there any more
				if (deps.app() !== app) throw new StoreClosed('the store was closed during verification');
				if (!byItself && waiting.size === 0) return null;
				const step = verification.next();
				if (step.done === true) {
					checkedAt = performance.now();
					return step.value;
				}
				for (const { tell } of waiting.values()) tell(step.value);
				await slice();
			}
		} finally {
			scratch.close();
		}
	};

	const settleAll = (settle: (one: Waiting) => void): void => {
		running = false;
		byItself = false;
		const all = [...waiting.values()];
		waiting.clear();
		for (const one of all) settle(one);
	};

	const start = (): void => {
		if (running) return;
		running = true;
		run().then(
			(report) => {
				const wanted = waiting.size > 0;
				if (byItself && !wanted && report !== null && report.differences.length > 0) deps.onRepaired(report);
				settleAll(({ resolve }) => {
					resolve(report);
				});
			},
			(error: unknown) => {
				// storage that fails shows at the next command; by itself, it is tried again when it is quiet again
				settleAll(({ reject }) => {
					reject(error);
				});
			}
		);
	};

	const whenQuiet = (): void => {
		timer = null;
		if (resting || running || deps.app() === null || performance.now() - checkedAt < AGAIN_MS) return;
		byItself = true;
		start();
	};

	return {
		verify: (run, tell) => {
			if (calledOff.has(run)) return Promise.resolve(null);
			return new Promise((resolve, reject) => {
				waiting.set(run, { tell, resolve, reject });
				start();
			});
		},
		stop: (run) => {
			calledOff.add(run);
			for (const oldest of calledOff) {
				if (calledOff.size <= CALLED_OFF_KEPT) break;
				calledOff.delete(oldest);
			}
			waiting.get(run)?.resolve(null);
			waiting.delete(run);
		},
		disturbed: () => {
			if (timer !== null) clearTimeout(timer);
			timer = resting ? null : setTimeout(whenQuiet, QUIET_MS);
		},
		rest: () => {
			resting = true;
			if (timer !== null) clearTimeout(timer);
		}
	};
};
