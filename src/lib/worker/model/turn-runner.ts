// Plays a durable job: holds its lock, asks the model, tells the tabs, keeps the draft, and writes the end to the log.
import { z } from 'zod';
import type { Result } from '../../domain/kernel/result.ts';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import type { JobSignal, LogPort, ModelFailure, StreamNews } from '../protocol.ts';
import { pause, untilAborted, type Clock } from './clock.ts';
import type { ProsePort, Usage } from './port.ts';
import { streamWithRetry } from './retry.ts';
import { gatherText, type SpokenText } from './spoken-text.ts';

const DELTA_EVERY_MS = 40;
const DRAFT_EVERY_MS = 500;
/** How long the end of a reply is offered to a log that does not take it; the draft has the text in any case. */
const WRITE_FOR_MS = 120_000;
const ASK_TIMES = 4;

/** The part of `navigator.locks` that is used. */
export interface Locks {
	request(
		name: string,
		options: { readonly ifAvailable: true },
		run: (lock: unknown) => Promise<void>
	): Promise<unknown>;
}

interface RunnerWorld {
	readonly log: Pick<LogPort, 'ask' | 'dispatch' | 'tell'>;
	/** The port of a connection, or why there is none. */
	readonly open: (connectionId: string) => Promise<Result<ProsePort, ModelFailure>>;
	readonly locks: Locks;
	readonly clock: Clock;
	readonly random: () => number;
	/** A fresh UUID. */
	readonly newId: () => string;
}

interface TurnRunner {
	/** See `ModelWorkerApi.play`. */
	play(jobId: string): Promise<void>;
	/** Takes a signal from any tab. Signals about other workers' jobs are ignored. */
	hear(signal: JobSignal): void;
}

const replyRequest = z.object({
	connectionId: z.string(),
	draft: z.string(),
	request: z.object({
		jobId: z.string(),
		chatId: z.string(),
		turnId: z.string(),
		alternative: z.number(),
		instructions: z.string(),
		messages: z.array(z.object({ role: z.enum(['user', 'assistant']), text: z.string() })),
		story: z.object({
			bot: z.string(),
			you: z.string(),
			place: z.string().nullable(),
			turn: z.number(),
			words: z.string()
		})
	}) satisfies z.ZodType<ProseRequest>
});

type Ending =
	| {
			readonly name: 'finish_reply';
			readonly ended: 'whole' | 'stopped';
			readonly model: string;
			readonly usage: Usage | null;
	  }
	| { readonly name: 'fail_reply'; readonly failure: ModelFailure }
	| { readonly name: 'drop_reply' };

/** One job while it runs here. */
interface Run {
	readonly jobId: string;
	readonly stop: AbortController;
	/** Tells all tabs everything so far; set once the request is known. */
	retell: () => void;
}

const isBlank = (text: string): boolean => text.trim() === '';

/** Makes the runner of one worker. */
export const createTurnRunner = (world: RunnerWorld): TurnRunner => {
	const { log, clock } = world;
	const running = new Map<string, Run>();

	const ask = async (jobId: string): Promise<z.infer<typeof replyRequest> | null> => {
		for (let attempt = 1; ; attempt += 1) {
			try {
				return replyRequest.nullable().parse(await log.ask('reply_request', { jobId }));
			} catch (error) {
				if (error instanceof z.ZodError || attempt >= ASK_TIMES) throw error;
				await pause(clock, 250 * 2 ** attempt, new AbortController().signal);
			}
		}
	};

	/** Offers the end to the log until it is taken or refused: the same envelope, so that it counts once. */
	const write = async (name: string, input: unknown): Promise<void> => {
		const command = { id: world.newId(), name, input };
		const start = clock.now();
		for (let wait = 500; ; wait = Math.min(wait * 2, 15_000)) {
			try {
				await log.dispatch(command);
				return;
			} catch (error) {
				if (clock.now() - start > WRITE_FOR_MS) throw error;
				await pause(clock, wait, new AbortController().signal);
			}
		}
	};

	/** Keeps the draft at most every 500 ms, one write at a time. `stale` is called when the job is gone. */
	const keepDraft = (
		jobId: string,
		text: SpokenText,
		stale: () => void
	): { touch(): void; close(): void } => {
		let callOff: (() => void) | null = null;
		let writing = false;
		let closed = false;
		let kept = '';
		const save = async (): Promise<void> => {
			callOff = null;
			const now = text.said();
			if (closed || writing || now === kept) return;
			writing = true;
			try {
				const result = await log.dispatch({
					id: world.newId(),
					name: 'save_draft',
					input: { jobId, text: now }
				});
				kept = now;
				if (!result.ok && result.error.type === 'job_unknown') stale();
			} catch {
				// storage is failing; the next draft, or the end, tries again
			} finally {
				writing = false;
			}
			if (text.said() !== kept) touch();
		};
		const touch = (): void => {
			if (!closed) callOff ??= clock.later(DRAFT_EVERY_MS, () => void save());
		};
		return {
			touch,
			close: () => {
				closed = true;
				callOff?.();
			}
		};
	};

	const listen = async (
		run: Run,
		port: ProsePort,
		request: ProseRequest,
		tell: (news: StreamNews) => void
	): Promise<{ readonly text: string; readonly ending: Ending } | 'stale'> => {
		const about = { jobId: run.jobId, chatId: request.chatId };
		const job = { stale: false };
		let wait: { readonly until: number; readonly reason: string } | null = null;
		const text = gatherText(clock, DELTA_EVERY_MS, (offset, delta) => {
			tell({ kind: 'delta', ...about, offset, delta });
			draft.touch();
		});
		const draft = keepDraft(run.jobId, text, () => {
			job.stale = true;
			run.stop.abort();
		});
		const tellWait = (): void => {
			if (wait === null) return;
			const seconds = Math.max(0, Math.ceil((wait.until - clock.now()) / 1000));
			tell({ kind: 'waiting', ...about, seconds, reason: wait.reason });
		};
		run.retell = () => {
			const said = text.said();
			tell({ kind: 'whole', ...about, text: said, stage: said === '' ? 'asking' : 'writing' });
			tellWait();
		};

		let usage: Usage | null = null;
		let ending: Ending = { name: 'drop_reply' };
		const { signal } = run.stop;
		for await (const part of streamWithRetry(port, request, signal, {
			clock,
			random: world.random,
			waiting: (ms, failure) => {
				wait = { until: clock.now() + ms, reason: failure.type };
				tellWait();
			},
			again: () => {
				wait = null;
				run.retell();
			}
		})) {
			if (part.kind === 'text') text.add(part.text);
			else if (part.kind === 'usage') usage = part.usage;
			else if (part.kind === 'end') {
				text.finish();
				const blank = isBlank(text.said());
				const { model } = port.capabilities;
				if (part.reason === 'failed') ending = { name: 'fail_reply', failure: part.failure };
				else if (part.reason === 'stopped') {
					ending = blank ? { name: 'drop_reply' } : { name: 'finish_reply', ended: 'stopped', model, usage };
				} else if (blank) ending = { name: 'fail_reply', failure: { type: 'empty' } };
				else ending = { name: 'finish_reply', ended: 'whole', model, usage };
			}
		}
		draft.close();
		const said = text.said();
		return job.stale ? 'stale' : { text: isBlank(said) ? '' : said, ending };
	};

	const perform = async (run: Run): Promise<void> => {
		const { jobId } = run;
		const asked = await ask(jobId);
		if (asked === null) return;
		const { request, connectionId, draft } = asked;
		const tell = (news: StreamNews): void => log.tell(news);
		const end = async (text: string, { name, ...details }: Ending): Promise<void> => {
			try {
				await write(name, name === 'drop_reply' ? { jobId } : { jobId, text, ...details });
			} finally {
				tell({ kind: 'ended', jobId, chatId: request.chatId });
			}
		};
		// an earlier run was cut off after its first words: what they become is the user's to say, never asked again
		if (!isBlank(draft)) {
			await end(draft, { name: 'fail_reply', failure: { type: 'interrupted' } });
			return;
		}
		if (run.stop.signal.aborted) {
			await end('', { name: 'drop_reply' });
			return;
		}
		run.retell = () => tell({ kind: 'whole', jobId, chatId: request.chatId, text: '', stage: 'asking' });
		run.retell();
		// the provider's code may be slow to load, and Stop does not wait for it
		const opened = await untilAborted(world.open(connectionId), run.stop.signal);
		if (opened === 'aborted') {
			await end('', { name: 'drop_reply' });
			return;
		}
		if (!opened.ok) {
			await end('', { name: 'fail_reply', failure: opened.error });
			return;
		}
		const outcome = await listen(run, opened.value, request, tell);
		if (outcome === 'stale') tell({ kind: 'ended', jobId, chatId: request.chatId });
		else await end(outcome.text, outcome.ending);
	};

	return {
		play: async (jobId) => {
			if (running.has(jobId)) return;
			const run: Run = { jobId, stop: new AbortController(), retell: () => undefined };
			// known from the first moment, so that Stop works before the request exists
			running.set(jobId, run);
			try {
				await world.locks.request(`job:${jobId}`, { ifAvailable: true }, async (lock) => {
					if (lock !== null) await perform(run);
				});
			} finally {
				running.delete(jobId);
			}
		},
		hear: (signal) => {
			const run = running.get(signal.jobId);
			if (run === undefined) return;
			if (signal.kind === 'stop') run.stop.abort();
			else run.retell();
		}
	};
};
