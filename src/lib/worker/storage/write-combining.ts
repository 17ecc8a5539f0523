// Gathers the many small writes of a commit into one: in Firefox each write costs as much as a whole flush.

/** An open file as SQLite's pool uses it: the browser's FileSystemSyncAccessHandle, or one around it. */
export interface AccessHandle {
	read(into: ArrayBufferView<ArrayBuffer>, options: { at: number }): number;
	write(bytes: ArrayBufferView<ArrayBuffer>, options: { at: number }): number;
	flush(): void;
	truncate(size: number): void;
	getSize(): number;
	close(): void;
}

const heldAtMost = 1024 * 1024;
const firstBuffer = 256 * 1024;

/**
 * A file that holds back writes while each begins where the last one ended, and hands them on as one when something
 * else happens to them: a flush, a read of what is held, a write elsewhere, a truncation, a close, or a megabyte.
 *
 * A write that is held answers that all was written. That it was not (an exception, or fewer bytes on a full disk)
 * shows as an exception at the call that hands on; what was held is then dropped. This is sound only because SQLite,
 * with `synchronous = full`, takes nothing for written before a flush has said so. With anything less a commit would be
 * acknowledged while it is still here.
 */
export const combineWrites = (file: AccessHandle): AccessHandle => {
	let held = new Uint8Array(0);
	let start = 0;
	let length = 0;

	const handOn = (): void => {
		if (length === 0) return;
		const bytes = held.subarray(0, length);
		length = 0;
		const written = file.write(bytes, { at: start });
		if (written !== bytes.byteLength)
			throw new Error(`${String(written)} of ${String(bytes.byteLength)} bytes were written`);
	};

	const hold = (bytes: Uint8Array): void => {
		if (length + bytes.byteLength > held.byteLength) {
			const larger = new Uint8Array(Math.max(firstBuffer, 2 * held.byteLength, length + bytes.byteLength));
			larger.set(held.subarray(0, length));
			held = larger;
		}
		// copied: SQLite uses its memory again at once
		held.set(bytes, length);
		length += bytes.byteLength;
	};

	return {
		write: (bytes, { at }) => {
			if (length > 0 && (at !== start + length || length + bytes.byteLength > heldAtMost)) handOn();
			if (bytes.byteLength > heldAtMost) return file.write(bytes, { at });
			if (length === 0) start = at;
			hold(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
			return bytes.byteLength;
		},
		read: (into, { at }) => {
			if (at < start + length && at + into.byteLength > start) handOn();
			const found = file.read(into, { at });
			if (length === 0 || found === into.byteLength) return found;
			// at the end of the file, which what is held will move
			handOn();
			return file.read(into, { at });
		},
		// hands nothing on: the pool expects no exception here
		getSize: () => Math.max(file.getSize(), length > 0 ? start + length : 0),
		truncate: (size) => {
			handOn();
			file.truncate(size);
		},
		flush: () => {
			handOn();
			file.flush();
		},
		close: () => {
			try {
				handOn();
			} catch {
				// nobody asked for it to be kept, and the pool must get to close its other files
			} finally {
				file.close();
			}
		}
	};
};

/** The part of a file handle that only workers have; the type library of pages does not know it. */
interface WorkerFileHandle {
	createSyncAccessHandle(): Promise<AccessHandle>;
}

const combiningFile = <F extends FileSystemHandle>(handle: F): F => {
	const file = handle as F & WorkerFileHandle;
	const open = file.createSyncAccessHandle.bind(file);
	return Object.assign(handle, { createSyncAccessHandle: async () => combineWrites(await open()) });
};

/** The directory itself, with `createSyncAccessHandle` of the files it hands out combining. */
const combiningFolder = (folder: FileSystemDirectoryHandle): FileSystemDirectoryHandle => {
	const getFile = folder.getFileHandle.bind(folder);
	return Object.assign(folder, {
		getFileHandle: async (name: string, options?: FileSystemGetFileOptions) =>
			combiningFile(await getFile(name, options)),
		[Symbol.asyncIterator]: async function* () {
			for await (const [name, handle] of folder.entries())
				yield [name, handle.kind === 'file' ? combiningFile(handle) : handle] as const;
		}
	});
};

/** The directory itself, but on the way down `path` its children lead to a folder that combines. */
const leadingTo = (
	folder: FileSystemDirectoryHandle,
	[next, ...rest]: readonly string[]
): FileSystemDirectoryHandle => {
	if (next === undefined) return combiningFolder(folder);
	const getChild = folder.getDirectoryHandle.bind(folder);
	return Object.assign(folder, {
		getDirectoryHandle: async (name: string, options?: FileSystemGetDirectoryOptions) => {
			const child = await getChild(name, options);
			return name === next ? leadingTo(child, rest) : child;
		}
	});
};

/**
 * Runs `install`, which opens SQLite's pool, so that the pool's files combine their writes, now and when the pool opens
 * more later. The pool takes no handles from outside but asks `navigator.storage` itself, once: only that answer is
 * replaced, only meanwhile, only for the files in `path`; no prototype is touched.
 */
export const combiningIn = async <T>(path: readonly string[], install: () => Promise<T>): Promise<T> => {
	const { storage } = navigator;
	const getRoot = storage.getDirectory.bind(storage);
	const shadow = { getDirectory: async () => leadingTo(await getRoot(), path) };
	Object.assign(storage, shadow);
	try {
		return await install();
	} finally {
		Reflect.deleteProperty(storage, 'getDirectory');
	}
};
