// The person's own folder, which a backup is written to once a day. Only a page may ask for permission again.
import { z } from '../../domain/kernel/schema.ts';
import type { BackupFolder, TakenOut } from '../travel-protocol.ts';
import type { Work } from './image.ts';
import type { TravelStore } from './travel-store.ts';

/** How many of its own files are kept in the folder: the newest. */
export const FILES_KEPT = 7;

const HANDLE = 'folder';
const STATE = 'folder-state';

export interface FolderDeps {
	readonly store: TravelStore;
	/** Makes a file of the library; null when there is nothing in it. */
	readonly takeLibrary: (work: Work) => Promise<TakenOut | null>;
	/** Reads a file back, all of it, and throws when it is not what its manifest says. */
	readonly readBack: (file: Blob, work: Work) => Promise<void>;
	readonly now: () => number;
	/** Runs the work while no other tab runs any under this name. */
	readonly alone: <T>(name: string, work: () => Promise<T>) => Promise<T>;
}

export interface Folder {
	set(handle: FileSystemDirectoryHandle | null): Promise<void>;
	/** Null when no folder was picked. */
	state(): Promise<BackupFolder | null>;
	/** Writes today's file when there is none yet, or `now`, and it is allowed; says how it stands afterwards. */
	backUp(now: boolean): Promise<BackupFolder | null>;
}

const stateShape = z
	.object({
		lastAt: z.number().nullable(),
		failed: z.string().nullable(),
		/** Names of the files it wrote there, the oldest first. */
		written: z.array(z.string()),
		/** Name of what is being written, or was when it was cut off: its own, too. */
		part: z.string().nullable().default(null)
	})
	.catch({ lastAt: null, failed: null, written: [], part: null });

type State = z.output<typeof stateShape>;

/** What Chromium gives such a handle besides what everybody does; not in the type library yet. */
interface AskedHandle {
	queryPermission?(how: { readonly mode: 'readwrite' }): Promise<PermissionState>;
}

/** A file that can be given another name; not for files of people's own in every browser. */
interface MovableFile {
	move?(name: string): Promise<void>;
}

const isHandle = (found: unknown): found is FileSystemDirectoryHandle =>
	typeof found === 'object' && found !== null && 'kind' in found && found.kind === 'directory';

const permissionOf = async (handle: FileSystemDirectoryHandle): Promise<BackupFolder['permission']> => {
	const state = await (handle as AskedHandle).queryPermission?.({ mode: 'readwrite' });
	return state === 'denied' ? 'denied' : state === 'prompt' ? 'ask' : 'granted';
};

/** The day on the clock on the wall, as it stands in the name of a file. */
const dayOf = (at: number): string => {
	const date = new Date(at);
	const two = (part: number): string => String(part).padStart(2, '0');
	return `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};

const partOf = (name: string): string => `${name}.part`;

const isThere = async (handle: FileSystemDirectoryHandle, name: string): Promise<boolean> => {
	try {
		await handle.getFileHandle(name);
		return true;
	} catch (error) {
		if (error instanceof DOMException && error.name === 'NotFoundError') return false;
		throw error;
	}
};

const removeFrom = async (handle: FileSystemDirectoryHandle, name: string): Promise<void> => {
	try {
		await handle.removeEntry(name);
	} catch (error) {
		// somebody removed it already
		if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
	}
};

export const createFolder = ({ store, takeLibrary, readBack, now, alone }: FolderDeps): Folder => {
	const handleNow = async (): Promise<FileSystemDirectoryHandle | null> => {
		const found = await store.get(HANDLE);
		return isHandle(found) ? found : null;
	};
	const stateNow = async (): Promise<State> => stateShape.parse(await store.get(STATE));

	const state = async (): Promise<BackupFolder | null> => {
		const handle = await handleNow();
		if (handle === null) return null;
		const { lastAt, failed } = await stateNow();
		return { name: handle.name, permission: await permissionOf(handle), lastAt, failed, handle };
	};

	/** The name of today's file: its own of today, or one that nobody has. */
	const nameFor = async (
		handle: FileSystemDirectoryHandle,
		day: string,
		written: readonly string[]
	): Promise<string> => {
		for (let n = 1; ; n++) {
			const name = `Stet ${day}${n === 1 ? '' : ` (${String(n)})`}.stet`;
			if (!written.includes(name) && (await isThere(handle, name))) continue;
			if (!(await isThere(handle, partOf(name)))) return name;
		}
	};

	/** Puts bytes under a name, whole or not at all: what `createWritable` gathers takes the name's place when it is closed. */
	const put = async (handle: FileSystemDirectoryHandle, name: string, bytes: Blob): Promise<Blob> => {
		const file = await handle.getFileHandle(name, { create: true });
		await bytes.stream().pipeTo(await file.createWritable());
		return file.getFile();
	};

	/** Stores how it stands with a folder, if it is still the one that was picked. */
	const remember = async (handle: FileSystemDirectoryHandle, now: State): Promise<void> => {
		const picked = await handleNow();
		if (picked !== null && (await picked.isSameEntry(handle))) await store.put(STATE, now);
	};

	const write = async (handle: FileSystemDirectoryHandle, before: State, work: Work): Promise<State> => {
		const taken = await takeLibrary(work);
		if (taken === null) return before;
		// what is left of one that was cut off
		if (before.part !== null) await removeFrom(handle, before.part);
		const name = await nameFor(handle, dayOf(taken.at), before.written);
		const torn = partOf(name);
		await remember(handle, { ...before, part: torn });
		try {
			await readBack(await put(handle, torn, taken.file), work);
			if (!before.written.includes(name) && (await isThere(handle, name)))
				throw new Error(`somebody else put "${name}" into the folder`);
			const part = (await handle.getFileHandle(torn)) as FileSystemFileHandle & MovableFile;
			// not every browser moves files of people's own: then it is written once more, and read back once more
			const moved = await Promise.resolve(part.move?.(name)).then(
				() => part.move !== undefined,
				() => false
			);
			if (!moved)
				try {
					await readBack(await put(handle, name, taken.file), work);
				} catch (error) {
					// a name that was only just made stands for nothing yet
					if (!before.written.includes(name)) await removeFrom(handle, name);
					throw error;
				}
		} finally {
			await removeFrom(handle, torn);
		}
		const written = [...before.written.filter((other) => other !== name), name];
		const old = written.slice(0, -FILES_KEPT);
		for (const other of old) await removeFrom(handle, other);
		return { lastAt: taken.at, failed: null, written: written.slice(-FILES_KEPT), part: null };
	};

	return {
		state,
		set: (handle) =>
			alone('folder', async () => {
				const before = await handleNow();
				const same = handle !== null && before !== null && (await before.isSameEntry(handle));
				// the state first: cut off in between, a folder is known with nothing in it, never with another's files
				if (!same) await store.put(STATE, undefined);
				await store.put(HANDLE, handle ?? undefined);
			}),
		backUp: (atOnce) =>
			alone('folder', async () => {
				const handle = await handleNow();
				if (handle === null || (await permissionOf(handle)) !== 'granted') return state();
				const before = await stateNow();
				const due = before.lastAt === null || dayOf(before.lastAt) !== dayOf(now());
				if (!due && !atOnce) return state();
				const quiet: Work = { tell: () => undefined, signal: new AbortController().signal };
				try {
					await remember(handle, await write(handle, before, quiet));
				} catch (error) {
					const failed = error instanceof Error ? error.message : String(error);
					await remember(handle, { ...before, part: (await stateNow()).part, failed });
				}
				return state();
			})
	};
};
