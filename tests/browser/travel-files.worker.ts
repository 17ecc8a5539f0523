// A worker for tests: a workshop and a private folder on real files.
import * as Comlink from 'comlink';
import { sql } from '#lib/domain/kernel/sql.ts';
import { openPrivateFolder } from '#lib/worker/travel/private-folder.ts';
import { openWorkshop, pages, type Workshop } from '#lib/worker/travel/workshop.ts';
import type { TravelFilesApi } from './travel-files.ts';

const open: Workshop[] = [];

const api: TravelFilesApi = {
	work: async (rows) => {
		const workshop = await openWorkshop();
		open.push(workshop);
		const one = workshop.create('one');
		one.exec('create table t (n integer primary key, words text not null) strict');
		one.transaction(() => {
			for (let n = 1; n <= rows; n++) one.run(sql`insert into t values (${n}, ${'words '.repeat(300)})`);
		});
		const read = async function* (): AsyncGenerator<Uint8Array> {
			yield* pages(one);
		};
		const other = await workshop.unpackInto('other', read());
		const [row] = other.all(sql`select count(*) as n from t`);
		const [check] = other.all({ text: 'pragma quick_check', values: [] });
		return { kept: workshop.kept, rows: Number(row?.['n']), check: String(check?.['quick_check']) };
	},
	spoilt: async () => {
		const workshop = await openWorkshop();
		open.push(workshop);
		const bytes = new TextEncoder().encode('no database '.repeat(500));
		const read = async function* (): AsyncGenerator<Uint8Array> {
			yield bytes;
		};
		try {
			await workshop.unpackInto('bad', read());
			return null;
		} catch (error) {
			return error instanceof Error && 'kind' in error ? String(error.kind) : String(error);
		}
	},
	close: async () => {
		for (const workshop of open.splice(0)) await workshop.close();
	},
	put: async (folderName, name, bytes) => {
		const folder = await openPrivateFolder(folderName);
		await folder?.write(name, bytes, new AbortController().signal);
		return (await folder?.names()) ?? [];
	},
	get: async (folderName, name) => (await openPrivateFolder(folderName))?.read(name) ?? null,
	remove: async (folderName, name) => {
		await (await openPrivateFolder(folderName))?.remove(name);
	},
	free: async (folderName) => (await openPrivateFolder(folderName))?.free() ?? null
};

Comlink.expose(api);
