// The library of a test as the travel worker sees it, and files opened as anybody would open them.
import { onTestFinished } from 'vitest';
import { APPLICATION_ID } from '#lib/domain/formats/snapshot-file.ts';
import { nameLibrary } from '#lib/domain/kernel/retold.ts';
import { sql } from '#lib/domain/kernel/sql.ts';
import { vocabulary } from '#lib/domain/vocabulary.ts';
import type { KeptFile, TravelProgress } from '#lib/worker/travel-protocol.ts';
import { loadSqlite } from '#lib/worker/storage/engine.ts';
import { connect, type Connection } from '#lib/worker/storage/sqlite.ts';
import type { TakeOutDeps } from '#lib/worker/travel/take-out.ts';
import { openWorkshop } from '#lib/worker/travel/workshop.ts';
import { given, WORLD_BEGINS_MS, type Given } from './given.ts';

/** When test files are taken out. */
export const TAKEN_AT_MS = WORLD_BEGINS_MS + 86_400_000;

/** A world whose ids nobody else's are. */
export const elsewhere = async (nth: number): Promise<Given> => {
	let ids = 0;
	let looks = 0;
	const at = await given({
		world: {
			now: () => 1_800_000_000_000 + 1000 * looks++,
			newId: () =>
				`00000000-0000-4000-9${nth.toString(16).padStart(3, '0')}-${(++ids).toString(16).padStart(12, '0')}`
		}
	});
	// as the store does with a file it opens
	nameLibrary(at.sql, crypto.randomUUID(), false);
	return at;
};

/** The answer of a library as it crosses between workers. */
export const crossed = ({ app }: Pick<Given, 'app'>, name: string, input: unknown): unknown =>
	structuredClone(app.ask(name, input));

/** What taking out of this library takes. `asked`: called after each answer, before the next question. */
export const takingFrom = (
	at: Pick<Given, 'app'>,
	{
		asked = () => undefined,
		kept = [],
		...more
	}: {
		readonly asked?: (query: string) => void;
		readonly kept?: readonly { readonly file: KeptFile; readonly bytes: Uint8Array }[];
	} & Partial<TakeOutDeps> = {}
): TakeOutDeps => ({
	port: {
		ask: async (name, input) => {
			const answer = crossed(at, name, input);
			asked(name);
			return answer;
		},
		keptFiles: async () => kept.map(({ file }) => file),
		readKept: async (name, offset) => {
			const found = kept.find(({ file }) => file.name === name);
			return found === undefined ? null : new Uint8Array(found.bytes.slice(offset, offset + 1024 * 1024));
		}
	},
	vocabulary,
	now: () => TAKEN_AT_MS,
	newId: () => crypto.randomUUID(),
	openWorkshop,
	storedBackup: async () => null,
	...more
});

/** Work nobody follows or stops; `told` keeps what it tells. */
export const someWork = (signal: AbortSignal = new AbortController().signal) => {
	const told: TravelProgress[] = [];
	return { signal, told, tell: (progress: TravelProgress) => void told.push(progress) };
};

/** The unpacked bytes of a gzipped file. */
export const unzipped = async (file: Blob): Promise<Uint8Array<ArrayBuffer>> =>
	new Uint8Array(
		await new Response(file.stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer()
	);

/** Opens the bytes of a database, closed when the test ends. */
export const openedImage = async (bytes: Uint8Array): Promise<Connection> => {
	const sqlite3 = await loadSqlite();
	const { capi, wasm } = sqlite3;
	const db = connect(sqlite3, ':memory:', '');
	onTestFinished(() => {
		db.close();
	});
	const size = bytes.byteLength;
	const pointer = wasm.allocFromTypedArray(bytes);
	const code = capi.sqlite3_deserialize(
		db.pointer,
		'main',
		pointer,
		size,
		size,
		capi.SQLITE_DESERIALIZE_FREEONCLOSE
	);
	if (code !== 0) throw new Error(`the image did not open: ${String(code)}`);
	return db;
};

/** The image of a `.stet` file. */
export const openedFile = async (file: Blob): Promise<Connection> => {
	const db = await openedImage(await unzipped(file));
	const [row] = db.all({ text: 'pragma application_id', values: [] });
	if (row?.['application_id'] !== APPLICATION_ID) throw new Error('it is not a file of Stet');
	return db;
};

/** The manifest of an image as it stands there. */
export const manifestOf = (db: Connection): Record<string, unknown> =>
	Object.fromEntries(db.all(sql`select k, v from manifest`).map(({ k, v }) => [String(k), v]));
