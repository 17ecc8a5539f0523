// The crash sweep: does one transaction again and again, each time with a fault at another call, and looks at what is left.
import * as Comlink from 'comlink';
import type { CrashWorkerApi, Found, Journal } from './crash-worker.ts';
import type { Fault } from './file-faults.ts';
import { TRANSACTIONS } from './transactions.ts';

export interface Sweep {
	readonly transaction: string;
	readonly journal: Journal;
	readonly faults: readonly Fault[];
	/** Every how many calls a fault strikes. */
	readonly stride: number;
	/** What a negative control runs first. */
	readonly pragmas?: string;
	/** Through the store, which opens the file again and finds out what became of the command. */
	readonly carried?: boolean;
	/** Power cuts right after the answer, too. */
	readonly afterwards?: readonly ('power' | `power:${number}`)[];
}

export interface Swept {
	/** Writes, flushes and truncations of the transaction when nothing is wrong. */
	readonly calls: { readonly writes: number; readonly flushes: number; readonly truncations: number };
	readonly runs: number;
	/** How often it was found undone, and done. What changes no row counts as undone. */
	readonly before: number;
	readonly after: number;
	/** One line per run that was not as it must be. */
	readonly bad: readonly string[];
}

const startWorker = (): { worker: Worker; api: Comlink.Remote<CrashWorkerApi> } => {
	const worker = new Worker(new URL('./crash.worker.ts', import.meta.url), { type: 'module' });
	return { worker, api: Comlink.wrap<CrashWorkerApi>(worker) };
};

const same = (one: Found['tables'], other: Found['tables']): boolean =>
	one !== null && other !== null && JSON.stringify(one) === JSON.stringify(other);

const describeTables = (found: Found['tables'], before: Found['tables']): string =>
	found === null
		? 'unreadable'
		: Object.keys({ ...before, ...found })
				.filter((table) => found[table] !== before?.[table])
				.map((table) => `${table} ${found[table] ?? 'missing'}`)
				.join(', ');

/** Runs a whole sweep. Each blow falls in a worker of its own, which is then terminated; another one looks at the files. */
export const sweep = async ({
	transaction,
	journal,
	faults,
	stride,
	pragmas = '',
	carried = false,
	afterwards = []
}: Sweep): Promise<Swept> => {
	const name = `crash-${crypto.randomUUID()}`;
	const maker = startWorker();
	const keeper = startWorker();
	// started while the one before is being looked at
	let nextVictim = startWorker();
	try {
		const made = await maker.api.prepare(name, journal, transaction);
		maker.worker.terminate();
		await keeper.api.keep(name);
		await keeper.api.remove(name);

		let runs = 0;
		const strike = async (fault: Fault | null, at: number) => {
			const folder = `${name}-${String(++runs)}`;
			await keeper.api.restore(folder);
			const victim = nextVictim;
			nextVictim = startWorker();
			const struck = await victim.api.strike({
				folder,
				journal,
				transaction,
				made,
				fault,
				at,
				// what is right is found out with all safety on
				pragmas: fault === null ? '' : pragmas,
				carried
			});
			victim.worker.terminate();
			const found = await keeper.api.check(folder, journal);
			await keeper.api.remove(folder);
			return { struck, found };
		};

		await keeper.api.restore(`${name}-0`);
		const untouched = await keeper.api.check(`${name}-0`, journal);
		const whole = await strike(null, 0);
		const bad = [...untouched.problems, ...whole.found.problems].map(
			(problem) => `without a fault: ${problem}`
		);
		const rows = TRANSACTIONS.find(({ name: one }) => one === transaction)?.command !== null;
		if (rows && same(untouched.tables, whole.found.tables)) bad.push('without a fault: nothing was changed');
		if (whole.struck.outcome !== 'acknowledged') bad.push(`without a fault: ${whole.struck.outcome}`);

		let [before, after] = [0, 0];
		const blow = async (fault: Fault, at: number): Promise<void> => {
			const { struck, found } = await strike(fault, at);
			const where = `${fault} ${at === 0 ? 'after the answer' : `at call ${String(at)}`}, ${struck.outcome}`;
			const undone = same(found.tables, untouched.tables);
			const done = same(found.tables, whole.found.tables);
			if (undone) before++;
			else if (done) after++;
			else bad.push(`${where}: between (${describeTables(found.tables, untouched.tables)})`);
			if (struck.outcome === 'acknowledged' && !struck.gone && !done)
				bad.push(`${where}: the answer is lost`);
			if (carried && struck.outcome !== 'acknowledged') bad.push(`${where}: it was not carried through`);
			if (struck.outcome !== 'acknowledged' && struck.outcome !== 'storage failed' && !struck.gone)
				bad.push(`${where}: is no fault of storage`);
			bad.push(...found.problems.map((problem) => `${where}: ${problem}`));
		};
		const { writes, flushes, truncations } = whole.struck.calls;
		const total = writes + flushes + truncations;
		for (const fault of faults) for (let at = 1; at <= total; at += stride) await blow(fault, at);
		for (const fault of afterwards) await blow(fault, 0);
		return { calls: whole.struck.calls, runs: before + after, before, after, bad };
	} finally {
		for (const { worker } of [maker, keeper, nextVictim]) worker.terminate();
		const root = await navigator.storage.getDirectory();
		for await (const entry of root.keys())
			if (entry.startsWith(name)) await root.removeEntry(entry, { recursive: true }).catch(() => undefined);
	}
};
