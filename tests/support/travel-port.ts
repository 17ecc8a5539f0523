// The travel worker's way to the log, answered by an app in this process: what arrives is attached, or takes its place.
import { ARRIVED } from '#lib/domain/kernel/arrival.ts';
import { nameLibrary } from '#lib/domain/kernel/retold.ts';
import type { TravelPort } from '#lib/worker/travel-protocol.ts';
import { connect, type Connection } from '#lib/worker/storage/sqlite.ts';
import { depart } from './arrival.ts';
import { play, type Given } from './given.ts';
import { crossed } from './taking.ts';

export interface PortOverApp {
	readonly port: TravelPort;
	/** The library in use: another one after `replace`. */
	at(): Given;
	/** Names of what was called that writes, in order. */
	readonly written: string[];
}

/** Puts bytes in as a database of this name of a connection. */
const putBytes = (db: Connection, schema: string, bytes: Uint8Array): void => {
	const { capi, wasm } = db.sqlite3;
	const pointer = wasm.allocFromTypedArray(bytes);
	const flags = capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_RESIZEABLE;
	const code = capi.sqlite3_deserialize(
		db.pointer,
		schema,
		pointer,
		bytes.byteLength,
		bytes.byteLength,
		flags
	);
	if (code !== 0) throw new Error(`sqlite3_deserialize answered ${String(code)}`);
};

/** A port over an app in memory. `gone`: how many pieces are taken before a leader is lost, once. */
export const portOver = (first: Given, gone = Infinity): PortOverApp => {
	let at = first;
	// as the store does with a file it opens, and with one it puts in use
	nameLibrary(at.sql, crypto.randomUUID(), false);
	let leader = { pieces: new Map<string, Uint8Array[]>(), left: gone };
	const written: string[] = [];
	const answers = new Map<string, Awaited<ReturnType<TravelPort['admit']>>>();
	const bytesFor = (id: string): Uint8Array => {
		const pieces = leader.pieces.get(id);
		if (pieces === undefined) throw new Error(`nothing has arrived as ${id}`);
		return new Uint8Array(Buffer.concat(pieces));
	};
	const port: TravelPort = {
		dispatch: async ({ id, name, input }) => {
			written.push('dispatch');
			return at.app.dispatch({ id, name, input });
		},
		ask: async (name, input) => crossed(at, name, input),
		reserve: async (events) => {
			written.push('reserve');
			return at.app.reserve(events);
		},
		arrive: async (id, piece, bytes, _last) => {
			written.push('arrive');
			if (leader.left-- === 0) leader = { pieces: new Map(), left: Infinity };
			const pieces = leader.pieces.get(id) ?? [];
			if (piece > pieces.length)
				throw Object.assign(new Error('what came before is not here'), { name: 'ArrivalGone' });
			pieces[piece] = bytes.slice();
			leader.pieces.set(id, pieces);
		},
		admit: async (id, how) => {
			written.push(`admit ${how}`);
			const before = answers.get(id);
			if (before !== undefined) return before;
			const bytes = bytesFor(id);
			const db = at.sql as Connection;
			let answer: Awaited<ReturnType<TravelPort['admit']>>;
			if (how === 'merge') {
				depart(db);
				db.exec(`attach ':memory:' as ${ARRIVED}`);
				putBytes(db, ARRIVED, bytes);
				const brought = at.app.dispatch({ id, name: 'bring_in', input: {}, tab: 'tab-1' });
				answer = brought.ok
					? (brought as typeof answer)
					: {
							ok: false,
							error: {
								type: ['here_by_now', 'act_conflict'].includes(brought.error.type)
									? 'moved_on'
									: brought.error.type
							}
						};
				depart(db);
			} else {
				const other = connect(db.sqlite3, ':memory:', '');
				putBytes(other, 'main', bytes);
				at = play(other);
				nameLibrary(other, crypto.randomUUID(), true);
				answer = { ok: true, value: { chats: [] } };
			}
			answers.set(id, answer);
			return answer;
		},
		dismiss: async (id) => {
			leader.pieces.delete(id);
		},
		keptFiles: async () => [],
		readKept: async () => null,
		restoreKept: async () => false,
		deleteKept: async () => undefined
	};
	return { port, at: () => at, written };
};
