// Files that come in: looked into first, kept under the run of whoever asked, brought in when they say so.
import { ok, refuse, type Result } from '../../domain/kernel/result.ts';
import { isStorageFault } from '../../domain/kernel/sql.ts';
import type { Connection } from '../storage/sqlite.ts';
import type { HandoffReport, LookIntoHandoff } from '../handoff-protocol.ts';
import type {
	Backup,
	BringIn,
	BroughtIn,
	FileRefusal,
	FileReport,
	LookIn,
	TravelPort,
	TravelProgress,
	TravelWorkerApi
} from '../travel-protocol.ts';
import { createErrand, FileRefused, Stopped, type Errand } from './errand.ts';
import type { Identity } from './identity.ts';
import type { Work } from './image.ts';
import { lookInto, type Looked } from './look-in.ts';
import { planArrival, standingOf, type Plan } from './report.ts';
import { stageMerge, type Letter } from './stage.ts';
import { pages, type Workshop } from './workshop.ts';

/** A leader that changes again and again: then it is no change of leader. */
const BEGUN_AGAIN = 5;
const RUNS_REMEMBERED = 100;
/** Room a library has to have beside what comes. */
const SPARE_BYTES = 4 * 1024 * 1024;

export interface ArrivalDeps {
	/** The log, once it is connected. */
	readonly port: () => TravelPort;
	readonly openWorkshop: () => Promise<Workshop>;
	/** Whose keys open files of hand-offs. */
	readonly identity: Identity;
	/** Makes a backup before something is brought in; null where it cannot be kept. Rejects when it was stopped. */
	readonly backUp: (work: Work) => Promise<Pick<Backup, 'name'> | null>;
}

export type Arrivals = Pick<TravelWorkerApi, 'lookIn' | 'lookInHandoff' | 'bringIn' | 'forget'> & {
	/** Ends what is done for this run. False when it is not known here. */
	stop(run: string): boolean;
};

type Answer<T> = Result<T, FileRefusal> | null;

/** A file that was looked into, or is being. */
interface Run {
	/** Stops the piece of work that goes on now. */
	stopping: AbortController;
	workshop: Workshop | null;
	looked: Looked | null;
	plan: Plan | null;
	/** Of a file of a hand-off: what says where it is from. */
	letter: Letter | null;
	/** The last of what was asked for: one thing at a time. */
	work: Promise<unknown>;
	done: { readonly request: string; readonly answer: Promise<Answer<BroughtIn>> } | null;
}

export const createArrivals = (deps: ArrivalDeps): Arrivals => {
	const runs = new Map<string, Run>();
	// a stop can come before what it stops
	const stoppedEarly = new Set<string>();

	/** Does a piece of work, and turns what was thrown into an answer. */
	const attempt = async <T>(
		run: Run,
		work: Work,
		steps: (errand: Errand) => Promise<Result<T, FileRefusal>>
	): Promise<Answer<T>> => {
		try {
			return await steps(createErrand(work.tell, work.signal));
		} catch (error) {
			if (error instanceof Stopped) return null;
			if (error instanceof FileRefused) return refuse(error.refusal);
			if (isFull(error)) return refuse(await noRoom(run));
			if (isNamed(error, 'NotStored')) {
				// only its name and words came across: how much room there is tells what was wrong
				const refusal = await noRoom(run);
				if (refusal.freeBytes !== null && refusal.freeBytes < refusal.neededBytes + SPARE_BYTES)
					return refuse(refusal);
			}
			throw error;
		}
	};

	const letGo = async (run: Run): Promise<void> => {
		const { workshop } = run;
		run.workshop = null;
		run.looked = null;
		run.letter = null;
		run.plan = null;
		await workshop?.close();
	};

	/** Looks into a file, and keeps what was read under the run; `look` says what of it is told. */
	const looking = async <T>(
		run: string,
		tell: (progress: TravelProgress) => void,
		look: (now: Run, workshop: Workshop, errand: Errand) => Promise<T>
	): Promise<Answer<T>> => {
		if (stoppedEarly.delete(run)) return null;
		const before = runs.get(run);
		if (before !== undefined) {
			before.stopping.abort();
			await before.work.catch(() => undefined);
			await letGo(before);
		}
		const now: Run = {
			stopping: new AbortController(),
			workshop: null,
			looked: null,
			plan: null,
			letter: null,
			work: Promise.resolve(),
			done: null
		};
		runs.set(run, now);
		const work = attempt<T>(now, { tell, signal: now.stopping.signal }, async (errand) => {
			errand.check();
			const workshop = await deps.openWorkshop();
			now.workshop = workshop;
			errand.check();
			const told = await look(now, workshop, errand);
			errand.check();
			return ok(told);
		});
		now.work = work;
		let answer: Answer<T> = null;
		try {
			answer = await work;
			return answer;
		} finally {
			if (answer?.ok !== true) {
				await letGo(now);
				if (runs.get(run) === now) runs.delete(run);
			}
		}
	};

	const lookIn = (
		run: string,
		request: LookIn,
		tell: (progress: TravelProgress) => void
	): Promise<Answer<FileReport>> =>
		looking(run, tell, async (now, workshop, errand) => {
			now.looked = await lookInto(request, workshop, errand);
			now.plan = await planArrival(now.looked, deps.port(), errand);
			return now.plan.report;
		});

	const lookInHandoff = (
		run: string,
		request: LookIntoHandoff,
		tell: (progress: TravelProgress) => void
	): Promise<Answer<HandoffReport>> =>
		looking(run, tell, async (now, workshop, errand) => {
			// most people never get one
			const { handoffReport, lookIntoHandoff, openHandoff } = await import('./handoff-in.ts');
			const opened = await openHandoff(request, deps.identity, deps.port(), errand);
			const looked = await lookIntoHandoff(opened, workshop, errand);
			const plan = await planArrival(looked, deps.port(), errand, true);
			const report = handoffReport(opened, looked, plan);
			const { handoffId, chatId, kind, from, at } = opened.envelope;
			now.looked = looked;
			now.plan = plan;
			now.letter = {
				digest: opened.digest,
				handoffId,
				chatId,
				kind,
				key: from.key,
				name: opened.sender.name,
				sentAt: at
			};
			return report;
		});

	/** The plan, if what it was made for is still so; looked at again when anything here changed. */
	const stillSo = async (run: Run, looked: Looked, plan: Plan, errand: Errand): Promise<Plan> => {
		if ((await standingOf(deps.port())).standing === plan.standing) return plan;
		const again = await planArrival(looked, deps.port(), errand, run.letter !== null);
		const told = ({ report }: Plan): string => JSON.stringify({ ...report, here: null, mayReplace: null });
		if (told(again) !== told(plan)) throw new FileRefused({ type: 'moved_on' });
		run.plan = again;
		return again;
	};

	const carryOut = async (
		run: Run,
		{ how, conflicts }: BringIn,
		work: Work,
		errand: Errand
	): Promise<Result<BroughtIn, FileRefusal>> => {
		const { workshop, looked } = run;
		if (workshop === null || looked === null || run.plan === null) return refuse({ type: 'run_gone' });
		const port = deps.port();
		const plan = await stillSo(run, looked, run.plan, errand);
		const { report } = plan;
		if (how === 'merge' && nothingComes(plan, conflicts))
			return ok({ how: 'nothing', chats: 0, bots: 0, yous: 0, chatId: null, backup: null });
		if (how === 'replace' && report.kind !== 'library')
			throw new Error('a file of one chat cannot take the place of a library');

		let backup: string | null = null;
		if (report.here.events > 0) {
			try {
				backup = (await deps.backUp(work))?.name ?? null;
			} finally {
				errand.check();
			}
		}
		const staged =
			how === 'replace'
				? { db: looked.db, bots: report.holds.bots, yous: report.holds.yous }
				: await stageMerge(looked, plan, conflicts, workshop, port, errand, run.letter);
		const admitted = await handedOver(staged.db, how, port, errand);
		if (!admitted.ok) {
			if (admitted.error.type !== 'moved_on')
				throw new Error(`admitting it was refused: ${admitted.error.type}`);
			return refuse({ type: 'moved_on' });
		}
		const chats =
			'chats' in staged
				? staged.chats
				: looked.streams.flatMap(({ title, stream }) => (title === null ? [] : [stream]));
		return ok({
			how,
			chats: chats.length,
			bots: staged.bots,
			yous: staged.yous,
			chatId: how === 'merge' && chats.length === 1 ? (chats[0] ?? null) : null,
			backup
		});
	};

	return {
		lookIn,
		lookInHandoff,
		bringIn: async (run, request, tell) => {
			const now = runs.get(run);
			if (now === undefined) return refuse({ type: 'run_gone' });
			const asked = JSON.stringify([request.how, request.conflicts]);
			if (now.done?.request === asked) return now.done.answer;
			const before = now.work;
			const stopping = new AbortController();
			now.stopping = stopping;
			const work = { tell, signal: stopping.signal };
			const answer = before
				.catch(() => undefined)
				.then(() => attempt<BroughtIn>(now, work, (errand) => carryOut(now, request, work, errand)));
			now.work = answer;
			now.done = { request: asked, answer };
			const forgetAnswer = (): void => {
				// what did not happen may be tried again
				if (now.done?.answer === answer) now.done = null;
			};
			answer.then((given) => {
				if (given?.ok !== true) forgetAnswer();
			}, forgetAnswer);
			return answer;
		},
		forget: async (run) => {
			const now = runs.get(run);
			stoppedEarly.delete(run);
			if (now === undefined) return;
			runs.delete(run);
			now.stopping.abort();
			await now.work.catch(() => undefined);
			await letGo(now);
		},
		stop: (run) => {
			const now = runs.get(run);
			if (now !== undefined) {
				now.stopping.abort();
				return true;
			}
			stoppedEarly.add(run);
			for (const oldest of stoppedEarly) {
				if (stoppedEarly.size <= RUNS_REMEMBERED) break;
				stoppedEarly.delete(oldest);
			}
			return false;
		}
	};
};

/** Nothing would change, once it is settled what becomes of conflicts. */
const nothingComes = ({ report }: Plan, conflicts: BringIn['conflicts']): boolean =>
	report.nothing ||
	(conflicts === 'mine' &&
		report.adds.chats.length + report.adds.bots.length + report.adds.yous.length === 0 &&
		report.adds.copies + report.adds.handoffs + report.acts === 0 &&
		report.apart.length === 0);

/**
 * Hands a database over piece by piece and has it carried out, from the beginning again when whoever took the pieces is
 * gone. What did not become part of the library is left nowhere.
 */
const handedOver = async (
	db: Connection,
	how: 'merge' | 'replace',
	port: TravelPort,
	errand: Errand
): ReturnType<TravelPort['admit']> => {
	const id = crypto.randomUUID();
	const total = Number(
		db.all({
			text: 'select page_count * page_size as n from pragma_page_count, pragma_page_size',
			values: []
		})[0]?.['n']
	);
	const carryOver = async (): ReturnType<TravelPort['admit']> => {
		for (let begun = 1; ; begun++)
			try {
				await sendAll();
				return await port.admit(id, how);
			} catch (error) {
				if (begun === BEGUN_AGAIN || !isNamed(error, 'ArrivalGone')) throw error;
				errand.check();
			}
	};
	const sendAll = async (): Promise<void> => {
		let piece = 0;
		let done = 0;
		for (const bytes of pages(db)) {
			done += bytes.byteLength;
			await port.arrive(id, piece, bytes, done >= total);
			piece += 1;
			errand.tell('storing', done, total);
			errand.check();
		}
	};
	let admitted: Awaited<ReturnType<TravelPort['admit']>> | null = null;
	try {
		admitted = await carryOver();
		return admitted;
	} finally {
		// what went wrong is told, whether or not the rest could be cleared away
		if (admitted?.ok !== true) await port.dismiss(id).catch(() => undefined);
	}
};

const isNamed = (error: unknown, name: string): error is Error =>
	error instanceof Error && error.name === name;

const isFull = (error: unknown): boolean =>
	isStorageFault(error) && error instanceof Error && 'kind' in error && error.kind === 'full';

const noRoom = async ({ looked }: Run): Promise<Extract<FileRefusal, { type: 'no_room' }>> => {
	const estimate =
		'navigator' in globalThis && 'storage' in navigator ? await navigator.storage.estimate() : {};
	const { quota, usage } = estimate;
	return {
		type: 'no_room',
		neededBytes:
			looked === null
				? 0
				: Number(
						looked.db.all({
							text: 'select page_count * page_size as n from pragma_page_count, pragma_page_size',
							values: []
						})[0]?.['n']
					),
		freeBytes: quota === undefined || usage === undefined ? null : Math.max(0, quota - usage)
	};
};
