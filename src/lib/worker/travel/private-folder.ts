// A folder of files in the browser's private file system, outside the pools of SQLite.
import { openRoot, Unavailable, type WorkerFile } from '../storage/pool.ts';
import { StorageError } from '../storage/storage-error.ts';
import { piecesOf } from './packing.ts';

const FULL = 13;

export interface PrivateFolder {
	names(): Promise<readonly string[]>;
	/** Null when there is no such file. */
	read(name: string): Promise<Blob | null>;
	/** Writes all of it to the disk. Rejects with `StorageError` (`full`) when there is no room, or the signal's reason. */
	write(name: string, bytes: Blob, signal: AbortSignal): Promise<void>;
	/** Does nothing when there is no such file. */
	remove(name: string): Promise<void>;
	/** How many bytes more may be stored; null when the browser does not say. */
	free(): Promise<number | null>;
}

/** Opens the folder, making it when it is not there. Null where this browser or window keeps no files. */
export const openPrivateFolder = async (folderName: string): Promise<PrivateFolder | null> => {
	let folder: FileSystemDirectoryHandle;
	try {
		folder = await (await openRoot()).getDirectoryHandle(folderName, { create: true });
	} catch (error) {
		if (error instanceof Unavailable) return null;
		throw error;
	}
	return {
		names: async () => {
			const names: string[] = [];
			for await (const name of folder.keys()) names.push(name);
			return names;
		},
		read: async (name) => {
			try {
				return await (await folder.getFileHandle(name)).getFile();
			} catch (error) {
				if (isNamed(error, 'NotFoundError')) return null;
				throw error;
			}
		},
		write: async (name, bytes, signal) => {
			try {
				const file = (await folder.getFileHandle(name, { create: true })) as unknown as WorkerFile;
				const handle = await file.createSyncAccessHandle();
				try {
					handle.truncate(0);
					let at = 0;
					for await (const piece of piecesOf(bytes.stream())) {
						signal.throwIfAborted();
						// a full disk is no exception everywhere: the write may just be short
						if (handle.write(piece, { at }) !== piece.byteLength)
							throw new StorageError(FULL, 'full', 'the disk did not take all of the file');
						at += piece.byteLength;
					}
					handle.flush();
				} finally {
					handle.close();
				}
			} catch (error) {
				throw isNamed(error, 'QuotaExceededError')
					? new StorageError(FULL, 'full', 'there is no room for the file')
					: error;
			}
		},
		remove: async (name) => {
			try {
				await folder.removeEntry(name);
			} catch (error) {
				if (!isNamed(error, 'NotFoundError')) throw error;
			}
		},
		free: async () => {
			const { quota, usage } = await navigator.storage.estimate();
			return quota === undefined || usage === undefined ? null : quota - usage;
		}
	};
};

const isNamed = (error: unknown, name: string): error is DOMException =>
	error instanceof DOMException && error.name === name;
