// Plays a durable job: holds its lock, and goes from stage to stage until none is left. Stop ends it in any of them.
import type { JobSignal } from '../protocol.ts';
import { playDecision } from './decision-stage.ts';
import { playProse } from './prose-stage.ts';
import { abandon, askLog, type Run, type RunnerWorld } from './run.ts';

/** How soon a job that was ended or replaced elsewhere stops being paid for. */
const LOOK_EVERY_MS = 3000;

/** The part of `navigator.locks` that is used. */
export interface Locks {
	request(
		name: string,
		options: { readonly ifAvailable: true },
		run: (lock: unknown) => Promise<void>
	): Promise<unknown>;
}

interface TurnRunner {
	/** See `ModelWorkerApi.play`. */
	play(jobId: string): Promise<void>;
	/** Takes a signal from any tab. Signals about other workers' jobs are ignored. */
	hear(signal: JobSignal): void;
}

/** Makes the runner of one worker. */
export const createTurnRunner = (world: RunnerWorld & { readonly locks: Locks }): TurnRunner => {
	const { log, clock } = world;
	const running = new Map<string, Run>();
	const unkept: Run['unkept'] = new Map();

	/**
	 * Asks the log now and then whether it still knows the job: another tab may have ended or replaced it, and before the
	 * first word nothing else would tell. Returns how to stop asking.
	 */
	const watchJob = (run: Run): (() => void) => {
		let callOff: () => void = () => undefined;
		let over = false;
		const look = async (): Promise<void> => {
			if (clock.now() - run.knownAt >= LOOK_EVERY_MS) {
				try {
					if ((await log.ask('stage_request', { jobId: run.jobId })) === null) abandon(run);
					else run.knownAt = clock.now();
				} catch {
					// storage is failing; that says nothing of the job
				}
			}
			if (!over) callOff = clock.later(LOOK_EVERY_MS, () => void look());
		};
		callOff = clock.later(LOOK_EVERY_MS, () => void look());
		return () => {
			over = true;
			callOff();
		};
	};

	const perform = async (run: Run): Promise<void> => {
		const { jobId } = run;
		let asked = await askLog(world, jobId);
		if (asked === null) return;
		const chatId = asked.kind === 'prose' ? asked.request.chatId : asked.chatId;
		const unwatch = watchJob(run);
		try {
			while (asked !== null) {
				run.knownAt = clock.now();
				const goesOn: boolean =
					asked.kind === 'prose' ? await playProse(world, run, asked) : await playDecision(world, run, asked);
				asked = goesOn && !run.gone ? await askLog(world, jobId) : null;
			}
		} finally {
			unwatch();
		}
		// only now: while the job stands open in the log, it has not ended
		log.tell({ kind: 'ended', jobId, chatId });
	};

	/** Performs under the job's lock, or not at all while another tab holds it. Without locks, it performs all the same. */
	const performAlone = async (run: Run): Promise<void> => {
		const lockManager = { answered: false };
		try {
			await world.locks.request(`job:${run.jobId}`, { ifAvailable: true }, async (lock) => {
				lockManager.answered = true;
				if (lock !== null) await perform(run);
			});
		} catch (error) {
			if (lockManager.answered) throw error;
			// a browser without Web Locks, or told to keep no site data; another tab's writer finds the job gone
			await perform(run);
		}
	};

	return {
		play: async (jobId) => {
			if (running.has(jobId)) return;
			const run: Run = {
				jobId,
				stop: new AbortController(),
				retell: () => undefined,
				gone: false,
				knownAt: clock.now(),
				unkept
			};
			// known from the first moment, so that Stop works before the request exists
			running.set(jobId, run);
			try {
				await performAlone(run);
			} finally {
				running.delete(jobId);
			}
		},
		hear: (signal) => {
			const run = running.get(signal.jobId);
			if (run === undefined) return;
			if (signal.kind === 'stop') run.stop.abort();
			else if (signal.kind === 'given-up') abandon(run);
			else run.retell();
		}
	};
};
