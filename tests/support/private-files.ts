// Folders of files for tests in Node: the private one of backups, and one a person picked. Both can be made to fail.
import type { PrivateFolder } from '#lib/worker/travel/private-folder.ts';

export interface TestFolder extends PrivateFolder {
	readonly files: Map<string, Blob>;
	/** Bytes that fit; null = the browser does not say, and all fit. */
	room: number | null;
	/** Called with what is being written, and answers what the disk took. */
	spoil: (name: string, bytes: Blob) => Blob | Promise<Blob>;
}

export const testFolder = (): TestFolder => {
	const files = new Map<string, Blob>();
	const folder: TestFolder = {
		files,
		room: null,
		spoil: (_, bytes) => bytes,
		names: async () => [...files.keys()],
		read: async (name) => files.get(name) ?? null,
		write: async (name, bytes, signal) => {
			signal.throwIfAborted();
			files.set(name, await folder.spoil(name, bytes));
		},
		remove: async (name) => {
			files.delete(name);
		},
		free: async () => folder.room
	};
	return folder;
};

/** The bytes with one of them flipped. */
export const flipped = async (bytes: Blob, at: number): Promise<Blob> => {
	const whole = new Uint8Array(await bytes.arrayBuffer());
	whole[at] = (whole[at] ?? 0) ^ 0x10;
	return new Blob([whole]);
};

/** A folder as a page hands it over. `moves`: whether its files can be given other names. */
export const pickedFolder = ({ moves = false }: { readonly moves?: boolean } = {}) => {
	const files = new Map<string, Blob>();
	const state = {
		permission: 'granted' as PermissionState,
		spoil: (_name: string, bytes: Blob): Blob | Promise<Blob> => bytes
	};
	const gone = (): DOMException => new DOMException('it is not there', 'NotFoundError');
	const fileOf = (name: string) => ({
		kind: 'file',
		name,
		getFile: async () => {
			const found = files.get(name);
			if (found === undefined) throw gone();
			return found;
		},
		createWritable: async () => {
			const parts: Uint8Array<ArrayBuffer>[] = [];
			return new WritableStream<Uint8Array<ArrayBuffer>>({
				write: (part) => void parts.push(part),
				// nothing stands under the name before it is closed
				close: async () => {
					files.set(name, await state.spoil(name, new Blob(parts)));
				}
			});
		},
		...(moves
			? {
					move: async (to: string) => {
						const found = files.get(name);
						if (found === undefined) throw gone();
						files.delete(name);
						files.set(to, found);
					}
				}
			: {})
	});
	const handle = {
		kind: 'directory',
		name: 'Stories',
		queryPermission: async () => state.permission,
		isSameEntry: async (other: unknown) => other === handle,
		getFileHandle: async (name: string, options?: { readonly create?: boolean }) => {
			if (!files.has(name)) {
				if (options?.create !== true) throw gone();
				files.set(name, new Blob([]));
			}
			return fileOf(name);
		},
		removeEntry: async (name: string) => {
			if (!files.delete(name)) throw gone();
		}
	};
	return { files, state, handle: handle as unknown as FileSystemDirectoryHandle };
};
