// Reads a SQLite image that somebody gave us: a few tables, column by column. Nothing in it is believed, and nothing of it runs.
import {
	APPLICATION_ID,
	createImage,
	formatOf,
	IMAGE_TABLES,
	readManifest,
	ROW_COLUMNS
} from '../../domain/formats/snapshot-file.ts';
import { FILE_FORMAT } from '../../domain/kernel/app.ts';
import { assets, eventLog, recoveryCopy, recoveryEvent } from '../../domain/kernel/log.ts';
import { sql, type SqlRow, type Table } from '../../domain/kernel/sql.ts';
import type { Connection } from '../storage/sqlite.ts';
import { SqlError } from '../storage/storage-error.ts';
import { damaged, FileRefused, type Errand } from './errand.ts';
import type { FoundPicture, FoundRow, Source } from './source.ts';

/** No cell is longer: the longest turn there can be is 1 MB of text. */
const CELL_MAX_BYTES = 16 * 1024 * 1024;
const PAGE_ROWS = 500;
const PAGE_BYTES = 8 * 1024 * 1024;
const MANIFEST_KEYS = 100;

/** What SQLite says about a table's columns, to be compared; names and types as SQLite itself tells them. */
const shapeOf = (db: Connection, table: string): string =>
	JSON.stringify({
		columns: db.all(
			sql`select name, upper(type) as type, "notnull", pk, hidden from pragma_table_xinfo(${table}) order by cid`
		),
		kind: db.all(
			sql`select type, wr, strict from pragma_table_list where schema = 'main' and name = ${table}`
		),
		// "integer primary key desc" looks like the rowid and is an index beside it
		keys: db.all(sql`select count(*) as n from pragma_index_list(${table}) where origin = 'pk'`)
	});

/** What SQLite finds wrong with an image, as a refusal; anything that is no matter of the image is thrown on. */
export const asDamage = (error: unknown): unknown => {
	if (!(error instanceof SqlError)) return error;
	const isFile = error.name !== 'StorageError' || ('kind' in error && error.kind === 'corrupt');
	return isFile ? damaged({}, error.message) : error;
};

/**
 * Opens an image for reading: looks at the form of its tables, and checks the pages of those that are read. `db`: opened
 * so that triggers and views do nothing. `blank`: an empty database.
 */
export const readImage = async (db: Connection, blank: Connection, errand: Errand): Promise<Source> => {
	const asking = <T>(work: () => T): T => {
		try {
			return work();
		} catch (error) {
			throw asDamage(error);
		}
	};
	const all = (statement: ReturnType<typeof sql>): SqlRow[] => asking(() => db.all(statement));

	const { capi } = db.sqlite3;
	// SQLITE_LIMIT_LENGTH
	capi.sqlite3_limit(db.pointer, 0, CELL_MAX_BYTES);
	// what a file demands of its rows is SQL too, and theirs
	asking(() => {
		db.exec('pragma query_only = on; pragma ignore_check_constraints = on; pragma cell_size_check = on;');
	});
	const number = (pragma: string): number =>
		Number(all({ text: `select * from pragma_${pragma}`, values: [] })[0]?.[pragma]);
	if (number('application_id') !== APPLICATION_ID)
		throw new FileRefused({ type: 'file_not_ours', looksLike: 'sqlite' });

	// a newer file may have other tables, and must say so before they are looked at
	const hasManifest =
		all(sql`select 1 from pragma_table_list where schema = 'main' and name = 'manifest' and type = 'table'`)
			.length > 0;
	if (!hasManifest) throw damaged({}, 'it has no table "manifest"');
	const told = all(sql`select k, v from manifest limit ${MANIFEST_KEYS}`);
	const format = formatOf(told);
	if (format !== null && format > FILE_FORMAT)
		throw new FileRefused({ type: 'file_newer', format, known: FILE_FORMAT });

	createImage(blank);
	for (const name of ['manifest', ...IMAGE_TABLES.map((table) => table.name)]) {
		if (shapeOf(blank, name) !== asking(() => shapeOf(db, name)))
			throw damaged({}, `its table "${name}" is not made as Stet makes it`);
		await errand.pause();
		// this table's pages only: nobody reads the others
		const [answer] = all({ text: `pragma quick_check(${name})`, values: [] });
		if (answer?.['quick_check'] !== 'ok') throw damaged({}, String(answer?.['quick_check']));
	}

	const manifest = readManifest(told);
	if (!manifest.success) {
		const [issue] = manifest.error.issues;
		throw damaged({}, `manifest: ${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`);
	}

	/** How many of the next rows to take, so that a page stays small however long its cells are. */
	const nextPage = (table: Table, after: number): number => {
		let sum = 0;
		let rows = 0;
		for (const { n } of all(
			sql`select octet_length(payload) + octet_length(stream) + octet_length(kind) + octet_length(event_id)
					+ coalesce(octet_length(anchor), 0) + coalesce(octet_length(cause), 0) as n
				from ${table} not indexed where seq > ${after} order by seq limit ${PAGE_ROWS}`
		)) {
			sum += Number(n);
			rows += 1;
			if (sum > PAGE_BYTES) break;
		}
		return rows;
	};

	const rowsOf = async function* (table: Table, more: string): AsyncGenerator<readonly FoundRow[]> {
		for (let after = -Infinity; ;) {
			await errand.pause();
			const from = after === -Infinity ? Number.MIN_SAFE_INTEGER : after;
			const rows = all({
				text: `select ${ROW_COLUMNS}${more} from ${table.name} not indexed where seq > ? order by seq limit ?`,
				values: [from, nextPage(table, from)]
			});
			const last = rows.at(-1)?.['seq'];
			if (last === undefined) return;
			yield rows.map((row) => ({ row, supersededAt: null, line: null }));
			// whoever checked the page refused it if this is no number
			after = Number(last);
		}
	};

	return {
		manifest: manifest.data,
		events: () => rowsOf(eventLog, ''),
		copyEvents: () => rowsOf(recoveryEvent, ', copy_id as copyId'),
		copies: async function* () {
			for (let after = ''; ;) {
				await errand.pause();
				const rows = all(
					sql`select copy_id as copyId, stream, kind, title, at, turns, events, bytes, digest, cut_seq as cutSeq,
							base_turns as baseTurns, base_marks as baseMarks, strangers
						from ${recoveryCopy} where copy_id > ${after} order by copy_id limit 1`
				);
				const last = rows.at(-1)?.['copyId'];
				if (last === undefined) return;
				yield rows;
				after = String(last);
			}
		},
		pictures: async function* (): AsyncGenerator<FoundPicture> {
			for (let after = Number.MIN_SAFE_INTEGER; ;) {
				await errand.pause();
				const [row] = all(
					sql`select rowid as at, hash, media_type as mediaType, bytes from ${assets} not indexed
						where rowid > ${after} order by rowid limit 1`
				);
				if (row === undefined) return;
				yield { hash: row['hash'], mediaType: row['mediaType'], bytes: row['bytes'], line: null };
				after = Number(row['at']);
			}
		}
	};
};
