// How much room our own files take: the browser's own estimate counts wrongly where files shrink while they are open.
const inFolder = async (folder: FileSystemDirectoryHandle): Promise<number> => {
	let bytes = 0;
	for await (const handle of folder.values()) {
		try {
			if (handle instanceof FileSystemDirectoryHandle) bytes += await inFolder(handle);
			else if (handle instanceof FileSystemFileHandle) bytes += (await handle.getFile()).size;
		} catch {
			// it is gone meanwhile
		}
	}
	return bytes;
};

/** Bytes of every file in the browser's private file system; null where there is none to look into. */
export const usedBytes = async (): Promise<number | null> => {
	try {
		return await inFolder(await navigator.storage.getDirectory());
	} catch {
		return null;
	}
};
