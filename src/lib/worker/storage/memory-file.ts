// The library in memory, for a session a person asked for: it can be replaced and put back as on a disk, and is gone with the tab.
import { ARRIVED } from '../../domain/kernel/arrival.ts';
import type { KeptFile } from '../travel-protocol.ts';
import { joined, putImage } from './image.ts';
import { ArrivalGone, bytesOf, KEPT_PIECE_BYTES, type Shelf } from './shelf.ts';
import { connect, openMemory, type Connection } from './sqlite.ts';
import type { OpenFile } from './store.ts';

export interface MemoryFile {
	openFile(): Promise<OpenFile>;
	readonly shelf: Shelf;
}

/** The work done now; what it throws is a rejection. */
const now = <T>(work: () => T): Promise<T> =>
	new Promise((resolve) => {
		resolve(work());
	});

export const createMemoryFile = async (): Promise<MemoryFile> => {
	let library = await openMemory();
	const parts = new Map<string, Uint8Array[]>();
	const arrived = new Map<string, Uint8Array<ArrayBuffer>>();
	const kept = new Map<string, { readonly about: KeptFile; readonly bytes: Uint8Array<ArrayBuffer> }>();
	let inUse: string | null = null;
	let copies = 0;

	const wholeOf = (connection: Connection): Uint8Array<ArrayBuffer> => {
		const pieces: Uint8Array[] = [];
		for (let offset = 0; ;) {
			const piece = bytesOf(connection, offset, KEPT_PIECE_BYTES);
			if (piece.byteLength === 0) return joined(pieces);
			pieces.push(piece);
			offset += piece.byteLength;
		}
	};
	const keep = (why: KeptFile['why'], at: number): string => {
		const bytes = wholeOf(library);
		for (const [name, { about }] of kept) if (about.why === why) kept.delete(name);
		const name = `/kept-${String(++copies)}.db`;
		kept.set(name, { about: { name, why, at, bytes: bytes.byteLength }, bytes });
		return name;
	};
	const bytesBeside = (which: Parameters<Shelf['prepare']>[0]): Uint8Array<ArrayBuffer> => {
		const bytes = 'arrived' in which ? arrived.get(which.arrived) : kept.get(which.kept)?.bytes;
		if (bytes === undefined) throw new ArrivalGone('it is not here');
		return bytes;
	};
	const opened = (bytes: Uint8Array): Connection => {
		const connection = connect(library.sqlite3, ':memory:', '');
		putImage(connection, 'main', bytes);
		return connection;
	};

	return {
		openFile: () => Promise.resolve({ connection: library, worked: () => undefined, close: () => undefined }),
		shelf: {
			claim: () => undefined,
			release: () => Promise.resolve(),
			trim: () => Promise.resolve(),
			take: (id, piece, bytes, last) =>
				now(() => {
					if (arrived.has(id)) return;
					const before = parts.get(id) ?? [];
					if (piece > before.length) throw new ArrivalGone(`piece ${String(piece)} came too early`);
					if (piece === before.length) before.push(bytes);
					parts.set(id, before);
					if (!last) return;
					arrived.set(id, joined(before));
					parts.delete(id);
				}),
			attach: (connection, id) => {
				const bytes = bytesBeside({ arrived: id });
				connection.exec(`attach ':memory:' as ${ARRIVED}`);
				putImage(connection, ARRIVED, bytes);
			},
			drop: (id) =>
				now(() => {
					parts.delete(id);
					arrived.delete(id);
				}),
			isInUse: (id) => now(() => inUse === id),
			prepare: (which, work) =>
				now(() => {
					const connection = opened(bytesBeside(which));
					try {
						work(connection);
						const bytes = wholeOf(connection);
						if ('arrived' in which) {
							arrived.set(which.arrived, bytes);
							return;
						}
						const before = kept.get(which.kept);
						if (before !== undefined) kept.set(which.kept, { ...before, bytes });
					} finally {
						connection.close();
					}
				}),
			putInUse: (which, at) =>
				now(() => {
					const next = opened(bytesBeside(which));
					if ('kept' in which) kept.delete(which.kept);
					const before = keep('replaced', at);
					library.close();
					library = next;
					inUse = 'arrived' in which ? which.arrived : null;
					if ('arrived' in which) arrived.delete(which.arrived);
					return before;
				}),
			keepCopy: (_, at) =>
				now(() => {
					keep('before-update', at);
				}),
			kept: () => now(() => [...kept.values()].map(({ about }) => about)),
			readKept: (name, offset) =>
				now(() => kept.get(name)?.bytes.slice(offset, offset + KEPT_PIECE_BYTES) ?? null),
			deleteKept: (name) =>
				now(() => {
					kept.delete(name);
				})
		}
	};
};
