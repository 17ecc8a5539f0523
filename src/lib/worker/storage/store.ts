// The app on its file: carries every request through storage faults, so that a command's outcome is always known.
import { FILE_FORMAT, NewerFile, type App, type Change } from '../../domain/kernel/app.ts';
import { nameLibrary } from '../../domain/kernel/retold.ts';
import { sql, type Sql } from '../../domain/kernel/sql.ts';
import type { VerifyReport } from '../../domain/kernel/verify.ts';
import type { Progress } from '../protocol.ts';
import { createChecks } from './checks.ts';
import { sizeOf } from './pool-shelf.ts';
import { detachArrived, type Beside, type Shelf } from './shelf.ts';
import type { Failing, Looked, Request } from './tab-messages.ts';
import type { Connection } from './sqlite.ts';
import { StorageError } from './storage-error.ts';
import { StoreClosed } from './store-closed.ts';

/** An open database file. */
export interface OpenFile {
	readonly connection: Connection;
	/** Called after each write: the file may tidy up behind it. Must not throw. */
	worked(): void;
	/** Closes the database and lets go of the files. Does not throw. */
	close(): void;
}

export interface StoreDeps {
	openFile(): Promise<OpenFile>;
	readonly shelf: Shelf;
	/** Milliseconds since 1970 UTC. */
	now(): number;
	createApp(deps: {
		sql: Sql;
		fence: () => void;
		onChange: (change: Change) => void;
		onRebuild: () => void;
	}): App;
	/** Whether new bytes can be written: tells a full disk from a broken one. */
	hasRoom(): Promise<boolean>;
	/** Null: anything may have changed. */
	readonly onChange: (change: Change | null) => void;
	/** Told when storage begins or ceases to fail. */
	readonly onFailing: (failing: Failing | null) => void;
	/** Told now and then while opening replays the log: the tab is busy, not asleep. */
	readonly onBusy: () => void;
	/** An empty database in memory. */
	openScratch(): Promise<Connection>;
	/** Told when a verification nobody asked for repaired something. */
	readonly onRepaired: (report: VerifyReport) => void;
	/** Told when another leader has written to the file: this one must let go at once. */
	readonly onDeposed: () => void;
}

export interface Store {
	/** One more than the leader's before; grows with every opening. 0 until the disk has taken it. */
	readonly epoch: number;
	/** What fails since the file was opened: a full disk lets it be read. */
	readonly failing: Failing | null;
	/** Runs a request. Rejects with {@link NotStored}, {@link StoreClosed}, or what the app threw. */
	perform(request: Request, tell?: (progress: Progress) => void): Promise<unknown>;
	/** Resolves when nothing holds the files any more. */
	close(): Promise<void>;
}

/** The disk refused and the command is known not to have happened. */
class NotStored extends Error {
	override readonly name = 'NotStored';
}

class Deposed extends Error {
	override readonly name = 'Deposed';
}

/** The file can be read, but the disk did not take the epoch. */
class NotClaimed extends Error {
	override readonly name = 'NotClaimed';
	constructor(cause: StorageError) {
		super(cause.message, { cause });
	}
}

/** Before the app's own opening would change it. */
const isOlderFormat = (connection: Connection): boolean =>
	connection.all(sql`select 1 from sqlite_schema where name = 'kernel_meta'`).length > 0 &&
	Number(connection.all(sql`select v from kernel_meta where k = 'format'`)[0]?.['v'] ?? FILE_FORMAT) <
		FILE_FORMAT;

const writeEpoch = (connection: Connection, epoch: number): void => {
	connection.exec(
		'create table if not exists storage_meta (k text not null primary key, v any) strict, without rowid'
	);
	connection.run(sql`insert or replace into storage_meta values ('epoch', ${epoch})`);
};

const isRefusal = (error: unknown): error is StorageError =>
	error instanceof StorageError && (error.kind === 'full' || error.kind === 'io');

const WRITES: readonly Request['method'][] = [
	'dispatch',
	'putAsset',
	'reserve',
	'arrive',
	'admit',
	'restoreKept'
];
const IOERR = 10;
const reopenEveryMs = 3000;
const probeEveryMs = 5000;
const probeBytes = 65_536;

/** How a fault is told to the person. `NewerFile` is no fault and passes through as null. */
export const failingFor = (error: unknown, room: boolean): Failing | null => {
	if (error instanceof NewerFile) return null;
	const detail = error instanceof Error ? error.message : String(error);
	if (error instanceof StorageError && error.kind === 'corrupt')
		return { state: 'failing', reason: 'corrupt', detail };
	const full = !room || (error instanceof StorageError && error.kind === 'full');
	return { state: 'failing', reason: full ? 'full' : 'io', detail };
};

/**
 * Opens the file, lets the app open its schema, and takes the next epoch. Where the disk takes no byte more, questions
 * are answered and commands refused, and the epoch is taken before the first of them that finds room. Throws what
 * opening threw, with the file closed and otherwise untouched.
 */
export const openStore = async (deps: StoreDeps): Promise<Store> => {
	let file: OpenFile | null = null;
	let app: App | null = null;
	let epoch: number | null = null;
	let closed = false;
	let failing: Failing | null = null;
	let recovering: Promise<void> | null = null;
	let probing: ReturnType<typeof setTimeout> | null = null;

	const storedEpoch = (connection: Connection): number => {
		const there = connection.all(sql`select 1 from sqlite_schema where name = 'storage_meta'`).length > 0;
		if (!there) return 0;
		return Number(connection.all(sql`select v from storage_meta where k = 'epoch'`)[0]?.['v'] ?? 0);
	};

	/** Takes the next epoch, without which nothing is written, and tidies up where that has found room. */
	const claim = (connection: Connection, on: App): void => {
		const next = storedEpoch(connection) + 1;
		connection.transaction(() => {
			writeEpoch(connection, next);
			nameLibrary(connection, crypto.randomUUID(), false);
		});
		epoch = next;
		try {
			on.tidy();
		} catch (error) {
			// a disk that fails shows at the next command
			if (!(error instanceof StorageError)) throw error;
		}
	};

	const openApp = async (claiming: boolean): Promise<void> => {
		const opened = await deps.openFile();
		try {
			const { connection } = opened;
			if (closed) throw new StoreClosed('closed while opening');
			const fence = (): void => {
				if (epoch !== null && storedEpoch(connection) !== epoch)
					throw new Deposed('another tab has taken over');
			};
			fence();
			if (isOlderFormat(connection)) await deps.shelf.keepCopy(connection, deps.now());
			// the app first: it refuses a newer file, which must not be written to
			const created = deps.createApp({
				sql: connection,
				fence,
				onChange: deps.onChange,
				onRebuild: deps.onBusy
			});
			if (epoch === null && claiming) {
				try {
					claim(connection, created);
				} catch (error) {
					throw isRefusal(error) ? new NotClaimed(error) : error;
				}
			}
			file = opened;
			app = created;
		} catch (error) {
			opened.close();
			throw error;
		}
	};

	/** Opens the file, to be read only where the disk refuses more. */
	const open = async (claiming = true): Promise<void> => {
		try {
			await openApp(claiming);
		} catch (error) {
			if (!(error instanceof NotClaimed)) throw error;
			// anew, for nobody knows what a failed write has left in the connection
			await openApp(false);
			setFailing(failingFor(error.cause, await deps.hasRoom()));
		}
	};

	// a function, for it changes while something is awaited
	const fileNow = (): OpenFile | null => file;

	const shut = (): void => {
		const was = file;
		file = null;
		app = null;
		was?.close();
	};

	const setFailing = (now: Failing | null): void => {
		if (probing !== null) clearTimeout(probing);
		// a damaged file does not heal by trying again
		probing = now === null || now.reason === 'corrupt' || closed ? null : setTimeout(probe, probeEveryMs);
		const same = failing?.reason === now?.reason && failing?.detail === now?.detail;
		failing = now;
		if (!same) deps.onFailing(now);
	};

	/** Tries whether the disk takes bytes again. */
	const probe = (): void => {
		probing = null;
		const connection = file?.connection;
		if (closed || connection === undefined || app === null || recovering !== null) return;
		const unclaimed = epoch === null;
		try {
			if (unclaimed) claim(connection, app);
			connection.transaction(() => {
				connection.run(sql`insert or replace into storage_meta values ('probe', zeroblob(${probeBytes}))`);
			});
			connection.run(sql`delete from storage_meta where k = 'probe'`);
			setFailing(null);
		} catch (error) {
			if (error instanceof StorageError) void recover(error, !unclaimed).catch(() => undefined);
			else throw error;
		}
	};

	/** Closes and opens the file, as often as it takes; `claiming` false when the epoch was just refused. Rejects only when the store is closed or deposed meanwhile. */
	const recover = (cause: StorageError, claiming = true): Promise<void> => {
		recovering ??= (async () => {
			shut();
			for (let error: unknown = cause, first = true; ; first = false) {
				if (!first) {
					setFailing(failingFor(error, await deps.hasRoom()));
					await new Promise((resolve) => setTimeout(resolve, reopenEveryMs));
				}
				if (closed) throw new StoreClosed('closed while storage was failing');
				try {
					await open(claiming);
					// the commit that threw may have happened, and nobody was told
					deps.onChange(null);
					// looks again later; and ends what was said while opening took long
					setFailing(failing);
					deps.onFailing(failing);
					return;
				} catch (again) {
					if (again instanceof StoreClosed) throw again;
					if (again instanceof Deposed) {
						deps.onDeposed();
						throw new StoreClosed(again.message);
					}
					error = again;
				}
			}
		})().finally(() => {
			recovering = null;
		});
		return recovering;
	};

	/** Takes the epoch for a command that waits. Throws {@link NotStored} while the disk refuses it. */
	const claimNow = async (on: App): Promise<void> => {
		if (file === null) return;
		try {
			claim(file.connection, on);
			setFailing(null);
		} catch (error) {
			if (!(error instanceof StorageError)) throw error;
			await recover(error, false);
			setFailing(failingFor(error, await deps.hasRoom()));
			throw new NotStored(error.message);
		}
	};

	const checks = createChecks({
		app: () => app,
		openScratch: () => deps.openScratch(),
		onRepaired: (report) => {
			deps.onRepaired(report);
		}
	});

	/** Puts an arrived file's streams into the library, as a command that can be sent again and be undone. */
	const merge = async (
		on: App,
		connection: Connection,
		{ id, tab }: Extract<Request, { method: 'admit' }>
	): Promise<unknown> => {
		let answer = on.lookUp(id);
		if (answer === null) {
			deps.shelf.attach(connection, id);
			try {
				answer = on.dispatch({
					id,
					name: 'bring_in',
					input: {},
					...(tab === undefined ? {} : { tab })
				});
			} finally {
				detachArrived(connection);
			}
		}
		await deps.shelf.drop(id);
		return answer;
	};

	/** One file is put in place of another at a time. */
	let turn: Promise<unknown> = Promise.resolve();
	const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
		const mine = turn.then(work, work);
		turn = mine;
		return mine;
	};

	// a function, for it changes while something is awaited
	const opening = (): Promise<void> | null => recovering;
	const settled = async (): Promise<void> => {
		for (let under = opening(); under !== null; under = opening()) await under;
	};

	/** Makes another file the library. Requests wait meanwhile; when it cannot be opened, the one before is put back. */
	const switchTo = async (which: Beside, at: number): Promise<void> => {
		while (recovering !== null) await recovering;
		const was = file;
		if (was === null || epoch === null) throw new StoreClosed('the store is closed');
		const mine = epoch;
		await deps.shelf.prepare(which, (connection) => {
			connection.transaction(() => {
				writeEpoch(connection, mine);
				nameLibrary(connection, crypto.randomUUID(), true);
			});
		});
		await settled();
		const now = fileNow();
		if (now === null) throw new StoreClosed('the store is closed');
		const bytes = sizeOf(now.connection);
		let before: string | null = null;
		recovering = (async () => {
			shut();
			before = await deps.shelf.putInUse(which, at, bytes);
			await open();
		})().finally(() => {
			recovering = null;
		});
		try {
			await recovering;
		} catch (error) {
			if (closed || error instanceof StoreClosed) throw error;
			await goBack(before);
			const fault = error instanceof StorageError ? error : new StorageError(IOERR, 'io', String(error));
			await recover(fault);
			throw fault;
		}
		deps.onChange(null);
		await deps.shelf.trim().catch(() => undefined);
	};

	/** The library from before is put in use again, where the disk lets that be said. */
	const goBack = async (before: string | null): Promise<void> => {
		if (before === null) return;
		try {
			await deps.shelf.putInUse({ kept: before }, deps.now(), 0);
		} catch {
			// then the new one is opened, as often as it takes
		}
	};

	const replaceWith = (id: string, at: number): Promise<unknown> =>
		inTurn(async () => {
			if (!(await deps.shelf.isInUse(id))) await switchTo({ arrived: id }, at);
			return { ok: true, value: { chats: [] } };
		});

	const restore = (name: string, at: number): Promise<boolean> =>
		inTurn(async () => {
			const there = (await deps.shelf.kept()).some((kept) => kept.name === name);
			if (there) await switchTo({ kept: name }, at);
			return there;
		});

	const run = (
		{ on, connection }: { readonly on: App; readonly connection: Connection },
		request: Request,
		tell: (progress: Progress) => void
	): unknown => {
		switch (request.method) {
			case 'verify':
				return checks.verify(request.run, tell);
			case 'stopVerify':
				checks.stop(request.run);
				return undefined;
			case 'reserve':
				return on.reserve(request.events);
			case 'arrive':
				return deps.shelf.take(request.id, request.piece, request.bytes, request.last);
			case 'admit':
				return request.how === 'merge' ? merge(on, connection, request) : replaceWith(request.id, request.at);
			case 'dismiss':
				return deps.shelf.drop(request.id);
			case 'keptFiles':
				return deps.shelf.kept();
			case 'readKept':
				return deps.shelf.readKept(request.name, request.offset);
			case 'restoreKept':
				return restore(request.name, request.at);
			case 'deleteKept':
				return deps.shelf.deleteKept(request.name);
			case 'dispatch':
				return on.dispatch(request.command);
			case 'ask':
				return on.ask(request.name, request.input);
			case 'look':
				return {
					value: on.ask(request.name, request.input),
					scope: on.queryScope(request.name, request.input)
				} satisfies Looked;
			case 'putAsset':
				on.putAsset(request.asset);
				return undefined;
			case 'names':
				return on.names;
		}
	};

	const perform = async (
		request: Request,
		tell: (progress: Progress) => void = () => undefined
	): Promise<unknown> => {
		checks.disturbed();
		const writes = WRITES.includes(request.method);
		for (let faults = 0; ;) {
			while (recovering !== null) await recovering;
			if (app === null || file === null || closed) throw new StoreClosed('the store is closed');
			try {
				// after a fault: it may have happened after all
				const before = faults > 0 && request.method === 'dispatch' ? app.lookUp(request.command.id) : null;
				if (before !== null) return before;
				if (faults >= 2) throw new NotStored(failing?.detail ?? 'the disk did not take it');
				if (epoch === null && writes) {
					const done = request.method === 'dispatch' ? app.lookUp(request.command.id) : null;
					if (done !== null) return done;
					await claimNow(app);
					continue;
				}
				const made = run({ on: app, connection: file.connection }, request, tell);
				const value = made instanceof Promise ? ((await made) as unknown) : made;
				if (writes) fileNow()?.worked();
				return value;
			} catch (error) {
				if (error instanceof Deposed) {
					deps.onDeposed();
					throw new StoreClosed(error.message);
				}
				// the file was opened anew under a verification, which begins again; closed for good is found out above
				if (error instanceof StoreClosed && request.method === 'verify') continue;
				if (!(error instanceof StorageError)) throw error;
				await recover(error);
				if (++faults >= 2) setFailing(failingFor(error, await deps.hasRoom()));
				// a question stores nothing: what kept it from being answered is said as it is
				if (faults >= 2 && !writes) throw error;
			}
		}
	};

	deps.shelf.claim();
	await open();
	return {
		get epoch() {
			return epoch ?? 0;
		},
		get failing() {
			return failing;
		},
		perform,
		close: async () => {
			closed = true;
			checks.rest();
			setFailing(failing);
			shut();
			await turn.catch(() => undefined);
			await deps.shelf.release();
		}
	};
};
