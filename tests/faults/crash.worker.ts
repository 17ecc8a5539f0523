// A worker of the crash sweep: makes libraries, suffers faults, or looks at what one left.
import * as Comlink from 'comlink';
import { createApp, type App } from '#lib/domain/kernel/app.ts';
import { sql, type Sql } from '#lib/domain/kernel/sql.ts';
import { vocabulary } from '#lib/domain/vocabulary.ts';
import { bytesOf, type Shelf } from '#lib/worker/storage/shelf.ts';
import { createPool, openRoot, type WorkerFile } from '#lib/worker/storage/pool.ts';
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import { StorageError } from '#lib/worker/storage/storage-error.ts';
import { openStore } from '#lib/worker/storage/store.ts';
import type { CrashWorkerApi, Struck } from './crash-worker.ts';
import { installFaults } from './file-faults.ts';
import { TRANSACTIONS, type Transaction } from './transactions.ts';

/** Ids that are the same each time and belong to one part of a run, at one moment. */
const world = (part: number): { now(): number; newId(): string } => {
	let ids = part * 1_000_000;
	return {
		now: () => 1_767_225_600_000 + part,
		newId: () => `00000000-0000-4000-8000-${(++ids).toString(16).padStart(12, '0')}`
	};
};

const found = (name: string): Transaction => {
	const transaction = TRANSACTIONS.find((one) => one.name === name);
	if (transaction === undefined) throw new Error(`no transaction is called ${name}`);
	return transaction;
};

const appOn = (db: Sql, part: number): App => createApp({ sql: db, vocabulary, world: world(part) });

const plain = (value: unknown): unknown =>
	value instanceof Uint8Array ? [...value] : typeof value === 'bigint' ? `${String(value)}n` : value;

/** A digest of every row of every table, SQLite's own included; the count of openings is no content. */
const digests = async (db: Sql): Promise<Record<string, string>> => {
	const tables = db.all(
		sql`select name, wr from pragma_table_list where schema = 'main' and type in ('table', 'shadow')
			and name not in ('sqlite_schema', 'storage_meta') order by name`
	);
	const answer: Record<string, string> = {};
	for (const { name, wr } of tables) {
		const rows = db.all({
			text: `select ${wr === 1 ? '' : 'rowid as "the rowid", '}* from "${String(name)}" order by 1, 2`,
			values: []
		});
		const text = JSON.stringify(rows.map((row) => Object.values(row).map(plain)));
		const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
		answer[String(name)] = `${String(rows.length)} rows ${digest.slice(0, 8).join('.')}`;
	}
	return answer;
};

const differing = (
	one: Readonly<Record<string, string>>,
	other: Readonly<Record<string, string>>
): string[] =>
	[...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => one[name] !== other[name]);

const library = async (folder: string): Promise<FileSystemDirectoryHandle> =>
	(await openRoot()).getDirectoryHandle(folder, { create: true });

const COMMAND = 'the-command';

const ARRIVAL = 'the-arrival';
const PIECE_BYTES = 65_536;

/** Lets a library with one bot and one story arrive whole, its log numbered from `first` on. */
const arrive = async (shelf: Shelf, first: number): Promise<void> => {
	const db = await openMemory();
	const app = appOn(db, 4);
	db.run(sql`insert or replace into kernel_meta (k, v) values ('next_seq', ${first})`);
	const made = app.dispatch({ id: 'bot', name: 'author_bot', input: { name: 'Odo' } });
	if (!made.ok) throw new Error(made.error.type);
	app.dispatch({ id: 'chat', name: 'create_chat', input: made.value });
	for (let offset = 0, piece = 0; ; piece++) {
		const bytes = bytesOf(db, offset, PIECE_BYTES);
		offset += bytes.byteLength;
		const last = bytesOf(db, offset, PIECE_BYTES).byteLength === 0;
		await shelf.take(ARRIVAL, piece, bytes, last);
		if (last) break;
	}
	db.close();
};

let image: ReadonlyMap<string, Uint8Array<ArrayBuffer>> = new Map();

const api: CrashWorkerApi = {
	prepare: async (folder, journal, name) => {
		const transaction = found(name);
		const file = await createPool({ folder, journal }).openFile();
		const app = appOn(file.connection, 1);
		let sent = 0;
		const made = transaction.before((command, input) => {
			const result = app.dispatch({ id: `before-${String(++sent)}`, name: command, input });
			if (!result.ok) throw new Error(`${command} was refused: ${JSON.stringify(result.error)}`);
			return result.value as Record<string, string>;
		});
		if (transaction.checkpointed)
			file.connection.all({ text: 'pragma wal_checkpoint(truncate)', values: [] });
		return transaction.arrival === undefined ? made : { ...made, first: String(app.reserve(100)) };
	},
	keep: async (folder) => {
		const files = await (
			await (await library(folder)).getDirectoryHandle('files')
		).getDirectoryHandle('.opaque');
		const kept = new Map<string, Uint8Array<ArrayBuffer>>();
		for await (const handle of files.values()) {
			if (handle.kind !== 'file') continue;
			const file = await handle.getFile();
			kept.set(handle.name, new Uint8Array(await file.arrayBuffer()));
		}
		image = kept;
	},
	restore: async (folder) => {
		const root = await library(folder);
		const files = await (
			await root.getDirectoryHandle('files', { create: true })
		).getDirectoryHandle('.opaque', { create: true });
		await root.getFileHandle('created', { create: true });
		await Promise.all(
			[...image].map(async ([name, bytes]) => {
				const file = (await files.getFileHandle(name, { create: true })) as unknown as WorkerFile;
				const handle = await file.createSyncAccessHandle();
				handle.write(bytes, { at: 0 });
				handle.close();
			})
		);
	},
	strike: async ({ folder, journal, transaction, made, fault, at, pragmas, carried }) => {
		const faults = installFaults();
		const pool = createPool({ folder, journal });
		const sent = found(transaction).command?.(made) ?? null;
		const ready = (): void => {
			faults.arm(at === 0 ? null : fault, at);
		};
		let outcome: Struck['outcome'];
		try {
			let result: ReturnType<App['dispatch']> | null = null;
			if (carried && sent !== null) {
				const store = await openStore({
					openFile: pool.openFile,
					shelf: pool.shelf,
					now: () => 0,
					hasRoom: () => Promise.resolve(true),
					createApp: (parts) => createApp({ ...parts, vocabulary, world: world(2) }),
					onChange: () => undefined,
					onFailing: () => undefined,
					onBusy: () => undefined,
					onDeposed: () => undefined,
					onRepaired: () => undefined,
					openScratch: openMemory
				});
				ready();
				result = (await store.perform({
					method: 'dispatch',
					command: { id: COMMAND, ...sent }
				})) as ReturnType<App['dispatch']>;
			} else {
				const file = await pool.openFile();
				const { connection } = file;
				if (pragmas !== '') connection.exec(pragmas);
				const app = appOn(connection, 2);
				const { arrival } = found(transaction);
				if (arrival !== undefined) await arrive(pool.shelf, Number(made['first']));
				if (arrival === 'merge') pool.shelf.attach(connection, ARRIVAL);
				ready();
				if (arrival === 'replace') {
					// as the store does it
					await pool.shelf.prepare({ arrived: ARRIVAL }, (other) => {
						other.exec(
							'create table storage_meta (k text not null primary key, v any) strict, without rowid'
						);
					});
					file.close();
					await pool.shelf.putInUse({ arrived: ARRIVAL }, 0, 0);
				} else if (sent !== null) result = app.dispatch({ id: COMMAND, ...sent });
				else connection.all({ text: 'pragma wal_checkpoint(truncate)', values: [] });
			}
			outcome = result?.ok !== false ? 'acknowledged' : `refused: ${JSON.stringify(result.error)}`;
		} catch (error) {
			outcome = error instanceof StorageError ? 'storage failed' : `threw ${String(error)}`;
		}
		const { gone, calls } = faults;
		if (at === 0 && (fault === 'power' || fault?.startsWith('power:') === true)) faults.cut(fault as 'power');
		return { outcome, gone, calls };
	},
	check: async (folder, journal) => {
		const problems: string[] = [];
		const pool = createPool({ folder, journal });
		let tables: Record<string, string> | null = null;
		try {
			const file = await pool.openFile();
			try {
				const { connection } = file;
				const sound = (pragma: string): void => {
					const answer = JSON.stringify(connection.all({ text: `pragma ${pragma}`, values: [] }));
					if (answer !== JSON.stringify([{ [pragma]: 'ok' }])) problems.push(`${pragma}: ${answer}`);
				};
				sound('integrity_check');
				tables = await digests(connection);
				const app = appOn(connection, 3);
				app.rebuild();
				// the cache of inverses is emptied by a rebuild
				const drift = differing(tables, await digests(connection)).filter((name) => name !== 'undo_log');
				if (drift.length > 0) problems.push(`a rebuild differs in ${drift.join(', ')}`);
				const next = app.dispatch({ id: 'the-next', name: 'author_bot', input: { name: 'One more' } });
				if (!next.ok) problems.push(`the next command was refused: ${JSON.stringify(next.error)}`);
				sound('quick_check');
			} finally {
				file.close();
			}
		} catch (error) {
			problems.push(`opened: ${String(error)}`);
		}
		return { tables, problems };
	},
	remove: async (folder) => {
		await (await openRoot()).removeEntry(folder, { recursive: true });
	}
};

Comlink.expose(api);
