// A database that has arrived, attached to an app's own, made of another app: what bringing a file in ends with.
import { ARRIVED } from '#lib/domain/kernel/arrival.ts';
import { createLogDigest } from '#lib/domain/kernel/digest.ts';
import { insertLogRow, readStream } from '#lib/domain/kernel/log.ts';
import { handoffStream } from '#lib/domain/streams.ts';
import { sql, type Sql } from '#lib/domain/kernel/sql.ts';
import { connect, type Connection } from '#lib/worker/storage/sqlite.ts';
import { CLOCK_STEP_MS, play, steadyWorld, WORLD_BEGINS_MS, type Given } from './given.ts';

const LATER_MS = 400 * 24 * 3600 * CLOCK_STEP_MS;

/** Detaches what has arrived, if anything. */
export const depart = (db: Sql): void => {
	if (db.all(sql`select 1 from pragma_database_list where name = ${ARRIVED}`).length > 0)
		db.exec(`detach ${ARRIVED}`);
};

/**
 * Lets a library arrive: `fill` plays it in `empty` (a fresh database, closed by the caller), whose log gets numbers that
 * were reserved in `db`. `nth` keeps the ids of several arrivals apart.
 */
export const arrive = (at: Given, empty: Sql, fill: (other: Given) => void, nth = 1): Given => {
	const db = at.sql;
	depart(db);
	const world = steadyWorld();
	let ids = 0;
	const other = play(empty, {
		world: {
			now: () => world.now() + LATER_MS,
			newId: () =>
				`00000000-0000-4000-9${nth.toString(16).padStart(3, '0')}-${(++ids).toString(16).padStart(12, '0')}`
		}
	});
	const first = at.app.reserve(1000);
	const { library } = at.ask('holdings', {});
	empty.run(sql`insert or replace into kernel_meta (k, v) values ('next_seq', ${first})`);
	fill(other);
	empty.run(sql`insert into kernel_meta (k, v) values ('for_library', ${library})`);
	for (const row of empty.all(sql`select distinct stream from event_log`)) {
		const stream = String(row['stream']);
		const digest = createLogDigest();
		for (const one of readStream(empty, stream, 0, 1000)) digest.add(one);
		empty.run(
			sql`insert into brought_in (digest, stream, at) values (${digest.digest()}, ${stream}, ${WORLD_BEGINS_MS})`
		);
	}
	db.exec(`attach ':memory:' as ${ARRIVED}`);
	const tables = empty.all(
		// without full-text indexes: nobody searches what has not been brought in
		sql`select t.name, s.sql from pragma_table_list t join sqlite_schema s on s.name = t.name
			where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite%'`
	);
	for (const { name, sql: script } of tables) {
		db.exec(
			String(script)
				.replace(`create table ${String(name)}`, `create table ${ARRIVED}.${String(name)}`)
				.replace(`CREATE TABLE ${String(name)}`, `create table ${ARRIVED}.${String(name)}`)
		);
		for (const row of empty.all({ text: `select * from ${String(name)}`, values: [] }))
			db.run({
				text: `insert into ${ARRIVED}.${String(name)} (${Object.keys(row).join(', ')})
					values (${Object.keys(row)
						.map(() => '?')
						.join(', ')})`,
				values: Object.values(row)
			});
	}
	return other;
};

/** What somebody did to a hand-off elsewhere, put into the log of what is to arrive: unfolded, as a receipt brings it. */
export const actsElsewhere = (
	there: Given,
	handoffId: string,
	acts: readonly { readonly kind: string; readonly payload: object; readonly at: number }[]
): void => {
	for (const [nth, { kind, payload, at }] of acts.entries()) {
		const seq = there.app.reserve(1);
		insertLogRow(there.sql, {
			seq,
			eventId: `00000000-0000-4000-a000-${(seq * 16 + nth).toString(16).padStart(12, '0')}`,
			stream: handoffStream(handoffId),
			streamSeq: nth + 2,
			anchor: null,
			cause: null,
			opensTurn: false,
			batch: seq,
			kind,
			v: 1,
			payload: JSON.stringify(payload),
			at,
			supersededBy: null
		});
	}
};

/** The same, over a database of its own that is closed at once: `at` must stand on a connection. */
export const arriveAgain = (at: Given, nth: number, fill: (other: Given) => void): void => {
	const empty = connect((at.sql as Connection).sqlite3, ':memory:', '');
	try {
		arrive(at, empty, fill, nth);
	} finally {
		empty.close();
	}
};
