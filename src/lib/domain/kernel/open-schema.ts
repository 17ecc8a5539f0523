// Opens the schema of a file: made, brought up to date, or refused.
import { createFullText, indexOf } from './full-text.ts';
import { createKernelTables, KERNEL_TABLES, kernelMeta, upgradeToFormat2 } from './log.ts';
import { z } from './schema.ts';
import { createTable, sql, type Sql, type Table } from './sql.ts';
import { brokenRules } from './table-rules.ts';

/** Format of the file as a whole; a file with a higher one is not opened. */
export const FILE_FORMAT = 8;

/** The file was written by a newer Stet. It is left as it is. */
export class NewerFile extends Error {
	override readonly name = 'NewerFile';
}

/** A short name for the shape of all projection tables, compared to notice a change nobody numbered. FNV-1a, 32 bits. */
const fingerprint = (tables: readonly Table[]): string => {
	let hash = 0x811c9dc5;
	for (const char of tables.flatMap((table) => [createTable(table), createFullText(table)]).join('\n')) {
		hash ^= char.codePointAt(0) ?? 0;
		hash = Math.imul(hash, 0x01000193) >>> 0;
	}
	return hash.toString(16).padStart(8, '0');
};

const projectionsOf = (tables: readonly Table[]): readonly Table[] =>
	tables.filter(({ role }) => role === 'projection');

/** What says that projections were folded as they are folded now. */
export const shapeOf = (projectionVersion: number, tables: readonly Table[]): string =>
	`${String(projectionVersion)}:${fingerprint(projectionsOf(tables))}`;

export interface SchemaDeps {
	readonly db: Sql;
	/** Every projection and workspace table. */
	readonly tables: readonly Table[];
	readonly projectionVersion: number;
	/** From {@link shapeOf}. */
	readonly shape: string;
	/** Kinds of event that open a turn. */
	readonly turnKinds: readonly string[];
	/** Called inside the transaction before anything is written. */
	fence(): void;
	/** Replays the log into the projections, inside the transaction. */
	rebuild(): void;
}

/**
 * Makes the schema on a fresh file, brings an older one up to date, and replays the log when projections changed, in one
 * transaction. A file that this version left is not written to. Throws {@link NewerFile}.
 */
export const openSchema = ({
	db,
	tables,
	projectionVersion,
	shape,
	turnKinds,
	fence,
	rebuild
}: SchemaDeps): void => {
	const projectionTables = projectionsOf(tables);
	const nameRow = z.object({ name: z.string() });
	const existing = new Set(
		db.all(sql`select name from sqlite_schema where type = 'table'`).map((row) => nameRow.parse(row).name)
	);
	const meta = (k: string): unknown => db.all(sql`select v from ${kernelMeta} where k = ${k}`)[0]?.['v'];
	const setMeta = (k: string, v: string | number) =>
		db.run(
			sql`insert into ${kernelMeta} (k, v) values (${k}, ${v}) on conflict (k) do update set v = excluded.v`
		);

	if (existing.has(kernelMeta.name)) {
		const format = Number(meta('format'));
		const projection = Number(meta('projection_version'));
		if (format > FILE_FORMAT || projection > projectionVersion)
			throw new NewerFile(
				`this library was last used by a newer Stet (format ${String(format)}, projections ${String(projection)}; known here: ${String(FILE_FORMAT)}, ${String(projectionVersion)})`
			);
	}

	const missing = tables.filter(({ role, name }) => role === 'workspace' && !existing.has(name));
	const old = existing.has(kernelMeta.name) && Number(meta('format')) < FILE_FORMAT;
	if (existing.has(kernelMeta.name) && !old && missing.length === 0 && meta('projection_shape') === shape)
		return;

	db.transaction(() => {
		fence();
		if (!existing.has(kernelMeta.name)) {
			createKernelTables(db);
			setMeta('format', FILE_FORMAT);
		} else if (old) {
			if (Number(meta('format')) < 2) upgradeToFormat2(db, turnKinds);
			// formats 3 to 8 only differ in workspace tables: those that are missing are made below
			for (const table of tables)
				if (table.role === 'workspace' && existing.has(table.name)) remake(db, table);
			setMeta('format', FILE_FORMAT);
		}
		for (const table of missing) db.exec(createTable(table));

		if (meta('projection_shape') !== shape) {
			const known = meta('projection_tables');
			for (const name of typeof known === 'string' ? z.array(z.string()).parse(JSON.parse(known)) : [])
				db.exec(`drop table if exists "${name.replaceAll('"', '""')}"`);
			for (const table of projectionTables) db.exec(`${createTable(table)}\n${createFullText(table)}`);
			setMeta(
				'projection_tables',
				JSON.stringify(
					projectionTables.flatMap((table) =>
						table.fullText === null ? [table.name] : [indexOf(table), table.name]
					)
				)
			);
			setMeta('projection_version', projectionVersion);
			setMeta('projection_shape', shape);
			keepRules(db, [...tables, ...KERNEL_TABLES]);
			rebuild();
		}
	});
};

/** Refuses a schema under which replay or undo would go wrong without a word. */
const keepRules = (db: Sql, tables: readonly Table[]): void => {
	const broken = tables.flatMap((table) => brokenRules(db, table));
	if (broken.length > 0) throw new Error(`tables that cannot be undone exactly: ${broken.join('; ')}`);
};

/** Gives a workspace table of an older format today's columns; rows keep what both have. */
const remake = (db: Sql, table: Table): void => {
	const columns = (name: string) =>
		db.all(sql`select name from pragma_table_info(${name})`).map((row) => String(row['name']));
	for (const index of Object.keys(table.indexes)) db.exec(`drop index if exists ${index}`);
	db.exec(`alter table ${table.name} rename to older_${table.name}`);
	db.exec(createTable(table));
	const before = new Set(columns(`older_${table.name}`));
	const both = columns(table.name)
		.filter((column) => before.has(column))
		.join(', ');
	db.exec(`insert into ${table.name} (${both}) select ${both} from older_${table.name};
		drop table older_${table.name};`);
};
