// The Sql contract on real files, and what opening them must never do.
import * as Comlink from 'comlink';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sqlCases } from '../contract/sql-cases.ts';
import type { FilesWorkerApi } from './storage-workers.ts';

const workers: Worker[] = [];
const folders: string[] = [];

const start = async (
	folder: string,
	journal: 'wal' | 'delete' = 'wal'
): Promise<{ worker: Worker; api: Comlink.Remote<FilesWorkerApi> }> => {
	const worker = new Worker(new URL('./storage-files.worker.ts', import.meta.url), { type: 'module' });
	workers.push(worker);
	if (!folders.includes(folder)) folders.push(folder);
	const api = Comlink.wrap<FilesWorkerApi>(worker);
	await api.use(folder, journal);
	return { worker, api };
};

const newFolder = (): string => `test-${crypto.randomUUID()}`;

/** Every file of a folder, by path, as hex of its bytes. */
const fingerprint = async (folder: string): Promise<Record<string, string>> => {
	const found: Record<string, string> = {};
	const walk = async (directory: FileSystemDirectoryHandle, path: string): Promise<void> => {
		for await (const [name, handle] of directory.entries()) {
			if (handle instanceof FileSystemDirectoryHandle) await walk(handle, `${path}/${name}`);
			else if (handle instanceof FileSystemFileHandle) {
				const bytes = await (await handle.getFile()).arrayBuffer();
				const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
				found[`${path}/${name}`] = `${String(bytes.byteLength)}:${digest.join('.')}`;
			}
		}
	};
	await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle(folder), '');
	return found;
};

/** Overwrites bytes of the pool file that holds the database (the largest one). */
const damage = async (folder: string, at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
	const pool = await (
		await (await navigator.storage.getDirectory()).getDirectoryHandle(folder)
	).getDirectoryHandle('files');
	const opaque = await pool.getDirectoryHandle('.opaque');
	let largest: FileSystemFileHandle | null = null;
	let size = -1;
	for await (const handle of opaque.values()) {
		if (!(handle instanceof FileSystemFileHandle)) continue;
		const file = await handle.getFile();
		if (file.size > size) [largest, size] = [handle, file.size];
	}
	const writable = await largest?.createWritable({ keepExistingData: true });
	await writable?.write({ type: 'write', position: at, data: bytes });
	await writable?.close();
};

afterEach(() => {
	for (const worker of workers.splice(0)) worker.terminate();
});

afterAll(async () => {
	const root = await navigator.storage.getDirectory();
	for (const folder of folders) await root.removeEntry(folder, { recursive: true }).catch(() => undefined);
});

describe.each(['wal', 'delete'] as const)('the Sql port on files, journal %s', (journal) => {
	let files: Awaited<ReturnType<typeof start>>;
	beforeAll(async () => {
		files = await start(newFolder(), journal);
		// the files are opened anew for each case, the worker is not
		workers.pop();
	});
	afterAll(() => {
		files.worker.terminate();
	});
	it.each(sqlCases)('$name', async ({ name, answer }) => {
		expect(await files.api.runCase(name)).toStrictEqual(answer);
	});
});

describe.each(['wal', 'delete'] as const)('the files, journal %s', (journal) => {
	it('keeps what was committed when the worker is killed, and what it had not', async () => {
		const folder = newFolder();
		const first = await start(folder, journal);
		expect(await first.api.open()).toBeNull();
		await first.api.exec(
			"create table t (x text) strict; insert into t values ('kept'); begin; insert into t values ('cut')"
		);
		first.worker.terminate();
		const second = await start(folder, journal);
		expect(await second.api.open()).toBeNull();
		expect(await second.api.all('select x from t')).toEqual([{ x: 'kept' }]);
		expect(await second.api.all('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
	});

	it('sets the connection up so that an acknowledged commit survives a power cut', async () => {
		const { api } = await start(newFolder(), journal);
		await api.open();
		const asked = [
			'journal_mode',
			'locking_mode',
			'synchronous',
			'page_size',
			'cache_size',
			'foreign_keys',
			'trusted_schema'
		];
		const answers = await Promise.all(asked.map((pragma) => api.all(`pragma ${pragma}`)));
		expect(answers).toEqual([
			[{ journal_mode: journal }],
			[{ locking_mode: 'exclusive' }],
			[{ synchronous: 2 }],
			[{ page_size: 4096 }],
			[{ cache_size: -16384 }],
			[{ foreign_keys: 0 }],
			[{ trusted_schema: 0 }]
		]);
	});

	it('opens a file that the other journal mode wrote', async () => {
		const folder = newFolder();
		const first = await start(folder, journal === 'wal' ? 'delete' : 'wal');
		await first.api.open();
		await first.api.exec("create table t (x text) strict; insert into t values ('kept')");
		await first.api.close();
		const second = await start(folder, journal);
		expect(await second.api.open()).toBeNull();
		expect(await second.api.all('select x from t')).toEqual([{ x: 'kept' }]);
	});

	it('closes and opens again in one worker, and lets another worker have the files in between', async () => {
		const folder = newFolder();
		const { api } = await start(folder, journal);
		await api.open();
		await api.exec('create table t (x any) strict');
		await api.close();
		const other = await start(folder, journal);
		expect(await other.api.open()).toBeNull();
		await other.api.exec('insert into t values (1)');
		await other.api.close();
		expect(await api.open()).toBeNull();
		expect(await api.all('select x from t')).toEqual([{ x: 1 }]);
	});

	it('gives up with an error while another worker holds the files, and touches nothing', async () => {
		const folder = newFolder();
		const first = await start(folder, journal);
		await first.api.open();
		await first.api.exec("create table t (x text) strict; insert into t values ('kept')");
		const second = await start(folder, journal);
		expect(await second.api.open()).toMatchObject({ name: 'NoModificationAllowedError' });
		expect(await first.api.all('select x from t')).toEqual([{ x: 'kept' }]);
		await first.api.close();
		expect(await second.api.open()).toBeNull();
		expect(await second.api.all('select x from t')).toEqual([{ x: 'kept' }]);
	});
});

describe('a damaged file', () => {
	const text = (words: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(words);

	it.each([
		['its first page is no database', 4096, text('this is not a database at all')],
		['its name in the pool is garbled', 3, text('~')],
		['its pool header fails its digest', 516, text('~~~~')]
	])('is refused as corrupt and left exactly as it is: %s', async (_, at, bytes) => {
		const folder = newFolder();
		const first = await start(folder);
		await first.api.open();
		await first.api.exec("create table t (x text) strict; insert into t values ('kept')");
		await first.api.close();
		await damage(folder, at, bytes);
		const before = await fingerprint(folder);
		const second = await start(folder);
		expect(await second.api.open()).toMatchObject({ name: 'StorageError', kind: 'corrupt' });
		second.worker.terminate();
		expect(await fingerprint(folder)).toEqual(before);
	});

	it('is not taken for a first visit when the pool has lost it', async () => {
		const folder = newFolder();
		const first = await start(folder);
		await first.api.open();
		await first.api.close();
		const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(folder);
		await root.removeEntry('files', { recursive: true });
		const second = await start(folder);
		expect(await second.api.open()).toMatchObject({ name: 'StorageError', kind: 'corrupt' });
	});
});

describe('the WAL', () => {
	it('is folded into the file behind a burst of commits, so that it stays small', async () => {
		const { api } = await start(newFolder());
		await api.open();
		await api.commits(1200);
		await expect
			.poll(async () => api.all('pragma wal_checkpoint(noop)'), { timeout: 10_000 })
			.toEqual([expect.objectContaining({ busy: 0 })]);
		await expect
			.poll(
				async () => {
					const [row] = (await api.all('pragma wal_checkpoint(noop)')) as {
						log: number;
						checkpointed: number;
					}[];
					return row === undefined ? -1 : row.log - row.checkpointed;
				},
				{ timeout: 10_000 }
			)
			.toBe(0);
	});
});

it('finds that there is room for more', async () => {
	const { api } = await start(newFolder());
	expect(await api.hasRoom()).toBe(true);
});

it('notices a window whose files vanish with it: the one these tests run in', async () => {
	const { api } = await start(newFolder());
	expect(await api.isPrivate()).toBe(true);
});
