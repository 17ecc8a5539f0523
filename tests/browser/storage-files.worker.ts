// A worker for tests: opens the pool by itself, without tabs, and runs what only a worker can run.
import * as Comlink from 'comlink';
import { createPool } from '#lib/worker/storage/pool.ts';
import { isPrivateWindow } from '#lib/worker/storage/private-window.ts';
import { sql, type Sql } from '#lib/domain/kernel/sql.ts';
import type { OpenFile } from '#lib/worker/storage/store.ts';
import { runSqlCase } from '../contract/sql-cases.ts';
import type { FilesWorkerApi } from './storage-workers.ts';

let pool = createPool();
let file: OpenFile | null = null;

const opened = (): OpenFile => {
	if (file === null) throw new Error('no file is open');
	return file;
};

const api: FilesWorkerApi = {
	use: (folder, journal) => {
		pool = createPool({ folder, journal });
	},
	open: async () => {
		try {
			file = await pool.openFile();
			return null;
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			return { name: error.name, message: error.message, kind: 'kind' in error ? error.kind : null };
		}
	},
	exec: (script) => {
		opened().connection.exec(script);
	},
	all: (text) => opened().connection.all({ text, values: [] }),
	close: () => {
		opened().close();
		file = null;
	},
	hasRoom: () => pool.hasRoom(),
	isPrivate: () => isPrivateWindow(pool.folderName),
	runCase: (name) =>
		runSqlCase(name, async () => {
			const one = await pool.openFile();
			const { connection } = one;
			for (const row of connection.all(
				sql`select name, type from sqlite_schema where type in ('table', 'view') and name not like 'sqlite_%' and name not like 'words_%'`
			))
				connection.exec(`drop ${String(row['type'])} "${String(row['name'])}"`);
			return {
				...connection,
				close: () => {
					one.close();
				}
			} satisfies Sql;
		}),
	commits: (count) => {
		const file = opened();
		const { connection } = file;
		connection.exec('create table if not exists bench (id integer primary key, body text not null) strict');
		const times: number[] = [];
		for (let n = 0; n < count; n++) {
			const start = performance.now();
			connection.transaction(() => {
				connection.run(sql`insert into bench (body) values (${'x'.repeat(3000)})`);
			});
			times.push(performance.now() - start);
			file.worked();
		}
		return times;
	}
};

Comlink.expose(api);
