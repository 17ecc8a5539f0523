// The app on its file: carries every request through storage faults, so that a command's outcome is always known.
import { NewerFile, type App, type Change } from '../../domain/kernel/app.ts';
import { sql, type Sql } from '../../domain/kernel/sql.ts';
import type { Failing, Looked, Request } from './tab-messages.ts';
import type { Connection } from './sqlite.ts';
import { StorageError } from './storage-error.ts';

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
	/** Told when another leader has written to the file: this one must let go at once. */
	readonly onDeposed: () => void;
}

export interface Store {
	/** One more than the leader's before; grows with every opening. 0 until the disk has taken it. */
	readonly epoch: number;
	/** What fails since the file was opened: a full disk lets it be read. */
	readonly failing: Failing | null;
	/** Runs a request. Rejects with {@link NotStored}, {@link StoreClosed}, or what the app threw. */
	perform(request: Request): Promise<unknown>;
	close(): void;
}

/** The disk refused and the command is known not to have happened. */
class NotStored extends Error {
	override readonly name = 'NotStored';
}

/** The store was closed before the answer: the request may have happened, and is to be sent again with its id. */
export class StoreClosed extends Error {
	override readonly name = 'StoreClosed';
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

const isRefusal = (error: unknown): error is StorageError =>
	error instanceof StorageError && (error.kind === 'full' || error.kind === 'io');

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
			connection.exec(
				'create table if not exists storage_meta (k text not null primary key, v any) strict, without rowid'
			);
			connection.run(sql`insert or replace into storage_meta values ('epoch', ${next})`);
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

	const run = (on: App, request: Request): unknown => {
		switch (request.method) {
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

	const perform = async (request: Request): Promise<unknown> => {
		for (let tries = 1; ; tries++) {
			while (recovering !== null) await recovering;
			if (app === null || closed) throw new StoreClosed('the store is closed');
			try {
				// after a fault: it may have happened after all
				const before = tries > 1 && request.method === 'dispatch' ? app.lookUp(request.command.id) : null;
				if (before !== null) return before;
				if (tries > 2) throw new NotStored(failing?.detail ?? 'the disk did not take it');
				if (epoch === null && (request.method === 'dispatch' || request.method === 'putAsset')) {
					const done = request.method === 'dispatch' ? app.lookUp(request.command.id) : null;
					if (done !== null) return done;
					await claimNow(app);
					continue;
				}
				const value = run(app, request);
				if (request.method === 'dispatch' || request.method === 'putAsset') file?.worked();
				return value;
			} catch (error) {
				if (error instanceof Deposed) {
					deps.onDeposed();
					throw new StoreClosed(error.message);
				}
				if (!(error instanceof StorageError)) throw error;
				await recover(error);
				if (tries >= 2) setFailing(failingFor(error, await deps.hasRoom()));
			}
		}
	};

	await open();
	return {
		get epoch() {
			return epoch ?? 0;
		},
		get failing() {
			return failing;
		},
		perform,
		close: () => {
			closed = true;
			setFailing(failing);
			shut();
		}
	};
};
