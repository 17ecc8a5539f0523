// Plays a durable job: holds its lock, asks the model, tells the tabs, keeps the draft, and writes the end to the log.
import { z } from 'zod';
import type { Result } from '../../domain/kernel/result.ts';
import { TURN_MAX_CHARS } from '../../domain/story/limits.ts';
import { isSeamOpen, seam } from '../../domain/story/seam.ts';
import type { ProseRequest } from '../../domain/story/prompt.ts';
import { promptShare } from '../../domain/story/prompt-parts.ts';
import type { JobSignal, LogPort, ModelChoice, ModelFailure, StreamNews } from '../protocol.ts';
import { openBill } from './bill.ts';
import { pause, untilAborted, type Clock } from './clock.ts';
import { keepDraft } from './draft.ts';
import { createPromptKeeper } from './keep-prompt.ts';
import { writeEnding, type Ending, type Spent } from './ending.ts';
import { packFirst, streamPacked, type Meter, type Packed } from './packing.ts';
import type { ProseEnd, ProsePort } from './port.ts';
import { cutText, gatherText } from './spoken-text.ts';

const DELTA_EVERY_MS = 40;
/** How soon a job that was ended or replaced elsewhere stops being paid for. */
const LOOK_EVERY_MS = 3000;
const ASK_TIMES = 4;

/** The part of `navigator.locks` that is used. */
export interface Locks {
	request(
		name: string,
		options: { readonly ifAvailable: true },
		run: (lock: unknown) => Promise<void>
	): Promise<unknown>;
}

/** A connection's model, ready to be asked. `meter` null: it takes prompts of any length and counts nothing. */
export interface OpenedModel {
	readonly port: ProsePort;
	readonly meter: Meter | null;
}

interface RunnerWorld {
	readonly log: Pick<LogPort, 'ask' | 'dispatch' | 'tell'>;
	/** The model of a connection, as the chat wants it, or why there is none. */
	readonly open: (
		connectionId: string,
		choice: Omit<ModelChoice, 'connectionId'> | null
	) => Promise<Result<OpenedModel, ModelFailure>>;
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
	choice: z
		.object({
			model: z.string().nullable(),
			temperature: z.number().nullable(),
			topP: z.number().nullable(),
			maxOutputTokens: z.number().nullable()
		})
		.nullable()
		.default(null),
	draft: z.string(),
	goesOn: z.object({ text: z.string(), stands: z.boolean() }).nullable().default(null),
	estimate: z.number().default(0),
	parts: z.array(promptShare).default([]),
	request: z.object({
		jobId: z.string(),
		chatId: z.string(),
		turnId: z.string(),
		alternative: z.number(),
		instructions: z.string(),
		messages: z.array(
			z.object({
				role: z.enum(['user', 'assistant']),
				text: z.string(),
				joints: z.array(z.number()).readonly().exactOptional()
			})
		),
		steady: z.object({ messages: z.number(), chars: z.number() }),
		story: z.object({
			bot: z.string(),
			you: z.string(),
			place: z.string().nullable(),
			turn: z.number(),
			said: z.number(),
			first: z.boolean(),
			words: z.string(),
			speaker: z.enum(['host', 'guest']),
			host: z.string(),
			guest: z.string().nullable(),
			present: z.object({ you: z.boolean(), host: z.boolean(), guest: z.boolean() }),
			interjection: z.boolean(),
			meanwhile: z.boolean(),
			heard: z.string(),
			minutes: z.number(),
			weather: z.string()
		})
	}) satisfies z.ZodType<ProseRequest>
});

/** One job while it runs here. */
interface Run {
	readonly jobId: string;
	readonly stop: AbortController;
	/** Tells all tabs everything so far; set once the request is known. */
	retell: () => void;
	/** The log no longer knows the job: there is nothing left to end. */
	gone: boolean;
	/** When the log last knew the job, by the clock. */
	knownAt: number;
}

const ENDED = { done: 'whole', stopped: 'stopped', length: 'limit' } as const;

const endingOf = (end: ProseEnd, model: string, usage: Spent | null): Ending =>
	end.reason === 'failed'
		? { name: 'fail_reply', failure: end.failure, ...(usage === null ? {} : { model, usage }) }
		: { name: 'finish_reply', ended: ENDED[end.reason], model, usage };

/** What becomes of a job that was given no word. `draft`: it has words of an earlier try, which must not go. */
const endingOfNothing = (end: ProseEnd, draft: boolean): Ending => {
	if (end.reason === 'stopped')
		return draft ? { name: 'fail_reply', failure: { type: 'interrupted' } } : { name: 'drop_reply' };
	return { name: 'fail_reply', failure: end.reason === 'failed' ? end.failure : { type: 'empty' } };
};

const isBlank = (text: string): boolean => text.trim() === '';

/** Makes the runner of one worker. */
export const createTurnRunner = (world: RunnerWorld): TurnRunner => {
	const { log, clock } = world;
	const running = new Map<string, Run>();

	const ask = async (
		jobId: string,
		room: { readonly tokens: number; readonly ratio: number } | null = null
	): Promise<z.infer<typeof replyRequest> | null> => {
		for (let attempt = 1; ; attempt += 1) {
			try {
				return replyRequest
					.nullable()
					.parse(await log.ask('reply_request', room === null ? { jobId } : { jobId, room }));
			} catch (error) {
				if (error instanceof z.ZodError || attempt >= ASK_TIMES) throw error;
				await pause(clock, 250 * 2 ** attempt, new AbortController().signal);
			}
		}
	};

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
					if ((await log.ask('reply_request', { jobId: run.jobId })) === null) abandon(run);
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

	const abandon = (run: Run): void => {
		run.gone = true;
		run.stop.abort();
	};

	const listen = async (
		run: Run,
		{ port, meter }: OpenedModel,
		asked: z.infer<typeof replyRequest>,
		tell: (news: StreamNews) => void
	): Promise<{ readonly text: string; readonly ending: Ending }> => {
		const { request } = asked;
		const before = asked.goesOn?.text ?? '';
		const about = { jobId: run.jobId, chatId: request.chatId };
		let wait: { readonly until: number; readonly reason: string } | null = null;
		const text = gatherText(
			clock,
			DELTA_EVERY_MS,
			(offset, delta) => {
				tell({ kind: 'delta', ...about, offset, delta });
				draft.touch();
			},
			before
		);
		const draft = keepDraft({
			clock,
			said: () => text.said(),
			save: (now) =>
				log.dispatch({
					id: world.newId(),
					name: 'save_draft',
					input: { jobId: run.jobId, text: now }
				}),
			kept: () => {
				run.knownAt = clock.now();
			},
			gone: () => abandon(run)
		});
		const tellWait = (): void => {
			if (wait === null) return;
			const seconds = Math.max(0, Math.ceil((wait.until - clock.now()) / 1000));
			tell({ kind: 'waiting', ...about, seconds, reason: wait.reason });
		};
		run.retell = () => {
			const said = text.said();
			tell({ kind: 'whole', ...about, text: said, stage: said === before ? 'asking' : 'writing' });
			tellWait();
		};

		const bill = openBill(meter);
		const keeper = createPromptKeeper({
			jobId: run.jobId,
			model: port.capabilities.model,
			clock,
			dispatch: (command) => log.dispatch(command),
			newId: world.newId
		});
		let latest: Packed | null = null;
		let room = TURN_MAX_CHARS - before.length;
		let end: ProseEnd = { kind: 'end', reason: 'stopped' };
		/** The first words after those it goes on from, until there are enough to see where they belong; null: no more. */
		let joint: string | null = before === '' ? null : '';
		const add = (words: string): boolean => {
			text.add(cutText(words, room));
			const fits = words.length <= room;
			room -= Math.min(room, words.length);
			return fits;
		};
		const hear = (words: string): boolean => {
			if (joint === null) return add(words);
			joint += words;
			if (isSeamOpen(before, joint)) return true;
			const whole = seam(before, joint);
			joint = null;
			return add(whole);
		};
		const { signal } = run.stop;
		const pack = async (less: { readonly tokens: number; readonly ratio: number }): Promise<Packed | null> =>
			ask(run.jobId, less);
		const first = meter === null ? asked : await packFirst(pack, meter, signal);
		if (first === null) {
			// the log does not know the job any more
			draft.close();
			run.gone = true;
			return { text: '', ending: { name: 'drop_reply' } };
		}
		for await (const part of streamPacked(port, first, meter === null ? null : { pack, meter }, signal, {
			clock,
			random: world.random,
			waiting: (ms, failure) => {
				bill.over();
				wait = { until: clock.now() + ms, reason: failure.type };
				tellWait();
			},
			again: () => {
				wait = null;
				if (latest !== null) bill.sent(latest);
				run.retell();
			},
			sent: (packed) => {
				latest = packed;
				bill.sent(packed);
				keeper.sent(packed);
			}
		})) {
			bill.heard(part);
			if (part.kind === 'end') end = part;
			else if (part.kind === 'text' && !hear(part.text)) {
				// leaving the loop hangs up
				end = { kind: 'end', reason: 'length' };
				break;
			}
		}
		if (joint !== null && !add(seam(before, joint))) end = { kind: 'end', reason: 'length' };
		text.finish();
		draft.close();
		keeper.flush();
		const said = text.said();
		const spent = bill.close(end.reason === 'stopped');
		if (isBlank(said.slice(before.length))) {
			const ending = endingOfNothing(end, asked.goesOn?.stands === false);
			const { model } = port.capabilities;
			return {
				text: asked.goesOn?.stands === false ? before : '',
				ending: ending.name === 'finish_reply' || spent === null ? ending : { ...ending, model, usage: spent }
			};
		}
		return { text: said, ending: endingOf(end, port.capabilities.model, spent) };
	};

	const perform = async (run: Run): Promise<void> => {
		const { jobId } = run;
		const asked = await ask(jobId);
		if (asked === null) return;
		const { request, connectionId, draft, goesOn } = asked;
		const tell = (news: StreamNews): void => log.tell(news);
		const end = async (text: string, ending: Ending): Promise<void> => {
			if (!run.gone) {
				await writeEnding(jobId, text, ending, {
					clock,
					dispatch: (command) => log.dispatch(command),
					newId: world.newId
				});
			}
			// only now: while the job stands open in the log, it has not ended
			tell({ kind: 'ended', jobId, chatId: request.chatId });
		};
		/** Ends a job that was not asked: the draft it was to go on from stays. */
		const endUnasked = (how: ProseEnd): Promise<void> => {
			const kept = goesOn?.stands === false;
			return end(kept ? goesOn.text : '', endingOfNothing(how, kept));
		};
		const before = goesOn?.text ?? '';
		// an earlier run was cut off after its first words: what they become is the user's to say, never asked again
		if (!isBlank(draft) && draft !== before) {
			await end(draft, { name: 'fail_reply', failure: { type: 'interrupted' } });
			return;
		}
		if (run.stop.signal.aborted) {
			await endUnasked({ kind: 'end', reason: 'stopped' });
			return;
		}
		run.retell = () => tell({ kind: 'whole', jobId, chatId: request.chatId, text: before, stage: 'asking' });
		run.retell();
		const unwatch = watchJob(run);
		try {
			// the provider's code may be slow to load, and Stop does not wait for it
			const opened = await untilAborted(world.open(connectionId, asked.choice), run.stop.signal);
			if (opened === 'aborted') {
				await endUnasked({ kind: 'end', reason: 'stopped' });
				return;
			}
			if (!opened.ok) {
				await endUnasked({ kind: 'end', reason: 'failed', failure: opened.error, again: false });
				return;
			}
			const { text, ending } = await listen(run, opened.value, asked, tell);
			await end(text, ending);
		} finally {
			unwatch();
		}
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
				knownAt: clock.now()
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
