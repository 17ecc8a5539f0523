// The library files beside the one in use: those that arrive, and those that are kept. What holds them, pool or memory, fills this.
import { ARRIVED } from '../../domain/kernel/arrival.ts';
import { sql } from '../../domain/kernel/sql.ts';
import type { KeptFile } from '../travel-protocol.ts';
import type { Connection } from './sqlite.ts';

/** Pieces that came before are not here (the leader changed): whoever sends begins again. */
export class ArrivalGone extends Error {
	override readonly name = 'ArrivalGone';
}

/** How long a file that was replaced, or was there before an update, is kept. */
export const KEPT_DAYS = 30;
/** How much of a kept file is read at once, in bytes. */
export const KEPT_PIECE_BYTES = 1024 * 1024;

export interface Shelf {
	/** A store begins to use it, until {@link release}. */
	claim(): void;
	/** Nothing more is begun; resolves when what was begun has ended, and nothing holds the files. */
	release(): Promise<void>;
	/** Takes a piece of an arriving file. One that was taken before is passed over. Throws {@link ArrivalGone}. */
	take(id: string, piece: number, bytes: Uint8Array<ArrayBuffer>, last: boolean): Promise<void>;
	/** Attaches an arrived file as schema {@link ARRIVED}. Throws {@link ArrivalGone}. */
	attach(connection: Connection, id: string): void;
	/** Forgets an arrived file that is not in use. */
	drop(id: string): Promise<void>;
	/** The arrived file is the library already. */
	isInUse(id: string): Promise<boolean>;
	/**
	 * Opens an arrived or kept file beside the library, for something to be written to it, and closes it again. Throws
	 * {@link ArrivalGone} when it is not there.
	 */
	prepare(which: Beside, work: (connection: Connection) => void): Promise<void>;
	/** From the next opening on, this file is the library, and the one until now is kept. The library must be closed;
	 * `bytes`: how large it was. Answers the name it is kept under. */
	putInUse(which: Beside, at: number, bytes: number): Promise<string>;
	/** Of what is kept for the same reason only the one kept last stays. To be called when the library in use is open. */
	trim(): Promise<void>;
	/** Keeps a copy of the open library as it is now; it is checked before this resolves. */
	keepCopy(connection: Connection, at: number): Promise<void>;
	kept(): Promise<readonly KeptFile[]>;
	/** At most {@link KEPT_PIECE_BYTES} from `offset` on; null when there is no such file. */
	readKept(name: string, offset: number): Promise<Uint8Array<ArrayBuffer> | null>;
	deleteKept(name: string): Promise<void>;
}

export type Beside = { readonly arrived: string } | { readonly kept: string };

export const detachArrived = (connection: Connection): void => {
	if (connection.all(sql`select 1 from pragma_database_list where name = ${ARRIVED}`).length > 0)
		connection.exec(`detach ${ARRIVED}`);
};

/** Bytes of a database from `offset` on, page by page: what a file of it would hold. */
export const bytesOf = (connection: Connection, offset: number, atMost: number): Uint8Array<ArrayBuffer> => {
	const size = Number(connection.all({ text: 'pragma page_size', values: [] })[0]?.['page_size'] ?? 0);
	const first = Math.floor(offset / size) + 1;
	const rows = connection.all(
		sql`select data from sqlite_dbpage where pgno >= ${first} and pgno < ${first + Math.floor(atMost / size)} order by pgno`
	);
	const bytes = new Uint8Array(rows.length * size);
	rows.forEach(({ data }, at) => {
		if (data instanceof Uint8Array) bytes.set(data, at * size);
	});
	return bytes.subarray(offset % size);
};
